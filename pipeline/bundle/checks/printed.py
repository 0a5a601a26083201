"""The PDF as printed: every page carries its own number, every tab sheet its document's hash. Read with pdfium."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pypdfium2
from pypdfium2 import raw

from pipeline.bundle.checks.book import Book, Stated
from pipeline.bundle.checks.finding import Findings

_BEFORE, _AFTER = 80, 80
"""How many characters a stamp may have beside the number."""


def check_printed(findings: Findings) -> None:
    """Page counts, the number printed last on each page, page labels, the tab sheets; no number comes twice."""
    book = Book.of(findings.folder)
    sheets = {d["pages"]["tab"]: d for d in book.documents if d["pages"]["first"] != d["pages"]["tab"]}
    for volume in book.volumes:
        with closing(pypdfium2.PdfDocument(findings.folder / volume.file)) as pdf:
            total, stated = len(pdf), volume.last - volume.first + 1
            findings.expect(
                total == stated, volume.file, f"has {total} pages, and manifest.json says {stated}"
            )
            for place in range(1, total + 1):
                _check_page(findings, book, volume, pdf, place, sheets.get(volume.first + place - 1))
    _check_ranges(findings, book)
    _check_labels(findings, book)


def _check_page(
    findings: Findings, book: Book, volume: Stated, pdf: Any, place: int, document: dict[str, Any] | None
) -> None:
    where = f"{volume.file}, page {place}"
    label = book.labels.get(volume.first + place - 1)
    with opened(pdf, place) as (page, text):
        stamp = last_text(page, text)
        right = label is not None and carries(stamp or "", label)
        says = f"prints {stamp!r}" if stamp else "prints none"
        findings.expect(right, where, f"{says} as its page number, not {label}")
        if document:
            shown = "".join(text.get_text_range().split())
            halves = document["sha256"][:32], document["sha256"][32:]
            there = all(half in shown for half in halves)
            findings.expect(
                there, where, f"is not the sheet of tab {document['tab']}: its SHA-256 is not there"
            )
    findings.expect(pdf.get_page_label(place - 1) == label, where, "has another page label")


def carries(text: str, label: str) -> bool:
    """Whether the text is this label and at most some words beside it, and no other number."""
    before, found, after = text.partition(label)
    beside = before + after
    lone = (
        not any(char.isdigit() for char in beside) and not before.endswith("-") and not after.startswith("-")
    )
    words = (not before or not before[-1].isalnum()) and (
        not after or not after[0].isascii() or not after[0].isalnum()
    )
    return bool(found) and lone and words and len(before) <= _BEFORE and len(after) <= _AFTER


@contextmanager
def opened(pdf: Any, number: int) -> Iterator[tuple[Any, Any]]:
    """A page (from 1) and its text."""
    with closing(pdf[number - 1]) as page, closing(page.get_textpage()) as text:
        yield page, text


def last_text(page: Any, text: Any) -> str | None:
    """What was drawn last, over all else, if it is text that stands within the visible part of the page."""
    count = raw.FPDFPage_CountObjects(page.raw)
    if count < 1:
        return None
    last = raw.FPDFPage_GetObject(page.raw, count - 1)
    if raw.FPDFPageObj_GetType(last) != raw.FPDF_PAGEOBJ_TEXT or not _visible(page, last):
        return None
    size = raw.FPDFTextObj_GetText(last, text.raw, None, 0)
    buffer = (ctypes.c_ushort * (size // 2))()
    raw.FPDFTextObj_GetText(last, text.raw, buffer, size)
    return bytes(buffer).decode("utf-16-le").rstrip("\0").strip()


def _visible(page: Any, piece: Any) -> bool:
    corners = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(piece, *corners)
    x0, y0, x1, y1 = (corner.value for corner in corners)
    left, bottom, right, top = page.get_cropbox()
    return bool(left <= x0 < x1 <= right and bottom <= y0 < y1 <= top)


def _check_ranges(findings: Findings, book: Book) -> None:
    """Front, documents and numbers kept free hold every page once, and volumes follow each other without a gap."""
    where = "data/manifest.json"
    held = sorted(page for pages in book.front.values() for page in pages)
    rows = [(d["pages"]["tab"], _end(book, d), f"{where}, tab {d['tab']}") for d in book.documents]
    rows += [(g["pages"]["first"], g["pages"]["last"], f"{where}, tab {g['tab']}") for g in book.withdrawn]
    taken = set(held)
    findings.expect(len(taken) == len(held), where, "names a page in front for the second time")
    for first, last, tab in sorted(rows):
        own = set(range(first, last + 1))
        findings.expect(bool(own) and not own & taken, tab, f"begins on page {first}, which is taken")
        taken |= own
    every = taken == set(range(1, book.pages + 1))
    findings.expect(every, where, "its sections and documents are not all the pages there are")
    for document in book.documents:
        pages = document["pages"]
        inside = all(pages["first"] <= page <= pages["last"] for page in document["page_map"])
        findings.expect(inside, f"{where}, tab {document['tab']}", "maps a page to one that is not its own")
    after = 1
    for volume in book.volumes:
        follows = volume.first == after and volume.last >= volume.first
        findings.expect(follows, where, f"{volume.file} does not begin with page {after}")
        after = volume.last + 1
    findings.expect(after == book.pages + 1, where, f"its volumes end with page {after - 1}")
    for document in book.documents:
        whole = book.volume_at(document["pages"]["tab"]) == book.volume_at(_end(book, document))
        findings.expect(whole, f"{where}, tab {document['tab']}", "is parted between two volumes")


def _end(book: Book, document: dict[str, Any]) -> int:
    """The last page of a document; a sheet without pages behind it may itself have several."""
    if document["pages"]["last"]:
        return int(document["pages"]["last"])
    if "numbers" in document:
        return int(document["pages"]["tab"]) + len(document["numbers"]) - 1
    later = [d["pages"]["tab"] for d in book.documents if d["pages"]["tab"] > document["pages"]["tab"]]
    return int(min(later, default=book.pages + 1)) - 1


def _check_labels(findings: Findings, book: Book) -> None:
    """Every page has a number, and no number, in use or kept free, is another page's too."""
    labels = list(book.labels.values())
    findings.expect(len(set(labels)) == len(labels), "data/manifest.json", "gives a page number twice")
    every = book.labels.keys() == set(range(1, book.pages + 1))
    findings.expect(every, "data/manifest.json", "has not one number for each page")
    for document in book.documents:
        if "numbers" in document and document["pages"]["last"]:
            own = document["pages"]["last"] - document["pages"]["tab"] + 1
            where = f"data/manifest.json, tab {document['tab']}"
            findings.expect(
                own == len(document["numbers"]), where, "has not one number for each of its pages"
            )
