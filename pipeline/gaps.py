"""What is missing from a claim's evidence, and what in it is doubtful."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from extractors.facts.fact import Fact
from extractors.facts.finding import Finding
from index.words import compact
from pipeline.casefile import CaseFile
from pipeline.checklists import Checklist, Item, checklist
from pipeline.correspondence.graph import lacking
from pipeline.correspondence.resolve import resolve
from pipeline.evidence import Evidence
from pipeline.notices import sign
from pipeline.numbers import cited, numbers_of
from pipeline.rulings import RATHER_SURE, RELIED_ON, UNSURE, is_said, written
from pipeline.series import holes

MOST_PERHAPS = 5
SHORTEST_IN_NAME = 5
"""Letters and digits of a number that is looked for within the names of files."""


@dataclass(frozen=True, slots=True)
class MissingKind:
    """An event without a kind of document that this type of claim needs."""

    event: str
    kind: str

    def as_json(self) -> dict[str, str]:
        """The form of the contract."""
        return {"event": self.event, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A document that the checklist names and the evidence lacks: for an event, or for the claim as a whole (None)."""

    event: str | None
    item: Item
    perhaps: tuple[str, ...] = ()
    """Documents of no claim that may be it."""

    def as_json(self) -> dict[str, Any]:
        """`{"event", "item", "kind", "name", "todo", "perhaps"}`; `name` and `todo` by language."""
        return {
            "event": self.event,
            "item": self.item.item,
            "kind": self.item.any_of[0],
            "name": self.item.name.model_dump(),
            "todo": self.item.todo.model_dump(),
            "perhaps": list(self.perhaps),
        }


@dataclass(frozen=True, slots=True)
class MissingReference:
    """A document that the matter does not hold: the page that cites it, or that stands beside it in a series.

    `number` is what it is called: its number, else "letter of 2023-03-14 from Northport Authority".
    """

    number: str
    doc: str
    page: int
    why: str

    def as_json(self) -> dict[str, Any]:
        """Its number, the page that shows that it exists, and why."""
        return {"reference": self.number, "doc": self.doc, "page": self.page, "why": self.why}


@dataclass(frozen=True, slots=True)
class DoubtfulFact:
    """A value that a person should look at."""

    doc: str
    page: int
    kind: str
    value: str
    why: str

    def as_json(self) -> dict[str, Any]:
        """`{"doc", "page", "kind", "value", "why"}`."""
        return {"doc": self.doc, "page": self.page, "kind": self.kind, "value": self.value, "why": self.why}


@dataclass(frozen=True, slots=True)
class Gaps:
    """Everything that a claim lacks: events by qualified id, documents by id."""

    events_without_evidence: tuple[str, ...]
    missing_kinds: tuple[MissingKind, ...]
    unlinked_documents: tuple[str, ...]
    missing_references: tuple[MissingReference, ...]
    doubtful_facts: tuple[DoubtfulFact, ...]
    undated: tuple[str, ...]
    missing_items: tuple[MissingItem, ...] = ()
    checklist: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form of the contract; `reference_sources` says on what page each missing reference is cited,
        `missing_items` what the checklist of that name looks for and does not find."""
        return {
            "events_without_evidence": list(self.events_without_evidence),
            "missing_kinds": [missing.as_json() for missing in self.missing_kinds],
            "unlinked_documents": list(self.unlinked_documents),
            "missing_references": [missing.number for missing in self.missing_references],
            "doubtful_facts": [doubt.as_json() for doubt in self.doubtful_facts],
            "undated": list(self.undated),
            "reference_sources": [missing.as_json() for missing in self.missing_references],
            "missing_items": [missing.as_json() for missing in self.missing_items],
            "checklist": self.checklist,
        }


def gaps(case: CaseFile) -> Gaps:
    """The gaps of a claim. Raises `ChecklistError`."""
    name = case.claim.checklist or case.claim.type
    needs = checklist(name, case.checklists)
    bare = [case.name_of(event) for event in case.claim.events if not case.links_of(event)]
    return Gaps(
        events_without_evidence=tuple(bare),
        missing_kinds=tuple(_missing_kinds(case, needs)),
        unlinked_documents=(*(found.id for found in case.tied_only()), *(found.id for found in case.loose)),
        missing_references=_missing(case),
        doubtful_facts=tuple(doubt for found in case.in_order() for doubt in _doubts(found)),
        undated=tuple(found.id for found in case.in_order() if found.summary.date is None),
        missing_items=tuple(_missing_items(case, needs)),
        checklist=name,
    )


def _missing_kinds(case: CaseFile, needs: Checklist) -> Iterator[MissingKind]:
    for event in case.claim.events:
        kinds = {found.summary.kind for found in case.evidence_of(event)}
        for group in needs.each_event:
            if kinds.isdisjoint(group.any_of):
                yield MissingKind(case.name_of(event), group.any_of[0])


def _missing_items(case: CaseFile, needs: Checklist) -> Iterator[MissingItem]:
    events = case.claim.events
    first = min((event.start for event in events), default=None)
    for item in needs.documents:
        if item.per == "claim":
            held = any(_is_item(case, found, item, first) for found in case.evidence.values())
            if events and item.applies(events) and not held:
                yield MissingItem(None, item, _perhaps(case, item, first))
            continue
        for event in events:
            held = any(_is_item(case, found, item, event.start) for found in case.evidence_of(event))
            if item.applies([event]) and not held:
                yield MissingItem(case.name_of(event), item)


def _is_item(case: CaseFile, found: Evidence, item: Item, first_day: datetime.date | None) -> bool:
    if item.is_(found.summary, found.document.text, first_day):
        return True
    takes = item.step is not None and found.summary.kind in item.any_of
    return takes and sign(case, found, str(item.step)) is not None


def _perhaps(case: CaseFile, item: Item, first_day: datetime.date | None) -> tuple[str, ...]:
    fitting = (summary.id for summary in case.loose if item.is_(summary, "", first_day))
    return tuple(islice(fitting, MOST_PERHAPS))


def _missing(case: CaseFile) -> tuple[MissingReference, ...]:
    elsewhere = _Elsewhere(case)
    cited_ones = [*_cited_but_missing(case, elsewhere), *_by_day(case)]
    return (*cited_ones, *_holes(case, cited_ones, elsewhere))


def _cited_but_missing(case: CaseFile, elsewhere: _Elsewhere) -> Iterator[MissingReference]:
    """Letters, invoices and reports that the evidence cites and the matter does not hold, where first cited."""
    held = {compact(number) for number in (case.claim.id, *case.claim.references)}
    held.update(*(numbers_of(found) for found in case.evidence.values()))
    for found in case.in_order():
        for mention in cited(found):
            if mention.number in held or mention.number in elsewhere:
                continue
            held.add(mention.number)
            if not resolve(
                mention, case.letter(found), case.shelf
            ):  # by its day, where the number was misread
                why = f"cited in {found.summary.name}"
                yield MissingReference(mention.words, found.id, mention.page, why)


def _by_day(case: CaseFile) -> Iterator[MissingReference]:
    """Documents that the evidence cites by their day and the matter does not hold, where first cited."""
    seen: set[str] = set()
    for found in case.in_order():
        letter = case.letter(found)
        for lost in lacking(letter, case.shelf, ()):
            if lost.by_day and lost.reference not in seen:
                seen.add(lost.reference)
                why = f'cited in {found.summary.name}: "{lost.words}"'
                yield MissingReference(lost.reference, found.id, lost.page, why)


def _holes(
    case: CaseFile, cited_too: Iterable[MissingReference], elsewhere: _Elsewhere
) -> Iterator[MissingReference]:
    """Documents that a series lacks and that are not cited anyway."""
    named = {compact(missing.number) for missing in cited_too}
    for hole in holes(case):
        number = compact(hole.called)
        if number not in named and number not in elsewhere:
            yield MissingReference(hole.called, hole.after.evidence.id, hole.after.page, hole.why)


class _Elsewhere:
    """Numbers and names of files (compact) by which the matter may hold a document that no fact shows to be there."""

    def __init__(self, case: CaseFile) -> None:
        self._known = case.known.union(compact(summary.name) for summary in case.summaries)
        self._rows = "\n".join(
            self._known
        )  # one search in one text takes a fraction of the time of thousands

    def __contains__(self, number: str) -> bool:
        return number in self._known or (len(number) >= SHORTEST_IN_NAME and number in self._rows)


def _doubts(found: Evidence) -> Iterator[DoubtfulFact]:
    """Facts in a role that the rules rely on that are unsure, or say themselves what is uncertain about them; and what
    is wrong with the document's sums, in place of the doubt about the sum that it is about."""
    corrected = {(c.field, c.role) for c in found.summary.corrections}
    wrong = {_fact_at(found, each): each for each in found.contradictions}
    for fact in found.facts:
        unsure = fact.confidence < (RATHER_SURE if fact.doubts else UNSURE)
        doubtful = fact.role in RELIED_ON[fact.kind] and unsure
        said = is_said(fact) or (fact.kind, fact.role) in corrected
        if (doubtful or fact in wrong) and not said:
            why = "; ".join(fact.doubts) or f"confidence {fact.confidence:.2f}"
            why = wrong[fact].message() if fact in wrong else why
            yield DoubtfulFact(found.id, found.page_of(fact), fact.kind, written(fact.value), why)
    for each in found.contradictions:
        if _fact_at(found, each) is None:
            page = found.document.page_at(each.start).number
            text = found.document.text[each.start : each.end]
            yield DoubtfulFact(found.id, page, "amount", text, each.message())


def _fact_at(found: Evidence, wrong: Finding) -> Fact | None:
    """The amount that a finding is about."""
    return next((f for f in found.of("amount") if f.start <= wrong.start < f.end), None)
