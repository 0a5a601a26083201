"""Segments: what is found on pages that are written together, gathered, merged, and packed into lists by term."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
from numpy.typing import NDArray

from index.packing import pack_lists, unpack_postings
from index.terms import Terms

Key = tuple[str, str]
"""A field and a term of it."""


@dataclass(frozen=True)
class Postings:
    """Where terms stand: a term, a page and how often, one entry each; the positions of all of them side by side.

    The pages of each term are ascending.
    """

    terms: NDArray[np.int64]
    slots: NDArray[np.int64]
    counts: NDArray[np.int64]
    positions: NDArray[np.int64]

    def on(self, slots: NDArray[np.int64]) -> Postings:
        """Those on pages which have a number in `slots` (-1: none), under that number."""
        wanted = slots[self.slots] >= 0
        positions = self.positions[np.repeat(wanted, self.counts)]
        return Postings(self.terms[wanted], slots[self.slots[wanted]], self.counts[wanted], positions)

    def shifted(self, pages: int) -> Postings:
        """The same, `pages` pages further on."""
        return Postings(self.terms, self.slots + pages, self.counts, self.positions)

    def lists(self) -> Iterator[tuple[int, bytes]]:
        """Each term and its packed list."""
        order = np.argsort(self.terms, kind="stable")
        terms, counts = self.terms[order], self.counts[order]
        starts = np.cumsum(self.counts) - self.counts
        moved = np.repeat(starts[order] - (np.cumsum(counts) - counts), counts)
        positions = self.positions[moved + np.arange(len(moved))]
        firsts = np.flatnonzero(np.diff(terms, prepend=-1))
        return zip(
            terms[firsts].tolist(), pack_lists(firsts, self.slots[order], counts, positions), strict=True
        )


def together(parts: Sequence[Postings]) -> Postings:
    """Several as one; the pages of each part come behind those of the part before it."""
    return Postings(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("terms", "slots", "counts", "positions")
        )
    )


def unpacked(lists: Iterable[tuple[int, int, bytes]], firsts: Mapping[int, int]) -> Postings:
    """Lists that were packed, each with its term and its segment, whose pages are to count from `firsts`."""
    terms, slots, counts, positions = [], [], [], []
    for term, segment, blob in lists:
        pages, often, places = unpack_postings(blob)
        terms.append(np.full(len(pages), term, dtype=np.int64))
        slots.append(pages + firsts[segment])
        counts.append(often)
        positions.append(places)
    if not terms:
        return Gathered().postings({})
    return Postings(*map(np.concatenate, (terms, slots, counts, positions)))


class _Numbered(dict[str, int]):
    """The terms of one field, each with the number that it got when it was first met."""

    def __init__(self, numbers: Iterator[int]) -> None:
        super().__init__()
        self._numbers = numbers

    def __missing__(self, term: str) -> int:
        self[term] = number = next(self._numbers)
        return number


class Gathered:
    """The terms of pages on their way into a segment."""

    def __init__(self) -> None:
        self._numbers = count()
        self._fields: dict[str, _Numbered] = {}
        self.pages = 0
        self._terms, self._slots, self._counts = array("i"), array("i"), array("i")
        self._positions = array("q")

    @property
    def places(self) -> int:
        """How many positions there are of all terms."""
        return len(self._positions)

    def keys(self) -> list[Key]:
        """Every field and term, once."""
        return [(field, term) for field, terms in self._fields.items() for term in terms]

    def add(self, found: Mapping[str, Terms]) -> None:
        """One more page, with the terms of each of its fields."""
        for field, terms in found.items():
            if field not in self._fields:
                self._fields[field] = _Numbered(self._numbers)
            self._terms.extend(map(self._fields[field].__getitem__, terms))
            self._counts.extend(map(len, terms.values()))
            self._positions.extend(chain.from_iterable(terms.values()))
        self._slots.extend([self.pages] * (len(self._terms) - len(self._slots)))
        self.pages += 1

    def postings(self, numbers: Mapping[Key, int]) -> Postings:
        """All of it, with the numbers that the terms have in the dictionary."""
        ids = np.zeros(len(self.keys()), dtype=np.int64)
        for field, terms in self._fields.items():
            ids[list(terms.values())] = [numbers[field, term] for term in terms]
        flat = (
            np.array(one, dtype=np.int64) for one in (self._terms, self._slots, self._counts, self._positions)
        )
        found, slots, counts, positions = flat
        return Postings(ids[found], slots, counts, positions)
