"""A small chart as SVG: lines over a logarithmic axis of sizes, ratios upwards, or times by powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 50, 50
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad")


@dataclass(frozen=True)
class Line:
    """A name, and points (size, ratio)."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class _Rise:
    """The axis upwards: from `low` to `high` in steps of one, which stand for powers of ten where `by_tens`."""

    low: int
    high: int
    by_tens: bool

    def up(self, value: float) -> float:
        at = math.log10(max(value, 10.0**self.low)) if self.by_tens else value
        return HEIGHT - BOTTOM - (at - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)

    def steps(self) -> list[float]:
        return [10.0**step if self.by_tens else step for step in range(self.low, self.high + 1)]


def plot(title: str, lines: Sequence[Line], by_tens: bool = False) -> str:
    """The chart. The ratio's axis begins at 0 and reaches at least 2, so that flat looks flat."""
    sizes = sorted({x for line in lines for x, _ in line.points})
    values = [y for line in lines for _, y in line.points]
    rise = _Rise(0, max(2, math.ceil(max(values))), by_tens=False)
    if by_tens:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        rise = _Rise(low, max(high, low + 1), by_tens=True)
    body = "\n".join([*_axes(sizes, rise), *_curves(lines, sizes, rise)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>\n{body}\n</svg>\n'
    )


def _across(size: float, sizes: Sequence[float]) -> float:
    low, high = math.log(sizes[0]), math.log(max(sizes[-1], sizes[0] * 1.01))
    return LEFT + (math.log(size) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def _axes(sizes: Sequence[float], rise: _Rise) -> Iterator[str]:
    for step in rise.steps():
        y = rise.up(step)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{step:g}</text>'
    for size in sizes:
        yield f'<text x="{_across(size, sizes):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,.0f}</text>'


def _curves(lines: Sequence[Line], sizes: Sequence[float], rise: _Rise) -> Iterator[str]:
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{_across(x, sizes):.1f},{rise.up(y):.1f}" for x, y in line.points)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{LEFT + 190 * number}" y="{HEIGHT - 8}" fill="{colour}">{escape(line.name)}</text>'
