"""A small chart as SVG: lines over a logarithmic axis of sizes, ratios upwards."""

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


def plot(title: str, lines: Sequence[Line]) -> str:
    """The chart. The ratio's axis begins at 0 and reaches at least 2, so that flat looks flat."""
    sizes = sorted({x for line in lines for x, _ in line.points})
    top = max(2.0, math.ceil(max(y for line in lines for _, y in line.points)))
    body = "\n".join([*_axes(sizes, top), *_curves(lines, sizes, top)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        f'<text x="{LEFT}" y="20" font-size="14">{escape(title)}</text>\n{body}\n</svg>\n'
    )


def _across(size: float, sizes: Sequence[float]) -> float:
    low, high = math.log(sizes[0]), math.log(max(sizes[-1], sizes[0] * 1.01))
    return LEFT + (math.log(size) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def _up(ratio: float, top: float) -> float:
    return HEIGHT - BOTTOM - ratio / top * (HEIGHT - TOP - BOTTOM)


def _axes(sizes: Sequence[float], top: float) -> Iterator[str]:
    for step in range(int(top) + 1):
        y = _up(step, top)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{step}</text>'
    for size in sizes:
        yield f'<text x="{_across(size, sizes):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,.0f}</text>'


def _curves(lines: Sequence[Line], sizes: Sequence[float], top: float) -> Iterator[str]:
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{_across(x, sizes):.1f},{_up(y, top):.1f}" for x, y in line.points)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield f'<text x="{LEFT + 190 * number}" y="{HEIGHT - 8}" fill="{colour}">{escape(line.name)}</text>'
