"""The tables of a claim report: overview, deadlines, ledger, chronology, exhibits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.casefile import CaseFile
from pipeline.chronology import Row, named
from pipeline.deadlines import Deadline
from pipeline.ledger import Entry, Ledger, money
from pipeline.papers.citing import Bundled
from pipeline.papers.paper import Statement, Table
from pipeline.papers.words import Words

HASH_SHOWN = 16
"""Digits of a hash that an exhibit's row shows; the bundle and `custody` have all of them."""


def said(text: object) -> Statement:
    """A cell that states nothing that needs a source."""
    return Statement("" if text is None else str(text), needs_source=False)


def cited(doc: str | None, page: int | None) -> Statement:
    """A cell that holds nothing but the citation, or the mark that there is none."""
    return Statement("", doc, page)


def _columns(words: Words, *keys: str) -> tuple[str, ...]:
    return tuple(words(f"column_{key}") for key in keys)


def overview(case: CaseFile, words: Words, clocks: Sequence[Deadline], sums: Ledger) -> Table:
    """An event a row: when, whether notice was given, how many documents, what is evidenced."""
    by_event = sums.totals("event")
    rows = []
    for event in case.claim.events:
        name = case.name_of(event)
        notice = next((c for c in clocks if c.event == name and c.step == "notice"), None)
        rows.append(
            (
                said(event.id),
                said(event.title),
                said(words.days(event.start, event.end)),
                said(words(f"notice_{notice.status}") if notice else words("notice_none")),
                said(len(case.evidence_of(event))),
                said(money(by_event[name]) if name in by_event else "–"),
            )
        )
    columns = _columns(words, "event", "title", "period", "notice", "documents", "evidenced")
    return Table(
        words("table_overview"), columns, tuple(rows), frozenset({4, 5}), widths=(8, 32, 24, 12, 11, 14)
    )


def clocks_table(words: Words, clocks: Iterable[Deadline]) -> Table:
    """A step a row, with the page that proves it; a step that was not taken has none."""
    rows = []
    for clock in clocks:
        proof = clock.done_evidence
        rows.append(
            (
                said(clock.event.rpartition("/")[2]),
                said(words.title(clock.step)),
                said(words.clause(clock.clause)),
                said(clock.clock_start),
                said(clock.due),
                said(clock.done or "–"),
                said(words(f"status_{clock.status}")),
                cited(proof.doc, proof.page) if proof else said("–"),
            )
        )
    columns = _columns(words, "event", "step", "clause", "clock_start", "due", "done", "status", "source")
    return Table(words("table_clocks"), columns, tuple(rows), widths=(8, 15, 18, 15, 15, 15, 10, 17))


def ledger_table(words: Words, sums: Ledger) -> Table:
    """The sums that count, and below them what they come to."""
    rows = [_sum(words, number, row) for number, row in enumerate((r for r in sums.rows if r.counted), 1)]
    if rows:
        total = (said(""), said(""), said(words("total")), said(""), said(money(sums.evidenced)))
        rows.append((*total, said(sums.currency), said("")))
    columns = _columns(words, "number", "event", "description", "cost", "amount", "currency", "source")
    return Table(
        words("table_ledger"),
        columns,
        tuple(rows),
        frozenset({0, 4}),
        total=bool(rows),
        widths=(7, 8, 34, 15, 16, 9, 17),
    )


def _sum(words: Words, number: int, row: Entry) -> tuple[Statement, ...]:
    return (
        said(number),
        said((row.event or "–").rpartition("/")[2]),
        said(row.description),
        said(words.title(row.cost)),
        said(money(row.amount)),
        said(row.currency),
        cited(row.doc, row.page),
    )


def uncounted_table(words: Words, sums: Ledger) -> Table:
    """The sums that do not count, and why."""
    rows = tuple(
        (
            said((row.event or "–").rpartition("/")[2]),
            said(row.description),
            said(money(row.amount)),
            said(row.currency),
            said(words.phrase(row.why_not or "") or ""),
            cited(row.doc, row.page),
        )
        for row in sums.rows
        if not row.counted
    )
    columns = _columns(words, "event", "description", "amount", "currency", "why_not", "source")
    return Table(words("table_uncounted"), columns, rows, frozenset({2}), widths=(7, 36, 14, 9, 20, 17))


def costs_table(words: Words, sums: Ledger) -> Table:
    """What is evidenced by kind of cost."""
    rows = tuple((said(words.title(cost)), said(money(value))) for cost, value in sums.totals("cost").items())
    return Table(words("table_costs"), _columns(words, "cost", "amount"), rows, frozenset({1}))


def chronology_table(case: CaseFile, words: Words, rows: Iterable[Row]) -> Table:
    """Events and dated evidence, in order."""
    made = tuple(
        (
            said(words.days(row.date, row.end)),
            said((row.event or "").rpartition("/")[2]),
            said(_text(case, words, row)),
            cited(row.doc, row.page),
        )
        for row in rows
    )
    return Table(
        words("table_chronology"),
        _columns(words, "date", "event", "what", "source"),
        made,
        widths=(18, 7, 58, 17),
    )


def _text(case: CaseFile, words: Words, row: Row) -> str:
    """What a row tells; a document without a title is called as it is in this language."""
    found = case.evidence.get(row.doc or "")
    untitled = found is not None and row.event is None and row.text == named(found)
    return words.called(found) if found is not None and untitled else row.text


def exhibits_table(case: CaseFile, words: Words, bundle: Bundled | None) -> Table:
    """The documents by their numbers in this paper; citations lead here."""
    rows, anchors = [], []
    for number, found in enumerate(case.in_order(), 1):
        about = found.summary
        pages = bundle.numbers.get(found.id, ()) if bundle else ()
        rows.append(
            (
                said(number),
                said(words.called(found)),
                said(about.name),
                said(about.date or words("no_date")),
                said(words.title(about.kind)),
                said(about.page_count),
                said(f"{pages[0]}–{pages[-1]}" if len(pages) > 1 else "".join(pages) or "–"),
                said(about.sha256[:HASH_SHOWN]),
            )
        )
        anchors.append(f"exhibit-{number}")
    columns = _columns(words, "number", "exhibit", "file", "date", "kind", "pages", "bundle_pages", "sha256")
    return Table(
        "", columns, tuple(rows), frozenset({0, 5}), tuple(anchors), widths=(7, 28, 20, 14, 12, 7, 10, 14)
    )
