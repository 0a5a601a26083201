"""Where words stand, as numbers: posting lists packed into bytes and unpacked into sorted arrays.

A place is one 64-bit number, the page's number in the upper half and the word's position in the lower. So the
places of a word over the whole index are one sorted array, and a phrase is the intersection of shifted arrays.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.int64]
"""Sorted places, each `page << 32 | position`."""

PAGE_SHIFT = 32
_WIDTHS = ("<u1", "<u2", "<u4")
_HEADER = struct.Struct("<BII")

AMOUNT_STEPS = 10_000
"""Amounts are kept as whole numbers of 1/10000 of a unit of currency; further decimals are rounded."""
_MOST = 2**63 - 2


def pack_positions(positions: Sequence[int] | Places) -> bytes:
    """The positions of a word on one page, ascending."""
    return struct.pack(f"<{len(positions)}I", *positions)


def pack_postings(pages: Sequence[int], counts: Sequence[int], positions: Sequence[int]) -> bytes:
    """The posting list of one word: its pages, ascending, how many positions are on each, and the positions."""
    if len(pages) == 1:
        arrays = [_narrow_few(few) for few in (pages, counts, positions)]
    else:
        gaps = np.diff(np.asarray(pages, dtype="<i8"), prepend=0)
        arrays = [_narrow(np.asarray(array)) for array in (gaps, counts, positions)]
    code = sum(width << (2 * index) for index, (width, _) in enumerate(arrays))
    return _HEADER.pack(code, len(pages), len(positions)) + b"".join(data for _, data in arrays)


def unpack_postings(blob: bytes) -> tuple[Places, NDArray[np.int64], NDArray[np.int64]]:
    """Pages, counts and positions of a posting list, as written by `pack_postings`."""
    code, pages, places = _HEADER.unpack_from(blob)
    at = _HEADER.size
    found: list[NDArray[np.int64]] = []
    for index, length in enumerate((pages, pages, places)):
        kind = np.dtype(_WIDTHS[(code >> (2 * index)) & 3])
        found.append(np.frombuffer(blob, kind, length, at).astype(np.int64))
        at += length * kind.itemsize
    return np.cumsum(found[0]), found[1], found[2]


def unpack_places(blob: bytes, first_page: int = 0) -> Places:
    """The places of a posting list whose pages count from `first_page`."""
    pages, counts, positions = unpack_postings(blob)
    return (np.repeat(pages + first_page, counts) << PAGE_SHIFT) + positions


def pages_of(places: Places) -> Places:
    """The page of each place."""
    return places >> PAGE_SHIFT


def pack_amounts(amounts: Sequence[Decimal]) -> bytes:
    """A page's amounts as 64-bit whole numbers."""
    return np.asarray([whole_amount(amount) for amount in amounts], dtype="<i8").tobytes()


def whole_amount(amount: Decimal) -> int:
    """An amount as the whole number that is kept of it."""
    return _whole(amount, ROUND_HALF_EVEN)


def lowest(bound: Decimal, is_open: bool) -> int:
    """The smallest packed amount that is not below (`is_open`: that is above) the bound."""
    return _whole(bound, ROUND_FLOOR) + 1 if is_open else _whole(bound, ROUND_CEILING)


def highest(bound: Decimal, is_open: bool) -> int:
    """The largest packed amount that is not above (`is_open`: that is below) the bound."""
    return _whole(bound, ROUND_CEILING) - 1 if is_open else _whole(bound, ROUND_FLOOR)


def _whole(amount: Decimal, rounding: str) -> int:
    whole = int((amount * AMOUNT_STEPS).to_integral_value(rounding=rounding))
    return max(-_MOST, min(_MOST, whole))


def _narrow(array: NDArray[np.generic]) -> tuple[int, bytes]:
    """Which of `_WIDTHS` is wide enough for the numbers, and the numbers so wide."""
    width = _width(int(array.max()))
    return width, array.astype(_WIDTHS[width]).tobytes()


def _narrow_few(numbers: Sequence[int]) -> tuple[int, bytes]:
    """As `_narrow`, quicker for the many words that stand on one page only."""
    width = _width(max(numbers))
    return width, struct.pack(f"<{len(numbers)}{'BHI'[width]}", *numbers)


def _width(top: int) -> int:
    return 0 if top < 2**8 else 1 if top < 2**16 else 2
