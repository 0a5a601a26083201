from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.packing import (
    highest,
    lowest,
    pack_amounts,
    pack_postings,
    pages_of,
    unpack_places,
    unpack_postings,
)

postings = st.dictionaries(
    st.integers(0, 2**29), st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=5).map(sorted), min_size=1
)


@given(postings, st.integers(0, 2**29))
def test_what_is_packed_comes_out_again(lists: dict[int, list[int]], first: int) -> None:
    pages = sorted(lists)
    positions = [position for page in pages for position in lists[page]]
    blob = pack_postings(pages, [len(lists[page]) for page in pages], positions)
    found, counts, places = unpack_postings(blob)
    assert found.tolist() == pages
    assert counts.tolist() == [len(lists[page]) for page in pages]
    assert places.tolist() == [position for page in pages for position in lists[page]]
    keys = unpack_places(blob, first)
    assert pages_of(keys).tolist() == [page + first for page in pages for _ in lists[page]]
    assert np.all(np.diff(keys) > 0)


cents = st.decimals(-(10**12), 10**12, places=4, allow_nan=False)


@given(cents, cents)
def test_bounds_are_exact(amount: Decimal, bound: Decimal) -> None:
    packed = int(np.frombuffer(pack_amounts([amount]), "<i8")[0])
    assert (packed >= lowest(bound, is_open=False)) == (amount >= bound)
    assert (packed >= lowest(bound, is_open=True)) == (amount > bound)
    assert (packed <= highest(bound, is_open=False)) == (amount <= bound)
    assert (packed <= highest(bound, is_open=True)) == (amount < bound)


@pytest.mark.parametrize("huge", [Decimal("9e30"), Decimal("-9e30"), Decimal("1e400")])
def test_amounts_beyond_all_measure_stay_at_the_end(huge: Decimal) -> None:
    packed = int(np.frombuffer(pack_amounts([huge]), "<i8")[0])
    assert (packed > 0) == (huge > 0)
    assert lowest(huge, is_open=False) == packed == highest(huge, is_open=False)
