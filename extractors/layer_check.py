"""Text layers in doubt: a sample of the page is read by OCR and compared with what the layer says there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from PIL import Image

from extractors.document import PageText
from extractors.errors import ClaimtrailError
from extractors.ocr.agreement import Verdict, verdict
from extractors.ocr.engine import OcrImage, Recognised
from extractors.readers import render
from extractors.readers.draft import Doubt, PendingPage

UNCHECKED = "the text layer could not be checked against the page"
"""How the note begins that says that a doubt was not settled."""

Read = Callable[[OcrImage], Recognised]


def settled(
    pages: Sequence[PageText | PendingPage], read: Read | None, scratch: Path, threads: int
) -> Iterator[PageText | PendingPage]:
    """The pages without doubts: a layer that agrees with the sample is the page's text, one that says something else
    is left to OCR. Where a sample cannot be read (`read` is None, or fails), the layer stays, with a note.
    """
    with ThreadPoolExecutor(max(1, threads)) as pool:
        numbered = enumerate(pages, 1)
        yield from pool.map(lambda each: _settled(each[1], each[0], read, scratch), numbered)


def _settled(
    page: PageText | PendingPage, number: int, read: Read | None, scratch: Path
) -> PageText | PendingPage:
    if isinstance(page, PageText) or page.doubt is None:
        return page
    found, why = _judged(page, page.doubt, number, read, scratch)
    if found == "agrees":
        return page.doubt.layer
    if found == "differs":
        return replace(page, doubt=None)
    note = f"{UNCHECKED} ({page.doubt.reason}): {why}"
    return replace(page.doubt.layer, notes=(*page.doubt.layer.notes, note))


def _judged(
    page: PendingPage, doubt: Doubt, number: int, read: Read | None, scratch: Path
) -> tuple[Verdict, str]:
    if read is None:
        return "unclear", "there is no OCR engine"
    path = scratch / f"sample-{number:05}.png"
    with Image.open(page.image) as picture:
        render.cut_out(picture, doubt.sample).save(path, compress_level=1)
    try:
        found = read(OcrImage(path, number, page.dpi))
    except ClaimtrailError as error:
        return "unclear", f"OCR failed: {error.code}"
    return verdict(doubt.layer, doubt.sample, found), "too little could be read there"
