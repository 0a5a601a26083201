"""The engine on PostgreSQL, for matters that a team shares: `postgres_*.py` are all that knows the server here.

The server keeps the index, shares it and guards it: a batch is a transaction, the one writer holds an advisory lock
that goes when its session goes, a rebuild fills tables beside the old ones and puts them in their place as it
commits. Which pages match is evaluated by the same code as in Whoosh, over lists of places (see `postgres_form`), so
both find and rank the same; what was read of the index is remembered here for as long as it is valid.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from time import perf_counter, sleep
from typing import TypeVar

import numpy as np

from index.engine import LOCK_TIMEOUT, Address, Backing, Batch
from index.entry import Facets, Hit, Results, Sort
from index.errors import IndexDamaged, IndexLocked, ServerUnreachable
from index.evaluate import evaluate
from index.facets import facets, ordered
from index.postgres_form import STATE, TABLES, Shown
from index.postgres_server import Connection, Tables, check_version, connect, guarded, reading, where, writing
from index.postgres_shelf import Memory, PostgresShelf
from index.postgres_write import PostgresBatch
from index.query import NO_FILTERS, Filters, check_part, parse
from index.shelf import doc_ids_of
from index.snippets import snippet, wanted
from index.tree import Phrase

SCHEMA = 1
"""Raise it whenever the stored form or the tokenizer changes: indexes of another number are built anew."""

SWEEPS = 20
"""How often it is tried to drop the tables of an older generation."""

Answer = TypeVar("Answer")


def is_built(backing: Backing) -> bool:
    """Whether there is an index at the address (it may be damaged). Raises `ServerUnreachable`."""
    address = _address(backing)
    with guarded(address), connect(address) as connection:
        row = connection.execute(
            "select to_regclass(quote_ident(%s) || '.state')", (address.schema,)
        ).fetchone()
        return row is not None and row[0] is not None


@contextmanager
def rebuild(backing: Backing, timeout: float = LOCK_TIMEOUT) -> Iterator[Batch]:
    """A batch that becomes the whole index when the block ends; when it fails, the old index stays.

    All of it is one transaction: of a rebuild that is killed the server keeps nothing. Raises `IndexLocked`,
    `ServerUnreachable` or `ServerRefused`.
    """
    address = _address(backing)
    with writing(address, timeout) as connection:
        tables = _new_tables(connection, address.schema)
        batch = PostgresBatch(connection, tables, backing.texts is None)
        yield batch
        batch.flush(merging=False)
        connection.execute(tables.fill("analyze {terms}, {lists}, {pages}"))
        switched = "update {state} set form = %s, generation = %s, version = version + 1"
        connection.execute(tables.fill(switched), (SCHEMA, tables.generation))
    _sweep(address)


def open_shared(backing: Backing) -> PostgresIndex:
    """The index at the address. Raises `IndexDamaged` or `ServerUnreachable`."""
    return PostgresIndex(backing)


def _address(backing: Backing) -> Address:
    if backing.address is None:
        raise ServerUnreachable("No address is given for the engine postgres")
    return backing.address


class PostgresIndex:
    """The index in a schema (see `engine.SearchIndex`)."""

    def __init__(self, backing: Backing) -> None:
        self._connection: Connection | None = None
        self._address = _address(backing)
        self._backing = backing
        self._guard = threading.RLock()
        self._shelf: PostgresShelf | None = None
        self._memory = (Tables(self._address.schema), Memory())
        self._ask(lambda _: None)

    @contextmanager
    def writer(self, timeout: float = LOCK_TIMEOUT) -> Iterator[Batch]:
        with writing(self._address, timeout) as connection:
            tables, _ = _state(connection, self._address)
            batch = PostgresBatch(connection, tables, self._backing.texts is None)
            yield batch
            batch.flush()
            connection.execute(tables.fill("update {state} set version = version + 1"))

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

        def answer(shelf: PostgresShelf) -> tuple[int, list[tuple[Shown, float]], Facets]:
            shelf.expect(tree)
            matches = evaluate(tree, shelf)
            pages = ordered(matches, shelf, sort)
            part = pages[offset:][:limit].tolist()
            scores = [float(matches.score[page]) for page in part]
            return len(pages), list(zip(shelf.shown(part), scores, strict=True)), facets(matches, shelf)

        total, found, counts = self._ask(answer)
        hits = self._hits(found, wanted(tree))
        return Results(total, 1000 * (perf_counter() - started), hits, counts)

    def doc_ids(self) -> frozenset[str]:
        return self._ask(doc_ids_of)

    def count(self) -> int:
        return self._ask(lambda shelf: int(np.count_nonzero(shelf.live)))

    def healthy(self) -> bool:
        try:
            self._ask(lambda shelf: shelf.read_all())
        except IndexDamaged:
            return False
        return True

    def close(self) -> None:
        with self._guard:
            self._shelf = None
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        """Whoever drops an index without closing it keeps no session of the server busy."""
        if self._connection is not None:
            self._connection.close()

    def _hits(self, found: Sequence[tuple[Shown, float]], phrases: tuple[Phrase, ...]) -> tuple[Hit, ...]:
        texts = self._backing.texts_of([(page.doc, page.page, page.text) for page, _ in found])
        return tuple(
            Hit(
                doc=page.doc,
                page=page.page,
                score=score,
                kind=page.kind,
                date=page.date,
                name=page.name,
                title=page.title,
                snippet=snippet(text, phrases),
                claims=page.claims,
                events=page.events,
            )
            for (page, score), text in zip(found, texts, strict=True)
        )

    def _ask(self, question: Callable[[PostgresShelf], Answer]) -> Answer:
        """The answer of the newest state.

        It is asked for again when the server was started anew since the last question, or the tables went because
        the index was rebuilt in the middle of it.
        """
        with self._guard:
            is_first = self._connection is None
            try:
                return self._asked(question)
            except (ServerUnreachable, IndexDamaged):
                self.close()
                if is_first:
                    raise
                return self._asked(question)

    def _asked(self, question: Callable[[PostgresShelf], Answer]) -> Answer:
        if self._connection is None:
            self._connection = reading(self._address)
        with guarded(self._address), self._connection.transaction():
            return question(self._current(self._connection))

    def _current(self, connection: Connection) -> PostgresShelf:
        tables, version = _state(connection, self._address)
        if tables != self._memory[0]:
            self._memory = (tables, Memory())
            self._shelf = None
        if self._shelf is None or version != self._shelf.version:
            self._shelf = PostgresShelf(connection, tables, version, self._memory[1])
        return self._shelf


def _state(connection: Connection, address: Address) -> tuple[Tables, int]:
    """The tables that count, and the version of what is in them. Raises `IndexDamaged`."""
    statement = Tables(address.schema).fill("select form, generation, version from {state}")
    row = connection.execute(statement).fetchone()
    if row is None or row[0] != SCHEMA:
        form = "none" if row is None else str(row[0])
        raise IndexDamaged(
            f"The search index in {where(address)} has form {form}, this version needs {SCHEMA}"
        )
    _, generation, version = row
    return Tables(address.schema, generation), version


def _new_tables(connection: Connection, schema: str) -> Tables:
    """Empty tables of the next generation."""
    check_version(connection)
    first = Tables(schema)
    connection.execute(first.fill(STATE))
    begun = "insert into {state} (form, generation, version, next_segment, next_page) values (%s, 0, 0, 1, 1)"
    connection.execute(first.fill(f"{begun} on conflict do nothing"), (SCHEMA,))
    row = connection.execute(first.fill("select generation from {state}")).fetchone()
    known = [row[0] if row else 0, *(number for number, _ in _numbered(connection, schema))]
    tables = Tables(schema, max(known) + 1)
    connection.execute(tables.fill(TABLES))
    return tables


def _numbered(connection: Connection, schema: str) -> list[tuple[int, str]]:
    """The tables of all generations, each with its number."""
    found = connection.execute(
        "select substring(tablename from '_([0-9]+)$')::integer, tablename from pg_tables"
        " where schemaname = %s and tablename ~ '_[0-9]+$' order by 1, 2",
        (schema,),
    )
    return found.fetchall()


def _sweep(address: Address) -> None:
    """Drops the tables of older generations, as soon as nobody reads them; what cannot go now goes the next time."""
    for _ in range(SWEEPS):
        with suppress(IndexLocked, ServerUnreachable), writing(address, 0.1) as connection:
            tables, _ = _state(connection, address)
            old = [
                name for number, name in _numbered(connection, address.schema) if number != tables.generation
            ]
            if old:
                # waiting for one of them while holding another could stop a reader, and be stopped by it
                connection.execute(tables.of(old, "lock table {of} in access exclusive mode nowait"))
                connection.execute(tables.of(old, "drop table {of}"))
            return
        sleep(0.05)
