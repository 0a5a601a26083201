"""What people say of single values and of sums: everything follows, nothing undoes it but people."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.facts.fact import Day, Fact, Money
from pipeline.errors import UsageError
from pipeline.evidence import Correction
from pipeline.rulings import (
    SAID,
    UNPLACED,
    Ruling,
    key_of,
    money_of,
    ruled,
    value_of,
    with_sums,
    written,
)
from tests.conftest import Command

BILL = """\
Harbour Civil Ltd
Invoice HC-77
Date: 20 March 2023

For standing plant at Area B, access refused on 14 March 2023.
Subtotal: USD 8,000.00
Total: USD 84,500.00
"""


@pytest.mark.parametrize(
    ("said", "amount", "currency"),
    [
        ("8600", "8600", None), ("8,600.50 CNY", "8600.50", "CNY"), ("CNY 8600", "8600", "CNY"),
        ("-12.5 EUR", "-12.5", "EUR"), (" 0 ", "0", None),
    ],
)  # fmt: skip
def test_sums_as_people_write_them(said: str, amount: str, currency: str | None) -> None:
    assert money_of(said) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("amount", ""), ("amount", "much"), ("amount", "1e9 USD"), ("amount", "USD 1 CNY"), ("amount", "NaN"),
        ("amount", "9" * 30), ("amount", "1 usd"), ("date", "14.3.2023"), ("date", "2023-02-30"),
        ("date", "2023-03-14/2023-03-01"), ("party", "  "), ("reference", ""),
    ],
)  # fmt: skip
def test_values_that_are_none(kind: str, said: str) -> None:
    with pytest.raises(UsageError):
        value_of(kind, said)


MONEYS = st.builds(
    Money,
    st.decimals(min_value=-(10**12), max_value=10**12, places=2),
    st.sampled_from([None, "USD", "CNY"]),
)
DAYS = st.builds(Day, st.dates())
NAMES = st.from_regex(r"[A-Z][A-Za-z/.-]{0,12}", fullmatch=True)


KINDS = {"amount": MONEYS, "date": DAYS, "party": NAMES}


@given(st.sampled_from(sorted(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), KINDS[kind])))
def test_what_is_written_is_read_back(told: tuple[str, Any]) -> None:
    kind, value = told
    assert value_of(kind, written(value)) == value


def fact(role: str, value: Money, start: int = 0, confidence: float = 0.4) -> Fact:
    return Fact("amount", role, value, start, start + 3, confidence, "test", doubts=("unsure",))


def test_a_ruling_holds_for_its_value_in_its_role_only() -> None:
    one, other = Money(Decimal("1.5E+3"), "USD"), Money(Decimal("7"), None)
    read = [fact("total", one), fact("paid", one, 5), fact("total", other, 9)]
    right, fixed, none = (
        ruled(read, [Ruling("amount", "total", key_of(one), said)]) for said in (written(one), "2 USD", None)
    )
    assert [(f.value, f.confidence, f.doubts, f.rule) for f in right] == [
        (one, 1.0, (), f"{SAID}: test"), (one, 0.4, ("unsure",), "test"), (other, 0.4, ("unsure",), "test"),
    ]  # fmt: skip
    assert [f.value for f in fixed] == [Money(Decimal(2), "USD"), one, other]
    assert [(f.role, f.value) for f in none] == [("paid", one), ("total", other)]
    assert ruled(read, []) == read


def test_a_sum_stands_where_it_was_read_or_named_or_at_the_beginning() -> None:
    def said(facts: list[Fact], value: str, text: str = "\n Bill\nx") -> list[Fact]:
        return with_sums(facts, [Correction("amount", "total", value, "me", "now")], text)

    sure, unsure = (
        fact("total", Money(Decimal(9)), 20, 0.9),
        fact("total", Money(Decimal(8)), 10),
    )
    (placed,) = said([unsure, sure], "5 USD")
    assert (placed.start, placed.value, placed.rule) == (20, Money(Decimal(5), "USD"), f"{SAID}: test")
    line = fact("line", Money(Decimal("5.00"), "USD"), 30)
    assert [(f.role, f.start) for f in said([line], "5 USD")] == [("line", 30), ("total", 30)]
    (begun,) = said([], "5 USD")
    assert (begun.start, begun.end, begun.rule) == (2, 6, UNPLACED)
    assert said([], "5 USD", " \n") == []


@pytest.fixture
def bill(filled: Command, tmp_path: Path) -> str:
    (tmp_path / "HC-77.txt").write_text(BILL, encoding="utf-8")
    answer = filled("ingest", str(tmp_path / "HC-77.txt"), "--claim", "CLM-001", "--json").json
    (one,) = answer["ingested"]
    filled("correct", one["id"], "--kind", "invoice")
    filled("confirm", one["id"], "CLM-001/E1")
    return str(one["id"])


def counted(command: Command, bill: str) -> list[str]:
    rows = command("ledger", "CLM-001", "--json").json["rows"]
    return [row["amount"] for row in rows if row["doc"] == bill and row["counted"]]


def total(command: Command, bill: str) -> list[tuple[str, str | None]]:
    sums = command("show", bill, "--json").json["amounts"]
    return [(one["value"], one["currency"]) for one in sums if one["role"] == "total"]


def found(command: Command, *amounts: str) -> bool:
    least, most = amounts
    hits = command("search", "*", "--min-amount", least, "--max-amount", most, "--json").json["hits"]
    rows = command("list", "--min-amount", least, "--max-amount", most, "--json").json
    assert {hit["name"] for hit in hits} == {row["name"] for row in rows}
    return "HC-77.txt" in {row["name"] for row in rows}


def test_a_sum_is_corrected_everywhere_and_outlives_a_re_run(filled: Command, bill: str) -> None:
    assert counted(filled, bill) == ["84500.00"]
    answer = filled("correct", bill, "--amount", "total=34,500.00 USD", "--json").json
    assert answer["corrected"] == [{"field": "amount", "role": "total", "value": "34500.00 USD"}]
    for _ in range(2):
        assert counted(filled, bill) == ["34500.00"]
        assert total(filled, bill) == [("34500.00", "USD")]
        assert found(filled, "34000", "35000")
        assert not found(filled, "84000", "85000")
        filled("correct", bill, "--kind", "other")  # its facts are found anew
        filled("correct", bill, "--kind", "invoice")
    history = filled("show", bill, "--json").json["history"]
    assert any(
        one["action"] == "corrected" and one["detail"].get("value") == "34500.00 USD" for one in history
    )
    filled("correct", bill, "--amount", "total=auto")
    assert counted(filled, bill) == ["84500.00"]
    assert found(filled, "84000", "85000")


@pytest.mark.parametrize(
    "words",
    [
        ("correct", "DOC", "--amount", "total=much"), ("correct", "DOC", "--amount", "line=5"),
        ("correct", "DOC", "--amount", "5"),
        ("settle", "DOC", "amount", "total", "84500 USD", "--as", "much"),
        ("settle", "DOC", "amount", "total", "84500 USD", "--wrong", "--clear"),
        ("settle", "DOC", "amount", "total", "1 USD"), ("settle", "DOC", "party", "sender", "Nobody"),
    ],
)  # fmt: skip
def test_what_cannot_be_said(filled: Command, words: tuple[str, ...]) -> None:
    letter = filled("list", "--json").json[0]["id"]
    assert filled(*(letter if word == "DOC" else word for word in words)).status == 2


def test_a_single_value_is_settled_and_taken_back(filled: Command, bill: str, workspace: Path) -> None:
    def say(*words: str) -> dict[str, Any]:
        return dict(filled("settle", bill, "amount", "total", "84,500 USD", *words, "--json").json)

    assert say("--as", "34500 USD") == {
        "doc": bill, "kind": "amount", "role": "total", "was": "84500.00 USD", "value": "34500 USD",
    }  # fmt: skip
    assert (counted(filled, bill), total(filled, bill)) == (["34500.00"], [("34500", "USD")])
    say("--wrong")
    assert total(filled, bill) == []
    assert not found(filled, "84000", "85000")
    say()
    (one,) = [s for s in filled("show", bill, "--json").json["amounts"] if s["role"] == "total"]
    assert (one["value"], one["confidence"], one["doubts"]) == ("84500.00", 1.0, [])
    say("--clear")
    assert counted(filled, bill) == ["84500.00"]
    assert filled("verify", workspace).status == 0
