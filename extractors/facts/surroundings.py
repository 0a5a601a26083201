"""What stands around a slice: its line, the words before and behind it, and the label above it on the page."""

from __future__ import annotations

import re
from itertools import pairwise

from extractors.document import Box, Document, Page, words_within
from extractors.facts.folding import folded

_WORD = re.compile(r"[a-z]{2,}|[一-鿿]")
_WEEKDAY = re.compile(r"(?<![a-z])(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:星期|周)[一二三四五六日天]")
_COLUMN_MARK = re.compile(r"\t| {3,}|\u3000{2,}|\|")
_TEXT_COLUMN = re.compile(r"\t| {2,}|\u3000+| ?\| ?")
_LINE = 200
"""So much of a line above is looked at."""
_WIDTH = 60
_WIDE_GAP = 1.7
"""A gap so many times as wide as the line is high separates the columns of a page."""

_REACH = 0.05
"""How far above, as a fraction of the page's height, a label of a value may stand."""


def lead_of(document: Document, plain: str, start: int, end: int) -> str:
    """Up to 60 characters before a slice on its line; where no word is among them, the label above it.

    Of a line that crosses several columns only the part in the slice's own column counts, or, where no word
    stands there, with the column to its left. The label above is what stands right above on the page, or the
    line above where the page has no layout.
    """
    window = plain[max(0, start - _WIDTH) : start]
    line = window.rsplit("\n", 1)[-1]
    page = document.page_at(start)
    if _WORD.search(line):
        return plain[_column_start(document, page, plain, start - len(line), start) : start]
    if page.words:
        above = folded(label_above(document, page, start, end))
    else:
        above = _above_in_text(plain, start - len(line))
        above = _same_column(above, plain[start - len(line) : start]) or above
    return f"{above} " if above else line


def _above_in_text(plain: str, line_start: int) -> str:
    """The line above one that begins there, blank lines left out; its end, where it is long."""
    before = plain[max(0, line_start - _LINE) : line_start].rstrip()
    return before.rsplit("\n", 1)[-1]


def _same_column(above: str, line: str) -> str:
    """What stands over the place where a line's columns end so far, of a row of heads in a text without layout."""
    heads = [head for head in _TEXT_COLUMN.split(above.strip()) if head]
    at = len([cell for cell in _TEXT_COLUMN.split(line.lstrip()) if cell])
    return heads[at] if len(heads) > 1 and at < len(heads) else ""


def _column_start(document: Document, page: Page, plain: str, first: int, start: int) -> int:
    """Where the column begins in which `start` stands, of a line that begins at `first`."""
    for edge in sorted(column_edges(document, page, first, start), reverse=True):
        if _WORD.search(_WEEKDAY.sub("", plain[edge:start])):
            return edge
    return first


def column_edges(document: Document, page: Page, first: int, last: int) -> list[int]:
    """Where columns begin in a line: behind tabs, bars and wide gaps, on the page or in its text."""
    edges = [mark.end() for mark in _COLUMN_MARK.finditer(document.text, first, last)]
    words = words_within(page.words, first, last + 1)
    for left, right in pairwise(words):
        height = max(left.box.y1 - left.box.y0, right.box.y1 - right.box.y0) * page.height
        if (right.box.x0 - left.box.x1) * page.width > _WIDE_GAP * height and right.start <= last:
            edges.append(right.start)
    return edges


def column_around(document: Document, page: Page, start: int, end: int) -> tuple[int, int]:
    """(start, end) of the part of a slice's line in its column, at most 60 characters to either side."""
    low, high = max(0, start - _WIDTH), min(end + _WIDTH, len(document.text))
    first = max(document.text.rfind("\n", low, start) + 1, low)
    last = document.text.find("\n", end, high)
    last = high if last < 0 else last
    edges = column_edges(document, page, first, last)
    return (
        max((edge for edge in edges if edge <= start), default=first),
        min((edge for edge in edges if edge >= end), default=last),
    )


def label_above(document: Document, page: Page, start: int, end: int) -> str:
    """The words right above a slice, in the column of its box: the head of a table's column or of a form's field."""
    box = Box.around(w.box for w in words_within(page.words, start, end))
    if box is None:
        return ""
    near = [
        word
        for word in page.words
        if box.y0 - _REACH < word.box.y1 <= box.y0 + 0.002
        and word.box.x0 < max(box.x1, box.x0 + 0.1)
        and word.box.x1 > box.x0 - 0.02
    ]
    if not near:
        return ""
    lowest = max(word.box.y1 for word in near)
    row = [word for word in near if lowest - word.box.y1 < 0.012]
    return " ".join(document.text[word.start : word.end] for word in row)
