"""A paper as a Word document: styles, contents, headings, tables with repeated heads, links, page numbers."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import _Row
from docx.text.paragraph import Paragraph

from pipeline.papers import docx_parts as parts
from pipeline.papers.paper import Paper, Section, Statement, Table, pieces, plain

_DARK = RGBColor(0x1F, 0x2A, 0x37)
_LINK = RGBColor(0x1B, 0x4F, 0x91)
WIDTH = 160
"""Millimetres of a line."""
_SIZES = {
    "Title": 20,
    "Heading 1": 14,
    "Heading 2": 12,
    "Normal": 11,
    "List Bullet": 11,
    "Quote": 10.5,
    "Caption": 10,
}


def as_docx(paper: Paper, made_at: datetime.datetime) -> bytes:
    """The paper as .docx, on A4."""
    return _Writer(paper).written(made_at)


class _Writer:
    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.document: Document = docx.Document()
        self._bookmarks = 0
        _set_styles(self.document, paper.language)
        self._set_page()

    def written(self, made_at: datetime.datetime) -> bytes:
        """Everything, as a file."""
        self.document.add_paragraph(plain(self.paper.title), style="Title")
        for line in self.paper.lines:
            self._text(self.document.add_paragraph(), line)
        if self.paper.notes:
            self._notes()
        if self.paper.contents:
            self._contents()
        for number, (section, heading) in enumerate(self.paper.headings(), 1):
            self._section(section, heading, number)
        self._describe(made_at)
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _set_page(self) -> None:
        page = self.document.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = Mm(25)
        page.top_margin = page.bottom_margin = Mm(25)
        header = page.header.paragraphs[0]
        header.add_run(plain(self.paper.header)).bold = True
        header.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        footer = page.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        before, _, rest = self.paper.labels.page.partition("{page}")
        between, _, after = rest.partition("{pages}")
        footer.add_run(before)
        parts.add_field(footer, "PAGE", "1")
        footer.add_run(between)
        parts.add_field(footer, "NUMPAGES", "1")
        footer.add_run(after)

    def _notes(self) -> None:
        box = self.document.add_table(rows=1, cols=1, style="Table Grid")
        cell = box.rows[0].cells[0]
        for number, note in enumerate(self.paper.notes):
            self._text(cell.paragraphs[0] if number == 0 else cell.add_paragraph(), note)
        self.document.add_paragraph()

    def _contents(self) -> None:
        """A table of contents that Word works out on opening; until then, and elsewhere, the headings with links."""
        self.document.add_paragraph(plain(self.paper.labels.contents), style="TOC Heading")
        rows = [
            (n, section.level, heading)
            for n, (section, heading) in enumerate(self.paper.headings(), 1)
            if heading
        ]
        for at, (number, level, heading) in enumerate(rows):
            line = self.document.add_paragraph(style=f"toc {level}")
            if at == 0:
                parts.open_field(line, r'TOC \o "1-2" \h \z \u', dirty=True)
            parts.add_link(line, plain(heading), f"#section-{number}")
            if at == len(rows) - 1:
                parts.close_field(line)
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def _section(self, section: Section, heading: str, number: int) -> None:
        if heading:
            head = self.document.add_paragraph(plain(heading), style=f"Heading {section.level}")
            self._bookmark(head, f"section-{number}")
        if not section.blocks:
            self.document.add_paragraph(plain(self.paper.labels.none))
        for block in section.blocks:
            if isinstance(block, Table):
                self._table(block)
            else:
                style = "List Bullet" if section.items else "Quote" if block.quoted else "Normal"
                self._statement(self.document.add_paragraph(style=style), block)

    def _table(self, table: Table) -> None:
        if table.caption:
            self.document.add_paragraph(
                plain(table.caption), style="Caption"
            ).paragraph_format.keep_with_next = True
        made = self.document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        widths = [Mm(round(WIDTH * share)) for share in table.shares()]
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        for cell, name, width in zip(made.rows[0].cells, table.columns, widths, strict=True):
            cell.width, cell.paragraphs[0].style = width, "Table Text"
            cell.paragraphs[0].add_run(plain(name)).bold = True
        parts.repeat_heading(made.rows[0])
        for number in range(len(table.rows)):
            self._row(made.add_row(), table, number, widths)
        self.document.add_paragraph()

    def _row(self, line: _Row, table: Table, number: int, widths: Sequence[Length]) -> None:
        parts.keep_whole(line)
        last = table.total and number == len(table.rows) - 1
        cells = line.cells
        for column, statement in enumerate(table.rows[number]):
            cells[column].width = widths[column]
            self._cell(cells[column].paragraphs[0], statement, column in table.numeric, last)
        if number < len(table.anchors):
            self._bookmark(cells[0].paragraphs[0], table.anchors[number])

    def _cell(self, paragraph: Paragraph, statement: Statement, numeric: bool, bold: bool) -> None:
        paragraph.style = "Table Text"
        self._statement(paragraph, statement)
        if numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for run in paragraph.runs if bold else ():
            run.bold = True

    def _statement(self, paragraph: Paragraph, statement: Statement) -> None:
        self._text(paragraph, statement.text)
        gap = " " if statement.text else ""
        if source := self.paper.source(statement):
            paragraph.add_run(gap)
            parts.add_link(paragraph, plain(source.text), source.target)
        elif statement.needs_source:
            paragraph.add_run(gap)
            parts.highlight(paragraph.add_run(plain(self.paper.labels.unsourced)))

    @staticmethod
    def _text(paragraph: Paragraph, text: str) -> None:
        for part, blank in pieces(text):
            run = paragraph.add_run(part)
            if blank:
                parts.highlight(run)

    def _bookmark(self, paragraph: Paragraph, name: str) -> None:
        self._bookmarks += 1
        parts.add_bookmark(paragraph, name, self._bookmarks)

    def _describe(self, made_at: datetime.datetime) -> None:
        about = self.document.core_properties
        about.author = about.last_modified_by = "claimtrail"
        about.title = plain(self.paper.title)[:255]
        about.subject, about.comments, about.keywords = plain(self.paper.header)[:255], "", ""
        about.language = "zh-CN" if self.paper.language == "zh" else "en-GB"
        about.created = about.modified = made_at.replace(tzinfo=None)


def _set_styles(document: Document, language: str) -> None:
    styles = document.styles
    for name in ("toc 1", "toc 2", "TOC Heading", "Table Text"):
        if name not in styles:  # the first three are Word's own, which it uses when it works the contents out
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name != "Table Text")
        styles[name].base_style = styles["Normal"]
    citation = styles.add_style("Citation", WD_STYLE_TYPE.CHARACTER)
    citation.font.color.rgb = _LINK
    for name, size in _SIZES.items():
        styles[name].font.size = Pt(size)
    for name in (*_SIZES, "Table Text", "TOC Heading", "Header", "Footer"):
        headed = name.startswith(("Heading", "Title", "TOC"))
        parts.set_fonts(styles[name], parts.HAN_BOLD if headed else parts.HAN)
        if headed or name == "Caption":
            styles[name].font.color.rgb = _DARK
    styles["TOC Heading"].font.size, styles["TOC Heading"].font.bold = Pt(14), True
    styles["Table Text"].font.size = Pt(9)
    styles["toc 2"].paragraph_format.left_indent = Mm(8)
    for name, after in (("Normal", 6), ("List Bullet", 3), ("Table Text", 0), ("toc 1", 2), ("toc 2", 1)):
        styles[name].paragraph_format.space_after = Pt(after)
    styles["Quote"].paragraph_format.left_indent = Mm(8)
    styles["Quote"].font.italic = False  # Han characters have none
    parts.set_language(styles["Normal"], language)
