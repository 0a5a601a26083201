"""Order and counts of the pages that match."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.entry import Facets, Sort
from index.evaluate import Matches
from index.shelf import SEPARATOR, Coded, Shelf

MOST_PARTIES = 20
"""How many parties the facets list; there may be thousands."""
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_NEVER = datetime.date.max.toordinal() + 1


def ordered(matches: Matches, shelf: Shelf, sort: Sort) -> NDArray[np.int64]:
    """The matching pages in the order asked for; undated ones come last by date, either way.

    What is equal otherwise is in order of date, name, document and page, so the order is always the same.
    """
    pages = np.flatnonzero(matches.mask)
    dates = shelf.numbers("date")[pages]
    dates = np.where(dates == 0, _NEVER, dates)
    names, docs = shelf.coded("name").ranks[pages], shelf.coded("doc").ranks[pages]
    keys: list[NDArray[Any]] = [shelf.numbers("page")[pages], docs, names, dates]
    if sort == "score":
        keys.append(-matches.score[pages])
    elif sort == "-date":
        keys.append(np.where(dates == _NEVER, 0, -dates))
    elif sort == "name":
        keys.append(names)
    order: NDArray[np.int64] = pages[np.lexsort(keys)]
    return order


def facets(matches: Matches, shelf: Shelf) -> Facets:
    """How many documents with a matching page fall under each value."""
    pages = np.flatnonzero(matches.mask)
    _, first = np.unique(shelf.coded("doc").codes[pages], return_index=True)
    documents = pages[first]
    return Facets(
        kind=_ranked(_counted(shelf.coded("kind"), documents)),
        claim=_ranked(_counted(shelf.coded("claims"), documents)),
        year=dict(sorted(_spans(shelf.numbers("date")[documents], "Y"), reverse=True)),
        party=_ranked(_counted(shelf.coded("parties"), documents), MOST_PARTIES),
        month=dict(sorted(_spans(shelf.numbers("date")[documents], "M"), reverse=True)),
    )


def _counted(column: Coded, documents: NDArray[np.int64]) -> Counter[str]:
    counts: Counter[str] = Counter()
    often = np.bincount(column.codes[documents], minlength=len(column.values))
    for code in np.flatnonzero(often).tolist():
        for value in dict.fromkeys(column.values[code].split(SEPARATOR)):
            if value:
                counts[value] += int(often[code])
    return counts


def _ranked(counts: Counter[str], most: int | None = None) -> dict[str, int]:
    by_count = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return dict(by_count[:most])


def _spans(dates: NDArray[np.int64], unit: str) -> Iterator[tuple[str, int]]:
    """How many of the dates fall into each year ("Y") or month ("M")."""
    days = (dates[dates > 0] - _EPOCH).astype("M8[D]")
    found, often = np.unique(days.astype(f"M8[{unit}]"), return_counts=True)
    yield from zip(map(str, found), often.tolist(), strict=True)
