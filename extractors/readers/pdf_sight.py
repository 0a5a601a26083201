"""Which words of a text layer can be seen on the page, told from how they are painted and, in doubt, from a picture.

Text may be painted invisibly (text rendering mode 3, PDF 32000-1, 9.3.6), in the colour of what lies beneath it, far
too small, clipped away, beside the page, or beneath something. Where there is ink at its place it is `laid` over what
is seen (a scanner's text); where there is none it is `hidden`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import byref, c_float, c_uint
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, Literal

import numpy as np
import pypdfium2.raw as pdfium_c

from extractors.document import Box, Word
from extractors.readers.pdf_content import Content, Matrix, bounds, is_filled, matrix, placed_at, product
from extractors.readers.pdf_ink import Shot
from extractors.readers.pdf_text import Geometry, Layer, address

Why = Literal["invisible", "tiny", "clipped", "covered", "beneath", "coloured"]
Colour = tuple[int, int, int]

TINY = 1.0
"""Height of letters in points below which nobody reads them."""
SAME_COLOUR = 16
"""Levels of red, green and blue (of 255) up to which a colour is not told from what lies beneath it."""
OPAQUE, CLEAR = 250, 8
"""Opacity (of 255) from which on what is painted covers, and up to which it is not seen."""
MAX_FILLS, LEAST_FILL, MAX_CORNERS = 1000, 2.0, 8
"""Filled paths that are looked at; their least side in points; and how many points a plain one has."""
COVERED, CLIPPED = 0.8, 0.2
"""Share of a word's box that lies beneath something, or within its clip, from which on (below which) it is not seen."""
OVERLAP, ALIKE = 0.3, 0.6
"""Share of an unseen word's box that a visible one covers, and likeness of the two, for it to be the same word."""
MAX_COMPARED = 100
"""Characters of a word that are compared."""
REACH = 1.0
"""Heights of a word around it within which there is ink if it is laid over something: scanners' boxes are not exact."""
TWICE, TWICE_NEAR = 0.5, 8
"""Share that two boxes have in common for a word to be painted twice, and how many before it are looked at."""
_UNSEEN_MODES = (pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium_c.FPDF_TEXTRENDERMODE_CLIP)
_WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Paint:
    """How a text object is painted: `order` among all of the page, `colour` None where it is no plain one."""

    order: int
    seen: bool
    size: float
    colour: Colour | None
    clip: Box | None


@dataclass(frozen=True, slots=True)
class Fill:
    """Something that covers what was painted before it; `colour` is None where it is a picture."""

    order: int
    box: Box
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class Sight:
    """Words by their number in the layer: `hidden` ones, `laid` ones, and those painted `twice`."""

    hidden: frozenset[int] = frozenset()
    laid: frozenset[int] = frozenset()
    twice: frozenset[int] = frozenset()


def doubtful(layer: Layer, content: Content, geometry: Geometry) -> dict[int, Why]:
    """The words that may not be seen, with why. Nothing is drawn for this."""
    paints = _paints(content, geometry)
    known = [paints.get(painted) for painted in layer.painted]
    found: dict[int, Why] = {}
    for number, (word, paint) in enumerate(zip(layer.words, known, strict=True)):
        if paint is None:
            continue
        if not paint.seen:
            found[number] = "invisible"
        elif paint.size < TINY:
            found[number] = "tiny"
        elif paint.clip is not None and _shared(word.box, paint.clip) < CLIPPED:
            found[number] = "clipped"
    for number, why in _by_surroundings(layer.words, known, [*_fills(content, geometry)]):
        found.setdefault(number, why)
    return found


def sight(layer: Layer, doubts: dict[int, Why], shot: Shot | None) -> Sight:
    """What of the doubtful words can be seen. `shot` is needed where there are doubts."""
    twice = frozenset(_painted_twice(layer, doubts))
    if not doubts or shot is None:
        return Sight(twice=twice)
    visible = [n for n in range(len(layer.words)) if n not in doubts]
    sides = _sides([layer.words[n].box for n in visible])
    hidden: set[int] = set()
    laid: set[int] = set()
    again = set(twice)
    for number, why in doubts.items():
        word = layer.words[number]
        reach = REACH if why in ("invisible", "beneath") else 0.0
        if why == "tiny" or not shot.has_ink(word.box, reach):
            hidden.add(number)
        elif why in ("invisible", "beneath", "covered"):
            over = [layer.words[visible[n]] for n in _overlapping(word.box, sides)]
            (laid if not over else again if _says_the_same(layer.text, word, over) else hidden).add(number)
    return Sight(frozenset(hidden), frozenset(laid), frozenset(again))


def without(layer: Layer, numbers: frozenset[int], slices: Sequence[tuple[int, int]] = ()) -> Layer:
    """The layer without these words and slices of its text; lines of which nothing is left go, too."""
    gone = sorted([*((layer.words[n].start, layer.words[n].end) for n in numbers), *slices])
    if not gone:
        return layer
    kept = np.ones(len(layer.text) + 1, dtype=bool)
    for start, end in gone:
        kept[start:end] = False
        while end < len(layer.text) and layer.text[end] == " ":
            kept[end] = False
            end += 1
    _drop_empty_lines(layer.text, kept)
    shift = np.concatenate(([0], np.cumsum(kept)))
    left = [n for n in range(len(layer.words)) if n not in numbers]
    words = (layer.words[n] for n in left)
    moved = tuple(replace(w, start=int(shift[w.start]), end=int(shift[w.end])) for w in words)
    text = "".join(char for char, keep in zip(layer.text, kept, strict=False) if keep)
    painted = tuple(layer.painted[n] for n in left)
    return replace(layer, text=text, words=moved, painted=painted, off_page=())


def _drop_empty_lines(text: str, kept: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        body = range(start, start + len(line.rstrip("\n")))
        if (
            len(body)
            and not kept[start:end].all()
            and not any(kept[i] and not text[i].isspace() for i in body)
        ):
            kept[start:end] = False
        start = end


def _paints(content: Content, geometry: Geometry) -> dict[int, Paint]:
    return {
        address(handle): _paint(order, handle, outer, geometry)
        for order, (kind, handle, outer) in enumerate(content.objects)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT
    }


def _paint(order: int, handle: Any, outer: Matrix, geometry: Geometry) -> Paint:
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(handle)
    colour, opacity = _colour(handle)
    filled = mode in (pdfium_c.FPDF_TEXTRENDERMODE_FILL, pdfium_c.FPDF_TEXTRENDERMODE_FILL_CLIP)
    size = c_float()
    pdfium_c.FPDFTextObj_GetFontSize(handle, byref(size))
    a, b, c, d, _, _ = product(matrix(handle), outer)
    high = abs(size.value) * max(abs(c) + abs(d), abs(a) + abs(b))
    seen = mode not in _UNSEEN_MODES and not (filled and opacity <= CLEAR)
    return Paint(order, seen, high, colour if filled else None, _clip(handle, outer, geometry))


def _colour(handle: Any) -> tuple[Colour | None, int]:
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    if not pdfium_c.FPDFPageObj_GetFillColor(handle, byref(red), byref(green), byref(blue), byref(alpha)):
        return None, 255
    return (red.value, green.value, blue.value), alpha.value


def _clip(handle: Any, outer: Matrix, geometry: Geometry) -> Box | None:
    """The box of the first of the object's clips, where that is plain."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(handle)
    if not clip or pdfium_c.FPDFClipPath_CountPaths(clip) < 1:
        return None
    corners = pdfium_c.FPDFClipPath_CountPathSegments(clip, 0)
    if not 2 <= corners <= MAX_CORNERS:
        return None
    x, y = c_float(), c_float()
    points = []
    for number in range(corners):
        segment = pdfium_c.FPDFClipPath_GetPathSegment(clip, 0, number)
        pdfium_c.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        points.append(placed_at(outer, x.value, y.value))
    return _box(points, geometry)


def _box(points: Sequence[tuple[float, float]], geometry: Geometry) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return geometry.box(min(xs), min(ys), max(xs), max(ys))


def _fills(content: Content, geometry: Geometry) -> Iterator[Fill]:
    left = MAX_FILLS
    for order, (kind, handle, outer) in enumerate(content.objects):
        is_picture = kind in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING)
        if not is_picture and (kind != pdfium_c.FPDF_PAGEOBJ_PATH or not _is_plain(handle)):
            continue
        box = _bounds(handle, outer, geometry)
        if left and box is not None:
            left -= 1
            colour, opacity = (None, OPAQUE) if is_picture else _colour(handle)
            if opacity >= OPAQUE and not pdfium_c.FPDFPageObj_HasTransparency(handle):
                yield Fill(order, box, colour)


def _is_plain(path: Any) -> bool:
    return 2 <= pdfium_c.FPDFPath_CountSegments(path) <= MAX_CORNERS and is_filled(path)


def _bounds(handle: Any, outer: Matrix, geometry: Geometry) -> Box | None:
    sides = bounds(handle)
    if sides is None or min(sides[2] - sides[0], sides[3] - sides[1]) < LEAST_FILL:
        return None
    return _box([placed_at(outer, x, y) for x in sides[::2] for y in sides[1::2]], geometry)


def _by_surroundings(
    words: Sequence[Word], paints: Sequence[Paint | None], fills: Sequence[Fill]
) -> Iterator[tuple[int, Why]]:
    """Words covered by what was painted after them (beneath a picture), or in the colour of what was before."""
    numbers = [n for n, paint in enumerate(paints) if paint is not None]
    known = [paint for paint in paints if paint is not None]
    if not fills and all(paint.colour is None or min(paint.colour) < 255 - SAME_COLOUR for paint in known):
        return
    sides = _sides([words[n].box for n in numbers])
    orders = np.array([paint.order for paint in known])
    beneath = np.full(len(known), -1)
    covering = np.full(len(known), -1)
    for at, fill in enumerate(fills):
        inside = _covering(sides, fill.box) >= COVERED
        beneath[inside & (orders > fill.order)] = at
        covering[inside & (orders < fill.order)] = at
    for n, number in enumerate(numbers):
        colour, ground = known[n].colour, fills[beneath[n]].colour if beneath[n] >= 0 else _WHITE
        if covering[n] >= 0:
            yield number, "covered" if fills[covering[n]].colour else "beneath"
        elif colour and ground and all(abs(a - b) < SAME_COLOUR for a, b in zip(colour, ground, strict=True)):
            yield number, "coloured"


Sides = np.ndarray[Any, np.dtype[np.float64]]


def _sides(boxes: Sequence[Box]) -> Sides:
    return np.array([(b.x0, b.y0, b.x1, b.y1) for b in boxes], dtype=np.float64).reshape(-1, 4)


def _covering(sides: Sides, box: Box) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The share of each of the boxes that `box` covers."""
    across = np.minimum(sides[:, 2], box.x1) - np.maximum(sides[:, 0], box.x0)
    down = np.minimum(sides[:, 3], box.y1) - np.maximum(sides[:, 1], box.y0)
    area = (sides[:, 2] - sides[:, 0]) * (sides[:, 3] - sides[:, 1])
    return np.asarray(np.clip(across, 0, None) * np.clip(down, 0, None) / np.maximum(area, 1e-12))


def _overlapping(box: Box, sides: Sides) -> list[int]:
    """The numbers of the boxes that cover a good share of `box`, or lie in it for a good share of theirs."""
    across = np.minimum(sides[:, 2], box.x1) - np.maximum(sides[:, 0], box.x0)
    down = np.minimum(sides[:, 3], box.y1) - np.maximum(sides[:, 1], box.y0)
    shared = np.clip(across, 0, None) * np.clip(down, 0, None)
    area = (box.x1 - box.x0) * (box.y1 - box.y0)
    return [int(n) for n in np.flatnonzero((shared >= OVERLAP * area) | (_covering(sides, box) >= COVERED))]


def _shared(box: Box, other: Box) -> float:
    """The share of `box` that `other` covers."""
    return float(_covering(_sides([box]), other)[0])


def _says_the_same(text: str, word: Word, over: Sequence[Word]) -> bool:
    mine = text[word.start : word.end][:MAX_COMPARED].casefold()
    others = "".join(text[w.start : w.end] for w in over)[: 2 * MAX_COMPARED].casefold()
    return mine in others or SequenceMatcher(None, mine, others, autojunk=False).ratio() >= ALIKE


def _painted_twice(layer: Layer, doubts: dict[int, Why]) -> Iterator[int]:
    """Words that stand once more at almost the same place: painted twice to look bold, or with a shadow."""
    numbers = np.array([n for n in range(len(layer.words)) if n not in doubts], dtype=np.int64)
    known: dict[str, int] = {}
    said = (layer.text[layer.words[n].start : layer.words[n].end] for n in numbers)
    same = np.array([known.setdefault(each, len(known)) for each in said], dtype=np.int64)
    order = np.argsort(same, kind="stable")
    numbers, same = numbers[order], same[order]
    sides = _sides([layer.words[n].box for n in numbers])
    again = np.zeros(len(numbers), dtype=bool)
    for back in range(1, min(TWICE_NEAR, len(numbers) - 1) + 1):
        again[back:] |= (same[back:] == same[:-back]) & (_common(sides[back:], sides[:-back]) >= TWICE)
    yield from map(int, numbers[again])


def _common(some: Sides, others: Sides) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The share that each box has in common with its counterpart, of the larger of the two."""
    across = np.minimum(some[:, 2], others[:, 2]) - np.maximum(some[:, 0], others[:, 0])
    down = np.minimum(some[:, 3], others[:, 3]) - np.maximum(some[:, 1], others[:, 1])
    areas = ((each[:, 2] - each[:, 0]) * (each[:, 3] - each[:, 1]) for each in (some, others))
    return np.asarray(np.clip(across, 0, None) * np.clip(down, 0, None) / np.maximum(*areas))
