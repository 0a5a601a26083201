"""Phrases and words near each other, looked for on the pages themselves where a query cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.engine import Backing
from index.entry import PageEntry
from index.evaluate import evaluate
from index.packing import PAGE_SHIFT, Places
from index.shelf import Coded
from index.tantivy_form import Kept
from index.terms import HEAD, HEAD_POSITION, Terms, entry_terms
from index.tree import Near, Part, Phrase

_AT_ONCE = 500
"""Pages whose words are kept in memory."""


def matching(node: Phrase | Near, pages: Iterable[Kept], backing: Backing) -> Iterator[PageEntry]:
    """Those of the pages that match."""
    rest = iter(pages)
    while some := list(islice(rest, _AT_ONCE)):
        texts = backing.texts_of([page.page for page in some])
        terms = [_terms(page, text, node.field) for page, text in zip(some, texts, strict=True)]
        mask = evaluate(node, _Pages(terms)).mask
        yield from (page.entry for page, fits in zip(some, mask, strict=True) if fits)


class _Pages:
    """A few pages as a shelf that knows the words of one field (see `shelf.Shelf`)."""

    def __init__(self, terms: Sequence[Terms]) -> None:
        self.size = len(terms)
        self.live: NDArray[np.bool_] = np.ones(self.size, dtype=bool)
        self._terms = terms

    def places(self, field: str, term: str) -> Places:  # noqa: ARG002
        found = [
            (page << PAGE_SHIFT) + position
            for page, terms in enumerate(self._terms)
            for position in terms.get(term, ())
        ]
        return np.asarray(found, dtype=np.int64)

    def candidates(self, field: str, part: Part) -> Sequence[str]:  # noqa: ARG002
        return [term for terms in self._terms for term in terms if term.startswith(part.beginning)]

    def numbers(self, column: str) -> NDArray[np.int64]:  # noqa: ARG002
        return np.ones(self.size, dtype=np.int64)

    def coded(self, column: str) -> Coded:  # noqa: ARG002
        return Coded(np.zeros(self.size, dtype=np.int64), [""])

    def amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)


def _terms(page: Kept, text: str, field: str) -> Terms:
    found = entry_terms(replace(page.entry, text=text), page.is_first)
    terms = {term: list(places) for term, places in found[field].items()}
    if field == "text":
        for term, places in found.get(HEAD, {}).items():
            terms.setdefault(term, []).extend(place + HEAD_POSITION for place in places)
    return terms
