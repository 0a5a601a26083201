from __future__ import annotations

import datetime
import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Box, Cell, Mark, PageText, Word, assemble
from extractors.facts.fact import Day, Fact, Money
from pipeline.records import codec

fractions = st.floats(0, 1)
boxes = st.builds(Box.clamped, fractions, fractions, fractions, fractions)
words = st.builds(
    Word, st.integers(0, 10**6), st.integers(0, 10**6), boxes, st.one_of(st.none(), st.floats(0, 1, width=32))
)
days = st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31))
money = st.builds(
    Money, st.decimals(allow_nan=False, allow_infinity=False, places=2), st.sampled_from([None, "USD", "CNY"])
)


@given(st.lists(words, max_size=20))
def test_words_come_back_as_they_were(found: list[Word]) -> None:
    assert codec.unpack_words(codec.pack_words(found)) == tuple(found)


@given(st.lists(st.builds(Cell, *[st.integers(0, 10**6)] * 5), max_size=20))
def test_cells_come_back_as_they_were(found: list[Cell]) -> None:
    assert codec.unpack_cells(codec.pack_cells(found)) == tuple(found)


offsets = st.integers(-840, 840).map(lambda n: datetime.timezone(datetime.timedelta(minutes=n)))
clocks = st.one_of(st.none(), st.times(), st.times(timezones=offsets))
marks = st.builds(Mark, st.sampled_from(["seal", "stamp", "handwriting"]), boxes, st.floats(0, 1))


@given(st.lists(marks, max_size=5))
def test_marks_come_back_as_they_were(found: list[Mark]) -> None:
    document = assemble([PageText("", 595.0, 842.0, marks=tuple(found))], "image/png")
    rows = json.loads(
        json.dumps([{**row, "words": "", "cells": ""} for row in codec.reading_rows(document).pages])
    )
    placed = [{key: value for key, value in row.items() if key not in codec.PLACES} for row in rows]
    assert codec.page_of(placed[0]).marks == tuple(found)


@given(
    st.one_of(
        st.tuples(st.just("date"), st.builds(Day, days, st.one_of(st.none(), days), clocks)),
        st.tuples(st.just("amount"), money),
        st.tuples(st.sampled_from(["party", "reference"]), st.text(min_size=1)),
    ),
    st.lists(st.text(), max_size=2),
)
def test_facts_come_back_as_they_were(kind_and_value: tuple, doubts: list[str]) -> None:
    kind, value = kind_and_value
    fact = Fact(kind, "mentioned", value, 3, 9, 0.5, "rule", "why", tuple(doubts))
    assert codec.fact_of(codec.fact_row(0, fact)) == fact


def test_a_total_keeps_its_cents() -> None:
    fact = Fact("amount", "total", Money(Decimal("1250000.00"), "USD"), 0, 1, 1.0, "rule")
    assert codec.fact_row(0, fact)["value"] == "1250000.00"
