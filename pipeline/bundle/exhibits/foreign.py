"""PDFs as exhibits: their pages taken over without anything that acts, or as pictures where that is not possible."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

from pipeline.bundle.exhibits.acting import acting
from pipeline.renditions.drawn import Unprintable
from pipeline.renditions.geometry import page_box, rotation
from pipeline.renditions.layer import Laid, Layer
from pipeline.renditions.unseen import drop_unseen
from pipeline.renditions.words import PageWords, WordFile

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
MALFORMED = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError)
"""What pikepdf raises on objects that are not what the format demands."""


class NeedsPicture(Exception):
    """The pages cannot be taken over as they are, only as pictures; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What lies as invisible text on each page, and what was left out because it acts (for people; often empty)."""

    laid: tuple[Laid | None, ...]
    left_out: tuple[str, ...] = ()


def taken_over(source: Path, out: Path, words: WordFile | None = None) -> Taken:
    """Writes the pages of a PDF without annotations that act, scripts and attachments.

    What annotations show (form fields, stamps, comments on the page) becomes part of the page; what was recognised
    of the `words` is laid over it as invisible text, of which the answer tells. Raises NeedsPicture, and Unprintable
    when a password is missing.
    """
    try:
        with pikepdf.open(source) as pdf:
            if _has_hidden_layers(pdf):
                raise NeedsPicture("shown as pictures, because the file hides layers")
            if words is not None and words.recognised and words.pages != len(pdf.pages):
                raise NeedsPicture("shown as pictures, because the file is damaged")
            left_out = tuple(acting(pdf))
            return Taken(
                _written(pdf, out, words if words is not None and words.recognised else None), left_out
            )
    except pikepdf.PasswordError as error:
        raise Unprintable("The file is encrypted") from error
    except MALFORMED as error:
        raise NeedsPicture("shown as pictures, because the file is damaged") from error


def _written(pdf: Pdf, out: Path, words: WordFile | None) -> tuple[Laid | None, ...]:
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
        layer = Layer(fresh)
        said = words.read() if words is not None else repeat(None)
        pages = zip(fresh.pages, said, strict=False)
        laid = tuple(_taken(fresh, page, layer, known) for page, known in pages)
        layer.finish()
        fresh.save(out, deterministic_id=True)
        return laid


def _taken(pdf: Pdf, page: pikepdf.Page, layer: Layer, words: PageWords | None) -> Laid | None:
    if words is not None and words.recognised and not words.typed:
        drop_unseen(pdf, page)
    _isolate(pdf, page)
    return None if words is None else layer.put_over(page, words.recognised)


def _isolate(pdf: Pdf, page: pikepdf.Page) -> None:
    """Makes the page's content a form of its own, so that nothing in it reaches what is drawn after it."""
    box = page_box(page)
    page.MediaBox = Array([round(v, 3) for v in box])
    if "/CropBox" in page.obj:
        del page.obj["/CropBox"]
    page.Rotate = rotation(page)
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
