"""The items of a table of sums: the rows under its heads, those that add up to its total, net sums and their tax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from extractors.facts.amount_columns import SUMS
from extractors.facts.amount_rows import Figure, Row
from extractors.facts.amount_totals import Labelled, Sheet

_CENT = Decimal("0.011")
_TAX_SHARE = Decimal("0.3")
_MOST = 60
"""How many rows above a total can be its items."""
_FEWEST = 2
_ITEM_LABELS = ("charge", "count")
"""Labels that are the names of items in a table: delivery, service, table."""


def items(sheet: Sheet, known: Iterable[Labelled]) -> list[Labelled]:
    """The figures of items with the roles line, tax and claimed; the place of those already `known` counts as taken.

    Only a net sum and its tax that make the total stand before what a label says of them.
    """
    found = list(known)
    total = next((item.figure.value for item in found if item.role == "total"), None)
    result = list(_net_and_tax(sheet, total))
    split = {item.figure.start for item in result}
    taken = split | {item.figure.start for item in found}
    for item in (item for way in (_under_heads, _adding_up, _of_bill) for item in way(sheet)):
        if item.figure.start not in taken and item.figure.value:
            taken.add(item.figure.start)
            result.append(item)
    return result


def _is_item(row: Row) -> bool:
    weak = row.label is not None and (row.label.role in _ITEM_LABELS or row.label.strength < 3)
    return row.label is None or (weak and bool(row.columns))


def _net_and_tax(sheet: Sheet, total: Decimal | None) -> Iterator[Labelled]:
    """`合计 128,800.00 14,076.00` where both make the total; then each item has its tax behind its sum too."""
    pairs = [
        (row, net, tax)
        for row in sheet.rows
        for net, tax in zip(_sums(row)[-3:], _sums(row)[-3:][1:], strict=False)
        if total and 0 < tax.value <= net.value * _TAX_SHARE and abs(net.value + tax.value - total) < _CENT
    ]
    for row, net, tax in pairs[:1]:
        words = row.label.words if row.label else "what adds up"
        yield Labelled(net, "subtotal", words, 0.85)
        yield Labelled(tax, "tax", words, 0.85)
        for item in sheet.rows:
            figures = _sums(item)[-2:]
            if item.start >= row.start or not _is_item(item) or len(figures) < _FEWEST:
                continue
            if 0 <= figures[1].value <= figures[0].value * _TAX_SHARE:
                yield Labelled(figures[0], "line", "", 0.7)
                yield Labelled(figures[1], "tax", "", 0.6)


def _sums(row: Row) -> list[Figure]:
    return [figure for figure in row.figures if figure.decimals]


def _under_heads(sheet: Sheet) -> Iterator[Labelled]:
    """What stands in a column of sums; of a total's row, what was claimed and its tax."""
    for row in sheet.rows:
        if not any(role in SUMS for role in row.columns):
            continue
        item = _is_item(row)
        for figure, role in zip(row.figures, row.columns, strict=True):
            if not figure.decimals or role not in SUMS or not (item or role in ("claimed", "tax")):
                continue
            yield Labelled(figure, "line" if role == "assessed" else role, "table column", 0.8)


def _adding_up(sheet: Sheet) -> Iterator[Labelled]:
    """The last figures of the rows above a total or subtotal that add up to it."""
    for place, row in enumerate(sheet.rows):
        if row.label is None or row.label.role not in ("total", "subtotal"):
            continue
        for figure in sheet.sums(row)[-1:]:
            for item in _above(sheet, place, figure.value):
                yield Labelled(item, "line", "adds up to the total", 0.75)


def _above(sheet: Sheet, place: int, total: Decimal) -> list[Figure]:
    found: list[Figure] = []
    rest = total
    for row in reversed(sheet.rows[max(0, place - _MOST) : place]):
        sums = _sums(row)
        if not sums or not (row.label is None or row.label.role in _ITEM_LABELS or row.label.strength < 3):
            continue
        found.append(sums[-1])
        rest -= sums[-1].value
        if abs(rest) < _CENT:
            return found if len(found) >= _FEWEST else []
        if rest < 0:
            break
    return []


def _of_bill(sheet: Sheet) -> Iterator[Labelled]:
    """The last figure of each row of an invoice that has words and no label."""
    for row in sheet.rows if sheet.bill else ():
        if row.label is None and row.figures and row.figures[-1].decimals:
            yield Labelled(row.figures[-1], "line", "", 0.6)
