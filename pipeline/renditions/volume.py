"""A PDF of pictures with their words, page by page; few of its bytes are in memory at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

import pikepdf
from pikepdf import Pdf

from pipeline.renditions.layer import Layer
from pipeline.renditions.picture import Placed, blank, put
from pipeline.renditions.words import Line

_CHUNK = 16 * 2**20
"""Bytes of pictures that are held until they go to the disk as a part."""


class Volume:
    """Pages that are collected in parts in the folder `scratch` until they are saved."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._parts: list[Path] = []
        self._open: tuple[Pdf, Layer] | None = None
        self._held = 0

    def add(self, picture: Placed, lines: Iterable[Line]) -> None:
        """Adds a page: the picture, and its words where they stand on it."""
        pdf, layer = self._opened()
        page = blank(pdf, picture.paper)
        put(pdf, page, picture)
        layer.put_at(page, lines, picture.seen)
        self._held += len(picture.data)
        if self._held >= _CHUNK:
            self._close_part()

    def add_blank(self, paper: tuple[float, float]) -> None:
        """Adds an empty page, in the place of one that cannot be shown."""
        blank(self._opened()[0], paper)

    def save(self, out: Path, finished: Callable[[Pdf], None]) -> int:
        """Writes all pages to one file, whose last touch is given by `finished`; returns how many there are."""
        self._close_part()
        with ExitStack() as stack:
            pdf = stack.enter_context(pikepdf.new())
            for part in self._parts:
                pdf.pages.extend(stack.enter_context(pikepdf.open(part)).pages)
            finished(pdf)
            pdf.save(out, deterministic_id=True)
            count = len(pdf.pages)
        for part in self._parts:
            part.unlink()
        return count

    def _opened(self) -> tuple[Pdf, Layer]:
        if self._open is None:
            pdf = pikepdf.new()
            self._open = pdf, Layer(pdf)
        return self._open

    def _close_part(self) -> None:
        if self._open is None:
            return
        pdf, layer = self._open
        layer.finish()
        part = self._scratch / f"part-{len(self._parts):05}.pdf"
        pdf.save(part, deterministic_id=True)
        pdf.close()
        self._parts.append(part)
        self._open, self._held = None, 0
