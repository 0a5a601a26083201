"""PDFs and pictures as pages of a bundle. Runs in a worker: what it opens may be hostile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import pikepdf

from extractors.limits import Limits
from extractors.readers import video
from extractors.readers.draft import Input
from pipeline.bundle.exhibits import foreign, picture
from pipeline.bundle.exhibits.fineness import coarsened
from pipeline.bundle.paper import SMALL
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import Style, canvas, draw, wrap
from pipeline.renditions.drawn import Unprintable, drawn
from pipeline.renditions.geometry import Rect
from pipeline.renditions.layer import Laid, Layer
from pipeline.renditions.picture import BadPicture, Placed, blank, put
from pipeline.renditions.words import PageWords, WordFile

_NOTICE = Style(11, 16)
_CHUNK = 16
"""Drawn pages that go into one file, so that they are not all in memory."""


@dataclass(frozen=True, slots=True)
class Job:
    """An original to print into the empty folder `folder`, and the words of its pages, where it was read."""

    original: Path
    name: str
    words: WordFile | None
    folder: Path
    profile: Profile

    def pages(self) -> Iterator[PageWords | None]:
        """The words page by page; None where there are none (any more)."""
        if self.words is not None:
            yield from self.words.read()
        while True:
            yield None


@dataclass(frozen=True, slots=True)
class Printed:
    """The pages of an exhibit as PDF files, one after the other; without files, `note` says why.

    `laid` is what lies on each page as invisible text, `seen` where the picture stands on it, unless it is all of it.
    `note` is for people, empty where all is as usual.
    """

    files: tuple[Path, ...]
    laid: tuple[Laid | None, ...] = ()
    note: str = ""
    seen: tuple[Rect, ...] = ()


def print_pdf(job: Job) -> Printed:
    """The pages of a PDF, taken over or as pictures."""
    out = job.folder / "taken.pdf"
    try:
        taken = foreign.taken_over(job.original, out, job.words)
        coarsened(out, job.profile.dpi)
        return Printed((out,), taken.laid, _left_out(taken.left_out))
    except foreign.NeedsPicture as reason:
        out.unlink(missing_ok=True)
        note = str(reason)
    except Unprintable as error:
        return Printed((), note=str(error))
    try:
        return _drawn(job, note)
    except Unprintable as error:
        return Printed((), note=str(error))


def _left_out(kinds: Sequence[str]) -> str:
    return f"shown without what acts or travels along in the file: {', '.join(kinds)}" if kinds else ""


def _drawn(job: Job, note: str) -> Printed:
    files: list[Path] = []
    laid: list[Laid | None] = []
    pages = zip(drawn(job.original), job.pages(), strict=False)
    while chunk := list(islice(pages, _CHUNK)):
        files.append(job.folder / f"drawn-{len(files):05}.pdf")
        laid += _bound(chunk, job, files[-1])
    return Printed(tuple(files), tuple(laid), note)


def _bound(pages: Iterable[tuple[Placed | int, PageWords | None]], job: Job, out: Path) -> list[Laid | None]:
    """Writes drawn pages to `out`; a page that cannot be drawn is a notice of it."""
    laid: list[Laid | None] = []
    with pikepdf.new() as pdf:
        layer = Layer(pdf)
        for page, words in pages:
            if isinstance(page, int):
                _notice(pdf, job, page)
                laid.append(None)
                continue
            sheet = blank(pdf, page.paper)
            put(pdf, sheet, page)
            laid.append(layer.put_at(sheet, words.lines if words else (), page.seen))
        layer.finish()
        pdf.save(out, deterministic_id=True)
    return laid


def _notice(pdf: pikepdf.Pdf, job: Job, number: int) -> None:
    """A page that stands for one that cannot be drawn."""
    path, profile = job.folder / f"notice-{number:05}.pdf", job.profile
    sheet = canvas(path, profile.paper)
    draw(sheet, 62, profile.paper[1] / 2, profile.word("sheet.unreadable_page", n=number), _NOTICE)
    sheet.save()
    with pikepdf.open(path) as notice:
        pdf.pages.extend(notice.pages)


def print_pictures(job: Job) -> Printed:
    """Each picture of the file on its sheet."""
    files: list[Path] = []
    laid: list[Laid | None] = []
    seen: list[Rect] = []
    caption, words = _caption(job), job.pages()
    try:
        pictures = picture.placed(job.original, job.profile.paper, job.profile.dpi)
        for held in picture.chunks(pictures):
            files.append(job.folder / f"sheets-{len(files):05}.pdf")
            laid += _on_sheets(held, words, [caption] * len(held), files[-1])
            seen += (placed.seen for placed in held)
    except BadPicture as error:
        if not files:
            return Printed((), note=str(error))
        note = "The file is damaged: only its first pictures can be shown"
        return Printed(tuple(files), tuple(laid), note, tuple(seen))
    return Printed(tuple(files), tuple(laid), seen=tuple(seen))


def print_film(job: Job, media_type: str, captions: Sequence[str]) -> Printed:
    """The frames that stand for a video, taken from the original once more, each on its sheet with its caption."""
    limits = replace(Limits(), pages=len(captions) + 1)
    posters = video.frames(Input(job.original, job.name, media_type, job.folder, limits))
    if len(posters) != len(captions):
        return Printed((), note="Its frames cannot be shown: other ones were found than when it was read")
    pictures: list[Placed] = []
    for number, poster in enumerate(posters):
        path = job.folder / f"frame-{number:05}.jpg"
        path.write_bytes(poster.jpeg)
        pictures += picture.placed(path, job.profile.paper, job.profile.dpi)
    out = job.folder / "frames.pdf"
    words = islice(job.pages(), 1, None)  # the first page is the sheet of what the file says of itself
    laid = tuple(_on_sheets(pictures, words, captions, out))
    return Printed((out,), laid, seen=tuple(placed.seen for placed in pictures))


def _caption(job: Job) -> str:
    taken = picture.taken(job.original)
    if taken is None:
        return job.name
    return f"{job.name} · {job.profile.word('sheet.taken')} {job.profile.date(taken.date())}, {taken:%H:%M}"


def _on_sheets(
    pictures: Sequence[Placed], words: Iterator[PageWords | None], texts: Sequence[str], out: Path
) -> list[Laid | None]:
    """Writes a PDF with each picture on its sheet, its words over it, its caption below."""
    laid: list[Laid | None] = []
    captions = out.with_suffix(".captions")
    _write_captions(pictures, texts, captions)
    with pikepdf.open(captions) as pdf:
        layer = Layer(pdf)
        for page, placed, known in zip(pdf.pages, pictures, words, strict=False):
            put(pdf, page, placed)
            laid.append(layer.put_at(page, known.lines if known else (), placed.seen))
        layer.finish()
        pdf.save(out, deterministic_id=True)
    captions.unlink()
    return laid


def _write_captions(pictures: Sequence[Placed], captions: Sequence[str], out: Path) -> None:
    sheets = canvas(out)
    for placed, caption in zip(pictures, captions, strict=True):
        sheets.setPageSize(placed.paper)
        line = wrap(caption, SMALL, placed.paper[0] - 200, most=1)[0]
        draw(sheets, 40, 46, line, SMALL)
        sheets.showPage()
    sheets.save()
