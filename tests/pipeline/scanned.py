"""Scans for tests, made here: pages of words at known places, as pictures, PDFs and what a reader would say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pdfplumber
import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

from extractors.document import Box, Document, PageText, is_han, text_of_lines
from extractors.document import assemble as assembled
from extractors.readers.pdf_text import geometry, text_layer
from pipeline.renditions.scans import Scan, write_searchable
from pipeline.renditions.words import words_of, write_words

A4 = (595.0, 842.0)
LETTER = (
    "Refusal of access to (Area B)",
    "我方于2023年3月14日被拒绝进入 B 区",
    "The sum claimed is US$1,250,000.00",
    "工程款支付延误",
)

Placed = tuple[str, Box, float | None]
Lines = list[list[Placed]]
Shift = Callable[[float, float], tuple[float, float]]


def recognised(lines: Sequence[str], size: tuple[float, float] = A4, letter: float = 14.0) -> Lines:
    """Lines of text as OCR gives them: boxes around words, Han in pieces of two with a small gap between them."""
    found: Lines = []
    for number, line in enumerate(lines):
        x, y, placed = 60.0, 80.0 + number * 3 * letter, []
        for word in _pieces(line):
            wide = sum(letter if is_han(char) else letter / 2 for char in word)
            corners = x / size[0], y / size[1], (x + wide) / size[0], (y + letter) / size[1]
            placed.append((word, Box(*corners), 0.9))
            x += wide + letter * 0.25
        found.append(placed)
    return found


def _pieces(line: str) -> Iterator[str]:
    for word in line.split():
        start = 0
        for at in range(1, len(word) + 1):
            ends = at == len(word) or is_han(word[at]) != is_han(word[start])
            if ends or (is_han(word[start]) and at - start == 2):
                yield word[start:at]
                start = at


def page(lines: Lines, size: tuple[float, float] = A4, typed: Lines | None = None) -> PageText:
    """A page that was read by OCR; `typed` lines are of the file's own text, in front of the others."""
    own = [[(word, box, None) for word, box, _ in line] for line in typed or []]
    text, words = text_of_lines([*own, *lines])
    return PageText(text, *size, source="ocr", engine="test", confidence=0.9, words=words)


def picture(size: tuple[float, float] = A4, dpi: int = 72, mode: str = "L") -> Image.Image:
    """A page with something on it that is not the same anywhere."""
    wide, high = round(size[0] * dpi / 72), round(size[1] * dpi / 72)
    noise = np.random.default_rng(7).integers(150, 256, (high, wide, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    ImageDraw.Draw(image).rectangle((wide // 8, high // 10, wide // 3, high // 5), fill=(200, 30, 30))
    return image.convert(mode)


class Sheet(NamedTuple):
    """How a page of a PDF lies: its media box, its crop box, and by how much viewers turn it."""

    media: tuple[float, float, float, float] = (0, 0, 595, 842)
    crop: tuple[float, float, float, float] | None = None
    rotate: int = 0

    @property
    def seen(self) -> tuple[float, float]:
        """Width and height of what a reader sees."""
        x0, y0, x1, y1 = self.crop or self.media
        return (x1 - x0, y1 - y0) if self.rotate % 180 == 0 else (y1 - y0, x1 - x0)


def scan_pdf(path: Path, sheets: Iterable[Sheet] = (Sheet(),), extra: bytes = b"") -> Path:
    """A PDF of pages that are a picture each; `extra` is drawn over it, in Helvetica as /F1."""
    with pikepdf.new() as pdf:
        for sheet in sheets:
            jpeg = BytesIO()
            picture((sheet.media[2] - sheet.media[0], sheet.media[3] - sheet.media[1])).save(jpeg, "JPEG")
            image = pdf.make_stream(jpeg.getvalue(), Type=Name.XObject, Subtype=Name.Image)
            with Image.open(jpeg) as opened:
                image.Width, image.Height = opened.size
            image.ColorSpace, image.BitsPerComponent, image.Filter = Name.DeviceGray, 8, Name.DCTDecode
            pdf.add_blank_page()
            one = pdf.pages[-1]
            one.MediaBox = Array(sheet.media)
            if sheet.crop:
                one.CropBox = Array(sheet.crop)
            one.Rotate = sheet.rotate
            font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
            one.Resources = Dictionary(XObject=Dictionary(P=image), Font=Dictionary(F1=font))
            x0, y0, x1, y1 = sheet.media
            draw = f"q {x1 - x0} 0 0 {y1 - y0} {x0} {y0} cm /P Do Q\n".encode()
            one.Contents = pdf.make_stream(draw + extra)
        pdf.save(path)
    return path


def document(pages: Sequence[PageText], media_type: str = "application/pdf") -> Document:
    """The document that has these pages."""
    return assembled(pages, media_type)


def rendition(path: Path, pages: Sequence[PageText], media_type: str = "application/pdf") -> Path:
    """The searchable rendition of the file, beside it."""
    out = path.with_name(f"{path.stem}.out.pdf")
    words = write_words(words_of(document(pages, media_type)), path.with_suffix(".words"))
    write_searchable(Scan(path, media_type, "0" * 64, path.name, words, 10**8), out)
    return out


def by_pdfium(path: Path, number: int = 0) -> str:
    """The text of a page as pdfium gives it, in lines."""
    file = pypdfium2.PdfDocument(path)
    try:
        text: str = file[number].get_textpage().get_text_range()
        return "\n".join(line.strip() for line in text.splitlines())
    finally:
        file.close()


def by_plumber(path: Path, number: int = 0) -> str:
    """The text of a page as pdfplumber gives it, in lines."""
    with pdfplumber.open(path) as file:
        return str(file.pages[number].extract_text())


def places(path: Path, number: int = 0) -> list[tuple[str, Box]]:
    """The words of a page and their boxes as our own reader gives them, however the page lies."""
    file = pypdfium2.PdfDocument(path)
    try:
        layer = text_layer(file[number], geometry(file[number]))
        return [(layer.text[word.start : word.end], word.box) for word in layer.words]
    finally:
        file.close()


def rendered(path: Path, number: int = 0, scale: float = 1.0) -> np.ndarray:
    """A page as it looks."""
    file = pypdfium2.PdfDocument(path)
    try:
        return np.asarray(file[number].render(scale=scale).to_pil().convert("RGB"))
    finally:
        file.close()
