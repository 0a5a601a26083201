"""The words of a document page by page, small enough to be handed to a worker as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractors.document import Box, Document, Page, Word


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word and where it stands. `joined`: no blank parts it from the word before it (Han characters).

    `recognised`: OCR read it; otherwise it is part of the file's own text.
    """

    text: str
    box: Box
    joined: bool
    recognised: bool


Line = tuple[PlacedWord, ...]


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of page `number` (from 1) in lines, in reading order; `width` and `height` are in points."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]

    @property
    def recognised(self) -> tuple[Line, ...]:
        """The lines without the words that are in the file's own text."""
        kept = (tuple(word for word in line if word.recognised) for line in self.lines)
        return tuple(line for line in kept if line)

    @property
    def typed(self) -> bool:
        """Whether some words are in the file's own text."""
        return any(not word.recognised for line in self.lines for word in line)


def page_words(text: str, page: Page) -> PageWords:
    """The words of a page of the document whose whole text is `text`."""
    lines: list[list[PlacedWord]] = []
    before: Word | None = None
    for word in page.words:
        between = "\n" if before is None else text[before.end : word.start]
        if "\n" in between:
            lines.append([])
        placed = PlacedWord(text[word.start : word.end], word.box, not between, word.confidence is not None)
        lines[-1].append(placed)
        before = word
    return PageWords(page.number, page.width, page.height, tuple(map(tuple, lines)))


def words_of(document: Document) -> Iterator[PageWords]:
    """The words of each page of a document."""
    return (page_words(document.text, page) for page in document.pages)


@dataclass(frozen=True, slots=True)
class WordFile:
    """The words of a document in a file: of how many pages, and whether some of them were recognised."""

    path: Path
    pages: int
    recognised: bool

    def read(self) -> Iterator[PageWords]:
        """The pages, one at a time."""
        with self.path.open(encoding="ascii") as file:
            for line in file:
                number, width, height, lines = json.loads(line)
                yield PageWords(number, width, height, tuple(map(_unpacked, lines)))


def write_words(pages: Iterable[PageWords], out: Path) -> WordFile:
    """Writes the pages, a line of JSON each."""
    count, recognised = 0, False
    with out.open("w", encoding="ascii") as file:
        for page in pages:
            count, recognised = count + 1, recognised or bool(page.recognised)
            file.write(json.dumps([page.number, page.width, page.height, _packed(page.lines)]) + "\n")
    return WordFile(out, count, recognised)


def _packed(lines: Iterable[Line]) -> list[list[list[object]]]:
    return [
        [[w.text, *(round(v, 6) for v in _corners(w.box)), int(w.joined), int(w.recognised)] for w in line]
        for line in lines
    ]


def _unpacked(line: list[list[object]]) -> Line:
    found: list[PlacedWord] = []
    for text, x0, y0, x1, y1, joined, recognised in line:
        box = Box(x0, y0, x1, y1)  # type: ignore[arg-type]
        found.append(PlacedWord(str(text), box, bool(joined), bool(recognised)))
    return tuple(found)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1
