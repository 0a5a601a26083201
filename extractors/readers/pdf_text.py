"""The text layer of a PDF page as pdfium gives it: its text, and its words as slices with boxes."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from ctypes import byref, c_double, c_ushort, c_void_p
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium_c

from extractors.document import Box, Word

HAN_GROUP = 3
"""Han characters of one word: few, so that a fact inside a sentence gets a tight box; not one, to save memory."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HAN_MARKS = "\u3000-\u303f\uff01-\uff65"
_WORD = re.compile(rf"[{_HAN}]{{1,{HAN_GROUP}}}|[{_HAN_MARKS}]|[^\s\x00-\x1f{_HAN}{_HAN_MARKS}]+")
_HYPHEN = "\x02"
"""What pdfium puts for a hyphen at a line's end, together with the line break behind it."""
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")

_OFF_PAGE = Box(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Geometry:
    """A page as it is displayed: `width` and `height` in points, after /Rotate and cut to its crop box."""

    width: float
    height: float
    rotation: int
    left: float
    bottom: float
    right: float
    top: float

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """The box of a rectangle in PDF coordinates (origin bottom left, before /Rotate)."""
        width, height = self.right - self.left, self.top - self.bottom
        x0, x1 = (left - self.left) / width, (right - self.left) / width
        y0, y1 = (self.top - top) / height, (self.top - bottom) / height
        if self.rotation == 90:
            x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
        elif self.rotation == 180:
            x0, y0, x1, y1 = 1 - x1, 1 - y1, 1 - x0, 1 - y0
        elif self.rotation == 270:
            x0, y0, x1, y1 = y0, 1 - x1, y1, 1 - x0
        if 0.0 <= x0 <= x1 <= 1.0 and 0.0 <= y0 <= y1 <= 1.0:
            return Box(x0, y0, x1, y1)
        return Box.clamped(x0, y0, x1, y1)


def address(handle: Any) -> int:
    """What tells one pdfium object from another."""
    return c_void_p.from_buffer(handle).value or 0


def geometry(page: Any) -> Geometry:
    """The geometry of a pdfium page; a page without a usable size is taken for A4."""
    left, bottom, right, top = page.get_bbox()
    if right - left <= 0 or top - bottom <= 0:
        left, bottom, right, top = 0.0, 0.0, 595.0, 842.0
    width, height, rotation = right - left, top - bottom, page.get_rotation()
    if rotation in (90, 270):
        width, height = height, width
    return Geometry(width, height, rotation, left, bottom, right, top)


@dataclass(frozen=True)
class Layer:
    """The text layer of one page. `unmapped` is the share (0 to 1) of characters without a known meaning.

    `painted` tells, for each word, the text object that paints its first character, by the address under which
    `objects` has its handle; `off_page` are the
    slices of the text that lie beside the page as it is displayed.
    """

    text: str
    words: tuple[Word, ...]
    unmapped: float
    painted: tuple[int, ...] = ()
    objects: Mapping[int, Any] = field(default_factory=dict)
    off_page: tuple[tuple[int, int], ...] = ()


def text_layer(page: Any, geometry: Geometry) -> Layer:
    """The text layer of a pdfium page; empty where there is none."""
    handle = pdfium_c.FPDFText_LoadPage(page)
    if not handle:
        return Layer("", (), 0.0)
    try:
        return _layer(handle, geometry)
    finally:
        pdfium_c.FPDFText_ClosePage(handle)


def _layer(handle: Any, geometry: Geometry) -> Layer:
    count = max(0, pdfium_c.FPDFText_CountChars(handle))
    raw = re.sub("[\ud800-\udfff]", "\ufffd", _characters(handle, count))
    raw, dropped = _with_line_breaks(raw)
    found = _words(handle, raw, dropped, geometry)
    words = tuple(word for word, _ in found if word.box is not _OFF_PAGE)
    off_page = tuple((word.start, word.end) for word, _ in found if word.box is _OFF_PAGE)
    handles = [by for word, by in found if word.box is not _OFF_PAGE]
    painted = tuple(map(address, handles))
    objects = dict(zip(painted, handles, strict=True))
    return Layer(_without(raw, dropped), words, _unmapped(handle, count), painted, objects, off_page)


def _characters(handle: Any, count: int) -> str:
    """All characters, at pdfium's positions: at once where each is one unit of UTF-16, else one by one."""
    units = (c_ushort * (count + 1))()
    if pdfium_c.FPDFText_GetText(handle, 0, count, units) == count + 1:
        return bytes(units)[:-2].decode("utf-16-le", "surrogatepass")
    return "".join([chr(pdfium_c.FPDFText_GetUnicode(handle, i)) for i in range(count)])


def _without(raw: str, dropped: list[int]) -> str:
    starts = [0, *(at + 1 for at in dropped)]
    return "".join(raw[start:end] for start, end in zip(starts, [*dropped, len(raw)], strict=True))


def _with_line_breaks(raw: str) -> tuple[str, list[int]]:
    """The characters with every line break as one newline, and the positions of those to leave out.

    Lengths stay the same, so that positions stay pdfium's. A word that a hyphen parts at a line's end is put
    together ("con-/tract" is "contract", "ABC-/123" is "ABC-123") and the line ends behind it.
    """
    dropped = [i for i, char in enumerate(raw) if char == "\r"]
    chars = list(raw)
    for match in re.finditer(f"[{_HYPHEN}\ufffe]", raw):
        at = match.start()
        before, after = raw[at - 1 : at], raw[at + 1 : at + 2]
        if before.islower() and after.islower():
            dropped.append(at)
        else:
            chars[at] = "-"
        space = re.compile(r"[ \r\n]").search(raw, at + 1)
        if space and raw[space.start()] == " ":
            chars[space.start()] = "\n"
    for match in _UNPRINTABLE.finditer(raw):
        if chars[match.start()] == match[0] and match.start() not in dropped:
            chars[match.start()] = "\ufffd"
    return "".join(chars), sorted(dropped)


def _words(handle: Any, raw: str, dropped: list[int], geometry: Geometry) -> list[tuple[Word, Any]]:
    """The words with what paints them; those beside the page have the box `_OFF_PAGE`."""
    place, painted_by = _placer(handle, geometry), pdfium_c.FPDFText_GetTextObject
    found: list[tuple[Word, Any]] = []
    for start, end in _word_spans(raw, dropped):
        box = place(start, end)
        if box is not None:
            shift = bisect_left(dropped, start)
            found.append((Word(start - shift, end - shift, box), painted_by(handle, start)))
    return found


def _word_spans(raw: str, dropped: list[int]) -> list[tuple[int, int]]:
    """Words between spaces; one that runs over a line's end is two, each with its own box."""
    spans: list[tuple[int, int]] = []
    for match in _WORD.finditer(raw):
        start, end = match.span()
        for cut in dropped[bisect_left(dropped, start) : bisect_left(dropped, end)]:
            if start < cut:
                spans.append((start, cut))
            start = cut + 1
        if start < end:
            spans.append((start, end))
    return spans


def _placer(handle: Any, geometry: Geometry) -> Callable[[int, int], Box | None]:
    """A function that gives the box of characters start:end: `_OFF_PAGE` where that lies beside the page, None where
    they leave no mark at all."""
    left, top, right, bottom = c_double(), c_double(), c_double(), c_double()
    corners = byref(left), byref(top), byref(right), byref(bottom)
    count_rects, get_rect = pdfium_c.FPDFText_CountRects, pdfium_c.FPDFText_GetRect

    def place(start: int, end: int) -> Box | None:
        x0 = y0 = math.inf
        x1 = y1 = -math.inf
        for number in range(count_rects(handle, start, end - start)):
            if get_rect(handle, number, *corners):
                x0, x1 = min(x0, left.value), max(x1, right.value)
                y0, y1 = min(y0, bottom.value), max(y1, top.value)
        if x0 >= x1 or y0 >= y1:
            return None
        box = geometry.box(x0, y0, x1, y1)
        return box if box.x0 < box.x1 and box.y0 < box.y1 else _OFF_PAGE

    return place


def _unmapped(handle: Any, count: int) -> float:
    """The share of characters whose font does not tell what they mean, from a sample of at most 200."""
    sample = range(0, count, max(1, count // 200))
    failed = sum(pdfium_c.FPDFText_HasUnicodeMapError(handle, i) == 1 for i in sample)
    return failed / len(sample) if len(sample) else 0.0
