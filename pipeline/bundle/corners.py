"""Where on a page a stamp goes: the corner that was asked for, or the nearest place at an edge that has no ink."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.renditions.geometry import View

CORNERS = ("bottom-right", "top-right", "bottom-centre")
"""Where a profile may want its page numbers."""

_PAPER = 595.0
_SMALLEST, _LARGEST = 0.35, 6.0
_ASIDE, _FROM_EDGE = 27.0, 19.0
"""How far a stamp stands from the edges beside and below (or above) it, on A4, in points."""
_NUDGES = (0.0, -8.0, 8.0, 16.0)
"""By how much a stamp may stand nearer to its edge or farther from it, where that spares it a longer way."""
_STEP = 12.0
STRIP = 60
"""Height of the strips at the top and bottom that are searched for ink, on A4, in points."""
CELL = 2.0
"""Width and height of what counts as one spot of ink, on A4, in points."""


def scale_of(view: View) -> float:
    """How much larger than on A4 things are drawn on the page, so that they look alike in a reader's window."""
    return min(max(min(view.width, view.height) / _PAPER, _SMALLEST), _LARGEST)


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink in the strips at the top and bottom of a page as it is seen.

    Each is `rows` x `columns` cells from its top left; a row is a number whose bit n is set where column n has ink.
    """

    columns: int
    top: tuple[int, ...]
    bottom: tuple[int, ...]

    def free(self, view: View, x: float, y: float, wide: float, high: float) -> bool:
        """Whether no ink lies in the rectangle (points from the bottom left of the page as it is seen)."""
        across = self.columns / view.width
        first, last = int(x * across), int((x + wide) * across) + 1
        mask = (1 << last) - (1 << max(first, 0))
        down = 1 / (CELL * scale_of(view))
        if y + high / 2 < view.height / 2:
            rows, edge = self.bottom, len(self.bottom) / down
        else:
            rows, edge = self.top, view.height
        above, below = int((edge - y - high) * down), int((edge - y) * down) + 1
        return above >= 0 and below <= len(rows) and not any(row & mask for row in rows[above:below])


@dataclass(frozen=True, slots=True)
class Place:
    """The lower left corner of a stamp, and whether there is ink below it."""

    x: float
    y: float
    covers: bool = False


def place(view: View, size: tuple[float, float], corner: str, ink: Ink | None) -> Place:
    """The place for a stamp of that size: the corner, else along its edge, else the other edge, else the corner still.

    Points from the bottom left of the page as it is seen. Without `ink` all of the page counts as free.
    """
    wanted = _at(view, size, corner)
    if ink is None:
        return wanted
    for x, y in _places(view, size, corner):
        if ink.free(view, x, y, *size):
            return Place(x, y)
    return Place(wanted.x, wanted.y, covers=True)


def _at(view: View, size: tuple[float, float], corner: str) -> Place:
    scale = scale_of(view)
    edge, side = corner.split("-")
    right = view.width - _ASIDE * scale - size[0]
    x = (view.width - size[0]) / 2 if side == "centre" else right
    up = _FROM_EDGE * scale
    return Place(max(x, 0.0), up if edge == "bottom" else view.height - up - size[1])


def _places(view: View, size: tuple[float, float], corner: str) -> Iterator[tuple[float, float]]:
    """The places in the order of a reader's eye: the corner, shifts along its edge, then the other edge."""
    edge, side = corner.split("-")
    for at in (edge, "top" if edge == "bottom" else "bottom"):
        wanted, scale = _at(view, size, f"{at}-{side}"), scale_of(view)
        inwards = 1 if at == "bottom" else -1
        for x in _along(view, wanted.x, size[0]):
            for nudge in _NUDGES:
                yield x, wanted.y + nudge * scale * inwards


def _along(view: View, wanted: float, wide: float) -> Iterator[float]:
    """Where along the edge: as wanted, then ever farther from there, to both sides where there is room."""
    scale = scale_of(view)
    least, most = _ASIDE / 2 * scale, view.width - _ASIDE / 2 * scale - wide
    yield wanted
    for away in range(1, int(view.width / (_STEP * scale)) + 1):
        for x in (wanted + away * _STEP * scale, wanted - away * _STEP * scale):
            if least <= x <= most:
                yield x
