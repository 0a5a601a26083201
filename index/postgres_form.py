"""The form in which pages are kept in PostgreSQL: tables, columns of a segment, and what is shown of a page.

    state       one row: the form, the generation that counts, its version, and the next free numbers
    terms_N     the dictionary: field, term, and what a look for wild and fuzzy words is narrowed by
    lists_N     for each term and segment where the term stands, packed (`packing`)
    segments_N  pages that were written together: how many, and their columns, packed
    dead_N      pages of segments that were replaced or deleted since
    pages_N     what is needed to show a page

Terms and texts are kept as bytes: a database's text holds no NUL and no lone surrogate, and is put in order by its
own rules; bytes in UTF-8 are in the order of code points everywhere.
"""

from __future__ import annotations

import datetime
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.entry import PageEntry
from index.fields import KEYWORD_FIELDS, TEXT_FIELDS
from index.packing import whole_amount
from index.shelf import SEPARATOR, Coded
from index.terms import HEAD

FIELDS = (*TEXT_FIELDS, HEAD, *KEYWORD_FIELDS)
"""The fields by their numbers in `terms`."""
NUMBER = {name: number for number, name in enumerate(FIELDS)}
NUMBERS = ("page", "date", "length", "id")
"""Columns of whole numbers; `id` is the page's in `pages`."""
CODED = ("doc", "kind", "name", "claims", "parties")
"""Columns of strings."""

TABLES = """
    create table {terms} (
        id integer primary key, field smallint not null, term bytea not null,
        letters integer not null, signature bigint not null
    );
    create index on {terms} (field, substr(term, 1, {head}));
    create table {lists} (
        term integer not null, segment integer not null, list bytea not null, primary key (term, segment)
    );
    create index on {lists} (segment);
    create table {segments} (
        id integer primary key, pages integer not null, dead integer not null default 0,
        lists integer not null, digest bigint not null, columns bytea not null
    );
    create table {dead} (segment integer not null, slot integer not null, primary key (segment, slot));
    create table {pages} (id bigint primary key, shown bytea not null, text bytea);
    alter table {lists} alter list set storage external;
    alter table {segments} alter columns set storage external;
    alter table {pages} alter shown set storage external, alter text set storage external;
"""
"""All is packed already, or small: the server need not try to compress it."""

STATE = """
    create schema if not exists {schema};
    create table if not exists {state} (
        one boolean primary key default true check (one), form integer not null, generation integer not null,
        version bigint not null, next_segment integer not null, next_page bigint not null
    );
"""


@dataclass(frozen=True)
class Columns:
    """One value for each page of a segment; `amounts` are the page of each and its packed value."""

    numbers: Mapping[str, NDArray[np.int64]]
    coded: Mapping[str, Coded]
    amounts: tuple[NDArray[np.int64], NDArray[np.int64]]

    def kept(self, slots: NDArray[np.int64]) -> Columns:
        """The columns of these pages alone, numbered anew."""
        renumbered = np.full(len(self.numbers["page"]), -1, dtype=np.int64)
        renumbered[slots] = np.arange(len(slots))
        pages = renumbered[self.amounts[0]]
        return Columns(
            {name: column[slots] for name, column in self.numbers.items()},
            {name: Coded(column.codes[slots], column.values) for name, column in self.coded.items()},
            (pages[pages >= 0], self.amounts[1][pages >= 0]),
        )


class Shown(NamedTuple):
    """What a hit tells of its page; `text` is None where the index does not hold it."""

    doc: str
    page: int
    kind: str
    date: datetime.date | None
    name: str
    title: str | None
    claims: tuple[str, ...]
    events: tuple[str, ...]
    text: str | None


def columns_of(entries: Sequence[PageEntry], lengths: Sequence[int], first_id: int) -> Columns:
    """The columns of new pages, whose rows in `pages` count from `first_id`."""
    numbers = {
        "page": [entry.page for entry in entries],
        "date": [entry.date.toordinal() if entry.date else 0 for entry in entries],
        "length": lengths,
        "id": range(first_id, first_id + len(entries)),
    }
    coded = {
        "doc": [entry.doc for entry in entries],
        "kind": [entry.kind for entry in entries],
        "name": [entry.name for entry in entries],
        "claims": [SEPARATOR.join(entry.claims) for entry in entries],
        "parties": [SEPARATOR.join(entry.parties) for entry in entries],
    }
    amounts = [(slot, whole_amount(amount)) for slot, entry in enumerate(entries) for amount in entry.amounts]
    pairs = np.asarray(amounts, dtype=np.int64).reshape(-1, 2)
    return Columns(
        {name: np.asarray(column, dtype=np.int64) for name, column in numbers.items()},
        {name: _coded(column) for name, column in coded.items()},
        (pairs[:, 0], pairs[:, 1]),
    )


def _coded(strings: Sequence[str]) -> Coded:
    codes: dict[str, int] = {}
    numbers = [codes.setdefault(string, len(codes)) for string in strings]
    return Coded(np.asarray(numbers, dtype=np.int64), list(codes))


def joined(parts: Sequence[Columns]) -> Columns:
    """The columns of several segments, one behind the other."""
    firsts = np.cumsum([0, *(len(part.numbers["page"]) for part in parts)])[: len(parts)]
    return Columns(
        {name: _appended([part.numbers[name] for part in parts]) for name in NUMBERS},
        {name: joined_codes([part.coded[name] for part in parts]) for name in CODED},
        (
            _appended([part.amounts[0] + first for part, first in zip(parts, firsts, strict=True)]),
            _appended([part.amounts[1] for part in parts]),
        ),
    )


def joined_codes(parts: Sequence[Coded]) -> Coded:
    """Columns of strings, one behind the other; values that no page has any more are left out."""
    numbers: dict[str, int] = {}
    codes = []
    for part in parts:
        used = np.unique(part.codes)
        renumbered = np.zeros(len(part.values), dtype=np.int64)
        renumbered[used] = [numbers.setdefault(part.values[code], len(numbers)) for code in used.tolist()]
        codes.append(renumbered[part.codes])
    return Coded(_appended(codes), list(numbers))


def _appended(arrays: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(arrays) if arrays else np.empty(0, dtype=np.int64)


def packed_columns(columns: Columns) -> bytes:
    """The columns as bytes: the strings and the lengths as JSON, then the numbers."""
    arrays = [
        *(columns.numbers[name] for name in NUMBERS),
        *(columns.coded[name].codes for name in CODED),
        *columns.amounts,
    ]
    said = {"lengths": [len(one) for one in arrays], "values": [columns.coded[name].values for name in CODED]}
    head = json.dumps(said).encode()
    data = b"".join(array.astype("<i8").tobytes() for array in arrays)
    return zlib.compress(len(head).to_bytes(8, "little") + head + data, 1)


def unpacked_columns(blob: bytes) -> Columns:
    """What `packed_columns` made into bytes."""
    raw = zlib.decompress(blob)
    start = 8 + int.from_bytes(raw[:8], "little")
    said = json.loads(raw[8:start])
    arrays = []
    for length in said["lengths"]:
        arrays.append(np.frombuffer(raw, "<i8", length, start).astype(np.int64, copy=False))
        start += 8 * length
    numbers = dict(zip(NUMBERS, arrays, strict=False))
    codes = zip(CODED, arrays[len(NUMBERS) :], said["values"], strict=False)
    return Columns(numbers, {name: Coded(of, values) for name, of, values in codes}, (arrays[-2], arrays[-1]))


def packed_page(entry: PageEntry) -> bytes:
    """What is shown of a page, as bytes."""
    date = entry.date.isoformat() if entry.date else None
    shown = [entry.doc, entry.page, entry.kind, date, entry.name, entry.title, entry.claims, entry.events]
    return json.dumps(shown).encode()


def unpacked_page(blob: bytes, text: bytes | None) -> Shown:
    """What `packed_page` made into bytes, and `packed_text` where the text is kept."""
    doc, page, kind, date, name, title, claims, events = json.loads(blob)
    day = datetime.date.fromisoformat(date) if date else None
    return Shown(doc, page, kind, day, name, title, tuple(claims), tuple(events), _text(text))


def packed_text(text: str) -> bytes:
    """A page's text as bytes."""
    return zlib.compress(term_bytes(text))


def _text(blob: bytes | None) -> str | None:
    return None if blob is None else term_text(zlib.decompress(blob))


def term_bytes(term: str) -> bytes:
    """A term, or any text, as it is kept."""
    return term.encode("utf-8", "surrogatepass")


def term_text(kept: bytes) -> str:
    """A term, or any text, as it was."""
    return kept.decode("utf-8", "surrogatepass")


def signature(term: str) -> int:
    """Which letters a term has, as 63 bits. One letter put in, left out or changed turns at most two of them over."""
    bits = 0
    for char in term:
        bits |= 1 << ord(char) % 63
    return bits
