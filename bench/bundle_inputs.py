"""What `bench/bundle.py` binds: a matter's worth of pages in the mix that claims have. Seeded, made where asked.

Of a hundred pages 40 are typed PDFs, 30 scans (A4, 300 dpi, half of them grey and half black and white), 22 e-mails
and notes, 8 photos (half of them larger than a bundle shows); Chinese and English in turns.
"""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from bench.search_pages import chinese, english
from extractors.document import Box, PageText, assemble
from pipeline.bundle import Case, CaseEvent, ChronologyRow, Exhibit, ExhibitLink, Sighting
from pipeline.bundle.typeset import Style, draw, width
from pipeline.renditions.words import PageWords, PlacedWord

SEED = 20230314
_LOOKS = 6
"""Different scans and photos; more only differ in a comment, which costs a bundle as much."""
_LINE = Style(10, 14)
_DAY = datetime.date(2023, 1, 1)
_MADE = datetime.datetime(2024, 6, 1, 8, 0, tzinfo=datetime.UTC)
_EVENTS = 40


@dataclass(frozen=True)
class Made:
    """A file of the mix, how many pages it gives, and what was read from it."""

    path: Path
    media_type: str
    pages: int
    document: Callable[[], Any] | None = None
    words: Callable[[], Iterator[PageWords]] | None = None


class Mix:
    """Makes files in a folder, or finds them there: number n is the same whatever the size of the matter."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        rng = random.Random(SEED)
        self._texts = [english(rng), chinese(rng)]
        self._pages = [[page() for _ in range(40)] for page in self._texts]

    def files(self, pages: int) -> Iterator[Made]:
        """Files with so many pages in all."""
        rest, number = pages, 0
        while rest > 0:
            rng = random.Random(SEED + number)
            kind = rng.choices(("typed", "scan", "mail", "photo"), (8, 6, 18, 13))[0]
            most = {"typed": 12, "scan": 12, "mail": 2, "photo": 1}[kind]
            count = min(rng.randint(1, most), rest)
            made: Made = getattr(self, f"_{kind}")(number, count, rng)
            yield made
            rest, number = rest - made.pages, number + 1

    def _text(self, number: int, page: int) -> str:
        texts = self._pages[number % 2]
        return texts[(number * 7 + page) % len(texts)]

    def _file(self, name: str, make: Callable[[Path], None]) -> Path:
        path = self._folder / name
        if not path.exists():
            make(path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
        return path

    def _typed(self, number: int, count: int, _rng: random.Random) -> Made:
        def make(path: Path) -> None:
            canvas = Canvas(str(path), pagesize=A4, invariant=1, pageCompression=1)
            for page in range(count):
                _draw_page(canvas, self._text(number, page))
                canvas.showPage()
            canvas.save()

        return Made(self._file(f"{number:05}-{count}-typed.pdf", make), "application/pdf", count)

    def _scan(self, number: int, count: int, _rng: random.Random) -> Made:
        looks = [(number + page) % _LOOKS for page in range(count)]

        def make(path: Path) -> None:
            with pikepdf.new() as pdf:
                for page, look in enumerate(looks):
                    _add_scan(pdf, self._scans[look], f"{number}-{page}")
                pdf.save(path, deterministic_id=True)

        def words() -> Iterator[PageWords]:
            for page, look in enumerate(looks, 1):
                yield PageWords(page, *A4, _lines(self._text(look, 0)))

        path = self._file(f"{number:05}-{count}-scan.pdf", make)
        return Made(path, "application/pdf", count, words=words)

    def _mail(self, number: int, count: int, _rng: random.Random) -> Made:
        text = "\n".join(self._text(number, page)[:900] for page in range(2 * count))
        path = self._file(f"{number:05}-{count}.eml", lambda out: _written(out, text.encode()))
        document = partial(assemble, [PageText(text, 0, 0)], "message/rfc822")
        return Made(path, "message/rfc822", count, document=document)

    def _photo(self, number: int, _count: int, _rng: random.Random) -> Made:
        def make(path: Path) -> None:
            _written(path, _with_comment(self._photos[number % _LOOKS], str(number)))

        return Made(self._file(f"{number:05}-photo.jpg", make), "image/jpeg", 1)

    @cached_property
    def _scans(self) -> list[Image.Image]:
        return [_scanned(self._text(look, 0), look) for look in range(_LOOKS)]

    @cached_property
    def _photos(self) -> list[bytes]:
        return [_photo(look) for look in range(_LOOKS)]


def case(mix: Mix, pages: int) -> Case:
    """A claim with so many pages of evidence, each document linked to an event and in the chronology."""
    exhibits = tuple(_exhibit(made, number) for number, made in enumerate(mix.files(pages)))
    events = tuple(
        CaseEvent(f"CLM-001/E{n}", f"Event {n}", _DAY + datetime.timedelta(n)) for n in range(_EVENTS)
    )
    rows = (ChronologyRow(e.date, None, e.links[0].event, e.id, 1, e.heading) for e in exhibits)
    return Case(
        claim_id="CLM-001",
        title=f"A matter of {pages} pages",
        type="construction",
        status="open",
        made_at=_MADE,
        events=events,
        exhibits=exhibits,
        chronology=tuple(rows),
    )


def _exhibit(made: Made, number: int) -> Exhibit:
    with made.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Exhibit(
        id=digest[:12],
        sha256=digest,
        name=made.path.name,
        original=made.path,
        media_type=made.media_type,
        kind="other",
        date=_DAY + datetime.timedelta(number % 700),
        sightings=(Sighting(f"inbox/{made.path.name}", _MADE),),
        document=made.document,
        words=made.words,
        links=(ExhibitLink(f"CLM-001/E{number % _EVENTS}", 1, 0.9, "confirmed"),),
    )


def _draw_page(canvas: Canvas, text: str) -> None:
    for line, said in enumerate(text.split("\n")):
        draw(canvas, 60, A4[1] - 70 - line * _LINE.leading, said[:90], _LINE)


def _lines(text: str) -> tuple[tuple[PlacedWord, ...], ...]:
    """The words of a drawn page where they stand, as OCR would have read them."""
    return tuple(
        tuple(_words(said[:90], A4[1] - 70 - line * _LINE.leading))
        for line, said in enumerate(text.split("\n"))
    )


def _words(said: str, y: float) -> Iterator[PlacedWord]:
    x, top = 60.0, (A4[1] - y - 8) / A4[1]
    for at, word in enumerate(said.split(" ")):
        end = x + width(word, _LINE)
        if word:
            box = Box(min(x / A4[0], 1), top, min(end / A4[0], 1), top + 10 / A4[1])
            yield PlacedWord(word, box, joined=at == 0, recognised=True)
        x = end + width(" ", _LINE)


def _scanned(text: str, look: int) -> Image.Image:
    """A page as a scanner gives it: 300 dpi, the paper not quite white; each second one black and white."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    _draw_page(canvas, text)
    canvas.save()
    document = pypdfium2.PdfDocument(out.getvalue())
    page = np.asarray(document[0].render(scale=300 / 72, grayscale=True).to_pil(), dtype=np.int16)
    document.close()
    if look % 2:
        return Image.fromarray((page > 128).astype(np.uint8) * 255).convert("1")
    noise = np.random.default_rng(SEED + look).normal(-12, 5, page.shape)
    return Image.fromarray(np.clip(page + noise, 0, 255).astype(np.uint8))


def _add_scan(pdf: pikepdf.Pdf, image: Image.Image, mark: str) -> None:
    """A page with a scan on it, packed as scanners do: JPEG, or CCITT G4."""
    stream = pikepdf.Stream(pdf, _scan_bytes(image, mark))
    stream.stream_dict = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=image.width,
        Height=image.height,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=1 if image.mode == "1" else 8,
        Filter=Name.CCITTFaxDecode if image.mode == "1" else Name.DCTDecode,
    )
    if image.mode == "1":
        stream.stream_dict.DecodeParms = Dictionary(
            K=-1, Columns=image.width, Rows=image.height, BlackIs1=True
        )
    pdf.add_blank_page(page_size=A4)
    page = pdf.pages[-1]
    page.Resources = Dictionary(XObject=Dictionary(Scan=stream))
    page.Contents = pdf.make_stream(f"q {A4[0]:.2f} 0 0 {A4[1]:.2f} 0 0 cm /Scan Do Q\n".encode())
    page.MediaBox = Array([0, 0, *A4])


_packed: dict[int, bytes] = {}


def _scan_bytes(image: Image.Image, mark: str) -> bytes:
    if id(image) not in _packed:
        out = BytesIO()
        if image.mode == "1":
            image.save(out, "TIFF", compression="group4", strip_size=2**26)
            with Image.open(out) as file:
                start, length = file.tag_v2[273][0], file.tag_v2[279][0]  # type: ignore[attr-defined]
            _packed[id(image)] = out.getvalue()[start : start + length]
        else:
            image.save(out, "JPEG", quality=50)
            _packed[id(image)] = out.getvalue()
    data = _packed[id(image)]
    return data if image.mode == "1" else _with_comment(data, mark)


def _photo(look: int) -> bytes:
    """A photo of 12 megapixels, or of 2 as messengers send them: soft shapes and the grain of a sensor."""
    size = (4000, 3000) if look % 2 else (1600, 1200)
    rng = np.random.default_rng(SEED + look)
    soft = Image.fromarray(rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)).resize(
        size, Image.Resampling.BICUBIC
    )
    grain = rng.normal(0, 6, (size[1], size[0], 1))
    out = BytesIO()
    Image.fromarray(np.clip(np.asarray(soft) + grain, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=85)
    return out.getvalue()


def _with_comment(jpeg: bytes, text: str) -> bytes:
    """The JPEG with a comment behind its first marker."""
    said = text.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said + jpeg[2:]


def _written(path: Path, data: bytes) -> None:
    path.write_bytes(data)
