"""PDF. Each page is decided on its own: its text layer, OCR of its picture, or both."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from extractors.document import Box, PageText
from extractors.errors import Corrupt, Encrypted, TooLarge
from extractors.pace import PaceFile
from extractors.picture_hash import picture_hash
from extractors.readers import (
    pdf_annotations,
    pdf_doubt,
    pdf_marks,
    pdf_quality,
    pdf_tables,
    pdf_view,
    render,
)
from extractors.readers.draft import Child, Doubt, Draft, Input, PendingPage
from extractors.readers.pdf_content import Content, content
from extractors.readers.pdf_fonts import Fonts
from extractors.readers.pdf_repair import repaired
from extractors.readers.pdf_scan import scan
from extractors.readers.pdf_text import Geometry, Layer, geometry, text_layer
from extractors.readers.pdf_view import View

MEDIA_TYPES = frozenset({"application/pdf"})

FEW_CHARS, PICTURE_COVER = 250, 0.1
"""A page with fewer typed characters than this, and pictures over more than this share of it, is read both ways:
it is a scan with a stamp, or a picture with a caption."""
NEGLIGIBLE_COVER = 0.005
"""Share of a page below which a picture on it (a logo, a bullet) holds nothing to read."""
OUTLINED_PATHS = 25
"""Drawn paths on a page without any text from which on they may be letters turned into outlines."""
TABLE_PAGES = 50
DIFFERS = "the text layer says something else than the page shows"
PARTLY = "a picture within the page holds writing"
_META_KEYS = ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate", "ModDate")
_META_LENGTH = 500

logging.getLogger("pypdfium2").setLevel(logging.ERROR)


@dataclass
class _Job:
    """One reading: what its pages share. `damaged` is set when a repaired copy is read."""

    source: Input
    pdf: Any
    damaged: bool
    fonts: Fonts
    tables_left: int = TABLE_PAGES
    pictures: int = 0
    children: list[Child] = field(default_factory=list)
    plain: set[tuple[int, int, int]] = field(default_factory=set)
    """Pictures without writing: a letterhead's is looked at once."""
    no_marks: pdf_marks.Keys = field(default_factory=set)


@dataclass(frozen=True)
class _Sheet:
    """One page and all that is known of it before it is decided how it is read."""

    job: _Job
    page: Any
    number: int
    shape: Geometry
    drawn: Content
    view: View


def read(source: Input) -> Draft:
    """The pages of a PDF in order, its attached files and its own metadata ("PDF Title", …).

    Raises Encrypted when it needs a password to open, Corrupt, and TooLarge (limits.pages).
    """
    pdf, damaged = _opened(source)
    with pdf:
        pdf.init_forms()
        count = len(pdf)
        _check_count(source, count)
        job = _Job(source, pdf, damaged, Fonts(source.path))
        pages = tuple(_pages(job, count))
        for name, data in pdf_annotations.document_files(pdf, source.limits):
            _keep(job, name, data)
        metadata = tuple(_metadata(pdf))
    notes = ("the PDF is damaged; it was read from a repaired copy",) if damaged else ()
    return Draft(source.media_type, pages, tuple(job.children), metadata, notes)


def _pages(job: _Job, count: int) -> Iterator[PageText | PendingPage]:
    pace = PaceFile(job.source.scratch)
    for number in range(count):
        page = _page(job, number)
        if job.source.drawn and isinstance(page, PendingPage) and not page.doubt:
            job.source.drawn(page, number + 1, count)
        yield page
        pace.reached("pages", number + 1, count)


def _check_count(source: Input, count: int) -> None:
    if not count:
        raise Corrupt(f"{source.untrusted_name}: the PDF has no pages")
    if count > source.limits.pages:
        raise TooLarge(
            f"{source.untrusted_name}: {count} pages are more than limits.pages ({source.limits.pages})"
        )


def _opened(source: Input) -> tuple[Any, bool]:
    try:
        pdf = pdfium.PdfDocument(source.path)
        if len(pdf):
            return pdf, False
        pdf.close()
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise Encrypted(f"{source.untrusted_name}: the PDF is protected with a password") from error
    copy = repaired(source.path, source.scratch, source.untrusted_name)
    try:
        return pdfium.PdfDocument(copy), True
    except pdfium.PdfiumError as error:
        raise Corrupt(f"{source.untrusted_name}: the PDF is damaged beyond repair") from error


def _page(job: _Job, number: int) -> PageText | PendingPage:
    try:
        page = job.pdf.get_page(number)
    except pdfium.PdfiumError:
        return PageText("", 595.0, 842.0, notes=("the page is damaged and was not read",))
    try:
        for name, data in pdf_annotations.page_files(page, job.source.limits):
            _keep(job, name, data)
        page = pdf_annotations.flattened(job.pdf, page, number)
        return _decided(job, page, number + 1)
    finally:
        page.close()


def _decided(job: _Job, page: Any, number: int) -> PageText | PendingPage:
    shape = geometry(page)
    drawn = content(page, shape)
    view = pdf_view.view(page, text_layer(page, shape), drawn, shape)
    sheet = _Sheet(job, page, number, shape, drawn, view)
    faulty = _faulty(sheet)
    if faulty is not None:
        return faulty
    seen = view.visible
    reason = _needs_ocr(seen, drawn)
    if view.laid:
        question = pdf_doubt.of_laid(view.layer, view.laid, view.left_out(drawn))
        if question is not None:
            return _in_doubt(sheet, view.layer, question, _typed(sheet, seen) if seen.words else None)
    if reason:
        return _pending(sheet, reason, _typed(sheet, seen) if seen.words else None)
    view.give_up_laid()
    question = pdf_doubt.of_fonts(seen, job.fonts) if seen.words else None
    question = question or pdf_doubt.of_writing(seen)
    if question is not None:
        return _in_doubt(sheet, seen, question, None)
    typed = _with_cells(sheet, _typed(sheet, seen))
    unread = _unread_part(sheet)
    if unread is not None:
        return _pending(sheet, PARTLY, typed, unread)
    if job.damaged and not seen.text:
        return replace(
            typed, notes=(*typed.notes, "the PDF is damaged; what stood on this page was not read")
        )
    return pdf_marks.with_marks(sheet.page, typed, sheet.drawn, job.no_marks)


def _faulty(sheet: _Sheet) -> PendingPage | None:
    """The page waiting for OCR, where what its text layer says, as a whole or where it lies unseen, is noise."""
    view = sheet.view
    fault = pdf_quality.fault(view.visible.text, view.layer.unmapped)
    if fault:
        return _pending(sheet, f"the text layer cannot be used: {fault}")
    fault = pdf_quality.fault(view.laid_text, view.layer.unmapped) if view.laid else None
    if not fault:
        return None
    typed = _typed(sheet, view.visible) if view.visible.words else None
    return _pending(sheet, f"the text layer cannot be used: {fault}", typed)


def _needs_ocr(layer: Layer, drawn: Content) -> str | None:
    chars = len("".join(layer.text.split()))
    if not chars:
        if drawn.covered >= NEGLIGIBLE_COVER:
            return "the page is a picture"
        outlined = max(len(drawn.paths), len(drawn.pictures)) >= OUTLINED_PATHS or drawn.has_outlines()
        return "the page is drawn without text" if outlined else None
    if chars < FEW_CHARS and drawn.covered >= PICTURE_COVER:
        return "a picture with a few typed words"
    if chars < FEW_CHARS and drawn.has_outlines():
        return "letters drawn as outlines with a few typed words"
    return None


def _unread_part(sheet: _Sheet) -> Box | None:
    """The part of a typed page that is a picture with writing; None when there is none."""
    seen, found = sheet.view.visible, []
    for picture in pdf_doubt.pictures_to_look_at(sheet.drawn):
        if picture.key not in sheet.job.plain:
            if pdf_doubt.left_out(sheet.view.shot(), picture.box, seen.words):
                found.append(picture.box)
            else:
                sheet.job.plain.add(picture.key)
    return Box.around(found)


def _typed(sheet: _Sheet, layer: Layer) -> PageText:
    shape = sheet.shape
    return PageText(layer.text, shape.width, shape.height, words=layer.words, notes=sheet.view.notes)


def _in_doubt(
    sheet: _Sheet, layer: Layer, question: pdf_doubt.Question, typed: PageText | None
) -> PendingPage:
    """The page with its layer as it is if a sample of the page agrees, and as a page for OCR if not."""
    believed = _with_cells(sheet, _typed(sheet, layer))
    believed = pdf_marks.with_marks(sheet.page, believed, sheet.drawn, sheet.job.no_marks)
    pending = _pending(sheet, f"{DIFFERS}; read by OCR ({question.reason})", typed)
    return replace(pending, doubt=Doubt(believed, question.sample, question.reason))


def _pending(
    sheet: _Sheet, reason: str, typed: PageText | None = None, area: Box | None = None
) -> PendingPage:
    job, shape = sheet.job, sheet.shape
    dpi = render.ocr_dpi(sheet.drawn.dpi, shape.width, shape.height, job.source.limits.pixels)
    job.pictures += 1
    picture, small = _drawn(sheet, dpi)
    if area is not None:
        picture = render.cut_out(picture, area)
    image = render.saved(picture, job.source.scratch, sheet.number, dpi, job.pictures <= render.SMALL_JOB)
    seen = picture_hash(picture) if area is None else None
    notes, look = sheet.view.notes, render.saved_small(small, job.source.scratch, sheet.number)
    return PendingPage(
        image, shape.width, shape.height, dpi, reason, typed, seen, area=area, notes=notes, small=look
    )


def _drawn(sheet: _Sheet, dpi: float) -> tuple[Image.Image, Image.Image]:
    """The page's picture in grey for OCR, and one to be made small, in colour if it has any."""
    shape = sheet.shape
    small = render.in_colour(sheet.page, min(dpi, render.small_dpi(shape.width, shape.height)))
    whole = (
        None if sheet.view.visible.words else scan(sheet.drawn, shape, small, sheet.job.source.limits.pixels)
    )
    if whole is not None:
        return whole.picture, small if whole.coloured else small.convert("L")
    colours = render.in_colour(sheet.page, dpi)
    return colours.convert("L"), colours


def _with_cells(sheet: _Sheet, typed: PageText) -> PageText:
    job = sheet.job
    if not (typed.words and job.tables_left and pdf_tables.looks_ruled(sheet.drawn)):
        return typed
    cells = pdf_tables.cells(sheet.drawn, typed.words, sheet.shape)
    job.tables_left -= bool(cells)
    return replace(typed, cells=cells)


def _keep(job: _Job, untrusted_name: str, data: bytes) -> None:
    path = job.source.scratch / f"attached-{len(job.children):04}"
    path.write_bytes(data)
    job.children.append(Child(untrusted_name or path.name, path))


def _metadata(pdf: Any) -> Iterator[tuple[str, str]]:
    for key in _META_KEYS:
        value = re.sub(r"[\s\x00-\x1f\ud800-\udfff]+", " ", pdf.get_metadata_value(key)).strip()
        if value:
            yield f"PDF {key}", value[:_META_LENGTH]
