"""Pictures of pages for people to look at: drawn in a worker when first asked for, then kept.

They are derived: `pictures/` of a workspace may be deleted at any time. Originals are hostile, so no picture is ever
drawn in the process that serves it.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pypdfium2
from PIL import Image

from extractors.errors import Corrupt
from extractors.limits import Limits
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
USED_EVERY = 86_400.0
"""Seconds after which the use of a kept picture is noted again."""
MOST_BYTES = 5 * 2**30
"""How much kept pictures may take; beyond that the longest unused are deleted."""
_PDF, _PICTURE, _VIDEO = "application/pdf", "image/", "video/"
_DRAWING = "image/svg+xml"
"""Words and shapes in markup: it is read as text, and nothing here draws it."""
_FORM = 1
"""Part of the names of kept pictures; raised when they are drawn differently, so that old ones are not shown."""


def has_pictures(media_type: str, number: int = 1) -> bool:
    """Whether this page of such a file looks like something; those of a mail or a text do not.

    Of a video the first page is a sheet of particulars, the others are its frames.
    """
    drawn = media_type == _PDF or (media_type.startswith(_PICTURE) and media_type != _DRAWING)
    return drawn or (_is_film(media_type) and number > 1)


def _is_film(media_type: str) -> bool:
    return media_type.startswith(_VIDEO)


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
        if not has_pictures(found.media_type, number) or not 1 <= number <= found.page_count:
            raise NotFound(
                f"There is no picture of page {number} of {found.id}.", "Look at its text instead."
            )
        tag = picture_tag(found, number, size)
        kept = self._folder / tag[:2] / f"{tag}.webp"
        try:
            if time.time() - kept.stat().st_mtime > USED_EVERY:
                os.utime(kept)  # it was of use today: see `forget_pictures`
        except OSError:
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
            about = (original, found.media_type)
            if _is_film(found.media_type):
                every = range(2, found.page_count + 1)
                outs = [kept.with_name(f"{picture_tag(found, at, size)}.webp") for at in every]
                limits = replace(self._limits, pages=found.page_count)
                film = (*about, SIDES[size], limits, outs, found.name)
                self._drawing_of(kept, draw_film, film, found.name).result()
            else:
                given = (*about, number, SIDES[size], self._limits.pixels, kept, found.name)
                self._drawing_of(kept, draw, given, found.name).result()

    def _drawing_of(
        self, kept: Path, function: Callable[..., None], given: tuple[Any, ...], name: str
    ) -> Future[None]:
        with self._guard:
            if kept.name in self._drawing:
                return self._drawing[kept.name]
            if self._workers is None:
                self._workers = Workers(1, self._limits)
            kept.parent.mkdir(parents=True, exist_ok=True)
            drawing = self._workers.submit(function, *given, seconds=SECONDS, name=name)
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
        _keep(picture, scratch, out)


def draw_film(
    original: Path, media_type: str, side: int, limits: Limits, outs: Sequence[Path], untrusted_name: str
) -> None:
    """Draw the frames of a video into the new files `outs`: to find one takes as long as to find all.

    Runs in a worker. Raises Corrupt where there are others than when it was read.
    """
    from extractors.readers import video  # what decodes films takes long to load, and few matters hold one
    from extractors.readers.draft import Input

    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=outs[0].parent) as folder:
        scratch = Path(folder)
        posters = video.frames(Input(original, untrusted_name, media_type, scratch, limits))
        if len(posters) != len(outs):
            raise Corrupt(f"{untrusted_name}: other frames were found than when it was read")
        for poster, out in zip(posters, outs, strict=True):
            with Image.open(io.BytesIO(poster.jpeg), formats=("JPEG",)) as frame:
                check_pixels(frame, limits.pixels)
                picture = frame.convert("RGB")
            picture.thumbnail((side, side))
            _keep(picture, scratch, out)


def _keep(picture: Image.Image, scratch: Path, out: Path) -> None:
    made = scratch / "page.webp"
    picture.save(made, "WEBP", quality=_QUALITY, method=2)
    made.replace(out)


def forget_pictures(folder: Path, since: datetime.datetime, most_bytes: int = MOST_BYTES) -> int:
    """Delete the pictures kept in `folder` that nobody looked at since then, then the longest unused until the others
    take no more than `most_bytes`; and what an interrupted drawing left. Returns how many were deleted."""
    kept = sorted(_kept(folder), key=lambda found: found[1], reverse=True)
    gone, taken = 0, 0
    for path, used, size in kept:
        taken += size
        if used < since.timestamp() or taken > most_bytes:
            with contextlib.suppress(OSError):
                path.unlink()
                gone += 1
    for left in folder.glob("*/.drawing-*"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime < since.timestamp():
                shutil.rmtree(left)
    return gone


def _kept(folder: Path) -> Iterator[tuple[Path, float, int]]:
    """(file, when it was last of use, bytes) of the kept pictures."""
    for path in folder.glob("*/*.webp"):
        with contextlib.suppress(OSError):
            found = path.stat()
            yield path, found.st_mtime, found.st_size


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
