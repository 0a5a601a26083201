"""The engine on Whoosh: this file, `whoosh_shelf.py` and `whoosh_form.py` are all that knows Whoosh.

Whoosh keeps the terms, the segments and their merging, the stored pages and the commits, which are atomic: a new
table of contents is written beside the old one and renamed into its place.
"""

# Whoosh is typed in part: calls into its untyped part are meant.
# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from whoosh import index as whoosh_files
from whoosh.reading import SegmentReader

from index.engine import LOCK_TIMEOUT, Backing, Batch
from index.entry import Hit, PageEntry, Results, Sort
from index.errors import IndexDamaged
from index.evaluate import evaluate
from index.facets import facets, ordered
from index.fields import normal
from index.packing import pack_amounts, pages_of
from index.query import NO_FILTERS, Filters, check_part, parse
from index.shelf import SEPARATOR, doc_ids_of
from index.snippets import snippet, wanted
from index.terms import entry_terms
from index.tree import Phrase
from index.whoosh_form import PackedCodec, schema
from index.whoosh_pool import PackedSegmentWriter
from index.whoosh_shelf import WhooshShelf, reading
from index.writing import writing

SCHEMA = 2
"""Raise it whenever the stored form or the tokenizer changes: indexes of another number are built anew."""

SMALL_SEGMENTS = 6
"""How many segments of one order of size there may be before they are merged."""


class _WhooshBatch:
    """Changes to the index, written by one of Whoosh's writers."""

    def __init__(self, files: whoosh_files.FileIndex, keeps_text: bool) -> None:
        self._files = files
        self._keeps_text = keeps_text
        self._begin()

    def _begin(self) -> None:
        with reading():
            self._writer = PackedSegmentWriter(self._files, PackedCodec())
        self._before = WhooshShelf(self._files)
        self._written: set[str] = set()

    def replace(self, doc: str, entries: Iterable[PageEntry]) -> None:
        pages = sorted(entries, key=lambda entry: entry.page)
        if any(entry.doc != doc for entry in pages):
            raise ValueError(f"a page of another document was given for {doc}")
        self.delete(doc)
        self._written.add(doc)
        for number, entry in enumerate(pages):
            page = _document(entry, number == 0, self._keeps_text)
            with reading():
                self._writer.add_document(**page)

    def delete(self, doc: str) -> None:
        if doc in self._written:
            self.commit()
            self._begin()
        for page in pages_of(self._before.places("doc", normal("doc", doc))):
            with reading():
                self._writer.delete_document(int(page))

    def commit(self) -> None:
        self._before.close()
        with reading():
            self._writer.commit(mergetype=_merged)

    def cancel(self) -> None:
        self._before.close()
        with suppress(OSError):  # nothing to undo where the folder is gone
            self._writer.cancel()


def _merged(writer: Any, segments: list[Any]) -> list[Any]:
    """Which segments stay as they are; the others are written into the new one.

    Small ones are merged once there are several of about the size of what is being written, so that a page is
    rewritten about log(n) times in all; those with many deleted pages are cleared of them.
    """
    segments = [segment for segment in segments if segment.doc_count() > 0]
    worn = [segment for segment in segments if 3 * segment.deleted_count() > segment.doc_count_all()]
    size, small = writer.doc_count(), []
    for segment in sorted(segments, key=lambda one: one.doc_count()):
        if segment not in worn and segment.doc_count() <= 2 * size:
            small.append(segment)
            size += segment.doc_count()
    chosen = worn + (small if len(small) >= SMALL_SEGMENTS else [])
    for segment in chosen:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in chosen]


def _document(entry: PageEntry, is_first: bool, keeps_text: bool) -> dict[str, object]:
    """The page in the form of the schema."""
    terms = entry_terms(entry, is_first)
    date = entry.date.toordinal() if entry.date else 0
    coded = {
        "doc": entry.doc,
        "kind": entry.kind,
        "name": entry.name,
        "claims": SEPARATOR.join(entry.claims),
        "parties": SEPARATOR.join(entry.parties),
    }
    numbers = {"page": entry.page, "date": date, "length": sum(map(len, terms["text"].values()))}
    stored = {
        "hit": (entry.doc, entry.page, entry.kind, entry.date, entry.name, entry.title),
        "text": entry.text if keeps_text else None,
        "claims": entry.claims,
        "events": entry.events,
    }
    columns_ = {name: value.encode() for name, value in coded.items()} | numbers
    columns_["amounts"] = pack_amounts(entry.amounts)
    return {**terms, "stored": stored, **{f"column_{name}": value for name, value in columns_.items()}}


class WhooshIndex:
    """A Whoosh index in a folder (see `engine.SearchIndex`)."""

    def __init__(self, folder: Path, lock: Path, backing: Backing) -> None:
        self._lock = lock
        self._backing = backing
        self._guard = threading.RLock()
        self._closed = False
        with reading():
            self._files = whoosh_files.open_dir(str(folder))
            self._shelf = WhooshShelf(self._files)

    def writer(self, timeout: float = LOCK_TIMEOUT) -> AbstractContextManager[Batch]:
        return writing(self._lock, timeout, lambda: _WhooshBatch(self._files, self._backing.texts is None))

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
        with self._current() as shelf:
            matches = evaluate(tree, shelf)
            pages = ordered(matches, shelf, sort)
            shown = [(shelf.stored(page), float(matches.score[page])) for page in pages[offset:][:limit]]
            counts = facets(matches, shelf)
        hits = self._hits(shown, wanted(tree))
        return Results(len(pages), 1000 * (perf_counter() - started), hits, counts)

    def doc_ids(self) -> frozenset[str]:
        with self._current() as shelf:
            return doc_ids_of(shelf)

    def count(self) -> int:
        with self._current() as shelf:
            return int(np.count_nonzero(shelf.live))

    def healthy(self) -> bool:
        try:
            with self._current() as shelf:
                shelf.read_all()
        except IndexDamaged:
            return False
        return True

    def close(self) -> None:
        with self._guard:
            self._closed = True
            self._shelf.close()

    def _hits(
        self, found: Sequence[tuple[Mapping[str, Any], float]], phrases: tuple[Phrase, ...]
    ) -> tuple[Hit, ...]:
        """The hits for pages as they are stored, each with its score."""
        texts = self._backing.texts_of([(*page["hit"][:2], page["text"]) for page, _ in found])
        return tuple(
            _hit(page, score, snippet(text, phrases))
            for (page, score), text in zip(found, texts, strict=True)
        )

    @contextmanager
    def _current(self) -> Iterator[WhooshShelf]:
        """The newest committed state, for one thread at a time. Raises `IndexDamaged` where the index was closed, as
        it is when it was rebuilt: whoever asked for it just before asks the new one."""
        with self._guard:
            if self._closed:
                raise IndexDamaged("The search index was closed")
            if self._files.latest_generation() != self._shelf.generation:
                self._shelf.close()
                self._shelf = WhooshShelf(self._files)
            yield self._shelf


def _hit(stored: Mapping[str, Any], score: float, shown: str) -> Hit:
    doc, number, kind, date, name, title = stored["hit"]
    return Hit(doc, number, score, kind, date, name, title, shown, stored["claims"], stored["events"])


def create_index(folder: Path, lock: Path, backing: Backing) -> WhooshIndex:
    """A new, empty index in an empty folder."""
    whoosh_files.create_in(str(folder), schema())
    return WhooshIndex(folder, lock, backing)


def open_index(folder: Path, lock: Path, backing: Backing) -> WhooshIndex:
    """The index in the folder. Raises `IndexDamaged`."""
    return WhooshIndex(folder, lock, backing)
