"""Where a Whoosh writer gathers postings until they are written: packed lists by term, in place of single postings.

Whoosh sorts single postings and writes them out and in again, which takes most of the time of writing an index. Here a
term's postings are three arrays, so only the terms are sorted; and a segment that is merged hands its lists over as
they are.
"""

# Whoosh is typed in part: calls into its untyped part are meant.
# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

import pickle
from array import array
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.writing import SegmentWriter

from index.packing import unpack_postings

POOL_BYTES = 128 * 2**20
"""Memory for postings before a part of them goes to disk, about."""
_TERM_BYTES = 400
"""What a term takes before it has postings, about."""


class TermPostings(NamedTuple):
    """All postings of a term: its pages, ascending; how many positions are on each; and all positions in that order."""

    field: str
    term: bytes
    pages: Any
    counts: Any
    positions: Any

    @property
    def key(self) -> tuple[str, bytes]:
        """What the lists are sorted by."""
        return self.field, self.term


class PackedPool:
    """Takes postings page by page, gives them back term by term."""

    def __init__(self, storage: Any, limit: int = POOL_BYTES) -> None:
        self._storage = storage
        self._limit = limit
        self._size = 0
        self._terms: dict[tuple[str, bytes], TermPostings] = {}
        self._runs: list[str] = []

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """One posting in Whoosh's form: field, term, page, weight (always 1 here), packed positions."""
        field, term, page, _, packed = posting
        found = self._terms.get((field, term)) or self._begun(field, term)
        found.pages.append(page)
        found.counts.append(len(packed) // 4)
        found.positions.frombytes(packed)
        self._size += 8 + len(packed)
        if self._size > self._limit:
            self._spill()

    def add_list(self, postings: TermPostings) -> None:
        """Postings of pages behind all that were added so far."""
        found = self._terms.get(postings.key) or self._begun(*postings.key)
        for mine, more in zip(found[2:], postings[2:], strict=True):
            mine.frombytes(np.asarray(more, dtype="<u4").tobytes())
        self._size += 8 * len(postings.pages) + 4 * len(postings.positions)
        if self._size > self._limit:
            self._spill()

    def iter_postings(self) -> Iterator[TermPostings]:
        """The postings of every term, in order of field and term."""
        runs = [*map(self._run, self._runs), self._sorted()]
        for _, several in groupby(merge(*runs, key=lambda one: one.key), key=lambda one: one.key):
            first, *others = several
            for other in others:
                for mine, more in zip(first[2:], other[2:], strict=True):
                    mine.extend(more)
            yield first

    def cleanup(self) -> None:
        """Forgets everything."""
        self._terms.clear()
        while self._runs:
            self._storage.delete_file(self._runs.pop())

    def _begun(self, field: str, term: bytes) -> TermPostings:
        self._size += _TERM_BYTES
        begun = self._terms[field, term] = TermPostings(field, term, array("I"), array("I"), array("I"))
        return begun

    def _sorted(self) -> Iterable[TermPostings]:
        return (self._terms[key] for key in sorted(self._terms))

    def _spill(self) -> None:
        name = f"{len(self._runs)}.run"
        with self._storage.create_file(name) as file:
            for postings in self._sorted():
                pickle.dump(tuple(postings), file)
        self._runs.append(name)
        self._terms.clear()
        self._size = 0

    def _run(self, name: str) -> Iterator[TermPostings]:
        with self._storage.open_file(name).raw_file() as file:
            while True:
                try:
                    yield TermPostings(*pickle.load(file))  # noqa: S301 - written by this process a moment ago
                except EOFError:
                    return


class PackedSegmentWriter(SegmentWriter):
    """Whoosh's writer with that pool."""

    def __init__(self, files: Any, codec: Any) -> None:
        super().__init__(files, codec=codec, compound=False)
        self.pool: Any = PackedPool(self._tempstorage)

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: Mapping[int, int] | None) -> None:
        """The postings of a segment that is merged; `docmap` holds the new numbers of its pages where some are gone."""
        kept, numbers = _numbers(reader.doc_count_all(), startdoc, docmap)
        terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        for field, term in terms.terms():
            pages, counts, positions = unpack_postings(terms.blob(field, term.decode()))
            stays = kept[pages]
            if not stays.all():
                positions = positions[np.repeat(stays, counts)]
                pages, counts = pages[stays], counts[stays]
            if len(pages):
                self.pool.add_list(TermPostings(field, term, numbers[pages], counts, positions))
        terms.close()


def _numbers(
    size: int, first: int, docmap: Mapping[int, int] | None
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which of a segment's pages stay, and their new numbers."""
    numbers = np.arange(first, first + size)
    kept = np.ones(size, dtype=bool)
    if docmap is not None:
        kept[:] = False
        kept[list(docmap)] = True
        numbers[list(docmap)] = list(docmap.values())
    return kept, numbers
