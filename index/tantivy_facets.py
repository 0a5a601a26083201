"""How many documents fall under each value, as Tantivy counts them."""

from __future__ import annotations

from typing import Any

import tantivy

from index.entry import Facets
from index.facets import MOST_PARTIES

EXACT_PAGES = 3_000
"""Up to so many matching pages their documents are counted one by one; beyond, the counts are estimates (about 1 %)."""
_MOST = 10_000


def facets(searcher: tantivy.Searcher, query: tantivy.Query, pages: int) -> Facets:
    """How many documents with one of the `pages` matching pages fall under each value."""
    documents: dict[str, Any] = (
        {"terms": {"field": "doc", "size": EXACT_PAGES}}
        if pages <= EXACT_PAGES
        else {"cardinality": {"field": "doc"}}
    )
    asked = {
        field: {"terms": {"field": field, "size": _MOST}, "aggs": {"documents": documents}}
        for field in ("count_kind", "count_claim", "year", "month", "count_party")
    }
    found = searcher.aggregate(query, asked)
    counts = {field: _counted(found[field]["buckets"]) for field in asked}
    months = {f"{month[:-2]}-{month[-2:]}": often for month, often in counts["month"].items()}
    return Facets(
        kind=_ranked(counts["count_kind"]),
        claim=_ranked(counts["count_claim"]),
        year=dict(sorted(counts["year"].items(), reverse=True)),
        month=dict(sorted(months.items(), reverse=True)),
        party=dict(list(_ranked(counts["count_party"]).items())[:MOST_PARTIES]),
    )


def _counted(buckets: list[dict[str, Any]]) -> dict[str, int]:
    return {_key(bucket["key"]): _documents(bucket["documents"]) for bucket in buckets}


def _key(key: str | float) -> str:
    return key if isinstance(key, str) else f"{int(key):04}"


def _documents(found: dict[str, Any]) -> int:
    return len(found["buckets"]) if "buckets" in found else round(found["value"])


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
