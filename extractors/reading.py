"""From a file to its document: what it is, the reader for it, OCR for the pages that need it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.detect import media_type, suffix_note
from extractors.document import Document, PageText, assemble
from extractors.errors import TooLarge
from extractors.limits import Limits
from extractors.ocr import engine
from extractors.ocr.engine import OcrImage
from extractors.ocr.pages import page_of
from extractors.ocr.policy import OcrMode, OcrOptions, recognise
from extractors.pace import PaceFile
from extractors.readers import read
from extractors.readers.draft import Child, Draft, Input, PendingPage

__all__ = ["OcrMode", "OcrOptions", "Reading", "read_document"]


@dataclass(frozen=True)
class Reading:
    """A document as it was read, and the files found inside it (they lie in the scratch folder)."""

    document: Document
    children: tuple[Child, ...]


def read_document(path: Path, untrusted_name: str, scratch: Path, limits: Limits, ocr: OcrOptions) -> Reading:
    """Reads the file at `path`, known to people as `untrusted_name`.

    `scratch` is a folder for what is left behind: pictures of pages and the children's bytes. Raises a
    DocumentError when the file cannot be read, an InstallationError when a program that this needs is missing.
    """
    kind = media_type(path, untrusted_name)
    draft = read(Input(path, untrusted_name, kind, scratch, limits))
    note = suffix_note(kind, untrusted_name)
    notes = (*draft.notes, note) if note else draft.notes
    pages = [*_pages(draft, limits, ocr, PaceFile(scratch))]
    _check_length(untrusted_name, pages, limits)
    document = assemble(pages, draft.media_type, draft.metadata, notes, draft.title)
    return Reading(document, draft.children)


def _pages(draft: Draft, limits: Limits, options: OcrOptions, pace: PaceFile) -> Iterator[PageText]:
    pending = [(n, page) for n, page in enumerate(draft.pages, 1) if isinstance(page, PendingPage)]
    if not pending:
        yield from (page for page in draft.pages if isinstance(page, PageText))
        return
    reader = engine(options.engine)
    images = [OcrImage(page.image, number, page.dpi) for number, page in pending]
    name = f"{reader.name} {reader.version}"
    found = recognise(images, reader, options, limits)
    numbers = itertools.count(1)
    for page in draft.pages:
        if isinstance(page, PageText):
            yield page
        else:
            yield page_of(page, next(found), name)
            pace.reached("ocr", next(numbers), len(pending))


def _check_length(untrusted_name: str, pages: Sequence[PageText], limits: Limits) -> None:
    length = sum(len(page.text) for page in pages)
    if length > limits.text_chars:
        raise TooLarge(
            f"{untrusted_name}: {length} characters of text are more than limits.text_chars ({limits.text_chars})"
        )
