"""Word and Excel files, with the clock taken out so that they come out the same every time."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from sample_docs._blocks import Block, cell_text, plain_lines

STAMP = (2023, 1, 1, 0, 0, 0)
ALIGN = {
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
    "title": WD_ALIGN_PARAGRAPH.CENTER,
}


def word_file(blocks: list[Block], title: str, author: str, font: str = "Calibri") -> bytes:
    """A .docx; a letterhead goes into the page header, as firms do."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = font, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    for block in blocks:
        _add(document, block)
    properties = document.core_properties
    properties.title, properties.author = title, author
    properties.created = properties.modified = datetime.datetime(2023, 1, 1)  # noqa: DTZ001 - the format has no zone
    buffer = io.BytesIO()
    document.save(buffer)
    return steady_zip(buffer.getvalue())


def _add(document: Document, block: Block) -> None:
    if block.kind == "head":
        _header(document, block)
    elif block.kind in {"table", "fields"}:
        _grid(document, block)
    elif block.kind == "page":
        document.add_page_break()
    elif block.kind in {"title", "h"}:
        document.add_heading(block.text.replace("<br>", "\n"), level=1 if block.kind == "title" else 2)
    else:
        _lines(document, block)


def _header(document: Document, block: Block) -> None:
    header = document.sections[0].header
    header.paragraphs[0].text = block.lines[0].replace("||", "\t")
    for line in block.lines[1:]:
        header.add_paragraph(line.replace("||", "\t"))


def _grid(document: Document, block: Block) -> None:
    rows = block.rows
    table = document.add_table(rows=len(rows), cols=max(map(len, rows)))
    if block.kind == "table":
        table.style = "Table Grid"
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            table.cell(r, c).text = cell_text(cell)[0].replace("<br>", "\n")
    document.add_paragraph()


def _lines(document: Document, block: Block) -> None:
    for line in plain_lines([block]):
        paragraph = document.add_paragraph(style="Normal")
        run = paragraph.add_run(line)
        run.bold = block.kind in {"b", "u"}
        run.underline = block.kind == "u"
        paragraph.alignment = ALIGN.get(block.kind)


def workbook(sheets: dict[str, list[list[object]]], title: str) -> bytes:
    """An .xlsx: a cell `=FORMULA -> value` carries the formula and the value that Excel last showed."""
    book = Workbook()
    book.remove(book.active)
    shown: dict[tuple[int, str], str] = {}
    for number, (name, rows) in enumerate(sheets.items(), 1):
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                cell = sheet.cell(r, c)
                formula, arrow, result = str(value).partition(" -> ")
                cell.value = formula if arrow else value
                if arrow:
                    shown[number, cell.coordinate] = result
                _dress(cell, r)
        for letter in "ABCDEFGH":
            sheet.column_dimensions[letter].width = 18
    book.properties.title = title
    book.properties.created = book.properties.modified = datetime.datetime(2023, 1, 1)  # noqa: DTZ001
    buffer = io.BytesIO()
    book.save(buffer)
    return steady_zip(buffer.getvalue(), shown)


def _dress(cell: object, row: int) -> None:
    if row == 1:
        cell.font = Font(bold=True, size=13)  # type: ignore[attr-defined]
    if isinstance(cell.value, float):  # type: ignore[attr-defined]
        cell.number_format = "#,##0.00"  # type: ignore[attr-defined]
    if isinstance(cell.value, datetime.date):  # type: ignore[attr-defined]
        cell.number_format = "yyyy-mm-dd"  # type: ignore[attr-defined]
    if isinstance(cell.value, str) and cell.value.startswith("="):  # type: ignore[attr-defined]
        cell.fill = PatternFill("solid", fgColor="FFF2CC")  # type: ignore[attr-defined]
        cell.number_format = "#,##0.00"  # type: ignore[attr-defined]


def steady_zip(data: bytes, shown: dict[tuple[int, str], str] | None = None) -> bytes:
    """The same zip with fixed times in it and, for a workbook, the formulas' results beside the formulas."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            body = source.read(name)
            if name == "docProps/core.xml":
                body = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>2023-01-01T00:00:00Z", body
                )
            sheet = re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", name)
            if sheet and shown:
                body = _with_results(body, {cell: v for (n, cell), v in shown.items() if n == int(sheet[1])})
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, body)
    return out.getvalue()


def _with_results(xml: bytes, results: dict[str, str]) -> bytes:
    text = xml.decode()
    for cell, value in results.items():
        text = re.sub(
            rf'(<c r="{cell}"[^>]*><f>[^<]*</f>)<v\s*/>|(<c r="{cell}"[^>]*><f>[^<]*</f>)<v></v>',
            rf"\1\2<v>{value}</v>",
            text,
        )
    return text.encode()
