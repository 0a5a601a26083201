"""From PresentationML and DrawingML (ECMA-376, 19 and 21) to text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extractors.readers.layout import OpenTable, TextBuilder
from extractors.readers.ooxml import attribute, child, local

_LABELS = {"notesSlide": "Notes", "comments": "Comments", "diagramData": "", "chart": ""}
_TITLES = ("title", "ctrTitle")
_PAGE_FURNITURE = ("sldNum", "dt", "hdr", "ftr", "sldImg")
"""Placeholders of notes pages that say nothing of the slide."""
_DEEPEST_GROUP = 40


def slide_text(root: Any) -> TextBuilder:
    """The slide's title, then its other shapes in the order of the shape tree: that is the order in which
    PowerPoint reads a slide aloud (accessibility reading order)."""
    out = TextBuilder()
    tree = child(root, "cSld", "spTree")
    shapes = list(_shapes(tree)) if tree is not None else []
    for shape in sorted(shapes, key=lambda s: _placeholder(s) not in _TITLES):
        _add_shape(shape, out)
    return out


def furniture_text(root: Any) -> TextBuilder:
    """What a layout or master shows on all its slides: shapes that are no places for the slides' own text."""
    out = TextBuilder()
    tree = child(root, "cSld", "spTree")
    for shape in _shapes(tree) if tree is not None else ():
        if not _placeholder(shape):
            _add_shape(shape, out)
    return out


def drawn_text(root: Any, kind: str) -> TextBuilder:
    """The text of a part that belongs to a slide: notes page, comments, diagram, chart (its titles and cached
    labels), under a heading of its kind."""
    inner = TextBuilder()
    if kind == "notesSlide":
        _add_notes(root, inner)
    elif kind == "comments":
        _add_lines(_comments(root), inner)
    else:
        _add_paragraphs(root, inner)
    if kind == "chart":
        _add_lines(_chart_values(root), inner)
    out = TextBuilder()
    if inner.text().strip():
        if _LABELS[kind]:
            out.add(f"{_LABELS[kind]}:")
        out.include(inner)
    return out


def _shapes(tree: Any, depth: int = 0) -> Iterator[Any]:
    """Shapes and table frames, those of groups in place; of alternatives the first choice."""
    for node in tree:
        kind = local(node.tag)
        if kind in ("sp", "graphicFrame", "cxnSp"):
            yield node
        elif kind in ("grpSp", "AlternateContent", "Choice") and depth < _DEEPEST_GROUP:
            yield from _shapes(node, depth + 1)


def _placeholder(shape: Any) -> str:
    node = child(shape, "nvSpPr", "nvPr", "ph")
    return "" if node is None else attribute(node, "type") or "body"


def _add_shape(shape: Any, out: TextBuilder) -> None:
    table = child(shape, "graphic", "graphicData", "tbl")
    if table is not None:
        _add_table(table, out)
        return
    body = child(shape, "txBody")
    if body is not None:
        _add_paragraphs(body, out)
        out.line_break()


def _add_table(table: Any, out: TextBuilder) -> None:
    out.newline()
    opened = OpenTable(out.new_table())
    for row in (node for node in table if local(node.tag) == "tr"):
        for cell in (node for node in row if local(node.tag) == "tc"):
            inner = TextBuilder()
            _add_paragraphs(cell, inner)
            opened.cells.append(inner)
        opened.end_row(out)
    out.line_break()


def _add_paragraphs(node: Any, out: TextBuilder) -> None:
    for paragraph in node.iter():
        if local(paragraph.tag) == "p":
            _add_paragraph(paragraph, out)


def _add_paragraph(paragraph: Any, out: TextBuilder) -> None:
    for run in paragraph:
        kind = local(run.tag)
        if kind in ("r", "fld"):
            text = child(run, "t")
            out.add((text.text or "") if text is not None else "", exact=True)
        elif kind == "br":
            out.newline()
    out.newline()


def _add_notes(root: Any, out: TextBuilder) -> None:
    tree = child(root, "cSld", "spTree")
    for shape in _shapes(tree) if tree is not None else ():
        if _placeholder(shape) not in _PAGE_FURNITURE:
            _add_shape(shape, out)


def _comments(root: Any) -> Iterator[str]:
    for comment in root:
        text = child(comment, "text")
        if text is not None and text.text:
            yield f"[{attribute(comment, 'dt') or 'comment'}] {text.text}"


def _chart_values(root: Any) -> Iterator[str]:
    """A line for each series: its name and categories or values as they were last shown."""
    for cache in root.iter():
        if local(cache.tag) in ("strCache", "numCache"):
            values = [v.text or "" for v in cache.iter() if local(v.tag) == "v"]
            yield " ".join(values[:1000])


def _add_lines(lines: Iterator[str], out: TextBuilder) -> None:
    for line in lines:
        out.add(line, exact=True)
        out.newline()
