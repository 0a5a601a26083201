"""What stands on the documents' cards, in arrays by the cards' numbers, for counting.

A card never changes: a document of which something else is to be told gets another card, with another number. So what
is kept here stays true whatever is written meanwhile, and is added to when a number comes up that is not known yet.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.errors import IndexDamaged
from index.tantivy_form import CARD, card_number


class Counts(NamedTuple):
    """How many documents and pages have each value."""

    documents: dict[Any, int]
    pages: dict[Any, int]


class _Column:
    """For each card its values, some or none."""

    def __init__(self) -> None:
        self.names: dict[Any, int] = {}
        self._codes: list[int] = []
        self._starts = [0]

    def add(self, values: Sequence[Any]) -> None:
        """The values of the next card."""
        self._codes += [self.names.setdefault(value, len(self.names)) for value in values]
        self._starts.append(len(self._codes))

    def settle(self) -> None:
        """Makes what was added countable."""
        self._packed = np.asarray(self._codes, dtype=np.int64)
        self._bounds = np.asarray(self._starts, dtype=np.int64)

    def counted(self, cards: NDArray[np.int64], pages: NDArray[np.int64]) -> Counts:
        """How many of the cards, and of the pages that each of them has, are under each value."""
        starts = self._bounds[cards]
        often = self._bounds[cards + 1] - starts
        within = np.arange(int(often.sum())) - np.repeat(np.cumsum(often) - often, often)
        codes = self._packed[np.repeat(starts, often) + within]
        documents = np.bincount(codes, minlength=len(self.names)).tolist()
        weights = np.bincount(codes, np.repeat(pages, often), len(self.names)).tolist()
        names = list(self.names)
        seen = [code for code, count in enumerate(documents) if count]
        return Counts(
            {names[code]: documents[code] for code in seen},
            {names[code]: int(weights[code]) for code in seen},
        )


class Cards:
    """The cards that were met so far."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: set[str] = set()
        self._numbers: list[int] = []
        self._columns = {name: _Column() for name in ("count_kind", "month", "count_claim", "count_party")}
        self._settle()

    def counted(self, searcher: tantivy.Searcher, pages: Mapping[int, int]) -> dict[str, Counts]:
        """The values of the cards with these numbers, by column; `pages` says how many pages each of them has."""
        wanted, often = (np.fromiter(column, np.int64, len(pages)) for column in (pages, pages.values()))
        with self._guard:
            places = self._places(wanted)
            if places is None:
                self._learn(searcher)
                places = self._places(wanted)
            if places is None:
                raise IndexDamaged("The search index counts documents that it does not hold")
            return {name: column.counted(places, often) for name, column in self._columns.items()}

    def _places(self, wanted: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """Where the cards stand; None when one is not known."""
        if not len(self._sorted):
            return None if len(wanted) else wanted
        at = np.searchsorted(self._sorted, wanted).clip(max=len(self._sorted) - 1)
        return self._order[at] if bool((self._sorted[at] == wanted).all()) else None

    def _learn(self, searcher: tantivy.Searcher) -> None:
        """Adds the cards of this state of the index."""
        new = [card for card, _ in searcher.terms_with_prefix(CARD, "") if card not in self._known]
        self._known.update(new)
        self._numbers += map(card_number, new)
        for kind, month, claims, parties, _ in json.loads(f"[{','.join(new)}]"):
            values = ([kind], [month] if month else [], claims, parties)
            for column, found in zip(self._columns.values(), values, strict=True):
                column.add(found)
        self._settle()

    def _settle(self) -> None:
        numbers = np.asarray(self._numbers, dtype=np.int64)
        self._order = np.argsort(numbers)
        self._sorted = numbers[self._order]
        for column in self._columns.values():
            column.settle()
