"""The documents' own pages: nothing on them but the way back to the index, and marks on the words that were cited."""

from __future__ import annotations

from typing import Any

import pikepdf

from pipeline.bundle.checks.book import Book, Stated
from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.linked import Numbers, is_inner, led_to
from pipeline.bundle.checks.recorded import shown_pages


def check_shown(findings: Findings) -> None:
    """Each page of a document leads back to a page of the index that leads to the document, and nowhere else.

    In bundles of earlier versions it leads nowhere.
    """
    book = Book.of(findings.folder)
    index = set(book.front["index"])
    led: dict[int, list[int | None]] = {}
    for volume in book.volumes:
        led |= _volume(findings, book, volume, index | shown_pages(book.manifest))
    for document in book.documents:
        pages = document["pages"]
        for number in range(pages["first"] or 0, (pages["last"] or -1) + 1):
            to = led.get(number, [])
            leads = bool(to) or book.is_early
            back = leads and all(page in index and pages["tab"] in led.get(page or 0, ()) for page in to)
            findings.expect(back, book.where(number), "does not lead back to its row in the index")


def _volume(findings: Findings, book: Book, volume: Stated, wanted: set[int]) -> dict[int, list[int | None]]:
    """Where the links of the wanted pages lead; what is on a document's page beside links and marks is a fault."""
    led: dict[int, list[int | None]] = {}
    with pikepdf.open(findings.folder / volume.file) as pdf:
        numbers: Numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, volume.first)}
        for number, page in enumerate(pdf.pages, volume.first):
            if number in wanted:
                notes = list(page.obj.get("/Annots", pikepdf.Array()))
                links = [note for note in notes if note.get("/Subtype") == pikepdf.Name.Link]
                led[number] = [led_to(book, link, numbers) for link in links]
                quiet = all(map(_is_quiet, notes))
                findings.expect(
                    quiet, book.where(number), "has something on it that is neither link nor mark"
                )
    return led


def _is_quiet(note: Any) -> bool:
    """Whether it does not act: a link within the bundle, or a mark on words."""
    kind = note.get("/Subtype")
    inner = kind == pikepdf.Name.Link and is_inner(note)
    return "/AA" not in note and (inner or (kind == pikepdf.Name.Highlight and "/A" not in note))
