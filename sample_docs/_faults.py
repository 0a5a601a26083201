"""Files that go wrong on purpose: locked, cut off, with a text layer that says something else than the page."""

from __future__ import annotations

import io
import re

import pikepdf

TARGET = re.compile(rb"<([0-9A-Fa-f]{4})>\s*$", re.MULTILINE)


def locked(pdf: bytes, password: str) -> bytes:
    """The PDF behind a user password. (RC4 with a fixed id: AES draws random numbers, and two runs would differ.)"""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        lock = pikepdf.Encryption(owner=password + "-owner", user=password, R=3, aes=False, metadata=False)
        document.save(buffer, encryption=lock, static_id=True)
    return buffer.getvalue()


def cut_off(data: bytes, share: float) -> bytes:
    """The first part of a file whose transfer broke off."""
    return data[: int(len(data) * share)]


def garbled(pdf: bytes) -> bytes:
    """The PDF with a broken encoding: looks the same, but copies as characters of the private use area."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for entry in document.objects:
            if isinstance(entry, pikepdf.Dictionary) and "/ToUnicode" in entry:
                entry.ToUnicode.write(_shifted(entry.ToUnicode.read_bytes()))
        document.save(buffer, static_id=True)
    return buffer.getvalue()


def _shifted(cmap: bytes) -> bytes:
    """The character map with each target moved by a step of its own, most of them out of the known planes."""

    def moved(match: re.Match[bytes]) -> bytes:
        code = int(match[1], 16)
        return b"<%04X>" % (0xE000 + code * 7 % 0x1800)

    lines = []
    for line in cmap.split(b"\n"):
        entry = re.match(rb"^\s*<[0-9A-Fa-f]+>\s*(<[0-9A-Fa-f]+>\s*)?<[0-9A-Fa-f]{4}>\s*$", line)
        lines.append(TARGET.sub(moved, line) if entry and b"codespace" not in line else line)
    return b"\n".join(lines)
