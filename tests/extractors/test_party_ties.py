"""What a document says of its parties' names: numbers, short names, two scripts, people and their companies."""

from __future__ import annotations

import pytest
from stdnum.cn import uscc

from extractors.document import Document, PageText, assemble
from extractors.facts.parties import find
from extractors.facts.party_core import compatible, core_of, telling
from extractors.facts.party_nature import nature, without_title
from extractors.facts.party_numbers import numbers_in
from extractors.facts.party_ties import ties
from extractors.facts.plain import plain
from tests.extractors.test_parties import laid_out

Told = set[tuple[str, str, str]]


def credit_code(base: str) -> str:
    """A unified social credit code with the right check character (GB 32100-2015)."""
    return base + uscc.calc_check_digit(base)


ONE, TWO = credit_code("91310000MA1FL4G1X"), credit_code("91310000MA1FL4G2X")
WRONG = ONE[:-1] + ("1" if ONE[-1] != "1" else "2")


def document(text: str) -> Document:
    return assemble([PageText(text, 595, 842)], "text/plain")


def told(read: Document, kind: str = "correspondence") -> Told:
    return {(tie.kind, tie.name, tie.other) for tie in ties(read, find(read, kind))}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("contract", 'Harbour Civil Ltd (hereinafter "HCL") and Northport Authority (the "Employer")',
         {("defined", "Harbour Civil Ltd", "HCL")}),
        ("contract", "Harbour Civil Ltd of 1 Quay (hereinafter referred to as HCL) agrees",
         {("defined", "Harbour Civil Ltd", "HCL")}),
        ("contract", "港务土木工程有限公司（以下简称“港务土木”）与北港港务局（以下简称“发包人”）",
         {("defined", "港务土木工程有限公司", "港务土木")}),
        ("contract", "港务土木工程有限公司，以下简称“港务土木”，订立合同",
         {("defined", "港务土木工程有限公司", "港务土木")}),
        ("correspondence", "Harbour Civil Ltd (HCL) came.", {("defined", "Harbour Civil Ltd", "HCL")}),
        ("correspondence", "港务土木工程有限公司(港务土木)来函", {("defined", "港务土木工程有限公司", "港务土木")}),
        ("correspondence", "Harbour Civil Ltd and HCL alike.", {("initials", "Harbour Civil Ltd", "HCL")}),
        ("correspondence", "Harbour Civil Ltd\n港务土木有限公司\n\nTo: Northport Authority\nDear Sirs,",
         {("pair", "Harbour Civil Ltd", "港务土木有限公司")}),
        ("correspondence", "港务土木工程有限公司（Harbour Civil Engineering Co., Ltd.）来函",
         {("pair", "港务土木工程有限公司", "Harbour Civil Engineering Co., Ltd")}),
        ("contract", f"甲方：北港港务局\n统一社会信用代码：{ONE}\n乙方：港务土木有限公司\n纳税人识别号：{TWO}",
         {("number", "北港港务局", ONE), ("number", "港务土木有限公司", TWO)}),
        ("invoice", f"发票\n购买方 名称：北港港务局\n销售方 名称：港务土木有限公司\n统一社会信用代码：{TWO}",
         {("number", "港务土木有限公司", TWO)}),
        ("correspondence", "Harbour Civil Ltd (Company No. 01234567) wrote",
         {("number", "Harbour Civil Ltd", "01234567")}),
        ("correspondence", "Harbour Civil Ltd\nTo: Northport Authority\nDear Sirs,\nText.\nYours faithfully,\nA. Lim\n"
                           "Registered in England No. 01234567. VAT GB 980 7806 84",
         {("number", "Harbour Civil Ltd", "01234567"), ("number", "Harbour Civil Ltd", "GB980780684")}),
        ("invoice", "POPULAR BOOKS\nCO. (M) SDN BHD (113825-W)\nTOTAL 9.00",
         {("number", "POPULAR BOOKS CO. (M) SDN BHD", "113825W")}),
        ("minutes", "Minutes\nPresent:\nA. Lim (Harbour Civil Ltd)\n出席：港务土木有限公司：陆维新、贺强",
         {("staff", "A. Lim", "Harbour Civil Ltd"), ("staff", "贺强", "港务土木有限公司")}),
        ("correspondence", "To: X\nDear Sir,\nText.\nYours faithfully,\nFor and on behalf of Harbour Civil Ltd\nA. Lim",
         {("staff", "A. Lim", "Harbour Civil Ltd")}),
        ("correspondence", "From: Chen Wei <chen@hc.example>\nHi", {("domain", "Chen Wei", "hc.example")}),
    ],
)  # fmt: skip
def test_ties(kind: str, text: str, expected: Told) -> None:
    assert expected <= told(document(text), kind)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('Harbour Civil Ltd (the "Contractor") builds.', "Contractor"),
        ('Harbour Civil Ltd ("the Company")', "the Company"),
        ("港务土木有限公司（以下简称“乙方”）", "乙方"),
        (f"港务土木有限公司\n统一社会信用代码：{WRONG}", WRONG),
        ("Harbour Civil Ltd, VAT GB 980 7806 85", "GB980780685"),
        ("Harbour Civil Ltd and Mill Piling Ltd (Company No. 01234567)", "01234567"),
        ("Harbour Civil Ltd, 港务土木有限公司 and others", "港务土木有限公司"),
        ("From: Chen Wei <chen@gmail.com>", "gmail.com"),
        ("To:\nNorthport Authority\n港务土木有限公司\nMill Piling Ltd\nDear Sirs,", "港务土木有限公司"),
    ],
)
def test_what_is_no_tie(text: str, wrong: str) -> None:
    assert wrong not in {other for _, _, other in told(document(text), "contract")}


def test_numbers_of_two_columns_belong_to_their_own_column() -> None:
    rows = [
        [(0.1, "Crane Hire Services Ltd"), (0.6, "Bill to: Harbour Civil Ltd")],
        [(0.1, "VAT No: GB980780684"), (0.6, "Company No: 01234567")],
    ]
    read = laid_out(rows)
    assert {
        ("number", "Crane Hire Services Ltd", "GB980780684"),
        ("number", "Harbour Civil Ltd", "01234567"),
    } <= told(read, "invoice")


def test_places_of_ties_lie_in_the_text() -> None:
    text = "  Harbour Civil Ltd  (hereinafter “HCL”)"
    (tie,) = (t for t in ties(document(text), find(document(text), "contract")) if t.kind == "defined")
    assert text[tie.start : tie.end].split() == ["Harbour", "Civil", "Ltd", "(hereinafter", "“HCL"]


@pytest.mark.parametrize(
    ("line", "scheme", "value"),
    [
        (f"统一社会信用代码 {ONE}", "cn.uscc", ONE),
        (f"税号：{ONE.replace('0', 'O')}", "cn.uscc", ONE),
        ("ABN 51 824 753 556", "au.abn", "51824753556"),
        ("EIN: 12-3456789", "us.ein", "123456789"),
        ("VAT Reg. No. GB 980 7806 84", "vat", "GB980780684"),
        ("USt-IdNr.: DE136695976", "vat", "DE136695976"),
        ("UEN: 00192200M", "sg.uen", "00192200M"),
        ("Company Registration No: 01234567", "company", "01234567"),
    ],
)
def test_numbers_of_companies(line: str, scheme: str, value: str) -> None:
    assert [(n.scheme, n.value) for n in numbers_in(plain(line))] == [(scheme, value)]


@pytest.mark.parametrize(
    "line",
    [
        "Tel 01234 567890",
        "ABN 51 824 753 557",
        "Invoice No: 01234567",
        "税号：12345",
        "VAT 20% of 1,250.00",
        "",
    ],
)
def test_other_numbers(line: str) -> None:
    assert numbers_in(plain(line)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Harbour Civil Ltd", "company"), ("港务土木有限公司", "company"), ("北港港务局", "company"),
        ("A. Lim", "person"), ("Chen Wei", "person"), ("Mr Stone", "person"), ("Jonas van den Berg", "person"),
        ("李工", "person"), ("王建国", "person"), ("Dr. Helena Lind", "person"),
        ("Tideway Pumps", "unknown"), ("Song Pumps", "unknown"), ("HCL", "unknown"), ("港务土木", "unknown"),
    ],
)  # fmt: skip
def test_persons_are_told_from_companies(name: str, expected: str) -> None:
    assert nature(name) == expected


def test_what_found_a_name_decides_where_it_does_not_tell() -> None:
    assert nature("Tideway Pumps", ("party.shop",)) == "company"
    assert nature("Merrin Vosk", ("party.attendee",)) == "person"
    assert nature("Merrin Vosk", ("party.label",), ("Attn",)) == "person"
    assert nature("Merrin Vosk", ("party.label",), ("Employer",)) == "unknown"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Harbour Civil Ltd", "HARBOUR CIVIL LIMITED", True),
        ("Smith & Sons Co., Ltd.", "Smith and Sons Ltd", True),
        ("港务土木有限公司", "港務土木有限責任公司", True),
        ("The Harbour Civil Ltd", "Harbour Civil", True),
        ("Harbour Civil Ltd", "Harbour Civil (Singapore) Pte Ltd", False),
        ("Harbour Civil Ltd", "Harbour Civil Pte Ltd", False),
        ("Harbour Civil Ltd", "Harbour Civil Inc", False),
        ("港务土木有限公司", "港务土木股份有限公司", False),
        ("港务土木有限公司", "港务土木有限公司上海分公司", False),
    ],
)
def test_cores_and_forms(one: str, other: str, same: bool) -> None:
    first, second = core_of(one), core_of(other)
    assert (first.core == second.core and compatible(first.form, second.form)) is same


def test_telling_part_and_titles() -> None:
    assert [
        telling(core_of(n)) for n in ("Aldersey Construction Ltd", "江岚建工集团有限公司", "Construction Ltd")
    ] == [
        "aldersey",
        "江岚",
        "construction",
    ]
    assert [without_title(n) for n in ("Mr A. Lim", "王建国经理", "Dr Prof Lind", "李工")] == [
        "A. Lim",
        "王建国",
        "Lind",
        "李工",
    ]
