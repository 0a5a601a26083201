"""Papers in Word, HTML and Markdown: what a document says is never markup, what is missing is always marked."""

from __future__ import annotations

import datetime
import io
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline import claim_report, custody, notice_draft
from pipeline.papers import words as words_module
from pipeline.papers.docx_form import as_docx
from pipeline.papers.html_form import as_html
from pipeline.papers.markdown_form import as_markdown
from pipeline.papers.paper import Citation, Labels, Paper, Section, Statement, Table, han, pieces, told
from pipeline.papers.words import LANGUAGES, Words
from pipeline.wording import vocabulary

MADE = datetime.datetime(2023, 6, 30, 9, tzinfo=datetime.UTC)
LABELS = {
    "en": Labels("[no source]", "None.", "Contents", "Page {page} of {pages}"),
    "zh": Labels("[无证据来源]", "无。", "目录", "第{page}页，共{pages}页"),
}


def paper(*sections: Section, language: str = "zh", **more: Any) -> Paper:
    def citing(doc: str, page: int) -> Citation:
        return Citation(f"[{doc}, {page}]", "#exhibit-1")

    details: dict[str, Any] = {
        "title": "索赔报告",
        "header": "草稿 · CLM-1",
        "contents": True,
        "numbered": True,
        **more,
    }
    return Paper(language=language, sections=sections, citing=citing, labels=LABELS[language], **details)


def cells(*texts: str) -> tuple[Statement, ...]:
    return tuple(Statement(text, needs_source=False) for text in texts)


EXHIBITS = Section(
    "证据目录",
    (
        Table(
            "表一",
            ("序号", "名称"),
            tuple(cells(str(n), "函件") for n in range(1, 80)),
            frozenset({0}),
            ("exhibit-1",),
            total=True,
            widths=(1, 4),
        ),
    ),
)
WHOLE = paper(
    Section("总论", (Statement("已发生⟦日期⟧停工。", "d1", 2), Statement("无人证明。"))),
    Section("经过", (Statement("“全部停工”", "d1", 1, quoted=True),), level=2),
    Section(
        "待补",
        (Statement("缺发票。", needs_source=False), Statement("缺照片。", needs_source=False)),
        items=True,
    ),
    EXHIBITS,
    Section("空", ()),
    notes=("起草说明",),
)


@cache
def written(made: Paper) -> bytes:
    return as_docx(made, MADE)


def document_of(made: Paper) -> Any:
    return Document(io.BytesIO(written(made)))


def xml_of(made: Paper, part: str = "word/document.xml") -> str:
    return zipfile.ZipFile(io.BytesIO(written(made))).read(part).decode()


def test_a_word_document_has_headings_styles_and_what_is_missing_marked() -> None:
    document = document_of(WHOLE)
    styles = {p.text: p.style.name for p in document.paragraphs if p.text}
    assert styles["一、总论"] == "Heading 1"
    assert styles["（一）经过"] == "Heading 2"
    assert styles["缺发票。"] == "List Bullet"
    assert styles["“全部停工” [d1, 1]"] == "Quote"
    marked = [r.text for p in document.paragraphs for r in p.runs if r.font.highlight_color]
    assert marked == ["[日期]", "[无证据来源]"]
    assert document.sections[0].header.paragraphs[0].text == "草稿 · CLM-1"
    assert document.core_properties.language == "zh-CN"
    assert "无。" in styles


def test_a_word_document_has_fields_for_contents_and_page_numbers() -> None:
    fields = re.findall(r"<w:instrText[^>]*>([^<]*)<", xml_of(WHOLE))
    assert [field.split()[0] for field in fields] == ["TOC"]
    footer = next(n for n in zipfile.ZipFile(io.BytesIO(written(WHOLE))).namelist() if "footer" in n)
    assert [f.strip() for f in re.findall(r"<w:instrText[^>]*>([^<]*)<", xml_of(WHOLE, footer))] == [
        "PAGE",
        "NUMPAGES",
    ]
    begun, ended = (xml_of(WHOLE).count(f'w:fldCharType="{kind}"') for kind in ("begin", "end"))
    assert begun == ended == 1


def test_the_head_of_a_table_stands_on_every_page_and_rows_are_not_parted() -> None:
    table = document_of(WHOLE).tables[-1]
    heads = [row._tr.find(qn("w:trPr") + "/" + qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, *[False] * 79]
    assert all(row._tr.find(qn("w:trPr") + "/" + qn("w:cantSplit")) is not None for row in table.rows[1:])
    assert all(run.bold for run in table.rows[-1].cells[1].paragraphs[0].runs)
    assert table.columns[1].width == pytest.approx(4 * table.columns[0].width, rel=0.01)


def test_chinese_has_fonts_of_its_own_and_none_of_the_theme() -> None:
    document = document_of(WHOLE)
    for name, font in (
        ("Normal", "SimSun"),
        ("Heading 1", "SimHei"),
        ("Title", "SimHei"),
        ("Table Text", "SimSun"),
    ):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if "Theme" in key]


def test_every_link_of_a_word_document_leads_to_a_bookmark() -> None:
    xml = xml_of(WHOLE)
    marks = re.findall(r'<w:bookmarkStart[^>]*w:name="([^"]+)"', xml)
    targets = set(re.findall(r'<w:hyperlink[^>]*w:anchor="([^"]+)"', xml))
    numbers = re.findall(r'<w:bookmarkStart[^>]*w:id="(\d+)"', xml)
    assert len(set(marks)) == len(marks) == len(set(numbers))
    assert targets <= set(marks)
    assert "exhibit_1" in targets


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    (tmp_path / "paper.docx").write_bytes(written(WHOLE))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        "paper.docx",
    ]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=120)
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")


def test_a_page_is_whole_accessible_and_needs_nothing_from_elsewhere() -> None:
    text = as_html(WHOLE)
    page = html.fromstring(text)
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert {a.get("href").removeprefix("#") for a in page.iter("a")} <= set(ids)
    assert page.get("lang") == "zh-Hans"
    assert {th.get("scope") for th in page.iter("th")} == {"col"}
    assert [mark.text for mark in page.iter("mark")] == ["[日期]", "[无证据来源]"]
    assert len(page.findall(".//nav//li")) == 4
    assert not re.search(r"<script|src=|@import|url\(|https?:", text)
    assert "default-src 'none'" in text


def test_markdown_marks_what_is_missing() -> None:
    text = as_markdown(WHOLE)
    assert "已发生 **\\[日期\\]** 停工。 \\[d1, 2\\]" in text
    assert "无人证明。 **\\[无证据来源\\]**" in text
    assert "- 缺发票。\n- 缺照片。" in text
    assert "| ---: | --- |" in text


def hostile(said: str) -> Paper:
    text = told(f"<script>{said}</script>⟦x⟧")
    table = Table(text, (text,), (cells(text),), anchors=("exhibit-1",))
    about = {"title": text, "header": text, "lines": (text,), "notes": (text,)}
    return paper(Section(text, (Statement(text, "d1", 1), table)), **about)


@given(st.text())
def test_whatever_a_document_says_is_text(said: str) -> None:
    made = hostile(said)
    assert "<script" not in as_html(made)
    assert "<script" not in as_markdown(made)
    assert [mark.text for mark in html.fromstring(as_html(made)).iter("mark")] == []


@settings(max_examples=5)
@given(st.text(st.characters(codec=None), min_size=1))
def test_whatever_a_document_says_is_text_in_word(said: str) -> None:
    assert "&lt;script&gt;" in xml_of(hostile(f"{said}\x00\x0c\ufffe\ud800"))


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_chinese_numerals(number: int, written: str) -> None:
    assert han(number) == written


def test_blanks_are_told_from_text() -> None:
    assert list(pieces("on ⟦date⟧, ⟦⟧x\x00")) == [
        ("on ", False),
        ("[date]", True),
        (", ", False),
        ("[]", True),
        ("x␀", False),
    ]


FILES = {
    "common": Path(words_module.__file__).with_name("common.yaml"),
    "report": claim_report.WORDS,
    "notice": notice_draft.WORDS,
    "custody": Path(custody.__file__).with_suffix(".yaml"),
}
_NO_SENTENCES = ("names", "phrases", "clauses")


def sentences_of(file: str, language: str) -> dict[str, str]:
    found = vocabulary(FILES[file])[language]
    return {key: str(text) for key, text in found.items() if key not in _NO_SENTENCES}


@pytest.mark.parametrize("file", FILES)
def test_the_languages_have_the_same_sentences_with_the_same_values(file: str) -> None:
    holes = [
        {key: sorted(re.findall(r"{(\w+)}", text)) for key, text in sentences_of(file, language).items()}
        for language in LANGUAGES
    ]
    own = {"title_gf-2017-0201", "title_nec4", "money_nec4", "time_nec4"}  # Chinese says them as all others
    assert {k: v for k, v in holes[0].items() if k not in own} == {
        k: v for k, v in holes[1].items() if k not in own
    }


@pytest.mark.parametrize("file", FILES)
def test_no_sentence_mixes_the_languages(file: str) -> None:
    for text in sentences_of(file, "en").values():
        assert not re.search(r"[\u4e00-\u9fff]", text)
    for text in sentences_of(file, "zh").values():
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"{\w+}", "", text))
        assert set(words) <= {"SHA", "ISO", "IEC", "UTC", "claimtrail", "verify", "sum", "periods", "sha"}, (
            text
        )


@pytest.mark.parametrize(
    ("language", "clause", "cited"),
    [
        ("zh", "Sub-Clause 20.1", "第20.1款"),
        ("zh", "Clause 61.3", "第61.3条"),
        ("zh", "Sub-Clauses 20.2.5, 3.7.3", "第20.2.5款、第3.7.3款"),
        ("en", "第19.1款第（1）项", "Sub-Clause 19.1(1)"),
        ("en", "第19.3款", "Sub-Clause 19.3"),
        ("en", "《保险法》第二十一条", "Insurance Law of the PRC, article 21"),
        ("en", "Sub-Clause 20.1", "Sub-Clause 20.1"),
    ],
)
def test_a_clause_is_cited_in_the_language_of_the_paper(language: str, clause: str, cited: str) -> None:
    assert Words(FILES["report"], language).clause(clause) == cited


def test_reasons_of_the_rules_that_have_no_words_in_chinese_are_left_out() -> None:
    words = Words(FILES["report"], "zh")
    assert words.phrase("copy of a.pdf") == "与“a.pdf”重复"
    assert words.phrase("other currency (EUR)") == "币种不同（EUR）"
    assert words.phrase("something that only English says") is None
    assert Words(FILES["report"], "en").phrase("anything") == "anything"
