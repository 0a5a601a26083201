"""Time for the records: aware, UTC, to the second, in the form of the contract."""

from __future__ import annotations

import datetime


def now() -> datetime.datetime:
    """The present moment, aware, UTC."""
    return datetime.datetime.now(datetime.UTC)


def stamp(moment: datetime.datetime) -> str:
    """`2023-03-20T09:12:44Z`."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
