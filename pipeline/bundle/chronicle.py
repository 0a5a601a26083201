"""The chronology as the bundle tells it: events and dated evidence, each with the bundle's pages that prove it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from pipeline.bundle.case import Case, CaseEvent, ChronologyRow
from pipeline.bundle.plan import Plan


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the chronology with the pages of the bundle that prove it, and its event where the row is one."""

    row: ChronologyRow
    pages: tuple[int, ...]
    event: CaseEvent | None = None


def entries(case: Case, plan: Plan) -> list[Entry]:
    """Every event once, and every other row of the chronology, in order of date; undated ones last.

    A row of a document that is not in the bundle is left out: it may have been withheld. Of an event nothing but
    its own words is told, and all pages of the bundle that prove it.
    """
    events = {event.id: event for event in case.events}
    proofs = {row.event: row for row in case.chronology if _is_own(row, events) and row.doc in plan.by_id}
    found = [_event_entry(event, proofs.get(event.id), plan) for event in case.events]
    found += [
        Entry(row, (plan.by_id[row.doc].page(row.page),) if row.doc else ())
        for row in case.chronology
        if not _is_own(row, events) and (row.doc is None or row.doc in plan.by_id)
    ]
    return sorted(found, key=lambda entry: (entry.row.date or datetime.date.max, entry.event is None))


def _is_own(row: ChronologyRow, events: dict[str, CaseEvent]) -> bool:
    """Whether the row tells of an event as such, with or without its best proof, and not of a document."""
    event = events.get(row.event or "")
    if event is None:
        return False
    return row.doc is None or (row.date, row.end, row.text) == (event.start, event.end, event.title)


def _event_entry(event: CaseEvent, best: ChronologyRow | None, plan: Plan) -> Entry:
    doc, page = (best.doc, best.page) if best else (None, None)
    row = ChronologyRow(event.start, event.end, event.id, doc, page, event.title)
    pages = {tab.page(link.page) for tab, link in plan.by_event.get(event.id, [])}
    if doc is not None:
        pages.add(plan.by_id[doc].page(page))
    return Entry(row, tuple(sorted(pages)), event)


def merged(found: list[Entry]) -> list[Entry]:
    """Entries that say the same of the same day become one, with all their pages."""
    kept: dict[tuple[object, ...], Entry] = {}
    for entry in found:
        row = entry.row
        key = (row.date, row.end, row.event, row.text, entry.event is None)
        pages = set(entry.pages) | set(kept[key].pages if key in kept else ())
        kept[key] = Entry(row, tuple(sorted(pages)), entry.event)
    return list(kept.values())
