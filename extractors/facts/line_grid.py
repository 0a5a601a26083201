"""Pages as rows of pieces with their places from left to right: from table cells, from words with boxes, from text."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from extractors.document import Cell, Page, Word, is_han, lines_of, words_within
from extractors.facts.numerals import decimal_of
from extractors.facts.segments import upright

LONGEST_LINE = 400
_MARK = r"(?:(?:us|hk|s|a|nt|nz)?\$|[€£¥￥]|rmb|rm|usd|eur|gbp|cny|hkd|sgd|aud|myr|chf|inr|rs\.?) ?"
_BEFORE = rf"(?<![\w.,/:#'-])(?P<sign>- ?|\( ?)?(?P<mark>{_MARK})?(?P<inner>- ?|\( ?)?"
_RAW = r"\d{1,3}(?:[,'’]\d{2,3})+(?:\.\d{1,6})?|\d{1,3}(?:\.\d{3})+,\d{1,4}|\d+[.,]\d{1,6}|\d{1,12}"
_BEHIND = (
    r"(?P<late>-(?=\s|$)|\)| ?cr\b)?(?P<percent> ?%)?"
    r"(?=(?P<unit> ?(?:[a-z]{1,9}[23²³.]?(?![a-z0-9])|㎡|[一-鿿]{1,3}(?![一-鿿]))))?"
    r"(?![\w]|[.,/:-]\d)"
)
_COUNTED = (
    r"(?<![\w.,/:#'-])(?P<counted>\d{1,6}(?:[.,]\d{1,6})?)"
    r"(?P<behind>[a-z]{1,3}[23²³]?|㎡|[一-鿿]{1,3})(?![a-z0-9一-鿿])"
)
_NUMBER = re.compile(rf"{_BEFORE}(?P<raw>{_RAW}){_BEHIND}|{_COUNTED}")
_SPACED = re.compile(rf"{_BEFORE}(?P<raw>\d{{1,3}}(?: \d{{3}})+[.,]\d\d(?!\d)|{_RAW}){_BEHIND}|{_COUNTED}")
"""Thousands set apart by blanks are told from two columns by the width of the blanks."""
_MOST_WORDS = 120
"""A row with more words is no row of a table."""
_TEXT_GAP = 1.0
"""How far apart, in heights of a line, two words of one text may stand."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A figure of a row (`value` set, as written with its sign) or a run of its words."""

    start: int
    end: int
    x0: float
    x1: float
    text: str
    value: Decimal | None = None
    percent: bool = False
    unit: str = ""


@dataclass(frozen=True)
class GridRow:
    """A row of a page: its text in one line, and its height on the page."""

    page: int
    line: str
    spans: tuple[tuple[int, int, int, float, float], ...]
    """(where in the line it begins, slice of the document, from where to where on the page) of each word or cell."""
    y0: float
    y1: float
    columns: bool
    """Whether places from left to right mean columns: true of cells and of words with boxes."""
    cells: bool = False

    @property
    def start(self) -> int:
        """Where in the document it begins."""
        return self.spans[0][1]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """Its figures and runs of words from left to right; told where they are asked for."""
        return tuple(_pieces(self))

    def across(self, start: int, end: int) -> tuple[float, float]:
        """From where to where a piece of the line stands."""
        return self._x(start), self._x(end - 1, last=True)

    def _x(self, at: int, last: bool = False) -> float:
        offset, start, stop, x0, x1 = self.spans[max(0, bisect_right(self.spans, at, key=lambda s: s[0]) - 1)]
        share = min(1.0, (at - offset + last) / max(1, stop - start))
        return x0 + (x1 - x0) * share

    def origin(self, at: int) -> int:
        """The place in the document of a character of the line."""
        offset, start, stop, _, _ = self.spans[max(0, bisect_right(self.spans, at, key=lambda s: s[0]) - 1)]
        return min(start + at - offset, stop)


def grid_rows(page: Page, plain: str) -> Iterator[GridRow]:
    """The rows of a page from the top: of its table cells, of its words where it has boxes, else of its lines."""
    if page.words:
        yield from _with_words(page, plain)
        return
    tables = _cell_tables(page, plain) if page.cells else []
    ends = sorted((row.spans[0][1], row.spans[-1][2]) for row in tables)
    rows = [*tables, *_outside(page, plain, ends)]
    yield from sorted(rows, key=lambda row: row.spans[0][1])


def _outside(page: Page, plain: str, taken: Sequence[tuple[int, int]]) -> Iterator[GridRow]:
    for number, (start, end) in enumerate(lines_of(plain, page.start, page.end)):
        at = bisect_right(taken, (end, end)) - 1
        if end > start and (at < 0 or taken[at][1] <= start):
            yield _text_row(page.number, plain, start, min(end, start + LONGEST_LINE), number)


def _text_row(page: int, plain: str, start: int, end: int, number: int) -> GridRow:
    line = plain[start:end]
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
    spans = ((0, start, end, 0.0, float(width)),)
    return GridRow(page, line, spans, float(number), number + 1.0, columns=False)


def _pieces(row: GridRow) -> Iterator[Piece]:
    last = 0
    while match := _next_number(row, last):
        yield from _words(row, last, match.start())
        if figure := _figure(row, match):
            yield figure
        last = match.end()
    yield from _words(row, last, len(row.line))


def _next_number(row: GridRow, at: int) -> re.Match[str] | None:
    match = (_SPACED if row.columns else _NUMBER).search(row.line, at)
    raw = match["raw"] if match else None
    if match and raw and " " in raw and _gap_within(row, match.start("raw"), match.end("raw")):
        return _NUMBER.search(row.line, at)
    return match


def _figure(row: GridRow, match: re.Match[str]) -> Piece | None:
    name = "counted" if match["counted"] else "raw"
    raw = match[name]
    value = decimal_of(raw, "comma" if raw.count(",") == 1 and "." not in raw else "point")
    if value is None:
        return None
    start, end = match.start(name), match.end(name)
    x0, x1 = row.across(start, end)
    return Piece(
        row.origin(start),
        row.origin(max(end, match.end("behind")) - 1) + 1,
        x0,
        x1,
        raw,
        -value if _negative(match) else value,
        bool(match["percent"]),
        (match["behind"] or match["unit"] or "").strip(),
    )


def _negative(match: re.Match[str]) -> bool:
    before = (match["sign"] or "") + (match["inner"] or "")
    late = (match["late"] or "").strip()
    return "-" in before or late in ("-", "cr") or ("(" in before and late == ")")


def _gap_within(row: GridRow, start: int, end: int) -> bool:
    """Whether the parts of `12 450,00` stand apart as two columns do."""
    marks = [at for at in range(start, end) if row.line[at] == " "]
    height = row.y1 - row.y0
    return any(row.across(at + 1, at + 2)[0] - row.across(at - 1, at)[1] > 0.5 * height for at in marks)


def _words(row: GridRow, start: int, end: int) -> Iterator[Piece]:
    """The runs of words of a part of the line, told apart by cells, by wide gaps, else by tabs and wide blanks."""
    for part in re.finditer(r"[^\s|](?:(?!\t| {3})[^|\t])*", row.line[start:end]):
        text = part[0].rstrip()
        at = start + part.start()
        for a, b in _unbroken(row, at, at + len(text)):
            x0, x1 = row.across(a, b)
            yield Piece(row.origin(a), row.origin(b - 1) + 1, x0, x1, row.line[a:b].strip())


def _unbroken(row: GridRow, start: int, end: int) -> Iterator[tuple[int, int]]:
    if not row.columns:
        yield start, end
        return
    first, last_x = start, None
    for offset, a, b, x0, x1 in row.spans:
        stop = offset + b - a
        if stop <= start or offset >= end:
            continue
        if last_x is not None and x0 - last_x > _TEXT_GAP * (row.y1 - row.y0) and offset > first:
            yield first, min(end, len(row.line[:offset].rstrip()))
            first = offset
        last_x = x1
    if end > first:
        yield first, end


def _cell_tables(page: Page, plain: str) -> list[GridRow]:
    """The rows of the tables of a page; a cell in pieces is one."""
    ordered = sorted(
        (c for c in page.cells if c.end > c.start), key=lambda c: (c.table, c.row, c.column, c.start)
    )
    return [
        _cell_row(page, plain, list(cells)) for _, cells in groupby(ordered, key=lambda c: (c.table, c.row))
    ]


def _cell_row(page: Page, plain: str, cells: Sequence[Cell]) -> GridRow:
    parts: list[str] = []
    spans: list[tuple[int, int, int, float, float]] = []
    length = 0
    for cell in cells:
        text = plain[cell.start : cell.end].replace("\n", " ")[:LONGEST_LINE]
        spans.append((length, cell.start, cell.start + len(text), float(cell.column), cell.column + 0.9))
        parts.append(text)
        length += len(text) + 1
    row = cells[0]
    line = "\t".join(parts)
    return GridRow(page.number, line, tuple(spans), float(row.row), row.row + 0.1, columns=True, cells=True)


def _with_words(page: Page, plain: str) -> Iterator[GridRow]:
    """The rows of a page with boxes, each piece where it stands on the paper."""
    placed, wide = upright(page)
    lines = _ocr_lines(page, placed, plain) if page.source == "ocr" else _levels(placed)
    for words in lines:
        yield _word_row(page.number, plain, words[:_MOST_WORDS], wide)


def _ocr_lines(page: Page, placed: Sequence[Word], plain: str) -> Iterator[Sequence[Word]]:
    """The lines that OCR read, which may slant; two of them on one height side by side are one row."""
    row: list[Word] = []
    for start, end in lines_of(plain, page.start, page.end):
        words = sorted(words_within(placed, start, end), key=lambda word: word.box.x0)
        if row and words and _goes_on(row, words[0]):
            row += words
        elif words:
            if row:
                yield row
            row = words
    if row:
        yield row


def _goes_on(row: Sequence[Word], word: Word) -> bool:
    """Whether a word stands to the right of the last one of a row, on its height."""
    top, bottom = min(w.box.y0 for w in row), max(w.box.y1 for w in row)
    middle, height = (word.box.y0 + word.box.y1) / 2, bottom - top
    return word.box.x0 > row[-1].box.x1 and top + 0.2 * height < middle < bottom - 0.2 * height


def _levels(placed: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """Words on one height, from the top."""
    level: list[Word] = []
    bottom = -1.0
    for word in sorted(placed, key=lambda w: (w.box.y0 + w.box.y1) / 2):
        if level and (word.box.y0 + word.box.y1) / 2 > bottom:
            yield sorted(level, key=lambda w: w.box.x0)
            level = []
        if not level:
            bottom = word.box.y1
        level.append(word)
    if level:
        yield sorted(level, key=lambda w: w.box.x0)


def _word_row(page: int, plain: str, words: Sequence[Word], wide: float) -> GridRow:
    parts: list[str] = []
    spans: list[tuple[int, int, int, float, float]] = []
    length, before = 0, ""
    for word in words:
        text = plain[word.start : word.end]
        far = spans and word.box.x0 * wide - spans[-1][4] > _TEXT_GAP * (word.box.y1 - word.box.y0)
        if before:
            gap = "  " if far else "" if is_han(before) and is_han(text[:1]) else " "
            parts.append(gap)  # two blanks part columns, so that no head of two words is read across them
            length += len(gap)
        spans.append((length, word.start, word.end, word.box.x0 * wide, word.box.x1 * wide))
        parts.append(text)
        length += len(text)
        before = text[-1:]
    y0, y1 = min(w.box.y0 for w in words), max(w.box.y1 for w in words)
    heights = sorted(w.box.y1 - w.box.y0 for w in words)
    middle = (y0 + y1) / 2
    half = heights[len(heights) // 2] / 2
    return GridRow(page, "".join(parts), tuple(spans), middle - half, middle + half, columns=True)


def texts(pieces: Iterable[Piece]) -> str:
    """The words of pieces in one line."""
    return " ".join(piece.text for piece in pieces)
