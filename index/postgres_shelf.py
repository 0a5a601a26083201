"""One committed state of an index in PostgreSQL, read as arrays (see `shelf.Shelf`).

Segments never change, so what was read of them is remembered for as long as they are there (`Memory`): a search asks
the server whether anything is new, and for the lists that it has not seen yet, all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, LiteralString
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.evaluate import expanded, keyword_terms
from index.packing import PAGE_SHIFT, Places, unpack_places
from index.postgres_form import (
    NUMBER,
    NUMBERS,
    Columns,
    Shown,
    joined_codes,
    signature,
    term_bytes,
    term_text,
    unpacked_columns,
    unpacked_page,
)
from index.postgres_segment import Key
from index.postgres_server import HEAD_BYTES, Connection, Tables, decoding
from index.postgres_write import Segment
from index.shelf import Coded
from index.terms import HEAD, HEAD_POSITION
from index.tree import And, Keyword, Near, Node, Not, Or, Part, Phrase

REMEMBERED_PLACES = 8_000_000
"""Places (8 bytes each) of the terms last asked for that are kept in memory."""


@dataclass
class Memory:
    """What was read of segments, by their numbers; it outlives the states that are made of them."""

    columns: dict[int, Columns] = field(default_factory=dict)
    dead: dict[int, tuple[int, NDArray[np.int64]]] = field(default_factory=dict)
    lists: dict[Key, dict[int, Places]] = field(default_factory=dict)
    places: int = 0

    def keep(self, key: Key, lists: Mapping[int, Places]) -> None:
        """Remembers the lists of a term, and forgets those longest unused when there are too many."""
        known = self.lists.pop(key, {})
        self.places += sum(len(lists[segment]) for segment in lists if segment not in known)
        self.lists[key] = known | dict(lists)
        while self.places > REMEMBERED_PLACES and len(self.lists) > 1:
            oldest = next(iter(self.lists))
            self.places -= sum(map(len, self.lists.pop(oldest).values()))

    def forget(self, segments: Iterable[int]) -> None:
        """Forgets what is of other segments: they were merged away."""
        kept = set(segments)
        for segment in self.columns.keys() - kept:
            del self.columns[segment]
        for segment in self.dead.keys() - kept:
            del self.dead[segment]
        for lists in self.lists.values():
            for segment in lists.keys() - kept:
                self.places -= len(lists.pop(segment))


class PostgresShelf:
    """The state of the index that the transaction sees in which it is made (see `shelf.Shelf`)."""

    def __init__(self, connection: Connection, tables: Tables, version: int, memory: Memory) -> None:
        self.version = version
        self._connection = connection
        self._tables = tables
        self._memory = memory
        rows = self._rows("select id, pages, dead from {segments} order by id")
        self._segments = [Segment(*row) for row in rows]
        firsts = np.cumsum([0, *(one.pages for one in self._segments)]).tolist()
        self._firsts = dict(zip((one.id for one in self._segments), firsts, strict=False))
        self.size: int = firsts[-1]
        self._places: dict[Key, Places] = {}
        self._known_terms: dict[tuple[str, Part], Sequence[str]] = {}
        memory.forget(self._firsts)

    @cached_property
    def live(self) -> NDArray[np.bool_]:
        mask = np.ones(self.size, dtype=bool)
        self._read_dead()
        for one in self._segments:
            if one.dead:
                mask[self._memory.dead[one.id][1] + self._firsts[one.id]] = False
        return mask

    def places(self, field: str, term: str) -> Places:
        if (field, term) not in self._places:
            self._fetch([(field, term)])
        return self._places[field, term]

    def candidates(self, field: str, part: Part) -> Sequence[str]:
        known = self._known_terms.get((field, part))
        if known is None:
            known = self._known_terms[field, part] = self._candidates(field, part)
        return known

    def numbers(self, column: str) -> NDArray[np.int64]:
        return self._numbers[column]

    def coded(self, column: str) -> Coded:
        known = self._coded.get(column)
        if known is None:
            known = self._coded[column] = joined_codes([part.coded[column] for part in self._columns])
        return known

    @cached_property
    def _coded(self) -> dict[str, Coded]:
        return {}

    @cached_property
    def _columns(self) -> list[Columns]:
        self._read_columns()
        return [self._memory.columns[one.id] for one in self._segments]

    @cached_property
    def _numbers(self) -> dict[str, NDArray[np.int64]]:
        return {name: _joined([part.numbers[name] for part in self._columns]) for name in NUMBERS}

    @cached_property
    def _amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        firsts = [self._firsts[one.id] for one in self._segments]
        pages = [part.amounts[0] + first for part, first in zip(self._columns, firsts, strict=True)]
        return _joined(pages), _joined([part.amounts[1] for part in self._columns])

    def amounts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self._amounts

    def expect(self, tree: Node) -> None:
        """Fetches the lists of all terms that the query stands for at once; each alone would be a round trip."""
        self._places, self._known_terms = {}, {}
        self._fetch(list(dict.fromkeys(_asked(tree, self))))

    @decoding()
    def shown(self, pages: Sequence[int]) -> list[Shown]:
        """What was kept of pages to show them."""
        return self._shown([int(self._numbers["id"][page]) for page in pages])

    def _shown(self, ids: Sequence[int]) -> list[Shown]:
        rows = self._rows("select id, shown, text from {pages} where id = any(%s)", ids)
        found = {number: unpacked_page(shown, text) for number, shown, text in rows}
        return [found[number] for number in ids]

    @decoding()
    def read_all(self) -> None:
        """Reads every list and every page. Raises `IndexDamaged` where something is not what was written."""
        for term, letters, bits in self._rows("select term, letters, signature from {terms}"):
            if (len(text := term_text(term)), signature(text)) != (letters, bits):
                raise ValueError("a term is not what was written")
        kept = {number: (lists, digest) for number, lists, digest in self._rows(_SUMS)}
        read = dict.fromkeys(kept, (0, 0))
        with self._connection.cursor("reading", binary=True) as cursor:
            cursor.itersize = 5_000
            cursor.execute(
                self._tables.fill(
                    "select t.id, l.segment, l.list from {lists} l join {terms} t on t.id = l.term"
                )
            )
            for term, segment, blob in cursor:
                lists, digest = read[segment]
                read[segment] = lists + 1, digest + crc32(blob, term)
        ids = self._numbers["id"][self.live].tolist()
        for start in range(0, len(ids), 5_000):
            self._shown(ids[start : start + 5_000])
        if read != kept:
            raise ValueError("a list is not what was written")

    def _fetch(self, keys: Sequence[Key]) -> None:
        lists = self._lists([*keys, *((HEAD, term) for name, term in keys if name == "text")])
        for name, term in keys:
            places = lists[name, term]
            if name == "text" and len(head := lists[HEAD, term]):
                places = np.sort(np.concatenate([places, head + HEAD_POSITION]))
            self._places[name, term] = places

    def _lists(self, keys: Sequence[Key]) -> dict[Key, Places]:
        """The places of each term; of segments that were asked for before, from memory."""
        known = {key: self._memory.lists.get(key, {}) for key in keys}
        lacking = {key: self._firsts.keys() - lists.keys() for key, lists in known.items()}
        asked = [key for key, segments in lacking.items() if segments]
        read = self._read_lists(asked, set().union(*lacking.values())) if asked else {}
        empty = np.empty(0, dtype=np.int64)
        for key, lists in read.items():
            known[key] = known[key] | {segment: lists.get(segment, empty) for segment in lacking[key]}
            self._memory.keep(key, known[key])
        return {
            key: _joined([lists[one] + (first << PAGE_SHIFT) for one, first in self._firsts.items()])
            for key, lists in known.items()
        }

    @decoding()
    def _read_lists(self, keys: Sequence[Key], segments: Iterable[int]) -> dict[Key, dict[int, Places]]:
        rows = self._rows(
            "select asked.number, l.segment, l.list from {asked}"
            " join {lists} l on l.term = t.id and l.segment = any(%s)",
            [NUMBER[name] for name, _ in keys],
            [term_bytes(term) for _, term in keys],
            list(segments),
        )
        read: dict[Key, dict[int, Places]] = {key: {} for key in keys}
        for number, segment, blob in rows:
            read[keys[number - 1]][segment] = unpack_places(blob)
        return read

    def _candidates(self, field: str, part: Part) -> Sequence[str]:
        """The terms that may be meant, as far as the server can tell."""
        fields = [NUMBER[name] for name in ((field, HEAD) if field == "text" else (field,))]
        if part.how == "fuzzy":
            rows = self._rows(_FUZZY, fields, *_near_to(part))
        else:
            rows = self._rows(_WILD, fields, *_fitting(part))
        return [term_text(term) for (term,) in rows]

    @decoding()
    def _read_columns(self) -> None:
        missing = [one.id for one in self._segments if one.id not in self._memory.columns]
        for number, blob in self._rows("select id, columns from {segments} where id = any(%s)", missing):
            self._memory.columns[number] = unpacked_columns(blob)

    def _read_dead(self) -> None:
        nothing = (0, np.empty(0, dtype=np.int64))
        stale = [one.id for one in self._segments if self._memory.dead.get(one.id, nothing)[0] != one.dead]
        slots: dict[int, list[int]] = {segment: [] for segment in stale}
        for segment, slot in self._rows("select segment, slot from {dead} where segment = any(%s)", stale):
            slots[segment].append(slot)
        for segment, dead in slots.items():
            self._memory.dead[segment] = len(dead), np.asarray(dead, dtype=np.int64)

    def _rows(self, statement: LiteralString, *values: Any) -> Iterable[tuple[Any, ...]]:
        """The rows of a statement; none, and nothing asked, for an empty list of things to look for."""
        if any(value == [] for value in values):
            return ()
        return self._connection.cursor(binary=True).execute(self._tables.fill(statement), values)


_SUMS = "select id, lists, digest from {segments}"
_FUZZY = (
    "select distinct term from {terms} where field = any(%s) and letters between %s and %s"
    " and bit_count((signature # %s::bigint)::bit(64)) <= %s"
)
_WILD = (
    "select distinct term from {terms} where field = any(%s) and substr(term, 1, {head}) >= %s"
    " and (%s or substr(term, 1, {head}) < %s) and term like %s::bytea"
)


def _near_to(part: Part) -> tuple[int, int, int, int]:
    length = len(part.term)
    return length - part.edits, length + part.edits, signature(part.term), 2 * part.edits


def _fitting(part: Part) -> tuple[bytes, bool, bytes, bytes]:
    """Where such terms begin, whether and where they end, and an expression that lets a few more through."""
    first = term_bytes(part.beginning)[:HEAD_BYTES]
    behind = first[:-1] + bytes([first[-1] + 1]) if first else b""
    pieces = (re.sub(rb"([\\%_])", rb"\\\1", term_bytes(piece)) for piece in re.split(r"[*?]+", part.term))
    return first, not first, behind, b"%".join(pieces)


def _asked(node: Node, shelf: PostgresShelf) -> Iterator[Key]:
    """Every field and term that the query looks for, those that wild and fuzzy words stand for included."""
    match node:
        case And(children) | Or(children):
            for child in children:
                yield from _asked(child, shelf)
        case Not(child):
            yield from _asked(child, shelf)
        case Near(phrases=phrases):
            for phrase in phrases:
                yield from _asked(phrase, shelf)
        case Phrase(field=field, parts=parts):
            for part in parts:
                yield from ((field, term) for term in expanded(part, field, shelf))
        case Keyword(field=field):
            yield from ((field, term) for term in keyword_terms(node, shelf))


def _joined(arrays: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)
