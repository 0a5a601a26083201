from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from whoosh.filedb.filestore import FileStorage

from index.packing import pack_positions
from index.whoosh_pool import PackedPool, TermPostings

Lists = dict[tuple[str, bytes], tuple[list[int], list[int], list[int]]]


@pytest.mark.parametrize("limit", [1, 5_000, 10**9])
def test_lists_come_out_by_term_however_often_they_went_to_disk(tmp_path: Path, limit: int) -> None:
    pool, wanted = PackedPool(FileStorage(str(tmp_path)), limit), Lists()
    for page in range(200):
        for term in (b"every", b"some%d" % (page % 7), b"one%d" % page):
            places = [page, page + 3][: 1 + page % 2]
            pool.add(("text", term, page, 1.0, pack_positions(places)))
            pages, counts, positions = wanted.setdefault(("text", term), ([], [], []))
            pages.append(page)
            counts.append(len(places))
            positions += places
    pool.add_list(TermPostings("name", b"every", np.array([200]), np.array([1]), np.array([7])))
    wanted["name", b"every"] = ([200], [1], [7])
    found = {
        one.key: (list(one.pages), list(one.counts), list(one.positions)) for one in pool.iter_postings()
    }
    assert found == wanted
    assert list(found) == sorted(wanted)
    pool.cleanup()
    assert list(tmp_path.iterdir()) == []
    assert list(pool.iter_postings()) == []
