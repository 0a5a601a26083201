"""A page read by two networks, one that finds writing and one that reads a line: which way up, what, in which order.

Chinese may be written in columns from right to left. Turned by a quarter such a page has lines from top to bottom, and
so it is arranged: what stands in columns is read as on the turned page, what stands in lines as on the page itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median

import numpy as np

from extractors.document import Box, Piece, is_han
from extractors.ocr.detection import Floats, Grey, Network, Region, find_regions
from extractors.ocr.engine import Recognised
from extractors.ocr.pictures import turned_back
from extractors.ocr.reading_order import Fragment, reading_order
from extractors.ocr.recognition import Char, LineReading, read_line, read_strip, straightened
from extractors.ocr.word_boxes import WordLine, words_of

UPRIGHT = 1.5
"""Height to width from which on a region holds a line that runs up or down."""
SAMPLE, SAMPLE_WIDTH = 4, 480
"""Of so many of the longest lines this length is read to tell which way up the page is."""
WELL_READ = 0.85
"""Mean confidence of the sample with which the other ways up need not be tried."""
UNTRIED = 0.5
"""Taken for the mean confidence of the other way up: writing on its head reads about so well."""
SLANT_STEP, SLANT_STEPS, SLANT_LINES = math.radians(0.25), 12, 400
"""How finely and how far from the lines' own angle a page's slant is looked for, and in how many lines."""
LEVEL, CLEARLY_MORE = 0.25, 1.1
"""Lines stand level when their middles are so many heights apart; another slant must make so many times more level."""
COLUMN_BLANK = 0.9
"""Blank within a line, in heights of its letters, at which it may be two lines of two columns."""
STACKED = 6
"""So many characters of a line that runs down are read one by one, to tell whether they stand upright in it."""
CELL = 1.1
"""Height of a character's cell in such a line, in widths of the line."""
BESIDE = 2
"""Lines that stand beside the columns from which on these are no text of their own, but notes on the margin."""
LEGIBLE = 0.5
"""Mean confidence below which a region is taken to hold no writing: texture, a stamp's edge, a signature."""


@dataclass(frozen=True, slots=True)
class Networks:
    """What finds writing, what reads a line, and the alphabet in which that answers; its first is "none"."""

    find: Network
    read: Network
    alphabet: Sequence[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a page stands: clockwise quarter turns that make it upright, and what its sample reads as that way.

    `confidence` is the mean (0 to 1) with which it does, `other` that of the other way up; UNTRIED where the first
    reads so well that this was not tried.
    """

    quarters: int
    text: str
    confidence: float
    other: float

    @property
    def is_han(self) -> bool:
        """Whether most of what was read are Han characters."""
        return sum(map(is_han, self.text)) * 2 > len(self.text)


@dataclass(frozen=True, slots=True)
class PageLines:
    """The lines of a page in no particular order, on the page turned clockwise by `quarters` so that it is upright;
    `shape` is (height, width) of that in pixels. `columns` are lines of upright characters that run down."""

    lines: tuple[WordLine, ...]
    columns: tuple[WordLine, ...]
    shape: tuple[int, int]
    quarters: int


def lines_of_page(picture: Grey, networks: Networks, tick: Callable[[], None]) -> PageLines:
    """What stands on the page, whichever way up it lies. `tick` is called before each line and may raise."""
    regions = find_regions(picture, networks.find)
    standing = standing_of(picture, regions, networks)
    quarters = standing.quarters if standing else 0
    upright = np.ascontiguousarray(np.rot90(picture, -quarters))
    found: list[WordLine] = []
    for region in regions:
        tick()
        line = words_of(_best_reading(upright, _turned(region, quarters, picture.shape), networks))
        if line is not None and fmean(word.confidence for word in line.words) >= LEGIBLE:
            found.append(line)
    columns = [line for line in found if _is_column(line)]
    lines = [line for line in found if not _is_column(line)]
    return PageLines(tuple(lines), tuple(columns), (upright.shape[0], upright.shape[1]), quarters)


def arranged(page: PageLines, columns: bool) -> Recognised:
    """The lines in reading order, with boxes that refer to the page as it lies."""
    before, behind = _around(page)
    blocks = (
        _arranged(before, page.shape, columns).lines,
        _columns(page, columns).lines,
        _arranged(behind, page.shape, columns).lines,
    )
    lines = [line for block in blocks if block for line in ((), *block)][1:]
    return turned_back(Recognised(tuple(lines)), page.quarters * 90)


def _arranged(lines: Sequence[WordLine], shape: tuple[int, int], columns: bool) -> Recognised:
    slant = _slant(lines)
    parts = [part for line in lines for part in _parted(line)]
    rows = reading_order([_fragment(part, slant) for part in parts], columns)
    return Recognised(tuple(tuple(piece for i in row for piece in _pieces(parts[i], shape)) for row in rows))


def _columns(page: PageLines, columns: bool) -> Recognised:
    """What stands in columns, from right to left: arranged as lines of the page turned so that they are level."""
    height, width = page.shape
    level = [
        replace(line, region=Region(_turned_corners(line.region.corners, 3, page.shape)))
        for line in page.columns
    ]
    return turned_back(_arranged(level, (width, height), columns), 270)


def _around(page: PageLines) -> tuple[list[WordLine], list[WordLine]]:
    """The lines that are read before the columns, which stand above them, and those that are read behind these."""
    if not page.columns:
        return list(page.lines), []
    tops, bottoms = zip(*(_reach(line) for line in page.columns), strict=True)
    top, bottom = median(tops), median(bottoms)
    placed = [(sum(_reach(line)) / 2, line) for line in page.lines]
    if sum(top < middle < bottom for middle, _ in placed) >= BESIDE:
        return list(page.lines), []
    return [line for y, line in placed if y < top], [line for y, line in placed if y >= top]


def _reach(line: WordLine) -> tuple[float, float]:
    """How far up and down the line reaches on the page."""
    downs = line.region.corners[:, 1]
    return float(downs.min()), float(downs.max())


def _is_column(line: WordLine) -> bool:
    """Whether the line runs down the page and holds Han characters."""
    across, down = (line.region.corners[1] - line.region.corners[0]).tolist()
    text = "".join(word.text for word in line.words)
    return down > abs(across) and len(text) > 1 and sum(map(is_han, text)) * 2 > len(text)


def standing_of(picture: Grey, regions: Sequence[Region], networks: Networks) -> Standing | None:
    """Which way up the page is: as its lines run, and as the longest of them read best. None without any lines.

    Where most of them run down and hold Han characters that stand upright, the page stands upright, too.
    """
    if not regions:
        return None
    along = sum(region.width for region in regions if not _stands(region))
    down = sum(region.height for region in regions if _stands(region))
    ways = (0, 2) if along >= down else (1, 3)
    likely = [region for region in regions if _stands(region) is (along < down)]
    longest = sorted(likely, key=lambda region: max(region.width, region.height), reverse=True)[:SAMPLE]
    best: Standing | None = None
    for way in ways:
        chars = _sampled(picture, longest, way, networks)
        sure = fmean(char.confidence for char in chars) if chars else 0.0
        text = "".join(char.text for char in chars)
        if best is None or sure > best.confidence:
            other = best.confidence if best else UNTRIED
            stacked = way % 2 == 1 and any(_is_stacked(picture, each, way, networks) for each in longest[:2])
            best = Standing((way - 1) if stacked else _upright(way), text, sure, other)
        else:
            best = replace(best, other=sure)
        if sure >= WELL_READ:
            break
    return best


def _stands(region: Region) -> bool:
    return region.height >= UPRIGHT * region.width


def _upright(way: int) -> int:
    """Clockwise quarter turns that make writing upright that runs along (0), down (1), upside down (2) or up (3)."""
    return -way % 4


def _sampled(picture: Grey, regions: Sequence[Region], way: int, networks: Networks) -> list[Char]:
    """The characters at the beginning of the lines, read as if they ran that way."""
    lines = [straightened(picture, region.turned(way))[:, :SAMPLE_WIDTH] for region in regions]
    return [char for line in lines for char in read_strip(line, networks.read, networks.alphabet)]


def _is_stacked(picture: Grey, region: Region, way: int, networks: Networks) -> bool:
    """Whether the Han characters of a line that runs that way stand upright in it, as in Chinese columns: each reads
    the same when it is cut out and stood upright. On a page on its side they lie on theirs."""
    line = straightened(picture, region.turned(way))
    chars = [char for char in read_strip(line, networks.read, networks.alphabet) if is_han(char.text)]
    chars = chars[:: max(1, len(chars) // STACKED)][:STACKED]
    half = round(CELL * line.shape[0] / 2)
    same = 0
    for char in chars:
        middle = round(char.at * line.shape[1])
        cell = np.ascontiguousarray(np.rot90(line[:, max(0, middle - half) : middle + half], -1))
        read = read_strip(straightened(cell, _whole(cell)), networks.read, networks.alphabet)
        same += char.text in "".join(each.text for each in read)
    return bool(chars) and same * 2 >= len(chars)


def _whole(picture: Grey) -> Region:
    height, width = picture.shape
    return Region(np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32))


def _turned(region: Region, quarters: int, shape: tuple[int, ...]) -> Region:
    """The region in the picture turned clockwise by so many quarters."""
    return Region(np.roll(_turned_corners(region.corners, quarters, shape), quarters, axis=0))


def _turned_corners(corners: Floats, quarters: int, shape: tuple[int, ...]) -> Floats:
    """The same corners, beginning with the same one, in the picture turned clockwise by so many quarters."""
    height, width = shape[:2]
    for _ in range(quarters):
        corners = np.stack([height - corners[:, 1], corners[:, 0]], axis=1)
        height, width = width, height
    return corners.astype(np.float32)


def _best_reading(picture: Grey, region: Region, networks: Networks) -> LineReading:
    """A line that runs along is read so; one that stands upright is read downwards and upwards."""
    if not _stands(region):
        return read_line(picture, region, networks.read, networks.alphabet)
    ways = [read_line(picture, region.turned(way), networks.read, networks.alphabet) for way in (1, 3)]
    return max(ways, key=lambda reading: reading.confidence)


def _parted(line: WordLine) -> list[WordLine]:
    """The line cut at wide blanks: what stands on its two sides may belong to two columns."""
    blank = COLUMN_BLANK * (line.bottom - line.top) * line.region.height / max(line.region.width, 1.0)
    cuts = [i for i, (a, b) in enumerate(pairwise(line.words), 1) if b.left - a.right > blank]
    return [
        replace(line, words=line.words[start:end]) for start, end in pairwise([0, *cuts, len(line.words)])
    ]


def _slant(lines: Sequence[WordLine]) -> float:
    """The angle, in radians, by which the page's lines fall to the right.

    That is the median of the longer half's, or another nearby at which clearly more of them stand level: a receipt
    has short words only, whose own angles tell little.
    """
    ordered = sorted(lines, key=lambda line: line.region.width)[len(lines) // 2 :]
    slopes = [_slope(line.region.corners) for line in ordered if not _stands(line.region)]
    if not slopes:
        return 0.0
    middle = median(slopes)
    edges = np.stack([line.around() for line in lines[:SLANT_LINES]])
    best, most = middle, _level_pairs(edges, middle)
    for step in range(1, SLANT_STEPS + 1):
        for slant in (middle - step * SLANT_STEP, middle + step * SLANT_STEP):
            pairs = _level_pairs(edges, slant)
            if pairs > CLEARLY_MORE * most:
                best, most = slant, pairs
    return best


def _level_pairs(corners: Floats, slant: float) -> int:
    """How many pairs of lines, given by their corners, stand level and side by side on the page made straight."""
    points = _straight(corners, slant)
    x0, x1 = points[:, :, 0].min(axis=1), points[:, :, 0].max(axis=1)
    middles = points[:, :, 1].mean(axis=1)
    heights = points[:, 3, 1] - points[:, 0, 1]
    level = np.abs(middles[:, None] - middles) < LEVEL * np.minimum(heights[:, None], heights)
    return int((level & (x1[:, None] <= x0)).sum())


def _straight(points: Floats, slant: float) -> Floats:
    cosine, sine = math.cos(slant), math.sin(slant)
    return points @ np.array([[cosine, -sine], [sine, cosine]], dtype=np.float32)


def _slope(corners: Floats) -> float:
    across, down = (corners[1] + corners[2] - corners[0] - corners[3]).tolist()
    return math.atan2(down, across)


def _fragment(line: WordLine, slant: float) -> Fragment:
    """The line's box on the page made straight."""
    points = _straight(line.around(), slant)
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Fragment(x0, y0, x1, y1, continues=line.words[0].text[0].islower())


def _pieces(line: WordLine, shape: tuple[int, ...]) -> list[Piece]:
    height, width = shape[:2]
    found: list[Piece] = []
    for word in line.words:
        corners = line.corners(word.left, word.right)
        (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        box = Box.clamped(x0 / width, y0 / height, x1 / width, y1 / height)
        found.append((word.text, box, min(1.0, word.confidence)))
    return found
