"""The claim's course: its events and its dated evidence on one line of time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.conflicts import (
    Account,
    Conflict,
    account_of_fact,
    conflicts,
    row_of_document,
    row_of_event,
)
from pipeline.evidence import Evidence
from pipeline.numbers import is_within_number
from pipeline.wording import sentence, shown

SURE = 0.5
"""Confidence from which a day that a document tells of is taken into the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line: an event (`event` is qualified) with the page that proves it best, or a document (`event` is None)."""

    date: datetime.date
    end: datetime.date | None
    event: str | None
    doc: str | None
    page: int | None
    text: str
    time: datetime.time | None = None
    """The time of day, where it is told."""
    conflicts: tuple[Conflict, ...] = ()
    """Other days that are given for the same happening."""

    def as_json(self) -> dict[str, Any]:
        """The form of the contract, and beside it the conflicts, and the time of day where it is told."""
        told = {} if self.time is None else {"time": f"{self.time:%H:%M}"}
        return {
            "date": self.date.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "event": self.event,
            "doc": self.doc,
            "page": self.page,
            "text": self.text,
            "conflicts": [conflict.as_json() for conflict in self.conflicts],
            **told,
        }


def chronology(case: CaseFile) -> list[Row]:
    """Events, documents by their own date, and days on which a document says that something happened.

    In order of date; on one day events come first, then documents, then what they tell, and behind them what is
    told with a time of day, in order of time (as on the spot).
    """
    documents = [
        (row_of_document(found.id), row)
        for found in case.in_order()
        if (row := _document_row(found)) is not None
    ]
    events = [(row_of_event(event), _event_row(case, event)) for event in case.claim.events]
    told = [pair for found in case.in_order() for pair in _told_rows(found)]
    named_rows = [*events, *documents, *((account.row, row) for account, row in told)]
    disputed = conflicts(case, [account for account, _ in told])
    rows = (replace(row, conflicts=tuple(disputed.get(name, ()))) for name, row in named_rows)
    return sorted(rows, key=_moment)


def _moment(row: Row) -> tuple[datetime.date, datetime.time, bool]:
    time = row.time.replace(tzinfo=None) if row.time else datetime.time()
    return row.date, time, row.time is not None


def _event_row(case: CaseFile, event: Event) -> Row:
    best = next(iter(case.links_of(event)), None)
    doc, page = (best.document, best.page) if best else (None, None)
    return Row(event.start, event.end, case.name_of(event), doc, page, event.title)


def _document_row(found: Evidence) -> Row | None:
    day = found.summary.date
    if day is None:
        return None
    own = next(((f, d) for f, d in found.days() if f.role == "document" and d.start == day), None)
    page = found.page_of(own[0]) if own else 1  # the first one when a person gave the date
    return Row(day, None, None, found.id, page, named(found), own[1].time if own else None)


def named(found: Evidence) -> str:
    """What a document is called: its title, else its kind and the name of its file."""
    summary = found.summary
    return summary.title or f"{summary.kind.replace('_', ' ').capitalize()}: {summary.name}"


def _told_rows(found: Evidence) -> Iterator[tuple[Account, Row]]:
    seen = set()
    for fact, day in found.days():
        told = fact.role == "event" and fact.confidence >= SURE and not is_within_number(found, fact)
        if not told or (day.start, day.end, day.time) in seen:
            continue
        if day.start == found.summary.date and day.end is None:
            continue  # the document's own row says it
        seen.add((day.start, day.end, day.time))
        start, end = sentence(found.document, fact.start, fact.end)
        told_in = shown(found.document.text[start:end])
        row = Row(day.start, day.end, None, found.id, found.page_of(fact), told_in, day.time)
        name = f"{found.id} {fact.start}"
        yield account_of_fact(found, fact, day.start, day.end or day.start, name), row
