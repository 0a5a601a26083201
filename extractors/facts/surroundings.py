"""What stands around a slice: its line, the words before and behind it, and the label above it on the page."""

from __future__ import annotations

import re

from extractors.document import Box, Document, Page, words_within
from extractors.facts.folding import folded

_WORD = re.compile(r"[a-z]{2,}|[一-鿿]")
_WIDTH = 60

_REACH = 0.05
"""How far above, as a fraction of the page's height, a label of a value may stand."""


def line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """(start, end) of the line or lines that hold `text[start:end]`."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    return first, len(text) if last < 0 else last


def lead_of(document: Document, plain: str, start: int, end: int) -> str:
    """Up to 60 characters before a slice on its line; where no word is among them, the label above it.

    That label is what stands right above on the page, or the line above where the page has no layout.
    """
    window = plain[max(0, start - _WIDTH) : start]
    line = window.rsplit("\n", 1)[-1]
    if _WORD.search(line):
        return line
    page = document.page_at(start)
    if page.words:
        above = folded(label_above(document, page, start, end))
    else:
        above = window[: len(window) - len(line)].rstrip().rsplit("\n", 1)[-1]
    return f"{above} " if above else line


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
