"""Sums against each other: lines, totals, tax, words and 大写; and the forms of sums that share a mark."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Cell, Document, PageText, assemble
from extractors.facts.amounts import find
from extractors.facts.fact import Fact, Money


def sums(text: str, kind: str = "other") -> list[Fact]:
    return find(assemble([PageText(text, 595, 842)], "text/plain"), kind)


def shown(fact: Fact) -> str:
    assert isinstance(fact.value, Money)
    return f"{fact.value.amount.normalize():f} {fact.value.currency}"


def sheet(*rows: tuple[str, ...]) -> Document:
    """A table; its cells in a row are parted by tabs."""
    text, cells, at = "\n".join("\t".join(row) for row in rows), [], 0
    for number, row in enumerate(rows):
        for column, piece in enumerate(row):
            cells.append(Cell(0, number, column, at, at + len(piece)))
            at += len(piece) + 1
    return assemble([PageText(text, 595, 842, cells=tuple(cells))], "text/csv")


def doubts(document: Document, kind: str = "invoice") -> list[str]:
    """What arithmetic says against the sums of a document."""
    return [d for fact in find(document, kind) for d in fact.doubts if " make" in d or "add up" in d]


HEAD = ("Item", "Qty", "Unit price", "Amount USD")
PUMP = ("Pump", "2", "450.00", "900.00")
HOSE = ("Hose", "12", "12.50", "150.00")
CREW = ("Crew", "3", "80.00", "240.00")


def test_lines_and_totals_that_fit_raise_no_doubt_and_say_how_they_are_made() -> None:
    document = sheet(HEAD, PUMP, HOSE, CREW, ("Total", "", "", "1,290.00"))
    assert not doubts(document)
    lines = [fact.why for fact in find(document, "invoice") if fact.role == "line"]
    assert lines == ["2 × 450.00", "12 × 12.50", "3 × 80.00"]


def test_a_line_that_is_not_quantity_times_rate_is_a_finding() -> None:
    document = sheet(HEAD, PUMP, HOSE, ("Crew", "3", "80.00", "250.00"), ("Total", "", "", "1,300.00"))
    (fact,) = [fact for fact in find(document, "invoice") if len(fact.doubts) > 1]
    assert shown(fact) == "250 USD"
    assert doubts(document) == ["3 × 80.00 makes 240.00, not 250.00"]
    assert fact.confidence <= 0.7


def test_a_total_that_its_lines_do_not_make_is_a_finding() -> None:
    assert doubts(sheet(HEAD, PUMP, HOSE, CREW, ("Total", "", "", "1,390.00"))) == [
        "the lines add up to 1290.00, not 1390.00"
    ]


@pytest.mark.parametrize(
    "foot",
    [
        [("Subtotal", "", "", "1,290.00"), ("VAT", "", "", "258.00"), ("Total", "", "", "1,548.00")],
        [("", "", "Net", "1,290.00"), ("", "", "VAT 20%", "258.00"), ("", "", "Total due", "1,548.00")],
        [("Pipe, total loss", "", "", "110.00"), ("Netting", "", "", "40.00"), ("Total", "", "", "1,440.00")],
        [("Discount", "", "", "-90.00"), ("Total", "", "", "1,200.00")],
        [("Less retention", "", "", "64.50"), ("Total", "", "", "1,225.50")],
        [("Rounding", "", "", "0.05"), ("Total", "", "", "1,290.05")],
    ],
)
def test_tax_discount_and_retention_explain_a_total(foot: list[tuple[str, ...]]) -> None:
    assert not doubts(sheet(HEAD, PUMP, HOSE, CREW, *foot))


def test_columns_that_are_something_else_accuse_nobody() -> None:
    head = ("Item", "Days", "Rate", "Amount USD")
    rows = [
        ("Crane", "4", "120.00", "960.00"),
        ("Rig", "5", "100.00", "900.00"),
        ("Van", "2", "10.00", "75.00"),
    ]
    assert not doubts(sheet(head, *rows))


def test_several_counts_before_the_rate_are_factors() -> None:
    head = ("Item", "Qty", "Days", "Rate", "Amount USD")
    rows = [("Crane", "2", "14", "850.00", "23,800.00"), ("Rig", "1", "14", "980.00", "13,720.00")]
    document = sheet(head, *rows)
    assert not doubts(document)
    assert [fact.why for fact in find(document, "invoice")] == ["2 × 14 × 850.00", "1 × 14 × 980.00"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 99_999)), min_size=3, max_size=8),
    st.integers(0, 7),
    st.integers(100, 5_000),
)
def test_a_sound_bill_is_never_doubted_and_a_false_line_always(
    lines: list[tuple[int, int]], at: int, wrong: int
) -> None:
    def bill(made: list[Decimal], total: Decimal) -> Document:
        rows = [
            (f"Item {chr(97 + n)}", str(count), f"{Decimal(cents) / 100:.2f}", f"{value:.2f}")
            for n, ((count, cents), value) in enumerate(zip(lines, made, strict=True))
        ]
        return sheet(HEAD, *rows, ("Total", "", "", f"{total:.2f}"))

    made = [Decimal(count * cents) / 100 for count, cents in lines]
    assert not doubts(bill(made, sum(made, Decimal(0))))
    false = [value + (wrong if n == at % len(made) else 0) for n, value in enumerate(made)]
    assert any(" makes " in doubt for doubt in doubts(bill(false, sum(false, Decimal(0)))))


def test_net_and_tax_that_do_not_make_the_total_are_a_finding() -> None:
    sound = "TAX INVOICE\nSubtotal 1,000.00\nGST 60.00\nTotal 1,060.00\n"
    assert not [d for f in sums(sound, "invoice") for d in f.doubts if "make" in d]
    wrong = sums(sound.replace("1,060.00", "1,160.00"), "invoice")
    (total,) = [fact for fact in wrong if fact.role == "total"]
    assert "net 1000.00 and tax 60.00 make 1060.00, not 1160.00" in total.doubts
    assert total.confidence <= 0.7


@pytest.mark.parametrize(
    ("text", "differ"),
    [
        ("USD 12,500 (US Dollars twelve thousand five hundred) was agreed", False),
        ("USD 12,500 (US Dollars twelve thousand six hundred) was agreed", True),
        ("¥12,500.00（大写：壹万贰仟伍佰元整）", False),
        ("¥12,500.00（大写：壹万贰仟元整）", True),
        ("USD 12,500 was claimed, five thousand dollars were paid", False),
    ],
)
def test_words_are_compared_with_the_figure_beside_them(text: str, differ: bool) -> None:
    found = sums(text)
    assert len(found) == 2
    assert [any("differ" in doubt for doubt in fact.doubts) for fact in found] == [differ, differ]
    assert not differ or all(fact.confidence <= 0.7 for fact in found)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("US$ 1.2 - 1.5 million", ["1200000 USD", "1500000 USD"]),
        ("2-3万元", ["20000 CNY", "30000 CNY"]),
        ("between 2 and 3 million euros", ["3000000 EUR"]),
        ("US$ 500 - 12 units", ["500 USD"]),
        ("No. 7-3万元", ["30000 CNY"]),
        ("1,2 Mio. EUR", ["1200000 EUR"]),
        ("half a million dollars", ["500000 USD"]),
        ("three quarters of a million pounds", ["750000 GBP"]),
        ("two and a half million dollars", ["2500000 USD"]),
        ("minus HK$ 1,200", ["-1200 HKD"]),
        ("负500元", ["-500 CNY"]),
        ("抱负500元", ["500 CNY"]),
        ("扣除质保金-62,500.00元", ["-62500 CNY"]),
        ("合同价-62,500.00元", ["62500 CNY"]),
        ("三块五一斤", ["3.5 CNY"]),
        ("¥12,000（東京支店）", ["12000 JPY"]),
    ],
)
def test_spans_fractions_and_signs(text: str, values: list[str]) -> None:
    assert [shown(fact) for fact in sums(text)] == values


@pytest.mark.parametrize(
    ("text", "value"),
    [("约三百余万元", "3000000 CNY"), ("五百多万元", "5000000 CNY"), ("20余万元", "200000 CNY")],
)
def test_about_so_much_is_marked_as_such(text: str, value: str) -> None:
    (fact,) = sums(text)
    assert shown(fact) == value
    assert fact.doubts


VAT_LINES = """增值税专用发票
名称 数量 单价 金额 税率 税额
螺纹钢 120 4,000.00 480,000.00 13% 62,400.00
水泥 300 385.00 115,500.00 13% 15,015.00
钢管 40 52.50 2,100.00 13% 273.00
合计 597,600.00 77,688.00
价税合计 675,288.00
"""


def test_a_rate_of_tax_is_no_column_of_figures() -> None:
    found = [(fact.role, shown(fact), fact.why) for fact in sums(VAT_LINES, "invoice")]
    assert ("line", "480000 CNY", "120 × 4000.00") in found
    assert ("tax", "62400 CNY", "") in found
    assert not [value for role, value, _ in found if role == "line" and value in ("4000 CNY", "385 CNY")]


def test_lines_of_plain_text_are_checked_where_most_are_sound() -> None:
    wrong = sums(VAT_LINES.replace("2,100.00", "2,400.00"), "invoice")
    assert [d for f in wrong for d in f.doubts if "makes" in d] == ["40 × 52.50 makes 2100.00, not 2400.00"]
