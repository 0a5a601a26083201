"""What a reader sees of a page: its visible box, its rotation, and where "bottom right" is then."""

from __future__ import annotations

from dataclasses import dataclass

from pikepdf import Array, Page

LETTER = (0.0, 0.0, 612.0, 792.0)
"""The size that viewers assume when a file gives none that makes sense."""

Quad = tuple[float, float, float, float]
Matrix = tuple[float, float, float, float, float, float]
Rect = tuple[float, float, float, float]
"""x, y, width and height, points from the bottom left of the page as it is seen."""


def page_box(page: Page) -> Quad:
    """The visible part: what the crop box leaves of the media box; points, lower left to upper right."""
    media = _box(page.obj.get("/MediaBox")) or LETTER
    crop = _box(page.obj.get("/CropBox")) or media
    x0, y0 = max(media[0], crop[0]), max(media[1], crop[1])
    x1, y1 = min(media[2], crop[2]), min(media[3], crop[3])
    return (x0, y0, x1, y1) if x1 - x0 > 1 and y1 - y0 > 1 else media


def rotation(page: Page) -> int:
    """By how many degrees viewers turn the page clockwise: 0, 90, 180 or 270."""
    try:
        return int(page.obj.get("/Rotate", 0)) % 360 // 90 * 90
    except (TypeError, ValueError):
        return 0


def _box(value: object) -> Quad | None:
    if not isinstance(value, Array) or len(value) != 4:
        return None
    try:
        a, b, c, d = (float(number) for number in value)
    except (TypeError, ValueError):
        return None
    box = (min(a, c), min(b, d), max(a, c), max(b, d))
    return box if box[2] - box[0] > 1 and box[3] - box[1] > 1 else None


@dataclass(frozen=True, slots=True)
class View:
    """A page as it is seen: `width` and `height` after rotation, and how seen coordinates become the page's own."""

    width: float
    height: float
    matrix: Matrix

    @classmethod
    def of(cls, page: Page) -> View:
        x0, y0, x1, y1 = page_box(page)
        wide, high = x1 - x0, y1 - y0
        rotate = rotation(page)
        if rotate == 90:
            return cls(high, wide, (0, 1, -1, 0, x1, y0))
        if rotate == 180:
            return cls(wide, high, (-1, 0, 0, -1, x1, y1))
        if rotate == 270:
            return cls(high, wide, (0, -1, 1, 0, x0, y1))
        return cls(wide, high, (1, 0, 0, 1, x0, y0))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The page's own coordinates of a point seen at `x`, `y` from the bottom left."""
        a, b, c, d, e, f = self.matrix
        return a * x + c * y + e, b * x + d * y + f
