"""The lines of a bill as rows: what, how many of which unit, at what rate, for what sum; from any kind of table.

Heads say which column is which; where a row's figures could stand in several columns, arithmetic decides. Without
heads, as on receipts, a line is a sum behind words, and `2 x 3.50` before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from extractors.document import Box, Cell, Document, Page, Place, words_within
from extractors.facts.amount_labels import Label, label_of, squeezed
from extractors.facts.fact import Fact, Money
from extractors.facts.line_columns import Entry, entry_of
from extractors.facts.line_grid import GridRow, grid_rows, texts
from extractors.facts.line_heads import Head, complete, head_places, heads_of, is_carried, joined, stacked
from extractors.facts.receipt_lines import foot_label, receipt_entries

_NEAR = 2.2
"""How many of its heights below a row its continuation may begin."""
_MOST_CONTINUED = 6
_MOST_LINES = 5000
_WINDOW = 300
"""Rows within so many characters of the words of heads may be heads."""
_MONEY = re.compile(r"\d[.,]\d\d(?!\d)|\d{4,}")
_LETTERS = re.compile(r"[a-z]{2}|[一-鿿]")
_ORDINAL = re.compile(r"(\d{1,3})[.)]? (?=\S)")
_TOTAL = 3
_FEWEST_SUMS = 2
"""A row below a total is a line only with a rate and a sum."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line of a bill. Sums and rates are as written, with their sign; `tax_rate` is in per cent.

    `spans` are the slices of the document it was read from, the first of them on its page; `sum_at` is the slice of
    its sum. What a line does not say is None or "".
    """

    description: str
    quantity: Decimal | None
    unit: str
    rate: Decimal | None
    amount: Decimal
    tax_rate: Decimal | None
    currency: str | None
    spans: tuple[tuple[int, int], ...]
    sum_at: tuple[int, int]
    tax: Decimal | None = None
    discounted: bool = False
    """Whether a discount stands between rate and sum."""

    @property
    def start(self) -> int:
        """Where it begins."""
        return min(start for start, _ in self.spans)

    def place(self, document: Document) -> Place:
        """The page of its sum, and the box around all of it on that page."""
        page = document.page_at(self.sum_at[0])
        words = [
            word
            for start, end in self.spans
            if start >= page.start
            for word in words_within(page.words, start, end)
        ]
        return Place(page.number, Box.around(word.box for word in words))


@dataclass
class _Table:
    """A table while its rows are read."""

    heads: list[Head]
    entries: list[Entry] = field(default_factory=list)
    ended: bool = False
    continued: int = 0
    last: GridRow | None = None
    above: GridRow | None = None
    """A row of words alone that may be the beginning of the next line's description."""


def invoice_lines(
    document: Document, plain: str, kind: str, facts: Sequence[Fact]
) -> tuple[InvoiceLine, ...]:
    """The lines of a bill in the order of the paper. Of documents of another `kind` than invoice only tables that have
    heads for a count, a rate and a sum are read. `plain` is the folded text; `facts` are the document's amounts.
    """
    bill = kind == "invoice"
    found = list(_of_tables(document, plain, bill))
    if not found and bill:
        found = [entry for page in document.pages for entry in receipt_entries(grid_rows(page, plain))]
    return tuple(_unnumbered(list(_priced(document, found[:_MOST_LINES], facts))))


def _of_tables(document: Document, plain: str, bill: bool) -> Iterator[Entry]:
    table: _Table | None = None
    for page in document.pages:
        places = head_places(plain, page.start, page.end, strict=not bill)
        if not places and (table is None or table.ended):
            continue
        if table is not None:
            table.last = table.above = None
        found, table = _read_page(page, plain, table, places, bill)
        lines = [entry for entry in found if _is_line(entry)]
        if not places and not any(entry.sound for entry in lines):
            lines = []  # figures without heads: the table ended with the page before
        yield from lines
        if not lines and not places:
            table = None  # a table does not go on across a page without a line of it


def _read_page(
    page: Page, plain: str, table: _Table | None, places: Sequence[int], bill: bool
) -> tuple[list[Entry], _Table | None]:
    """(the rows under heads of a page, the table that is open at its end)."""
    cells = sorted(page.cells, key=lambda c: c.start) if page.words else []
    done: list[Entry] = []
    before: list[Head] = []
    for row in grid_rows(page, plain):
        heads = heads_of(row) if _is_near(row, places) else []
        if heads and (len(heads) > 1 or before or table is None or not table.entries):
            before = joined(stacked(before, heads))
            if complete(before, strict=not bill):
                done += table.entries if table else []
                table = _Table(before)
            continue
        before = []
        if table is not None and not (table.ended and len(_MONEY.findall(row.line)) < _FEWEST_SUMS):
            _take(table, row, cells)
    done += table.entries if table else []
    if table is not None:
        table.entries = []
    return done, table


def _is_near(row: GridRow, places: Sequence[int]) -> bool:
    at = bisect_right(places, row.start + _WINDOW)
    return at > 0 and places[at - 1] > row.start - _WINDOW


def _is_line(entry: Entry) -> bool:
    """Whether a row under heads says enough to be a line: what it is of, or how its sum is made."""
    made = entry.quantity is not None and entry.rate is not None
    money = entry.sum is not None and (made or not entry.sum.text.isdecimal() or entry.exact)
    return money and (made or bool(entry.words))


def _take(table: _Table, row: GridRow, cells: Sequence[Cell]) -> None:
    """Read one row below the heads."""
    entry = entry_of(row, table.heads)
    if entry.amount is None:
        _take_words(table, row, entry, cells)
        return
    label = _foot(row, entry)
    if label is not None or is_carried(row.line):
        table.ended = table.ended or (
            label is not None and label.role in ("total", "paid") and bool(table.entries)
        )
        table.above = None
        return
    if table.ended and not entry.sound:
        return
    above = table.above
    if above is not None and (not entry.words or _same_cell(cells, above, row)):
        entry = entry.below(entry_of(above, table.heads))
    table.entries.append(entry)
    table.last, table.above, table.continued = row, None, 0


def _take_words(table: _Table, row: GridRow, entry: Entry, cells: Sequence[Cell]) -> None:
    """A row without a sum goes on with the line above it, or begins the one below it."""
    if table.ended or not _LETTERS.search(entry.text) or is_carried(row.line):
        return
    near = table.last is not None and row.y0 - table.last.y0 < _NEAR * max(row.y1 - row.y0, 1e-6)
    if cells and table.last is not None:
        near = _same_cell(cells, table.last, row)
    goes_on = near and table.continued < _MOST_CONTINUED
    if goes_on and table.entries and not entry.item and _continues(row, entry):
        table.entries[-1] = table.entries[-1].continued(entry)
        table.continued += 1
        table.last = row
    else:
        table.above = row


def _continues(row: GridRow, entry: Entry) -> bool:
    """Whether words alone can be more of a description: neither a label nor a head of a section in a sheet of cells."""
    return foot_label(entry.text) is None and not row.cells


def _same_cell(cells: Sequence[Cell], one: GridRow, other: GridRow) -> bool:
    """Whether two rows of words stand in one row of a ruled table."""
    rows = [_cell_row(cells, row.spans[0][1]) for row in (one, other)]
    return rows[0] is not None and rows[0] == rows[1]


def _cell_row(cells: Sequence[Cell], start: int) -> tuple[int, int] | None:
    at = bisect_right(cells, start, key=lambda c: c.start) - 1
    cell = cells[at] if at >= 0 else None
    return (cell.table, cell.row) if cell and start < cell.end else None


def _foot(row: GridRow, entry: Entry) -> Label | None:
    """The label of a row of a total, of tax or of a payment; None where it is a line."""
    if entry.sound:
        return None
    words = texts(piece for piece in row.pieces if piece.value is None)
    return foot_label(words) or (_total_of(words) if entry.quantity is None and entry.rate is None else None)


def _total_of(words: str) -> Label | None:
    """The label with which a row without count and rate begins: `Total of Bill 4 to summary`."""
    label, bare = label_of(words), squeezed(words)
    if label is None:
        first = words.split(" ", 1)[0]
        label, bare = label_of(first), squeezed(first)
    begins = label is not None and label.role in ("total", "subtotal") and label.strength >= _TOTAL
    return label if label is not None and begins and bare.startswith(label.words) else None


def _priced(document: Document, entries: Iterable[Entry], facts: Sequence[Fact]) -> Iterator[InvoiceLine]:
    """The lines with their currencies; a sum that is a fact too has the value and the currency of the fact."""
    codes = {fact.value.currency for fact in facts if isinstance(fact.value, Money) and fact.value.currency}
    only = codes.pop() if len(codes) == 1 else None
    for entry in entries:
        if entry.amount is None or entry.sum is None:
            continue
        known = _fact_at(facts, entry.sum.start)
        scale = known.amount / entry.amount if known and entry.amount and known.amount else Decimal(1)
        scale = scale if scale in (1000, 10**4, 10**6) else Decimal(1)
        yield InvoiceLine(
            _text(document, entry.words),
            entry.quantity,
            _text(document, [entry.unit_at] if entry.unit_at else []) or entry.unit,
            None if entry.rate is None else entry.rate * scale,
            entry.amount * scale,
            entry.tax_rate,
            known.currency if known and known.currency else only,
            tuple(entry.spans),
            (entry.sum.start, entry.sum.end),
            None if entry.tax is None else entry.tax * scale,
            entry.discounted,
        )


def _unnumbered(lines: Sequence[InvoiceLine]) -> Iterable[InvoiceLine]:
    """The lines without their ordinals, where all begin with them: `1 Crane hire`, `2 Pump`."""
    starts = [_ORDINAL.match(line.description) for line in lines]
    if len(lines) < _FEWEST_SUMS or [m and int(m[1]) for m in starts] != list(range(1, len(lines) + 1)):
        return lines
    return [
        replace(line, description=line.description[m.end() :])
        for line, m in zip(lines, starts, strict=True)
        if m
    ]


def _fact_at(facts: Sequence[Fact], place: int) -> Money | None:
    """The value of the amount that stands at a place; `facts` are in order of place."""
    at = bisect_right(facts, place, key=lambda fact: fact.start) - 1
    value = facts[at].value if at >= 0 and place < facts[at].end else None
    return value if isinstance(value, Money) else None


def _text(document: Document, spans: Iterable[tuple[int, int]]) -> str:
    """The document's own words, one behind the other; Chinese without blanks where a line was broken."""
    result = ""
    for start, end in spans:
        piece = " ".join(document.text[start:end].split())
        apart = result and piece and not (_is_han(result[-1]) and _is_han(piece[0]))
        result += f" {piece}" if apart else piece
    return result.strip(" .:|-*")


def _is_han(char: str) -> bool:
    return "一" <= char <= "鿿"
