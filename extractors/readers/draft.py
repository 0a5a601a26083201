"""What a reader hands over: pages that have text already, pages that wait for OCR, and the files found inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extractors.document import Box, PageText
from extractors.limits import Limits
from extractors.picture_hash import PictureHash


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text layer that may say something else than the page shows, for the `reason` given.

    `layer` is the page as it is if the layer is right. `sample` is the part of the page by which that is told.
    """

    layer: PageText
    sample: Box
    reason: str


@dataclass(frozen=True, slots=True)
class PendingPage:
    """A page whose picture must go through OCR.

    `image` is a picture of the page as delivered (upright as its file says), in the scratch folder; `width` and
    `height` are the page's size in points. `typed` is what the page's own text layer holds, where it is sound but
    does not cover the page (a scan with a few typed words): it is kept, and OCR adds what it lacks. `picture` is the
    hash by which copies of the picture are found, made while it is in memory; None where it shows nothing. `heading`
    is a line that is not in the picture and stands before what is (the time of a film's frame). `area` is the part of
    the page that `image` shows, where that is not all of it. With a `doubt` the picture is read only where a sample of
    it says something else than the page's text layer. `notes` are findings about the page, whatever is read. `small` is
    the page made small, in colour where it has any, in which marks are sought; None where none are (a film's frames).
    """

    image: Path
    width: float
    height: float
    dpi: float
    reason: str
    typed: PageText | None = None
    picture: PictureHash | None = None
    heading: str = ""
    area: Box | None = None
    doubt: Doubt | None = None
    notes: tuple[str, ...] = ()
    small: Path | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """A file found inside another (attachment, archive member): its bytes lie at `path` in the scratch folder.

    `untrusted_name` is what the container called it: shown, never used as a path.
    """

    untrusted_name: str
    path: Path


@dataclass(frozen=True)
class Draft:
    """A file as a reader found it. `metadata` holds (key, value) pairs such as ("EXIF DateTimeOriginal", "…")."""

    media_type: str
    pages: tuple[PageText | PendingPage, ...]
    children: tuple[Child, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    title: str | None = None


Drawn = Callable[["PendingPage", int, int], None]
"""Hears of a page, its number from 1, and how many pages the document has."""


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read: its bytes at `path`, the name people know it by, and a folder for what reading leaves behind.

    `drawn` hears of the pictures of pages for OCR while later pages are still being drawn.
    """

    path: Path
    untrusted_name: str
    media_type: str
    scratch: Path
    limits: Limits
    drawn: Drawn | None = None
