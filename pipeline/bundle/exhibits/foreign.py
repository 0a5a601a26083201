"""PDFs as exhibits: their pages taken over without anything that acts, or as pictures where that is not possible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Pdf

from extractors.limits import Limits
from pipeline.bundle.exhibits.picture import Placed, full_page
from pipeline.bundle.geometry import page_box

_KEEP = {
    "/Type",
    "/Parent",
    "/MediaBox",
    "/CropBox",
    "/Rotate",
    "/Resources",
    "/Contents",
    "/Group",
    "/UserUnit",
}
_RENDER_DPI = 200
_QUALITY = 85
_CHUNK = 16
"""Rendered pages that go into one file, so that they are not all in memory."""

MALFORMED = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError)
"""What pikepdf raises on objects that are not what the format demands."""


class Unprintable(Exception):
    """The file cannot be shown on pages; the message says why, for people."""


class NeedsPicture(Exception):
    """The pages cannot be taken over as they are, only as pictures; the message says why, for people."""


def taken_over(source: Path, out: Path) -> int:
    """Writes the pages of a PDF without annotations that act, scripts and attachments; returns how many.

    What annotations show (form fields, stamps, comments on the page) becomes part of the page. Raises NeedsPicture,
    and Unprintable when a password is missing.
    """
    try:
        with pikepdf.open(source) as pdf:
            if _has_hidden_layers(pdf):
                raise NeedsPicture("shown as pictures, because the file hides layers")
            return _written(pdf, out)
    except pikepdf.PasswordError as error:
        raise Unprintable("The file is encrypted") from error
    except MALFORMED as error:
        raise NeedsPicture("shown as pictures, because the file is damaged") from error


def _written(pdf: Pdf, out: Path) -> int:
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")
    with pikepdf.new() as fresh:
        for page in pdf.pages:
            for key in set(page.obj.keys()) - _KEEP:
                del page.obj[key]
            fresh.pages.append(page)
        if not len(fresh.pages):
            raise NeedsPicture("shown as pictures, because the file names no pages")
        for page in fresh.pages:
            _isolate(fresh, page)
        fresh.save(out, deterministic_id=True)
        return len(fresh.pages)


def _isolate(pdf: Pdf, page: pikepdf.Page) -> None:
    """Makes the page's content a form of its own, so that nothing in it reaches what is drawn after it."""
    box = page_box(page)
    page.MediaBox = Array([round(v, 3) for v in box])
    if "/CropBox" in page.obj:
        del page.obj["/CropBox"]
    rotate = page.obj.get("/Rotate", 0)
    page.Rotate = int(rotate) % 360 // 90 * 90
    form = _content(pdf, page.obj.get("/Contents"))
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = page.MediaBox
    form.Resources = page.obj.get("/Resources", Dictionary())
    if "/Group" in page.obj:
        form.Group = page.Group
        del page.obj["/Group"]
    page.Contents = pdf.make_stream(b"/Body Do\n")
    page.Resources = Dictionary(XObject=Dictionary(Body=form))


def _content(pdf: Pdf, content: pikepdf.Object | None) -> pikepdf.Object:
    """What the page draws, as a new stream of its own; still packed where it was one stream."""
    if isinstance(content, pikepdf.Stream):
        packing = {key: content[key] for key in ("/Filter", "/DecodeParms") if key in content}
        return pdf.make_stream(content.read_raw_bytes(), packing)
    if isinstance(content, Array):
        return pdf.make_stream(b"\n".join(part.read_bytes() for part in content))
    return pdf.make_stream(b"")


def _has_hidden_layers(pdf: Pdf) -> bool:
    """Whether some layer is switched off: taken over alone, its page would show what the file does not."""
    usual = pdf.Root.get("/OCProperties", Dictionary()).get("/D", Dictionary())
    return len(usual.get("/OFF", Array())) > 0 or usual.get("/BaseState", Name.ON) == Name.OFF


def rendered(source: Path) -> Iterator[list[Placed | int]]:
    """The pages as pictures, some at a time; a page that cannot be drawn is its number.

    Raises Unprintable when no page can.
    """
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        raise Unprintable("The file is damaged") from error
    try:
        total = len(document)
        if not total:
            raise Unprintable("The file is damaged: it has no pages")
        for first in range(0, total, _CHUNK):
            yield [_picture(document, at) for at in range(first, min(first + _CHUNK, total))]
    finally:
        document.close()


def _picture(document: pypdfium2.PdfDocument, at: int) -> Placed | int:
    try:
        page = document[at]
        wide, high = page.get_size()
        most = (Limits().pixels / 4 / max(wide * high, 1.0)) ** 0.5
        bitmap = page.render(scale=min(_RENDER_DPI / 72, most))
        return full_page(bitmap.to_pil(), (wide, high), _QUALITY)
    except pypdfium2.PdfiumError:
        return at + 1
