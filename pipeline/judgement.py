"""What people decide: verdicts on links, corrections of facts, marks. All of it outlives re-runs."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from extractors.facts.fact import PARTY_ROLES, Fact, Money
from extractors.kinds import KINDS
from pipeline.claims import Claim
from pipeline.errors import AnsweredMeanwhile, NotFound, UsageError
from pipeline.indexing import index_pending
from pipeline.learning import learn_pending
from pipeline.linking.answers import answers
from pipeline.linking.propose import IMPORTED
from pipeline.links import Stance
from pipeline.matter import Change, Matter
from pipeline.partybook import bind
from pipeline.partybook.edit import bring_up_to_date
from pipeline.records import documents, matters, rulings, said
from pipeline.records.said import Said
from pipeline.register_changes import follow_register
from pipeline.rulings import SUM_ROLES, Ruling, key_of, money_of, value_of, written
from pipeline.withheld import WITHHOLDING

FORMS = ("original", "copy")
"""Marks that say in what form the evidence is at hand; one takes the place of the other."""
MARKS = (*WITHHOLDING, *FORMS)
AUTO = "auto"
"""Said for a kind: what a person said before is taken back."""


def judge(
    matter: Matter, prefix: str, event: str, verdict: str, stance: Stance | None = None, first: bool = False
) -> dict[str, Any]:
    """Record that a person confirmed or rejected a link, and what the evidence does for the event if that is said.

    Returns `{"doc", "event", "status", "stance"}`. Raises `AnsweredMeanwhile` where `first` and somebody had judged it.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        check_event(change.tx, event)
        if first:
            check_unsaid(document, said.of_link(change.tx, document, event))
        matters.set_verdict(change.tx, document, event, verdict, change.actor)
        documents.undo(change.tx, "index", [document])
        change.note(verdict, document, event=event)
        if stance is not None:
            _take_stance(change, document, event, stance)
        stands = matters.stances_of(change.tx, document=document).get((document, event))
    matter.afterwards(index_pending)
    return {"doc": document, "event": event, "status": verdict, "stance": stands}


def take_stance(matter: Matter, prefix: str, event: str, stance: Stance | None) -> dict[str, Any]:
    """Record what a person says the evidence of a standing link does for its event; None takes it back.

    Returns `{"doc", "event", "status", "stance"}`. Raises `UsageError` where no link stands.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        check_event(change.tx, event)
        links = matters.link_list(change.tx, event.partition("/")[0], document)
        link = next((one for one in links if one.event == event and one.status != "rejected"), None)
        if link is None:
            raise UsageError(
                f"{document} is not linked to {event}.",
                f"Say that it is evidence: claimtrail confirm {document} {event} --stance …",
            )
        _take_stance(change, document, event, stance)
    return {"doc": document, "event": event, "status": link.status, "stance": stance}


def _take_stance(change: Change, document: str, event: str, stance: Stance | None) -> None:
    matters.set_stance(change.tx, document, event, stance, change.actor)
    if stance is None:
        change.note("stance cleared", document, event=event)
    else:
        change.note("stance", document, event=event, stance=stance)


def withdraw(matter: Matter, prefix: str, event: str, own: str | None = None) -> dict[str, Any]:
    """Take a person's verdict on a link back; harmless when there is none. Returns `{"doc", "event"}`.

    Raises `AnsweredMeanwhile` where another verdict stands than the actor's `own`, as far as that is given.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        check_event(change.tx, event)
        if own is not None:
            check_own(change, document, said.of_link(change.tx, document, event), own)
        if matters.drop_verdict(change.tx, document, event):
            documents.undo(change.tx, "index", [document])
            change.note("verdict withdrawn", document, event=event)
    matter.afterwards(index_pending)
    return {"doc": document, "event": event}


def check_unsaid(document: str, found: Said | None) -> None:
    """Raises `AnsweredMeanwhile` where somebody said something already."""
    if found is not None:
        raise AnsweredMeanwhile(f"{document} was answered by {found.actor} meanwhile.")


def check_own(change: Change, document: str, found: Said | None, *own: str) -> None:
    """Raises `AnsweredMeanwhile` unless what stands was said by the actor, and is what they said (`own`), if given."""
    if found is None or not found.is_by(change.actor, *own):
        raise AnsweredMeanwhile(f"{document} was answered by {found.actor if found else '-'} meanwhile.")


def check_event(tx: sa.Connection, event: str) -> None:
    """Raises `UsageError` for a name that is not CLAIM/EVENT, `NotFound` for an event that is not there."""
    claim_id, slash, event_id = event.partition("/")
    if not slash:
        raise UsageError(f"{event!r} does not name an event.", "Write CLAIM/EVENT, such as CLM-001/E1.")
    if matters.claim(tx, claim_id).event(event_id) is None:
        raise NotFound(
            f"Claim {claim_id} has no event {event_id!r}.", f"See claimtrail claims show {claim_id}."
        )


def correct(
    matter: Matter,
    prefix: str,
    kind: str | None = None,
    date: str | None = None,
    title: str | None = None,
    parties: Sequence[str] = (),
    amounts: Sequence[str] = (),
    first: bool = False,
) -> dict[str, Any]:
    """Record a person's corrections: parties as ROLE=NAME, amounts as ROLE=SUM CURRENCY; "auto" takes one back.

    Returns `{"doc", "corrected": [{"field", "role", "value"}]}`. Raises `AnsweredMeanwhile` where `first` and somebody
    had corrected one of them.
    """
    wanted = _corrections(kind, date, title, parties, amounts)
    if not wanted:
        raise UsageError(
            "Nothing to correct.", "Name --kind, --date, --title, --party ROLE=NAME or --amount ROLE=SUM."
        )
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        for field, role, _ in wanted if first else ():
            check_unsaid(document, said.of_field(change.tx, document, field, role))
        with followed(change, document):
            for field, role, value in wanted:
                _correct(change, document, field, role, value)
            if kind is not None:
                documents.undo(change.tx, "learn", [document])  # its facts are found anew for its kind
    matter.afterwards(catch_up)
    return {"doc": document, "corrected": [{"field": f, "role": r, "value": v} for f, r, v in wanted]}


def _correct(change: Change, document: str, field: str, role: str, value: str) -> None:
    if value == AUTO and field != "title":
        matters.drop_correction(change.tx, document, field, role)
    else:
        matters.add_correction(change.tx, document, field, role, value, change.actor)
    change.note("corrected", document, field=field, role=role, value=value)


def take_back(matter: Matter, prefix: str, field: str, role: str, own: bool = False) -> dict[str, Any]:
    """Take a person's correction back: what was read stands again. Returns `{"doc", "field", "role"}`.

    Raises `AnsweredMeanwhile` where it must be the actor's `own` and is not.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        if own:
            check_own(change, document, said.of_field(change.tx, document, field, role))
        with followed(change, document):
            matters.drop_correction(change.tx, document, field, role)
            change.note("correction withdrawn", document, field=field, role=role)
            if field == "kind":
                documents.undo(change.tx, "learn", [document])
    matter.afterwards(catch_up)
    return {"doc": document, "field": field, "role": role}


def _corrections(
    kind: str | None, date: str | None, title: str | None, parties: Sequence[str], amounts: Sequence[str]
) -> list[tuple[str, str, str]]:
    found = []
    if kind is not None:
        if kind not in (*KINDS, AUTO):
            raise UsageError(f"{kind!r} is no kind of document.", f"Kinds: {', '.join(KINDS)}; or {AUTO}.")
        found.append(("kind", "document", kind))
    if date is not None:
        found.append(("date", "document", date if date == AUTO else _iso(date)))
    if title is not None:
        found.append(("title", "document", title))
    return found + [_party(one) for one in parties] + [_amount(one) for one in amounts]


def _iso(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise UsageError(f"{text!r} is not a date.", "Write it as 2023-03-14.") from None


def _party(said: str) -> tuple[str, str, str]:
    role, equals, name = said.partition("=")
    if not equals or not name.strip() or role not in PARTY_ROLES:
        raise UsageError(f"{said!r} is not ROLE=NAME.", f"Roles: {', '.join(PARTY_ROLES)}.")
    return "party", role, name.strip()


def _amount(said: str) -> tuple[str, str, str]:
    role, equals, value = said.partition("=")
    if not equals or role not in SUM_ROLES:
        raise UsageError(f"{said!r} is not ROLE=SUM CURRENCY.", f"Roles: {', '.join(SUM_ROLES)}.")
    return "amount", role, AUTO if value.strip() == AUTO else written(money_of(value))


def rule(
    matter: Matter, prefix: str, kind: str, role: str, was: str, answer: str | None, first: bool = False
) -> dict[str, Any]:
    """Record what a person says of a value that was read in a role: what it is (`was` itself: that it is right), or
    None: that it is none such.

    Returns `{"doc", "kind", "role", "was", "value"}`. Raises `UsageError`, `NotFound` for what was not read, and
    `AnsweredMeanwhile` where `first` and somebody had said what it is.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        read = as_read(change.tx, document, kind, role, was)
        if first:
            check_unsaid(document, said_of(change.tx, document, read))
        with followed(change, document):
            value = settle(change, document, read, answer)
    matter.afterwards(catch_up)
    return {"doc": document, "kind": kind, "role": role, "was": written(read.value), "value": value}


def settle(change: Change, document: str, read: Fact, answer: str | None) -> str | None:
    """Record within a change what a value is; returns it as written."""
    found = None if answer is None else value_of(read.kind, answer)
    value = None if found is None else written(read.value if found == read.value else found)
    ruling = Ruling(read.kind, read.role, key_of(read.value), value)
    rulings.put(change.tx, document, ruling, change.actor)
    was = written(read.value)
    change.note("value settled", document, kind=read.kind, role=read.role, was=was, value=value)
    return value


def unrule(matter: Matter, prefix: str, kind: str, role: str, was: str, own: bool = False) -> dict[str, Any]:
    """Take back what a person said of a value; harmless where nobody did. Returns `{"doc", "kind", "role", "was"}`.

    Raises `AnsweredMeanwhile` where it must be the actor's `own` and is not.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        read = as_read(change.tx, document, kind, role, was)
        if own:
            check_own(change, document, said_of(change.tx, document, read))
        with followed(change, document):
            unsettle(change, document, read)
    matter.afterwards(catch_up)
    return {"doc": document, "kind": kind, "role": role, "was": written(read.value)}


def unsettle(change: Change, document: str, read: Fact) -> None:
    """Take back within a change what was said of a value."""
    if rulings.drop(change.tx, document, read.kind, read.role, key_of(read.value)):
        change.note("value unsettled", document, kind=read.kind, role=read.role, was=written(read.value))


def said_of(tx: sa.Connection, document: str, read: Fact) -> Said | None:
    """What a person said of a value, or of the document's own in that role."""
    found = said.of_value(tx, document, read.kind, read.role, key_of(read.value))
    return found or said.of_field(tx, document, read.kind, read.role)


def as_read(tx: sa.Connection, document: str, kind: str, role: str, was: str) -> Fact:
    """The value as it was read in this role."""
    found = [f for f in documents.all_facts(tx, document) if (f.kind, f.role) == (kind, role)]
    for fact in found:
        if was in (written(fact.value), key_of(fact.value)) or _same(fact, was):
            return fact
    told = ", ".join(dict.fromkeys(written(fact.value) for fact in found)) or "none"
    raise NotFound(
        f"{document} has no {kind} {was[:80]!r} in the role {role}.", f"Read in this role: {told}."
    )


def _same(fact: Fact, was: str) -> bool:
    """Whether this means the same sum, however it is written."""
    try:
        return isinstance(fact.value, Money) and money_of(was) == fact.value
    except UsageError:
        return False


@contextmanager
def followed(change: Change, document: str) -> Iterator[None]:
    """Have all that follows from a document's facts worked out anew after they change.

    That is what it says of others, its own links, and those of whom it answered, or who answered it, before and after.
    """
    near = _correspondents(change.tx, document)
    yield
    documents.cite_anew(change.tx, document)
    near |= _correspondents(change.tx, document)
    documents.undo(change.tx, "link", near)
    _again(change, document)
    bind(change.tx)


def _correspondents(tx: sa.Connection, document: str) -> set[str]:
    return {tie.other for tie in answers(tx, [document]).get(document, ())}


def mark(matter: Matter, prefix: str, what: str, clear: bool = False) -> dict[str, Any]:
    """Mark a document, or take the mark away; returns `{"doc", "marks"}`."""
    if what not in MARKS:
        raise UsageError(f"{what!r} is no mark.", f"Marks: {', '.join(MARKS)}.")
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        if clear:
            matters.clear_mark(change.tx, document, what)
        else:
            for other in FORMS if what in FORMS else ():
                matters.clear_mark(change.tx, document, other)
            matters.set_mark(change.tx, document, what, change.actor)
        change.note("unmarked" if clear else "marked", document, mark=what)
        marks = documents.summary(change.tx, document).marks
    return {"doc": document, "marks": list(marks)}


def import_claims(matter: Matter, claims: Sequence[Any]) -> Mapping[str, Any]:
    """Add or update claims, and link anew.

    Returns `{"imported": [ids], "changed": [ids]}`, and what `follow_register` does.
    """
    with matter.change() as change:
        told = put_claims(change, claims)
    # also where nothing changed: an import that was killed may have left it undone
    matter.afterwards(catch_up)
    return told


def put_claims(change: Change, claims: Sequence[Claim]) -> Mapping[str, Any]:
    """Add or update claims within a change, and leave their links to be made anew; returns what an import does."""
    before = {claim.id: claim for claim in matters.all_claims(change.tx)}
    registered = matters.registered_statuses(change.tx)
    changed = matters.put_claims(change.tx, claims)
    told = follow_register(change, before, registered, claims)
    for claim_id in changed:
        change.note(IMPORTED, claim_id)
    if changed:
        bind(change.tx)
        for step in ("parties", "link"):
            documents.undo(change.tx, step)
    return {"imported": [claim.id for claim in claims], "changed": changed, **told}


def _again(change: Change, document: str) -> None:
    for step in ("link", "index"):
        documents.undo(change.tx, step, [document])


def catch_up(matter: Matter) -> None:
    """Bring kinds, names, links and index up to date with what people decided."""
    with matter.records.alone():
        learn_pending(matter)
        bring_up_to_date(matter)
