"""The engine on Whoosh: this file and `whoosh_form.py` are all that knows Whoosh.

Whoosh keeps the terms, the segments and their merging, the stored pages and the commits, which are atomic: a new
table of contents is written beside the old one and renamed into its place.
"""

# Whoosh is typed in part: calls into its untyped part are meant.
# mypy: disable-error-code="no-untyped-call, misc"
from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from whoosh import index as whoosh_files
from whoosh.reading import SegmentReader

from index.engine import LOCK_TIMEOUT, Batch
from index.entry import Hit, PageEntry, Results
from index.errors import FilterError, IndexDamaged, IndexLocked
from index.evaluate import evaluate
from index.facets import SORTS, Sort, facets, ordered
from index.fields import normal
from index.packing import Places, pack_amounts, pages_of, unpack_places
from index.query import NO_FILTERS, Filters, parse
from index.shelf import SEPARATOR, Coded
from index.snippets import snippet, wanted
from index.terms import HEAD, HEAD_POSITION, entry_terms
from index.tree import Phrase
from index.whoosh_form import CODED, INDEXED, NUMBERS, PackedCodec, schema

SCHEMA = 1
"""Raise it whenever the stored form or the tokenizer changes: indexes of another number are built anew."""

POOL_MB = 96
"""Memory for postings before a part of them goes to disk."""
REMEMBERED_PLACES = 8_000_000
"""Places (8 bytes each) of the terms last asked for that are kept in memory."""
SMALL_SEGMENTS = 6
"""How many segments of one order of size there may be before they are merged."""


@contextmanager
def _damage() -> Iterator[None]:
    """What Whoosh raises over damaged files is of every kind; it becomes one error that says what to do.

    A garbled length can even end as a lack of memory. Only the kind is named: the text of such an error may quote
    the evidence.
    """
    try:
        yield
    except Exception as error:
        raise IndexDamaged(f"The search index cannot be read ({type(error).__name__})") from error


class _Segment:
    """One of Whoosh's segments, open: its terms, and its pages from number `first` of the whole index."""

    def __init__(self, reader: Any, first: int) -> None:
        self.reader, self.first = reader, first
        self.size: int = reader.doc_count_all()
        self.deleted = list(reader.segment().deleted_docs())
        self._terms = reader.codec().terms_reader(reader.storage(), reader.segment())
        self.columns: dict[str, Any] = {
            name: reader.column_reader(f"column_{name}", translate=False) for name in (*CODED, *NUMBERS)
        }

    @_damage()
    def places(self, field: str, term: str) -> Places | None:
        blob = self._terms.blob(field, term)
        return None if blob is None else unpack_places(blob, self.first)

    @_damage()
    def terms(self, field: str, prefix: str) -> list[str]:
        start = prefix.encode()
        following = self._terms.terms_from(field, start)
        inside = takewhile(lambda item: item[0] == field and item[1].startswith(start), following)
        return [term.decode() for _, term in inside]

    def close(self) -> None:
        self._terms.close()
        self.reader.close()


class WhooshShelf:
    """One committed state of the index (see `shelf.Shelf`)."""

    @_damage()
    def __init__(self, files: whoosh_files.FileIndex) -> None:
        self._reader = files.reader()
        self.generation: int = files.latest_generation()
        leaves = [leaf for leaf in self._reader.leaf_readers() if isinstance(leaf[0], SegmentReader)]
        self._segments = [_Segment(reader, first) for reader, first in leaves]
        self.size = sum(segment.size for segment in self._segments)
        self._places: dict[tuple[str, str], Places] = {}
        self._remembered = 0
        self._lexicons: dict[str, list[str]] = {}

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        mask = np.ones(self.size, dtype=bool)
        for segment in self._segments:
            mask[[segment.first + page for page in segment.deleted]] = False
        return mask

    def places(self, field: str, term: str) -> Places:
        known = self._places.get((field, term))
        if known is None:
            known = self._read_places(field, term)
            if field == "text" and len(head := self._read_places(HEAD, term)):
                known = np.sort(np.concatenate([known, head + HEAD_POSITION]))
            self._remember((field, term), known)
        return known

    def terms(self, field: str, prefix: str) -> Sequence[str]:
        if field in self._lexicons:
            return [term for term in self._lexicons[field] if term.startswith(prefix)]
        names = (field, HEAD) if field == "text" else (field,)
        found = {term for name in names for segment in self._segments for term in segment.terms(name, prefix)}
        if not prefix:
            self._lexicons[field] = list(found)
        return list(found)

    def numbers(self, column: str) -> NDArray[np.int64]:
        return self._numbers[column]

    def coded(self, column: str) -> Coded:
        return self._coded[column]

    @cached_property
    @_damage()
    def _numbers(self) -> dict[str, NDArray[np.int64]]:
        return {name: self._joined([s.columns[name].array for s in self._segments]) for name in NUMBERS}

    @cached_property
    @_damage()
    def _coded(self) -> dict[str, Coded]:
        return {name: self._read_coded(name) for name in CODED if name != "amounts"}

    @cached_property
    @_damage()
    def _amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pages, values = [], []
        for segment in self._segments:
            codes, packed = segment.columns["amounts"].parts
            for page in np.flatnonzero(codes):
                numbers = np.frombuffer(packed[codes[page]], "<i8")
                pages.append(np.full(len(numbers), segment.first + page))
                values.append(numbers)
        return self._joined(pages), self._joined(values)

    def amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._amounts

    @_damage()
    def stored(self, page: int) -> Mapping[str, Any]:
        """What was kept of the page to show it."""
        entry: Mapping[str, Any] = self._reader.stored_fields(int(page))["stored"]
        return entry

    def read_all(self) -> None:
        """Reads every list and every page, so that damage shows."""
        for segment in self._segments:
            for field in INDEXED:
                for term in segment.terms(field, ""):
                    segment.places(field, term)
        for page in range(self.size):
            self.stored(page)
        _ = self._numbers, self._coded, self._amounts

    def close(self) -> None:
        while self._segments:
            self._segments.pop().close()

    def _read_places(self, field: str, term: str) -> Places:
        found = [segment.places(field, term) for segment in self._segments]
        return self._joined([places for places in found if places is not None])

    def _remember(self, key: tuple[str, str], places: Places) -> None:
        self._remembered += len(places)
        self._places[key] = places
        while self._remembered > REMEMBERED_PLACES and len(self._places) > 1:
            oldest = next(iter(self._places))
            self._remembered -= len(self._places.pop(oldest))

    def _read_coded(self, column: str) -> Coded:
        numbers: dict[bytes, int] = {}
        codes: list[NDArray[np.int64]] = []
        for segment in self._segments:
            local, values = segment.columns[column].parts
            renumbered = np.array(
                [numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64
            )
            codes.append(renumbered[local])
        return Coded(self._joined(codes), [value.decode() for value in numbers])

    @staticmethod
    def _joined(arrays: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)


class _WhooshBatch:
    """Changes to the index, written by one of Whoosh's writers."""

    def __init__(self, files: whoosh_files.FileIndex) -> None:
        self._files = files
        self._begin()

    def _begin(self) -> None:
        with _damage():
            self._writer = self._files.writer(codec=PackedCodec(), compound=False, limitmb=POOL_MB)
        self._before = WhooshShelf(self._files)
        self._written: set[str] = set()

    def replace(self, doc: str, entries: Iterable[PageEntry]) -> None:
        pages = sorted(entries, key=lambda entry: entry.page)
        if any(entry.doc != doc for entry in pages):
            raise ValueError(f"a page of another document was given for {doc}")
        self.delete(doc)
        self._written.add(doc)
        for number, entry in enumerate(pages):
            self._writer.add_document(**_document(entry, number == 0))

    def delete(self, doc: str) -> None:
        if doc in self._written:
            self.commit()
            self._begin()
        for page in pages_of(self._before.places("doc", normal("doc", doc))):
            self._writer.delete_document(int(page))

    def commit(self) -> None:
        self._before.close()
        self._writer.commit(mergetype=_merged)

    def cancel(self) -> None:
        self._before.close()
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


def _document(entry: PageEntry, is_first: bool) -> dict[str, object]:
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
        "text": entry.text,
        "claims": entry.claims,
        "events": entry.events,
    }
    columns_ = {name: value.encode() for name, value in coded.items()} | numbers
    columns_["amounts"] = pack_amounts(entry.amounts)
    return {**terms, "stored": stored, **{f"column_{name}": value for name, value in columns_.items()}}


class WhooshIndex:
    """A Whoosh index in a folder (see `engine.SearchIndex`)."""

    def __init__(self, folder: Path, lock: Path) -> None:
        self._lock = lock
        self._guard = threading.RLock()
        with _damage():
            self._files = whoosh_files.open_dir(str(folder))
            self._shelf = WhooshShelf(self._files)

    @contextmanager
    def writer(self, timeout: float = LOCK_TIMEOUT) -> Iterator[Batch]:
        try:
            with FileLock(self._lock, timeout=timeout):
                yield from self._batch()
        except Timeout:
            raise IndexLocked(f"{self._lock.parent} has been locked for {timeout:g} seconds") from None

    def _batch(self) -> Iterator[Batch]:
        batch = _WhooshBatch(self._files)
        try:
            yield batch
        except BaseException:
            batch.cancel()
            raise
        batch.commit()

    def search(
        self,
        query: str,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "score",
    ) -> Results:
        started = perf_counter()
        if sort not in SORTS:
            raise FilterError(f'There is no order "{sort}"', f"Choose one of {', '.join(SORTS)}.")
        if limit < 0 or offset < 0:
            raise FilterError("The number of hits and where they begin cannot be negative")
        tree = parse(query, filters)
        with self._current() as shelf:
            matches = evaluate(tree, shelf)
            pages = ordered(matches, shelf, sort)
            phrases = wanted(tree)
            hits = [_hit(shelf, page, float(matches.score[page]), phrases) for page in pages[offset:][:limit]]
            counts = facets(matches, shelf)
        return Results(len(pages), 1000 * (perf_counter() - started), tuple(hits), counts)

    def doc_ids(self) -> frozenset[str]:
        with self._current() as shelf:
            docs = shelf.coded("doc")
            return frozenset(docs.values[code] for code in np.unique(docs.codes[shelf.live]).tolist())

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
            self._shelf.close()

    @contextmanager
    def _current(self) -> Iterator[WhooshShelf]:
        """The newest committed state, for one thread at a time."""
        with self._guard:
            if self._files.latest_generation() != self._shelf.generation:
                self._shelf.close()
                self._shelf = WhooshShelf(self._files)
            yield self._shelf


def _hit(shelf: WhooshShelf, page: int, score: float, phrases: tuple[Phrase, ...]) -> Hit:
    stored = shelf.stored(page)
    doc, number, kind, date, name, title = stored["hit"]
    shown = snippet(stored["text"], phrases)
    return Hit(doc, number, score, kind, date, name, title, shown, stored["claims"], stored["events"])


def create_index(folder: Path, lock: Path) -> WhooshIndex:
    """A new, empty index in an empty folder."""
    whoosh_files.create_in(str(folder), schema())
    return WhooshIndex(folder, lock)


def open_index(folder: Path, lock: Path) -> WhooshIndex:
    """The index in the folder. Raises `IndexDamaged`."""
    return WhooshIndex(folder, lock)
