"""Pages drawn for the tests of OCR's preparations, and what a scanner or a camera does to them."""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from extractors.ocr.engine import OcrImage

HAN_FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
LATIN_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
FONTS = {"en": LATIN_FONT, "zh": HAN_FONT}
ENGLISH = (  # noqa: SIM905 - sentences
    "notice of claim for late possession we refer to your letter dated 14 March and give that access was refused on "
    "site the additional cost amounts to USD 1,250,000.00 works were delayed by thirty days yours faithfully Harbour "
    "Civil Limited engineer shall determine under clause 20.1 any extension time which contractor is entitled"
).split()
CHINESE = "关于工期延误的索赔通知书致东湾置业发展有限公司我方收到贵方来函现就场地移交提出如下合同编号金额为人民币顺延天"

Grey = NDArray[np.uint8]
Points = NDArray[np.float64]
QUAD: Points = np.array([(150, 120), (880, 190), (820, 1180), (110, 1240)], dtype=np.float64)
"""Where a camera sees the corners of a sheet in a picture of 1000 x 1333 pixels."""


def text_line(script: str, chance: random.Random, width: float, font: ImageFont.FreeTypeFont) -> str:
    """A line of words or of Han characters that fills `width` pixels."""
    line = ""
    while True:
        more = chance.choice(ENGLISH) + " " if script == "en" else chance.choice(CHINESE)
        if font.getlength(line + more) > width:
            return line
        line += more


def page(
    script: str = "en",
    *,
    size: tuple[int, int] = (1000, 1300),
    px: int = 24,
    lines: int | None = None,
    table: bool = False,
    seed: int = 1,
) -> Grey:
    """A sheet of so many lines in letters of `px` pixels, as text or in the boxes of a table."""
    chance = random.Random(seed)  # noqa: S311 - pages, not secrets
    picture = Image.new("L", size, 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONTS[script], px)
    margin, step = size[0] // 10, int(px * 1.7)
    for number, y in enumerate(range(margin, size[1] - margin, step)):
        if lines is not None and number >= lines:
            break
        if not table:
            width = (size[0] - 2 * margin) * (1.0 if chance.random() < 0.7 else chance.uniform(0.3, 0.9))
            draw.text((margin, y), text_line(script, chance, width, font), font=font, fill=20)
            continue
        for x in range(margin, size[0] - margin - 200, 220):
            draw.rectangle((x, y - 5, x + 220, y + step - 5), outline=0, width=2)
            draw.text((x + 10, y), text_line(script, chance, 190, font), font=font, fill=20)
    return np.asarray(picture)


def grained(grey: NDArray[np.floating] | Grey, *, blur: float = 0.6, noise: float = 4.0) -> Grey:
    """As a sensor sees it: a little soft, a little noisy."""
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), blur)
    soft += np.random.default_rng(1).normal(0, noise, grey.shape).astype(np.float32)
    return soft.clip(0, 255).astype(np.uint8)


def rotated(grey: Grey, degrees: float, fill: int = 255) -> Grey:
    """Turned clockwise, on a larger sheet."""
    turned = Image.fromarray(grey).rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=fill)
    return np.asarray(turned)


def desk(size: tuple[int, int], level: float = 90.0) -> NDArray[np.float32]:
    """A grained desk in light that falls off to one side."""
    width, height = size
    grain = cv2.GaussianBlur(
        np.random.default_rng(2).normal(0, 60, (height, width)).astype(np.float32), (0, 0), 5
    )
    light = np.linspace(1.0, 0.7, width, dtype=np.float32)[None]
    return (level + grain) * light


def photographed(sheet: Grey, corners: Points, size: tuple[int, int]) -> Grey:
    """The sheet with its corners (pixels, clockwise from the top left) where a camera saw them, on a desk."""
    height, width = sheet.shape
    own = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(own, corners.astype(np.float32))
    seen = cv2.warpPerspective(sheet.astype(np.float32) * 0.85, matrix, size, flags=cv2.INTER_AREA)
    inside = cv2.warpPerspective(np.ones_like(sheet, dtype=np.float32), matrix, size)
    light = np.linspace(1.0, 0.8, size[0], dtype=np.float32)[None]
    return grained(seen * light * inside + desk(size) * (1 - inside))


def shadowed(grey: Grey) -> Grey:
    """In light that falls off to one side, with the edge of a shadow across the middle."""
    height, width = grey.shape
    across = 1 - 0.65 * np.linspace(0, 1, width)[None]
    down = np.where(np.arange(height)[:, None] > height / 2, 0.7, 1.0)
    return grained(grey * across * down)


def saved(grey: Grey, folder: Path, name: str = "page") -> OcrImage:
    path = folder / f"{name}.png"
    Image.fromarray(grey).save(path, compress_level=1)
    return OcrImage(path, 1, 150)
