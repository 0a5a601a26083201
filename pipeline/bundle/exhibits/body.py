"""An exhibit's pages, whatever its format: the one place that chooses how a format is shown."""

from __future__ import annotations

from collections.abc import Callable

from extractors.errors import DocumentError
from pipeline.bundle.case import Exhibit
from pipeline.bundle.exhibits import words
from pipeline.bundle.exhibits.press import Press
from pipeline.bundle.exhibits.printing import Job, Printed, print_film, print_pdf, print_pictures
from pipeline.bundle.plan import Body, Slice
from pipeline.bundle.profile import Profile
from pipeline.renditions.words import write_words


def body_of(exhibit: Exhibit, press: Press, profile: Profile) -> Body:
    """The exhibit's pages; a body without pages, and a note that says why, when nothing of it can be shown."""
    if exhibit.media_type.startswith("video/"):
        return _film(exhibit, press, profile)
    printer = _printer(exhibit.media_type)
    if printer is None:
        return _text(exhibit, press, profile, exhibit.failure)
    try:
        printed = _printed(printer, exhibit, press, profile)
    except DocumentError as error:
        return _text(exhibit, press, profile, error.message)
    if not printed.files:
        return _text(exhibit, press, profile, printed.note)
    parts = tuple(press.take(file) for file in printed.files)
    return Body(parts, tuple(range(len(printed.laid))), printed.note, printed.laid)


def _printer(media_type: str) -> Callable[[Job], Printed] | None:
    if media_type == "application/pdf":
        return print_pdf
    return print_pictures if media_type.startswith("image/") else None


def _film(exhibit: Exhibit, press: Press, profile: Profile) -> Body:
    """The video's sheet as text, then its frames as pictures, each with its time."""
    document = exhibit.read()
    if document is None or len(document.pages) < 2:
        return _text(exhibit, press, profile, exhibit.failure)
    times = [document.page_text(page.number).partition("\n")[0] for page in document.pages[1:]]
    captions = tuple(f"{exhibit.name} · {time}" for time in times)
    try:
        printed = _printed(print_film, exhibit, press, profile, exhibit.media_type, captions)
    except DocumentError as error:
        return _text(exhibit, press, profile, f"Its frames cannot be shown ({error.code})")
    if not printed.files:
        return _text(exhibit, press, profile, printed.note)
    place, paper = press.text()
    first = paper.page
    words.set_pages(paper, document, exhibit.name, profile, most=1)
    sheet = Slice(place, first, paper.page - first)
    frames = tuple(press.take(file) for file in printed.files)
    starts = (0, *range(sheet.count, sheet.count + len(captions)))
    return Body((sheet, *frames), starts, exhibit.failure, (*(None,) * sheet.count, *printed.laid))


def _printed(
    printer: Callable[..., Printed], exhibit: Exhibit, press: Press, profile: Profile, *more: object
) -> Printed:
    """The pages as the printer made them; raises a DocumentError when it could not."""
    folder = press.folder()
    said = write_words(exhibit.page_words(), folder / "words")
    job = Job(exhibit.original, exhibit.name, said if said.pages else None, folder, profile)
    printed = press.run(printer, job, *more, size=exhibit.original.stat().st_size, name=exhibit.name)
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
