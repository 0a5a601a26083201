"""Where the indexes of tests lie: in a folder, and those of the engine on PostgreSQL in a schema of their own besides.

`open_index` and `rebuild` are those of `index.engines`, with the address that an index in this folder has.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg

from index import engines
from index.engine import ALONE, LOCK_TIMEOUT, Address, Backing, Batch, SearchIndex

SERVED = "postgres"
_NOTE = "schema.txt"


_urls: list[str] = []


def serve(url: str) -> None:
    """Indexes of the engine on PostgreSQL are made in this database from now on."""
    _urls[:] = [url]


def address_of(path: Path) -> Address | None:
    """Where the index that this folder names lies; None where it lies in the folder."""
    note = path / _NOTE
    return Address(_urls[0], note.read_text()) if note.exists() else None


def rebuild(
    path: Path, engine: str = engines.DEFAULT_ENGINE, timeout: float = LOCK_TIMEOUT, backing: Backing = ALONE
) -> AbstractContextManager[Batch]:
    if engine == SERVED and address_of(path) is None:
        path.mkdir(parents=True, exist_ok=True)
        (path / _NOTE).write_text(f"m{uuid4().hex}")
    return engines.rebuild(path, engine, timeout, replace(backing, address=address_of(path)))


def open_index(path: Path, backing: Backing = ALONE) -> SearchIndex:
    return engines.open_index(path, replace(backing, address=address_of(path)))


def kept_states(path: Path) -> int:
    """How many states of the index take up room: one, but for what a rebuild left."""
    address = address_of(path)
    if address is None:
        return len(list(path.glob("pages-*")))
    with psycopg.connect(address.url) as connection:
        asked = "select count(*) from pg_tables where schemaname = %s and tablename like 'pages%%'"
        row = connection.execute(asked, (address.schema,)).fetchone()
        return row[0] if row else 0
