"""Pictures of pages for people to look at: drawn in a worker when first asked for, then kept.

They are derived: `pictures/` of a workspace may be deleted at any time. Originals are hostile, so no picture is ever
drawn in the process that serves it.
"""

from __future__ import annotations

import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Literal

import pypdfium2
from PIL import Image

from extractors.errors import Corrupt
from extractors.readers.image import TURNS
from extractors.readers.image_exif import orientation
from extractors.readers.pdf_repair import repaired
from extractors.workers import Workers
from pipeline.errors import NotFound
from pipeline.evidence import Summary
from pipeline.matter import Matter
from pipeline.renditions.picture import BAD_IMAGE, check_pixels, flat, frames

Size = Literal["small", "page", "large"]
SIDES: dict[Size, int] = {"small": 240, "page": 1500, "large": 2800}
"""Pixels of the longer side."""
MEDIA_TYPE = "image/webp"
SECONDS = 30.0
_QUALITY = 82
_PDF, _PICTURE = "application/pdf", "image/"
_FORM = 1
"""Part of the names of kept pictures; raised when they are drawn differently, so that old ones are not shown."""


def has_pictures(media_type: str) -> bool:
    """Whether the pages of such a file look like something; those of a mail or a text do not."""
    return media_type == _PDF or media_type.startswith(_PICTURE)


def picture_tag(found: Summary, number: int, size: Size) -> str:
    """What names the picture of a page for ever: the same tag, the same bytes."""
    return f"{found.sha256[:32]}-{number}-{size}-{_FORM}"


class PagePictures:
    """The pictures of a matter's pages. One worker draws; who asks for a page that is being drawn waits for it."""

    def __init__(self, matter: Matter) -> None:
        self._matter = matter
        self._folder = matter.workspace.pictures
        self._limits = matter.settings.limits.limits()
        self._guard = threading.Lock()
        self._workers: Workers | None = None
        self._drawing: dict[str, Future[None]] = {}

    def picture(self, found: Summary, number: int, size: Size) -> Path:
        """The file with the picture of page `number` (from 1). Raises `NotFound`, and the error of its drawing."""
        if not has_pictures(found.media_type) or not 1 <= number <= found.page_count:
            raise NotFound(
                f"There is no picture of page {number} of {found.id}.", "Look at its text instead."
            )
        tag = picture_tag(found, number, size)
        kept = self._folder / tag[:2] / f"{tag}.webp"
        if not kept.exists():
            self._drawn(found, number, size, kept)
        return kept

    def close(self) -> None:
        """End the worker."""
        with self._guard:
            if self._workers is not None:
                self._workers.stop()
                self._workers = None

    def _drawn(self, found: Summary, number: int, size: Size, kept: Path) -> None:
        with self._matter.originals.lent(
            found.sha256
        ) as original:  # not under our lock: it may come from afar
            given = (original, found.media_type, number, SIDES[size], self._limits.pixels, kept, found.name)
            self._drawing_of(kept, given, found.name).result()

    def _drawing_of(self, kept: Path, given: tuple[Any, ...], name: str) -> Future[None]:
        with self._guard:
            if kept.name in self._drawing:
                return self._drawing[kept.name]
            if self._workers is None:
                self._workers = Workers(1, self._limits)
            kept.parent.mkdir(parents=True, exist_ok=True)
            drawing = self._workers.submit(draw, *given, seconds=SECONDS, name=name)
            self._drawing[kept.name] = drawing
        drawing.add_done_callback(lambda _: self._drawing.pop(kept.name, None))
        return drawing


def draw(
    original: Path, media_type: str, number: int, side: int, pixels: int, out: Path, untrusted_name: str
) -> None:
    """Draw a page into the new file `out`, whole or not at all; runs in a worker. Raises Corrupt, Encrypted."""
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=out.parent) as folder:
        scratch = Path(folder)
        if media_type == _PDF:
            picture = _page(original, number, side, scratch, untrusted_name)
        else:
            picture = _frame(original, number, side, pixels, untrusted_name)
        made = scratch / "page.webp"
        picture.save(made, "WEBP", quality=_QUALITY, method=2)
        made.replace(out)


def _page(original: Path, number: int, side: int, scratch: Path, untrusted_name: str) -> Image.Image:
    try:
        document = pypdfium2.PdfDocument(original)
    except pypdfium2.PdfiumError:
        document = pypdfium2.PdfDocument(repaired(original, scratch, untrusted_name))
    try:
        page = document[number - 1]
        wide, high = page.get_size()
        bitmap = page.render(scale=side / max(wide, high, 1.0), rev_byteorder=True)
        picture: Image.Image = bitmap.to_pil().convert("RGB")
        return picture
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise Corrupt(f"{untrusted_name}: page {number} cannot be drawn") from error
    finally:
        document.close()


def _frame(original: Path, number: int, side: int, pixels: int, untrusted_name: str) -> Image.Image:
    try:
        for at, frame in enumerate(frames(original), 1):
            if at == number:
                check_pixels(frame, pixels)
                if frame.format in ("JPEG", "MPO"):
                    frame.draft(None, (side, side))
                turns = TURNS.get(orientation(frame), ())
                picture = flat(frame).convert("RGB")
                picture.thumbnail((side, side))
                for turn in turns:
                    picture = picture.transpose(turn)
                return picture
    except BAD_IMAGE as error:
        raise Corrupt(f"{untrusted_name}: page {number} cannot be drawn") from error
    raise Corrupt(f"{untrusted_name}: it has no page {number}")
