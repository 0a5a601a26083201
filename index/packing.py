"""Where words stand, as numbers: posting lists packed into bytes and unpacked into sorted arrays.

A place is one 64-bit number, the page's number in the upper half and the word's position in the lower. So the
places of a word over the whole index are one sorted array, and a phrase is the intersection of shifted arrays.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
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


def pack_lists(
    firsts: NDArray[np.int64],
    pages: NDArray[np.int64],
    counts: NDArray[np.int64],
    positions: NDArray[np.int64],
) -> Iterator[bytes]:
    """Many posting lists at once, each as `pack_postings` makes it.

    `firsts` says where each list begins among `pages` (ascending in each list) and `counts`, which are side by side;
    `positions` holds the positions of all of them, one list after the other. No list is empty.
    """
    if not len(firsts):
        return
    ends = np.append(firsts[1:], len(pages))
    deltas = np.diff(pages, prepend=0)
    deltas[firsts] = pages[firsts]
    reach = np.concatenate([[0], np.cumsum(counts)])
    starts, stops = reach[firsts], reach[ends]
    columns = [
        _Widened(array, begin, stop)
        for array, begin, stop in ((deltas, firsts, ends), (counts, firsts, ends), (positions, starts, stops))
    ]
    one, two, three = (column.widths for column in columns)
    codes = one + (two << 2) + (three << 4)
    sizes = zip(codes.tolist(), (ends - firsts).tolist(), (stops - starts).tolist(), strict=True)
    for header, *parts in zip(sizes, *columns, strict=True):
        yield _HEADER.pack(*header) + b"".join(parts)


class _Widened:
    """Stretches of an array, each as bytes of the narrowest of `_WIDTHS` that is wide enough for all its numbers."""

    def __init__(self, array: NDArray[np.int64], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> None:
        tops = np.maximum.reduceat(array, starts)
        self.widths: NDArray[np.int64] = (tops >= 2**8).astype(np.int64) + (tops >= 2**16)
        self._bounds = zip(self.widths.tolist(), starts.tolist(), stops.tolist(), strict=True)
        self._data = [array.astype(width).tobytes() for width in _WIDTHS]

    def __iter__(self) -> Iterator[bytes]:
        for width, start, stop in self._bounds:
            yield self._data[width][start << width : stop << width]


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
