"""Word documents and workbooks, made here with the usual libraries and by hand, sound, odd and hostile."""

from __future__ import annotations

import datetime
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx as word
import openpyxl
import pytest
from docx.enum.text import WD_BREAK
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, Encrypted, TooLarge, Unsupported
from extractors.limits import Limits
from extractors.readers import docx, xlsx
from extractors.readers.docx_numbering import spelled
from extractors.readers.draft import Draft, Input
from extractors.readers.xlsx_format import parsed, shown_number

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def read(reader: Any, folder: Path, data: bytes, limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    suffix, media_type = ("docx", DOCX) if reader is docx else ("xlsx", XLSX)
    draft = reader.read(Input(path, f"o.{suffix}", media_type, folder / "scratch", limits or Limits()))
    assert isinstance(draft, Draft)
    return draft


def outcome_of(reader: Any, folder: Path, data: bytes) -> Draft | DocumentError:
    try:
        return read(reader, folder, data)
    except DocumentError as error:
        return error


def texts_of(draft: Draft) -> list[str]:
    return [page.text for page in draft.pages if isinstance(page, PageText)]


def cells_of(draft: Draft, page: int = 0) -> list[tuple[int, int, int, str]]:
    found = draft.pages[page]
    assert isinstance(found, PageText)
    return [(c.table, c.row, c.column, found.text[c.start : c.end]) for c in found.cells]


def saved(document: Any) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def zipped(parts: dict[str, str | bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def relations(*entries: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{k}" Target="{t}"/>' for n, (k, t) in enumerate(entries)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def docx_of(body: str, namespace: str = W, head: str = "", **parts: str | bytes) -> bytes:
    document = (
        f'<?xml version="1.0"?>{head}<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
    )
    entries = tuple((name.split("_")[0], f"{name}.xml") for name in parts)
    others = {f"word/{name}.xml": content for name, content in parts.items()}
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/document.xml": document,
            "word/_rels/document.xml.rels": relations(*entries),
            **others,
        }
    )


def paragraph(text: str, properties: str = "") -> str:
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def test_a_letter_comes_back_in_order(tmp_path: Path) -> None:
    letter = word.Document()
    letter.core_properties.title = "Notice of delay"
    letter.core_properties.author = "张伟"
    letter.core_properties.created = datetime.datetime(2023, 3, 14, 9, 0, tzinfo=datetime.UTC)
    letter.sections[0].header.paragraphs[0].text = "Harbour Civil Ltd"
    letter.sections[0].footer.paragraphs[0].text = "Registered in Hong Kong"
    letter.add_paragraph("关于工期延误的通知").add_run("（第2次）")
    table = letter.add_table(2, 3)
    for index, value in enumerate(["Item", "", "Sum", "Cranes", "12\ndays", "US$ 5,000.00"]):
        table.cell(index // 3, index % 3).text = value
    letter.add_paragraph("Yours truly").add_run().add_break(WD_BREAK.PAGE)
    letter.add_paragraph("Annex A\tdrawings")
    draft = read(docx, tmp_path, saved(letter))
    assert texts_of(draft) == [
        "Harbour Civil Ltd\n关于工期延误的通知（第2次）\nItem\t\tSum\nCranes\t12 days\tUS$ 5,000.00\nYours truly\n",
        "Annex A\tdrawings\nRegistered in Hong Kong\n",
    ]
    assert cells_of(draft) == [
        (0, 0, 0, "Item"),
        (0, 0, 2, "Sum"),
        (0, 1, 0, "Cranes"),
        (0, 1, 1, "12 days"),
        (0, 1, 2, "US$ 5,000.00"),
    ]
    assert draft.title == "Notice of delay"
    assert dict(draft.metadata)["docx author"] == "张伟"
    assert dict(draft.metadata)["docx created"] == "2023-03-14T09:00:00Z"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<w:p><w:del><w:r><w:delText>old </w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>",
            "new",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>a</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>b</w:t></w:r></w:moveTo></w:p>",
            "b",
        ),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r><w:r><w:t>yes</w:t></w:r></w:p>", "yes"),
        ('<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>yes</w:t></w:r></w:p>', "yes"),
        (
            "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:fldSimple><w:r><w:t>7</w:t></w:r></w:fldSimple></w:p>",
            "7",
        ),
        (
            "<w:p><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>next</w:t></w:r></w:p>",
            "link\nnext",
        ),
        (
            "<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            "in a control",
        ),
        ("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t></w:r></w:p>", "a\tb-c"),
        (
            "<w:p><w:r><w:t>text</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
            "</w:pict><w:t> on</w:t></w:r></w:p>",
            "text on\nbox",
        ),
        (
            '<w:p xmlns:mc="m"><w:r><mc:AlternateContent><mc:Choice><w:t>once</w:t></mc:Choice>'
            "<mc:Fallback><w:t>once</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            "once",
        ),
        (
            '<w:p><w:pPr><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr><w:r><w:t>no tab</w:t></w:r></w:p>',
            "no tab",
        ),
    ],
)
@pytest.mark.parametrize("namespace", [W, STRICT_W])
def test_what_stands_in_the_final_version(tmp_path: Path, body: str, expected: str, namespace: str) -> None:
    assert "".join(texts_of(read(docx, tmp_path, docx_of(body, namespace)))).strip("\n") == expected


def test_nested_tables_keep_their_own_cells(tmp_path: Path) -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph('k')}</w:tc><w:tc>{paragraph('v')}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{inner}{paragraph('')}</w:tc><w:tc>{paragraph('side')}</w:tc></w:tr></w:tbl>"
    draft = read(docx, tmp_path, docx_of(body))
    assert texts_of(draft) == ["k\tv\nside\n"]
    assert [text for *_, text in cells_of(draft)] == ["k", "v"]


def test_footnotes_comments_and_repeated_heads(tmp_path: Path) -> None:
    note = f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0">{paragraph("-")}</w:footnote>'
    note += f'<w:footnote w:id="2">{paragraph("See letter 0145.")}</w:footnote></w:footnotes>'
    remark = (
        f'<w:comment w:id="1" w:author="QS" w:date="2023-03-14T09:00:00Z">{paragraph("agreed?")}</w:comment>'
    )
    remark = f'<w:comments xmlns:w="{W}">{remark}</w:comments>'
    head = f'<w:hdr xmlns:w="{W}">{paragraph("Head")}</w:hdr>'
    body = '<w:p><w:r><w:t>Delay</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    data = docx_of(body, footnotes=note, comments=remark, header_1=head, header_2=head)
    assert texts_of(read(docx, tmp_path, data)) == [
        "Head\nDelay[2]\n[2] See letter 0145.\n[QS, 2023-03-14T09:00:00Z] agreed?\n"
    ]


LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>'
    '<w:lvl w:ilvl="3"><w:numFmt w:val="bullet"/><w:lvlText w:val=""/></w:lvl>'
)


def test_paragraphs_are_numbered_as_word_numbers_them(tmp_path: Path) -> None:
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="7">{LEVELS}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="Clause"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/>'
        "</w:numPr></w:pPr></w:style></w:styles>"
    )

    def item(level: int) -> str:
        return paragraph("x", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')

    clause = paragraph("c", '<w:pStyle w:val="Clause"/>')
    bare = paragraph("no", '<w:pStyle w:val="Clause"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    body = item(0) + clause + clause + item(2) + item(2) + item(3) + bare + item(0) + clause
    draft = read(docx, tmp_path, docx_of(body, numbering=numbering, styles=styles))
    assert texts_of(draft)[0].splitlines() == [
        "1. x",
        "1.1 c",
        "1.2 c",
        "(c) x",
        "(d) x",
        "• x",
        "no",
        "2. x",
        "2.1 c",
    ]


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (4, "decimal", "4"),
        (4, "decimalZero", "04"),
        (28, "lowerLetter", "bb"),
        (1994, "upperRoman", "MCMXCIV"),
        (9, "lowerRoman", "ix"),
        (21, "chineseCountingThousand", "二十一"),
        (10, "chineseCounting", "十"),
        (3, "ideographTraditional", "丙"),
        (5, "nobodyKnows", "5"),
        (0, "upperRoman", "0"),
    ],
)
def test_numbers_are_spelled(number: int, form: str, expected: str) -> None:
    assert spelled(number, form) == expected


def test_breaks_that_mean_the_same_break_once(tmp_path: Path) -> None:
    body = paragraph("one") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    body += "<w:p><w:r><w:lastRenderedPageBreak/><w:t>two</w:t></w:r></w:p>"
    body += paragraph("three", "<w:pageBreakBefore/>") + paragraph("end", "<w:sectPr/>")
    body += paragraph("four", '<w:sectPr><w:type w:val="continuous"/></w:sectPr>') + paragraph("five")
    pages = [" ".join(text.split()) for text in texts_of(read(docx, tmp_path, docx_of(body)))]
    assert pages == ["one", "two", "three end", "four five"]


def test_pictures_and_files_inside_become_children(tmp_path: Path) -> None:
    big, small, drawn = b"\xff\xd8\xff" + bytes(30_000), b"\x89PNG" + bytes(100), b"\1\0\0\0" + bytes(30_000)
    targets = (
        ("image", "media/a.jpg"),
        ("image", "media/a.jpg"),
        ("image", "media/b.png"),
        ("image", "media/c.emf"),
    )
    parts = {
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{paragraph("x")}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(
            *targets, ("package", "embeddings/s.xlsx"), ("image", "media/none.png")
        ),
        **{
            "word/media/a.jpg": big,
            "word/media/b.png": small,
            "word/media/c.emf": drawn,
            "word/embeddings/s.xlsx": b"PK",
        },
    }
    draft = read(docx, tmp_path, zipped(parts))
    assert [(c.untrusted_name, c.path.read_bytes()) for c in draft.children] == [
        ("a.jpg", big),
        ("s.xlsx", b"PK"),
    ]
    assert draft.notes == ("3 small, repeated or drawn pictures and objects were left out",)


def test_xml_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = (
        f'<w:document xmlns:w="{W}"><w:body>{paragraph("first")}{paragraph("second")}</w:body></w:document>'
    )
    parts = {
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "word/document.xml": whole[:-60],
    }
    draft = read(docx, tmp_path, zipped(parts))
    assert "first" in texts_of(draft)[0]
    assert any("damaged" in note for note in draft.notes)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Corrupt),
        (b"PK\3\4 nothing more", Corrupt),
        (docx_of(paragraph("x"))[:-40], Corrupt),
        (zipped({"word/other.xml": "<x/>"}), Corrupt),
        (zipped({"word/document.xml": ""}), Corrupt),
        (zipped({"word/document.xml": b"\0\1\2"}), Corrupt),
        (docx_of(paragraph("")), Empty),
        (docx_of(paragraph("&b;"), head=BOMB), Corrupt),
        (docx_of(paragraph("&a;"), head=OUTSIDE), Corrupt),
        (zipped({"word/document.xml": f'<?xml version="1.0"?>{BOMB}<x/>'.encode("utf-16")}), Corrupt),
        (zipped({"word/document.xml": "<x>" + " " * 3_000_000 + "</x>"}), TooLarge),
        (zipped({str(number): "" for number in range(60)}), TooLarge),
    ],
)  # fmt: skip
def test_documents_refused_by_name(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error, match=r"^o\.docx: ."):
        read(docx, tmp_path, data, Limits(archive_members=50, archive_grace=1_000_000))


def test_a_part_too_large_for_memory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="memory"):
        read(docx, tmp_path, docx_of(paragraph("x" * 5000)), Limits(memory=12_000))


def book_of(**sheets: list[list[Any]]) -> Any:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def test_a_workbook_has_a_page_for_each_sheet(tmp_path: Path) -> None:
    book = book_of(
        账目=[
            ["日期", "项目", None, "金额"],
            [datetime.date(2023, 3, 14), "Cranes\nand hoists", None, 1250.5],
            [None],
            [None, True],
        ],
        空=[],
        Hidden=[["x"]],
    )
    book["账目"]["D2"].number_format = '"¥"#,##0.00'
    book["Hidden"].sheet_state = "hidden"
    book.properties.creator = "QS"
    draft = read(xlsx, tmp_path, saved(book))
    assert texts_of(draft) == [
        "账目\n日期\t项目\t\t金额\n2023-03-14\tCranes and hoists\t\t¥1,250.50\n\n\tTRUE\n",
        "Hidden\nx\n",
    ]
    assert cells_of(draft)[:5] == [
        (0, 0, 0, "日期"),
        (0, 0, 1, "项目"),
        (0, 0, 3, "金额"),
        (0, 1, 0, "2023-03-14"),
        (0, 1, 1, "Cranes and hoists"),
    ]
    assert "sheet Hidden is hidden; it was read" in draft.notes
    assert dict(draft.metadata)["xlsx author"] == "QS"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        ("1234.5", "General", "1234.5"),
        ("0.30000000000000004", "General", "0.3"),
        ("100", "General", "100"),
        ("1E-3", "General", "0.001"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0_);[Red]\\(#,##0\\)", "-1,235"),
        ("0.125", "0.00", "0.13"),
        ("-0.001", "0.00", "0.00"),
        ("1250000", "[$HK$-C04]#,##0.00", "HK$1,250,000.00"),
        ("5", "[$€-2] #,##0.00", "€5.00"),
        ("5", '#,##0.00"元"', "5.00元"),
        ("5", "¥#,##0.00", "¥5.00"),
        ("0.075", "0.0%", "7.5%"),
        ("42", "00000", "00042"),
        ("1.5", "0.0##", "1.5"),
        ("44999", "yyyy-mm-dd", "2023-03-14"),
        ("44999.5", "m/d/yy h:mm", "2023-03-14 12:00:00"),
        ("0.5", "h:mm", "12:00:00"),
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("44999", '[$-804]yyyy"年"m"月"d"日"', "2023-03-14"),
        ("99999999999", "yyyy-mm-dd", "99999999999"),
        ("1500", "#,##0,", "1500"),
        ("0.5", "# ?/?", "0.5"),
        ("1e400", "0.00", "1e400"),
        ("no number", "0.00", "no number"),
        ("NaN", "0.00", "NaN"),
    ],
)
def test_numbers_are_shown_in_their_format(value: str, code: str, expected: str) -> None:
    assert shown_number(value, parsed(code), since_1904=False) == expected


def test_dates_counted_from_1904() -> None:
    assert shown_number("43537", parsed("yyyy-mm-dd"), since_1904=True) == "2023-03-14"


@given(
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(alphabet='#0.,%"[$-]¥yhms/\\()_;?E+元 ', max_size=12),
)
@settings(max_examples=200, deadline=None)
def test_no_format_can_break_the_reader(value: Any, code: str) -> None:
    assert isinstance(shown_number(str(value), parsed(code), since_1904=False), str)


LAST_ROW = '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
RICH = "<is><r><t>in</t></r><r><t>line</t></r><rPh><t>no</t></rPh></is>"
SHARED = "".join(
    f'<c r="{cell}1" t="s"><v>{index}</v></c>' for cell, index in (("A", "1"), ("B", "99"), ("C", "x"))
)


def sheet_of(rows: str, dimension: str = "A1", book: str = "", **parts: str) -> bytes:
    body = f"<sheetData>{rows}</sheetData>"
    sheets = '<sheets><sheet name="One" sheetId="1" r:id="r0"/></sheets>'
    return zipped(
        {
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{OFFICE}">{book}{sheets}</workbook>',
            "xl/_rels/workbook.xml.rels": relations(
                ("worksheet", "worksheets/s.xml"), *((k, f"{k}.xml") for k in parts)
            ),
            "xl/worksheets/s.xml": f'<worksheet xmlns="{S}"><dimension ref="{dimension}"/>{body}</worksheet>',
            **{f"xl/{name}.xml": content for name, content in parts.items()},
        }
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (f'<row r="1"><c r="A1"><v>1</v></c></row>{LAST_ROW}', "1\n\n" + "\t" * 16 + "2"),
        ('<row><c><v>1</v></c><c><v>2</v></c></row><row><c t="str"><v>x</v></c></row>', "1\t2\nx"),
        (f'<row r="1"><c r="A1" t="inlineStr">{RICH}</c></row>', "inline"),
        (f'<row r="1">{SHARED}</row>', "second"),
        ('<row r="1"><c r="A1" t="b"><v>0</v></c><c r="B1" t="e"><v>#DIV/0!</v></c></row>', "FALSE\t#DIV/0!"),
        ('<row r="1"><c r="A1" t="d"><v>2023-03-14T00:00:00</v></c></row>', "2023-03-14"),
        ('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>NOW()</f></c></row>', "2"),
        ('<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>', "1\t\t3"),
        ('<row r="x"><c r="?"><v>1</v></c><c r="AAAA1" s="999"><v>2</v></c></row>', "1\t2"),
    ],
)  # fmt: skip
def test_sheets_made_by_other_programs(tmp_path: Path, rows: str, expected: str) -> None:
    strings = f'<sst xmlns="{S}"><si><t>first</t></si><si><r><t>sec</t></r><r><t>ond</t></r></si></sst>'
    draft = read(xlsx, tmp_path, sheet_of(rows, "A1:XFD1048576", sharedStrings=strings))
    assert texts_of(draft) == [f"One\n{expected}\n"]


def test_a_sheet_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    draft = read(xlsx, tmp_path, sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c <'))
    assert texts_of(draft) == ["One\n1\n"]
    assert any("damaged" in note for note in draft.notes)


def test_long_sheets_go_on_on_further_pages(tmp_path: Path) -> None:
    rows = [[f"item {number}", number] for number in range(3000)]
    draft = read(xlsx, tmp_path, saved(book_of(Ledger=rows)))
    assert len(draft.pages) > 1
    assert all(text.startswith("Ledger\nitem ") for text in texts_of(draft))
    assert [text for page in range(len(draft.pages)) for *_, c, text in cells_of(draft, page) if c == 1] == [
        str(number) for number in range(3000)
    ]


ROW = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>'


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Corrupt),
        (sheet_of(ROW)[:200], Corrupt),
        (zipped({"xl/other.xml": "<x/>"}), Corrupt),
        (zipped({"xl/workbook.xml": "no XML"}), Corrupt),
        (zipped({"xl/workbook.bin": b"\x83\x01"}), Unsupported),
        (sheet_of(""), Empty),
        (sheet_of("<row"), Corrupt),
        (sheet_of(ROW), TooLarge),
        (zipped({"xl/workbook.xml": f'{BOMB}<workbook xmlns="{S}">&b;</workbook>'}), Corrupt),
        (sheet_of(ROW, sharedStrings=f'{BOMB}<sst xmlns="{S}"><si><t>&b;</t></si></sst>'), Corrupt),
    ],
)  # fmt: skip
def test_workbooks_refused_by_name(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error, match=r"^o\.xlsx: ."):
        read(xlsx, tmp_path, data, Limits(cells=2))


def test_encrypted_parts_are_named_so(tmp_path: Path) -> None:
    data = bytearray(sheet_of(ROW))
    for signature, flag_at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + flag_at] |= 1
            at = data.find(signature, at + 1)
    with pytest.raises(Encrypted, match=r"^o\.xlsx: "):
        read(xlsx, tmp_path, bytes(data))


SOUND_DOCX, SOUND_XLSX = docx_of(paragraph("words")), sheet_of(ROW)


@given(
    st.booleans(), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6)
)
@settings(max_examples=150, deadline=None)
def test_no_damage_can_break_the_readers(
    tmp_path_factory: pytest.TempPathFactory, is_word: bool, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(SOUND_DOCX if is_word else SOUND_XLSX)
    for position, value in changes:
        data[position % len(data)] = value
    outcome = outcome_of(docx if is_word else xlsx, tmp_path_factory.mktemp("office"), bytes(data))
    if isinstance(outcome, DocumentError):
        assert outcome.message.startswith("o.")
    else:
        assert outcome.pages
