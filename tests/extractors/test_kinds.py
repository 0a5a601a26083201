"""Kinds: every kind in both languages, in clean text and with misread letters; form; reasons; titles."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import extractors.kinds
from extractors.document import Box, Document, Page, PageText, Word, assemble, text_of_lines
from extractors.facts.plain import plain
from extractors.kinds import KINDS, Classification, classify
from extractors.kinds.cues import Cue, misread_heading

_spec = importlib.util.spec_from_file_location(
    "kind_documents", Path(__file__).with_name("kind_documents.py")
)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
DOCUMENTS: list[tuple[str, str]] = _module.DOCUMENTS
CAMERA = [("EXIF Make", "NIKON"), ("EXIF Model", "D90")]


def document(
    text: str, media_type: str = "text/plain", metadata: list[tuple[str, str]] | None = None
) -> Document:
    return assemble([PageText(text, 595, 842)], media_type, metadata or [])


def picture(words: list[str], confidence: float, metadata: list[tuple[str, str]] | None = None) -> Document:
    pieces = [
        [(word, Box(0.1, 0.1 + n * 0.02, 0.3, 0.11 + n * 0.02), confidence)] for n, word in enumerate(words)
    ]
    text, placed = text_of_lines(pieces[:40])
    page = PageText(text, 600, 800, "ocr", "tesseract", confidence, placed)
    return assemble([page], "image/jpeg", metadata or [])


@pytest.mark.parametrize(("kind", "text"), DOCUMENTS, ids=[f"{k}-{n}" for n, (k, _) in enumerate(DOCUMENTS)])
def test_kind_of_clean_text(kind: str, text: str) -> None:
    assert classify(document(text)).kind == kind


@pytest.mark.parametrize(("rate", "least"), [(0.02, 0.95), (0.05, 0.9), (0.1, 0.8)])
def test_kind_survives_misread_letters(rate: float, least: float) -> None:
    chance = random.Random(7)  # noqa: S311
    right = [classify(document(misread(text, rate, chance))).kind == kind for kind, text in DOCUMENTS * 2]
    assert sum(right) / len(right) >= least


def misread(text: str, rate: float, chance: random.Random) -> str:
    def other(char: str) -> str:
        return (
            chr(0x4E00 + chance.randrange(2500) * 7)
            if "一" <= char <= "鿿"
            else chance.choice("acdeilnorst01|")
        )

    return "".join(other(c) if c.isalnum() and chance.random() < rate else c for c in text)


@pytest.mark.parametrize(
    ("kind", "doc"),
    [
        ("correspondence", document("See attached.", "message/rfc822")),
        (
            "correspondence",
            document("Minutes of meeting and tax invoice attached", "application/vnd.ms-outlook"),
        ),
        ("video", document("", "video/mp4")),
        ("video", document("TAX INVOICE\nInvoice No 77\nTotal 9.90", "video/mp4")),
        ("other", document("Title: Minutes of meeting No. 4\nAttendees: all", "audio/mpeg")),
        ("other", document("a.pdf\nb.pdf\ninvoice.pdf", "application/zip")),
        ("photo", picture([], 0.0, CAMERA)),
        ("photo", picture(["Ez", "=", "ye"], 0.3, CAMERA)),
        ("photo", picture([], 0.0)),
        (
            "invoice",
            picture(["TAX", "INVOICE", "Invoice", "No", "77", *["item"] * 20, "Total", "9.90"], 0.9, CAMERA),
        ),
        ("other", Document("", (), "application/octet-stream")),
        ("other", document("")),
        ("other", document(" \n\n \t")),
    ],
)
def test_kind_by_form(kind: str, doc: Document) -> None:
    assert classify(doc).kind == kind


def test_photographed_letter_is_a_letter() -> None:
    text = next(t for k, t in DOCUMENTS if k == "correspondence")
    assert classify(picture(text.split("\n"), 0.95, CAMERA)).kind == "correspondence"


def test_plain_sentences_are_other_with_little_confidence() -> None:
    found = classify(document("The crane stood near the river."))
    assert (found.kind, found.why) == ("other", ())
    assert found.confidence < 0.5


def test_sure_cues_give_high_confidence_and_few_give_less() -> None:
    sure = classify(document("MINUTES OF MEETING\nAttendees:\nA. Lim\nAgenda\nNext meeting: Monday"))
    faint = classify(document("We note your remarks.\nPlease see below."))
    assert sure.confidence > 0.95 > faint.confidence


def test_reasons_are_slices_of_the_text() -> None:
    text = "TAX INVOICE\nInvoice No: 7\nTotal due 9.90"
    found = classify(document(text))
    words = [text[a:b] for a, b in found.why]
    assert words[0] == "TAX INVOICE"
    assert "Invoice No" in words


def test_last_page_is_read_and_middle_pages_of_a_long_document_are_not() -> None:
    filler = [PageText("nothing here", 595, 842)] * 4
    closing = PageText("Dear Sirs,\nYours faithfully,", 595, 842)
    assert classify(assemble([*filler, closing], "application/pdf")).kind == "correspondence"
    assert classify(assemble([*filler[:3], closing, *filler], "application/pdf")).kind == "other"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("From: a\nTo: b\nSubject: Refusal of access\n\nDear Sir,", "Refusal of access"),
        ("Harbour Civil Ltd\n\nDear Sirs,\nContract C-2023/017: Refusal of access to Area B\nWe refer …",
         "Refusal of access to Area B"),
        ("关于B区未按期移交场地的函\n北港港务局：\n贵方至今未移交场地。", "关于B区未按期移交场地的函"),
        ("致：监理部\n事由：图纸会审\n请安排时间。", "图纸会审"),
        ("混凝土抗压强度检测报告\n报告编号：JC-1\n检测结论：合格", "混凝土抗压强度检测报告 JC-1"),
        ("Harbour Civil Ltd\nOur ref GC/L/7\nDear Sirs,\nContract C-7/017\nLate access to Area B (north)\nWe refer",
         "Late access to Area B (north)"),
        ("Harbour Civil Ltd\n12 Quay Road\nContract C-2023/017: Storm damage at the quay\nDear Sirs,\nWe refer to it.",
         "Storm damage at the quay"),
        ("Northport Authority\nDear Ms Lim,\nWe refer to your letter of 3 May.\nYours faithfully,", None),
        ("Re: Contract C-2023/017 – delayed drawings for wall 5\nDear Sirs,", "Delayed drawings for wall 5"),
        ("衡正监理有限公司\n材料价差审核意见\n致：港务土木工程有限公司\n贵方所报已审核。", "材料价差审核意见"),
        ("工程暂停令\n编号：HZ-停-2023-02\n致：港务土木工程有限公司\n特此通知", "工程暂停令 HZ-停-2023-02"),
        ("TAX INVOICE\nInvoice No: INV-77\nBill to: Harbour Civil Ltd\nTotal due 9.90", "TAX INVOICE INV-77"),
        ("Harbour Civil Ltd\nSITE DIARY\nNo. 059\nWeather: rain\nLabour: 9", "SITE DIARY No. 059"),
        ("海岳汽车服务有限公司维修工单\n工单号：WX-230412-018\n里程：31850", "维修工单 WX-230412-018"),
        ("Sorrel Laboratory\nTest report SL/23/77\nCompressive strength of concrete cubes\nClient: X Ltd",
         "Test report SL/23/77 – Compressive strength of concrete cubes"),
        ("工地例会会议纪要\n(第 12 次 )\n主持人：李明", "工地例会会议纪要 (第 12 次)"),
        ("Site Safety Committee – Minutes\nPresent: A. Lim\nApologies: none", "Site Safety Committee – Minutes"),
        ("MINUTES OF PROGRESS MEETING NO. 12\nPresent:\nA. Lim", "MINUTES OF PROGRESS MEETING NO. 12"),
        ("机动车保险拒赔通知书\n海川物流有限公司：\n贵司索赔函（海川函〔2024〕15号）收悉。", "机动车保险拒赔通知书"),
        ("关于拒赔通知的异议书\n海川函〔2024〕22号\n宏安保险有限公司：\n我司认为应予赔付。", "关于拒赔通知的异议书"),
        ("电子普通发票\n发票代码：033002300111 发票号码：40827716\n价税合计 9.00",
         "电子普通发票 40827716"),
        ("nothing to see in this line", None),
        ("", None),
    ],
)  # fmt: skip
def test_title(text: str, title: str | None) -> None:
    assert classify(document(text)).title == title


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (["HARBOUR CIVIL|CONTRACTOR'S DAILY|No. 126", "LTD|REPORT", "Contract C-2023/017|Weather rain", "Labour|9"],
         "CONTRACTOR'S DAILY REPORT No. 126"),
        (["Harbour Civil Ltd|", "Subject|Late release of drawings", "Date|3 May 2023", "Dear Sirs,", "We refer to it."],
         "Late release of drawings"),
        (["Harbour Consulting|DRAWING TRANSMITTAL", "LLP|No. HC/T-0233", "Drawing|Title|Rev.", "HC-1|Wall|A"],
         "DRAWING TRANSMITTAL HC/T-0233"),
    ],
)  # fmt: skip
def test_title_of_a_page_with_columns(rows: list[str], title: str) -> None:
    lines = [
        [(word, Box(0.1 + 0.3 * column + 0.06 * at, 0.05 + 0.025 * n, 0.155 + 0.3 * column + 0.06 * at,
                    0.065 + 0.025 * n), 0.95)
         for column, cell in enumerate(row.split("|")) for at, word in enumerate(cell.split())]
        for n, row in enumerate(rows)
    ]  # fmt: skip
    text, words = text_of_lines(lines)
    page = PageText(text, 595, 842, "ocr", "tesseract", 0.9, words)
    assert classify(assemble([page], "image/png")).title == title


def test_title_of_a_sheet_is_its_heading_and_not_the_name_of_the_sheet() -> None:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert classify(
        document("Summary\nCost of idle plant at wall 5\nItem\tDays\nCrane\t28", sheet)
    ).title == ("Cost of idle plant at wall 5")
    assert (
        classify(document("云溪站逐时降雨量,,\n时间,降雨量,累计\n18:00,4.2,4.2", "text/csv")).title
        == "云溪站逐时降雨量"
    )


def test_photo_has_no_title() -> None:
    assert classify(picture(["Ez", "12"], 0.3, CAMERA)).title is None


def test_paper_that_names_its_contract_is_none() -> None:
    text = (
        "Harbour Civil Ltd\nINCIDENT REPORT IR-7\nContract C-2023/017\nWeather: dry\nExcavator struck a pipe"
    )
    assert classify(document(text)).kind == "work_record"
    assert classify(document("Works\nContract C-2023/017\nplain words")).kind != "contract"


def test_notice_on_a_contracts_form_is_correspondence() -> None:
    text = (
        "NEC4 ENGINEERING AND CONSTRUCTION CONTRACT\nCOMPENSATION EVENT NOTIFICATION\nContract No: HE/57/42\n"
        "From: Tarrant plc (Contractor)\nTo: Brackley LLP (Project Manager)\n"
        "In accordance with clause 61.3 of the conditions of contract we notify you of an event under clause 60.1(12)."
    )
    assert classify(document(text)).kind == "correspondence"


def test_note_to_a_person_is_correspondence() -> None:
    assert classify(document("陆经理：\n资料汇总如下，照片是昨天拍的。\n贺强")).kind == "correspondence"


@pytest.mark.parametrize(
    "text",
    [
        "14/02/2025, 10:31 - Priya: van died\n14/02/2025, 10:33 - Tom: Oh no\n17/02/2025, 17:02 - Tom: one is dead",
        "[14/02/2025, 10:31:07] Priya: repair\n[14/02/2025, 10:33:01] Tom: no\n[17/02/2025, 17:02:59] Tom: tax",
        "2024-04-18 06:34:02 沈建国\n出事了\n\n2024-04-18 06:35:40 陈晓东\n维修费\n\n2024-04-18 06:36:15 沈建国\n查了",
        "沈建国 2024年4月18日 06:34\n出事了\n陈晓东 2024年4月18日 06:35\n拍照\n沈建国 2024年4月18日 06:36\n[图片]",
    ],
)
def test_what_a_messenger_exports_is_correspondence(text: str) -> None:
    assert classify(document(text)).kind == "correspondence"


def test_title_of_an_email_is_its_subject() -> None:
    mail = assemble([PageText("Hello", 595, 842)], "message/rfc822", title="Crane  delivery")
    assert classify(mail).title == "Crane delivery"


@pytest.mark.parametrize(
    ("line", "kind"),
    [("lnv0ice no 7", "invoice"), ("m i n u t e s", "minutes"), ("minules of rneeting", "minutes"),
     ("施工曰志", "work_record"), ("混凝土检测报吿", "inspection_report")],
)  # fmt: skip
def test_misread_heading(line: str, kind: str) -> None:
    found = misread_heading(["some other line", line])
    assert found is not None
    at, cue, likeness = found
    assert (at, cue.kind) == (1, kind)
    assert isinstance(cue, Cue)
    assert 0.75 <= likeness <= 1


@pytest.mark.parametrize("line", ["", "a b", "the weather was fine", "今天下午", "12345 67890"])
def test_no_heading(line: str) -> None:
    assert misread_heading([line]) is None


def test_upside_down_page_reads_like_an_upright_one() -> None:
    text = "SITE DIARY\nWeather: heavy rain\nLabour on site: 24 men\nWork done: none"
    rows = [line.split() for line in text.split("\n")]
    upright = [[(w, Box(0.1 + 0.1 * i, 0.1 + 0.03 * n, 0.19 + 0.1 * i, 0.12 + 0.03 * n), 0.9)
                for i, w in enumerate(row)] for n, row in enumerate(rows)]  # fmt: skip
    turned = [[(w, Box(1 - b.x1, 1 - b.y1, 1 - b.x0, 1 - b.y0), c) for w, b, c in row] for row in upright]
    results = []
    for pieces in (upright, turned):
        whole, words = text_of_lines(pieces)
        results.append(classify(assemble([PageText(whole, 595, 842, "ocr", words=words)], "image/png")))
    assert results[0] == results[1]
    assert results[0].kind == "work_record"


def test_vocabulary_is_sound() -> None:
    loaded = yaml.safe_load(
        Path(extractors.kinds.__file__).with_name("cues.yaml").read_text(encoding="utf-8")
    )
    assert set(loaded) < set(KINDS)
    for places in loaded.values():
        assert set(places) <= {"heading", "line", "body"}
        for weights in places.values():
            for weight, phrases in weights.items():
                assert 0 < weight <= 6
                assert len(phrases) == len(set(phrases))
                assert all(isinstance(p, str) and plain(p).text == p for p in phrases)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_a_sound_answer(text: str) -> None:
    doc = document(text)
    found = classify(doc)
    assert isinstance(found, Classification)
    assert found.kind in KINDS
    assert 0 < found.confidence <= 1
    assert all(0 <= a < b <= len(doc.text) for a, b in found.why)


def test_page_without_size_is_no_error() -> None:
    page = Page(1, 0, 7, 0.0, 0.0, words=(Word(0, 7, Box(0, 0, 1, 1)),))
    assert classify(Document("Invoice", (page,), "application/pdf")).kind == "invoice"
