"""Filled-in form fields, typed notes and stamps of a PDF page, and the files attached to it and its document."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref, c_ulong, c_ushort, create_string_buffer
from typing import Any

import pypdfium2.raw as pdfium_c

from extractors.errors import TooLarge
from extractors.limits import Limits

_WRITTEN = {
    pdfium_c.FPDF_ANNOT_WIDGET,
    pdfium_c.FPDF_ANNOT_FREETEXT,
    pdfium_c.FPDF_ANNOT_STAMP,
}
"""Annotations whose text people read as part of the page."""
MAX_ANNOTATIONS = 5000


def flattened(pdf: Any, page: Any, number: int) -> Any:
    """The page with its fields, typed notes and stamps made part of it, so that their text is in the text layer.

    `number` counts from 0. The page itself when it has none.
    """
    if not any(pdfium_c.FPDFAnnot_GetSubtype(a) in _WRITTEN for a in _annotations(page)):
        return page
    if pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY) != pdfium_c.FLATTEN_SUCCESS:
        return page
    page.close()
    return pdf.get_page(number)


def _annotations(page: Any) -> Iterator[Any]:
    for number in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            yield annotation
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def page_files(page: Any, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(untrusted name, bytes) of the files that hang on the page as notes with a paper clip."""
    for annotation in _annotations(page):
        if pdfium_c.FPDFAnnot_GetSubtype(annotation) == pdfium_c.FPDF_ANNOT_FILEATTACHMENT:
            attachment = pdfium_c.FPDFAnnot_GetFileAttachment(annotation)
            if attachment:
                yield from _file(attachment, limits)


def document_files(pdf: Any, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(untrusted name, bytes) of the files embedded in the document."""
    count = max(0, pdfium_c.FPDFDoc_GetAttachmentCount(pdf))
    if count > limits.archive_members:
        raise TooLarge(
            f"{count} attached files are more than limits.archive_members ({limits.archive_members})"
        )
    for number in range(count):
        attachment = pdfium_c.FPDFDoc_GetAttachment(pdf, number)
        if attachment:
            yield from _file(attachment, limits)


def _file(attachment: Any, limits: Limits) -> Iterator[tuple[str, bytes]]:
    size = c_ulong()
    if not pdfium_c.FPDFAttachment_GetFile(attachment, None, 0, byref(size)) or not size.value:
        return
    if size.value > limits.file_bytes:
        raise TooLarge(
            f"an attached file has {size.value} bytes; limits.file_mib is {limits.file_bytes // 2**20}"
        )
    buffer = create_string_buffer(size.value)
    if pdfium_c.FPDFAttachment_GetFile(attachment, buffer, size.value, byref(size)):
        yield _name(attachment), buffer.raw[: size.value]


def _name(attachment: Any) -> str:
    count = pdfium_c.FPDFAttachment_GetName(attachment, None, 0)
    buffer = (c_ushort * (count // 2 + 1))()
    pdfium_c.FPDFAttachment_GetName(attachment, buffer, count)
    return bytes(buffer).decode("utf-16-le", "replace").split("\0")[0]
