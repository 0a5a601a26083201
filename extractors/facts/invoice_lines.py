"""The lines of a bill as rows: what, how many of which unit, at what rate, for what sum; from any kind of table.

Heads say which column is which; where a row's figures could stand in several columns, arithmetic decides. Without
heads, as on receipts, a line is a sum behind words, and `2 x 3.50` before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from extractors.document import Cell, Document, Page
from extractors.facts.amount_labels import Label
from extractors.facts.fact import Fact, Money
from extractors.facts.line_columns import Entry, entry_of
from extractors.facts.line_grid import GridRow, grid_rows, texts
from extractors.facts.line_heads import Head, carried, complete, heads_of, joined, may_have_heads, stacked
from extractors.facts.receipt_lines import foot_label, receipt_entries

_NEAR = 2.2
"""How many of its heights below a row its continuation may begin."""
_MOST_CONTINUED = 6
_MOST_LINES = 5000


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
    return tuple(_priced(document, found[:_MOST_LINES], facts))


def _of_tables(document: Document, plain: str, bill: bool) -> Iterator[Entry]:
    table: _Table | None = None
    for page in document.pages:
        if table is None and not may_have_heads(plain[page.start : page.end]):
            continue
        if table is not None:
            table.last = table.above = None
        table = _read_page(page, plain, table, bill)
        if table:
            yield from (entry for entry in table.entries if _is_line(entry))
            table.entries = []


def _read_page(page: Page, plain: str, table: _Table | None, bill: bool) -> _Table | None:
    cells = sorted(page.cells, key=lambda c: c.start) if page.words else []
    done: list[Entry] = []
    before: list[Head] = []
    for row in grid_rows(page, plain):
        heads = heads_of(row)
        if heads and not (table and table.entries and not table.ended and len(heads) < 2):
            merged = joined(stacked(before, heads)) if before else joined(heads)
            before = merged
            if complete(merged, strict=not bill):
                done += table.entries if table else []
                table = _Table(merged)
            continue
        before = [] if row.pieces else before
        if table is not None:
            _take(table, row, cells, plain)
    if table is not None:
        table.entries[:0] = done
    return table


def _is_line(entry: Entry) -> bool:
    """Whether a row under heads says enough to be a line: what it is of, or how its sum is made."""
    made = entry.quantity is not None and entry.rate is not None
    money = entry.sum is not None and (made or not entry.sum.text.isdecimal() or entry.exact)
    return money and (made or bool(entry.words))


def _take(table: _Table, row: GridRow, cells: Sequence[Cell], plain: str) -> None:
    """Read one row below the heads."""
    entry = entry_of(row, table.heads)
    if entry.amount is None:
        _take_words(table, row, entry, cells)
        return
    label = _foot(row, entry)
    if label is not None or carried().search(row.line):
        table.ended = table.ended or (label is not None and label.role in ("total", "paid") and bool(table.entries))
        table.above = None
        return
    if table.ended and not entry.sound:
        return
    if not entry.words and table.above is not None:
        entry = entry.below(entry_of(table.above, table.heads))
    elif table.above is not None and _same_cell(cells, table.above, row):
        entry = entry.below(entry_of(table.above, table.heads))
    table.entries.append(entry)
    table.last, table.above, table.continued = row, None, 0


def _take_words(table: _Table, row: GridRow, entry: Entry, cells: Sequence[Cell]) -> None:
    """A row without a sum goes on with the line above it, or begins the one below it."""
    if table.ended or not entry.words or carried().search(row.line):
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
    return foot_label(texts(piece for piece in row.pieces if piece.value is None))


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

