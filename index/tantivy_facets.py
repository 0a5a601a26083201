"""How many documents fall under each value, as Tantivy counts them.

Tantivy counts pages, in no time; which of them are of one document is what takes long. So documents are counted one
by one among few pages only. Among many, the pages under each value are counted, all of them, and how many of them
come to a document is measured on a sample of documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import tantivy
from tantivy import Occur, Query

from index.entry import Facets
from index.facets import MOST_PARTIES
from index.tantivy_form import DOCUMENT, LEVELS, SAMPLE

EXACT_PAGES = 1_500
"""Up to so many matching pages their documents are counted one by one; beyond, the counts are estimates."""
_SAMPLE_PAGES = 3_000
"""Matching pages in a sample, about: it is half as large as that at least."""
_MOST = 10_000
_FIELDS = ("count_kind", "count_claim", "month", "count_party")


def facets(searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, pages: int) -> Facets:
    """How many documents with one of the `pages` matching pages fall under each value."""
    if not pages:
        return Facets()
    counts = _counted(searcher, query) if pages <= EXACT_PAGES else _estimated(searcher, schema, query, pages)
    months = {
        f"{int(month) // 100:04}-{int(month) % 100:02}": often for month, often in counts["month"].items()
    }
    years: Counter[str] = Counter()
    for month, often in months.items():
        years[month[:4]] += often
    return Facets(
        kind=_ranked(counts["count_kind"]),
        claim=_ranked(counts["count_claim"]),
        year=dict(sorted(years.items(), reverse=True)),
        month=dict(sorted(months.items(), reverse=True)),
        party=dict(list(_ranked(counts["count_party"]).items())[:MOST_PARTIES]),
    )


def _counted(searcher: tantivy.Searcher, query: Query) -> dict[str, dict[Any, int]]:
    """The documents under each value, one by one."""
    each = {"documents": {"terms": {"field": DOCUMENT, "size": EXACT_PAGES}}}
    found = _grouped(searcher, query, each)
    return {
        field: {value: len(bucket["documents"]["buckets"]) for value, bucket in buckets.items()}
        for field, buckets in found.items()
    }


def _estimated(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: Query, pages: int
) -> dict[str, dict[Any, int]]:
    """The documents under each value: its pages, divided by the pages that come to a document in a sample."""
    sampled = _sampled(schema, query, pages)
    each = {"documents": {"cardinality": {"field": DOCUMENT}}}
    whole, sample = _grouped(searcher, query, {}), _grouped(searcher, sampled, each)
    found = {}
    for field, buckets in whole.items():
        usual = _share(sample[field].values(), 0, 1.0)
        found[field] = {
            value: max(1, round(bucket["doc_count"] * _share([sample[field].get(value)], _SURE, usual)))
            for value, bucket in buckets.items()
        }
    return found


_SURE = 8
"""Pages of a value in the sample for which its own ratio counts as much as that of all values."""


def _share(buckets: Any, prior: int, usual: float) -> float:
    """Documents for each page in some buckets of a sample, drawn to what is usual where they are small."""
    known = [bucket for bucket in buckets if bucket is not None]
    pages = prior + sum(bucket["doc_count"] for bucket in known)
    documents = prior * usual + sum(bucket["documents"]["value"] for bucket in known)
    return min(1.0, documents / pages) if pages else usual


def _sampled(schema: tantivy.Schema, query: Query, pages: int) -> Query:
    """The matching pages of a sample of documents."""
    level = min(LEVELS, (pages // _SAMPLE_PAGES).bit_length())
    if not level:
        return query
    within = Query.term_query(schema, SAMPLE, str(level), "basic")
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])


def _grouped(
    searcher: tantivy.Searcher, query: Query, each: Mapping[str, Any]
) -> dict[str, dict[Any, dict[str, Any]]]:
    """For each field its values, with the pages that have it and what is asked of `each`."""
    inner = {"aggs": each} if each else {}
    asked = {field: {"terms": {"field": field, "size": _MOST}} | inner for field in _FIELDS}
    found = searcher.aggregate(query, asked)
    return {field: {bucket["key"]: bucket for bucket in found[field]["buckets"]} for field in _FIELDS}


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
