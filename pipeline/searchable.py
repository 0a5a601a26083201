"""Searchable renditions: a document as a PDF whose every word is found, made anew when one is asked for."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from extractors.errors import recorded
from extractors.workers import Workers
from pipeline.bundle.exhibits.words import set_pages
from pipeline.bundle.paper import Paper
from pipeline.bundle.profile import profile
from pipeline.errors import UsageError
from pipeline.evidence import Summary
from pipeline.matter import Matter
from pipeline.records import documents
from pipeline.renditions.scans import Scan, write_searchable
from pipeline.renditions.words import PageWords, WordFile, page_words, write_words

Made = Literal["laid", "original", "set"]
"""How a rendition came about: recognised words laid over the original's pages; the original itself, which is
searchable; or pages set from the text of a document that has none."""

_PDF, _PICTURE = "application/pdf", "image/"
_LOOK = "uk"
"""The bundle's profile after which text is set."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """What was written and where; `note` says, for people, what is not as it should be."""

    path: Path
    made: Made
    note: str = ""


def words_of_document(matter: Matter, document: str) -> Iterator[PageWords]:
    """The words of a document's pages, from the records, one page at a time."""
    with matter.reading() as tx:
        for text, page in documents.each_page(tx, document):
            yield page_words(text, page)


def write_rendition(matter: Matter, found: Summary, out: Path) -> Rendition:
    """Writes a document as a searchable PDF to the new file `out`; its original is only read.

    Raises UsageError when `out` exists or its folder does not, OriginalDamaged, and the DocumentError with which the
    document could not be read, or with which no rendition of it can be made.
    """
    if out.exists():
        raise UsageError(f"{out} is there already.", "Name a new file.")
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}.", "Name a file in a folder that exists.")
    if found.reason and found.state == "failed":
        raise recorded(**found.reason)
    with tempfile.TemporaryDirectory(prefix=".claimtrail-", dir=out.parent) as scratch:
        made, note = _written(matter, found, Path(scratch))
        (Path(scratch) / "out.pdf").rename(out)
    return Rendition(out, made, note)


def _written(matter: Matter, found: Summary, scratch: Path) -> tuple[Made, str]:
    """Writes `out.pdf` into the scratch folder; how, and the note."""
    out = scratch / "out.pdf"
    if found.media_type != _PDF and not found.media_type.startswith(_PICTURE):
        return _set(matter, found, out)
    words = write_words(words_of_document(matter, found.id), scratch / "words")
    with matter.originals.lent(found.sha256) as original:
        if found.media_type == _PDF and not words.recognised:
            shutil.copyfile(original, out)
            return "original", ""
        note = _laid(matter, found, original, words, out)
    return "laid", note or ("" if words.recognised else "nothing was recognised on it")


def _laid(matter: Matter, found: Summary, original: Path, words: WordFile, out: Path) -> str:
    limits = matter.settings.limits.limits()
    scan = Scan(original, found.media_type, found.sha256, found.name, words, limits.pixels)
    with Workers(1, limits) as workers:
        seconds = limits.seconds_for(found.size)
        return workers.submit(write_searchable, scan, out, seconds=seconds, name=found.name).result()


def _set(matter: Matter, found: Summary, out: Path) -> tuple[Made, str]:
    with matter.reading() as tx:
        document = documents.reading(tx, found)
    look = profile(_LOOK)
    paper = Paper(out, look.paper)
    set_pages(paper, document, found.name, look)
    paper.save()
    return "set", ""
