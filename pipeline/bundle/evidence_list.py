"""The evidence list (证据目录) as a Word document, to be signed and handed in with the bundle."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table

from pipeline.bundle.case import Case
from pipeline.bundle.plan import Gap, Plan, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.purpose import form_of, purpose_of, source_of
from pipeline.bundle.tabsheet import gap_text
from pipeline.bundle.typeset import clean
from pipeline.harmless import terminal

COLUMNS = ("tab", "description", "page", "source", "purpose", "form")
_WIDTHS = (1.2, 6.6, 2.6, 3.8, 8.0, 2.6)
_FONT = "SimSun"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_evidence_list(case: Case, plan: Plan, profile: Profile, out: Path) -> None:
    """Writes the list: a row per document, with its number, name, pages, source, purpose and form; lines to sign.

    The same case gives the same bytes.
    """
    word = Document()
    _prepare(word, case)
    heading = word.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(heading, profile.word("index.heading"), 18, bold=True)
    _line(word, f"{profile.word('list.case')}：{case.title}（{case.claim_id}）")
    submitter = "、".join(name for role, name in case.parties if role == "claimant")
    _line(word, f"{profile.word('list.submitter')}：{submitter}")
    _rows(word, case, plan, profile)
    _line(word, profile.word("list.copies", n=len(plan.tabs)))
    if case.withheld:
        _line(word, profile.word("index.withheld", n=case.withheld))
    for key in ("signature", "day", "receiver"):
        _line(word, profile.word(f"list.{key}"))
    _save(word, out)


def _prepare(word: Word, case: Case) -> None:
    """A4 across, and nothing of the moment or the machine in the file."""
    section = word.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    told = word.core_properties
    told.author, told.comments, told.title = "claimtrail", "", _plain(f"{case.claim_id} – {case.title}")
    told.created = told.modified = case.made_at.replace(tzinfo=None)


def _rows(word: Word, case: Case, plan: Plan, profile: Profile) -> None:
    table = word.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    _fill(table, 0, [profile.word(f"index.{key}") for key in COLUMNS], bold=True)
    group = ""
    for row in plan.rows:
        if isinstance(row, Tab) and row.group and row.group != group:
            added = table.add_row()
            _run(added.cells[0].merge(added.cells[-1]).paragraphs[0], row.group, 10.5, bold=True)
        group = row.group if isinstance(row, Tab) else group
        table.add_row()
        _fill(table, -1, _cells(case, plan, row, profile))


def _cells(case: Case, plan: Plan, row: Tab | Gap, profile: Profile) -> list[str]:
    if isinstance(row, Gap):
        pages = pages_of(row.first_label, row.last_label)
        return [str(row.number), gap_text(plan, row, profile), pages, "", "", ""]
    e = row.exhibit
    about = (source_of(e, profile), purpose_of(case, row, profile), form_of(e, profile))
    return [str(row.number), e.heading, pages_of(row.labels[0], row.labels[-1]), *about]


def pages_of(first: str, last: str) -> str:
    """A range of page numbers as the list writes it."""
    return first if first == last else f"{first}–{last}"


def _fill(table: Table, at: int, texts: list[str], bold: bool = False) -> None:
    for cell, text, wide in zip(table.rows[at].cells, texts, _WIDTHS, strict=True):
        cell.width = Cm(wide)
        _run(cell.paragraphs[0], text, 10.5, bold)


def _line(word: Word, text: str) -> None:
    _run(word.add_paragraph(), text, 12)


def _run(paragraph: object, text: str, size: float, bold: bool = False) -> None:
    run = paragraph.add_run(_plain(text))  # type: ignore[attr-defined]
    run.font.size, run.bold, run.font.name = Pt(size), bold, _FONT
    run._element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)


def _plain(text: str) -> str:
    return clean(terminal(text))


def _save(word: Word, out: Path) -> None:
    """The file with its parts in order and without times of its own."""
    packed = io.BytesIO()
    word.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as sink:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            sink.writestr(entry, source.read(name))
