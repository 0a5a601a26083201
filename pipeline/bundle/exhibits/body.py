"""An exhibit's pages, whatever its format: the one place that chooses how a format is shown."""

from __future__ import annotations

from pathlib import Path

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from extractors.errors import DocumentError
from pipeline.bundle.case import Exhibit
from pipeline.bundle.exhibits import foreign, picture, words
from pipeline.bundle.exhibits.film import Projector
from pipeline.bundle.exhibits.press import Press
from pipeline.bundle.paper import SMALL
from pipeline.bundle.plan import Body, Slice
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import Style, draw, wrap

_NOTICE = Style(11, 16)


def body_of(exhibit: Exhibit, press: Press, profile: Profile, projector: Projector) -> Body:
    """The exhibit's pages; a body without pages, and a note that says why, when nothing of it can be shown."""
    try:
        if exhibit.media_type == "application/pdf":
            return _pdf(exhibit, press, profile)
        if exhibit.media_type.startswith("image/"):
            return _pictures(exhibit, press, profile)
        if exhibit.media_type.startswith("video/"):
            return _film(exhibit, press, profile, projector)
    except foreign.Unprintable as error:
        return _text(exhibit, press, profile, str(error))
    return _text(exhibit, press, profile, exhibit.failure)


def _text(exhibit: Exhibit, press: Press, profile: Profile, note: str) -> Body:
    document = exhibit.read()
    if document is None or not document.text[: document.body_end].strip():
        return Body(note=note)
    path, paper = press.text()
    first = paper.page
    starts = words.set_pages(paper, document, exhibit.name, profile)
    return Body((Slice(path, first, paper.page - first),), starts, note)


def _pdf(exhibit: Exhibit, press: Press, profile: Profile) -> Body:
    out = press.fresh()
    try:
        count = foreign.taken_over(exhibit.original, out)
    except foreign.NeedsPicture as reason:
        out.unlink(missing_ok=True)
        return _rendered(exhibit, press, profile, str(reason))
    return Body((press.take(out),), tuple(range(count)))


def _rendered(exhibit: Exhibit, press: Press, profile: Profile, note: str) -> Body:
    parts = []
    for pages in foreign.rendered(exhibit.original):
        out = press.fresh()
        with pikepdf.new() as pdf:
            for page in pages:
                if isinstance(page, int):
                    _notice(pdf, press, profile, page)
                else:
                    picture.put(pdf, picture.blank(pdf, page.paper), page)
            pdf.save(out, deterministic_id=True)
        parts.append(press.take(out))
    return Body(tuple(parts), tuple(range(sum(part.count for part in parts))), note)


def _notice(pdf: pikepdf.Pdf, press: Press, profile: Profile, number: int) -> None:
    """A page that stands for one that cannot be drawn."""
    path = press.fresh()
    canvas = Canvas(str(path), pagesize=profile.paper, invariant=1)
    text = profile.word("sheet.unreadable_page", n=number)
    draw(canvas, 62, profile.paper[1] / 2, text, _NOTICE)
    canvas.save()
    with pikepdf.open(path) as drawn:
        pdf.pages.extend(drawn.pages)


def _pictures(exhibit: Exhibit, press: Press, profile: Profile) -> Body:
    parts: list[Slice] = []
    note = ""
    try:
        pictures = picture.placed(exhibit.original, profile.paper, profile.dpi)
        for held in picture.chunks(pictures):
            captions = [_caption(exhibit, profile)] * len(held)
            parts.append(press.take(_on_sheets(held, captions, press)))
    except picture.BAD_IMAGE as error:
        if not parts:
            raise foreign.Unprintable(f"The picture cannot be read ({type(error).__name__})") from error
        note = "The file is damaged: only its first pictures can be shown"
    return Body(tuple(parts), tuple(range(sum(part.count for part in parts))), note)


def _film(exhibit: Exhibit, press: Press, profile: Profile, projector: Projector) -> Body:
    """The video's sheet as text, then its frames as pictures, each with its time."""
    document = exhibit.read()
    if document is None or len(document.pages) < 2:
        return _text(exhibit, press, profile, exhibit.failure)
    try:
        paths = projector.frames(exhibit, len(document.pages) - 1)
    except DocumentError as error:
        raise foreign.Unprintable(f"Its frames cannot be shown ({error.code})") from error
    if len(paths) != len(document.pages) - 1:
        raise foreign.Unprintable("Its frames cannot be shown: other ones were found than when it was read")
    place, paper = press.text()
    first = paper.page
    words.set_pages(paper, document, exhibit.name, profile, most=1)
    sheet = Slice(place, first, paper.page - first)
    pictures = [one for path in paths for one in picture.placed(path, profile.paper, profile.dpi)]
    times = [document.page_text(page.number).partition("\n")[0] for page in document.pages[1:]]
    captions = [f"{exhibit.name} · {time}" for time in times]
    frames = press.take(_on_sheets(pictures, captions, press))
    starts = (0, *range(sheet.count, sheet.count + frames.count))
    return Body((sheet, frames), starts, exhibit.failure)


def _caption(exhibit: Exhibit, profile: Profile) -> str:
    taken = picture.taken(exhibit.original)
    if taken is None:
        return exhibit.name
    return f"{exhibit.name} · {profile.word('sheet.taken')} {profile.date(taken.date())}, {taken:%H:%M}"


def _on_sheets(pictures: list[picture.Placed], captions: list[str], press: Press) -> Path:
    """A PDF with each picture on its sheet, its caption below."""
    sheets, out = press.fresh(), press.fresh()
    canvas = Canvas(str(sheets), invariant=1, pageCompression=1)
    for placed, caption in zip(pictures, captions, strict=True):
        canvas.setPageSize(placed.paper)
        line = wrap(caption, SMALL, placed.paper[0] - 200, most=1)[0]
        draw(canvas, 40, 46, line, SMALL)
        canvas.showPage()
    canvas.save()
    with pikepdf.open(sheets) as pdf:
        for page, placed in zip(pdf.pages, pictures, strict=True):
            picture.put(pdf, page, placed)
        pdf.save(out, deterministic_id=True)
    sheets.unlink()
    return out
