"""Writing: a batch is one transaction, so its pages become visible together, or not at all.

Pages that come together become a segment, which is never changed again; pages that are replaced are noted as dead.
Once there are several small segments they are merged, so that a page is rewritten about log(n) times in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, LiteralString
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.entry import PageEntry
from index.fields import normal
from index.packing import unpack_postings
from index.postgres_form import (
    NUMBER,
    Columns,
    columns_of,
    joined,
    packed_columns,
    packed_page,
    packed_text,
    signature,
    term_bytes,
    unpacked_columns,
)
from index.postgres_segment import Gathered, Key, Postings, together, unpacked
from index.postgres_server import Connection, Tables, decoding
from index.terms import entry_terms

SEGMENT_PAGES = 8_192
"""Pages that are written at once, at most; their words are in memory until then."""
SEGMENT_PLACES = 4_000_000
"""Places of words that are written at once, about."""
SMALL_SEGMENTS = 6
"""How many segments of one order of size there may be before they are merged."""
LARGEST = 4 * SEGMENT_PAGES
"""Pages of a segment made by merging, at most."""
KNOWN_TERMS = 1_000_000
"""Terms whose numbers are kept in memory."""
_PAGES_TAKEN = "update {state} set next_page = next_page + %s returning next_page - %s"
_SEGMENT_TAKEN = "update {state} set next_segment = next_segment + 1 returning next_segment - 1"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as its row tells of it."""

    id: int
    pages: int
    dead: int

    @property
    def live(self) -> int:
        """Pages that are valid."""
        return self.pages - self.dead


class PostgresBatch:
    """Changes to the index inside a transaction that its caller begins and ends (see `engine.Batch`).

    A document that is given twice is written twice, and its first pages are dead from the start.
    """

    def __init__(self, connection: Connection, tables: Tables, keeps_text: bool) -> None:
        self._connection = connection
        self._tables = tables
        self._keeps_text = keeps_text
        self._gathered = Gathered()
        self._entries: list[PageEntry] = []
        self._lengths: list[int] = []
        self._written: set[str] = set()
        self._gone: set[str] = set()
        self._dictionary = _Dictionary(connection, tables)
        (self._was_empty,) = self._one("select not exists (select from {segments})")

    def replace(self, doc: str, entries: Iterable[PageEntry]) -> None:
        pages = sorted(entries, key=lambda entry: entry.page)
        if any(entry.doc != doc for entry in pages):
            raise ValueError(f"a page of another document was given for {doc}")
        self.delete(doc)
        self._written.add(normal("doc", doc))
        for number, entry in enumerate(pages):
            found = entry_terms(entry, number == 0)
            self._gathered.add(found)
            self._entries.append(entry)
            self._lengths.append(sum(map(len, found["text"].values())))
            if len(self._entries) >= SEGMENT_PAGES or self._gathered.places >= SEGMENT_PLACES:
                self.flush(merging=False)

    def delete(self, doc: str) -> None:
        key = normal("doc", doc)
        if key in self._written:
            self.flush(merging=False)
            self._written.discard(key)
        elif self._was_empty:
            return
        self._gone.add(key)

    def flush(self, merging: bool = True) -> None:
        """Writes what was given so far: visible to nobody else until the transaction ends."""
        self._bury()
        chosen = self._worn_or_small(len(self._entries)) if merging else []
        if not self._entries and not chosen:
            return
        numbers = self._dictionary.numbers(self._gathered.keys())
        (first_page,) = self._one(_PAGES_TAKEN, *[len(self._entries)] * 2)
        self._keep_pages(first_page)
        new = self._gathered.postings(numbers).shifted(sum(one.pages for one in chosen))
        columns = [*self._columns(chosen), columns_of(self._entries, self._lengths, first_page)]
        whole = together([*self._read(chosen), new]), joined(columns)
        self._write(*_without_dead(*whole, self._dead(chosen)))
        self._drop(chosen)
        self._gathered, self._entries, self._lengths = Gathered(), [], []

    def _one(self, statement: LiteralString, *values: object) -> tuple[Any, ...]:
        row = self._connection.execute(self._tables.fill(statement), values).fetchone()
        assert row is not None  # noqa: S101 - the statements ask for exactly one
        return row

    def _bury(self) -> None:
        """Notes the pages of documents that were replaced or deleted as dead."""
        gone, self._gone = sorted(self._gone), set()
        if not gone:
            return
        found = self._connection.cursor(binary=True).execute(
            self._tables.fill("select l.segment, l.list from {asked} join {lists} l on l.term = t.id"),
            ([NUMBER["doc"]] * len(gone), [term_bytes(doc) for doc in gone]),
        )
        slots: dict[int, list[int]] = {}
        for segment, blob in found:
            slots.setdefault(segment, []).extend(unpack_postings(blob)[0].tolist())
        for segment, dead in slots.items():
            self._connection.execute(
                self._tables.fill(
                    "insert into {dead} select %s, unnest(%s::integer[]) on conflict do nothing"
                ),
                (segment, dead),
            )
        counted = (
            "update {segments} set dead = (select count(*) from {dead} where segment = id) where id = any(%s)"
        )
        self._connection.execute(self._tables.fill(counted), (list(slots),))

    def _worn_or_small(self, size: int) -> list[Segment]:
        """Segments to be merged with `size` new pages: many small ones, and those with many dead pages."""
        rows = self._connection.execute(
            self._tables.fill("select id, pages, dead from {segments} order by id")
        )
        segments = [Segment(*row) for row in rows.fetchall()]
        worn = [one for one in segments if 3 * one.dead > one.pages]
        small: list[Segment] = []
        size += sum(one.live for one in worn)
        for one in sorted(set(segments) - set(worn), key=lambda one: one.live):
            if one.live <= 2 * size and size + one.live <= LARGEST:
                small.append(one)
                size += one.live
        chosen = worn + (small if len(small) >= SMALL_SEGMENTS else [])
        return sorted(chosen, key=lambda one: one.id)

    def _keep_pages(self, first_page: int) -> None:
        statement = self._tables.fill("copy {pages} (id, shown, text) from stdin (format binary)")
        with self._connection.cursor().copy(statement) as copy:
            copy.set_types(("int8", "bytea", "bytea"))
            for number, entry in enumerate(self._entries, first_page):
                text = packed_text(entry.text) if self._keeps_text else None
                copy.write_row((number, packed_page(entry), text))

    def _read(self, chosen: Sequence[Segment]) -> list[Postings]:
        if not chosen:
            return []
        firsts = dict(zip((one.id for one in chosen), _firsts(chosen), strict=True))
        statement = "select term, segment, list from {lists} where segment = any(%s) order by term, segment"
        with self._connection.cursor("merging", binary=True) as cursor, decoding():
            cursor.itersize = 20_000
            cursor.execute(self._tables.fill(statement), (list(firsts),))
            return [unpacked(cursor, firsts)]

    def _columns(self, chosen: Sequence[Segment]) -> list[Columns]:
        statement = self._tables.fill("select columns from {segments} where id = any(%s) order by id")
        rows = self._connection.cursor(binary=True).execute(statement, ([one.id for one in chosen],))
        with decoding():
            return [unpacked_columns(blob) for (blob,) in rows]

    def _dead(self, chosen: Sequence[Segment]) -> NDArray[np.int64]:
        """The numbers of dead pages, counted over all these segments."""
        firsts = dict(zip((one.id for one in chosen), _firsts(chosen), strict=True))
        statement = self._tables.fill("select segment, slot from {dead} where segment = any(%s)")
        rows = self._connection.execute(statement, (list(firsts),))
        return np.asarray([firsts[segment] + slot for segment, slot in rows], dtype=np.int64)

    def _write(self, postings: Postings, columns: Columns, gone: Sequence[int]) -> None:
        self._connection.execute(self._tables.fill("delete from {pages} where id = any(%s)"), (list(gone),))
        pages = len(columns.numbers["page"])
        if not pages:
            return
        (segment,) = self._one(_SEGMENT_TAKEN)
        lists = digest = 0
        statement = self._tables.fill("copy {lists} (term, segment, list) from stdin (format binary)")
        with self._connection.cursor().copy(statement) as copy:
            copy.set_types(("int4", "int4", "bytea"))
            for term, blob in postings.lists():
                copy.write_row((term, segment, blob))
                lists += 1
                digest += crc32(blob, term)
        self._connection.execute(
            self._tables.fill(
                "insert into {segments} (id, pages, lists, digest, columns) values (%s, %s, %s, %s, %s)"
            ),
            (segment, pages, lists, digest, packed_columns(columns)),
        )

    def _drop(self, chosen: Sequence[Segment]) -> None:
        """Takes out segments that were merged into another one."""
        if chosen:
            ids = [one.id for one in chosen]
            self._connection.execute(self._tables.fill("delete from {lists} where segment = any(%s)"), (ids,))
            self._connection.execute(self._tables.fill("delete from {dead} where segment = any(%s)"), (ids,))
            self._connection.execute(self._tables.fill("delete from {segments} where id = any(%s)"), (ids,))


def _firsts(segments: Sequence[Segment]) -> list[int]:
    """The number of each segment's first page, when all their pages are counted."""
    return [0, *accumulate(one.pages for one in segments)][: len(segments)]


def _without_dead(
    postings: Postings, columns: Columns, dead: NDArray[np.int64]
) -> tuple[Postings, Columns, list[int]]:
    """Postings and columns without the dead pages; and the rows in `pages` of these."""
    if not len(dead):
        return postings, columns, []
    ids = columns.numbers["id"]
    live = np.ones(len(ids), dtype=bool)
    live[dead] = False
    numbers = np.where(live, np.cumsum(live) - 1, -1)
    return postings.on(numbers), columns.kept(np.flatnonzero(live)), ids[dead].tolist()


class _Dictionary:
    """The numbers of terms. Only the one writer gives new ones."""

    def __init__(self, connection: Connection, tables: Tables) -> None:
        self._connection = connection
        self._tables = tables
        self._known: dict[Key, int] = {}
        row = connection.execute(tables.fill("select coalesce(max(id), 0) from {terms}")).fetchone()
        self._last: int = row[0] if row else 0
        self._knows_all = self._last == 0

    def numbers(self, keys: Sequence[Key]) -> dict[Key, int]:
        """The number of each term; those that the dictionary has not yet are put in."""
        if len(self._known) > KNOWN_TERMS:
            self._known, self._knows_all = {}, False
        missing = [key for key in keys if key not in self._known]
        if missing and not self._knows_all:
            self._look_up(missing)
            missing = [key for key in missing if key not in self._known]
        self._put_in(missing)
        return self._known

    def _look_up(self, keys: Sequence[Key]) -> None:
        statement = self._tables.fill("select asked.number, t.id from {asked}")
        asked = [NUMBER[field] for field, _ in keys], [term_bytes(term) for _, term in keys]
        for number, found in self._connection.execute(statement, asked):
            self._known[keys[number - 1]] = found

    def _put_in(self, keys: Sequence[Key]) -> None:
        if not keys:
            return
        statement = self._tables.fill(
            "copy {terms} (id, field, term, letters, signature) from stdin (format binary)"
        )
        with self._connection.cursor().copy(statement) as copy:
            copy.set_types(("int4", "int2", "bytea", "int4", "int8"))
            for number, (field, term) in enumerate(keys, self._last + 1):
                copy.write_row((number, NUMBER[field], term_bytes(term), len(term), signature(term)))
                self._known[field, term] = number
        self._last += len(keys)
