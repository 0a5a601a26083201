"""Is one document a copy of another to look at? Pure functions on the hashes of those pages that are pictures.

A hash sees the shape of a page, not its words: two letters of one letterhead, two sheets of one form look alike. So
words that were surely read must agree as well; the picture alone decides where there are hardly any (a photo, a
drawing, handwriting).
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.picture_hash import BITS, PictureHash
from index.words import is_han
from pipeline.gallery import FAR, Distances, Gallery
from pipeline.likeness import LEAST_LENGTH, LEAST_SCORE, MOST_COMPARED, MOST_SHOWN

_HAN_ORDINALS = frozenset("一二三四五六七八九十甲乙丙丁")
PROBES = 12
"""Pages of a document, spread over its length, by which copies of it are looked for."""
MOST_PAGES = 500
"""Pages that are compared of a long document."""
FEW_WORDS = 12
"""With fewer words surely read, a page says hardly anything."""
COMMON_WORDS = 0.75
"""The share of words, and of numbers, that two pages with more than that must have in common."""
BURST_SECONDS = 3.0
"""Two photos that were taken longer after one another are two photos, however alike: it is what changed that counts."""


@dataclass(frozen=True)
class PicturePage:
    """A page on which there is something: its picture's hash, None where it is no picture, and its words.

    `words` are those that were typed or surely recognised, folded; `own` is the whole text of a page that is none.
    """

    number: int
    picture: PictureHash | None
    words: tuple[str, ...] = ()
    own: str = ""

    @property
    def is_paper(self) -> bool:
        return self.picture is None or self.picture.sheet is not None

    @cached_property
    def counted(self) -> Counter[str]:
        return Counter(self.words)

    @cached_property
    def labels(self) -> Counter[str]:
        """Its numbers and single letters: what tells one of a series from the next."""
        return Counter(word for word in self.words if _is_label(word))


def _is_label(word: str) -> bool:
    if len(word) == 1 and (not is_han(word) or word in _HAN_ORDINALS):
        return True
    return any(map(str.isdecimal, word))


@dataclass(frozen=True)
class Pictured:
    """What is compared of a document that holds pictures: its pages, when it was taken (local time), its bytes."""

    pages: tuple[PicturePage, ...] = ()
    taken: datetime.datetime | None = None
    size: int = 0

    @cached_property
    def hashes(self) -> list[PictureHash]:
        return [page.picture for page in self.pages if page.picture is not None]


def candidates(wanted: Pictured, known: Gallery, owners: Sequence[str]) -> list[str]:
    """The documents that may be copies, the likeliest first, at most 20; `owners` names that of each hash known."""
    step = max(1, -(-len(wanted.hashes) // PROBES))
    pages: Counter[str] = Counter()
    nearest: dict[str, int] = {}
    for probe in wanted.hashes[::step]:
        distances = known.distances(probe)
        near = [(owners[int(row)], int(distances[row])) for row in np.flatnonzero(distances < FAR)]
        pages.update({document for document, _ in near})
        for document, distance in near:
            nearest[document] = min(nearest.get(document, FAR), distance)
    return sorted(pages, key=lambda each: (-pages[each], nearest[each], each))[:MOST_COMPARED]


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page here and the one there that is its copy; `distance` in bits, None where both are no pictures."""

    here: PicturePage
    there: PicturePage
    distance: int | None

    def turned(self) -> PagePair:
        return PagePair(self.there, self.here, self.distance)

    def as_json(self) -> dict[str, Any]:
        """Both pages' numbers, the distance, and the pictures' sizes in pixels."""
        sizes = [[p.picture.width, p.picture.height] if p.picture else None for p in (self.here, self.there)]
        return {
            "page": self.here.number,
            "page_there": self.there.number,
            "distance": self.distance,
            "pixels": sizes[0],
            "pixels_there": sizes[1],
        }


@dataclass(frozen=True, slots=True)
class PictureComparison:
    """Two documents of which enough pages are copies; `score` is the share of equal bits on the shorter one's pages."""

    here: Pictured
    there: Pictured
    score: float
    pairs: tuple[PagePair, ...]

    def turned(self) -> PictureComparison:
        """The same seen from the second document."""
        pairs = tuple(pair.turned() for pair in self.pairs)
        return PictureComparison(self.there, self.here, self.score, pairs)

    def differs(self, facts: Sequence[str]) -> dict[str, Any]:
        """What differs, seen from the first document."""
        matched = {pair.here.number: pair.here.counted - pair.there.counted for pair in self.pairs}
        words_there = sum((pair.there.counted - pair.here.counted).total() for pair in self.pairs)
        pages = [page.number for page in self.here.pages if matched.get(page.number, True)]
        return {
            "only_here": sum(words.total() for words in matched.values()),
            "only_there": words_there,
            "pages": pages[:MOST_SHOWN],
            "facts": list(facts),
            **shown(self.here, self.there, self.pairs),
        }


def shown(here: Pictured, there: Pictured, pairs: Sequence[PagePair]) -> dict[str, Any]:
    """The pictures of both documents beside each other: pages, sizes in pixels and bytes, when they were taken."""
    times = [each.taken.isoformat() if each.taken else None for each in (here, there)]
    return {
        "pictures": [pair.as_json() for pair in pairs if pair.distance is not None][:MOST_SHOWN],
        "taken": times,
        "bytes": [here.size, there.size],
    }


def compare_pictures(here: Pictured, there: Pictured) -> PictureComparison | None:
    """Which pages of two documents are copies of each other, in order; None when they are different documents."""
    shorter, longer = sorted((len(here.pages), len(there.pages)))
    if not shorter or shorter < LEAST_LENGTH * longer:
        return None
    pairs = tuple(pair for pair in near_pages(here, there) if agree(pair.here, pair.there))
    compared = min(shorter, MOST_PAGES)
    distances = [pair.distance for pair in pairs if pair.distance is not None]
    if not distances or len(pairs) < LEAST_SCORE * compared or _another_shot(here, there, pairs):
        return None
    return PictureComparison(here, there, (len(pairs) - sum(distances) / BITS) / compared, pairs)


def near_pages(here: Pictured, there: Pictured) -> list[PagePair]:
    """The pages that look alike, or have the same text of their own, in order: as many as can be."""
    first, second = here.pages[:MOST_PAGES], there.pages[:MOST_PAGES]
    if not (first and second):
        return []
    distances = _distances(first, second)
    same = np.array([[bool(a.own) and a.own == b.own for b in second] for a in first])
    return [
        PagePair(first[a], second[b], int(distances[a, b]) if distances[a, b] < FAR else None)
        for a, b in _in_order((distances < FAR) | same)
    ]


def _distances(first: Sequence[PicturePage], second: Sequence[PicturePage]) -> Distances:
    columns = [n for n, page in enumerate(second) if page.picture is not None]
    gallery = Gallery.of(page.picture for page in second if page.picture is not None)
    found = np.full((len(first), len(second)), FAR, dtype=np.uint16)
    for row, page in enumerate(first):
        if page.picture is not None:
            found[row, columns] = gallery.distances(page.picture)
    return found


def _in_order(near: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The longest common subsequence of rows and columns that are near."""
    rows, columns = near.shape
    lengths = np.zeros((rows + 1, columns + 1), dtype=np.int32)
    for row in range(rows - 1, -1, -1):
        reached = np.maximum(lengths[row + 1, :-1], lengths[row + 1, 1:] + near[row])
        lengths[row, :-1] = np.maximum.accumulate(reached[::-1])[::-1]
    row = column = 0
    while row < rows and column < columns:
        if near[row, column] and lengths[row, column] == lengths[row + 1, column + 1] + 1:
            yield row, column
            row, column = row + 1, column + 1
        elif lengths[row + 1, column] >= lengths[row, column + 1]:
            row += 1
        else:
            column += 1


def agree(here: PicturePage, there: PicturePage) -> bool:
    """Whether the words that were surely read do not make two pages of two pictures that look alike.

    On paper words may not be lacking either; what can be read in a photo is often lost when it is made smaller. Few
    words of which most differ are chance, such as what is made of handwriting; a series differs in its number.
    """
    most = max if here.is_paper and there.is_paper else min
    words = most(len(here.words), len(there.words))
    common = (here.counted & there.counted).total()
    if words < FEW_WORDS:
        return words == 0 or 2 * common < words or here.labels == there.labels
    numbers = most(here.labels.total(), there.labels.total())
    common_numbers = (here.labels & there.labels).total()
    return common >= COMMON_WORDS * words and common_numbers >= COMMON_WORDS * numbers


def _another_shot(here: Pictured, there: Pictured, pairs: Iterable[PagePair]) -> bool:
    """Whether the cameras say that these are two photos. A sheet of paper may be photographed twice and is the same."""
    if (
        here.taken is None
        or there.taken is None
        or all(pair.here.is_paper and pair.there.is_paper for pair in pairs)
    ):
        return False
    return abs((here.taken - there.taken).total_seconds()) > BURST_SECONDS
