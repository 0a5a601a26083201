from __future__ import annotations

import datetime
import pickle
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import FilterError, QueryError
from index.query import Filters, parse
from index.tree import AmountRange, And, DateRange, Everything, Keyword, Near, Node, Not, Or, Part, Phrase


def word(*terms: str, field: str = "text") -> Phrase:
    return Phrase(field, tuple(Part(term, offset) for offset, term in enumerate(terms)), len(terms))


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


YEAR = DateRange(day("2023-01-01"), day("2023-12-31"))
MARCH = DateRange(day("2023-03-01"), day("2023-03-31"))
A, B, C = word("a"), word("b"), word("c")

GOOD: list[tuple[str, Node]] = [
    ("", Everything()),
    ("  ", Everything()),
    ("*", Everything()),
    ("a b", And((A, B))),
    ("a AND b", And((A, B))),
    ("a && b || c", Or((And((A, B)), C))),
    ("a OR b c", Or((A, And((B, C))))),
    ("(a OR b) c", And((Or((A, B)), C))),
    ("-a", Not(A)),
    ("a -b", And((A, Not(B)))),
    ("a NOT b", And((A, Not(B)))),
    ("NOT (a b)", Not(And((A, B)))),
    ("+a b", And((A, B))),
    ("not and or", And((word("not"), word("and"), word("or")))),
    ("a - b", And((A, B))),
    ("R & D", And((word("r"), word("d")))),
    ("a * b", And((A, B))),
    ("工期延误", word("工", "期", "延", "误")),
    ("工期 延误", And((word("工", "期"), word("延", "误")))),
    ("工期，延误。", And((word("工", "期"), word("延", "误")))),
    ("“工期 延误”", word("工", "期", "延", "误")),
    ("「a b」", word("a", "b")),
    ("（a OR b）　c", And((Or((A, B)), C))),
    ("GC/L/0145", word("gc", "l", "0145")),
    ("12:30", word("12", "30")),
    ("http://x.y", word("http", "x", "y")),
    ("Re: a", And((word("re"), A))),
    ("a:", A),
    ("a : b", And((A, B))),
    ("合同编号:b", Phrase("text", (*word("合", "同", "编", "号").parts, Part("b", 4)), 5)),
    ("1,250.00", word("1250", "00")),
    ("f(a)", And((word("f"), A))),
    (r"a\:b", word("a", "b")),
    (r"foo\*", word("foo")),
    (r'"a \"b\" c"', word("a", "b", "c")),
    ('"a* b"', word("a", "b")),
    ("wild*", Phrase("text", (Part("wild*", how="wild"),))),
    ("wi?d＊", Phrase("text", (Part("wi?d*", how="wild"),))),
    ("*ment", Phrase("text", (Part("*ment", how="wild"),))),
    ("GC/L/01*", Phrase("text", (Part("gc"), Part("l", 1), Part("01*", 2, "wild")), 3)),
    ("GC/*/0145", Phrase("text", (Part("gc"), Part("0145", 2)), 3)),
    ("工期*", word("工", "期")),
    ("*工期", word("工", "期")),
    ("工?延", Phrase("text", (Part("工"), Part("延", 2)), 3)),
    ("fuzzy~1", Phrase("text", (Part("fuzzy", 0, "fuzzy", 1),))),
    ("fuzzy~", Phrase("text", (Part("fuzzy", 0, "fuzzy", 2),))),
    ("fuzzy~0", word("fuzzy")),
    ("工期~1", Or((word("期"), word("工")))),
    ("2023.1~2023.5", word("2023", "1", "2023", "5")),
    ('"a b"~5', Near("text", (A, B), 5)),
    ('"工期 a"～５', Near("text", (word("工", "期"), A), 5)),
    ('"a"~5', A),
    ("party:harbour", word("harbour", field="party")),
    ('PARTY:"Harbour Civil"', word("harbour", "civil", field="party")),
    ("party: harbour", word("harbour", field="party")),
    ("party:(a OR b)", Or((word("a", field="party"), word("b", field="party")))),
    ("party:(a kind:minutes)", And((word("a", field="party"), Keyword("kind", "minutes")))),
    ("-party:a", Not(word("a", field="party"))),
    ("party:*", Phrase("party", (Part("*", how="wild"),))),
    ("name:a*", Phrase("name", (Part("a*", how="wild"),))),
    ("text:*", Everything()),
    ("kind:Invoice", Keyword("kind", "invoice")),
    ("kind:inv*", Keyword("kind", "inv*", wild=True)),
    ("kind:(invoice OR minutes)", Or((Keyword("kind", "invoice"), Keyword("kind", "minutes")))),
    ("claim:CLM-001", Keyword("claim", "clm-001")),
    ("event：CLM-001/E1", Keyword("event", "clm-001/e1")),
    ("ref:GC/L/0145", Keyword("ref", "gcl0145")),
    ('ref:"GC L 0145"', Keyword("ref", "gcl0145")),
    ("ref:GC/L/01*", Keyword("ref", "gcl01*", wild=True)),
    ("doc:3F9", Keyword("doc", "3f9*", wild=True)),
    ("language:zh", Keyword("language", "zh")),
    ("date:2023", YEAR),
    ("date:2023-03", MARCH),
    ("date:9999-12", DateRange(day("9999-12-01"), day("9999-12-31"))),
    ("date:2023年3月", MARCH),
    ("date:2023-02", DateRange(day("2023-02-01"), day("2023-02-28"))),
    ("date:20230314", DateRange(day("2023-03-14"), day("2023-03-14"))),
    ("date:2023/3/14", DateRange(day("2023-03-14"), day("2023-03-14"))),
    ("date:２０２３年３月１４日", DateRange(day("2023-03-14"), day("2023-03-14"))),
    ('date:"2023-03-14"', DateRange(day("2023-03-14"), day("2023-03-14"))),
    ("date:[2023-01-01 TO 2023-03-31]", DateRange(day("2023-01-01"), day("2023-03-31"))),
    ("date:[* TO 2023-03]", DateRange(None, day("2023-03-31"))),
    ("date:{2023-03 TO *]", DateRange(day("2023-04-01"), None)),
    ("date:[2022 TO 2023-03}", DateRange(day("2022-01-01"), day("2023-02-28"))),
    ("date:>=2023-03", DateRange(day("2023-03-01"), None)),
    ("date:> 2023-03", DateRange(day("2023-04-01"), None)),
    ("date:<2023", DateRange(None, day("2022-12-31"))),
    ("date:<=2023", DateRange(None, day("2023-12-31"))),
    ("date:*", DateRange()),
    ("date:(2023 OR [2023-03-01 TO 2023-03-31])", Or((YEAR, MARCH))),
    ("amount:1,250.00", AmountRange(Decimal("1250.00"), Decimal("1250.00"))),
    ("amount:-20", AmountRange(Decimal(-20), Decimal(-20))),
    ("amount:[1000 TO 5,000.5]", AmountRange(Decimal(1000), Decimal("5000.5"))),
    ("amount:{1000 TO *}", AmountRange(Decimal(1000), None, True, True)),
    ("amount:>1000", AmountRange(Decimal(1000), None, low_open=True)),
    ("amount:<=１０００", AmountRange(None, Decimal(1000))),
    ("amount:*", AmountRange()),
]


@pytest.mark.parametrize(("query", "tree"), GOOD)
def test_what_a_query_means(query: str, tree: Node) -> None:
    assert parse(query) == tree


BROKEN = [
    ('"abc', 0, "never closed"),
    ('a "', 2, "never closed"),
    ("(a", 0, "never closed"),
    ("a (b", 2, "never closed"),
    ("a)", 1, "never opened"),
    (")", 0, "never opened"),
    ("a ()", 2, "nothing between"),
    ("AND a", 0, "AND"),
    ("a AND", 5, "ends"),
    ("a OR", 4, "ends"),
    ("a OR OR b", 5, "OR"),
    ("(a AND)", 6, "before this bracket"),
    ("NOT", 3, "ends"),
    ("foo:bar", 0, '"foo"'),
    ("a dat:2023", 2, '"dat"'),
    ("date:", 5, "missing"),
    ("kind: AND a", 6, "missing"),
    ("date:foo", 5, "not a date"),
    ("date:2023-13", 5, "not a date"),
    ("date:2023-00", 5, "not a date"),
    ("date:2023-00-05", 5, "not a date"),
    ("date:0000", 5, "not a date"),
    ("date:2023-02-30", 5, "not a date"),
    ("date:[2023-01 2023-03]", 5, "range"),
    ("date:[2023-03 TO 2023-01]", 5, "no day"),
    ("date:{2023 TO 2023}", 5, "no day"),
    ("amount:ten", 7, "not an amount"),
    ("amount:1.2.3", 7, "not an amount"),
    ("amount:NaN", 7, "not an amount"),
    ("amount:1e9", 7, "not an amount"),
    ("amount:[5 TO 1]", 7, "empty"),
    ("a [1 TO 2]", 2, "date: or amount:"),
    ("kind:[a TO b]", 5, "date: or amount:"),
    ("word~5", 0, "1 or 2"),
    ("wor*d~1", 0, "same word"),
    ('"a b"~', 5, "number"),
    ("kind:invoice~1", 5, "~"),
    ('kind:""', 5, "missing"),
    ("a 工*延", 2, "Chinese"),
    ("&", 0, "no word"),
    ('""', 0, "no word"),
    ("date:>9999-12-31", 5, "no date after"),
    ("date:<0001", 5, "no date before"),
    ("(" * 60 + "a", 50, "levels"),
    ("x" * 10_001, 10_000, "longer"),
]


@pytest.mark.parametrize(("query", "position", "words"), BROKEN)
def test_what_is_wrong_and_where(query: str, position: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.position == position
    assert words in caught.value.message
    assert f"character {position + 1}" in caught.value.message
    assert caught.value.exit_code == 2
    error = caught.value.as_json()
    assert error["code"] == "query"
    assert error["hint"]


def test_unknown_field_names_the_known_ones_and_guesses() -> None:
    with pytest.raises(QueryError) as caught:
        parse("partei:x")
    for field in ("kind", "date", "amount", "party", "ref", "claim", "event", "name", "language"):
        assert field in caught.value.message
    assert "Did you mean party:" in caught.value.remedy


def test_errors_travel_between_processes() -> None:
    for error in (_caught("foo:bar"), FilterError("no", "hint")):
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert (type(again), again.as_json()) == (type(error), error.as_json())
    assert pickle.loads(pickle.dumps(_caught("a )"))).position == 2  # noqa: S301


def _caught(query: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(query)
    return caught.value


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        (Filters(date_from=day("2023-01-01"), date_to=day("2023-03-31")), "date:[2023-01-01 TO 2023-03-31]"),
        (Filters(date_to=day("2023-03-31")), "date:[* TO 2023-03-31]"),
        (Filters(kinds=("invoice",)), "kind:invoice"),
        (Filters(kinds=("invoice", "Minutes")), "kind:(invoice OR minutes)"),
        (Filters(parties=("Harbour Civil",)), 'party:"Harbour Civil"'),
        (Filters(claims=("CLM-001",), events=("CLM-001/E1",)), "claim:CLM-001 event:CLM-001/E1"),
        (Filters(min_amount=Decimal(0), max_amount=Decimal(5)), "amount:[0 TO 5]"),
        (Filters(languages=("zh",)), "language:zh"),
    ],
)
def test_options_mean_the_same_as_fields(filters: Filters, query: str) -> None:
    assert parse("", filters) == parse(query)
    assert parse("*", filters) == parse(query)
    with_word = parse("delay", filters)
    assert isinstance(with_word, And)
    assert set(with_word.children) == set(getattr(parse(f"delay {query}"), "children", ()))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(date_from=day("2023-03-31"), date_to=day("2023-01-01")),
        Filters(min_amount=Decimal(5), max_amount=Decimal(1)),
        Filters(parties=("…",)),
    ],
)
def test_filters_that_mean_nothing_are_refused(filters: Filters) -> None:
    with pytest.raises(FilterError) as caught:
        parse("a", filters)
    assert caught.value.as_json()["code"] == "query"


@given(st.text(alphabet=st.sampled_from("ab工期 \n()\"':~*?-+[]{}<>=\\/0123.,，（）：“”ANDORTdate")))
def test_any_text_is_read_or_refused_with_its_place(query: str) -> None:
    try:
        parse(query)
    except QueryError as error:
        caught = error
    else:
        return
    assert 0 <= caught.position <= len(query)
