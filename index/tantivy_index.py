"""The engine on Tantivy, for matters of a million pages: this file and `tantivy_*.py` are all that knows Tantivy.

Tantivy keeps everything and finds it; queries come to it as our tree, words as our tokenizer cuts them. A commit is
atomic: a new list of files is written beside the old one and renamed into its place.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import tantivy

from index.engine import LOCK_TIMEOUT, Backing, Batch
from index.entry import Facets, Hit, PageEntry, Results, Sort
from index.errors import IndexDamaged
from index.fields import normal
from index.query import NO_FILTERS, Filters, check_part, parse
from index.snippets import snippet, wanted
from index.tantivy_cards import Cards
from index.tantivy_facets import Matching, facets
from index.tantivy_files import check_files, guarded, stamp
from index.tantivy_form import ORDERS, PAGE_KEY, Kept, documents, kept, page_key, prepare, schema
from index.tantivy_memory import FIRST_HITS, FIRST_SORTED, Memory, Question, State
from index.tantivy_query import Maker
from index.tantivy_read import matching
from index.tree import And, Near, Node, Or, Phrase
from index.writing import writing

SCHEMA = 4
"""Raise it whenever the stored form or the tokenizer changes: indexes of another number are built anew."""

HEAP = 256 * 2**20
"""Bytes of memory for pages before a part of them goes to disk."""


_WITH_PLACES = 10_000
"""Pages that are asked for at once where finding them is most of the work: counting need not find them again."""
_Hits: TypeAlias = list[tuple[float, tantivy.DocAddress]]


class _TantivyBatch:
    """Changes to the index, written by Tantivy's writer."""

    def __init__(self, index: tantivy.Index, keeps_text: bool) -> None:
        self._keeps_text = keeps_text
        with guarded():
            self._writer = index.writer(HEAP, 1)
            index.reload()
            self._new: set[str] | None = None if index.searcher().num_docs else set()

    def replace(self, doc: str, entries: Iterable[PageEntry]) -> None:
        if self._new is None or doc in self._new:
            self.delete(doc)
        else:
            self._new.add(doc)
        for made in documents(_all_of(doc, entries), self._keeps_text):
            with guarded():
                self._writer.add_document(made)

    def delete(self, doc: str) -> None:
        with guarded():
            self._writer.delete_documents_by_term("doc", normal("doc", doc))

    def commit(self) -> None:
        with guarded():
            self._writer.commit()
            self._writer.garbage_collect_files()
            self._writer.wait_merging_threads()

    def cancel(self) -> None:
        with suppress(IndexDamaged, OSError), guarded():
            self._writer.rollback()


def _all_of(doc: str, entries: Iterable[PageEntry]) -> Iterator[PageEntry]:
    for entry in entries:
        if entry.doc != doc:
            raise ValueError(f"A page of another document ({entry.doc}) among those of {doc}")
        yield entry


class TantivyIndex:
    """A Tantivy index in a folder (see `engine.SearchIndex`)."""

    def __init__(self, folder: Path, lock: Path, backing: Backing) -> None:
        self._folder = folder
        self._lock = lock
        self._backing = backing
        self._guard = threading.RLock()
        self._cards = Cards()
        with guarded():
            self._index = tantivy.Index.open(str(folder))
            prepare(self._index)
            self._index.config_reader("manual")
            self._stamp = stamp(folder)
            self._index.reload()
            self._state: State | None = State(self._index.searcher(), Memory())

    def writer(self, timeout: float = LOCK_TIMEOUT) -> AbstractContextManager[Batch]:
        return writing(self._lock, timeout, lambda: _TantivyBatch(self._index, self._backing.texts is None))

    def search(
        self,
        query: str,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "score",
    ) -> Results:
        started = perf_counter()
        check_part(limit, offset, sort)
        tree = parse(query, filters)
        phrases = wanted(tree)
        with guarded():
            state = self._current()
            searcher = state.searcher
            ranks = _ranks(tree)
            order = ORDERS["date" if sort == "score" else sort] if sort != "score" or not ranks else None
            made = state.memory.get("query", tree, lambda: self._made(tree, searcher))
            total, first = state.memory.get(
                "hits", Question(tree, order), lambda: self._first(state, tree, made, order)
            )
            found = first[offset : offset + limit]
            if offset + limit > len(first) < total:
                found = _asked(searcher, made, order, limit, offset)[1]
            pages = [_kept(searcher, address) for _, address in found]
            scores = [score for score, _ in found] if order is None else [0.0] * len(found)
            if ranks and order:
                scores = self._scores(searcher, made, [page.entry for page in pages])
            counts = self._counts(state, tree, Matching(self._index.schema, made, total))
        texts = self._backing.texts_of([page.page for page in pages])
        hits = tuple(
            _hit(page.entry, score, snippet(text, phrases))
            for page, score, text in zip(pages, scores, texts, strict=True)
        )
        return Results(total, 1000 * (perf_counter() - started), hits, counts)

    def doc_ids(self) -> frozenset[str]:
        with guarded():
            searcher = self._current().searcher
            everything = tantivy.Query.all_query()
            return frozenset(doc for doc, _ in searcher.terms_with_prefix("doc", "", everything))

    def count(self) -> int:
        with guarded():
            return self._current().searcher.num_docs

    def healthy(self) -> bool:
        try:
            with guarded():
                check_files(self._folder)
                self._current()
        except IndexDamaged:
            return False
        return True

    def close(self) -> None:
        with self._guard:
            self._state = None

    def _current(self) -> State:
        """The newest committed state."""
        with self._guard:
            newest = stamp(self._folder)
            if newest != self._stamp or self._state is None:
                self._index.reload()
                self._stamp, self._state = newest, State(self._index.searcher(), Memory())
            return self._state

    def _made(self, tree: Node, searcher: tantivy.Searcher) -> tantivy.Query:
        def read(node: Phrase | Near, among: tantivy.Query) -> tantivy.Query:
            addresses = searcher.search(among, limit=max(1, searcher.num_docs)).hits
            pages = (_kept(searcher, address) for _, address in addresses)
            keys = [page_key(entry) for entry in matching(node, pages, self._backing)]
            return tantivy.Query.term_set_query(self._index.schema, PAGE_KEY, keys)

        return Maker(self._index.schema, searcher, read).query(tree)

    def _first(self, state: State, tree: Node, made: tantivy.Query, order: str | None) -> tuple[int, _Hits]:
        """How many pages match, and the first ones; where these are all, they are counted at once."""
        most = FIRST_SORTED if order else _WITH_PLACES if _compares_places(tree) else FIRST_HITS
        total, hits = _asked(state.searcher, made, order, most, 0)
        if total == len(hits):
            pages = [address for _, address in hits]
            self._counts(state, tree, Matching(self._index.schema, made, total, pages))
        return total, hits[:FIRST_HITS]

    def _counts(self, state: State, tree: Node, matching: Matching) -> Facets:
        return state.memory.get("facets", tree, lambda: facets(state.searcher, matching, self._cards))

    def _scores(
        self, searcher: tantivy.Searcher, query: tantivy.Query, found: list[PageEntry]
    ) -> list[float]:
        """The scores of some of the pages that match."""
        keys = [page_key(entry) for entry in found]
        among = tantivy.Query.term_set_query(self._index.schema, PAGE_KEY, keys)
        must = tantivy.Occur.Must
        both = tantivy.Query.boolean_query(
            [(must, query), (must, tantivy.Query.const_score_query(among, 0.0))]
        )
        hits = searcher.search(both, limit=max(1, len(keys))).hits
        scores = {page_key(_kept(searcher, address).entry): score for score, address in hits}
        return [scores[key] for key in keys]


def _asked(
    searcher: tantivy.Searcher, query: tantivy.Query, order: str | None, limit: int, offset: int
) -> tuple[int, _Hits]:
    """How many pages match, and those asked for, each with its score or its place in the order."""
    rising = tantivy.Order.Asc if order else tantivy.Order.Desc
    found = searcher.search(query, limit=limit, offset=offset, order_by_field=order, order=rising)
    count: int = found.count  # type: ignore[attr-defined]  # its stub leaves it out
    return count, found.hits


def _kept(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Kept:
    return kept(searcher.doc(address))


def _ranks(node: Node) -> bool:
    """Whether the query holds words to rank by."""
    match node:
        case And(children) | Or(children):
            return any(_ranks(child) for child in children)
        case Phrase() | Near():
            return True
        case _:
            return False


def _compares_places(node: Node) -> bool:
    """Whether the query holds words that must stand beside each other: finding its pages is most of the work."""
    match node:
        case And(children) | Or(children):
            return any(_compares_places(child) for child in children)
        case Phrase(parts=parts):
            return len(parts) > 1
        case _:
            return isinstance(node, Near)


def _hit(entry: PageEntry, score: float, shown: str) -> Hit:
    return Hit(
        doc=entry.doc,
        page=entry.page,
        score=score,
        kind=entry.kind,
        date=entry.date,
        name=entry.name,
        title=entry.title,
        snippet=shown,
        claims=entry.claims,
        events=entry.events,
    )


def create_index(folder: Path, lock: Path, backing: Backing) -> TantivyIndex:
    """A new, empty index in an empty folder."""
    with guarded():
        tantivy.Index(schema(), str(folder))
    return TantivyIndex(folder, lock, backing)


def open_index(folder: Path, lock: Path, backing: Backing) -> TantivyIndex:
    """The index in the folder. Raises `IndexDamaged`."""
    return TantivyIndex(folder, lock, backing)
