"""Searches that people keep under a name, each for themselves."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.clock import now, stamp
from pipeline.errors import UsageError
from pipeline.records.dialects import insert
from pipeline.records.tables import saved_searches

MOST, LONGEST_NAME = 100, 100


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`query` is the query string of the search page's address."""

    id: int
    name: str
    query: str


def saved_list(tx: sa.Connection, owner: str) -> list[SavedSearch]:
    """A person's searches, by name."""
    query = sa.select(saved_searches).where(saved_searches.c.owner == owner).order_by(saved_searches.c.name)
    return [SavedSearch(row.id, row.name, row.query) for row in tx.execute(query)]


def save(tx: sa.Connection, owner: str, name: str, query: str) -> None:
    """Keep a search; one of the same name gives way. Raises `UsageError` for a name that is none, or too many."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(f"A search needs a name of at most {LONGEST_NAME} characters.", "Give it one.")
    held = {found.name for found in saved_list(tx, owner)}
    if len(held) >= MOST and name not in held:
        raise UsageError(f"There are {MOST} saved searches already.", "Remove one first.")
    row = {"owner": owner, "name": name, "query": query, "at": stamp(now())}
    replaced = {"query": query, "at": row["at"]}
    tx.execute(
        insert(tx, saved_searches)
        .values(row)
        .on_conflict_do_update(index_elements=["owner", "name"], set_=replaced)
    )


def forget(tx: sa.Connection, owner: str, search: int) -> None:
    """Remove a person's search; harmless when it is not theirs."""
    theirs = sa.and_(saved_searches.c.owner == owner, saved_searches.c.id == search)
    tx.execute(sa.delete(saved_searches).where(theirs))
