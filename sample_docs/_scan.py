"""A typed page as it looks after years in a ring binder: printed, stamped, folded, scanned askew."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageFilter
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from sample_docs._fonts import HAN, register
from sample_docs._marks import Drawn


@dataclass(frozen=True)
class Scanner:
    """How a page was scanned. `turned` maps page numbers to degrees; `typed` is put over page 1 as real text."""

    dpi: int = 200
    skew: float = 0.7
    noise: float = 3.0
    blur: float = 0.5
    shade: float = 0.12
    quality: int = 45
    colour: bool = False
    bilevel: bool = False
    fold: bool = False
    specks: int = 60
    turned: dict[int, int] = field(default_factory=dict)
    typed: tuple[tuple[float, float, str], ...] = ()


def scanned_pages(pdf: bytes, scanner: Scanner, rng: np.random.Generator) -> list[Image.Image]:
    """The pages of a typed PDF as pictures from the scanner."""
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=scanner.dpi / 72).to_pil() for page in document]
    return [_worn(picture, scanner, rng, number) for number, picture in enumerate(pictures, 1)]


def _worn(page: Image.Image, scanner: Scanner, rng: np.random.Generator, number: int) -> Image.Image:
    picture = page.convert("RGB" if scanner.colour else "L")
    paper = (255, 255, 255) if scanner.colour else 255
    picture = picture.rotate(_skew(scanner, number), resample=Image.Resampling.BICUBIC, fillcolor=paper)
    picture = picture.filter(ImageFilter.GaussianBlur(scanner.blur))
    pixels = np.asarray(picture, dtype=np.float32)
    light = _light(pixels.shape[:2], scanner, rng)
    grain = rng.normal(0.0, scanner.noise, pixels.shape[:2]).astype(np.float32)
    if pixels.ndim == 3:
        light, grain = light[..., None], grain[..., None]
    pixels = np.clip(pixels * light + grain, 0, 255)
    _speck(pixels, scanner.specks, rng)
    worn = Image.fromarray(pixels.astype(np.uint8))
    if scanner.bilevel:
        worn = worn.convert("L").point(lambda v: 255 if v > 140 else 0).convert("1", dither=Image.Dither.NONE)
    turn = scanner.turned.get(number, 0)
    return worn.rotate(turn, expand=True) if turn else worn


def scanned_mark(mark: Drawn, scanner: Scanner) -> dict[str, Any] | None:
    """Where a mark is in the scan, as a reader should find it: `{"page", "kind", "box"}`.

    None for a stamp without its colour: what is left of it is a printed box.
    """
    if mark.kind == "stamp" and not scanner.colour:
        return None
    wide, high = mark.size
    angle = math.radians(_skew(scanner, mark.page))
    points = []
    for x, y in mark.outline:
        across, down = (x - 0.5) * wide, (y - 0.5) * high
        turned = (
            across * math.cos(angle) + down * math.sin(angle),
            down * math.cos(angle) - across * math.sin(angle),
        )
        points.append((turned[0] / wide + 0.5, turned[1] / high + 0.5))
    for _ in range(scanner.turned.get(mark.page, 0) // 90):
        points = [(y, 1 - x) for x, y in points]
    xs, ys = zip(*points, strict=True)
    box = [round(side, 3) for side in (min(xs), min(ys), max(xs), max(ys))]
    return {"page": mark.page, "kind": mark.kind, "box": box}


def _skew(scanner: Scanner, number: int) -> float:
    """Degrees, anticlockwise, by which a page lies askew."""
    return scanner.skew * (1 if number % 2 else -0.6)


def _light(shape: tuple[int, ...], scanner: Scanner, rng: np.random.Generator) -> np.ndarray:
    """The lamp's uneven light, and the dark line of a fold across the middle."""
    high, wide = shape
    x, y = np.linspace(0, 1, wide, dtype=np.float32), np.linspace(0, 1, high, dtype=np.float32)
    side = 1 if rng.random() < 0.5 else -1
    light = (
        0.985
        - scanner.shade * (np.abs(x[None, :] - (0 if side < 0 else 1)) ** 6)
        - 0.04 * scanner.shade * y[:, None]
    )
    if scanner.fold:
        for at in (0.335, 0.668):
            light = light - 0.16 * np.exp(-(((y[:, None] - at) * high / 2.2) ** 2)) + 0 * x[None, :]
    return light.astype(np.float32)


def _speck(pixels: np.ndarray, count: int, rng: np.random.Generator) -> None:
    high, wide = pixels.shape[:2]
    for _ in range(count):
        y, x, size = int(rng.integers(0, high - 3)), int(rng.integers(0, wide - 3)), int(rng.integers(1, 3))
        pixels[y : y + size, x : x + size] = rng.integers(40, 150)


def as_pdf(pictures: list[Image.Image], scanner: Scanner) -> bytes:
    """An image-only PDF of the pictures; typed words, if any, lie over page 1."""
    register()
    rl_config.useA85 = 0  # binary streams: a quarter smaller
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for number, picture in enumerate(pictures, 1):
        wide, high = (side * 72 / scanner.dpi for side in picture.size)
        canvas.setPageSize((wide, high))
        # A fax machine's black and white is stored without loss, the rest as JPEG.
        image = picture if scanner.bilevel else io.BytesIO(as_jpeg(picture, scanner))
        canvas.drawImage(ImageReader(image), 0, 0, wide, high)
        for x, y, text in scanner.typed if number == 1 else ():
            canvas.setFont(HAN if any(ord(c) > 0x2E80 for c in text) else "Helvetica", 10)
            canvas.drawString(x * wide, (1 - y) * high, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def as_jpeg(picture: Image.Image, scanner: Scanner) -> bytes:
    """One page as a JPEG with its resolution."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=scanner.quality, dpi=(scanner.dpi, scanner.dpi), optimize=True)
    return buffer.getvalue()


def as_png(picture: Image.Image, scanner: Scanner) -> bytes:
    """One page as a PNG of 16 greys."""
    buffer = io.BytesIO()
    small = picture if scanner.bilevel else picture.convert("L").quantize(16, method=Image.Quantize.MEDIANCUT)
    small.save(buffer, "PNG", dpi=(scanner.dpi, scanner.dpi), optimize=True)
    return buffer.getvalue()


def as_tiff(pictures: list[Image.Image], scanner: Scanner) -> bytes:
    """A TIFF of many pages: CCITT group 4 for black and white, JPEG for greys."""
    buffer = io.BytesIO()
    how = (
        {"compression": "group4"} if scanner.bilevel else {"compression": "jpeg", "quality": scanner.quality}
    )
    dpi = (scanner.dpi, scanner.dpi)
    pictures[0].save(buffer, "TIFF", save_all=True, append_images=pictures[1:], dpi=dpi, **how)
    return buffer.getvalue()
