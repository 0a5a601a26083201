"""Addresses of our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


def neighbours(path: str, query: Mapping[str, Any], offset: int, rows: int, total: int) -> dict[str, Any]:
    """`before` and `after`: the addresses of the stretches of a list beside the one that begins behind `offset`; None
    where there is no such stretch."""
    earlier, later = max(0, offset - rows) or None, offset + rows
    return {
        "before": with_query(path, {**query, "offset": earlier}) if offset else None,
        "after": with_query(path, {**query, "offset": later}) if later < total else None,
    }


def with_query(path: str, query: Mapping[str, Any] | list[tuple[str, Any]]) -> str:
    """A path with a query, whose empty values are left out."""
    items = query.items() if isinstance(query, Mapping) else query
    pairs = [(key, value) for key, value in items if value not in ("", None, ())]
    return f"{path}?{urlencode(pairs, doseq=True)}" if pairs else path
