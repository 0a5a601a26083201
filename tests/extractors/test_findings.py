"""What is wrong with the sums of a document, wherever they stand; and what is sound and must not be accused."""

from __future__ import annotations

import pytest

from extractors.document import Document, PageText, assemble
from extractors.facts.amounts import study_of
from extractors.facts.finding import Finding, codes, finding


def document(text: str) -> Document:
    return assemble([PageText(text, 595, 842)], "text/plain")


def found(text: str, kind: str = "invoice") -> list[tuple[str, str]]:
    """(code, the slice it stands at) of each finding."""
    read = document(text)
    return [(each.code, read.text[each.start : each.end]) for each in study_of(read, kind).findings]


CERTIFICATE = """PAYMENT CERTIFICATE No. 7
Gross value of work executed to date USD 1,000,000.00
Less retention 5% 50,000.00
Less recovery of advance payment 100,000.00
Less previously certified 600,000.00
Net amount due this certificate {}
"""
ZH_CERTIFICATE = """工程款支付证书
累计完成产值 5,000,000.00
扣质保金 3% 150,000.00
预付款抵扣 500,000.00
累计已付 2,000,000.00
本期应付 {}元
"""
BILL = """INVOICE
Description Qty Unit Price Amount USD
Crane 2 850.00 {crane}
Pump 3 100.00 300.00
Hose 4 10.00 40.00
Total {total}
Amount in words: US Dollars {words} only
"""
SOUND = {"crane": "1,700.00", "total": "2,040.00", "words": "two thousand and forty"}


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        (CERTIFICATE.format("260,000.00"), "invoice", [("certificate", "260,000.00")]),
        (CERTIFICATE.format("250,000.00"), "invoice", []),
        (CERTIFICATE.format("950,000.00"), "invoice", []),  # only the retention was taken off
        (ZH_CERTIFICATE.format("2,450,000.00"), "other", [("certificate", "2,450,000.00")]),
        (ZH_CERTIFICATE.format("2,350,000.00"), "other", []),
        ("Subtotal 1,000.00\nVAT 20% 150.00\nTotal 1,150.00\n", "invoice", [("tax_rate", "150.00")]),
        ("Subtotal 1,000.00\nVAT 20% 200.00\nTotal 1,200.00\n", "invoice", []),
        ("Subtotal 1,000.00\nVAT 20% 150.00\nof which at 5% 50.00\nTotal 1,150.00\n", "invoice", []),
        ("Subtotal 1,000.00\nGST 60.00\nTotal 1,160.00\n", "invoice", [("net_tax_total", "1,160.00")]),
        (BILL.format(**SOUND), "invoice", []),
        (
            BILL.format(
                **{**SOUND, "crane": "1,750.00", "total": "2,090.00", "words": "two thousand and ninety"}
            ),
            "invoice",
            [("line_product", "1,750.00")],
        ),
        (
            BILL.format(**{**SOUND, "total": "2,140.00", "words": "two thousand one hundred forty"}),
            "invoice",
            [("lines_total", "2,140.00")],
        ),
        (
            BILL.format(**{**SOUND, "words": "two thousand and fourteen"}),
            "invoice",
            [("words_figure", "US Dollars two thousand and fourteen only")],
        ),
    ],
)
def test_sums_that_contradict_each_other(text: str, kind: str, wanted: list[tuple[str, str]]) -> None:
    assert found(text, kind) == wanted


FAR = "The contract price is {}.\n\nIt was agreed on the 3rd.\n\n{}\n"


@pytest.mark.parametrize(
    ("figure", "words", "wrong"),
    [
        ("US$ 1,250,000.00", "In words: United States Dollars One Million Two Hundred Thousand Only.", True),
        (
            "US$ 1,250,000.00",
            "In words: United States Dollars One Million Two Hundred Fifty Thousand Only.",
            False,
        ),
        ("US$ 1,250,000.00", "In words: US Dollars One Million Two Hundred Flfty Thousand Only.", False),
        ("US$ 1,250,000.00", "The bond is one hundred thousand US dollars.", False),
        ("US$ 1,250,000.00", "In words: Hong Kong Dollars One Million Only.", False),
        ("RMB 1,250,000.00", "合同价款（大写）：人民币壹佰贰拾万元整", True),
        ("RMB 1,250,000.00", "合同价款（大写）：人民币壹佰贰拾伍万元整", False),
        ("RMB 1,250,000.00", "质保金（大写）：人民币陆万贰仟伍佰元整（¥62,500.00）", False),
    ],
)
def test_words_and_figure_are_compared_wherever_they_stand(figure: str, words: str, wrong: bool) -> None:
    codes_found = [code for code, _ in found(FAR.format(figure, words), "contract")]
    assert codes_found == (["words_figure"] if wrong else [])


def test_side_by_side_they_are_one_finding_with_both_places() -> None:
    read = document("赔款金额（大写）：壹万贰仟元整（小写：¥12,500.00）")
    (wrong,) = study_of(read, "other").findings
    assert [read.text[a:b] for a, b in wrong.places] == ["壹万贰仟元整", "¥12,500.00"]
    assert wrong.message() == "in words 12000, in figures 12500.00"
    assert "不一致" in wrong.message("zh")


def test_a_word_that_ocr_broke_is_mended_by_the_figure_or_left_out() -> None:
    text = "In words: US Dollars One Million Two Hundred Flfty Thousand Only"
    alone = study_of(document(text), "contract").facts
    both = study_of(document(f"Price US$ 1,250,000.00\n{text}"), "contract").facts
    assert alone == ()
    assert [str(fact.value.amount) for fact in both if hasattr(fact.value, "amount")] == [
        "1250000.00",
        "1250000.00",
    ]
    assert both[1].doubts


def test_a_line_that_is_wrong_among_sound_ones() -> None:
    text = "INVOICE\nDescription Qty Unit Price Amount USD\nCrane 2 850.00 1,700.00\nPump 3 100.00 300.00\n"
    assert found(f"{text}Hose 4 10.00 45.00\nTotal 2,045.00\n") == [("line_product", "45.00")]


def test_findings_stand_in_order_and_every_code_has_its_sentence_in_both_languages() -> None:
    read = document(BILL.format(crane="1,700.00", total="2,140.00", words="two thousand"))
    wrong = study_of(read, "invoice").findings
    assert [each.code for each in wrong] == ["lines_total", "words_figure"]
    assert [each.start for each in wrong] == sorted(each.start for each in wrong)
    for each in wrong:
        assert "{" not in each.message() + each.message("zh")
    assert {each.code for each in wrong} <= set(codes())


def test_a_finding_needs_a_place() -> None:
    with pytest.raises(ValueError, match="place"):
        finding("tax_rate", ())
    with pytest.raises(ValueError, match="place"):
        Finding("tax_rate", (), ((3, 3),))
