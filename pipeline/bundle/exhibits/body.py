"""An exhibit's pages, whatever its format: the one place that chooses how a format is shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from extractors.document import Document
from extractors.errors import DocumentError
from pipeline.bundle.case import Exhibit
from pipeline.bundle.exhibits import words
from pipeline.bundle.exhibits.press import Press
from pipeline.bundle.exhibits.printing import Job, Printed, print_film, print_pdf, print_pictures
from pipeline.bundle.plan import Body, Slice
from pipeline.bundle.profile import Profile
from pipeline.renditions.words import write_words

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
    printing = _printing(printer, exhibit, press, profile)

    def finished() -> Body:
        try:
            printed = printing()
        except DocumentError as error:
            return _text(exhibit, press, profile, error.message)
        if not printed.files:
            return _text(exhibit, press, profile, printed.note)
        parts = tuple(press.take(file) for file in printed.files)
        return Body(parts, tuple(range(len(printed.laid))), printed.note, printed.laid)

    return finished


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
    printing = _printing(print_film, exhibit, press, profile, exhibit.media_type, captions)

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
    return Body((sheet, *frames), starts, exhibit.failure, (*(None,) * sheet.count, *printed.laid))


def _printing(
    printer: Callable[..., Printed], exhibit: Exhibit, press: Press, profile: Profile, *more: object
) -> Callable[[], Printed]:
    """Has the pages printed; what is returned waits for them, and raises a DocumentError when they cannot be."""
    folder = press.folder()
    said = write_words(exhibit.page_words(), folder / "words")
    job = Job(exhibit.original, exhibit.name, said if said.pages else None, folder, profile)
    size = exhibit.original.stat().st_size
    running = press.started(printer, job, *more, size=size, name=exhibit.name)

    def printed() -> Printed:
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
