"""Parts of a Word document that python-docx has no words for: fields, bookmarks, links, fonts for Chinese."""

from __future__ import annotations

from docx.enum.text import WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle
from docx.table import _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

LATIN, HAN, HAN_BOLD = "Times New Roman", "SimSun", "SimHei"
"""Fonts that every Word has or replaces by its own; SimSun (宋体) for text, SimHei (黑体) for headings."""


def set_fonts(style: BaseStyle, han: str = HAN) -> None:
    """The fonts of a style for Latin and for Han characters, in place of those of the theme."""
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), LATIN)
    fonts.set(qn("w:eastAsia"), han)


def set_language(style: BaseStyle, language: str) -> None:
    """The language of a style, for spelling and line breaks."""
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), "en-GB")
    tag.set(qn("w:eastAsia"), "zh-CN")
    if language == "zh":
        tag.set(qn("w:val"), "zh-CN")
    style.element.get_or_add_rPr().append(tag)


def add_field(paragraph: Paragraph, instruction: str, shown: str, dirty: bool = False) -> None:
    """A field that Word works out (PAGE, NUMPAGES); `shown` stands until it has."""
    open_field(paragraph, instruction, dirty)
    paragraph.add_run(shown)
    close_field(paragraph)


def open_field(paragraph: Paragraph, instruction: str, dirty: bool = False) -> None:
    """Begin a field whose result follows, up to `close_field`; a dirty one is worked out on opening."""
    begin = _mark(paragraph.add_run(), "begin")
    if dirty:
        begin.set(qn("w:dirty"), "true")
    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    paragraph.add_run()._r.append(text)
    _mark(paragraph.add_run(), "separate")


def close_field(paragraph: Paragraph) -> None:
    """End the field that is open."""
    _mark(paragraph.add_run(), "end")


def _mark(run: Run, kind: str) -> BaseOxmlElement:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    run._r.append(mark)
    return mark


def add_bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """A place that links lead to, around what the paragraph holds now."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), bookmark_name(name))
    at = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(at, start)
    paragraph._p.append(end)


def bookmark_name(anchor: str) -> str:
    """Word's names have no hyphens, and 40 characters at most."""
    return anchor.replace("-", "_")[:40]


def add_link(paragraph: Paragraph, text: str, target: str) -> None:
    """A link to a bookmark (`#name`) or out of the document."""
    link = OxmlElement("w:hyperlink")
    if target.startswith("#"):
        link.set(qn("w:anchor"), bookmark_name(target[1:]))
    else:
        link.set(qn("r:id"), paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.set(qn("w:history"), "1")
    run = paragraph.add_run(text, style="Citation")
    link.append(run._r)
    paragraph._p.append(link)


def highlight(run: Run) -> Run:
    """Make it stand out: what is missing, or to be filled in."""
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    run.bold = True
    return run


def repeat_heading(row: _Row) -> None:
    """The row stands on every page that the table reaches."""
    properties = row._tr.get_or_add_trPr()
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    properties.append(head)


def keep_whole(row: _Row) -> None:
    """No page break within the row."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
