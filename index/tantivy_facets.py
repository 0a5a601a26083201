"""How many documents fall under each value, as Tantivy counts them.

Tantivy counts pages, in no time; which of them are of one document is what takes long. It tells which documents have
matching pages by the numbers of their cards, and what stands on the cards is kept in arrays (`tantivy_cards`). So
documents are counted one by one among few pages. Among many, the pages under each value are counted, and how many of
them come to a document is measured on a sample of documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import tantivy
from tantivy import Occur, Query

from index.entry import Facets
from index.facets import MOST_PARTIES
from index.tantivy_cards import Cards, Counts
from index.tantivy_form import CARD_NUMBER, LEVELS, SAMPLE

EXACT_PAGES = 60_000
"""Up to so many matching pages their documents are counted one by one; beyond, the counts are estimates. Tantivy tells
no more than 65,000 different numbers."""
_SAMPLE_PAGES = 3_000
"""Matching pages in a sample, about: it is half as large as that at least."""
_PARTY_PAGES = 30_000
"""The same for parties: of them a document may have several, which take ten times as long to count."""
_MOST = 10_000
_FIELDS = ("count_kind", "count_claim", "month")
_PARTY = "count_party"


class Matching(NamedTuple):
    """The query and the `total` of pages that match; `pages` are all of them, where they are few enough to be known."""

    schema: tantivy.Schema
    query: Query
    total: int
    pages: Sequence[tantivy.DocAddress] | None = None


def facets(searcher: tantivy.Searcher, matching: Matching, cards: Cards) -> Facets:
    """How many documents with a matching page fall under each value."""
    if not matching.total:
        return Facets()
    estimated = matching.total > EXACT_PAGES
    counts: dict[str, dict[Any, int]]
    if estimated:
        counts = _estimated(searcher, matching, cards)
    elif matching.pages is not None:
        numbers = searcher.fast_field_values(CARD_NUMBER, list(matching.pages))
        counts = _documents(cards.counted(searcher, Counter(int(number or 0) for number in numbers)))
    else:
        counts = _documents(_numbers(searcher, matching.query, cards))
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
        party=dict(list(_ranked(counts[_PARTY]).items())[:MOST_PARTIES]),
        estimated=estimated,
    )


def _documents(found: Mapping[str, Counts]) -> dict[str, dict[Any, int]]:
    return {field: dict(each.documents) for field, each in found.items()}


def _numbers(searcher: tantivy.Searcher, query: Query, cards: Cards) -> dict[str, Counts]:
    """The documents and pages under each value, one by one."""
    asked = {"cards": {"terms": {"field": CARD_NUMBER, "size": EXACT_PAGES}}}
    buckets = searcher.aggregate(query, asked)["cards"]["buckets"]
    return cards.counted(searcher, {int(bucket["key"]): bucket["doc_count"] for bucket in buckets})


def _estimated(searcher: tantivy.Searcher, matching: Matching, cards: Cards) -> dict[str, dict[Any, int]]:
    """The documents under each value: its pages, divided by the pages that come to a document in a sample."""
    whole = _pages(searcher, matching.query, _FIELDS)
    level, rough = _sampled(matching, _PARTY_PAGES)
    often = _pages(searcher, rough, (_PARTY,))[_PARTY]
    whole[_PARTY] = {party: count << level for party, count in often.items()}
    _, small = _sampled(matching, _SAMPLE_PAGES)
    sample = _numbers(searcher, small, cards)
    found = {}
    for field, counts in whole.items():
        seen = sample[field]
        usual = _share(seen.documents.values(), seen.pages.values(), 0, 1.0)
        found[field] = {
            value: max(
                1,
                round(
                    count * _share([seen.documents.get(value, 0)], [seen.pages.get(value, 0)], _SURE, usual)
                ),
            )
            for value, count in counts.items()
        }
    return found


_SURE = 8
"""Pages of a value in the sample for which its own ratio counts as much as that of all values."""


def _share(documents: Iterable[int], pages: Iterable[int], prior: int, usual: float) -> float:
    """Documents for each page of a sample, drawn to what is usual where they are few."""
    seen = prior + sum(pages)
    return min(1.0, (prior * usual + sum(documents)) / seen) if seen else usual


def _sampled(matching: Matching, wanted: int) -> tuple[int, Query]:
    """How often the documents are halved, and the matching pages of those that are left."""
    level = min(LEVELS, (matching.total // wanted).bit_length())
    if not level:
        return 0, matching.query
    within = Query.const_score_query(Query.term_query(matching.schema, SAMPLE, str(level), "basic"), 0.0)
    return level, Query.boolean_query([(Occur.Must, matching.query), (Occur.Must, within)])


def _pages(searcher: tantivy.Searcher, query: Query, fields: Iterable[str]) -> dict[str, dict[Any, int]]:
    """For each field its values, with the pages that have it."""
    asked: Mapping[str, Any] = {field: {"terms": {"field": field, "size": _MOST}} for field in fields}
    found = searcher.aggregate(query, dict(asked))
    return {
        field: {bucket["key"]: bucket["doc_count"] for bucket in found[field]["buckets"]} for field in asked
    }


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
