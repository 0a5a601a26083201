"""Drawn pages with seals, stamps and signatures on them, and with what only looks like them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from extractors.document import Box, Word
from tests.extractors.ocr_pictures import ENGLISH, HAN_FONT, LATIN_FONT

A4 = (210.0, 297.0)
RED, VIOLET, BLUE, BLACK, BROWN = (205, 30, 40), (95, 50, 140), (35, 55, 150), (15, 15, 15), (156, 74, 28)
Colour = tuple[int, int, int]
Points = list[tuple[float, float]]


@dataclass
class Sheet:
    """A page of A4 in the making. Places and sizes are millimetres; `words` are those that OCR is said to have read."""

    dpi: int = 100
    paper: Colour = (250, 250, 248)
    words: list[Word] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.picture = Image.new("RGB", tuple(round(side * self.scale) for side in A4), self.paper)
        self.pen = ImageDraw.Draw(self.picture)

    @property
    def scale(self) -> float:
        return self.dpi / 25.4

    def px(self, *lengths: float) -> list[float]:
        return [length * self.scale for length in lengths]

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 4.0,
        colour: Colour = BLACK,
        sure: float | None = 0.97,
    ) -> Sheet:
        """A line of print; `sure` is OCR's confidence, None where OCR did not see it at all."""
        font = ImageFont.truetype(HAN_FONT if max(words) > "\u2e80" else LATIN_FONT, round(size * self.scale))
        for word in words.split(" "):
            edges = self.pen.textbbox((x * self.scale, y * self.scale), word, font=font)
            self.pen.text((x * self.scale, y * self.scale), word, font=font, fill=colour)
            if sure is not None:
                self.words.append(Word(0, 1, self.box(*(edge / self.scale for edge in edges)), sure))
            x = (edges[2] + 0.3 * font.size) / self.scale
        return self

    def letter(self) -> Sheet:
        """A page full of print that was read."""
        picture, words = _letter(self.dpi, self.paper)
        self.picture.paste(picture)
        self.words += words
        return self

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box.clamped(x0 / A4[0], y0 / A4[1], x1 / A4[0], y1 / A4[1])

    def line(self, points: Points, colour: Colour, width: float = 0.4) -> None:
        flat = [edge for point in points for edge in self.px(*point)]
        self.pen.line(flat, fill=colour, width=max(1, round(width * self.scale)), joint="curve")

    def ellipse(
        self, x: float, y: float, a: float, b: float, colour: Colour, width: float = 0.8, turn: float = 0
    ) -> None:
        angles = [math.radians(each) for each in range(0, 363, 3)]
        tilt = math.radians(turn)
        points = [
            (
                x + a * math.cos(t) * math.cos(tilt) - b * math.sin(t) * math.sin(tilt),
                y + a * math.cos(t) * math.sin(tilt) + b * math.sin(t) * math.cos(tilt),
            )
            for t in angles
        ]
        self.line(points, colour, width)

    def on_arc(self, x: float, y: float, radius: float, words: str, colour: Colour) -> None:
        """Letters along a ring, each turned."""
        font = ImageFont.truetype(HAN_FONT, round(4.2 * self.scale))
        for number, char in enumerate(words):
            angle = -210 + 240 * (number + 0.5) / len(words)
            tile = Image.new("L", (2 * int(font.size), 2 * int(font.size)))
            ImageDraw.Draw(tile).text((font.size / 2, font.size / 2), char, font=font, fill=255)
            tile = tile.rotate(-angle - 90, resample=Image.Resampling.BICUBIC)
            at_x = x + radius * math.cos(math.radians(angle))
            at_y = y + radius * math.sin(math.radians(angle))
            corner = (round(at_x * self.scale - font.size), round(at_y * self.scale - font.size))
            self.picture.paste(colour, corner, tile)

    def seal(
        self, x: float, y: float, radius: float = 20, colour: Colour = RED, oval: float = 1, turn: float = 0
    ) -> Box:
        """A round or oval seal with a name along it and a star."""
        self.ellipse(x, y, radius, radius * oval, colour, 1.0, turn)
        if oval == 1:
            self.on_arc(x, y, radius * 0.76, "东湾建设工程有限公司", colour)
        else:
            self.text(x - radius * 0.6, y - 2, "发票专用章", 4.2, colour, None)
        star = [
            (x + r * math.cos(a), y + r * math.sin(a))
            for n in range(11)
            for r, a in ((radius * (0.28 if n % 2 == 0 else 0.11) * oval, math.radians(36 * n - 90)),)
        ]
        if oval == 1:
            self.pen.polygon([tuple(self.px(*point)) for point in star], fill=colour)
        tilt = math.radians(turn)
        wide = math.hypot(radius * math.cos(tilt), radius * oval * math.sin(tilt))
        high = math.hypot(radius * math.sin(tilt), radius * oval * math.cos(tilt))
        return self.box(x - wide, y - high, x + wide, y + high)

    def square_seal(self, x: float, y: float, side: float = 16, turn: float = 0, colour: Colour = RED) -> Box:
        """A person's seal: a frame with four characters."""
        self.frame(x, y, side, side, turn, colour, 1.0)
        for n, char in enumerate("王建国印"):
            self.text(
                x + side * (0.08 + 0.46 * (n % 2)),
                y + side * (0.02 + 0.46 * (n // 2)),
                char,
                side * 0.4,
                colour,
                None,
            )
        return self.box(x, y, x + side, y + side)

    def frame(
        self, x: float, y: float, wide: float, high: float, turn: float, colour: Colour, width: float = 0.6
    ) -> Box:
        tilt = math.radians(turn)
        corners = [(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high), (0.0, 0.0)]
        points = [
            (x + a * math.cos(tilt) - b * math.sin(tilt), y + a * math.sin(tilt) + b * math.cos(tilt))
            for a, b in corners
        ]
        self.line(points, colour, width)
        xs, ys = zip(*points, strict=True)
        return self.box(min(xs), min(ys), max(xs), max(ys))

    def stamp(
        self, x: float, y: float, colour: Colour = VIOLET, turn: float = 5, sure: float | None = 0.95
    ) -> Box:
        """ "RECEIVED" and a date in a frame, a little askew."""
        tile = Sheet(self.dpi, self.paper)
        tile.text(4, 3, "RECEIVED", 6, colour).text(4, 12, "12 MAR 2024", 5, colour)
        cut = tile.picture.crop(tuple(round(v) for v in self.px(2, 2, 46, 20)))
        turned = cut.rotate(-turn, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=self.paper)
        self.picture.paste(turned, tuple(round(v) for v in self.px(x + 2, y + 3)))
        if sure is not None:
            for word, left, top, right, low in ((0, 4, 4, 40, 11), (1, 4, 13, 42, 20)):
                self.words.append(Word(word, word + 1, self.box(x + left, y + top, x + right, y + low), sure))
        return self.frame(x + 2, y, 48, 22, turn, colour, 0.8)

    def signature(self, x: float, y: float, colour: Colour = BLUE, seed: int = 1, wide: float = 45) -> Box:
        """A scrawl with loops, in one stroke of the pen."""
        rng = random.Random(seed)  # noqa: S311  a drawing
        points: Points = []
        for n in range(240):
            t = n / 240
            points.append(
                (
                    x + wide * t + 4 * math.sin(t * 34 + rng.random() * 0.05),
                    y + 5 * math.cos(t * 31 + seed) * (1 - 0.5 * t) + 2 * math.sin(t * 9),
                )
            )
        self.line(points, colour, 0.45)
        xs, ys = zip(*points, strict=True)
        return self.box(min(xs), min(ys), max(xs), max(ys))


@cache
def _letter(dpi: int, paper: Colour) -> tuple[Image.Image, list[Word]]:
    sheet = Sheet(dpi, paper)
    for number in range(18):
        sheet.text(22, 60 + 7 * number, ENGLISH[number % len(ENGLISH)])
    return sheet.picture, sheet.words


def scenery(seed: int, size: tuple[int, int]) -> Image.Image:
    """A picture of nothing in particular: smooth shapes and texture in many colours."""
    rng = np.random.default_rng(seed)
    rough = Image.fromarray(rng.integers(0, 255, (9, 12, 3), dtype=np.uint8))
    smooth = np.asarray(rough.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    grain = rng.normal(0, 18, (size[1], size[0], 1))
    return Image.fromarray(np.clip(smooth * 0.8 + grain, 0, 255).astype(np.uint8))


def worn(picture: Image.Image, seed: int = 5) -> Image.Image:
    """As an old scan: grain, blur, specks, a shadow along one side."""
    rng = np.random.default_rng(seed)
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    pixels = pixels + rng.normal(0, 7, (*pixels.shape[:2], 1))
    pixels = pixels * (1 - 0.25 * np.linspace(0, 1, pixels.shape[1])[None, :, None] ** 4)
    for _ in range(300):
        y, x = int(rng.integers(0, pixels.shape[0] - 2)), int(rng.integers(0, pixels.shape[1] - 2))
        pixels[y : y + 2, x : x + 2] = 60
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def letterhead(sheet: Sheet) -> None:
    sheet.text(35, 20, "东湾建设工程有限公司文件", 10, RED)
    sheet.line([(22, 36), (188, 36)], RED, 1.0)


def photo(sheet: Sheet) -> None:
    size = tuple(round(v) for v in sheet.px(90, 60))
    sheet.picture.paste(scenery(3, size), tuple(round(v) for v in sheet.px(60, 200)))


def bars(sheet: Sheet) -> None:
    for n, colour in enumerate((RED, BLUE, VIOLET, BROWN, (30, 140, 60))):
        x = 40 + 22 * n
        sheet.pen.rectangle(sheet.px(x, 260 - 9 * (n + 1), x + 14, 260), fill=colour)
    sheet.line([(35, 205), (35, 260), (160, 260)], BLACK, 0.4)


def curves(sheet: Sheet) -> None:
    sheet.line([(35, 200), (35, 260), (170, 260)], BLACK, 0.4)
    for phase, colour in ((0.0, BLUE), (2.0, RED)):
        points = [(36 + n, 230 + 22 * math.sin(n / 14 + phase)) for n in range(132)]
        sheet.line(points, colour, 0.5)


def pie(sheet: Sheet) -> None:
    for n, colour in enumerate((RED, BLUE, VIOLET, BROWN)):
        sheet.pen.pieslice(sheet.px(80, 200, 130, 250), 90 * n, 90 * n + 90, fill=colour, outline=BLACK)


def table(sheet: Sheet) -> None:
    for n in range(7):
        sheet.line([(22, 200 + 9 * n), (188, 200 + 9 * n)], BROWN, 0.4)
        sheet.line([(22 + 166 / 6 * n, 200), (22 + 166 / 6 * n, 254)], BROWN, 0.4)
    for n in range(30):
        sheet.text(24 + 166 / 6 * (n % 6), 202 + 9 * (n // 6), "1,250.00")


def barcode(sheet: Sheet) -> None:
    rng, x = random.Random(7), 60.0  # noqa: S311  a drawing
    while x < 130:
        wide = rng.choice((0.4, 0.8, 1.2))
        sheet.pen.rectangle(sheet.px(x, 215, x + wide, 235), fill=BLACK)
        x += wide + rng.choice((0.4, 0.8))


def square_code(sheet: Sheet) -> None:
    rng = random.Random(8)  # noqa: S311  a drawing
    for n in range(29 * 29):
        if rng.random() < 0.5:
            x, y = 80 + n % 29, 210 + n // 29
            sheet.pen.rectangle(sheet.px(x, y, x + 1, y + 1), fill=BLACK)


def logo(sheet: Sheet) -> None:
    sheet.pen.ellipse(sheet.px(22, 12, 42, 32), fill=RED)
    sheet.pen.polygon([tuple(sheet.px(*p)) for p in ((26, 30), (32, 14), (38, 30))], fill=sheet.paper)
    sheet.text(46, 16, "REDSTAR LOGISTICS", 8, RED)


def red_box(sheet: Sheet) -> None:
    sheet.frame(60, 215, 40, 30, 0, RED)
    sheet.text(64, 222, "IMPORTANT", 5, RED).text(64, 232, "NOTICE", 5, RED)


def crease(sheet: Sheet) -> None:
    sheet.line([(0.5, 120), (209.5, 131)], (120, 120, 120), 0.3)
    sheet.line([(60, 200), (95, 245)], (120, 120, 120), 0.3)


def unseen_print(sheet: Sheet) -> None:
    for n in range(4):
        sheet.text(22, 205 + 8 * n, ENGLISH[n], 4.0, BLACK, None)
    sheet.text(22, 240, "Sehr fein gedruckt, nicht gelesen", 3.0, BLUE, None)


def underlined(sheet: Sheet) -> None:
    sheet.text(22, 210, "Signed for and on behalf of the Contractor").line([(22, 226), (90, 226)], BLACK, 0.4)


NOTHING: dict[str, Callable[[Sheet], None]] = {
    each.__name__: each
    for each in (
        letterhead, photo, bars, curves, pie, table, barcode, square_code, logo, red_box, crease, unseen_print,
        underlined,
    )
}  # fmt: skip
"""What is no mark, by name: each draws it below, above or beside a letter that was read."""
