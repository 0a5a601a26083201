"""Which document takes a step of a claim: the notice itself, told apart from every mention of it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.document import Document, is_han
from index.words import compact, fold
from pipeline.casefile import CaseFile
from pipeline.claims import Event, Response
from pipeline.evidence import Evidence
from pipeline.linking.view import Hit
from pipeline.notice_rules import Step
from pipeline.wording import Phrases, every_word, sentence, shown, vocabulary

ROLES = {
    "claimant": ("claimant",),
    "engineer": ("engineer", "respondent"),
    "respondent": ("respondent", "engineer", "insurer"),
}
"""Who may take a step that the rules lay on a party: an engineer often writes for the other side, and the reverse."""
ACROSS = ("claimant", "respondent", "engineer", "insurer", "owner", "other")
"""To whom a step may be addressed, besides the roles of who takes it: never only to a subcontractor."""
AROUND = 60
"""Characters before and after a mention that are shown of it."""
NEAR = 0.75
"""A document takes a step for an event when its link is not weaker than this share of its strongest link."""
LOOK_BACK = 40
HEADING = 90
"""Characters that a heading has at most."""
TRANSIT = datetime.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: by which document (None where a person only noted the answer), on which page it
    says so, when sent and when received. `answer` is what was answered, where that is recorded."""

    doc: str | None
    page: int
    day: datetime.date
    received: datetime.date
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where a document only speaks of a step (minutes, a diary, another letter): `day` is the document's, `words` are
    those around the place."""

    doc: str
    page: int
    day: datetime.date | None
    words: str


@dataclass(frozen=True)
class Signs:
    """What a document that takes a step looks like."""

    kinds: tuple[str, ...]
    headed: Phrases
    said: Phrases
    about: Phrases | None
    mentioned: Phrases
    never: Phrases
    """Headings of papers that take another step, whatever else they say."""


@cache
def steps(form: str = "none") -> dict[str, Signs]:
    """The steps that can be recognised, by key, in the words that are used under a contract form."""
    own = _words()["of_form"].get(form, {})
    return {key: _signs(entry, own.get(key, {})) for key, entry in _words()["steps"].items()}


def told(key: str, language: str = "en", **parts: object) -> str:
    """Words for people about a step (`step_…`), a missed one (`missed_…`), or a sentence with its parts; the key itself
    where there are none."""
    words: dict[str, dict[str, str]] = _words()["told"]
    return words[key][language].format(**parts) if key in words else key


def taken(case: CaseFile, event: Event, step: Step, since: datetime.date) -> Taken | None:
    """The earliest answer that a person or the register recorded for the event and that takes the step on `since` or
    later; else the earliest document linked to the event by which the right side takes it."""
    recorded = [
        _recorded(case, response, step)
        for response in event.responses
        if response.answer in step.answers and response.date >= since
    ]
    found = recorded or [
        Taken(evidence.id, hit.page, day, _received(evidence, day))
        for evidence in case.evidence_of(event)
        if (day := evidence.summary.date) is not None and day >= since
        if (hit := _takes(case, event, evidence, step)) is not None
    ]
    return min(found, key=lambda taken: (taken.day, taken.doc or ""), default=None)


def _takes(case: CaseFile, event: Event, evidence: Evidence, step: Step) -> Hit | None:
    """The place where a document takes the step: of the right kind, about the event, from one side to another."""
    if evidence.summary.kind not in steps(case.claim.contract)[step.key].kinds or not _means(
        case, event, evidence
    ):
        return None
    roles = {role for by in (step.by, *step.through) for role in ROLES[by]}
    if not _is_from(case, evidence, roles) or not _goes_across(case, evidence, ROLES[step.by]):
        return None
    return sign(case, evidence, step.key)


def _recorded(case: CaseFile, response: Response, step: Step) -> Taken:
    evidence = case.named(response.evidence)
    hit = sign(case, evidence, step.key) if evidence else None
    doc = evidence.id if evidence else None
    return Taken(doc, hit.page if hit else 1, response.date, response.date, response.answer)


def spoken_of(case: CaseFile, event: Event, step: Step) -> Spoken | None:
    """The earliest place in the event's evidence that speaks of the step, whoever wrote it: it is not the
    step itself."""
    found = [
        Spoken(evidence.id, hit.page, evidence.summary.date, _around(evidence.document, hit))
        for evidence in case.evidence_of(event)
        if (hit := _first_hit(case, evidence, step.key)) is not None
    ]
    return min(
        found, key=lambda each: (each.day is None, each.day or datetime.date.min, each.doc), default=None
    )


def _first_hit(case: CaseFile, evidence: Evidence, step: str) -> Hit | None:
    words = steps(case.claim.contract)[step].mentioned
    return case.once(("spoken of", evidence.id, step), lambda: next(words.hits(case.view(evidence.id)), None))


def _around(document: Document, hit: Hit) -> str:
    start, end = sentence(document, hit.start, hit.end)
    return shown(document.text[max(start, hit.start - AROUND) : min(end, hit.end + AROUND)])


def _means(case: CaseFile, event: Event, evidence: Evidence) -> bool:
    """Whether the document is about this event rather than another one of the claim."""
    own = case.link_between(evidence.id, event)
    best = case.best_link(evidence.id)
    return own.status == "confirmed" or best is None or own.score >= NEAR * best.score


def _goes_across(case: CaseFile, evidence: Evidence, own: tuple[str, ...]) -> bool:
    """Whether it is addressed to someone else than the side that writes it, as far as the addressees are known."""
    to = case.recipients(evidence)
    alone = own[:1] if len(own) > 1 else own  # an engineer hands the respondent's word on, and the reverse
    return not to or any(party.role in ACROSS and party.role not in alone for party in to)


def _is_from(case: CaseFile, evidence: Evidence, roles: set[str]) -> bool:
    """Whether it comes from that side. Where no sender was read, it must name that side and not be addressed to it."""
    senders = case.senders(evidence)
    if senders:
        return any(party.role in roles for party in senders)
    to = case.recipients(evidence)
    named = {party for _, name in evidence.names("party") if (party := case.party(name)) is not None}
    return any(party.role in roles for party in named.difference(to))


def _received(evidence: Evidence, day: datetime.date) -> datetime.date:
    """When it came in, where its stamp says so; else the day of its date."""
    days = [d.start for f, d in evidence.days() if f.role == "received" and day <= d.start <= day + TRANSIT]
    return min(days, default=day)


def sign(case: CaseFile, evidence: Evidence, step: str) -> Hit | None:
    """The place where a document of the case says that it takes the step; None when it does not."""
    return case.once(
        ("sign", evidence.id, step), lambda: _sign(case, evidence, steps(case.claim.contract)[step])
    )


def _sign(case: CaseFile, evidence: Evidence, signs: Signs) -> Hit | None:
    view, document = case.view(evidence.id), evidence.document
    if signs.about is not None and not signs.about.are_in(view):
        return None
    title = evidence.summary.title or ""
    if any(_is_heading(document, hit, title) for hit in signs.never.hits(view)):
        return None
    headed = (hit for hit in signs.headed.hits(view) if _is_heading(document, hit, title))
    return next((hit for hit in (*headed, *signs.said.hits(view)) if not _is_mention(document, hit)), None)


def _is_mention(document: Document, hit: Hit) -> bool:
    """Whether the words before make it another document's: "your notice of claim", "will submit our claim"."""
    before = fold(shown(document.text[max(0, hit.start - LOOK_BACK) : hit.start])).rstrip("\"' (（《“‘[")
    return any(_ends_with(before, word) for word in _folded("not_after"))


def _ends_with(text: str, word: str) -> bool:
    if not text.endswith(word):
        return False
    rest = text[: -len(word)]
    return is_han(word[0]) or not rest or not rest[-1].isalnum()


def _is_heading(document: Document, hit: Hit, title: str) -> bool:
    """Whether it stands in the title, in a subject line, or in a short line of page 1 that is no running text."""
    start = document.text.rfind("\n", 0, hit.start) + 1
    end = document.text.find("\n", hit.end)
    line = document.text[start : end if end >= 0 else None].strip()
    if len(compact(line)) > 5 and compact(line) in compact(title):
        return True
    if hit.page != 1:
        return False
    return _is_subject(line) or (len(line) <= HEADING and not _is_running(line))


def _is_subject(line: str) -> bool:
    label = fold(line.lstrip())
    return any(
        label.startswith(word) and label[len(word) :].lstrip()[:1] in (":", "|")
        for word in _folded("subject")
    )


def _is_running(line: str) -> bool:
    text = fold(line)
    words = set(text.replace(",", " ").replace(".", " ").split())
    flows = any(word in text if is_han(word[0]) else word in words for word in _folded("flowing"))
    return flows or text.endswith((",", ";", "。", "、")) or line[:1].islower()


@cache
def _folded(group: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in every_word(_words()[group]))


def _words() -> dict[str, Any]:
    return vocabulary(Path(__file__).with_name("deadlines.yaml"))


def _signs(entry: dict[str, Any], own: dict[str, Any]) -> Signs:
    """The signs of a step: the words of every form, and those of this one."""

    def words(group: str) -> list[str]:
        return [*every_word(entry.get(group, {})), *every_word(own.get(group, {}))]

    about = words("about") if "about" in entry else []
    return Signs(
        kinds=tuple(entry["kinds"]),
        headed=Phrases(words("headed")),
        said=Phrases(words("said")),
        about=Phrases(about) if about else None,
        mentioned=Phrases([*words("headed"), *words("mentioned")]),
        never=Phrases(words("never")),
    )


def claimants_side(case: CaseFile) -> str:
    """ "employer" or "contractor": what the register says of the claimant (`contract_role`), or the reverse of what it
    says of the respondent; else "employer" where more documents call the claimant the employer than the contractor.
    """
    told = {party.role: party.contract_role for party in reversed(case.claim.parties) if party.contract_role}
    if "claimant" in told or "respondent" in told:
        is_employer = told.get("claimant") == "employer" or (
            "claimant" not in told and told["respondent"] == "contractor"
        )
        return "employer" if is_employer else "contractor"
    roles = list(_claimants_roles(case))
    return "employer" if roles.count("employer") > roles.count("contractor") else "contractor"


def _claimants_roles(case: CaseFile) -> Iterator[str]:
    for evidence in case.evidence.values():
        for fact, name in evidence.names("party"):
            party = case.party(name) if fact.role in ("employer", "contractor") else None
            if party is not None and party.role == "claimant":
                yield fact.role
