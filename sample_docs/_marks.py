"""What is put on paper after it was printed: signatures, red seals, received stamps."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from sample_docs._fonts import HAN, width

RED = Color(0.80, 0.08, 0.10, alpha=0.82)
BLUE = Color(0.12, 0.18, 0.55, alpha=0.9)
VIOLET = Color(0.35, 0.12, 0.50, alpha=0.85)


Point = tuple[float, float]


@dataclass(frozen=True)
class Drawn:
    """A mark on a typed page: what it is, the page's number, the points of its outline in fractions of the page from
    its top left, and the page's size."""

    kind: str
    page: int
    outline: list[Point]
    size: tuple[float, float]


class Mark(Flowable):
    """Something drawn over what stands above it; it takes no room itself.

    `kind` is what a reader should find it to be; once it was drawn, `page` is the number of its page and `corners` are
    the points of its outline there, in points from the bottom left.
    """

    kind = ""

    def __init__(self, offset: tuple[float, float]) -> None:
        super().__init__()
        self.offset = offset

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        self.available = available
        return available, 0.0

    def draw(self) -> None:
        self.canv.saveState()
        self.canv.translate(self.available * self.offset[0], self.offset[1])
        self.page = self.canv.getPageNumber()
        self.corners = [self.canv.absolutePosition(x, y) for x, y in self.outline()]
        self.paint()
        self.canv.restoreState()

    def paint(self) -> None:
        raise NotImplementedError

    def outline(self) -> list[Point]:
        """The points, from where it is drawn, between which it lies."""
        raise NotImplementedError


class Seal(Mark):
    """A round red seal: the firm's name on the arc, a star, a caption below it."""

    kind, radius = "seal", 54.0

    def __init__(self, firm: str, caption: str, offset: tuple[float, float]) -> None:
        super().__init__(offset)
        self.firm, self.caption = firm, caption

    def paint(self) -> None:
        canvas, radius = self.canv, self.radius
        canvas.setStrokeColor(RED)
        canvas.setFillColor(RED)
        canvas.setLineWidth(2.2)
        canvas.circle(0, 0, radius)
        self._star(13)
        canvas.setFont(HAN, 8.5)
        canvas.drawCentredString(0, -32, self.caption)
        size = min(11.0, 235.0 / max(1, len(self.firm)))
        sweep = min(250.0, 20.0 * len(self.firm))
        for i, char in enumerate(self.firm):
            angle = 90 + sweep / 2 - sweep * (i + 0.5) / len(self.firm)
            canvas.saveState()
            canvas.rotate(angle - 90)
            canvas.setFont(HAN, size)
            canvas.drawCentredString(0, radius - size - 4, char)
            canvas.restoreState()

    def outline(self) -> list[Point]:
        edge = self.radius + 1.1
        return [(-edge, -edge), (edge, edge)]

    def _star(self, size: float) -> None:
        path = self.canv.beginPath()
        for i in range(10):
            reach = size if i % 2 == 0 else size * 0.4
            angle = math.radians(90 + 36 * i)
            (path.moveTo if i == 0 else path.lineTo)(reach * math.cos(angle), reach * math.sin(angle))
        path.close()
        self.canv.drawPath(path, stroke=0, fill=1)


class Stamp(Mark):
    """A rectangular rubber stamp of a few lines, a little askew."""

    kind = "stamp"

    def __init__(self, lines: list[str], offset: tuple[float, float], tilt: float) -> None:
        super().__init__(offset)
        self.lines, self.tilt = lines, tilt

    def paint(self) -> None:
        canvas = self.canv
        wide, high = self._size()
        canvas.rotate(self.tilt)
        canvas.setStrokeColor(VIOLET)
        canvas.setFillColor(VIOLET)
        canvas.setLineWidth(1.6)
        canvas.rect(0, 0, wide, high)
        for i, line in enumerate(self.lines):
            han = any(ord(c) > 0x2E80 for c in line)
            canvas.setFont(HAN if han else "Helvetica-Bold", 11)
            canvas.drawCentredString(wide / 2, high - 15 * (i + 1), line)

    def outline(self) -> list[Point]:
        (wide, high), turn = self._size(), math.radians(self.tilt)
        corners = [(0.0, 0.0), (wide, 0.0), (0.0, high), (wide, high)]
        return [
            (x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn))
            for x, y in corners
        ]

    def _size(self) -> tuple[float, float]:
        wide = max(width(line, "Helvetica-Bold", 11) for line in self.lines) + 18
        return wide, 15.0 * len(self.lines) + 9


class Scribble(Mark):
    """A signature: a curly line whose course is set by the signer's name."""

    kind = "handwriting"

    def __init__(self, name: str) -> None:
        super().__init__((0.0, 2.0))
        self.name = name

    def paint(self) -> None:
        path = self.canv.beginPath()
        path.moveTo(4.0, 6.0)
        for curve in self._curves():
            path.curveTo(*curve)
        self.canv.setStrokeColor(BLUE)
        self.canv.setLineWidth(1.1)
        self.canv.drawPath(path, stroke=1, fill=0)

    def outline(self) -> list[Point]:
        points = [(4.0, 6.0)]
        for x1, y1, x2, y2, x3, y3 in self._curves():
            x0, y0 = points[-1]
            for t in (0.25, 0.5, 0.75, 1.0):
                weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
                across = sum(w * x for w, x in zip(weights, (x0, x1, x2, x3), strict=True))
                points.append((across, sum(w * y for w, y in zip(weights, (y0, y1, y2, y3), strict=True))))
        return points

    def _curves(self) -> list[tuple[float, float, float, float, float, float]]:
        """The Bézier curves: two points that they bend towards, and where they end."""
        rng, x, y, curves = random.Random(self.name), 4.0, 6.0, []
        for _ in range(7):
            step = rng.uniform(8, 18)
            up, down = y + rng.uniform(6, 22), y - rng.uniform(4, 14)
            curves.append((x + step * 0.2, up, x + step, down, x + step, 6 + rng.uniform(-4, 8)))
            x, y = x + step, 6.0
        return curves
