"""The server of an engine that needs one, for `bench/search.py`: PostgreSQL, made for the run and thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from index.engine import Address
from tests import postgres

SERVED = "postgres"


@contextmanager
def served(engine: str) -> Iterator[Address | None]:
    """Where the engine's index may lie; None for one that keeps it in the folder."""
    if engine != SERVED:
        yield None
        return
    with postgres.serving() as server:
        yield Address(server.database(), "bench")


def size_of(address: Address) -> int:
    """Bytes that all tables of the index and their own indexes take."""
    asked = (
        "select sum(pg_total_relation_size(oid)) from pg_class"
        " where relkind = 'r' and relnamespace = 'bench'::regnamespace"
    )
    with psycopg.connect(address.url) as connection:
        row = connection.execute(asked).fetchone()
        return int(row[0]) if row else 0
