"""Fonts of a PDF whose table of meanings (ToUnicode) contradicts the font itself.

What a simple font calls its glyphs (PDF 32000-1, 9.6.6) must agree with that table; where a subset keeps the order of
its letters, it keeps that of its digits; and an 8 has two holes. Any such fault is suspicion only; what the page
shows decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ctypes import byref, c_size_t, create_string_buffer
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c

MAX_OBJECTS = 20_000
"""Objects of a file among which its fonts are looked for."""
MAX_TABLE, MAX_UNPACKED = 200_000, 4_000_000
"""Bytes of a packed table of meanings that is looked at (that of a font with all Han characters has about 100,000),
and how many of them unpacked."""
MAX_CODES = 0x10000
MAX_SEGMENTS = 2000
LEAST_ORDERED, LEAST_OTHERS = 6, 6
"""Letters in order from which on the digits must be, too, and the other way round."""
IN_ORDER, OUT_OF_ORDER = 0.95, 0.8

DISAGREE = "the names of its glyphs say something else"
MIXED_ORDER = "the order of its glyphs says something else"
SHAPES = "the shapes of its glyphs are others"
RINGS = {"8": 3, "0": 2, "6": 2, "9": 2}
"""Rings of which these figures' outlines consist at least, whatever the typeface: one around, one for each hole.
Exchanged letters are told by the words that they make."""

_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RuntimeError, RecursionError)
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.S)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.S)
_PAIR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(
    rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[((?:\s*<[0-9A-Fa-f\s]*>)*)\s*\])"
)
_ENTRY = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_ASCII_ENCODINGS = ("/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding")


@dataclass(frozen=True, slots=True)
class Table:
    """What a simple font's table of meanings says of the characters in `RINGS` (`codes`: pdfium draws glyphs of others
    by another number), and what contradicts it, if any. `size` is that of the embedded font in bytes, where known."""

    codes: Mapping[str, int]
    contradiction: str | None
    size: int | None


class Fonts:
    """The fonts of a file, looked through when they are first asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: dict[str, list[Table]] | None = None
        self._judged: dict[tuple[str, int], str | None] = {}

    def doubt(self, font: Any) -> str | None:
        """Why the meanings of a pdfium font's characters are in question; None when they are not."""
        key = base_name(font), _embedded(font)
        if key not in self._judged:
            if self._tables is None:
                self._tables = tables(self._path)
            self._judged[key] = _doubt(font, key[1], self._tables.get(key[0], []))
        return self._judged[key]


def _doubt(font: Any, size: int, found: Sequence[Table]) -> str | None:
    """Subsets of one typeface have one name and are told apart by their size; where that does not do, any of them may
    be contradicted, and none must fit the shapes."""
    why = {table.contradiction for table in found if table.contradiction and table.size in (size, None)}
    if why:
        return min(why)
    exact = [_is_misshapen(font, table.codes) for table in found if table.size == size]
    others = [_is_misshapen(font, table.codes) for table in found if table.size is None]
    return SHAPES if any(exact) or (others and not exact and all(others)) else None


def base_name(font: Any) -> str:
    """The name of a pdfium font's typeface ("Arial")."""
    buffer = create_string_buffer(256)
    count = pdfium_c.FPDFFont_GetBaseFontName(font, buffer, 256)
    return _SUBSET.sub("", buffer.raw[: max(0, min(count, 256) - 1)].decode("utf-8", "replace"))


def _embedded(font: Any) -> int:
    """The size of a pdfium font in bytes."""
    size = c_size_t()
    pdfium_c.FPDFFont_GetFontData(font, None, 0, byref(size))
    return size.value


def tables(path: Path) -> dict[str, list[Table]]:
    """The tables of the fonts of a file by the names of their typefaces; empty for a damaged file."""
    import pikepdf

    found: dict[str, list[Table]] = {}
    try:
        with pikepdf.open(path) as pdf:
            for each in islice(pdf.objects, MAX_OBJECTS):
                for name, table in _readable(each):
                    found.setdefault(name, []).append(table)
    except (pikepdf.PdfError, pikepdf.PasswordError, *_MALFORMED):
        return {}
    return found


def _readable(each: Any) -> list[tuple[str, Table]]:
    """The font's name and table, if the object is a font; nothing where it is damaged."""
    import pikepdf

    try:
        return list(_table(each)) if _is_font(each) else []
    except (pikepdf.PdfError, *_MALFORMED):
        return []


def _is_font(each: Any) -> bool:
    import pikepdf

    return isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font" and "/ToUnicode" in each


def _table(font: Any) -> Iterator[tuple[str, Table]]:
    import pikepdf

    stream, name = font.get("/ToUnicode"), font.get("/BaseFont")
    if not isinstance(stream, pikepdf.Stream) or len(stream.read_raw_bytes()) > MAX_TABLE:
        return
    means = meanings(stream.read_bytes()[:MAX_UNPACKED])
    simple = font.get("/Subtype") != "/Type0"
    codes = {char: code for code, char in means.items() if simple and char in RINGS}
    why = contradiction(means, dict(_named(font.get("/Encoding"))))
    yield _SUBSET.sub("", str(name or "").lstrip("/")), Table(codes, why, _size(font))


def _size(font: Any) -> int | None:
    """The length of the font's embedded file as it states it itself (PDF 32000-1, table 127)."""
    import pikepdf

    for holder in (font, *font.get("/DescendantFonts", ())):
        descriptor = holder.get("/FontDescriptor", {})
        for key in ("/FontFile2", "/FontFile"):
            if isinstance(file := descriptor.get(key), pikepdf.Stream) and "/Length1" in file:
                lengths = (file.get(f"/Length{n}", 0) for n in (1, 2, 3))
                return int(file["/Length1"]) if key == "/FontFile2" else sum(map(int, lengths))
    return None


def _is_misshapen(font: Any, codes: Mapping[str, int]) -> bool:
    return any(0 < _rings(font, code) < RINGS[char] for char, code in codes.items())


def _rings(font: Any, code: int) -> int:
    """The rings of which the outline of a character consists; 0 when it has none."""
    outline = pdfium_c.FPDFFont_GetGlyphPath(font, code, 12.0)
    if not outline:
        return 0
    count = min(pdfium_c.FPDFGlyphPath_CountGlyphSegments(outline), MAX_SEGMENTS)
    pieces = (pdfium_c.FPDFGlyphPath_GetGlyphPathSegment(outline, n) for n in range(count))
    kinds = [pdfium_c.FPDFPathSegment_GetType(piece) for piece in pieces]
    moves = (kind == pdfium_c.FPDF_SEGMENT_MOVETO for kind in kinds)
    ends = [*kinds[1:], pdfium_c.FPDF_SEGMENT_MOVETO]
    return sum(
        move and after != pdfium_c.FPDF_SEGMENT_MOVETO for move, after in zip(moves, ends, strict=True)
    )


def contradiction(means: Mapping[int, str], named: Mapping[int, str]) -> str | None:
    """Why these meanings of a font's codes cannot be right; `named` is what the names of their glyphs say."""
    if any(means[code] != char for code, char in named.items() if code in means and means[code].isalnum()):
        return DISAGREE
    codes: dict[str, int] = {}
    for code, char in means.items():
        codes.setdefault(char, code)
    letters = [*_steps(codes, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), *_steps(codes, "abcdefghijklmnopqrstuvwxyz")]
    digits = _steps(codes, "0123456789")
    if min(len(letters), len(digits) + 2) < LEAST_ORDERED:
        return None
    ordered, in_order = _ascending(letters), _ascending(digits)
    odd_digits = ordered >= IN_ORDER and in_order < 1
    odd_letters = len(digits) >= LEAST_OTHERS and in_order == 1 and ordered < OUT_OF_ORDER
    return MIXED_ORDER if odd_digits or odd_letters else None


def _steps(codes: Mapping[str, int], alphabet: str) -> list[int]:
    known = [codes[char] for char in alphabet if char in codes]
    return [after - before for before, after in pairwise(known)]


def _ascending(steps: list[int]) -> float:
    return sum(step > 0 for step in steps) / len(steps)


def _named(encoding: Any) -> Iterator[tuple[int, str]]:
    """(code, letter or digit) that an encoding names."""
    import pikepdf

    base = encoding.get("/BaseEncoding") if isinstance(encoding, pikepdf.Dictionary) else encoding
    if isinstance(base, pikepdf.Name) and str(base) in _ASCII_ENCODINGS:
        yield from ((code, chr(code)) for code in range(0x30, 0x7B) if chr(code).isalnum())
    code = 0
    for each in encoding.get("/Differences", ()) if isinstance(encoding, pikepdf.Dictionary) else ():
        if isinstance(each, pikepdf.Name):
            char = _meant(str(each)[1:])
            if char:
                yield code, char
            code += 1
        else:
            code = int(each)


def _meant(name: str) -> str | None:
    """The letter or digit that a glyph's name means (Adobe Glyph List), None for all others."""
    if len(name) == 1 and name.isalnum() and name.isascii():
        return name
    if name in _DIGITS:
        return str(_DIGITS.index(name))
    if re.fullmatch("uni[0-9A-F]{4}", name):
        char = chr(int(name[3:], 16))
        return char if char.isalnum() and char.isascii() else None
    return None


def meanings(table: bytes) -> dict[int, str]:
    """Code to text of a ToUnicode table (CMap; PDF 32000-1, 9.10.3)."""
    found: dict[int, str] = {}
    for block in _CHARS.findall(table):
        for code, text in _PAIR.findall(block):
            found[_number(code)] = _text(text)
    left = MAX_CODES
    for block in _RANGES.findall(table):
        for first, last, text, several in _RANGE.findall(block):
            start, listed = _number(first), _ENTRY.findall(several)
            count = max(0, min(_number(last) - start + 1, left, len(listed) if listed else left))
            left -= count
            for n in range(count):
                found[start + n] = _text(listed[n]) if listed else _raised(_text(text), n)
    return found


def _number(digits: bytes) -> int:
    return int(b"".join(digits.split()) or b"0", 16)


def _text(digits: bytes) -> str:
    packed = b"".join(digits.split())
    return bytes.fromhex((packed + b"0" * (len(packed) % 2)).decode()).decode("utf-16-be", "replace")


def _raised(text: str, by: int) -> str:
    return text[:-1] + chr((ord(text[-1]) + by) % 0x110000) if text else ""
