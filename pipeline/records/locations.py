"""Where the records of a matter lie: a SQLite file in the workspace's folder, or a PostgreSQL server for a team."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from pipeline.errors import UsageError

DRIVERS = ("postgresql", "postgres", "postgresql+psycopg")
SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_SECRET = ("password", "passfile", "sslpassword")


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a PostgreSQL server: its URL, and the schema in it where that is not the user's usual one."""

    url: str
    schema: str | None = None

    def address(self) -> sa.URL:
        """The URL for SQLAlchemy. Raises `UsageError` for what is no address of a PostgreSQL database."""
        try:
            found = sa.make_url(self.url)
        except (ArgumentError, ValueError):
            raise UsageError(
                "The address of the database cannot be read.", _FORM
            ) from None  # the URL may hold a password
        if found.drivername not in DRIVERS or not found.database:
            raise UsageError("This is no address of a PostgreSQL database.", _FORM)
        return found.set(drivername="postgresql+psycopg")

    @property
    def shown(self) -> str:
        """The address as people may see it: without any password."""
        found = self.address().set(drivername="postgresql", password=None)
        open_to_see = {key: value for key, value in found.query.items() if key not in _SECRET}
        where = found.set(query=open_to_see).render_as_string()
        return f"{where}, schema {self.schema}" if self.schema else where


Location = Path | Server
"""A SQLite file, or a database on a server."""
_FORM = "Write it as postgresql://user@host/database; the password belongs into PGPASSWORD or PGPASSFILE."
