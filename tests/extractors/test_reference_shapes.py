"""Clauses, orders, drawings, policies, chassis numbers and plates: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from extractors.document import PageText, assemble
from extractors.facts.fact import Fact
from extractors.facts.reference_plates import has_check_letter
from extractors.facts.references import find


def facts(text: str, kind: str = "other") -> list[Fact]:
    return find(assemble([PageText(text, 595, 842)], "text/plain"), kind)


def found(text: str, role: str) -> list[str]:
    return sorted(str(fact.value) for fact in facts(text) if fact.role == role)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sub-Clause 20.1 [Contractor's Claims]", ["20.1"]),
        ("under Sub-Clauses 20.2.1 to 20.2.4", ["20.2.1", "20.2.4"]),
        ("Cl. 8.4(b) and Cl 8.4 (b)(ii)", ["8.4(b)", "8.4(b)(ii)"]),
        ("Clause 61.3 and clauses X7.1, Z4 and W2.3", ["61.3", "W2.3", "X7.1", "Z4"]),
        ("damages under X7.1 and secondary Option X18.3", ["X18.3", "X7.1"]),
        ("GCC 14.8 and PCC 4.2", ["14.8", "4.2"]),
        ("§ 314 BGB; UCC §2-725", ["2-725", "314"]),
        ("通用合同条款第19.1款", ["19.1"]),
        ("专用合同条款第10.4.1项约定", ["10.4.1"]),
        ("通用条款19.1、19.2条", ["19.1", "19.2"]),
        ("第十九条第一项", ["19(1)"]),
        ("第十九条第一款第（二）项", ["19.1(2)"]),
        ("依据《保险法》第二十三条，《民法典》第五百七十七条、第五百八十四条", ["23", "577", "584"]),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert found(text, "clause") == expected


@pytest.mark.parametrize(
    "text",
    [
        "Option 2 at 3.5 million, option A 12",
        "cl 35 mg/l of chloride",
        "第一项工程，第三目清单",
        "合同条款12.5万元",
        "per 3.5 m, under 20.1 degrees, by X7 crane",
        "clause of 12.5%",
        "paragraph 3 of the letter",
    ],
)
def test_no_clauses(text: str) -> None:
    assert found(text, "clause") == []


def test_a_law_is_the_reason_of_its_article() -> None:
    (fact,) = facts("依据《保险法》第二十三条")
    assert fact.why == "《保险法》第二十三条"


@pytest.mark.parametrize(
    ("text", "role", "expected"),
    [
        ("VO-012 and CE-0045", "order", ["CE-0045", "VO-012"]),
        ("Compensation Event No. 14", "order", ["14"]),
        ("RFI-0123, later RFI No. 45", "order", ["45", "RFI-0123"]),
        ("Site Instruction No. 14 and PMI-0034", "order", ["14", "PMI-0034"]),
        ("变更单BG-2023-014，签证单QZ-007", "order", ["BG-2023-014", "QZ-007"]),
        ("工程变更单编号：BG-014", "order", ["BG-014"]),
        ("P.O. # 88123", "order", ["88123"]),
        ("NCR-0034", "report", ["NCR-0034"]),
        ("Early Warning Notice No. 12", "letter", ["12"]),
        ("IPC No. 11", "invoice", ["11"]),
        ("发票代码：144032309110 发票号码：03388712", "invoice", ["03388712", "144032309110"]),
        (
            "电子发票 发票号码：24442000000098765432 开票日期：2024年03月05日",
            "invoice",
            ["24442000000098765432"],
        ),
        ("drawings A-101, A-102 and A-103", "drawing", ["A-101", "A-102", "A-103"]),
        ("DWG A-101-RevB; 图号 JS-12(A)", "drawing", ["A-101-RevB", "JS-12(A)"]),
        ("保单号PDAA202344010000123456", "other", ["PDAA202344010000123456"]),
        ("Policy number 12/AB/3456789/00", "other", ["12/AB/3456789/00"]),
    ],
)
def test_numbers_of_papers(text: str, role: str, expected: list[str]) -> None:
    assert found(text, role) == expected


@pytest.mark.parametrize(
    ("text", "revision"),
    [
        ("Drawing No. S-201 Rev C1", "Rev C1"),
        ("图号：结施-03 修改版B", "修改版B"),
        ("Drawing No. S-201", None),
    ],
)
def test_the_revision_of_a_drawing_is_among_its_reasons(text: str, revision: str | None) -> None:
    (fact,) = facts(text)
    assert fact.why.partition(", ")[2] == (revision or "")
    assert "ev" not in str(fact.value)


def test_a_list_ends_where_another_number_is_built_otherwise() -> None:
    assert found("drawings A-101, 102-A and B-7", "drawing") == ["A-101"]


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("粤Z1234港", "粤Z1234港"),
        ("粤Z·8888澳", "粤Z·8888澳"),
        ("使014578", "使014578"),
        ("沪A1234领", "沪A1234领"),
        ("京A0006警", "京A0006警"),
        ("WJ京0123X", "WJ京0123X"),
        ("WJ01·12345", "WJ01·12345"),
        ("军V12345", "军V12345"),
        ("京X1234应急", "京X1234应急"),
        ("粤BD12345", "粤BD12345"),
        ("粤BA12345", "粤BA12345"),
        ("粤B12345D", "粤B12345D"),
        ("the van AB12 CDE was hit", "AB12 CDE"),
        ("Kennzeichen: M-AB 1234", "M-AB 1234"),
        ("the car with the number plate B-MW 123E", "B-MW 123E"),
        ("plaque AB-123-CD", "AB-123-CD"),
        ("the lorry SBA1234G", "SBA1234G"),
        ("Vehicle Reg No. KL 01 AB 1234", "KL 01 AB 1234"),
        ("HK plate: AB 1234", "AB 1234"),
        ("license plate: 7ABC123 (CA)", "7ABC123"),
        ("rego 1AB 2CD", "1AB 2CD"),
        ("Registration plate: AB12 CDE BMW 320d", "AB12 CDE"),
    ],
)
def test_plates(text: str, plate: str) -> None:
    assert found(text, "plate") == [plate]


@pytest.mark.parametrize(
    "text",
    [
        "AB12 CDE",
        "M-AB 1234",
        "the lorry SBA1234A",
        "DN20 PVC pipe behind the van, FY23 BUD",
        "Car park P2-A 12 and zone C-D 4",
        "the trailer carried TR-A 12 and B-12 12 bars",
        "使用014578元；使 014 578 元",
        "Call 0171 234 5678 from the car, account 6222 0212 3456",
        "Vehicle access by Gate 3 on 12 May 2023 at 14:20",
        "WJ-2023-001 on the truck",
        "taxi fare 12-AB-34",
    ],
)
def test_no_plates(text: str) -> None:
    assert found(text, "plate") == []


@pytest.mark.parametrize(
    ("plate", "good"), [("SBA1234G", True), ("SBA 1234 G", True), ("SBA1234A", False), ("X", False)]
)
def test_check_letters_of_singapore(plate: str, good: bool) -> None:
    assert has_check_letter(plate) is good


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("VIN: 1HGCM82633A004352", 0.97),  # right check digit
        ("VIN: WVWZZZ1JZXW000001", 0.85),  # Europe has none
        ("底盘号：LFV3A23C5J3012345", 0.65),  # China has one, and it is wrong
        ("car 1HGCM82643A004352", 0.45),  # so has America, and nothing says that it is one
        ("VIN: 1HGCM 82633 A004352", 0.9),
    ],
)
def test_how_sure_a_chassis_number_is(text: str, sure: float) -> None:
    (fact,) = (fact for fact in facts(text) if fact.role == "vin")
    assert fact.confidence == sure
    assert len(str(fact.value)) == 17


@pytest.mark.parametrize(
    "text", ["VIN: 1HGCM 82633 A004353", "invoice ABCDEFGHJKLMNPRST", "12345678901234567"]
)
def test_no_chassis_numbers(text: str) -> None:
    assert found(text, "vin") == []
