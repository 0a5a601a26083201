"""Compressed RTF as Outlook keeps it ([MS-OXRTFCP] 2.1 and 3.1)."""

from __future__ import annotations

import struct

from extractors.errors import Corrupt

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_HEADER = struct.Struct("<IIII")
_WINDOW = 4096
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window holds before the first byte ([MS-OXRTFCP] 2.1.2.1): 207 bytes."""


def rtf_of(data: bytes) -> bytes:
    """The RTF in compressed RTF. It grows to nine times its size at most. What breaks off is given as far as
    it goes; raises Corrupt without a header that is known."""
    if len(data) < _HEADER.size:
        raise Corrupt("compressed RTF: its header is cut off")
    _, raw_size, kind, _ = _HEADER.unpack_from(data)
    if kind == _PLAIN:
        return data[_HEADER.size : _HEADER.size + raw_size]
    if kind != _COMPRESSED:
        raise Corrupt("compressed RTF: packed in a way that is not known")
    return _unpacked(data[_HEADER.size :], raw_size)


def _unpacked(data: bytes, raw_size: int) -> bytes:
    """Groups of a control byte and eight tokens: a literal, or two bytes that point into the window."""
    window = bytearray(_START.ljust(_WINDOW, b"\0"))
    at, out, position = len(_START), bytearray(), 0
    while position < len(data):
        control = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data):
                break
            if not control >> bit & 1:
                run, position = data[position : position + 1], position + 1
            else:
                start, length = _reference(data, position)
                position += 2
                if start == at or length == 0:
                    return bytes(out[:raw_size])
                run = _copied(window, start, at, length)
                out += run
                at = (at + length) % _WINDOW
                continue
            window[at] = run[0]
            at = (at + 1) % _WINDOW
            out += run
    return bytes(out[:raw_size])


def _reference(data: bytes, position: int) -> tuple[int, int]:
    """Where in the window to copy from, and how many bytes; a length of 0 when the data ends."""
    token = data[position : position + 2]
    if len(token) < 2:
        return 0, 0
    value = int.from_bytes(token, "big")
    return value >> 4, (value & 0xF) + 2


def _copied(window: bytearray, start: int, at: int, length: int) -> bytes:
    """Copies within the window byte by byte: source and destination may overlap."""
    run = bytearray()
    for step in range(length):
        byte = window[(start + step) % _WINDOW]
        window[(at + step) % _WINDOW] = byte
        run.append(byte)
    return bytes(run)
