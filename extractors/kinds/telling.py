"""Which words of a text weighed most with the model: n-grams led back to the words in which they stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.facts.plain import Plain
from extractors.kinds.grams import Grams, is_han_code, is_letter_code

_MOST = 8
_LONGEST_HAN = 4
_SHORTEST = 3


def telling_words(
    grams: Grams, share: NDArray[np.float64], pages: Sequence[Plain]
) -> list[tuple[float, tuple[int, int]]]:
    """The words that weigh most, as (weight, slice of the document); at most eight, each of them once.

    `share` is each n-gram's weight. Latin words weigh what their n-grams do; of Han runs the windows of up to
    four characters that weigh most are taken.
    """
    if not len(grams.bucket):
        return []
    each, room = share / grams.size, len(grams.codes) + 1
    begun = np.bincount(grams.start, weights=each, minlength=room)
    ended = np.bincount(grams.start + grams.size, weights=each, minlength=room)
    letters = np.cumsum(begun - ended)[:-1]
    sums = np.concatenate([[0.0], np.cumsum(letters)])
    words = [*_latin(grams), *_han(grams, sums)]
    ranked = sorted(((float(sums[b] - sums[a]), a, b) for a, b in words), reverse=True)
    return _placed(ranked, grams, pages)


def _latin(grams: Grams) -> list[tuple[int, int]]:
    return [(a, b) for a, b in _runs(is_letter_code(grams.codes)) if b - a >= _SHORTEST]


def _han(grams: Grams, sums: NDArray[np.float64]) -> list[tuple[int, int]]:
    """In each run of Han characters the best window."""
    best: list[tuple[int, int]] = []
    for start, end in _runs(is_han_code(grams.codes)):
        size = min(_LONGEST_HAN, end - start)
        weights = sums[start + size : end + 1] - sums[start : end + 1 - size]
        at = start + int(np.argmax(weights))
        best.append((at, at + size))
    return best


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _placed(
    ranked: Sequence[tuple[float, int, int]], grams: Grams, pages: Sequence[Plain]
) -> list[tuple[float, tuple[int, int]]]:
    found: list[tuple[float, tuple[int, int]]] = []
    seen: set[bytes] = set()
    for weight, start, end in ranked:
        word = grams.codes[start:end].tobytes()
        if word in seen or grams.page[start] != grams.page[end - 1]:
            continue
        seen.add(word)
        page = pages[int(grams.page[start])]
        found.append((weight, page.span(int(grams.origin[start]), int(grams.origin[end - 1]) + 1)))
        if len(found) == _MOST:
            break
    return found
