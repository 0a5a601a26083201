"""What is put on paper after it was printed: signatures, red seals, received stamps."""

from __future__ import annotations

import math
import random

from reportlab.lib.colors import Color
from reportlab.platypus import Flowable

from sample_docs._fonts import HAN, width

RED = Color(0.80, 0.08, 0.10, alpha=0.82)
BLUE = Color(0.12, 0.18, 0.55, alpha=0.9)
VIOLET = Color(0.35, 0.12, 0.50, alpha=0.85)


class Mark(Flowable):
    """Something drawn over what stands above it; it takes no room itself."""

    def __init__(self, offset: tuple[float, float]) -> None:
        super().__init__()
        self.offset = offset

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        self.available = available
        return available, 0.0

    def draw(self) -> None:
        self.canv.saveState()
        self.canv.translate(self.available * self.offset[0], self.offset[1])
        self.paint()
        self.canv.restoreState()

    def paint(self) -> None:
        raise NotImplementedError


class Seal(Mark):
    """A round red seal: the firm's name on the arc, a star, a caption below it."""

    def __init__(self, firm: str, caption: str, offset: tuple[float, float]) -> None:
        super().__init__(offset)
        self.firm, self.caption = firm, caption

    def paint(self) -> None:
        canvas, radius = self.canv, 54.0
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

    def __init__(self, lines: list[str], offset: tuple[float, float], tilt: float) -> None:
        super().__init__(offset)
        self.lines, self.tilt = lines, tilt

    def paint(self) -> None:
        canvas = self.canv
        wide = max(width(line, "Helvetica-Bold", 11) for line in self.lines) + 18
        high = 15 * len(self.lines) + 9
        canvas.rotate(self.tilt)
        canvas.setStrokeColor(VIOLET)
        canvas.setFillColor(VIOLET)
        canvas.setLineWidth(1.6)
        canvas.rect(0, 0, wide, high)
        for i, line in enumerate(self.lines):
            han = any(ord(c) > 0x2E80 for c in line)
            canvas.setFont(HAN if han else "Helvetica-Bold", 11)
            canvas.drawCentredString(wide / 2, high - 15 * (i + 1), line)


class Scribble(Mark):
    """A signature: a curly line whose course is set by the signer's name."""

    def __init__(self, name: str) -> None:
        super().__init__((0.0, 2.0))
        self.name = name

    def paint(self) -> None:
        rng = random.Random(self.name)
        path = self.canv.beginPath()
        x, y = 4.0, 6.0
        path.moveTo(x, y)
        for _ in range(7):
            step = rng.uniform(8, 18)
            path.curveTo(
                x + step * 0.2,
                y + rng.uniform(6, 22),
                x + step,
                y - rng.uniform(4, 14),
                x + step,
                6 + rng.uniform(-4, 8),
            )
            x, y = x + step, 6.0
        self.canv.setStrokeColor(BLUE)
        self.canv.setLineWidth(1.1)
        self.canv.drawPath(path, stroke=1, fill=0)
