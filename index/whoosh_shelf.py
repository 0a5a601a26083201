"""One committed state of a Whoosh index, read as arrays (see `shelf.Shelf`)."""

# Whoosh is typed in part: calls into its untyped part are meant.
# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

import errno
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_files
from whoosh.reading import SegmentReader

from index.errors import IndexDamaged
from index.packing import Places, unpack_places
from index.shelf import Coded
from index.terms import HEAD, HEAD_POSITION
from index.tree import Part
from index.whoosh_form import CODED, INDEXED, NUMBERS

REMEMBERED_PLACES = 8_000_000
"""Places (8 bytes each) of the terms last asked for that are kept in memory."""


_LAST_CHAR = chr(sys.maxunicode)
_REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


@contextmanager
def reading() -> Iterator[None]:
    """What Whoosh raises over damaged files is of every kind; it becomes one error that says what to do.

    A garbled length can even end as a lack of memory. Only the kind is named: the text of such an error may quote
    the evidence. A full disk and a folder that may not be written to are no damage, and stay what they are.
    """
    try:
        yield
    except Exception as error:  # see above
        if isinstance(error, OSError) and error.errno in _REFUSED:
            raise
        raise IndexDamaged(f"The search index cannot be read ({type(error).__name__})") from error


class _Segment:
    """One of Whoosh's segments, open: its terms, and its pages from number `first` of the whole index."""

    def __init__(self, reader: Any, first: int) -> None:
        self.reader, self.first = reader, first
        self.size: int = reader.doc_count_all()
        self.deleted = list(reader.segment().deleted_docs())
        self._terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        self.columns: dict[str, Any] = {
            name: reader.column_reader(f"column_{name}", translate=False) for name in (*CODED, *NUMBERS)
        }

    @reading()
    def places(self, field: str, term: str) -> Places | None:
        blob = self._terms.blob(field, term)
        return None if blob is None else unpack_places(blob, self.first)

    @reading()
    def terms(self, field: str, prefix: str) -> list[str]:
        start = prefix.encode()
        following = self._terms.terms_from(field, start)
        inside = takewhile(lambda item: item[0] == field and item[1].startswith(start), following)
        return [term.decode() for _, term in inside]

    def close(self) -> None:
        self._terms.close()
        self.reader.close()


class WhooshShelf:
    """One committed state of the index (see `shelf.Shelf`)."""

    @reading()
    def __init__(self, files: whoosh_files.FileIndex) -> None:
        self._reader = files.reader()
        self.generation: int = files.latest_generation()
        leaves = [leaf for leaf in self._reader.leaf_readers() if isinstance(leaf[0], SegmentReader)]
        self._segments = [_Segment(reader, first) for reader, first in leaves]
        self.size = sum(segment.size for segment in self._segments)
        self._places: dict[tuple[str, str], Places] = {}
        self._remembered = 0
        self._lexicons: dict[str, list[str]] = {}

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        mask = np.ones(self.size, dtype=bool)
        for segment in self._segments:
            mask[[segment.first + page for page in segment.deleted]] = False
        return mask

    def places(self, field: str, term: str) -> Places:
        known = self._places.get((field, term))
        if known is None:
            known = self._read_places(field, term)
            if field == "text" and len(head := self._read_places(HEAD, term)):
                known = np.sort(np.concatenate([known, head + HEAD_POSITION]))
            self._remember((field, term), known)
        return known

    def candidates(self, field: str, part: Part) -> Sequence[str]:
        return self.terms(field, part.beginning)

    def terms(self, field: str, prefix: str) -> Sequence[str]:
        """The terms of the field that begin with `prefix`, in any order."""
        if field in self._lexicons:
            known = self._lexicons[field]
            return known[bisect_left(known, prefix) : bisect_left(known, prefix + _LAST_CHAR)]
        names = (field, HEAD) if field == "text" else (field,)
        found = sorted({term for name in names for one in self._segments for term in one.terms(name, prefix)})
        if not prefix:
            self._lexicons[field] = found
        return found

    def numbers(self, column: str) -> NDArray[np.int64]:
        return self._numbers[column]

    def coded(self, column: str) -> Coded:
        return self._coded[column]

    @cached_property
    @reading()
    def _numbers(self) -> dict[str, NDArray[np.int64]]:
        return {name: self._joined([s.columns[name].array for s in self._segments]) for name in NUMBERS}

    @cached_property
    @reading()
    def _coded(self) -> dict[str, Coded]:
        return {name: self._read_coded(name) for name in CODED if name != "amounts"}

    @cached_property
    @reading()
    def _amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pages, values = [], []
        for segment in self._segments:
            codes, packed = segment.columns["amounts"].parts
            for page in np.flatnonzero(codes):
                numbers = np.frombuffer(packed[codes[page]], "<i8")
                pages.append(np.full(len(numbers), segment.first + page))
                values.append(numbers)
        return self._joined(pages), self._joined(values)

    def amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._amounts

    @reading()
    def stored(self, page: int) -> Mapping[str, Any]:
        """What was kept of the page to show it."""
        entry: Mapping[str, Any] = self._reader.stored_fields(int(page))["stored"]
        return entry

    def read_all(self) -> None:
        """Reads every list and every page, so that damage shows."""
        for segment in self._segments:
            for field in INDEXED:
                for term in segment.terms(field, ""):
                    segment.places(field, term)
        for page in range(self.size):
            self.stored(page)
        _ = self._numbers, self._coded, self._amounts

    def close(self) -> None:
        while self._segments:
            self._segments.pop().close()

    def _read_places(self, field: str, term: str) -> Places:
        found = [segment.places(field, term) for segment in self._segments]
        return self._joined([places for places in found if places is not None])

    def _remember(self, key: tuple[str, str], places: Places) -> None:
        self._remembered += len(places)
        self._places[key] = places
        while self._remembered > REMEMBERED_PLACES and len(self._places) > 1:
            oldest = next(iter(self._places))
            self._remembered -= len(self._places.pop(oldest))

    def _read_coded(self, column: str) -> Coded:
        numbers: dict[bytes, int] = {}
        codes: list[NDArray[np.int64]] = []
        for segment in self._segments:
            local, values = segment.columns[column].parts
            renumbered = np.array(
                [numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64
            )
            codes.append(renumbered[local])
        return Coded(self._joined(codes), [value.decode() for value in numbers])

    @staticmethod
    def _joined(arrays: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)
