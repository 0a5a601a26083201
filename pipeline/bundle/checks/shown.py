"""The documents' own pages: nothing on them but the way back to the index, and marks on the words that were cited."""

from __future__ import annotations

from typing import Any

import pikepdf

from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.linked import Numbers, page_of
from pipeline.bundle.checks.recorded import manifest_of

_PDF = "data/bundle.pdf"


def check_shown(findings: Findings) -> None:
    """Each page of a document leads back to a page of the index that leads to the document, and nowhere else."""
    manifest = manifest_of(findings.folder)
    with pikepdf.open(findings.folder / _PDF) as pdf:
        numbers: Numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        sections = manifest["bundle"]["sections"]
        index = range(sections["index"], sections["chronology"])
        rows: dict[int | None, list[int | None]] = {
            page: _led(pdf.pages[page - 1], numbers) for page in index
        }
        for document in manifest["documents"]:
            pages = document["pages"]
            marked = dict.fromkeys(range(pages["first"] or 0, (pages["last"] or -1) + 1), 0)
            for number in marked:
                page = pdf.pages[number - 1]
                led = _led(page, numbers)
                back = bool(led) and all(pages["tab"] in rows.get(to, ()) for to in led)
                findings.expect(back, f"{_PDF}, page {number}", "does not lead back to its row in the index")
                marked[number] = _marks(findings, page, number)
            _check_marks(findings, document, marked)


def _led(page: pikepdf.Page, numbers: Numbers) -> list[int | None]:
    """Where the page's links lead."""
    notes = page.obj.get("/Annots", pikepdf.Array())
    links = (note for note in notes if note.get("/Subtype") == pikepdf.Name.Link)
    return [page_of(link.get("/Dest"), numbers) for link in links]


def _marks(findings: Findings, page: pikepdf.Page, number: int) -> int:
    """How many marks are on the page; what else is there, or acts, is a fault."""
    marks = 0
    for note in page.obj.get("/Annots", pikepdf.Array()):
        kind = note.get("/Subtype")
        acts = "/A" in note or "/AA" in note
        known = kind in (pikepdf.Name.Link, pikepdf.Name.Highlight) and not acts
        findings.expect(known, f"{_PDF}, page {number}", "has something on it that is neither link nor mark")
        marks += kind == pikepdf.Name.Highlight
    return marks


def _check_marks(findings: Findings, document: dict[str, Any], marked: dict[int, int]) -> None:
    stated = dict.fromkeys(marked, 0)
    for mark in document.get("highlights", []):
        stated[mark["bundle_page"]] = stated.get(mark["bundle_page"], 0) + 1
    for number, count in stated.items():
        same = marked.get(number, 0) == count
        findings.expect(same, f"{_PDF}, page {number}", f"has not the {count} marks that manifest.json names")
