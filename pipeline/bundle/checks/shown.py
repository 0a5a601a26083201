"""The documents' own pages: nothing on them but the way back to the index, and marks on the words that were cited."""

from __future__ import annotations

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
            for number in range(pages["first"] or 0, (pages["last"] or -1) + 1):
                page, where = pdf.pages[number - 1], f"{_PDF}, page {number}"
                led = _led(page, numbers)
                back = bool(led) and all(pages["tab"] in rows.get(to, ()) for to in led)
                findings.expect(back, where, "does not lead back to its row in the index")
                findings.expect(_is_quiet(page), where, "has something on it that is neither link nor mark")


def _led(page: pikepdf.Page, numbers: Numbers) -> list[int | None]:
    """Where the page's links lead."""
    notes = page.obj.get("/Annots", pikepdf.Array())
    links = (note for note in notes if note.get("/Subtype") == pikepdf.Name.Link)
    return [page_of(link.get("/Dest"), numbers) for link in links]


def _is_quiet(page: pikepdf.Page) -> bool:
    """Whether nothing on the page acts: there are only links within the file, and marks on words."""
    return all(
        note.get("/Subtype") in (pikepdf.Name.Link, pikepdf.Name.Highlight)
        and "/A" not in note
        and "/AA" not in note
        for note in page.obj.get("/Annots", pikepdf.Array())
    )
