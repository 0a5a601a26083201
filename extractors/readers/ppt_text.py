"""The text of PowerPoint 97 to 2003 presentations (.ppt), slide by slide ([MS-PPT])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.document import PageText
from extractors.errors import Corrupt, Empty, Encrypted, TooLarge
from extractors.readers.compound import opened
from extractors.readers.draft import Draft, Input
from extractors.readers.paging import paged

_ENCRYPTED_TOKEN = 0xF3D1C4DF
_USER_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_SLIDE_LIST, _PERSIST, _CHARS, _BYTES = 0x0FF0, 0x03F3, 0x0FA0, 0x0FA8
_NOTES_ATOM = 0x03F1
_SLIDES, _NOTES = 0, 2
"""Instances of the lists of slides and of notes ([MS-PPT] 2.4.14.3, 2.4.14.6)."""
_WIDTH, _HEIGHT = 720.0, 540.0
_MOST_EDITS = 1000
_DEEPEST = 40
_UNSAID = frozenset({"*", ""})
"""What stands where the date or the number of a slide is to be put."""


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    is_container: bool
    start: int
    end: int


@dataclass
class _Listed:
    """A slide or a notes page in its list: where it is kept, its number for others, its outline text."""

    persist: int
    id: int
    texts: list[str] = field(default_factory=list)


def ppt_draft(source: Input) -> Draft:
    """A page for each slide, its notes below; where the lists are damaged, all text that is found.

    Raises Corrupt, Encrypted, TooLarge beyond pages or text_chars, and Empty.
    """
    with opened(source) as ole:
        data, current = ole.stream("PowerPoint Document"), ole.stream("Current User") or b""
        title, metadata = ole.summary("ppt")
    if data is None:
        raise Corrupt(f"{source.untrusted_name}: it holds no presentation, or a damaged one")
    if len(current) >= 16 and struct.unpack_from("<I", current, 12)[0] == _ENCRYPTED_TOKEN:
        raise Encrypted(f"{source.untrusted_name}: the presentation is protected with a password")
    try:
        texts = list(_slides(data, current))
    except (struct.error, KeyError, RecursionError):
        texts = []
    pages = tuple(PageText(text, _WIDTH, _HEIGHT) for text in texts)
    _check(source, texts)
    if not any(text.strip() for text in texts):
        pages = paged("\n".join(_texts(data, 0, len(data))), source.untrusted_name, source.limits)
    if not any(page.text.strip() for page in pages):
        raise Empty(f"{source.untrusted_name}: there is no text in it")
    return Draft(source.media_type, pages, metadata=metadata, title=title)


def _check(source: Input, texts: list[str]) -> None:
    limits = source.limits
    if len(texts) > limits.pages or sum(map(len, texts)) > limits.text_chars:
        raise TooLarge(
            f"{source.untrusted_name}: more slides or text than the limits pages and text_chars allow"
        )


def _slides(data: bytes, current: bytes) -> Iterator[str]:
    """The text of each slide in the order of the list: outline, then the other shapes, then the notes."""
    places, document = _places(data, struct.unpack_from("<I", current, 16)[0])
    lists = {r.instance: _listed(data, r) for r in _within(data, document) if r.kind == _SLIDE_LIST}
    notes: dict[int, list[str]] = {}
    for page in lists.get(_NOTES, []):
        record = _record(data, places[page.persist])
        slide = next(
            (
                struct.unpack_from("<I", data, r.start)[0]
                for r in _within(data, record)
                if r.kind == _NOTES_ATOM
            ),
            0,
        )
        notes[slide] = [*page.texts, *_texts(data, record.start, record.end)]
    for slide_entry in lists.get(_SLIDES, []):
        record = _record(data, places[slide_entry.persist])
        shown = dict.fromkeys([*slide_entry.texts, *_texts(data, record.start, record.end)])
        said = list(dict.fromkeys(notes.get(slide_entry.id, ())))
        yield "\n".join([*shown, *(["", "Notes:", *said] if said else [])]) + "\n"


def _places(data: bytes, edit: int) -> tuple[dict[int, int], _Record]:
    """Where each object lies, from the newest edit back ([MS-PPT] 2.1.2), and the document's record."""
    places: dict[int, int] = {}
    document = 0
    for _ in range(_MOST_EDITS):
        record = _record(data, edit)
        if record.kind != _USER_EDIT:
            break
        earlier, directory, reference = struct.unpack_from("<III", data, record.start + 8)
        document = document or reference
        for key, place in _directory(data, directory):
            places.setdefault(key, place)
        if not 0 < earlier < edit:
            break
        edit = earlier
    return places, _record(data, places[document])


def _directory(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Pairs of an object's number and its place ([MS-PPT] 2.3.5)."""
    record = _record(data, at)
    position = record.start if record.kind == _DIRECTORY else record.end
    while position + 4 <= record.end:
        head = struct.unpack_from("<I", data, position)[0]
        first, count = head & 0xFFFFF, head >> 20
        position += 4
        for number in range(count):
            if position + 4 > record.end:
                return
            yield first + number, struct.unpack_from("<I", data, position)[0]
            position += 4


def _listed(data: bytes, record: _Record) -> list[_Listed]:
    found: list[_Listed] = []
    for inner in _within(data, record):
        if inner.kind == _PERSIST:
            persist, _, _, number = struct.unpack_from("<IIiI", data, inner.start)
            found.append(_Listed(persist, number))
        elif found and inner.kind in (_CHARS, _BYTES):
            found[-1].texts += _said(data, inner)
    return found


def _texts(data: bytes, start: int, end: int) -> Iterator[str]:
    """All text between two places, in order, containers opened."""
    waiting = [_walk(data, start, end)]
    while waiting:
        record = next(waiting[-1], None)
        if record is None:
            waiting.pop()
        elif record.is_container and len(waiting) < _DEEPEST:
            waiting.append(_walk(data, record.start, record.end))
        elif record.kind in (_CHARS, _BYTES):
            yield from _said(data, record)


def _said(data: bytes, record: _Record) -> Iterator[str]:
    """The text of an atom: two bytes a character, or one that stands for U+0000 to U+00FF (2.9.41, 2.9.42)."""
    raw = data[record.start : record.end]
    text = raw.decode("latin-1") if record.kind == _BYTES else raw.decode("utf-16-le", "replace")
    shown = "\n".join(
        line.strip() for line in text.replace("\x0b", "\n").replace("\r", "\n").split("\n")
    ).strip()
    if shown not in _UNSAID:
        yield shown.replace("\0", "")


def _within(data: bytes, record: _Record) -> Iterator[_Record]:
    return _walk(data, record.start, record.end)


def _walk(data: bytes, start: int, end: int) -> Iterator[_Record]:
    while start + 8 <= min(end, len(data)):
        record = _record(data, start)
        yield record
        start = record.end


def _record(data: bytes, at: int) -> _Record:
    """The record at a place ([MS-PPT] 2.3.1): version and instance, type, length."""
    head, kind, length = struct.unpack_from("<HHI", data, at)
    return _Record(kind, head >> 4, head & 0xF == 0xF, at + 8, min(at + 8 + length, len(data)))
