"""Pages under the pen: a cursor that moves down, new pages when one is full, and the links that were drawn.

Coordinates are points from the bottom left of the page, as in PDF. `Paper.y` is where the next thing may begin,
counted from its top edge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.colors import Color

from pipeline.bundle.typeset import GREY, Style, canvas, draw, width, wrap

MARGIN = 62.0
FOOT = 56.0
"""Room kept free below for the page number."""

BODY = Style(10, 14.5)
SMALL = Style(8, 11, color=GREY)

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Jump:
    """A link: the rectangle on page `page` (from 1, within the file drawn) leads to page `target` of the bundle."""

    page: int
    rect: Rect
    target: int
    text: str


class Paper:
    """A PDF file that is being drawn. `head` is drawn at the top of every new page."""

    def __init__(self, path: Path, size: tuple[float, float]) -> None:
        self.canvas = canvas(path, size)
        self.size = size
        self.page = 0
        self.y = 0.0
        self.jumps: list[Jump] = []
        self.head: Callable[[Paper], None] | None = None

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return self.size[0] - MARGIN

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.right - self.left

    @property
    def rest(self) -> float:
        """The height that is left on this page."""
        return self.y - FOOT

    def turn(self, size: tuple[float, float] | None = None) -> None:
        """Begins a new page, of another size if one is given."""
        if self.page:
            self.canvas.showPage()
        if size is not None:
            self.size = size
        self.canvas.setPageSize(self.size)
        self.page += 1
        self.y = self.size[1] - MARGIN
        if self.head:
            self.head(self)

    def need(self, height: float) -> None:
        """Begins a new page when `height` does not fit on this one."""
        if self.rest < height:
            self.turn()

    def write(self, text: str, style: Style = BODY, most: int | None = None, gap: float = 0.0) -> None:
        """A paragraph over the whole width, then `gap`; goes on to new pages as it must."""
        for line in wrap(text, style, self.room, most):
            self.need(style.leading)
            draw(self.canvas, self.left, self.baseline(style), line, style)
            self.y -= style.leading
        self.y -= gap

    def baseline(self, style: Style, line: int = 0) -> float:
        """The baseline of line `line` (from 0) of a text that begins at the cursor."""
        return self.y - line * style.leading - (style.leading + style.size * 0.72) / 2

    def right_aligned(self, x: float, y: float, text: str, style: Style) -> None:
        draw(self.canvas, x - width(text, style), y, text, style)

    def rule(self, weight: float = 0.5, color: Color = GREY) -> None:
        """A thin line over the whole width, at the cursor."""
        self.canvas.setStrokeColor(color)
        self.canvas.setLineWidth(weight)
        self.canvas.line(self.left, self.y, self.right, self.y)

    def link(self, rect: Rect, target: int, text: str) -> None:
        """Makes the rectangle lead to a page of the bundle; `text` says so to those who cannot see it."""
        self.jumps.append(Jump(self.page, rect, target, text))

    def link_text(self, x: float, y: float, text: str, style: Style, target: int, say: str) -> float:
        """Draws text with its baseline at `y` that leads to a page; returns where it ends."""
        draw(self.canvas, x, y, text, style)
        end = x + width(text, style)
        self.link((x - 1, y - style.size * 0.3, end + 1, y + style.size * 0.85), target, say)
        return end

    def save(self) -> int:
        """Writes the file; returns how many pages it has."""
        self.canvas.showPage()
        self.canvas.save()
        return self.page
