"""What is drawn on a PDF page: its objects in order of painting, pictures with their resolution, and ruled lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from ctypes import byref, c_float, c_int, c_uint
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from extractors.document import Box
from extractors.readers.pdf_text import Geometry

Matrix = tuple[float, float, float, float, float, float]
"""PDF 32000-1, 8.3.4: (a, b, c, d, e, f) maps (x, y) to (ax + cy + e, bx + dy + f)."""

MAX_OBJECTS = 20_000
"""Objects looked at on one page; a drawing may hold far more and none of them says anything new."""
MAX_DEPTH = 4
MAX_SEGMENTS = 400
OUTLINES, OUTLINE_CORNERS, OUTLINES_CORNERS, MAX_OUTLINES = 60, 5, 1500, 5000
"""Filled shapes of a letter's size from which on they may be letters, the corners of one of them at least, the corners
of all of them where they are drawn as one path, and how many are looked at."""
LETTER = (2.0, 60.0)
"""Least and greatest height in points of a letter turned into an outline."""
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """`box` is where it lies, `dpi` its pixels per inch as placed there, `key` the same for the same picture."""

    box: Box
    dpi: float
    key: tuple[int, int, int]

    @property
    def area(self) -> float:
        """The share (0 to 1) of the page that it covers."""
        return (self.box.x1 - self.box.x0) * (self.box.y1 - self.box.y0)


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a drawn path, in PDF coordinates."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Content:
    """The pictures of a page, its drawn paths (handles of pdfium with their placement), and all it is painted of.

    `objects` are (type, handle, placement), text included, in the order in which they are painted.
    """

    pictures: tuple[Picture, ...]
    paths: tuple[tuple[Any, Matrix], ...]
    objects: tuple[tuple[int, Any, Matrix], ...] = ()

    @property
    def covered(self) -> float:
        """The share of the page that pictures cover; those that lie on each other count twice, up to 1."""
        return min(1.0, sum(p.area for p in self.pictures))

    @property
    def dpi(self) -> float | None:
        """The resolution of the finest of the large pictures; None without pictures."""
        largest = max((p.area for p in self.pictures), default=0.0)
        return max((p.dpi for p in self.pictures if p.area >= largest / 2), default=None)

    def has_outlines(self) -> bool:
        """Whether many small filled shapes are drawn, as letters turned into outlines are; or long ones of them."""
        small = corners = 0
        for path, placed in self.paths[:MAX_OUTLINES]:
            if is_filled(path):
                count = pdfium_c.FPDFPath_CountSegments(path)
                small += count >= OUTLINE_CORNERS and _is_letter_sized(path, placed)
                corners += count
        return small >= OUTLINES or corners >= OUTLINES_CORNERS

    def lines(self) -> Iterator[Line]:
        """The straight pieces of all paths."""
        for path, placed in self.paths:
            yield from _pieces(path, placed)


def content(page: Any, geometry: Geometry) -> Content:
    """What is drawn on a pdfium page, things inside form XObjects included."""
    pictures: list[Picture] = []
    paths: list[tuple[Any, Matrix]] = []
    objects = tuple(_objects(page))
    for kind, handle, outer in objects:
        if kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            picture = _picture(handle, outer, geometry)
            if picture:
                pictures.append(picture)
        elif kind in (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_SHADING):
            paths.append((handle, outer))
    return Content(tuple(pictures), tuple(paths), objects)


def _objects(page: Any) -> Iterator[tuple[int, Any, Matrix]]:
    """(type, handle, matrix of what it lies in) of each object in order of painting, forms opened."""
    count = pdfium_c.FPDFPage_CountObjects(page)
    waiting = [_Level(page, count, pdfium_c.FPDFPage_GetObject, IDENTITY)]
    for _ in range(MAX_OBJECTS):
        while waiting and waiting[-1].next >= waiting[-1].count:
            waiting.pop()
        if not waiting:
            return
        level = waiting[-1]
        handle = level.item_of(level.holder, level.next)
        level.next += 1
        kind = pdfium_c.FPDFPageObj_GetType(handle)
        yield kind, handle, level.outer
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM and len(waiting) <= MAX_DEPTH:
            inner = product(matrix(handle), level.outer)
            count = pdfium_c.FPDFFormObj_CountObjects(handle)
            waiting.append(_Level(handle, count, pdfium_c.FPDFFormObj_GetObject, inner))


@dataclass(slots=True)
class _Level:
    holder: Any
    count: int
    item_of: Callable[[Any, int], Any]
    outer: Matrix
    next: int = 0


def is_filled(path: Any) -> bool:
    """Whether the path is painted as an area."""
    mode, stroked = c_int(), c_int()
    return bool(pdfium_c.FPDFPath_GetDrawMode(path, byref(mode), byref(stroked)) and mode.value)


def bounds(handle: Any) -> tuple[float, float, float, float] | None:
    """Left, bottom, right and top of an object in what it lies in; None when it has none."""
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    if not pdfium_c.FPDFPageObj_GetBounds(handle, byref(left), byref(bottom), byref(right), byref(top)):
        return None
    return left.value, bottom.value, right.value, top.value


def _is_letter_sized(path: Any, outer: Matrix) -> bool:
    sides = bounds(path)
    scale = math.sqrt(abs(outer[0] * outer[3] - outer[1] * outer[2]))
    return sides is not None and LETTER[0] <= (sides[3] - sides[1]) * scale <= LETTER[1]


def matrix(handle: Any) -> Matrix:
    m = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(handle, byref(m)):
        return IDENTITY
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def product(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def placed_at(m: Matrix, x: float, y: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _picture(handle: Any, outer: Matrix, geometry: Geometry) -> Picture | None:
    """An image is drawn into the unit square of its matrix (PDF 32000-1, 8.9.3)."""
    m = product(matrix(handle), outer)
    width, height = c_uint(), c_uint()
    sides = math.hypot(m[0], m[1]), math.hypot(m[2], m[3])
    if not pdfium_c.FPDFImageObj_GetImagePixelSize(handle, byref(width), byref(height)):
        return None
    if not all(math.isfinite(v) for v in m) or min(sides) < 1 or not (width.value and height.value):
        return None
    corners = [placed_at(m, x, y) for x in (0, 1) for y in (0, 1)]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    box = geometry.box(min(xs), min(ys), max(xs), max(ys))
    dpi = max(width.value / sides[0], height.value / sides[1]) * 72
    key = (width.value, height.value, pdfium_c.FPDFImageObj_GetImageDataRaw(handle, None, 0))
    return Picture(box, dpi, key)


def _pieces(path: Any, outer: Matrix) -> Iterator[Line]:
    m = product(matrix(path), outer)
    count = pdfium_c.FPDFPath_CountSegments(path)
    if not 2 <= count <= MAX_SEGMENTS:
        return
    x, y = c_float(), c_float()
    last = first = (0.0, 0.0)
    for number in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(path, number)
        pdfium_c.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        point = placed_at(m, x.value, y.value)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
            yield Line(*last, *point)
        last = point
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield Line(*last, *first)
            last = first
