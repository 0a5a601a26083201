"""The reviewed sentences of `bench/facts.py`: every sort of date and sum is found, and none where none is."""

from __future__ import annotations

import pytest

from bench.facts import Tally, ours, sentences

CASES = sentences()


@pytest.mark.parametrize("sort", list(dict.fromkeys(case.sort for case in CASES)))
def test_what_a_reader_finds_in_a_sentence_is_found(sort: str) -> None:
    tally = Tally()
    for case in CASES:
        if case.sort == sort:
            tally.add(case, ours(case))
    assert tally.hits >= 0.95 * tally.wanted, tally.misses
    assert tally.found - tally.hits <= 0.05 * tally.found, tally.misses
    assert not tally.false, tally.misses
