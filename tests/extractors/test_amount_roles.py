"""What is to be paid and what is kept back, sums per day, and what a table says once of all its sums."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.document import PageText, assemble
from extractors.facts.amounts import find, study_of
from extractors.facts.fact import Fact, Money


def amounts(text: str, kind: str = "other") -> list[Fact]:
    return find(assemble([PageText(text, 595, 842)], "text/plain"), kind)


def shown(fact: Fact) -> tuple[Decimal, str | None]:
    assert isinstance(fact.value, Money)
    return fact.value.amount.normalize(), fact.value.currency


def _roles(text: str, kind: str) -> set[tuple[str, str]]:
    return {(fact.role, str(shown(fact)[0].quantize(Decimal("0.01")))) for fact in amounts(text, kind)}


CERTIFICATE = """PAYMENT CERTIFICATE No. 7
Gross value of work executed to date USD 1,000,000.00
Less retention 5% 50,000.00
Less recovery of advance payment 100,000.00
Less previously certified 600,000.00
Net amount due this certificate 250,000.00
"""
ZH_CERTIFICATE = """工程款支付证书
累计完成产值 5,000,000.00
扣质保金 3% 150,000.00
预付款抵扣 500,000.00
累计已付 2,000,000.00
本期应付 2,350,000.00元
"""
RETAINED = "INVOICE\nWorks done to date 100.00\nVAT 20% 20.00\nTotal 120.00\nLess retention 5.00\nAmount due 115.00\n"


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        (
            CERTIFICATE,
            "invoice",
            {("total", "250000.00"), ("subtotal", "1000000.00"), ("mentioned", "50000.00")},
        ),
        (
            CERTIFICATE,
            "other",
            {("total", "250000.00"), ("subtotal", "1000000.00"), ("mentioned", "600000.00")},
        ),
        (
            ZH_CERTIFICATE,
            "other",
            {("total", "2350000.00"), ("subtotal", "5000000.00"), ("mentioned", "500000.00")},
        ),
        (
            RETAINED,
            "invoice",
            {("total", "115.00"), ("subtotal", "120.00"), ("tax", "20.00"), ("mentioned", "5.00")},
        ),
    ],
)
def test_the_total_of_a_certificate_is_what_is_to_be_paid(
    text: str, kind: str, wanted: set[tuple[str, str]]
) -> None:
    found = _roles(text, kind)
    assert wanted <= found
    assert len([role for role, _ in found if role == "total"]) == 1


@pytest.mark.parametrize(
    ("text", "role", "why"),
    [
        ("retention of USD 43,200.00 was withheld", "mentioned", "retention"),
        ("Total retention held to date USD 43,200.00", "mentioned", "totalretention"),
        ("扣除质保金5%，质保金为43,200.00元", "mentioned", "质保金为"),
        ("advance payment of USD 20,000.00 was paid on 3 May", "paid", "payment"),
        ("advance payment recovery USD 20,000.00", "mentioned", "advancepaymentrecovery"),
        ("已支付预付款86,400元", "paid", "已支付预付款"),
        ("Delay damages in total USD 5,000 for each day", "mentioned", "for each day"),
        ("每延误一天合计罚款2万元", "mentioned", "每延误一天合计罚款"),
        ("We claim USD 5,000 per day", "mentioned", "per day"),
    ],
)
def test_what_is_kept_back_or_counts_by_the_day_is_mentioned(text: str, role: str, why: str) -> None:
    (fact,) = amounts(text)
    assert (fact.role, fact.why) == (role, why)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "汇总表\n单位：万元\n土建 1,234.50\n安装 100.00\n合计 1,334.50\n",
            ["12345000 CNY", "1000000 CNY", "13345000 CNY"],
        ),
        (
            "Summary (US$ '000)\nPlant 1,234.50\nOverheads 100.00\nTotal 1,334.50\n",
            ["1234500 USD", "100000 USD", "1334500 USD"],
        ),
        ("In millions of euros: see\nAll amounts in EUR million\nTotal 1.25\n", ["1250000 EUR"]),
        (
            "Paid in EUR before.\nAll amounts in HK$\nCrane 1,500.00\nTotal 1,500.00\n",
            ["1500 HKD", "1500 HKD"],
        ),
        ("Prices in EUR or HKD\nTotal 1,500.00\n", ["1500 None"]),
        ("(USD 62,500) and EUR 3.\nTotal 1,500.00\n", ["62500 USD", "3 EUR", "1500 None"]),
    ],
)
def test_what_a_table_says_once_of_all_its_sums(text: str, wanted: list[str]) -> None:
    found = [shown(fact) for fact in amounts(text)]
    assert [f"{value:f} {code}" for value, code in found] == wanted


def test_a_company_is_no_currency() -> None:
    assert {shown(fact)[1] for fact in amounts("Kedai Sdn Bhd\nKEDAI SDN BHD\nTotal 12.00\n", "invoice")} == {
        None
    }


def test_labels_and_sums_in_one_line_and_without_blanks() -> None:
    """A repair bill of the usual Chinese form: several labels a line, each with its sum right behind the colon."""
    bill = (
        "维修结算单\n序号 项目名称 数量 单价 金额\n1 前保险杠总成 1 2,180.00 2,180.00\n2 拆装工时 6.5 120.00 780.00\n"
        "材料费小计：2,180.00   工时费小计：780.00   税率13%  税额：384.80\n"
        "优惠：-44.80\n合计（大写）：叁仟叁佰元整   ¥3,300.00\n"
    )
    study = study_of(assemble([PageText(bill, 595, 842)], "text/plain"), "invoice")
    found = {(str(fact.value.amount), fact.role) for fact in study.facts if isinstance(fact.value, Money)}
    assert found >= {
        *(("2180.00", "line"), ("780.00", "line"), ("2180.00", "subtotal"), ("780.00", "subtotal")),
        *(("384.80", "tax"), ("3300.00", "total")),
    }
    assert study.findings == ()
    assert [(str(line.quantity), str(line.rate)) for line in study.lines] == [
        ("1", "2180.00"),
        ("6.5", "120.00"),
    ]
