"""Character n-grams of a document's telling pages as hashed features, each with its place in the text.

Letters beside letters survive what OCR does to a word: of "lnvo1ce" more n-grams are right than wrong. All of it is
array arithmetic, a millisecond for a long document. Latin runs give n-grams of 3 to 5 letters within a word and its
borders, and of 8 across words; Han runs give 1 to 3 characters. Digits are all alike. What stands at the head of the
first page counts a second time as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from extractors.facts.plain import Plain

BUCKETS = 1 << 16
FIRST_PAGE, OTHER_PAGE = 3_000, 1_500
"""Characters that are read of the first page and of each other telling page."""
HEAD = 240
"""Characters of the first page that count as its head."""
_SPACE, _LINE, _DIGIT, _OTHER = 32, 10, 48, 46
_LAST_SIGN, _YEN = 0x40, 0xA5
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
_LATIN_SIZES, _LONG_SIZE, _HAN_SIZES, _HEAD_SIZES = (3, 4, 5, 8), 8, (1, 2, 3), (2, 4)
_MULTIPLIERS = np.array([2654435761 * (2 * n + 1) % 2**32 | 1 for n in range(8)], dtype=np.uint32)
_HEAD_SEED = np.uint32(0x5BD1E995)

Integers = NDArray[np.uint32]
Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Grams:
    """`bucket[i]` is the hash (below `BUCKETS`) of `size[i]` characters from `start[i]` of the joined pages."""

    bucket: NDArray[np.int64]
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    codes: Integers
    """The folded characters of the joined pages."""
    origin: NDArray[np.int64]
    """For each folded character its place in its page's plain form."""
    page: NDArray[np.int64]
    """For each folded character the number of its page in the sequence."""

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How often each bucket occurs."""
        return np.bincount(self.bucket, minlength=BUCKETS)

    @cached_property
    def different(self) -> int:
        """How many different buckets occur."""
        return int(np.count_nonzero(self.counts))


@cache
def _fold() -> Integers:
    """For each code below 65536 what stands for it: letters and Han themselves, digits and other signs one each."""
    table = np.full(1 << 16, _OTHER, dtype=np.uint32)
    letters = [code for code in range(0x80, 0x0530) if chr(code).isalpha()]
    kept = [
        *range(ord("a"), ord("z") + 1),
        *letters,
        *range(_FIRST_HAN, _LAST_HAN + 1),
        *map(ord, ":%$£€@/#-¥(),"),
    ]
    kept += [
        code for code in range(0x0E00, 0xD7A4) if not _FIRST_HAN <= code <= _LAST_HAN and chr(code).isalpha()
    ]
    table[kept] = kept
    table[ord("0") : ord("9") + 1] = _DIGIT
    table[[ord(c) for c in " \t\r\v|_*"]] = _SPACE
    table[[_LINE, 12]] = _LINE
    return table


def grams_of(pages: Sequence[Plain]) -> Grams:
    """The n-grams of the plain forms of these pages (the first, then others)."""
    folded = [_folded(page.lower[: OTHER_PAGE if at else FIRST_PAGE]) for at, page in enumerate(pages)]
    codes = np.concatenate([f[0] for f in folded]) if folded else np.zeros(0, dtype=np.uint32)
    origin = np.concatenate([f[1] for f in folded]) if folded else np.zeros(0, dtype=np.int64)
    page = np.repeat(np.arange(len(folded)), [len(f[0]) for f in folded])
    parts = list(_windows(codes))
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Grams(none, none, none, codes, origin, page)
    bucket, start, size = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Grams(bucket, start, size, codes, origin, page)


def _folded(text: str) -> tuple[Integers, NDArray[np.int64]]:
    """The folded codes of a page, between line ends, without runs of spaces or digits; and where each stood."""
    raw = np.frombuffer(f"\n{text}\n".encode("utf-32-le", "replace"), dtype="<u4")
    codes = _fold()[np.minimum(raw, 0xFFFF)]
    blank = (codes == _SPACE) | (codes == _LINE)
    run = np.zeros(len(codes), dtype=bool)
    run[1:] = (blank[1:] & blank[:-1]) | ((codes[1:] == _OTHER) & (codes[:-1] == _OTHER))
    digit = codes == _DIGIT
    run[2:] |= digit[2:] & digit[1:-1] & digit[:-2]
    kept = np.flatnonzero(~run)
    return codes[kept], np.clip(kept - 1, 0, max(len(text) - 1, 0))


def _windows(codes: Integers) -> Iterator[Columns]:
    """The hashed n-grams of each size; of those at the head, again as such."""
    han = is_han_code(codes)
    blank = (codes == _SPACE) | (codes == _LINE)
    for size, sums in _sums(codes):
        if size in _HAN_SIZES:
            yield from _hashed(sums, size, ~_any(~han, size))
        if size in _LATIN_SIZES:
            good = _any(codes > _LAST_SIGN, size) & ~_any(han, size)
            if size != _LONG_SIZE:
                good &= ~_any(blank[1:-1], size - 2)
            yield from _hashed(sums, size, good)


def _sums(codes: Integers) -> Iterator[tuple[int, Integers]]:
    """For each size the weighed sum of the characters of each window."""
    sums = np.zeros(len(codes), dtype=np.uint32)
    for size in range(1, min(_LONG_SIZE, len(codes)) + 1):
        sums = sums[: len(codes) - size + 1] + codes[size - 1 :] * _MULTIPLIERS[size - 1]
        yield size, sums


def _any(flags: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """For each window of this size whether a flag is set in it."""
    sums = np.concatenate([[0], np.cumsum(flags)])
    found: NDArray[np.bool_] = sums[size:] > sums[:-size]
    return found


def _hashed(sums: Integers, size: int, good: NDArray[np.bool_]) -> Iterator[Columns]:
    starts = np.flatnonzero(good)
    mixed = sums[starts] + np.uint32(size)
    yield _column(mixed, starts, size)
    if size in _HEAD_SIZES:
        inside = starts < HEAD
        yield _column(mixed[inside] ^ _HEAD_SEED, starts[inside], size)


def _column(mixed: Integers, starts: NDArray[np.int64], size: int) -> Columns:
    """Mixes the bits of the sums (the finalizer of MurmurHash3) and keeps as many as there are buckets."""
    first: Integers = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    second: Integers = (first ^ (first >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    third: Integers = second ^ (second >> np.uint32(16))
    return (third % np.uint32(BUCKETS)).astype(np.int64), starts, np.full(len(starts), size)


def is_han_code(codes: Integers) -> NDArray[np.bool_]:
    """Which folded characters are Han."""
    found: NDArray[np.bool_] = (codes >= _FIRST_HAN) & (codes <= _LAST_HAN)
    return found


def is_letter_code(codes: Integers) -> NDArray[np.bool_]:
    """Which folded characters are letters of an alphabet."""
    found: NDArray[np.bool_] = (codes > _LAST_SIGN) & ~is_han_code(codes) & (codes != _YEN)
    return found
