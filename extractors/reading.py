"""From a file to its document: what it is, the reader for it, OCR for the pages that need it."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from extractors.detect import media_type, suffix_note
from extractors.document import Document, PageText, assemble
from extractors.errors import InstallationError, TooLarge
from extractors.layer_check import settled
from extractors.limits import Limits
from extractors.ocr.engine import OcrImage, PageReading, Recognised
from extractors.ocr.kept import READINGS, Kept
from extractors.ocr.options import OcrMode, OcrOptions
from extractors.ocr.pages import page_of
from extractors.ocr.policy import VERSION, Readers, Stream, readers_for, recognise
from extractors.pace import PaceFile
from extractors.picture_hash import PictureHash
from extractors.readers import read
from extractors.readers.draft import Child, Draft, Input, PendingPage
from extractors.readers.paging import HEIGHT, WIDTH

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")

__all__ = ["OcrMode", "OcrOptions", "Reading", "read_document"]


@dataclass(frozen=True)
class Reading:
    """A document as it was read, and the files found inside it (they lie in the scratch folder).

    `pictures` are the numbers of the pages that are pictures and show something, with their hashes.
    """

    document: Document
    children: tuple[Child, ...]
    pictures: tuple[tuple[int, PictureHash], ...] = ()


def read_document(path: Path, untrusted_name: str, scratch: Path, limits: Limits, ocr: OcrOptions) -> Reading:
    """Reads the file at `path`, known to people as `untrusted_name`.

    `scratch` is a folder for what is left behind: pictures of pages and the children's bytes. Raises a
    DocumentError when the file cannot be read, an InstallationError when a program that this needs is missing.
    """
    kind = media_type(path, untrusted_name)
    with _Recognition(limits, ocr) as recognition:
        draft = read(Input(path, untrusted_name, kind, scratch, limits, recognition.begin))
        draft = _storable(replace(draft, pages=_believed(draft.pages, scratch, recognition)))
        pages = [*_pages(draft, recognition, PaceFile(scratch))] or [PageText("", WIDTH, HEIGHT)]
    note = suffix_note(kind, untrusted_name)
    notes = (*draft.notes, note) if note else draft.notes
    _check_length(untrusted_name, pages, limits)
    document = assemble(pages, draft.media_type, draft.metadata, notes, draft.title)
    return Reading(document, draft.children, tuple(_pictures(draft)))


class _Recognition:
    """OCR of one document's pages: begun while later pages are drawn, and not done again where it was done before."""

    def __init__(self, limits: Limits, options: OcrOptions) -> None:
        self.options, self._limits, self._stack = options, limits, ExitStack()
        self._looked_up: dict[Path, PageReading | None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    @cached_property
    def readers(self) -> Readers:
        """Raises an InstallationError where there is no engine."""
        return readers_for(self.options)

    @cached_property
    def _stream(self) -> Stream:
        return self._stack.enter_context(Stream(self.readers, self.options, self._limits))

    @cached_property
    def _kept(self) -> Kept | None:
        if self.options.shared is None:
            return None
        depends = (VERSION, *self.readers.versions, self.options.mode, *self.options.languages)
        return Kept(self.options.shared / READINGS, depends)

    def begin(self, page: PendingPage, number: int, of: int) -> None:
        """Begin to read one of `of` pages, if there is an engine; that there is none is said when the page is due."""
        image = OcrImage(page.image, number, page.dpi)
        with contextlib.suppress(InstallationError):
            if self._known(image) is None:
                self._stream.add(image, of)

    def readings(self, images: Sequence[OcrImage]) -> Iterator[PageReading]:
        """The reading of each picture in order: one that was kept from an earlier time, or a new one, which is kept."""
        known = [self._known(image) for image in images]
        self._stream.add_all([image for image, found in zip(images, known, strict=True) if found is None])
        for image, found in zip(images, known, strict=True):
            yield self._keep(image, self._stream.reading(image)) if found is None else found

    def alone(self, image: OcrImage) -> PageReading:
        """The reading of a picture by itself; several threads may ask at once."""
        found = self._known(image)
        if found is not None:
            return found
        (found,) = recognise([image], self.readers, self.options, self._limits)
        return self._keep(image, found)

    def _keep(self, image: OcrImage, found: PageReading) -> PageReading:
        if self._kept is not None:
            self._kept.keep(image, found)
        return found

    def _known(self, image: OcrImage) -> PageReading | None:
        """What was kept of the picture. It is looked up once: for that the whole picture is hashed."""
        if self._kept is None:
            return None
        if image.path not in self._looked_up:
            self._looked_up[image.path] = self._kept.find(image)
        return self._looked_up[image.path]


def _believed(
    pages: Sequence[PageText | PendingPage], scratch: Path, recognition: _Recognition
) -> tuple[PageText | PendingPage, ...]:
    """The pages with every doubt settled: those whose text layer is right have it, the others wait for OCR."""
    if not any(isinstance(page, PendingPage) and page.doubt for page in pages):
        return tuple(pages)
    slots = recognition.options.slots
    try:
        recognition.readers  # noqa: B018  is there any?
    except InstallationError:
        if any(isinstance(page, PendingPage) and not page.doubt for page in pages):
            raise
        return tuple(settled(pages, None, scratch, slots))

    def read_sample(image: OcrImage) -> Recognised:
        return recognition.alone(image).found

    return tuple(settled(pages, read_sample, scratch, slots))


def _storable(draft: Draft) -> Draft:
    """The draft with U+FFFD for what no database and no file takes: halves of characters, and NUL."""
    pages = (replace(p, text=_sound(p.text)) if isinstance(p, PageText) else p for p in draft.pages)
    return replace(
        draft,
        pages=tuple(pages),
        children=tuple(replace(c, untrusted_name=_sound(c.untrusted_name)) for c in draft.children),
        metadata=tuple((_sound(key), _sound(value)) for key, value in draft.metadata),
        notes=tuple(map(_sound, draft.notes)),
        title=_sound(draft.title) if draft.title else draft.title,
    )


def _sound(text: str) -> str:
    """As long as `text`, so that all slices of it stay right."""
    return _UNSTORABLE.sub("\ufffd", text)


def _pages(draft: Draft, recognition: _Recognition, pace: PaceFile) -> Iterator[PageText]:
    pending = [(n, page) for n, page in enumerate(draft.pages, 1) if isinstance(page, PendingPage)]
    if not pending:
        yield from (page for page in draft.pages if isinstance(page, PageText))
        return
    found = recognition.readings([OcrImage(page.image, number, page.dpi) for number, page in pending])
    numbers = itertools.count(1)
    for page in draft.pages:
        if isinstance(page, PageText):
            yield page
        else:
            yield page_of(page, next(found))
            pace.reached("ocr", next(numbers), len(pending))


def _pictures(draft: Draft) -> Iterator[tuple[int, PictureHash]]:
    for number, page in enumerate(draft.pages, 1):
        if isinstance(page, PendingPage) and page.picture is not None:
            yield number, page.picture


def _check_length(untrusted_name: str, pages: Sequence[PageText], limits: Limits) -> None:
    length = sum(len(page.text) for page in pages)
    if length > limits.text_chars:
        raise TooLarge(
            f"{untrusted_name}: {length} characters of text are more than limits.text_chars ({limits.text_chars})"
        )
