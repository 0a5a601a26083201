"""Cells of delimited text (CSV, TSV) as slices of it (RFC 4180, with the delimiters that people use)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from extractors.document import Cell, lines_of

DELIMITERS = ("\t", ",", ";", "|")
_BREAKS = {delimiter: re.compile(f"[\n{re.escape(delimiter)}]") for delimiter in DELIMITERS}


def delimiter_of(text: str) -> str | None:
    """The delimiter that stands equally often in most of the first lines; None when no line holds one."""
    lines = [text[a:b] for a, b in islice(lines_of(text), 50) if b > a]
    best = max(DELIMITERS, key=lambda d: _agreement(lines, d))
    return best if _agreement(lines, best) > (0.0, 0) else None


def _agreement(lines: list[str], delimiter: str) -> tuple[float, int]:
    """(share of lines that agree on the number of delimiters, that number)."""
    counts = Counter(sum(part.count(delimiter) for part in line.split('"')[::2]) for line in lines)
    counts.pop(0, None)
    if not counts:
        return (0.0, 0)
    number, agreeing = max(counts.items(), key=lambda item: (item[1], item[0]))
    return (agreeing / len(lines), number)


def cells_of(text: str, delimiter: str, most: int) -> tuple[Cell, ...]:
    """The first `most` cells that hold something; the slice of a quoted cell lies inside its quotes."""
    return tuple(islice(_cells(text, delimiter), most))


def _cells(text: str, delimiter: str) -> Iterator[Cell]:
    row = column = position = 0
    while position < len(text):
        start, end, position = _cell(text, position, delimiter)
        if end > start:
            yield Cell(0, row, column, start, end)
        if position < len(text) and text[position] == delimiter:
            column += 1
        else:
            row, column = row + 1, 0
        position += 1


def _cell(text: str, position: int, delimiter: str) -> tuple[int, int, int]:
    """(start, end) of the cell at `position`, and where the delimiter or line end behind it stands."""
    if text[position] == '"':
        closing = _closing_quote(text, position + 1)
        if closing >= 0:
            return position + 1, closing, _next_break(text, closing, delimiter)
    after = _next_break(text, position, delimiter)
    return position, after, after


def _closing_quote(text: str, position: int) -> int:
    while True:
        closing = text.find('"', position)
        if closing < 0 or not text.startswith('""', closing):
            return closing
        position = closing + 2


def _next_break(text: str, position: int, delimiter: str) -> int:
    found = _BREAKS[delimiter].search(text, position)
    return found.start() if found else len(text)
