"""Videos and sound recordings made for tests: by OpenCV's writer, and box by box."""

from __future__ import annotations

import io
import os
import struct
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from extractors.document import Document, assemble
from extractors.limits import Limits
from extractors.ocr.engine import PageReading, Recognised
from extractors.ocr.pages import page_of
from extractors.readers import read
from extractors.readers.draft import Draft, Input, PendingPage
from sample_docs._film import box, movie

Picture = NDArray[np.uint8]
NOTHING = PageReading(Recognised(()), "none")
SIZE = (320, 240)
TAG = "com.apple.quicktime."
_INSIDE = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"udta"}


def scene(number: int, size: tuple[int, int] = SIZE) -> Picture:
    """One of many unlike pictures: stripes of its own angle and width, the top left corner white."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    angle = number * 0.9
    stripes = np.sin((x * np.cos(angle) + y * np.sin(angle)) / (3 + number % 5))
    grey = (100 + 90 * stripes + 10 * (number % 3)).clip(0, 220)
    picture = np.dstack([grey, np.roll(grey, number * 7, axis=1), grey]).astype(np.uint8)
    picture[: size[1] // 5, : size[0] // 5] = 255
    return picture


def black(size: tuple[int, int] = SIZE) -> Picture:
    return np.zeros((size[1], size[0], 3), np.uint8)


def jpeg(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def film(
    pictures: Sequence[Picture], rate: float = 2.0, tags: dict[str, str] | None = None, **more: object
) -> bytes:
    """A QuickTime film of these pictures; names of tags without their common beginning."""
    size = pictures[0].shape[1::-1] if pictures else SIZE
    named = {TAG + key: value for key, value in (tags or {}).items()}
    created = more.pop("created", None)
    return movie([jpeg(p) for p in pictures], size, rate, named, created, **more)  # type: ignore[arg-type]


def written(path: Path, coding: str, pictures: Sequence[Picture], rate: float = 5.0) -> Path:
    """A film as OpenCV writes it, in the container that the suffix names."""
    high, wide = pictures[0].shape[:2]
    out = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter_fourcc(*coding), rate, (wide, high))
    assert out.isOpened()
    for picture in pictures:
        out.write(picture)
    out.release()
    return path


def changed(data: bytes, change: Callable[[bytes, bytes], bytes | None]) -> bytes:
    """The boxes of a file, those made anew for which `change(kind, content)` gives something; `mdat` comes first."""
    parts = []
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + size]
        new = changed(content, change) if kind in _INSIDE else None
        parts.append(
            change(kind, content) or (data[at : at + size] if new is None else box(kind.decode(), new))
        )
        at += size
    return b"".join(parts)


def moov_first(data: bytes) -> bytes:
    """The film with its table of contents before its pictures, as for streaming."""
    head, rest = data[:20], data[20:]
    at = rest.index(b"moov") - 4
    media, table = rest[:at], rest[at:]
    shift = len(table)

    def moved(kind: bytes, content: bytes) -> bytes | None:
        if kind != b"stco":
            return None
        offsets = np.frombuffer(content[8:], ">u4") + shift
        return box("stco", content[:8], offsets.astype(">u4").tobytes())

    return head + changed(table, moved) + media


def encrypted(data: bytes) -> bytes:
    """The film as if under Common Encryption (ISO 23001-7): its sample entry says so."""
    scheme = box("schm", bytes(4), b"cenc", struct.pack(">I", 0x10000))
    key = box("schi", box("tenc", bytes(4), bytes([0, 0, 1, 8]), bytes(16)))

    def locked(kind: bytes, content: bytes) -> bytes | None:
        if kind != b"stsd":
            return None
        sinf = box("sinf", box("frma", b"jpeg"), scheme, key)
        return box("stsd", content[:8], box("encv", content[16:], sinf))

    return changed(data, locked)


def sound(seconds: float = 1.0) -> bytes:
    """A WAVE file as Python's own library writes it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(round(seconds * 8000) * 4))
    return buffer.getvalue()


def mp3(title: str, day: str) -> bytes:
    """Frames of silence (ISO 11172-3, layer III, 128 kbit/s) behind an ID3v2.4 tag."""
    frames = b"".join(
        key + struct.pack(">I2x", len(value.encode()) + 1) + b"\3" + value.encode()
        for key, value in ((b"TIT2", title), (b"TDRC", day))
    )
    tag = b"ID3\4\0\0" + bytes([0, 0, len(frames) >> 7, len(frames) & 127]) + frames
    return tag + (b"\xff\xfb\x90\x00" + bytes(413)) * 40


def spoken(data: bytes) -> bytes:
    """A QuickTime film turned into one that has sound alone: 8-bit samples where the pictures were."""

    def heard(kind: bytes, content: bytes) -> bytes | None:
        if kind == b"hdlr" and content[8:12] == b"vide":
            return box("hdlr", content[:8], b"soun", content[12:])
        if kind == b"vmhd":
            return box("smhd", bytes(8))
        if kind == b"stsd":
            entry = struct.pack(">6xH8x4HI", 1, 1, 8, 0, 0, 8000 << 16)
            return box("stsd", content[:8], box("raw ", entry))
        return None

    return changed(data, heard)


def drafted(data: bytes, folder: Path, kind: str = "video/quicktime", limits: Limits | None = None) -> Draft:
    """What the reader makes of the bytes."""
    file = folder / "stored"
    file.write_bytes(data)
    return read(Input(file, "clip", kind, folder, limits or Limits()))


def document_of(draft: Draft) -> Document:
    """The document that a draft becomes, with nothing recognised on its frames."""
    pages = [page_of(p, NOTHING) if isinstance(p, PendingPage) else p for p in draft.pages]
    return assemble(pages, draft.media_type, draft.metadata, draft.notes, draft.title)


def times(draft: Draft) -> list[str]:
    """The headings of the frames."""
    return [page.heading for page in draft.pages if isinstance(page, PendingPage)]


def board(*lines: str) -> Picture:
    """A white board with large letters."""
    picture = Image.new("RGB", (640, 480), (90, 110, 120))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 60, 600, 120 + 80 * len(lines)), fill="white")
    for at, line in enumerate(lines):
        draw.text((60, 90 + 80 * at), line, "black", font_size=48)
    return np.asarray(picture)


def next_descriptor() -> int:
    """The number that the next opened file gets: whatever is left open shows in it."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor
