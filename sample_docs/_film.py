"""A film as a QuickTime file of JPEG pictures, with what the camera noted. No encoder is asked, so the bytes stay the same.

Boxes and tags: Apple, QuickTime File Format (movie atoms; metadata keys `com.apple.quicktime.*`).
"""

from __future__ import annotations

import datetime
import io
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from sample_docs._fonts import picture_font
from sample_docs._photos import SIZE, Shot, scene_of

SCALE = 600
"""Units of time in a second."""
EPOCH = datetime.datetime(1904, 1, 1, tzinfo=datetime.UTC)
ONE = 0x10000
UPRIGHT = (ONE, 0, 0, 0, ONE, 0, 0, 0, 0x40000000)
QUARTER_TURN = (0, ONE, 0, -ONE, 0, 0, 0, 0, 0x40000000)
"""Matrices that show the pictures as they are stored, and turned clockwise by 90 degrees."""
_WANDERS = 60
"""Pixels that the camera moves while a scene is in view."""


@dataclass(frozen=True)
class Film:
    """A film: scenes one after the other while the camera wanders a little; with a board in view, if it has lines."""

    scenes: tuple[str, ...]
    board: tuple[str, ...] = ()
    seconds: float = 6.0
    rate: float = 2.0
    wide: int = 512
    quality: int = 42
    recorded: str = ""
    make: str = ""
    model: str = ""
    gps: tuple[float, float] | None = None
    title: str = ""


def film(spec: Film, rng: np.random.Generator) -> bytes:
    """The .mov."""
    views = [scene_of(Shot(scene), rng) for scene in spec.scenes]
    if spec.board:
        _board(views[0], spec.board)
    size = (spec.wide, spec.wide * SIZE[1] // SIZE[0])
    count = round(spec.seconds * spec.rate / len(views))
    frames = [_frame(view, size, at / count, spec.quality) for view in views for at in range(count)]
    tags = {
        "creationdate": spec.recorded,
        "make": spec.make,
        "model": spec.model,
        "title": spec.title,
        "location.ISO6709": f"{spec.gps[0]:+08.4f}{spec.gps[1]:+09.4f}/" if spec.gps else "",
    }
    created = datetime.datetime.fromisoformat(spec.recorded) if spec.recorded else None
    kept = {f"com.apple.quicktime.{key}": value for key, value in tags.items() if value}
    return movie(frames, size, spec.rate, kept, created)


def _board(view: Image.Image, lines: Sequence[str]) -> None:
    """A large board at the side of the way."""
    draw = ImageDraw.Draw(view)
    high = 40 + 84 * len(lines)
    draw.rectangle((120, 90, 1080, 90 + high), fill=(245, 245, 240), outline=(20, 60, 110), width=10)
    for at, line in enumerate(lines):
        font = picture_font(62, han=not line.isascii())
        draw.text((600, 90 + 62 + 84 * at), line, (20, 30, 40), font, anchor="mm")


def _frame(view: Image.Image, size: tuple[int, int], share: float, quality: int) -> bytes:
    left = round(_WANDERS * share)
    window = view.crop((left, left // 2, SIZE[0] - _WANDERS + left, SIZE[1] - _WANDERS // 2 + left // 2))
    buffer = io.BytesIO()
    window.resize(size, Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()


def movie(
    frames: Sequence[bytes],
    size: tuple[int, int],
    rate: float,
    tags: Mapping[str, str],
    created: datetime.datetime | None,
    matrix: Sequence[int] = UPRIGHT,
) -> bytes:
    """A QuickTime movie of JPEG pictures of that size; `created` None is the file's way of not knowing (0)."""
    when = int((created - EPOCH).total_seconds()) if created else 0
    each = round(SCALE / rate)
    head = box("ftyp", b"qt  ", struct.pack(">I", 0x20050300), b"qt  ")
    first = len(head) + 8
    track = _track(frames, size, each, first, when, matrix)
    length = each * len(frames)
    header = struct.pack(">5I", 0, when, when, SCALE, length) + struct.pack(">IH10x", ONE, 0x100)
    movie_header = box("mvhd", header, struct.pack(">9i", *UPRIGHT), bytes(24), struct.pack(">I", 2))
    meta = [_meta(tags)] if tags else []
    return head + box("mdat", *frames) + box("moov", movie_header, track, *meta)


def box(kind: str, *parts: bytes) -> bytes:
    """A box (atom): its length, its kind, what is in it."""
    content = b"".join(parts)
    return struct.pack(">I", len(content) + 8) + kind.encode("latin-1") + content


def _full(kind: str, *parts: bytes, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", flags), *parts)


def _track(
    frames: Sequence[bytes], size: tuple[int, int], each: int, first: int, when: int, matrix: Sequence[int]
) -> bytes:
    length = each * len(frames)
    header = struct.pack(">5I8x4H", when, when, 1, 0, length, 0, 0, 0, 0)
    shown = struct.pack(">9i", *matrix) + struct.pack(">II", size[0] << 16, size[1] << 16)
    media_header = struct.pack(">4I2H", when, when, SCALE, length, 0, 0)
    handler = struct.pack(">I4s4s12x", 0, b"mhlr", b"vide") + b"\0"
    link = _full("dref", struct.pack(">I", 1), _full("url ", flags=1))
    media = box(
        "minf",
        _full("vmhd", struct.pack(">4H", 0x40, 0x8000, 0x8000, 0x8000), flags=1),
        box("dinf", link),
        _samples(frames, size, each, first),
    )
    return box(
        "trak",
        _full("tkhd", header, shown, flags=15),
        box("mdia", _full("mdhd", media_header), box("hdlr", handler), media),
    )


def _samples(frames: Sequence[bytes], size: tuple[int, int], each: int, first: int) -> bytes:
    entry = struct.pack(">6xH2H4s2I2H", 1, 0, 0, b"clmt", 0, 512, *size)
    entry += struct.pack(">2IIH", 72 << 16, 72 << 16, 0, 1) + b"\4JPEG".ljust(32, b"\0")
    offsets, at = [], first
    for frame in frames:
        offsets.append(at)
        at += len(frame)
    count = len(frames)
    return box(
        "stbl",
        _full("stsd", struct.pack(">I", 1), box("jpeg", entry, struct.pack(">Hh", 24, -1))),
        _full("stts", struct.pack(">3I", 1, count, each)),
        _full("stsc", struct.pack(">4I", 1, 1, 1, 1)),
        _full("stsz", struct.pack(f">2I{count}I", 0, count, *map(len, frames))),
        _full("stco", struct.pack(f">I{count}I", count, *offsets)),
    )


def _meta(tags: Mapping[str, str]) -> bytes:
    names = [box("mdta", name.encode()) for name in tags]
    values = [
        struct.pack(">II", 8 + 16 + len(value.encode()), number)
        + box("data", struct.pack(">II", 1, 0), value.encode())
        for number, value in enumerate(tags.values(), 1)
    ]
    handler = struct.pack(">I4s4s12x", 0, b"\0\0\0\0", b"mdta") + b"\0"
    return box(
        "meta",
        box("hdlr", handler),
        _full("keys", struct.pack(">I", len(names)), *names),
        box("ilst", *values),
    )
