"""Ruled tables of a PDF page: cells as slices of its text.

The lines come from pdfium, which is fast; pdfplumber's table geometry turns them into cells.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from extractors.document import Cell, Word
from extractors.readers.pdf_content import Content, Line
from extractors.readers.pdf_text import Geometry

MIN_PATHS, MAX_PATHS = 2, 3000
MIN_LENGTH = 6.0
SLANT = 1.0
"""Points that a ruled line may be off the horizontal or vertical."""
TOLERANCE = 3.0
MAX_EDGES = 800
"""Edges on a page, merged, beyond which it is a drawing and not a table."""

Rectangle = tuple[float, float, float, float]


def looks_ruled(content: Content) -> bool:
    """Whether the page has so many drawn paths that they may be a table, and not so many that they are a drawing."""
    return MIN_PATHS <= len(content.paths) <= MAX_PATHS


def cells(content: Content, words: Sequence[Word], geometry: Geometry) -> tuple[Cell, ...]:
    """The cells of the page's ruled tables that have text, in order of table, row and column.

    A cell whose lines stand apart in the text (its neighbours' lines between them) gives a `Cell` for each piece.
    """
    found: list[Cell] = []
    for number, table in enumerate(_tables(_edges(content.lines(), geometry))):
        found += _filled(number, table, words, geometry)
    return tuple(found)


def _edges(lines: Iterable[Line], geometry: Geometry) -> list[dict[str, Any]]:
    edges = []
    for line in lines:
        box = geometry.box(
            min(line.x0, line.x1), min(line.y0, line.y1), max(line.x0, line.x1), max(line.y0, line.y1)
        )
        x0, x1 = box.x0 * geometry.width, box.x1 * geometry.width
        top, bottom = box.y0 * geometry.height, box.y1 * geometry.height
        if x1 - x0 >= MIN_LENGTH and bottom - top <= SLANT:
            edges.append(_edge("h", x0, x1, top, top))
        elif bottom - top >= MIN_LENGTH and x1 - x0 <= SLANT:
            edges.append(_edge("v", x0, x0, top, bottom))
    return edges


def _edge(orientation: str, x0: float, x1: float, top: float, bottom: float) -> dict[str, Any]:
    """An edge in the form that pdfplumber's table functions take."""
    size = {"width": x1 - x0, "height": bottom - top, "doctop": top}
    return {"orientation": orientation, "x0": x0, "x1": x1, "top": top, "bottom": bottom, **size}


def _tables(edges: list[dict[str, Any]]) -> list[list[Rectangle]]:
    directions = [e["orientation"] for e in edges]
    if directions.count("h") < 2 or directions.count("v") < 2:
        return []
    from pdfplumber import table

    merged = table.merge_edges(edges, TOLERANCE, TOLERANCE, TOLERANCE, TOLERANCE)
    if len(merged) > MAX_EDGES:
        return []
    corners = table.edges_to_intersections(merged, TOLERANCE, TOLERANCE)
    tables: list[list[Rectangle]] = table.cells_to_tables(table.intersections_to_cells(corners))
    return [t for t in tables if len({c[0] for c in t}) > 1 and len({c[1] for c in t}) > 1]


def _filled(number: int, table: list[Rectangle], words: Sequence[Word], geometry: Geometry) -> list[Cell]:
    columns, rows = sorted({c[0] for c in table}), sorted({c[1] for c in table})
    held = [_cell_at(word, table, geometry) for word in words]
    found = []
    for cell, run in groupby(range(len(words)), key=lambda i: held[i]):
        if cell is not None:
            span = list(run)
            row, column = bisect_right(rows, cell[1]) - 1, bisect_right(columns, cell[0]) - 1
            found.append(Cell(number, row, column, words[span[0]].start, words[span[-1]].end))
    return sorted(found, key=lambda c: (c.row, c.column, c.start))


def _cell_at(word: Word, table: list[Rectangle], geometry: Geometry) -> Rectangle | None:
    x = (word.box.x0 + word.box.x1) / 2 * geometry.width
    y = (word.box.y0 + word.box.y1) / 2 * geometry.height
    return next((c for c in table if c[0] <= x < c[2] and c[1] <= y < c[3]), None)
