"""Seals, stamps and signatures on a PDF page with a text layer: as pictures of their own, or on a scan whose words some
copier recognised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from extractors.document import Box, Mark, PageText
from extractors.readers import render
from extractors.readers.pdf_content import Content, Picture

AREA = (0.002, 0.3)
"""Shares of a page that such a picture covers: 11 mm in the square on A4, and half the width by half the height."""
SIGNATURE_AREA, SIGNATURE_FILLS = 0.05, 0.5
"""Share of a page that the picture of a signature covers at most, and the share of it that its strokes span: in
drawings and photos they span less."""
LETTERHEAD = 0.15
"""Share of a page, from its top, in which a curly picture is a letterhead's."""
SCAN = 0.7
"""Share of a page from which on a picture is a scan of it."""
DPI = 100.0

Keys = set[tuple[int, int, int]]


def with_marks(page: Any, typed: PageText, drawn: Content, plain: Keys) -> PageText:
    """The page with the marks that its pictures are. `page` is pdfium's, `plain` the keys of pictures that were looked
    at and are none: a letterhead's is looked at once."""
    pictures = [p for p in drawn.pictures if _is_looked_at(p) and p.key not in plain]
    if not pictures:
        return typed
    from extractors.ocr.marks import (  # OpenCV takes long to load, and most documents need none of it
        marks,
        note,
    )

    found = marks(render.reduced(render.in_colour(page, DPI)), typed.width, typed.words)
    held = {picture: tuple(_held(picture, found)) for picture in pictures}
    plain.update(picture.key for picture, inside in held.items() if not inside)
    kept = tuple(mark for mark in found if any(mark in inside for inside in held.values()))
    said = note(kept)
    return replace(typed, marks=kept, notes=(*typed.notes, said)) if said else typed


def _is_looked_at(picture: Picture) -> bool:
    return AREA[0] <= picture.area <= AREA[1] or picture.area >= SCAN


def _held(picture: Picture, found: tuple[Mark, ...]) -> Iterator[Mark]:
    for mark in found:
        if _shared(mark.box, picture.box) < 0.8:
            continue
        if mark.kind != "handwriting" or picture.area >= SCAN or _is_signature(picture, mark):
            yield mark


def _is_signature(picture: Picture, mark: Mark) -> bool:
    is_small = picture.area <= SIGNATURE_AREA and picture.box.y0 > LETTERHEAD
    return is_small and _area(mark.box) >= SIGNATURE_FILLS * picture.area


def _shared(inner: Box, outer: Box) -> float:
    """How much (0 to 1) of a box lies in another."""
    return inner.common(outer) / max(_area(inner), 1e-9)


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.y1 - box.y0)
