"""A writer's habits, and paragraphs broken into lines by the rules of both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import Flowable

from sample_docs._fonts import FAMILIES, runs, width

TOKEN = re.compile(
    r"[（《“‘「『【〔]*[\u2e80-\u2fff\u3007\u3021-\u9fff\uf900-\uffef][，。、；：？！）》”’」』】〕％．]*|\s+|[^\s\u2e80-\u9fff\uf900-\uffef]+|."
)


@dataclass(frozen=True)
class Look:
    """A writer's habits: Latin family, size, leading, margins, ink, paper, running foot."""

    family: str = "serif"
    size: float = 10.5
    leading: float = 1.35
    margin: float = 64.0
    ink: str = "#101010"
    accent: str = "#1f3a5f"
    paper: str = "a4"
    gap: float = 7.0
    indent: float = 0.0
    foot: str = ""
    number: str = ""

    def font(self, weight: str = "plain") -> str:
        """The Latin font of a weight: plain, bold or italic."""
        return FAMILIES[self.family][("plain", "bold", "italic").index(weight)]


class Text(Flowable):
    """A paragraph broken into lines by its own rules: Chinese anywhere, Latin and figures between words."""

    def __init__(self, text: str, look: Look, **style: object) -> None:
        super().__init__()
        self.text, self.look = text, look
        self.bold = bool(style.get("bold"))
        self.font = look.font(str(style.get("weight", "bold" if self.bold else "plain")))
        self.size = float(style.get("size", look.size))  # type: ignore[arg-type]
        self.align = str(style.get("align", "left"))
        self.indent = float(style.get("indent", 0.0))  # type: ignore[arg-type]
        self.underline = bool(style.get("underline"))
        self.colour: Color = style.get("colour", HexColor(look.ink))  # type: ignore[assignment]
        self.lead = self.size * look.leading
        self.lines: list[str] = []

    def wrap(self, available: float, _height: float) -> tuple[float, float]:
        self.available = available
        self.lines = [line for part in self.text.split("<br>") for line in self._broken(part, available)]
        return available, self.lead * len(self.lines)

    def split(self, available: float, height: float) -> list[Flowable]:
        self.wrap(available, height)
        fit = int(height // self.lead)
        if fit < 1 or fit >= len(self.lines):
            return [] if fit < 1 else [self]
        return [self._part(self.lines[:fit], self.indent), self._part(self.lines[fit:], 0.0)]

    def _part(self, lines: list[str], indent: float) -> Text:
        weight = ("plain", "bold", "italic")[FAMILIES[self.look.family].index(self.font)]
        return Text("<br>".join(lines), self.look, bold=self.bold, weight=weight, size=self.size, align=self.align,
                    indent=indent, underline=self.underline, colour=self.colour)  # fmt: skip

    def minWidth(self) -> float:  # noqa: N802 - reportlab's name
        return max((width(t, self.font, self.size) for t in TOKEN.findall(self.text)), default=0.0)

    def _broken(self, text: str, available: float) -> list[str]:
        lines, line, room = [], "", available - self.indent
        for token in self._fitting(TOKEN.findall(text), available):
            if line and width(line + token.rstrip(), self.font, self.size) > room + 0.01:
                lines.append(line.rstrip())
                line, room = "", available
            line += token if line or not token.isspace() else ""
        return [*lines, line.rstrip()]

    def _fitting(self, tokens: list[str], available: float) -> list[str]:
        """Tokens wider than a line are cut into characters."""
        fits = partial(width, latin=self.font, size=self.size)
        return [c for t in tokens for c in ([t] if fits(t) <= available else list(t))]

    def draw(self) -> None:
        y = self.lead * len(self.lines) - self.size
        for i, line in enumerate(self.lines):
            wide = width(line, self.font, self.size)
            x = {"left": self.indent if i == 0 else 0.0, "right": self.available - wide}.get(
                self.align, (self.available - wide) / 2
            )
            self._line(line, x, y)
            if self.underline:
                self.canv.line(x, y - 2, x + wide, y - 2)
            y -= self.lead

    def _line(self, line: str, x: float, y: float) -> None:
        self.canv.setStrokeColor(self.colour)
        self.canv.setLineWidth(self.size * 0.028)
        text = self.canv.beginText(x, y)
        text.setFillColor(self.colour)
        for font, piece in runs(line, self.font):
            text.setFont(font, self.size)
            # There is no bold Chinese face: an outline of the same ink makes one.
            text.setTextRenderMode(2 if self.bold and font == "Han" else 0)
            text.textOut(piece)
        text.setTextRenderMode(0)
        self.canv.drawText(text)
