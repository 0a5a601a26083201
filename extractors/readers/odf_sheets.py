"""The sheets of an OpenDocument spreadsheet (ODF 1.3 part 3, 9): what is repeated is repeated as far as it says
something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.readers.odf_text import OdfText
from extractors.readers.ooxml import attribute, child, local
from extractors.readers.sheets import Value

_MOST_REPEATS = 1000
"""A filled row or cell that stands for more like it is written this often at most."""
_LAST = 2**20
_GROUPS = frozenset(
    {
        *("table-row-group", "table-rows", "table-header-rows", "table-column-group"),
        *("table-columns", "table-header-columns"),
    }
)


def sheets(spreadsheet: Any) -> Iterator[tuple[str, Iterator[Value]]]:
    """The name and the filled cells of each sheet."""
    for table in spreadsheet:
        if local(table.tag) == "table":
            yield attribute(table, "name") or "", _values(table)


def _values(table: Any) -> Iterator[Value]:
    at = 0
    for row in _rows(table):
        count = _repeats(row, "number-rows-repeated")
        cells = list(_cells(row))
        for number in range(at, at + min(count, _MOST_REPEATS) if cells else at):
            yield from (Value(number, column, text) for column, text in cells)
        at = min(at + count, _LAST)


def _rows(node: Any) -> Iterator[Any]:
    """Rows, those of groups in place; groups nest."""
    waiting = [iter(node)]
    while waiting:
        item = next(waiting[-1], None)
        if item is None:
            waiting.pop()
        elif local(item.tag) == "table-row":
            yield item
        elif local(item.tag) in _GROUPS:
            waiting.append(iter(item))


def _cells(row: Any) -> Iterator[tuple[int, str]]:
    at = 0
    for cell in row:
        if local(cell.tag) not in ("table-cell", "covered-table-cell"):
            continue
        count = _repeats(cell, "number-columns-repeated")
        text = _shown(cell)
        if text:
            yield from ((at + n, text) for n in range(min(count, _MOST_REPEATS)))
        at = min(at + count, _LAST)


def _shown(cell: Any) -> str:
    """A day as ISO 8601, because the shown form depends on where the program ran; all else as it is shown."""
    if attribute(cell, "value-type") == "date":
        day, _, time = (attribute(cell, "date-value") or "").partition("T")
        if day:
            return day if time.strip("0:.") == "" else f"{day} {time[:8]}"
    if not len(cell):
        return ""
    text = " ".join(OdfText(frozenset()).read(cell).out.text().split())
    return text or (attribute(cell, "value") or "" if child(cell, "p") is not None else "")


def _repeats(node: Any, name: str) -> int:
    told = attribute(node, name) or "1"
    return max(1, min(int(told), _LAST)) if told.isdecimal() and len(told) < 12 else 1
