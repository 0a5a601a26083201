"""References: labelled, in tables, bare; and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors.facts
from extractors.document import Box, Cell, Document, PageText, assemble, text_of_lines
from extractors.facts.fact import REFERENCE_ROLES
from extractors.facts.plain import plain
from extractors.facts.reference_signs import vin_is_consistent
from extractors.facts.references import find


def document(text: str) -> Document:
    return assemble([PageText(text, 595, 842)], "text/plain")


def found(text: str, kind: str = "other") -> set[tuple[str, str]]:
    return {(str(f.value), f.role) for f in find(document(text), kind)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our ref: GC/L/0145", {("GC/L/0145", "letter")}),
        ("Your Ref.   HCL-NPA-L-0123 dated 3 May 2023", {("HCL-NPA-L-0123", "letter")}),
        ("our letter GC/L/0145 of 14 March 2023.", {("GC/L/0145", "letter")}),
        ("发文字号：港务〔2023〕15号", {("港务〔2023〕15号", "letter")}),
        ("港务函〔2023〕15号", {("港务函〔2023〕15号", "letter")}),
        ("贵方来函（JLJG-函-2023-021）收悉", {("JLJG-函-2023-021", "letter")}),
        ("Invoice No.: INV-2023-077", {("INV-2023-077", "invoice")}),
        ("Invoice # 2023001", {("2023001", "invoice")}),
        ("INVOICE: NO. 001", {("001", "invoice")}),
        ("Invoice INV/2023/03/0008", {("INV/2023/03/0008", "invoice")}),
        ("Cash Inv No.: 7825F743", {("7825F743", "invoice")}),
        ("Facture n°562044387 du 2 juillet", {("562044387", "invoice")}),
        ("Rechnungsnummer: 2023-3391", {("2023-3391", "invoice")}),
        ("发票代码：011001900111 发票号码：12345678", {("011001900111", "invoice"), ("12345678", "invoice")}),
        ("发 票 号 码 ： 12345678", {("12345678", "invoice")}),
        ("Receipt No 00045", {("00045", "invoice")}),
        ("Invoice No      4471", {("4471", "invoice")}),
        ("Rcpt#: A0012093", {("A0012093", "invoice")}),
        ("Ticket n° 00871", {("00871", "invoice")}),
        ("Factura nº: 2023/0991", {("2023/0991", "invoice")}),
        ("FATURA-RECIBO N.º FR 2023/55", {("FR 2023/55", "invoice")}),
        ("Fakturanummer: 30412", {("30412", "invoice")}),
        ("Faktura VAT nr FV/112/05/2023", {("FV/112/05/2023", "invoice")}),
        ("Contract No. C-2023/017", {("C-2023/017", "contract")}),
        ("合同编号：ＨＴ－２０２３－０１７", {("HT-2023-017", "contract")}),
        ("發文字號：港務〔2023〕15號", {("港務〔2023〕15號", "letter")}),
        ("Claim No. CLM-001 and claim CLM-002", {("CLM-001", "claim"), ("CLM-002", "claim")}),
        ("报案号: RDAA2023440100001234", {("RDAA2023440100001234", "claim")}),
        ("Policy No: PAR/2022/88-1", {("PAR/2022/88-1", "other")}),
        ("Report No. TR-2023-0456", {("TR-2023-0456", "report")}),
        ("报告编号：JC-2023-0456", {("JC-2023-0456", "report")}),
        ("P.O. No. 4500012345", {("4500012345", "order")}),
        ("Work order: WO-88", {("WO-88", "order")}),
        ("工单号：WX-230821-033，进厂", {("WX-230821-033", "order")}),
        ("按工单WX-230821-033更换", {("WX-230821-033", "order")}),
        ("Drawing No. A-101 Rev B", {("A-101", "drawing")}),
        ("图号：结施-03", {("结施-03", "drawing")}),
        ("Clause 20.1 applies", {("20.1", "clause")}),
        ("Sub-Clause 8.4(a) and clauses 1.1, 2.1 and 3.5", {("8.4(a)", "clause"), ("1.1", "clause"), ("2.1", "clause"),
          ("3.5", "clause")}),
        ("Article 23 of the Law", {("23", "clause")}),
        ("通用条款第19.1条及第二十三条", {("19.1", "clause"), ("23", "clause")}),
        ("依据第一百零五条", {("105", "clause")}),
        ("VIN 1HGCM82633A004352", {("1HGCM82633A004352", "vin")}),
        ("车架号LSVAA4182E2184847", {("LSVAA4182E2184847", "vin")}),
        ("京A12345与粤B·D12345相撞", {("京A12345", "plate"), ("粤B·D12345", "plate")}),
        ("车牌号：沪 B5K392", {("沪B5K392", "plate")}),
        ("Registration plate: AB12 CDE", {("AB12 CDE", "plate")}),
        ("车牌号沪 b5K392", {("沪B5K392", "plate")}),
        ("车牌号：沪B5K39O", {("沪B5K390", "plate")}),
        ("VIN 1M8GDM9AXKPO42788", {("1M8GDM9AXKP042788", "vin")}),
        ("VIN 1M8GDM9AXKPO042788", {("1M8GDM9AXKP042788", "vin")}),
        ("(JYJG- 函 -2023-036 ) 收悉", {("JYJG-函-2023-036", "letter")}),
        ("文号 云新司函〔2023]】 87 号", {("云新司函〔2023〕87号", "letter")}),
        ("报告编号 ZC-HN -2023-07 18", {("ZC-HN-2023-0718", "report")}),
        ("公估报告（编号：DS-GG-2023-0721）", {("DS-GG-2023-0721", "report")}),
        ("与贵司合同（编号：HT-2023-9）一致", {("HT-2023-9", "contract")}),
        ("See the survey report (No. SR/2024/77)", {("SR/2024/77", "report")}),
        ("Vehicle reg: WX19 KLM", {("WX19 KLM", "plate")}),
        ("Reg: WX19 KLM", {("WX19 KLM", "plate")}),
        ("Warranty claim sent under ref WC/2025/00417 was refused", {("WC/2025/00417", "claim")}),
        ("pile stopped, see RFI 0231 and NCR 017", {("RFI 0231", "order"), ("NCR 017", "report")}),
        ("按BG-007号设计变更施工", {("BG-007", "other")}),
        ("Invoice INV-23-0391 and later INV-23-0427", {("INV-23-0391", "invoice"), ("INV-23-0427", "invoice")}),
        ("drawing RW5-S-201 first\n" + "x " * 30 + "\nRW5-S-202", {("RW5-S-201", "drawing"), ("RW5-S-202", "drawing")}),
    ],
)  # fmt: skip
def test_references(text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Tel: 021-5555 1234, mobile 13800138000, fax +86 21 5555",
        "Account No. 6222 0212 3456 IBAN DE89370400440532013000",
        "GST Reg No: 000792512, VAT No GB123456789",
        "开户行及账号：工商银行 622202123456 纳税人识别号：91310000MA1K35",
        "Invoice date: 14/03/2023 due 2023-04-13",
        "Invoice total 1,250.00 and contract sum US$1,250,000.00",
        "the contract of 2 parts, the letter of 3 May, order 5 pumps",
        "Tested to BS-EN-12390 and GB/T 50081-2019, ISO-9001, concrete C35/45",
        "合同于2022年12月12日签订，工期160天，工单价160元",
        "Section 2 of the works at chainage 2+340",
        "Harbour Bypass, Section 2",
        "piles P3-09 to P3-12, gauges ZD-01 and SW-2, excavator DX-118",
        "VIN 1M8GDM9AXKPO42789",
        "Page 3 of 12, table 4, 14:20",
        "一九九八年第三季度",
        "No. of items: 12345",
        "Contract: A57 Link Road, Package 2",
        "RFI 2.5 % and NCR 12/05",
        "",
    ],
)
def test_no_references(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("kind", "role"),
    [("correspondence", "letter"), ("invoice", "invoice"), ("inspection_report", "report"), ("contract", "contract"),
     ("work_record", "report"), ("minutes", "other")],
)  # fmt: skip
def test_bare_number_label_means_the_document_itself(kind: str, role: str) -> None:
    assert found("编号：ZX-2023-008", kind) == {("ZX-2023-008", role)}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("invoice", "增值税专用发票\nNo 06138824\n开票日期", {("06138824", "invoice")}),
        ("work_record", "CONTRACTOR'S DAILY\nREPORT\nNo. 059\nWeather", {("059", "report")}),
        ("work_record", "Trade\nNo. 12\nWhere", set()),
        ("contract", "Sub-Clause 20.1 Contractor's Claims", {("20.1", "clause")}),
    ],
)
def test_number_behind_a_lone_no_at_the_head(kind: str, text: str, expected: set[tuple[str, str]]) -> None:
    assert found(text, kind) == expected


def test_small_l_in_a_scan_is_a_capital_i() -> None:
    page = PageText("INSTRUCTION\nNo. El-027\n", 595, 842, "ocr", "tesseract", 0.9)
    assert [f.value for f in find(assemble([page], "image/png"), "correspondence")] == ["EI-027"]


def test_number_in_the_column_beside_a_label_with_noise() -> None:
    pieces = [[("Our", Box(0.1, 0.1, 0.13, 0.11), 0.9), ("ref.", Box(0.14, 0.1, 0.17, 0.11), 0.9),
               ("37S", Box(0.18, 0.1, 0.21, 0.11), 0.3), ("NV/WR/23-2210", Box(0.4, 0.1, 0.6, 0.11), 0.9)]]  # fmt: skip
    text, words = text_of_lines(pieces)
    doc = assemble([PageText(text, 595, 842, "ocr", words=words)], "image/png")
    assert {(f.value, f.role) for f in find(doc, "correspondence")} == {("NV/WR/23-2210", "letter")}


def test_own_number_alone_on_a_line_of_a_letter() -> None:
    assert found("Harbour Civil Ltd\nKBRA/C07/2023/0356\n\nDear Sir,\nNo.", "correspondence") == {
        ("KBRA/C07/2023/0356", "letter")
    }


def test_headings_of_a_contract_are_no_references_to_clauses() -> None:
    text = "第一条 工程概况\n第二条 工期\n按第8.4条执行\nArticle 1 Definitions\nas in Clause 3.2"
    assert found(text, "contract") == {("8.4", "clause"), ("3.2", "clause")}


def test_value_below_its_label_in_a_table_of_boxes() -> None:
    row = [
        ("Invoice No.", 0.1, 0.1),
        ("Contract No.", 0.5, 0.1),
        ("77001", 0.1, 0.13),
        ("C-2023/017", 0.5, 0.13),
    ]
    lines = [
        [(w, Box(x + 0.08 * i, y, x + 0.08 * i + 0.07, y + 0.015), None)
         for t, x, y in part for i, w in enumerate(t.split())]
        for part in (row[:2], row[2:])
    ]  # fmt: skip
    text, words = text_of_lines(lines)
    doc = assemble([PageText(text, 595, 842, words=words)], "application/pdf")
    assert {(f.value, f.role) for f in find(doc, "invoice")} == {
        ("77001", "invoice"),
        ("C-2023/017", "contract"),
    }


@pytest.mark.parametrize(("row", "column"), [(0, 1), (1, 0)])
def test_value_in_the_next_cell(row: int, column: int) -> None:
    text = "报告编号\tJC-2023-0456"
    cells = (Cell(0, 0, 0, 0, 4), Cell(0, row, column, 5, 17))
    doc = assemble([PageText(text, 595, 842, cells=cells)], "text/plain")
    assert [(f.value, f.role) for f in find(doc, "other")] == [("JC-2023-0456", "report")]


def test_place_reason_and_box() -> None:
    text = "Our ref: GC/L/0145."
    (fact,) = find(document(text), "correspondence")
    assert text[fact.start : fact.end] == "GC/L/0145"
    assert (fact.why, fact.rule, fact.kind) == ("Our ref", "reference.label", "reference")


def test_value_once_and_a_role_beats_other() -> None:
    text = "Contract No. ABX-2023-7\nABX-2023-7 again\nand ABX-2023-7"
    assert [f.role for f in find(document(text), "other")] == ["contract"]


@pytest.mark.parametrize(
    ("vin", "good"),
    [
        ("1HGCM82633A004352", True),
        ("1M8GDM9AXKP042788", True),
        ("11111111111111111", True),
        ("1HGCM82643A004352", False),
    ],
)
def test_check_digit(vin: str, good: bool) -> None:
    assert vin_is_consistent(vin) is good


def test_vin_with_wrong_check_digit_is_less_sure() -> None:
    def sure(vin: str) -> float:
        return next(f.confidence for f in find(document(f"car {vin} here"), "other") if f.role == "vin")

    assert sure("1HGCM82633A004352") > sure("1HGCM82643A004352")


def test_many_numbers_are_capped() -> None:
    text = " ".join(f"ABX-{n:04d}-X" for n in range(500))
    assert len(find(document(text), "other")) == 30


def test_vocabulary_is_sound() -> None:
    folder = Path(extractors.facts.__file__).parent
    labels = yaml.safe_load((folder / "reference_labels.yaml").read_text(encoding="utf-8"))
    assert set(labels) == {*REFERENCE_ROLES, "by_kind", "ignore"} - {"clause"}
    phrases = [p for sorts in labels.values() for own in sorts.values() for p in own]
    assert len(phrases) == len(set(phrases))
    assert all(isinstance(p, str) and plain(p).lower == p for p in phrases)
    prefixes = yaml.safe_load((folder / "reference_prefixes.yaml").read_text(encoding="utf-8"))
    assert set(prefixes) <= {*REFERENCE_ROLES, "none"}


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Our ref: ", "编号：", "第", "条", "No.", "INV-", "12", "/", "-", "〔2023〕", "号", "\n", " "])
        | st.text(max_size=6)
    ),
    st.sampled_from(["correspondence", "invoice", "contract", "other"]),
)  # fmt: skip
def test_any_text_gives_sound_facts(parts: list[str], kind: str) -> None:
    doc = document("".join(parts))
    for fact in find(doc, kind):
        assert fact.role in REFERENCE_ROLES
        assert 0 < fact.confidence <= 1
        assert fact.end <= doc.body_end
        assert any(c.isdigit() for c in str(fact.value))
