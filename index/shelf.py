"""What an evaluation needs of an index: where words stand, and columns with one value per page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.packing import Places
from index.tree import Part


@dataclass(frozen=True)
class Coded:
    """A column of strings: page `i` has the value `values[codes[i]]`."""

    codes: NDArray[np.int64]
    values: Sequence[str]

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """For each page the rank of its value among all, in the order of their code points."""
        order = sorted(range(len(self.values)), key=self.values.__getitem__)
        rank = np.empty(len(self.values), dtype=np.int64)
        rank[order] = np.arange(len(self.values))
        return rank[self.codes]


class Shelf(Protocol):
    """One state of an index; pages are numbered from 0 to `size` - 1, replaced ones included."""

    @property
    def size(self) -> int:
        """The number of pages, those that are no longer valid included."""

    @property
    def live(self) -> NDArray[np.bool_]:
        """Which pages are valid."""

    def places(self, field: str, term: str) -> Places:
        """Every place of the term in the field."""

    def candidates(self, field: str, part: Part) -> Sequence[str]:
        """Terms of the field, in any order, among them all that the wild or fuzzy part may stand for."""

    def numbers(self, column: str) -> NDArray[np.int64]:
        """A column of numbers: `length` (tokens of the page), `page`, `date` (ordinal, 0 for none)."""

    def coded(self, column: str) -> Coded:
        """A column of strings: `doc kind name`; `claims parties` joined by `SEPARATOR`."""

    def amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All amounts: the page of each and its packed value (`packing.pack_amounts`)."""


def doc_ids_of(shelf: Shelf) -> frozenset[str]:
    """The ids of the documents that have a valid page."""
    docs = shelf.coded("doc")
    return frozenset(docs.values[code] for code in np.unique(docs.codes[shelf.live]).tolist())


SEPARATOR = "\x1f"
"""Between the values of a column that holds several."""
