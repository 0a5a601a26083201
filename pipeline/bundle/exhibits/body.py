"""An exhibit's pages, whatever its format: the one place that chooses how a format is shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from extractors.document import Document
from extractors.errors import DocumentError
from pipeline.bundle.case import Exhibit
from pipeline.bundle.corners import Ink
from pipeline.bundle.exhibits import words
from pipeline.bundle.exhibits.ink import inks
from pipeline.bundle.exhibits.press import Press, Runner
from pipeline.bundle.exhibits.printing import Job, Printed, print_film, print_pdf, print_pictures
from pipeline.bundle.plan import Body, Slice
from pipeline.bundle.profile import Profile
from pipeline.renditions.words import write_words

T = TypeVar("T")
Inks = tuple[Ink | None, ...]

_AHEAD = 3
"""Exhibits that wait their turn for each that is printed beside the first, so that a long one holds up nobody."""


def bodies(exhibits: Iterable[Exhibit], press: Press, profile: Profile) -> Iterator[Body]:
    """The exhibits' pages in their order, printed ahead of it as far as the press goes.

    A body has no pages, and a note that says why, when nothing of its exhibit can be shown.
    """
    waiting: deque[Callable[[], Body]] = deque()
    for exhibit in exhibits:
        waiting.append(_begun(exhibit, press, profile))
        if len(waiting) > _AHEAD * (press.ahead - 1):
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()


def _begun(exhibit: Exhibit, press: Press, profile: Profile) -> Callable[[], Body]:
    """Has the exhibit printed; what is returned gives its pages, and must be called in the exhibits' order."""
    if exhibit.media_type.startswith("video/"):
        return _film(exhibit, press, profile)
    printer = _printer(exhibit.media_type)
    if printer is None:
        return partial(_text, exhibit, press, profile, exhibit.failure)
    printing = _printing(partial(_printed_with_ink, printer), exhibit, press, profile)

    def finished() -> Body:
        try:
            printed, ink = printing()
        except DocumentError as error:
            return _text(exhibit, press, profile, error.message)
        if not printed.files:
            return _text(exhibit, press, profile, printed.note)
        parts = tuple(press.take(file) for file in printed.files)
        return Body(parts, tuple(range(len(printed.laid))), printed.note, printed.laid, ink, printed.seen)

    return finished


def _printed_with_ink(printer: Callable[[Job], Printed], run: Runner, job: Job) -> tuple[Printed, Inks]:
    """The pages and where they have ink; a file whose margins cannot be drawn within the limits is still shown."""
    size = job.original.stat().st_size
    printed = run(printer, job, size=size, name=job.name)
    if printed.seen:
        return printed, ()  # pictures stand on sheets whose margins are known to be free
    found: list[Ink | None] = []
    for file in printed.files:
        try:
            found += run(inks, file, size=size, name=job.name)
        except DocumentError:
            return printed, ()
    return printed, tuple(found)


def _printer(media_type: str) -> Callable[[Job], Printed] | None:
    if media_type == "application/pdf":
        return print_pdf
    return print_pictures if media_type.startswith("image/") else None


def _film(exhibit: Exhibit, press: Press, profile: Profile) -> Callable[[], Body]:
    """The video's sheet as text, then its frames as pictures, each with its time."""
    document = exhibit.read()
    if document is None or len(document.pages) < 2:
        return partial(_text, exhibit, press, profile, exhibit.failure)
    times = [document.page_text(page.number).partition("\n")[0] for page in document.pages[1:]]
    captions = tuple(f"{exhibit.name} · {time}" for time in times)

    def film(run: Runner, job: Job) -> Printed:
        size = job.original.stat().st_size
        return run(print_film, job, exhibit.media_type, captions, size=size, name=job.name)

    printing = _printing(film, exhibit, press, profile)

    def finished() -> Body:
        try:
            printed = printing()
        except DocumentError as error:
            return _text(exhibit, press, profile, f"Its frames cannot be shown ({error.code})")
        if not printed.files:
            return _text(exhibit, press, profile, printed.note)
        return _film_body(exhibit, document, printed, press, profile)

    return finished


def _film_body(
    exhibit: Exhibit, document: Document, printed: Printed, press: Press, profile: Profile
) -> Body:
    place, paper = press.text()
    first = paper.page
    words.set_pages(paper, document, exhibit.name, profile, most=1)
    sheet = Slice(place, first, paper.page - first)
    frames = tuple(press.take(file) for file in printed.files)
    starts = (0, *range(sheet.count, sheet.count + len(printed.laid)))
    before = (None,) * sheet.count
    laid, seen = (*before, *printed.laid), (*before, *printed.seen)
    return Body((sheet, *frames), starts, exhibit.failure, laid, seen=seen)


def _printing(
    printer: Callable[[Runner, Job], T], exhibit: Exhibit, press: Press, profile: Profile
) -> Callable[[], T]:
    """Has the pages printed; what is returned waits for them, and raises a DocumentError when they cannot be."""
    folder = press.folder()
    said = write_words(exhibit.page_words(), folder / "words")
    job = Job(exhibit.original, exhibit.name, said if said.pages else None, folder, profile)
    running = press.started(lambda run: printer(run, job))

    def printed() -> T:
        try:
            return running()
        finally:
            said.path.unlink()

    return printed


def _text(exhibit: Exhibit, press: Press, profile: Profile, note: str) -> Body:
    document = exhibit.read()
    if document is None or not document.text[: document.body_end].strip():
        return Body(note=note)
    path, paper = press.text()
    first = paper.page
    starts = words.set_pages(paper, document, exhibit.name, profile)
    return Body((Slice(path, first, paper.page - first),), starts, note)
