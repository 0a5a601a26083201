"""Events that nobody has entered yet: dated happenings in the evidence that no event of the claim covers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.facts.fact import Day
from index.words import compact
from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.linking.view import DocumentView, Hit
from pipeline.numbers import is_within_number
from pipeline.wording import Phrases, every_word, sentence, shown, vocabulary

KINDS = ("minutes", "work_record", "correspondence")
ROLES = ("event", "mentioned", "period_start")
"""Roles of dates on which something may have happened; the others belong to papers."""
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dated happening: its day or days, the sentence that tells it, and where that stands."""

    date: datetime.date
    end: datetime.date | None
    text: str
    doc: str
    page: int

    def as_json(self) -> dict[str, Any]:
        """`{"date", "end", "text", "doc", "page"}`."""
        end = self.end.isoformat() if self.end else None
        return {
            "date": self.date.isoformat(),
            "end": end,
            "text": self.text,
            "doc": self.doc,
            "page": self.page,
        }


def suggest(case: CaseFile, loose: Iterable[Evidence] = ()) -> list[Suggestion]:
    """Happenings in the case's evidence and in `loose` documents that no event covers, in order of date.

    An event covers a happening within its days when its document is linked to it, or the sentence has its words.
    """
    found: dict[tuple[datetime.date, str], Suggestion] = {}
    for evidence in (*case.in_order(), *loose):
        if evidence.summary.kind in KINDS:
            for suggestion in _in_document(case, evidence):
                found.setdefault((suggestion.date, compact(suggestion.text)), suggestion)
    return sorted(found.values(), key=lambda s: (s.date, s.end or s.date, s.doc, s.page))


def _in_document(case: CaseFile, evidence: Evidence) -> Iterator[Suggestion]:
    view = DocumentView(evidence)
    happenings = [hit.start for hit in _happenings().hits(view)]
    dated = _dated_sentences(evidence) if happenings else {}
    for (start, end), day in dated.items():
        happens = any(start <= at < end for at in happenings)
        if happens and not any(
            _covers(case, event, evidence, view, day, (start, end)) for event in case.claim.events
        ):
            text = shown(evidence.document.text[start:end])
            page = evidence.document.where(start, end).page
            yield Suggestion(day.start, day.end, text, evidence.id, page)


def _dated_sentences(evidence: Evidence) -> dict[tuple[int, int], Day]:
    """The sentences with a day on which something may have happened: the first such day of each."""
    found: dict[tuple[int, int], Day] = {}
    written = evidence.summary.date
    for fact, day in evidence.days():
        past = written is None or day.start <= written
        sure = fact.confidence >= SURE and not is_within_number(evidence, fact)
        if fact.role in ROLES and sure and past and fact.start < evidence.document.body_end:
            found.setdefault(sentence(evidence.document, fact.start, fact.end), day)
    return found


def _covers(
    case: CaseFile, event: Event, evidence: Evidence, view: DocumentView, day: Day, place: tuple[int, int]
) -> bool:
    if day.start > event.last or (day.end or day.start) < event.start:
        return False
    name = case.name_of(event)
    if any(link.event == name and link.document == evidence.id for link in case.links):
        return True
    words = Phrases((event.title, *event.keywords, *event.references))
    return any(_inside(hit, place) for hit in words.hits(view))


def _inside(hit: Hit, place: tuple[int, int]) -> bool:
    return place[0] <= hit.start < place[1]


@cache
def _happenings() -> Phrases:
    words = vocabulary(Path(__file__).with_suffix(".yaml"))["happenings"]
    return Phrases(every_word(words))
