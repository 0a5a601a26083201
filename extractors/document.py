"""The one coordinate system: a document is one string; pages, words and facts are slices of it.

The string is never cleaned after it was built, so an offset found by any rule stays right for ever, and where
a value stands on the paper is computed (`Document.where`), never copied.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Source = Literal["text", "ocr"]
MarkKind = Literal["seal", "stamp", "handwriting"]

PAGE_BREAK = "\n\f\n"
UNREAD = "not read"
"""How a note ends that says that some part of the file could not be read."""
UNREAD_INK = "unread ink"
"""How a page's note begins that says that it has marks."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: fractions (0 to 1) of the page's width and height from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0.0 <= self.x0 <= self.x1 <= 1.0 and 0.0 <= self.y0 <= self.y1 <= 1.0):
            raise ValueError(f"not a box on a page: {self}")

    @classmethod
    def clamped(cls, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The part of the rectangle that lies on the page; corners may come in any order."""
        left, right = sorted((min(max(x0, 0.0), 1.0), min(max(x1, 0.0), 1.0)))
        top, bottom = sorted((min(max(y0, 0.0), 1.0), min(max(y1, 0.0), 1.0)))
        return cls(left, top, right, bottom)

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box | None:
        """The smallest box that holds all of `boxes`; None when there are none."""
        found = list(boxes)
        if not found:
            return None
        return cls(
            min(b.x0 for b in found),
            min(b.y0 for b in found),
            max(b.x1 for b in found),
            max(b.y1 for b in found),
        )

    def common(self, other: Box) -> float:
        """The area that both have in common, as a share of the page."""
        across = min(self.x1, other.x1) - max(self.x0, other.x0)
        down = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, across) * max(0.0, down)

    def as_list(self) -> list[float]:
        """`[x0, y0, x1, y1]`, rounded to a hundredth of a per cent."""
        return [round(v, 4) for v in (self.x0, self.y0, self.x1, self.y1)]


@dataclass(frozen=True, slots=True)
class Word:
    """A slice of the text with its place. `confidence` (0 to 1) is set where the word was recognised by OCR."""

    start: int
    end: int
    box: Box
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Ink on a page that was put there beside the print and that nobody has read: where, of which kind, how surely
    (0 to 1)."""

    kind: MarkKind
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: a slice of the text at a row and column of one table of the page."""

    table: int
    row: int
    column: int
    start: int
    end: int


@dataclass(frozen=True)
class Page:
    """A page: `text[start:end]` of its document, or of its own text before it is put into one.

    `width` and `height` are in points (1/72 inch). `words` are in order of `start` and do not overlap; a format
    without layout (an e-mail) has none. `engine` and `confidence` are set where `source` is "ocr". `marks` are seals,
    stamps and handwriting, from the top down.
    """

    number: int
    start: int
    end: int
    width: float
    height: float
    source: Source = "text"
    engine: str | None = None
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a slice stands: page number from 1, and its box or None where the page has no layout."""

    page: int
    box: Box | None


@dataclass(frozen=True, slots=True)
class Meta:
    """One piece of a file's own metadata (EXIF time, GPS, device …); its value is the slice `start:end`."""

    key: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """What was read from one file: one string, and what its slices are.

    `metadata` lies in the string behind the last page, so that a fact taken from it (the time a photo was
    taken) has a place in a source like any other; it belongs to page 1 and has no box.
    `notes` are short findings about the reading, for people ("suffix says .pdf, content is image/jpeg").
    """

    text: str
    pages: tuple[Page, ...]
    media_type: str
    metadata: tuple[Meta, ...] = ()
    notes: tuple[str, ...] = ()
    title: str | None = None
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(p.start for p in self.pages))

    @property
    def unread(self) -> tuple[str, ...]:
        """The notes that say that a part of the file could not be read; empty when all of it was."""
        notes = (*self.notes, *(f"page {p.number}: {note}" for p in self.pages for note in p.notes))
        return tuple(note for note in notes if note.endswith(UNREAD))

    def page_text(self, number: int) -> str:
        """The text of page `number` (from 1)."""
        page = self.pages[number - 1]
        return self.text[page.start : page.end]

    def page_at(self, offset: int) -> Page:
        """The page that holds `offset`; metadata behind the last page belongs to page 1."""
        if self.metadata and offset >= self.metadata[0].start:
            return self.pages[0]
        return self.pages[max(0, bisect_right(self._starts, offset) - 1)]

    def where(self, start: int, end: int) -> Place:
        """The page on which `text[start:end]` begins, and the box around its words on that page."""
        page = self.page_at(start)
        return Place(page.number, Box.around(w.box for w in words_within(page.words, start, end)))

    def meta(self, key: str) -> str | None:
        """The value of a piece of metadata, or None."""
        return next((self.text[m.start : m.end] for m in self.metadata if m.key == key), None)

    @cached_property
    def body_end(self) -> int:
        """Where the pages end and the metadata begins."""
        return self.pages[-1].end if self.pages else 0


def words_within(words: Sequence[Word], start: int, end: int) -> Sequence[Word]:
    """The words that overlap `start:end` (binary search; `words` are sorted and do not overlap)."""
    first = bisect_right(words, start, key=lambda w: w.end)
    last = bisect_left(words, end, key=lambda w: w.start)
    return words[first:last]


@dataclass(frozen=True)
class PageText:
    """A page before it is put into a document: its own text; the offsets of words and cells count from 0."""

    text: str
    width: float
    height: float
    source: Source = "text"
    engine: str | None = None
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    cells: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


def assemble(
    pages: Sequence[PageText],
    media_type: str,
    metadata: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    title: str | None = None,
) -> Document:
    """The document that has these pages, in order, and the metadata behind them."""
    parts: list[str] = []
    offset = 0
    placed: list[Page] = []
    for number, page in enumerate(pages, 1):
        placed.append(_placed(page, number, offset))
        parts += [page.text, PAGE_BREAK]
        offset += len(page.text) + len(PAGE_BREAK)
    metas: list[Meta] = []
    for key, value in metadata:
        label = f"{key}: "
        parts += [label, value, "\n"]
        metas.append(Meta(key, offset + len(label), offset + len(label) + len(value)))
        offset += len(label) + len(value) + 1
    return Document("".join(parts), tuple(placed), media_type, tuple(metas), tuple(notes), title)


def _placed(page: PageText, number: int, offset: int) -> Page:
    return Page(
        number=number,
        start=offset,
        end=offset + len(page.text),
        width=page.width,
        height=page.height,
        source=page.source,
        engine=page.engine,
        confidence=page.confidence,
        words=tuple(Word(w.start + offset, w.end + offset, w.box, w.confidence) for w in page.words),
        cells=tuple(Cell(c.table, c.row, c.column, c.start + offset, c.end + offset) for c in page.cells),
        notes=page.notes,
        marks=page.marks,
    )


Piece = tuple[str, Box, float | None]


def text_of_lines(lines: Iterable[Iterable[Piece]]) -> tuple[str, tuple[Word, ...]]:
    """The text of lines of (word, box, confidence), and the words as slices of it.

    Words are joined by a space, Han characters without one; lines by a newline. An empty line becomes an empty
    line of the text (a paragraph's end).
    """
    text: list[str] = []
    words: list[Word] = []
    offset = 0
    for line in lines:
        last = ""
        for word, box, confidence in line:
            if not word:
                continue
            if last and not (is_han(last[-1]) and is_han(word[0])):
                text.append(" ")
                offset += 1
            text.append(word)
            words.append(Word(offset, offset + len(word), box, confidence))
            offset += len(word)
            last = word
        text.append("\n")
        offset += 1
    return "".join(text), tuple(words)


def is_han(char: str) -> bool:
    """True for Han characters and the punctuation and full-width forms that are set with them."""
    code = ord(char)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x323AF
        or 0xF900 <= code <= 0xFAFF
        or 0x3000 <= code <= 0x303F
        or 0xFF01 <= code <= 0xFF65
    )


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """The (start, end) of each line of `text[start:end]`, without its line break."""
    stop = len(text) if end is None else end
    while start < stop:
        cut = text.find("\n", start, stop)
        cut = stop if cut < 0 else cut
        yield start, cut
        start = cut + 1
