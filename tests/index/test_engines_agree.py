"""All engines find the same pages: random queries on random pages of everything that makes searching hard."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.engine import SearchIndex
from index.engines import engine_names
from index.entry import PageEntry
from index.errors import QueryError
from tests.index.places import open_index, rebuild

BITS = (
    *("late", "later", "delay", "delays", "site", "possession", "posses-\nsion", "sub-\nmission", "co-op"),
    *("GC/L/0145", "GC/L/0146", "C-2023/017", "INV-2023-001", "1,250.00", "12,345,678", "1250", "250", "00"),
    *(
        "Harbour’s",
        "Harbour",
        "Café",
        "İstanbul",
        "Ａ区",
        "A区",
        "工期延误",
        "工 期",
        "延\n误",
        "工程款",
        "，",
        "。",
    ),
    *("第1,250号", "会議紀要", "会议纪要", "误期", "期工", "期"),
)
QUERIES = (
    *BITS,
    *("delay*", "*ss*", "?ate", "s?te", "GC/L/01*", "GC/*/0145", "*", "possesion~1", "posesion~2", "dealy~1"),
    *(
        "la~2",
        "a~1",
        "GC/L/0145~1",
        "GC/L/0155~1",
        "工期延务~1",
        "工?延误",
        "工期*",
        "A区*",
        "?",
        "??",
        "12*",
        "1250~1",
    ),
    *(
        '"late site"~3',
        '"site late delay"~6',
        '"工期 延误"~5',
        '"late 工期"~9',
        '"delay delay"~8',
        '"1250 site"~2',
    ),
    *(
        '"250 第1,250号"~0',
        '"late delays site"~40',
        '"工 误"~0',
        '"possession late"~1',
        '"GC/L/0145 late"~4',
        '"late site"~0',
    ),
    *(
        "party:harbour",
        "party:harb*",
        "name:gc",
        "ref:GC/L/014*",
        "claim:*",
        "date:2023-03",
        "amount:[100 TO 900]",
    ),
    *(
        "title:later",
        'title:"late later"~3',
        "path:scan",
        'path:"scan late"~2',
        "doc:0",
        "state:ok",
        "party:harbor~1",
    ),
)


def corpus() -> list[PageEntry]:
    """Documents of one to three pages, the same in every run."""
    random = Random(20230314)  # noqa: S311 - the same in every run

    def text(most: int) -> str:
        return " ".join(random.choices(BITS, k=random.randint(0, most)))

    def document(number: int) -> Iterator[PageEntry]:
        day = datetime.date(2023, 1, 1) + datetime.timedelta(days=random.randrange(200))
        first = PageEntry(
            doc=f"{number:03x}",
            page=1,
            text=text(25),
            name=f"GC-{number}.pdf",
            title=text(3) or None,
            date=day if number % 4 else None,
            parties=(text(2), "Harbour Civil") if number % 2 else (),
            aliases=(text(2),),
            claims=("CLM-001",) if number % 3 else (),
            paths=(f"scan/late/{number}.pdf",),
        )
        for page in range(1, random.randint(1, 3) + 1):
            amounts = (Decimal(random.randint(-100, 2000)),) * (page % 3)
            references = (f"GC/L/01{random.randint(40, 50)}",)
            yield replace(first, page=page, text=text(25), amounts=amounts, references=references)

    return [entry for number in range(120) for entry in document(number)]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory, search_server: str) -> Iterator[Sequence[SearchIndex]]:
    opened = []
    for engine in engine_names():
        path = tmp_path_factory.mktemp(engine)
        with rebuild(path, engine) as batch:
            for doc, pages in groupby(corpus(), key=lambda entry: entry.doc):
                batch.replace(doc, pages)
        opened.append(open_index(path))
    yield opened
    for index in opened:
        index.close()


def answer(index: SearchIndex, query: str) -> object:
    try:
        found = index.search(query, limit=1000)
    except QueryError as error:
        return error.message
    return {(hit.doc, hit.page): (hit.snippet, hit.date, hit.title) for hit in found.hits}, found.facets


@pytest.mark.parametrize("query", QUERIES)
def test_every_kind_of_query(engines: Sequence[SearchIndex], query: str) -> None:
    answers = [answer(index, query) for index in engines]
    assert all(one == answers[0] for one in answers)


def test_there_is_something_to_find(engines: Sequence[SearchIndex]) -> None:
    """Were most queries to find nothing, agreeing would prove little."""
    found = [query for query in QUERIES if engines[0].search(query).total]
    assert len(found) > 0.9 * len(QUERIES)


bits = st.sampled_from(QUERIES)
phrases = st.lists(st.sampled_from(BITS), min_size=2, max_size=4).map(lambda found: f'"{" ".join(found)}"')
near = st.builds(lambda words, slop: f"{words}~{slop}", phrases, st.integers(0, 12))
queries = st.recursive(
    bits | phrases | near,
    lambda inner: st.one_of(
        st.builds(lambda one, two: f"({one} {two})", inner, inner),
        st.builds(lambda one, two: f"({one} OR {two})", inner, inner),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries)
def test_random_queries(engines: Sequence[SearchIndex], query: str) -> None:
    answers = [answer(index, query) for index in engines]
    assert all(one == answers[0] for one in answers)


FAR = "one two three four five six seven eight nine ten eleven twelve"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f'"1 250 {FAR}"', set()),
        (f'"1250 {FAR}"', {1}),
        (f'"250 {FAR}"', set()),
        (f'"1 {FAR}"', {1}),
        ('"250 twelve"~30', {1}),
        ('"250 twelve"~5', set()),
        ('"possession twelve"~30', {2}),
        (f'"possession {FAR}"', {2}),
        (f'posession~1 AND "250 {FAR.replace(" one", " on?")}"', set()),
        ('"250 twelve 1"~300', {1}),
    ],
)
@pytest.mark.usefixtures("search_server")
def test_words_that_share_a_place_with_others_far_away(tmp_path: Path, query: str, found: set[int]) -> None:
    pages = [PageEntry("d", 1, f"sum 1,250 {FAR}", "x"), PageEntry("d", 2, f"late posses-\nsion {FAR}", "x")]
    for engine in engine_names():
        with rebuild(tmp_path / engine, engine) as batch:
            batch.replace("d", pages)
        index = open_index(tmp_path / engine)
        assert {hit.page for hit in index.search(query).hits} == found, engine
        index.close()
