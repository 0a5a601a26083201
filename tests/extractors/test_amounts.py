"""Sums of money in all forms of both languages, their currencies and roles; totals of invoices and receipts."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Box, Cell, Document, PageText, assemble, text_of_lines
from extractors.facts import amount_labels, currencies
from extractors.facts.amounts import find
from extractors.facts.fact import AMOUNT_ROLES, Fact, Money
from extractors.facts.folding import folded


def document(text: str) -> Document:
    return assemble([PageText(text, 595, 842)], "text/plain")


def amounts(text: str, kind: str = "other") -> list[Fact]:
    return find(document(text), kind)


def shown(fact: Fact) -> tuple[Decimal, str | None]:
    assert isinstance(fact.value, Money)
    return fact.value.amount.normalize(), fact.value.currency


def money(value: str, currency: str | None) -> tuple[Decimal, str | None]:
    return Decimal(value).normalize(), currency


def total(text: str) -> str | None:
    found = [f for f in amounts(text, "invoice") if f.role == "total"]
    assert len(found) <= 1
    return str(shown(found[0])[0].quantize(Decimal("0.01"))) if found else None


@pytest.mark.parametrize(
    ("written", "value", "currency"),
    [
        ("US$1.25 million", "1250000", "USD"),
        ("USD 1,250,000.00", "1250000", "USD"),
        ("US $ 1 250 000", "1250000", "USD"),
        ("$2.5m", "2500000", "USD"),
        ("£1.2bn", "1200000000", "GBP"),
        ("RMB 1.2亿", "120000000", "CNY"),
        ("86.4万元", "864000", "CNY"),
        ("￥300.50", "300.50", "CNY"),
        ("€5,50", "5.50", "EUR"),
        ("1.250.000,00 EUR", "1250000", "EUR"),
        ("1'250.00 CHF", "1250", "CHF"),
        ("1 250,00 kr", "1250", "SEK"),
        ("HK$ 3,000", "3000", "HKD"),
        ("S$5", "5", "SGD"),
        ("A$5", "5", "AUD"),
        ("RM10.50", "10.50", "MYR"),
        ("Rs. 5 lakh", "500000", "INR"),
        ("₹12,34,567.89", "1234567.89", "INR"),
        ("2 crore rupees", "20000000", "INR"),
        ("人民币捌万陆仟肆佰元整", "86400", "CNY"),
        ("三十二万零五十元整", "320050", "CNY"),
        ("50元6角三分", "50.63", "CNY"),
        ("三块五", "3.5", "CNY"),
        ("25481港元", "25481", "HKD"),
        ("9000元日币", "9000", "JPY"),
        ("三万元欧元", "30000", "EUR"),
        ("人民币（大写）：捌万元整", "80000", "CNY"),
        ("five hundred dollars", "500", "USD"),
        ("two dollars and fifty cents", "2.50", "USD"),
        ("Ringgit Malaysia Two Thousand Only", "2000", "MYR"),
        ("12 bucks", "12", "USD"),
        ("50 cents", "0.50", "USD"),
        ("10 Turkish lira", "10", "TRY"),
        ("20,000 won", "20000", "KRW"),
        ("AED 1,200.00", "1200", "AED"),
        ("500 dirhams", "500", "AED"),
        ("USD (1,200.00)", "-1200", "USD"),
        ("-$5.00", "-5", "USD"),
        ("$500.00 CR", "-500", "USD"),
        ("(US$500)", "500", "USD"),
    ],
)
def test_forms_of_a_sum(written: str, value: str, currency: str) -> None:
    assert money(value, currency) in [shown(f) for f in amounts(f"It came to {written}.")]


@pytest.mark.parametrize(
    "written",
    [
        "a rise of 8% and 12.5 per cent",
        "5 m3 and 20 kg",
        "call 555-1234 or +60 3-1234 5678",
        "clause 20.1 and 4.12",
        "account 123-456-789",
        "14/03/2023",
        "1,250 people",
        "They won 5 games",
        "5 pounds of pressure",
        "3块地",
        "2018年5月",
        "12 ft by 3 in",
        "TOP 10 reasons",
        "CUP 2",
        "3 hundred and 2 hundred",
        "数百万元",
        "二元件",
        "三分之一",
        "it cost an arm and a leg",
    ],
)
def test_what_is_no_money(written: str) -> None:
    assert amounts(f"There were {written} then.") == []


def test_the_place_is_the_exact_slice() -> None:
    text = "Paid ＲＭ１，２００．５０ and 86.4万元 on site"
    assert [text[f.start : f.end] for f in amounts(text)] == ["ＲＭ１，２００．５０", "86.4万元"]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Kowloon, Hong Kong\nfee $500.00", "HKD"),
        ("All sums are in SGD.\nfee $500.00", "SGD"),
        ("Sydney, Australia\nfee $500.00", "AUD"),
        ("fee $500.00", "USD"),
        ("東京都, Tokyo, Japan\nfee ¥500", "JPY"),
        ("上海\n费用¥500", "CNY"),
        ("Oslo, Norway\nfee 500,00 kr", "NOK"),
    ],
)
def test_the_document_says_what_a_bare_mark_means(text: str, currency: str) -> None:
    assert [shown(f)[1] for f in amounts(text)] == [currency]


def test_an_undecided_mark_is_marked_as_doubtful() -> None:
    (bare,) = amounts("fee $500.00")
    (named,) = amounts("fee US$500.00")
    assert bare.doubts
    assert not named.doubts
    assert bare.confidence < named.confidence


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("We claim the sum of US$1.25 million for delay.", "claimed"),
        ("We claim US$1.25 million.", "claimed"),
        ("索赔金额：人民币86.4万元", "claimed"),
        ("请求赔偿损失86.4万元", "claimed"),
        ("You have paid $500.00 so far", "paid"),
        ("Received with thanks the sum of $500.00", "paid"),
        ("我方已支付86.4万元", "paid"),
        ("plus VAT of £20.00", "tax"),
        ("The contract sum is HK$ 5,000,000.00", "total"),
        ("合同总价：人民币500万元", "total"),
        ("Plant stands at RM 500.00 per day", "mentioned"),
        ("A crane worth $500.00 fell", "mentioned"),
    ],
)
def test_roles_by_wording(text: str, role: str) -> None:
    (fact,) = amounts(text, "correspondence")
    assert fact.role == role


RECEIPT = """TEH TARIK CORNER SDN BHD
NASI LEMAK 8.00
TEH TARIK 2.43
{subtotal} 10.43
GST 6% 0.63
{total} 11.06
ROUNDING ADJ -0.01
{rounded} 11.05
CASH 20.00
CHANGE 8.95
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Subtotal 100.00\nGST 6% 6.00\nTotal 106.00\n", "106.00"),
        ("SUB TOTAL 100.00\nTAX 6.00\nT0TAL 106.00\n", "106.00"),
        ("SUBT0TAL 100.00\nTAX 6.00\nTOTAI 106.00\n", "106.00"),
        ("Total Qty 3\nTotal 106.00\nCash 110.00\nChange 4.00\n", "106.00"),
        ("Total 3 106.00\n", "106.00"),
        ("Total RM1O6.0O\nCash 106.00\n", "106.00"),
        ("Total 106 .00\n", "106.00"),
        ("Total 106,00 EUR\n", "106.00"),
        ("Net 100.00 VAT 6.00 Gross\nTotal 100.00 6.00 106.00\n", "106.00"),
        ("Item A 40.00\nItem B 66.00\nAmount due 106.00\nAmount paid 106.00\n", "106.00"),
        ("小计 100.00\n税额 6.00\n价税合计（小写）￥106.00\n", "106.00"),
        ("合 计 ￥106.00\n", "106.00"),
        ("Subtotal\nTax\nTotal\n100.00\n6.00\n106.00\n", "106.00"),
        ("Bread 40.00\nMilk 66.00\n106.00\n", "106.00"),
        ("Bread 50.00\nSalt 56.00\nTDTL 106.00\nCash 200.00\nChange 94.00\n", "106.00"),
        ("Grand Total: USD 106.00\nBalance brought forward 500.00\n", "106.00"),
        ("Total excluding GST 100.00\nTotal GST 6.00\nTotal including GST 106.00\n", "106.00"),
        ("Total 1500\n", "1500.00"),
        ("Thank you, come again\n", None),
        ("Total items: 3\n", None),
        ("Bread 12.00\nMilk 8.00\nTotal 20.00\nLess: Member discount 2.00\nNet 18.00\nVISA 18.00\n", "18.00"),
        ("Total 20.00\nYou saved 5.00\nCash 25.00\nChange 5.00\n", "20.00"),
        ("Total 1,000.00\nLess deposit 300.00\nBalance due 700.00\n", "1000.00"),
        (
            "毛肚 40.00\n茶 26.00\n消费合计：66.00\n会员优惠：-5.70\n抹零：-0.30\n应收：60.00\n微信支付：60.00\n",
            "60.00",
        ),
        ("运费合计：920.00\n扣款（货损）：-35.00\n结算金额：885.00\n", "885.00"),
        ("商品总额 66.00\n店铺满减 -12.00\n实付金额 54.00\n", "54.00"),
        ("合计 100.00\n优惠金额 5.00\n实收金额 95.00\n", "95.00"),
        ("Netto 6 540,00\nMoms 25% 1 635,00\nAtt betala 8 175,00 kr\n", "8175.00"),
        ("Razem netto 2 000,00\nDo zapłaty: 2 460,00 PLN\n", "2460.00"),
        ("Credit note\nNet 100.00\nVAT 20.00\nTotal credit 120.00\n", "120.00"),
        ("Gutschrift\nNetto -100,00 €\nMwSt 19 % -19,00 €\nGesamtbetrag -119,00 €\n", "-119.00"),
        ("运费 -1 4587.16 -4587.16\n合计 -4587.16 -412.84\n价税合计 （小写）-5000.00\n", "-5000.00"),
        ("Bread -4.00\nSalt -6.00\nTOTAL -10.00\nREFUND TO VISA 10.00\n", "-10.00"),
        ("Bread - 4.00\nSalt - 6.00\nTOTAL - 10.00\n", "10.00"),
        ("Total - 106.00\n", "106.00"),
        (RECEIPT.format(subtotal="SUBTOTAL", total="TOTAL", rounded="TOTAL ROUNDED"), "11.05"),
        (RECEIPT.format(subtotal="SUB-TOTAL", total="TOTAL INCL GST", rounded="NETT TOTAL"), "11.05"),
    ],
)
def test_the_total_is_the_total(text: str, value: str | None) -> None:
    assert total(text) == value


def test_the_other_sums_of_a_bill_have_their_roles() -> None:
    text = RECEIPT.format(subtotal="SUBTOTAL", total="TOTAL", rounded="TOTAL ROUNDED")
    roles = {str(shown(f)[0]): f.role for f in amounts(text, "invoice")}
    assert roles["10.43"] == "subtotal"
    assert roles["0.63"] == "tax"
    assert roles["2E+1"] == "paid"
    assert roles["8"] == "line"
    assert "8.95" not in roles


def test_a_total_in_a_letter_needs_its_decimals() -> None:
    assert amounts("Total 3 and more to come", "correspondence") == []
    (fact,) = amounts("Total 1,250.00", "correspondence")
    assert (fact.role, *shown(fact)) == ("total", *money("1250", None))
    assert fact.doubts


def test_figures_without_a_mark_take_the_only_currency_of_the_document() -> None:
    one = amounts("All prices in RM\nBread 4.00\nTotal 4.00\n", "invoice")
    two = amounts("Prices in USD or EUR\nBread 4.00\nTotal 4.00\n", "invoice")
    assert {shown(f)[1] for f in one} == {"MYR"}
    assert {shown(f)[1] for f in two} == {None}
    assert max(f.confidence for f in one) <= 0.85


def _word(text: str, x: float, y: float) -> tuple[str, Box, None]:
    return text, Box(x, y, x + 0.1, y + 0.01), None


def test_the_figure_level_with_its_label_on_the_page() -> None:
    lines = [
        [_word("Subtotal", 0.1, 0.5)],
        [_word("Tax", 0.1, 0.52)],
        [_word("Total", 0.1, 0.54)],
        [_word("thank", 0.1, 0.6), _word("you", 0.2, 0.6)],
        [_word("106.00", 0.7, 0.54)],
        [_word("100.00", 0.7, 0.5)],
        [_word("6.00", 0.7, 0.52)],
    ]
    text, words = text_of_lines(lines)
    facts = find(assemble([PageText(text, 595, 842, words=words)], "application/pdf"), "invoice")
    assert {str(shown(f)[0]): f.role for f in facts} == {"106": "total", "1E+2": "subtotal", "6": "tax"}


def test_the_figures_of_a_sum_column_are_lines() -> None:
    text = "Item Qty Amount\nCrane 3 1500\nPump 2 800\n"
    places = [
        ("Item", 0, 0),
        ("Qty", 0, 1),
        ("Amount", 0, 2),
        ("Crane", 1, 0),
        ("3", 1, 1),
        ("1500", 1, 2),
        ("800", 2, 2),
    ]
    cells = tuple(
        Cell(0, row, column, text.index(word), text.index(word) + len(word)) for word, row, column in places
    )
    facts = find(assemble([PageText(text, 595, 842, cells=cells)], "application/pdf"), "correspondence")
    assert [(f.role, shown(f)) for f in facts] == [
        ("line", money("1500", None)),
        ("line", money("800", None)),
    ]


@given(
    st.decimals(min_value="0.01", max_value=10**9, places=2),
    st.sampled_from(["USD", "HKD", "EUR", "MYR", "CNY"]),
)
def test_every_sum_is_read_with_its_code(value: Decimal, code: str) -> None:
    for form in (f"{code} {value:,.2f}", f"{value:,.2f} {code}", f"{code}{value}"):
        assert [shown(f) for f in amounts(f"It came to {form} net")] == [money(str(value), code)]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789.,'-() $€¥%RMUSDtotalcashTax元角分万亿整零壹\n", max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    for kind in ("invoice", "other"):
        for fact in amounts(text, kind):
            assert fact.role in AMOUNT_ROLES
            assert fact.end <= len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "1.",
        "1 234 ",
        "$",
        "one hundred ",
        "万亿",
        "零一",
        "total ",
        "a ",
        "$1 ",
        "(",
        "1'1",
        "5 € ",
        "total 1.00\n",
        "2-3万元 ",
        "half a million dollars ",
        "minus 5 $ ",
        "约三百余",
        "twenty fve hundred dollars only ",
        "qty rate amount\n2 3.00 6.00\n",
        "less retention 5.00\n",
    ],
)
def test_long_repetitions_take_linear_time(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    begun = time.process_time()
    amounts(text, "invoice")
    assert time.process_time() - begun < 5


def test_the_vocabulary_is_sound() -> None:
    for word, mark in currencies.marks().items():
        assert len(mark.code) == 3
        assert mark.code.isupper()
        assert word == folded(word), word
    assert {label.role for label in amount_labels.labels().values()} >= {
        "total",
        "subtotal",
        "tax",
        "paid",
        "change",
    }
    assert all(name == amount_labels.squeezed(name) for name in amount_labels.columns())
    assert {role for role, _, _ in amount_labels.wording()} <= set(AMOUNT_ROLES)


def _roles(text: str, kind: str = "other") -> set[tuple[str, str]]:
    return {(f.role, str(shown(f)[0].quantize(Decimal("0.01")))) for f in amounts(text, kind)}


DETERMINATION = """We determine as follows.
Item Claimed US$ Determined US$
A Additional piles 67,620.00 56,840.00
B Longer piles 20,580.00 16,240.00
Total 88,200.00 73,080.00
"""
CLAIM_TABLE = """Our Cost in US$ is this:
Excavator and crew standing    61,200.00
Pumps and pumping    23,850.00
Overheads    23,750.00
Total US$    108,800.00
The river rose to 5.36 m.
"""
SIGNED_SHEET = """现场签证单
内容 单位 数量 单价 (元 ) 合价 (元 )
旋挖钻机停置 台班 88 5.200.00 457.600.00
支护班窝工 工日 616 160.00 98.560.00
合计 556.160.00
"""
VAT_INVOICE = """增值税专用发票
租赁服务 54 1,150.00 62,100.00 8,073.00
清淤 460 145.00 66,700.00 9% 6,003.00
合计 128,800.00 14,076.00
价税合计 (大写) 肆万什抽陆元整 (小写) 兰 142,876.00
"""


@pytest.mark.parametrize(
    ("text", "kind", "wanted", "unwanted"),
    [
        (
            DETERMINATION,
            "correspondence",
            {("line", "56840.00"), ("claimed", "20580.00"), ("claimed", "88200.00"), ("total", "73080.00")},
            {("total", "88200.00"), ("line", "88200.00")},
        ),
        (
            CLAIM_TABLE,
            "correspondence",
            {("line", "61200.00"), ("line", "23750.00"), ("total", "108800.00")},
            {("line", "5.36")},
        ),
        (
            SIGNED_SHEET,
            "work_record",
            {("line", "457600.00"), ("line", "98560.00"), ("total", "556160.00")},
            {("line", "160.00")},
        ),
        (
            VAT_INVOICE,
            "invoice",
            {
                ("line", "62100.00"),
                ("tax", "6003.00"),
                ("subtotal", "128800.00"),
                ("tax", "14076.00"),
                ("total", "142876.00"),
            },
            {("mentioned", "6.00"), ("line", "8073.00")},
        ),
    ],
)
def test_tables_in_text(
    text: str, kind: str, wanted: set[tuple[str, str]], unwanted: set[tuple[str, str]]
) -> None:
    found = _roles(text, kind)
    assert wanted <= found
    assert not unwanted & found


def test_a_garbled_sum_in_capitals_is_that_of_the_figure_that_agrees() -> None:
    found = [f for f in amounts(VAT_INVOICE, "invoice") if f.rule == "大写 with its figure"]
    assert [str(shown(f)[0]) for f in found] == ["142876"]
    assert found[0].doubts
    assert found[0].role == "total"


@pytest.mark.parametrize("text", ["合计人民币佰拾肆万提陆佰元整", "大写：万陆什佰元整 123,456.00元"])
def test_without_a_figure_that_agrees_a_garbled_sum_is_none(text: str) -> None:
    assert not [f for f in amounts(text) if "Chinese" in f.rule or "大写" in f.rule]


def test_capitals_that_differ_from_the_figure_are_doubtful() -> None:
    found = amounts("赔款金额（大写）：壹万贰仟元整（小写：¥12,500.00）")
    assert [int(shown(f)[0]) for f in found] == [12000, 12500]
    assert all(any("differ" in doubt for doubt in f.doubts) for f in found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("签约合同价为：人民币（大写）壹亿贰仟零伍拾万元整（¥120,500,000.00元）", "120500000"),
        ("第三条 暂定价款为人民币 98.6 万元（大写：玖拾捌万陆仟元整）", "986000"),
        ("核定材料价差 945,792.00 元，建议列入进度款。", "945792"),
        ("We assess the cost of the variation at US$ 96,450.00.", "96450"),
    ],
)
def test_the_sum_of_a_contract_or_decision_is_its_total(text: str, value: str) -> None:
    totals = {str(shown(f)[0].quantize(Decimal(1))) for f in amounts(text) if f.role == "total"}
    assert totals == {value}


def test_what_was_paid_before_does_not_change_the_total() -> None:
    text = "Total incl. VAT RMB 36,100.00\nDeposit received RMB 5,000.00\nBalance due by RMB 31,100.00\n"
    assert total(text) == "36100.00"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("在下面的价格中选一个，$20，300美圆", ["20", "300"]),
        ("共1，250，000.00元", ["1250000"]),
        ("A、3、500元", ["500"]),
        ("累计完成产值 1.862. 5 万元", ["18625000"]),
        ("Rate US$\n1 Piling rig", []),
    ],
)
def test_commas_points_and_line_ends(text: str, values: list[str]) -> None:
    assert [str(shown(f)[0].quantize(Decimal(1))) for f in amounts(text)] == values


def _sheet(*rows: str) -> Document:
    text, cells, at = "\n".join(rows), [], 0
    for number, row in enumerate(rows):
        for column, piece in enumerate(row.split(",")):
            cells.append(Cell(0, number, column, at, at + len(piece)))
            at += len(piece) + 1
    return assemble([PageText(text, 595, 842, cells=tuple(cells))], "text/csv")


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (
            ("材料,单价,价差（元）", "螺纹钢,3720.0,203280.0", "零星,,40", "合计,,203320.0"),
            {("line", "203280.00"), ("line", "40.00"), ("total", "203320.00")},
        ),
        (
            ("项目,数量,金额（万元）", "清淤,12,86.4", "合计,,86.4"),
            {("line", "864000.00"), ("total", "864000.00")},
        ),
        (
            ("Resource,Days,Rate US$,Amount US$", "Crane,28,1120.00,31360", "Total,,,31360"),
            {("line", "31360.00"), ("total", "31360.00")},
        ),
    ],
)
def test_sheets_without_layout(rows: tuple[str, ...], wanted: set[tuple[str, str]]) -> None:
    found = find(_sheet(*rows), "work_record")
    assert {(f.role, str(shown(f)[0].quantize(Decimal("0.01")))) for f in found} == wanted
    assert {shown(f)[1] for f in found} <= {"CNY", "USD"}
