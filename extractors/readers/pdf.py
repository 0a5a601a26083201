"""PDF. Each page is decided on its own: its text layer, OCR of its picture, or both."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from extractors.document import PageText
from extractors.errors import Corrupt, Encrypted, TooLarge
from extractors.pace import PaceFile
from extractors.picture_hash import picture_hash
from extractors.readers import pdf_annotations, pdf_marks, pdf_quality, pdf_tables, render
from extractors.readers.draft import Child, Draft, Input, PendingPage
from extractors.readers.pdf_content import Content, content
from extractors.readers.pdf_repair import repaired
from extractors.readers.pdf_text import Geometry, Layer, geometry, text_layer

MEDIA_TYPES = frozenset({"application/pdf"})

FEW_CHARS, PICTURE_COVER = 250, 0.1
"""A page with fewer typed characters than this, and pictures over more than this share of it, is read both ways:
it is a scan with a stamp, or a picture with a caption."""
NEGLIGIBLE_COVER = 0.005
"""Share of a page below which a picture on it (a logo, a bullet) holds nothing to read."""
OUTLINED_PATHS = 25
"""Drawn paths on a page without any text from which on they may be letters turned into outlines."""
TABLE_PAGES = 50
_META_KEYS = ("Title", "Author", "Subject", "Creator", "Producer", "CreationDate", "ModDate")
_META_LENGTH = 500

logging.getLogger("pypdfium2").setLevel(logging.ERROR)


@dataclass
class _Job:
    """One reading: what its pages share. `damaged` is set when a repaired copy is read."""

    source: Input
    pdf: Any
    damaged: bool
    tables_left: int = TABLE_PAGES
    pictures: int = 0
    children: list[Child] = field(default_factory=list)
    no_marks: pdf_marks.Keys = field(default_factory=set)


def read(source: Input) -> Draft:
    """The pages of a PDF in order, its attached files and its own metadata ("PDF Title", …).

    Raises Encrypted when it needs a password to open, Corrupt, and TooLarge (limits.pages).
    """
    pdf, damaged = _opened(source)
    with pdf:
        pdf.init_forms()
        count = len(pdf)
        _check_count(source, count)
        job = _Job(source, pdf, damaged)
        pages = tuple(_pages(job, count))
        for name, data in pdf_annotations.document_files(pdf, source.limits):
            _keep(job, name, data)
        metadata = tuple(_metadata(pdf))
    notes = ("the PDF is damaged; it was read from a repaired copy",) if damaged else ()
    return Draft(source.media_type, pages, tuple(job.children), metadata, notes)


def _pages(job: _Job, count: int) -> Iterator[PageText | PendingPage]:
    pace = PaceFile(job.source.scratch)
    for number in range(count):
        yield _page(job, number)
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
    layer, drawn = text_layer(page, shape), content(page, shape)
    fault = pdf_quality.fault(layer.text, layer.unmapped)
    if fault:
        return _pending(job, page, number, shape, drawn, f"the text layer cannot be used: {fault}")
    reason = _needs_ocr(layer, drawn)
    typed = PageText(layer.text, shape.width, shape.height, words=layer.words)
    if reason:
        return _pending(job, page, number, shape, drawn, reason, typed if layer.words else None)
    if job.damaged and not layer.text:
        return replace(typed, notes=("the PDF is damaged; what stood on this page was not read",))
    if layer.words and job.tables_left and pdf_tables.looks_ruled(drawn):
        typed = _with_cells(job, typed, drawn, shape)
    return pdf_marks.with_marks(page, typed, drawn, job.no_marks)


def _needs_ocr(layer: Layer, drawn: Content) -> str | None:
    chars = len("".join(layer.text.split()))
    if not chars:
        if drawn.covered >= NEGLIGIBLE_COVER:
            return "the page is a picture"
        return "the page is drawn without text" if len(drawn.paths) >= OUTLINED_PATHS else None
    if chars < FEW_CHARS and drawn.covered >= PICTURE_COVER:
        return "a picture with a few typed words"
    return None


def _pending(
    job: _Job,
    page: Any,
    number: int,
    shape: Geometry,
    drawn: Content,
    reason: str,
    typed: PageText | None = None,
) -> PendingPage:
    dpi = render.ocr_dpi(drawn.dpi, shape.width, shape.height, job.source.limits.pixels)
    job.pictures += 1
    small = job.pictures <= render.SMALL_JOB
    colours = render.in_colour(page, dpi)
    picture = colours.convert("L")
    image = render.saved(picture, job.source.scratch, number, dpi, small)
    return PendingPage(
        image,
        shape.width,
        shape.height,
        dpi,
        reason,
        typed,
        picture_hash(picture),
        small=render.saved_small(colours, job.source.scratch, number),
    )


def _with_cells(job: _Job, typed: PageText, drawn: Content, shape: Geometry) -> PageText:
    cells = pdf_tables.cells(drawn, typed.words, shape)
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
