"""A paper: sections of statements and tables, each with the page that proves it. The forms draw it.

What only a person can know stands in the text as a blank, `⟦date⟧`: every form shows it marked, in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.harmless import terminal

BLANK = re.compile("⟦([^⟦⟧]*)⟧")
_NOT_TEXT = {0x0B: " ", 0x0C: " ", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
_FALSE_BLANKS = str.maketrans("⟦⟧", "[]")
_HAN = "一二三四五六七八九十"


class Citation(NamedTuple):
    """How a page is cited, and where a link on it leads: `#exhibit-3` within the paper, or a relative path."""

    text: str
    target: str


Citing = Callable[[str, int], Citation]
"""The citation of a page (from 1) of a document (its id)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence and the page that proves it; `doc` and `page` are None where nothing does.

    One that needs a source and has none is marked, visibly. `quoted` is one in the words of its source.
    """

    text: str
    doc: str | None = None
    page: int | None = None
    needs_source: bool = True
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of statements under columns; `numeric` columns stand right. `anchors` name rows that citations lead to."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Statement, ...], ...]
    numeric: frozenset[int] = frozenset()
    anchors: tuple[str, ...] = ()
    total: bool = False
    """Whether the last row sums up those above."""
    widths: tuple[int, ...] = ()
    """The shares of the columns in the width; all alike where there are none."""

    def shares(self) -> list[float]:
        """The width of each column, as a fraction of the whole."""
        widths = self.widths or (1,) * len(self.columns)
        return [width / sum(widths) for width in widths]


Block = Statement | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (none: empty) of a level from 1, and what stands under it; `items` draws statements as a list."""

    heading: str
    blocks: tuple[Block, ...]
    level: int = 1
    items: bool = False

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements, without those in tables."""
        return tuple(block for block in self.blocks if isinstance(block, Statement))


@dataclass(frozen=True, slots=True)
class Labels:
    """The words that the forms themselves need, in the paper's language."""

    unsourced: str
    none: str
    contents: str
    page: str
    """With `{page}` and `{pages}`."""


@dataclass(frozen=True)
class Paper:
    """A paper in `language` (en or zh). `header` stands on every page, `notes` in a box before all else."""

    language: str
    title: str
    header: str
    sections: tuple[Section, ...]
    citing: Citing = field(repr=False)
    labels: Labels
    lines: tuple[str, ...] = ()
    """Under the title: whose claim it is, of what day."""
    notes: tuple[str, ...] = ()
    contents: bool = False
    numbered: bool = False

    def headings(self) -> Iterator[tuple[Section, str]]:
        """The sections with their headings, numbered where the paper is: 1, 1.1 or 一、（一）."""
        first = second = 0
        for section in self.sections:
            if section.level == 1:
                first, second = first + 1, 0
            else:
                second += 1
            yield section, self._numbered(section, first, second) if section.heading else ""

    def _numbered(self, section: Section, first: int, second: int) -> str:
        if not self.numbered:
            return section.heading
        if self.language == "zh":
            number = f"{han(first)}、" if section.level == 1 else f"（{han(second)}）"
            return f"{number}{section.heading}"
        return f"{first}. {section.heading}" if section.level == 1 else f"{first}.{second} {section.heading}"

    def source(self, statement: Statement) -> Citation | None:
        """The citation of what proves a statement; None where nothing does."""
        if statement.doc is None or statement.page is None:
            return None
        return self.citing(statement.doc, statement.page)


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts: (part, whether it is a blank, in brackets). Harmless, and fit for XML."""
    at = 0
    for found in BLANK.finditer(text):
        if found.start() > at:
            yield plain(text[at : found.start()]), False
        yield f"[{plain(found[1])}]", True
        at = found.end()
    if at < len(text):
        yield plain(text[at:]), False


def plain(text: str) -> str:
    """Text that is fit for XML and moves no cursor."""
    return terminal(text).translate(_NOT_TEXT)


def told(value: object) -> str:
    """A value from a document or the register as it may stand in a sentence: it makes no blank of its own."""
    return " ".join(str(value).split()).translate(_FALSE_BLANKS)


def han(number: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    return f"{_HAN[tens - 1] if tens > 1 else ''}{'十' if tens else ''}{_HAN[ones - 1] if ones else ''}"
