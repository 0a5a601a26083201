"""Addresses of our own pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode


def with_query(path: str, query: Mapping[str, Any] | list[tuple[str, Any]]) -> str:
    """A path with a query, whose empty values are left out."""
    items = query.items() if isinstance(query, Mapping) else query
    pairs = [(key, value) for key, value in items if value not in ("", None, ())]
    return f"{path}?{urlencode(pairs, doseq=True)}" if pairs else path
