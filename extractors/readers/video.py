"""Videos and sound recordings: a sheet of particulars, and of videos a few frames, which go through OCR.

The sheet is page 1 and repeats what the container says of itself, so that it can be searched, linked and printed.
What is spoken is not put into words.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from extractors.document import UNREAD, PageText
from extractors.errors import Corrupt, TooLarge
from extractors.limits import Limits
from extractors.picture_hash import picture_hash
from extractors.readers import media_sheet, media_tags, render
from extractors.readers.draft import Draft, Input, PendingPage
from extractors.readers.media_tags import Container, Track
from extractors.readers.posters import MOST, Poster, Posters, posters
from extractors.readers.sealed import POSSIBLE

MEDIA_TYPES = frozenset(
    {"video/", "audio/", "application/ogg", "application/mxf", "application/vnd.rn-realmedia"}
)

A4 = (595.0, 842.0)
"""Points; the frame's long side becomes that of the sheet, as a photo's does."""
REASON = "the page is a frame of the video"


@dataclass(frozen=True)
class _Film:
    """What was read of a video's pictures, and notes for people."""

    pages: tuple[PendingPage, ...]
    notes: tuple[str, ...]


def read(source: Input) -> Draft:
    """The sheet, then the frames in order, each under a heading with its time (hh:mm:ss) in the video.

    The metadata ("Media recorded", "Media place" …) says the same as the sheet. Raises Corrupt where nothing but a
    beginning is there or the format is not known, TooLarge (limits.pixels), MediaLibraryMissing.
    """
    told = media_tags.container(source.path)
    is_video = told.first("Video") is not None or (source.media_type.startswith("video/") and not POSSIBLE)
    _check(source, told, is_video)
    film = _film(source, told) if is_video else _Film((), ("what is spoken was not put into words",))
    particulars = media_sheet.particulars(told)
    page = PageText(media_sheet.sheet(particulars), *A4)
    return Draft(
        _media_type(source.media_type, is_video),
        (page, *film.pages),
        metadata=tuple((f"Media {label}", value) for label, value in particulars),
        notes=(*_notes(told), *film.notes),
        title=dict(particulars).get("title"),
    )


def frames(source: Input) -> list[Poster]:
    """The frames that `read` makes its pages from the second on of; empty where there are none."""
    return list(_posters(source).frames)


def _check(source: Input, told: Container, is_video: bool) -> None:
    name = source.untrusted_name
    video = told.first("Video")
    if video and video.number("width") * video.number("height") > source.limits.pixels:
        raise _too_large(source)
    if is_video or told.first("Audio") or not POSSIBLE:
        return
    if told.cut_off:
        raise Corrupt(f"{name}: the recording was cut off before its table of contents was written")
    if told.general.text("format"):
        raise Corrupt(f"{name}: there is neither a picture nor sound in it, at most the names of other files")
    raise Corrupt(
        f"{name}: it is damaged, or a recording of a kind ({source.media_type}) that cannot be read"
    )


def _too_large(source: Input) -> TooLarge:
    return TooLarge(
        f"{source.untrusted_name}: a frame has more than limits.pixels ({source.limits.pixels}) pixels"
    )


def _media_type(found: str, is_video: bool) -> str:
    """The type with the family that fits: containers for videos may hold sound alone."""
    return f"{'video' if is_video else 'audio'}/{found.partition('/')[2]}"


def _notes(told: Container) -> Iterator[str]:
    if not POSSIBLE:
        yield f"on this system what the file says of itself is {UNREAD}"
    if told.cut_off:
        yield f"the file was cut off; what is missing was {UNREAD}"
    if told.encrypted:
        yield f"the recording is encrypted; its content was {UNREAD}"


def _film(source: Input, told: Container) -> _Film:
    if told.encrypted or _room(source.limits) < 1:
        return _Film((), ())
    found = _posters(source)
    if found.too_large:
        raise _too_large(source)
    return _Film(tuple(_pages(source, found)), tuple(_film_notes(told.first("Video"), found)))


def _film_notes(video: Track | None, found: Posters) -> Iterator[str]:
    if found.hurried:
        yield "the frames were chosen in haste, from a part of the video"
    if found.frames:
        return
    if found.readable:
        yield "its frames are black or of one colour; none is shown"
    elif video and video.text("framecount") == "0":
        yield "there are no frames in it"
    else:
        coding = video.text("format", "codecid") if video else ""
        yield f"the frames{f' ({coding})' if coding else ''} of the video were {UNREAD}"


def _posters(source: Input) -> Posters:
    limits = source.limits
    return posters(source.path, _room(limits), limits.pixels, limits.seconds / 2)


def _room(limits: Limits) -> int:
    """How many frames there may be beside the sheet."""
    return min(MOST, limits.pages - 1)


def _pages(source: Input, found: Posters) -> Iterator[PendingPage]:
    for number, frame in enumerate(found.frames, 2):
        with Image.open(io.BytesIO(frame.jpeg), formats=("JPEG",)) as picture:
            grey = picture.convert("L")
        dpi = max(grey.size) * 72 / A4[1]
        path = render.saved(grey, source.scratch, number, dpi)
        wide, high = (side * 72 / dpi for side in grey.size)
        at, seen = media_sheet.clock(frame.seconds), picture_hash(grey)
        yield PendingPage(path, wide, high, dpi, REASON, picture=seen, heading=at)
