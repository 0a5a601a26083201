"""The PDF as printed: every page carries its own number, every tab sheet its document's hash. Read with pdfium."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pypdfium2
from pypdfium2 import raw

from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.recorded import manifest_of

_PDF = "data/bundle.pdf"
_STAMP = re.compile(r"\D{0,80}?(\d{1,9})\D{0,80}")


def check_printed(findings: Findings) -> None:
    """Page count, the number printed last on each page, page labels, and the tab sheets."""
    manifest = manifest_of(findings.folder)
    sheets = {d["pages"]["tab"]: d for d in manifest["documents"]}
    with closing(pypdfium2.PdfDocument(findings.folder / _PDF)) as pdf:
        total = len(pdf)
        stated = manifest["bundle"]["pages"]
        findings.expect(total == stated, _PDF, f"has {total} pages, and manifest.json says {stated}")
        for number in range(1, total + 1):
            _check_page(findings, pdf, number, sheets.get(number))
    _check_ranges(findings, manifest)


def _check_page(findings: Findings, pdf: Any, number: int, document: dict[str, Any] | None) -> None:
    where = f"{_PDF}, page {number}"
    with opened(pdf, number) as (page, text):
        stamp = _last_text(page, text)
        found = _STAMP.fullmatch(stamp) if stamp else None
        said = f"prints {found[1]}" if found else "prints none"
        findings.expect(found is not None and int(found[1]) == number, where, f"{said} as its page number")
        if document:
            shown = "".join(text.get_text_range().split())
            halves = document["sha256"][:32], document["sha256"][32:]
            there = all(half in shown for half in halves)
            findings.expect(
                there, where, f"is not the sheet of tab {document['tab']}: its SHA-256 is not there"
            )
    findings.expect(pdf.get_page_label(number - 1) == str(number), where, "has another page label")


@contextmanager
def opened(pdf: Any, number: int) -> Iterator[tuple[Any, Any]]:
    """A page (from 1) and its text."""
    with closing(pdf[number - 1]) as page, closing(page.get_textpage()) as text:
        yield page, text


def _last_text(page: Any, text: Any) -> str | None:
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


def _check_ranges(findings: Findings, manifest: dict[str, Any]) -> None:
    """The tabs follow each other without a gap, from the first document's sheet to the last page."""
    after = manifest["bundle"]["sections"]["documents"]
    for document in manifest["documents"]:
        pages, where = document["pages"], f"data/manifest.json, tab {document['tab']}"
        findings.expect(pages["tab"] == after, where, f"begins on page {pages['tab']}, not {after}")
        inside = all(pages["first"] <= page <= pages["last"] for page in document["page_map"])
        findings.expect(inside, where, "maps a page to one that is not its own")
        after = _next(manifest, document)
    end = manifest["bundle"]["pages"] + 1
    findings.expect(
        after == end, "data/manifest.json", f"its last document ends on page {after - 1}, not {end - 1}"
    )


def _next(manifest: dict[str, Any], document: dict[str, Any]) -> int:
    """The page behind a document; a sheet without pages behind it may itself run on to the next tab."""
    if document["pages"]["last"]:
        return int(document["pages"]["last"]) + 1
    following = [d["pages"]["tab"] for d in manifest["documents"] if d["tab"] == document["tab"] + 1]
    return int(following[0]) if following else int(manifest["bundle"]["pages"]) + 1
