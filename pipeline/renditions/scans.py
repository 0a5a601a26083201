"""The searchable rendition of a scan: its pages as they look, with what was recognised on them as invisible text.

Runs in a worker: it opens originals, which may be hostile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Page, Pdf, String
from PIL import ImageFile

from extractors.errors import Corrupt
from extractors.readers.pdf_repair import repaired
from pipeline.renditions.drawn import Unprintable, drawn
from pipeline.renditions.layer import Layer
from pipeline.renditions.picture import BAD_IMAGE, BadPicture, Placed, frames, whole
from pipeline.renditions.unseen import drop_unseen
from pipeline.renditions.volume import Volume
from pipeline.renditions.words import PageWords, WordFile

MALFORMED = (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RuntimeError)
"""What pikepdf raises on objects that are not what the format demands."""


_ORIGINAL = Name.SearchableRenditionOf
"""Where the file's information names its original, by its SHA-256: a rendition must not be taken for it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """An original of that media type and hash, known to people as `untrusted_name`, and its words in a file.

    `pixels` is how many one picture may have.
    """

    original: Path
    media_type: str
    sha256: str
    untrusted_name: str
    words: WordFile
    pixels: int


def write_searchable(scan: Scan, out: Path) -> str:
    """Writes the PDF to `out`, with its folder as scratch; returns a note for people, empty where all is as usual.

    The pages of a PDF stay what they are; only where they cannot be taken over they become pictures. Raises Corrupt
    when nothing can be shown, and Encrypted.
    """
    if scan.media_type.startswith("image/"):
        return _from_pictures(scan, out)
    try:
        _lay_over(scan, out)
    except MALFORMED:
        return _from_drawn(scan, out)
    return ""


def _lay_over(scan: Scan, out: Path) -> None:
    with pikepdf.open(scan.original) as pdf:
        layer = Layer(pdf)
        for page, words in zip(pdf.pages, scan.words.read(), strict=True):
            _lay_on(pdf, layer, page, words)
        layer.finish()
        _take_out_acting(pdf)
        _name_original(pdf, scan)
        pdf.save(out, deterministic_id=True)


def _lay_on(pdf: Pdf, layer: Layer, page: Page, words: PageWords) -> None:
    lines = words.recognised
    if lines and not words.typed:
        drop_unseen(pdf, page)
    layer.put_over(page, lines)


def _take_out_acting(pdf: Pdf) -> None:
    """A copy for reading does nothing on its own."""
    names = pdf.Root.get("/Names", Dictionary())
    for holder, keys in ((pdf.Root, ("/OpenAction", "/AA")), (names, ("/JavaScript",))):
        for key in keys:
            if key in holder:
                del holder[key]


def _name_original(pdf: Pdf, scan: Scan) -> None:
    pdf.docinfo[_ORIGINAL] = String(scan.sha256)


def _from_drawn(scan: Scan, out: Path) -> str:
    """The pages of a damaged PDF as pictures, with all of their words."""
    try:
        _write_drawn(scan.original, scan, out)
    except Unprintable:
        try:
            _write_drawn(repaired(scan.original, out.parent, scan.untrusted_name), scan, out)
        except Unprintable as error:
            raise Corrupt(f"{scan.untrusted_name}: the PDF is damaged beyond repair") from error
    return "its pages are shown as pictures, because the file is damaged"


def _write_drawn(source: Path, scan: Scan, out: Path) -> None:
    volume = Volume(out.parent)
    for words, picture in zip(scan.words.read(), drawn(source), strict=False):
        if isinstance(picture, int):
            volume.add_blank((words.width, words.height))
        else:
            volume.add(picture, words.lines)
    volume.save(out, lambda pdf: _name_original(pdf, scan))


def _from_pictures(scan: Scan, out: Path) -> str:
    """Each picture as a page of its size."""
    volume, count = Volume(out.parent), 0
    try:
        for picture, words in _pictures(scan):
            volume.add(picture, words.lines)
            count += 1
    except BadPicture as error:
        if not count:
            raise Corrupt(f"{scan.untrusted_name}: the picture cannot be shown") from error
    volume.save(out, lambda pdf: _name_original(pdf, scan))
    expected = scan.words.pages
    return "" if count == expected else f"only {count} of its {expected} pages can be shown"


def _pictures(scan: Scan) -> Iterator[tuple[Placed, PageWords]]:
    """Each picture as a whole page, with its words. Raises BadPicture."""
    try:
        with _whatever_is_there():
            for words, image in zip(scan.words.read(), frames(scan.original), strict=False):
                yield whole(image, scan.original, (words.width, words.height), scan.pixels), words
    except BAD_IMAGE as error:
        raise BadPicture(f"The picture cannot be read ({type(error).__name__})") from error


@contextmanager
def _whatever_is_there() -> Iterator[None]:
    """Lets Pillow give what there is of pictures that were cut off, as it did when they were read."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
