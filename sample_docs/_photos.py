"""Drawn pictures that pass for snapshots, with the camera's notes (time, place, device) in EXIF."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from sample_docs._fonts import picture_font

SIZE = (1280, 960)
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Shot:
    """A photo: what it shows, when and where it was taken and with what."""

    scene: str
    taken: str = ""
    make: str = ""
    model: str = ""
    gps: tuple[float, float] | None = None
    offset: str = "+00:00"
    caption: str = ""
    orientation: int = 1
    quality: int = 68
    board: tuple[str, ...] = ()


def photo(shot: Shot, rng: np.random.Generator) -> bytes:
    """The JPEG."""
    picture = _lens(scene_of(shot, rng), rng)
    draw = ImageDraw.Draw(picture)
    if shot.board:
        _board(draw, shot.board)
    if shot.caption:
        draw.text(
            (SIZE[0] - 30, SIZE[1] - 58),
            shot.caption,
            (255, 160, 30),
            picture_font(34, han=not shot.caption.isascii()),
            anchor="ra",
        )
    if shot.orientation == 6:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=shot.quality, exif=_exif(shot), optimize=True)
    return buffer.getvalue()


def scene_of(shot: Shot, rng: np.random.Generator) -> Image.Image:
    """What lies before the camera."""
    picture = Image.new("RGB", SIZE, (150, 150, 150))
    SCENES[shot.scene](ImageDraw.Draw(picture), rng)
    return picture


def _exif(shot: Shot) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = shot.orientation
    if shot.make:
        exif[0x010F], exif[0x0110] = shot.make, shot.model
    if shot.taken:
        exif[0x0132] = shot.taken
        exif.get_ifd(0x8769).update({0x9003: shot.taken, 0x9004: shot.taken, 0x9011: shot.offset})
    if shot.gps:
        lat, lon = shot.gps
        exif.get_ifd(0x8825).update(
            {1: "N" if lat >= 0 else "S", 2: _degrees(lat), 3: "E" if lon >= 0 else "W", 4: _degrees(lon)}
        )
    return exif


def _degrees(value: float) -> tuple[float, float, float]:
    value = abs(value)
    minutes = (value % 1) * 60
    return float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 2)


def _lens(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Softness, darker corners, sensor noise."""
    soft = np.asarray(picture.filter(ImageFilter.GaussianBlur(1.3)), dtype=np.float32)
    wide, high = SIZE
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    corner = 1 - 0.35 * (((x - wide / 2) / wide) ** 2 + ((y - high / 2) / high) ** 2)
    coarse = Image.fromarray(rng.normal(0, 4, (high // 16, wide // 16)).astype(np.float32))
    patches = np.asarray(coarse.resize(SIZE, Image.Resampling.BICUBIC))
    grain = rng.normal(0, 3, (high, wide)).astype(np.float32)
    return Image.fromarray(
        np.clip(soft * corner[..., None] + (patches + grain)[..., None], 0, 255).astype(np.uint8)
    )


def _board(draw: ImageDraw.ImageDraw, lines: tuple[str, ...]) -> None:
    """The little board with the particulars that site staff hold into the picture."""
    high = 26 + 44 * len(lines)
    draw.rectangle((40, 40, 640, 40 + high), fill=(20, 70, 45), outline=(240, 240, 240), width=4)
    for i, line in enumerate(lines):
        draw.text((62, 54 + 44 * i), line, (245, 245, 240), picture_font(30, han=not line.isascii()))


def _sky(draw: ImageDraw.ImageDraw, top: Colour, low: Colour, horizon: int) -> None:
    for y in range(horizon):
        share = y / horizon
        draw.line(
            (0, y, SIZE[0], y), fill=tuple(int(a + (b - a) * share) for a, b in zip(top, low, strict=True))
        )


def _ground(draw: ImageDraw.ImageDraw, rng: np.random.Generator, horizon: int, base: Colour) -> None:
    draw.rectangle((0, horizon, *SIZE), fill=base)
    for _ in range(900):
        x, y = rng.integers(0, SIZE[0]), rng.integers(horizon, SIZE[1])
        size = int(2 + 14 * (y - horizon) / (SIZE[1] - horizon))
        tone = int(rng.integers(-28, 28))
        draw.ellipse((x, y, x + size * 2, y + size), fill=tuple(max(0, min(255, c + tone)) for c in base))


def _hills(draw: ImageDraw.ImageDraw, rng: np.random.Generator, horizon: int, colour: Colour) -> None:
    points = [
        (x, horizon - 30 - 45 * abs(math.sin(x / 210 + 1)) - float(rng.integers(0, 12)))
        for x in range(0, SIZE[0] + 40, 40)
    ]
    draw.polygon([(0, horizon), *points, (SIZE[0], horizon)], fill=colour)


def _excavator(draw: ImageDraw.ImageDraw, x: int, y: int, body: Colour = (226, 164, 26)) -> None:
    draw.rounded_rectangle((x, y + 120, x + 280, y + 175), 26, fill=(45, 45, 45))
    for i in range(6):
        draw.ellipse((x + 12 + i * 44, y + 130, x + 46 + i * 44, y + 166), fill=(85, 85, 85))
    draw.polygon([(x + 20, y + 118), (x + 20, y + 60), (x + 250, y + 60), (x + 262, y + 118)], fill=body)
    draw.rectangle((x + 150, y - 20, x + 245, y + 62), fill=body)
    draw.rectangle((x + 163, y - 8, x + 235, y + 42), fill=(120, 150, 165))
    draw.line([(x + 240, y + 70), (x + 390, y - 90), (x + 520, y + 30)], fill=body, width=30, joint="curve")
    draw.polygon(
        [(x + 490, y + 20), (x + 550, y + 25), (x + 535, y + 110), (x + 470, y + 90)], fill=(70, 66, 60)
    )


def locked_gate(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A chained gate in a mesh fence, an excavator idle behind it."""
    _sky(draw, (150, 170, 190), (205, 212, 215), 430)
    _hills(draw, rng, 430, (96, 112, 92))
    _ground(draw, rng, 430, (134, 118, 92))
    _excavator(draw, 640, 430)
    for x in range(-900, 1400, 34):
        draw.line((x, 880, x + 560, 320), fill=(165, 168, 170), width=2)
        draw.line((x, 320, x + 560, 880), fill=(165, 168, 170), width=2)
    for x in (60, 420, 640, 860, 1230):
        draw.rectangle((x, 290, x + 16, 900), fill=(96, 100, 104))
    draw.rectangle((430, 560, 850, 580), fill=(120, 120, 122))
    draw.ellipse((612, 545, 672, 620), outline=(60, 60, 62), width=12)
    draw.rectangle((470, 380, 610, 490), fill=(235, 235, 230), outline=(180, 20, 20), width=6)
    draw.text((540, 435), "NO ENTRY", (180, 20, 20), picture_font(24), anchor="mm")


def burst_main(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A trench, a broken iron pipe and a fountain of water."""
    _sky(draw, (165, 190, 215), (215, 222, 225), 260)
    _ground(draw, rng, 260, (128, 100, 72))
    draw.polygon([(240, 960), (460, 380), (820, 380), (1120, 960)], fill=(78, 60, 44))
    draw.polygon([(300, 960), (480, 560), (800, 560), (1060, 960)], fill=(105, 110, 104))
    draw.line((200, 640, 600, 610), fill=(52, 50, 50), width=64)
    draw.line((680, 604, 1130, 560), fill=(52, 50, 50), width=64)
    for _ in range(1500):
        angle, reach = rng.normal(-math.pi / 2, 0.38), abs(rng.normal(0, 230))
        x, y = 640 + reach * math.cos(angle), 605 + reach * math.sin(angle)
        size = int(rng.integers(2, 9))
        draw.ellipse((x, y, x + size, y + size * 2), fill=(212, 224, 232))


def flooded_pit(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A sheet-piled pit under brown water, a pump hose over its edge."""
    _sky(draw, (120, 128, 138), (165, 170, 176), 300)
    _ground(draw, rng, 300, (112, 98, 80))
    draw.polygon([(120, 960), (360, 420), (980, 420), (1220, 960)], fill=(70, 64, 60))
    for i in range(32):
        x = 360 + i * 20
        draw.line(
            (x, 420, x - (670 - x) * 0.06, 560), fill=(92, 74, 62) if i % 2 else (112, 90, 74), width=18
        )
    draw.polygon([(190, 960), (345, 560), (995, 560), (1150, 960)], fill=(122, 104, 74))
    for _ in range(240):
        x, y = rng.integers(240, 1080), rng.integers(575, 940)
        draw.line((x, y, x + int(rng.integers(20, 90)), y), fill=(148, 130, 98), width=2)
    draw.line([(1010, 330), (930, 480), (860, 700)], fill=(30, 60, 120), width=22, joint="curve")
    draw.rectangle((1000, 270, 1130, 350), fill=(190, 60, 40))
    draw.line((520, 340, 520, 660), fill=(230, 200, 40), width=10)


def old_houses(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Houses that should have been pulled down, beside a half-cleared plot."""
    _sky(draw, (185, 195, 200), (222, 224, 220), 380)
    _ground(draw, rng, 380, (150, 138, 116))
    for x, wide, high, wall in (
        (60, 360, 300, (182, 170, 150)),
        (440, 300, 240, (168, 126, 104)),
        (790, 330, 330, (196, 190, 180)),
    ):
        draw.rectangle((x, 640 - high, x + wide, 640), fill=wall)
        draw.polygon(
            [(x - 24, 640 - high), (x + wide / 2, 560 - high), (x + wide + 24, 640 - high)], fill=(92, 70, 62)
        )
        for i in range(3):
            left = x + 30 + i * (wide - 60) // 3
            draw.rectangle((left, 680 - high, left + 52, 760 - high), fill=(66, 78, 86))
    draw.ellipse((540, 440, 660, 560), outline=(200, 20, 20), width=9)
    draw.text((600, 500), "拆", (200, 20, 20), picture_font(86, han=True), anchor="mm")
    _excavator(draw, 720, 690, (208, 120, 30))


def cracked_wall(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A rendered wall with a stepped crack and a crack gauge."""
    draw.rectangle((0, 0, *SIZE), fill=(186, 182, 172))
    for y in range(0, 960, 60):
        draw.line((0, y, 1280, y), fill=(172, 168, 158), width=3)
    x, y = 300.0, 0.0
    while y < 960:
        nx, ny = x + float(rng.normal(12, 22)), y + float(rng.integers(14, 40))
        draw.line((x, y, nx, ny), fill=(48, 44, 42), width=int(rng.integers(3, 11)))
        x, y = nx, ny
    draw.rectangle((760, 430, 1120, 500), fill=(240, 236, 200), outline=(40, 40, 40), width=3)
    for i in range(36):
        draw.line((765 + i * 10, 430, 765 + i * 10, 448 if i % 5 else 466), fill=(20, 20, 20), width=2)


def gearbox(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """An opened gearbox on a bench: gears with broken teeth, dark oil, swarf."""
    draw.rectangle((0, 0, *SIZE), fill=(92, 98, 104))
    draw.rounded_rectangle((120, 110, 1160, 850), 80, fill=(134, 138, 142), outline=(70, 74, 78), width=18)
    draw.rounded_rectangle((190, 180, 1090, 780), 50, fill=(52, 44, 34))
    for cx, cy, radius, teeth, broken in (
        (430, 440, 190, 30, 5),
        (760, 400, 150, 24, 0),
        (880, 640, 105, 18, 3),
        (520, 680, 80, 14, 0),
    ):
        _gear(draw, cx, cy, radius, teeth, broken)
    for _ in range(260):
        x, y = rng.integers(200, 1080), rng.integers(190, 770)
        draw.line(
            (x, y, x + int(rng.integers(-9, 9)), y + int(rng.integers(-9, 9))), fill=(214, 216, 220), width=2
        )


def _gear(draw: ImageDraw.ImageDraw, cx: int, cy: int, radius: int, teeth: int, broken: int) -> None:
    points = []
    for i in range(teeth * 4):
        reach = radius if i % 4 in (1, 2) and i // 4 >= broken else radius - 22
        angle = 2 * math.pi * i / (teeth * 4)
        points.append((cx + reach * math.cos(angle), cy + reach * math.sin(angle)))
    draw.polygon(points, fill=(168, 170, 172), outline=(40, 40, 42))
    draw.ellipse(
        (cx - radius * 0.6, cy - radius * 0.6, cx + radius * 0.6, cy + radius * 0.6),
        fill=(120, 122, 126),
        outline=(60, 60, 62),
        width=6,
    )
    draw.ellipse(
        (cx - radius * 0.2, cy - radius * 0.2, cx + radius * 0.2, cy + radius * 0.2), fill=(30, 28, 28)
    )


def dashboard(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """An instrument cluster with a gearbox warning."""
    draw.rectangle((0, 0, *SIZE), fill=(24, 24, 27))
    for cx in (330, 950):
        draw.ellipse((cx - 230, 240, cx + 230, 700), fill=(12, 12, 14), outline=(120, 122, 126), width=8)
        for i in range(25):
            angle = math.radians(140 + 260 * i / 24)
            inner = 178 if i % 2 else 165
            draw.line(
                [(cx + r * math.cos(angle), 470 + r * math.sin(angle)) for r in (inner, 205)],
                fill=(230, 230, 230),
                width=4,
            )
        angle = math.radians(150 + float(rng.integers(0, 20)))
        draw.line(
            (cx, 470, cx + 170 * math.cos(angle), 470 + 170 * math.sin(angle)), fill=(220, 50, 40), width=8
        )
    draw.rectangle((520, 300, 760, 640), fill=(18, 22, 30), outline=(80, 84, 90), width=4)
    draw.ellipse((600, 330, 680, 410), outline=(245, 170, 30), width=10)
    draw.text((640, 370), "!", (245, 170, 30), picture_font(52), anchor="mm")
    draw.text((640, 460), "变速箱故障", (245, 170, 30), picture_font(36, han=True), anchor="mm")
    draw.text((640, 510), "请安全停车", (235, 235, 235), picture_font(32, han=True), anchor="mm")
    draw.text((640, 595), "38 214 km", (235, 235, 235), picture_font(30), anchor="mm")


def deck(draw: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """A bridge deck with rebar mats on a fine day."""
    _sky(draw, (110, 160, 215), (190, 212, 228), 360)
    _hills(draw, rng, 360, (84, 112, 84))
    draw.polygon([(0, 960), (470, 360), (830, 360), (1280, 960)], fill=(164, 162, 156))
    for i in range(1, 26):
        y = 360 + 600 * (i / 25) ** 2
        half = 180 + 460 * (y - 360) / 600
        draw.line((650 - half, y, 650 + half, y), fill=(112, 74, 52), width=max(2, i // 4))
    for i in range(-8, 9):
        draw.line((650 + i * 22, 360, 650 + i * 76, 960), fill=(112, 74, 52), width=5)
    draw.rectangle((1010, 120, 1024, 420), fill=(226, 190, 30))
    draw.rectangle((820, 120, 1190, 134), fill=(226, 190, 30))


SCENES: dict[str, Callable[[ImageDraw.ImageDraw, np.random.Generator], None]] = {
    scene.__name__: scene
    for scene in (locked_gate, burst_main, flooded_pit, old_houses, cracked_wall, gearbox, dashboard, deck)
}
