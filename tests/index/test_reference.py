"""Random queries on random pages, against an evaluation that is slow, simple and shares no code with ours.

A page here is a list of words from a small vocabulary, so cutting it into words needs no tokenizer.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.engine import SearchIndex
from index.entry import PageEntry

OpenWith = Callable[[Iterable[PageEntry]], SearchIndex]

WORDS = ("delay", "delays", "decay", "site", "late", "工", "期", "延")
KINDS = ("invoice", "minutes", "photo")
DAY = datetime.date(2023, 1, 1)


@dataclass(frozen=True)
class Sample:
    """A page as a list of words, with its facts."""

    words: tuple[str, ...]
    kind: str
    day: int | None
    amounts: tuple[int, ...]

    def entry(self, number: int) -> PageEntry:
        return PageEntry(
            doc=f"d{number:03d}",
            page=1,
            text=" ".join(self.words),
            name=".",
            kind=self.kind,
            date=None if self.day is None else DAY + datetime.timedelta(days=self.day),
            amounts=tuple(Decimal(cents) / 100 for cents in self.amounts),
        )


@dataclass(frozen=True)
class Ask:
    """A query: how it is written, and which samples it means."""

    text: str
    fits: Callable[[Sample], bool]


def positions(sample: Sample, word: str) -> list[int]:
    return [at for at, one in enumerate(sample.words) if one == word]


def phrase(words: tuple[str, ...]) -> Ask:
    size = len(words)
    return Ask(
        '"' + " ".join(words) + '"',
        lambda s: any(s.words[at : at + size] == words for at in range(len(s.words) - size + 1)),
    )


def near(words: tuple[str, ...], slop: int) -> Ask:
    def fits(sample: Sample) -> bool:
        for chosen in product(*(positions(sample, word) for word in words)):
            if len(set(chosen)) == len(words) and max(chosen) - min(chosen) + 1 - len(words) <= slop:
                return True
        return False

    return Ask(f'"{" ".join(words)}"~{slop}', fits)


def wild(pattern: str) -> Ask:
    fits = re.compile(pattern.replace("*", "[a-z]*").replace("?", "[a-z]")).fullmatch
    return Ask(pattern, lambda s: any(fits(word) for word in s.words))


def dated(low: int, high: int) -> Ask:
    first, last = (DAY + datetime.timedelta(days=days) for days in (low, high))
    return Ask(f"date:[{first} TO {last}]", lambda s: s.day is not None and low <= s.day <= high)


def costing(low: int, high: int, low_open: bool, high_open: bool) -> Ask:
    def fits(sample: Sample) -> bool:
        return any(
            (low < cents or (cents == low and not low_open))
            and (cents < high or (cents == high and not high_open))
            for cents in sample.amounts
        )

    brackets = ("{" if low_open else "[") + f"{Decimal(low) / 100} TO {Decimal(high) / 100}"
    return Ask(f"amount:{brackets}" + ("}" if high_open else "]"), fits)


def all_of(asks: list[Ask]) -> Ask:
    return Ask("(" + " ".join(ask.text for ask in asks) + ")", lambda s: all(ask.fits(s) for ask in asks))


def any_of(asks: list[Ask]) -> Ask:
    return Ask("(" + " OR ".join(ask.text for ask in asks) + ")", lambda s: any(ask.fits(s) for ask in asks))


def none_of(ask: Ask) -> Ask:
    return Ask(f"-{ask.text}", lambda s: not ask.fits(s))


words = st.sampled_from(WORDS)
some_words = st.lists(words, min_size=2, max_size=3).map(tuple)
different_words = st.lists(words, min_size=2, max_size=3, unique=True).map(tuple)
bounds = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted)
leaves = st.one_of(
    words.map(lambda word: Ask(word, lambda s: word in s.words)),
    some_words.map(phrase),
    st.builds(near, different_words, st.integers(0, 6)),
    st.sampled_from(("d*", "*lay", "de?ay", "*e*", "s?te", "x*", "delay?")).map(wild),
    st.sampled_from(KINDS).map(lambda kind: Ask(f"kind:{kind}", lambda s: s.kind == kind)),
    bounds.map(lambda pair: dated(*pair)),
    st.builds(lambda pair, low, high: costing(*pair, low, high), bounds, st.booleans(), st.booleans()),
    st.just(Ask("delay~1", lambda s: not {"delay", "delays", "decay"}.isdisjoint(s.words))),
)
asks = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(all_of),
        st.lists(inner, min_size=1, max_size=3).map(any_of),
        inner.map(none_of),
    ),
    max_leaves=6,
)
samples = st.builds(
    Sample,
    st.lists(words, max_size=9).map(tuple),
    st.sampled_from(KINDS),
    st.none() | st.integers(0, 8),
    st.lists(st.integers(0, 8), max_size=2).map(tuple),
)


def check(index: SearchIndex, corpus: list[Sample], ask: Ask) -> None:
    results = index.search(ask.text, limit=len(corpus))
    expected = {f"d{number:03d}" for number, sample in enumerate(corpus) if ask.fits(sample)}
    assert {hit.doc for hit in results.hits} == expected
    assert results.total == len(expected) == sum(results.facets.kind.values())


@pytest.fixture(scope="module")
def corpus() -> list[Sample]:
    state, made = 7, []
    for _ in range(150):
        chosen = []
        for _ in range(4 + state % 9):
            state = (state * 1103515245 + 12345) % 2**31
            chosen.append(state >> 8)
        facts = chosen[0]
        day = facts // 3 % 10
        amounts = tuple(number % 9 for number in chosen[: facts % 3])
        kind, picked = KINDS[facts % 3], tuple(WORDS[number % 8] for number in chosen)
        made.append(Sample(picked, kind, day if day < 9 else None, amounts))
    return made


@pytest.fixture(scope="module")
def index(open_with: OpenWith, corpus: list[Sample]) -> SearchIndex:
    """The corpus in several segments, some of its pages replaced."""
    index = open_with(sample.entry(number) for number, sample in enumerate(corpus[:90]))
    for first in range(80, 150, 10):
        with index.writer() as batch:
            for number in range(first, first + 10):
                batch.replace(f"d{number:03d}", [corpus[number].entry(number)])
    return index


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ask=asks)
def test_random_queries(index: SearchIndex, corpus: list[Sample], ask: Ask) -> None:
    check(index, corpus, ask)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corpus=st.lists(samples, max_size=6), ask=asks)
def test_random_pages(open_with: OpenWith, corpus: list[Sample], ask: Ask) -> None:
    index = open_with(sample.entry(number) for number, sample in enumerate(corpus))
    check(index, corpus, ask)
    index.close()


han_texts = st.text(alphabet="工期延误移，\n A", max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(han_texts, min_size=1, max_size=5),
    queries=st.lists(st.text("工期延误", min_size=1), max_size=8),
)
def test_chinese_is_found_wherever_it_stands(
    open_with: OpenWith, texts: list[str], queries: list[str]
) -> None:
    """A run of Han characters is found exactly where the text without its white space holds it."""
    index = open_with(PageEntry(f"d{number}", 1, text, ".") for number, text in enumerate(texts))
    bare = [re.sub(r"\s", "", re.sub(r"(?<=A)\s+(?=\w)|(?<=\w)\s+(?=A)", "", text)) for text in texts]
    substrings = [text[at : at + 3] for text in bare for at in range(0, len(text), 4)]
    for query in [*queries, *(part for part in substrings if re.fullmatch("[工期延误移]+", part))]:
        expected = {f"d{number}" for number, text in enumerate(bare) if query in text}
        assert {hit.doc for hit in index.search(query).hits} == expected
    index.close()
