"""Hashes of many pages, and which of them are near to one. The limits are what `python -m bench.likeness` measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.picture_hash import BITS, PictureHash, turned

NEAR_WHOLE, NEAR_SHEET = 44, 60
"""Bits (of 256) up to which photos, and sheets of paper, are near. Unrelated ones differ in 75 at least, mostly 128."""
NEAR_WHOLE_OF_SHEETS = 30
"""The same for two sheets as they lie: any two letters look rather alike. It is for files made of one scan."""
FAR = BITS
_WORDS = BITS // 64

Bits = NDArray[np.uint64]
"""A hash in each column: four rows, so that all of a row are counted at once."""
Distances = NDArray[np.uint16]


class Gallery:
    """Hashes in tables that grow, so that a look at all of them is one operation."""

    def __init__(self, wholes: Sequence[bytes] = (), sheets: Sequence[bytes | None] = ()) -> None:
        self._count = len(wholes)
        self._whole = _packed(wholes)
        self._sheet = _packed([each or bytes(BITS // 8) for each in sheets])
        self._is_sheet = np.array([each is not None for each in sheets], dtype=bool)

    @classmethod
    def of(cls, found: Iterable[PictureHash]) -> Gallery:
        """The hashes of these pictures, in order."""
        known = list(found)
        return cls([each.whole for each in known], [each.sheet for each in known])

    def __len__(self) -> int:
        return self._count

    def add(self, found: Sequence[PictureHash]) -> None:
        """Put hashes behind those that are there."""
        if not found:
            return
        more = Gallery.of(found)
        self._make_room(len(more))
        columns = slice(self._count, self._count + len(more))
        self._whole[:, columns], self._sheet[:, columns] = more._whole, more._sheet
        self._is_sheet[columns] = more._is_sheet
        self._count += len(more)

    def _make_room(self, wanted: int) -> None:
        if len(self._is_sheet) - self._count >= wanted:
            return
        room = max(wanted, self._count // 4)
        none = np.zeros((_WORDS, room), dtype=np.uint64)
        self._whole = np.concatenate([self._whole[:, : self._count], none], axis=1)
        self._sheet = np.concatenate([self._sheet[:, : self._count], none], axis=1)
        self._is_sheet = np.concatenate([self._is_sheet[: self._count], np.zeros(room, dtype=bool)])

    def distances(self, wanted: PictureHash) -> Distances:
        """The bits in which each differs from `wanted`, however it is turned; `FAR` for all that are not near."""
        whole, sheet = self._whole[:, : self._count], self._sheet[:, : self._count]
        both = self._is_sheet[: self._count] & (wanted.sheet is not None)
        as_it_lies = _nearest(whole, wanted.whole)
        as_it_lies[as_it_lies > np.where(both, NEAR_WHOLE_OF_SHEETS, NEAR_WHOLE)] = FAR
        if wanted.sheet is None:
            return as_it_lies
        cut_out = _nearest(sheet, wanted.sheet)
        cut_out[~both | (cut_out > NEAR_SHEET)] = FAR
        return np.minimum(as_it_lies, cut_out)


def _packed(hashes: Sequence[bytes]) -> Bits:
    return np.ascontiguousarray(np.frombuffer(b"".join(hashes), dtype=np.uint64).reshape(-1, _WORDS).T)


def _nearest(table: Bits, wanted: bytes) -> Distances:
    """The bits in which each differs from `wanted` turned by the quarters that suit it best."""
    best = np.full(table.shape[1], FAR, dtype=np.uint16)
    for quarters in range(4):
        sought = np.frombuffer(turned(wanted, quarters), dtype=np.uint64)[:, None]
        np.minimum(best, np.bitwise_count(table ^ sought).sum(axis=0, dtype=np.uint16), out=best)
    return best
