"""The PDF as it is walked through: every link and bookmark leads to the page whose number it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.printed import opened
from pipeline.bundle.checks.recorded import manifest_of, read_csv, shown_pages

_PDF = "data/bundle.pdf"
_LAST_NUMBER = re.compile(r"(\d+)[\s,;]*$")
Numbers = dict[tuple[int, int], int]
"""The page number (from 1) of each page object."""

_ACTING = ("/OpenAction", "/AA", "/AcroForm")


@dataclass(frozen=True, slots=True)
class Link:
    """A link on page `page`, where it leads (None: nowhere in the bundle), and the text it stands on."""

    page: int
    rect: tuple[float, ...]
    leads: int | None
    text: str

    def holds(self, other: Link) -> bool:
        """Whether the other lies within this one (a row of a table, and the number in it)."""
        a, b = self.rect, other.rect
        return self is not other and a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]

    @property
    def printed(self) -> int | None:
        """The number that it prints."""
        found = _LAST_NUMBER.search(self.text)
        return int(found[1]) if found else None


def check_links(findings: Findings) -> None:
    """Links, bookmarks, and that nothing in the file acts on its own."""
    manifest = manifest_of(findings.folder)
    path = findings.folder / _PDF
    with pikepdf.open(path) as pdf:
        numbers: Numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        by_page = _links(findings, pdf, path, numbers, shown_pages(manifest))
        _check_bookmarks(findings, pdf, numbers, manifest)
        acting = [key for key in _ACTING if key in pdf.Root]
        if "/Names" in pdf.Root:
            acting += [key for key in ("/JavaScript", "/EmbeddedFiles") if key in pdf.Root.Names]
        findings.expect(not acting, _PDF, f"has parts that act on their own: {', '.join(acting)}")
    leaves = [link for links in by_page.values() for link in links if not any(map(link.holds, links))]
    _check_sections(findings, leaves, manifest)


def _links(
    findings: Findings, pdf: pikepdf.Pdf, path: Path, numbers: Numbers, shown: set[int]
) -> dict[int, list[Link]]:
    """The links of every page but those that are `shown` for the documents' own, each checked."""
    by_page: dict[int, list[Link]] = {}
    with closing(pypdfium2.PdfDocument(path)) as texts:
        for number, page in enumerate(pdf.pages, 1):
            if "/Annots" in page and number not in shown:
                found = by_page[number] = list(_links_of(findings, page, number, texts, numbers))
                _check_page_links(findings, found)
    return by_page


def _links_of(
    findings: Findings, page: pikepdf.Page, number: int, texts: Any, numbers: Numbers
) -> Iterator[Link]:
    with opened(texts, number) as (_, text):
        for note in page.Annots:
            where = f"{_PDF}, page {number}"
            if note.get("/Subtype") != pikepdf.Name.Link or "/A" in note or "/AA" in note:
                findings.fault(where, "has something on it that is no link within the bundle")
                continue
            rect = tuple(float(v) for v in note.Rect)
            yield Link(number, rect, page_of(note.get("/Dest"), numbers), text.get_text_bounded(*rect))


def page_of(destination: Any, numbers: Numbers) -> int | None:
    if not isinstance(destination, pikepdf.Array) or len(destination) == 0:
        return None
    return numbers.get(destination[0].objgen)


def _check_page_links(findings: Findings, links: Sequence[Link]) -> None:
    for link in links:
        inner = next(filter(link.holds, links), None)
        expected = inner.leads if inner else link.printed
        right = expected is not None and link.leads == expected
        what = f"a link that prints page {expected} leads to page {link.leads}"
        findings.expect(right, f"{_PDF}, page {link.page}", what)


def _check_sections(findings: Findings, links: Sequence[Link], manifest: dict[str, Any]) -> None:
    """Index and chronology cite the very pages that the manifest and the tables do."""
    sections = manifest["bundle"]["sections"]
    index = [link.leads for link in links if sections["index"] <= link.page < sections["chronology"]]
    sheets = [document["pages"]["tab"] for document in manifest["documents"]]
    findings.expect(
        index == sheets, f"{_PDF}, index", "its links are not those of the documents, one each, in order"
    )
    told = {link.leads for link in links if sections["chronology"] <= link.page < sections["documents"]}
    rows = read_csv(findings.folder / "data" / "chronology.csv")
    stated = {int(page) for row in rows for page in row["bundle_pages"].split(";") if page.strip()}
    findings.expect(told == stated, f"{_PDF}, chronology", "cites other pages than chronology.csv")
    back = {link.page for link in links if link.leads == sections["index"]}
    for document in manifest["documents"]:
        first = document["pages"]["tab"]
        after = document["pages"]["first"] or manifest["bundle"]["pages"] + 1
        there = any(first <= page < after for page in back)
        findings.expect(there, f"{_PDF}, page {first}", "has no link back to the index")


def _check_bookmarks(
    findings: Findings, pdf: pikepdf.Pdf, numbers: Numbers, manifest: dict[str, Any]
) -> None:
    """Each bookmark leads to the page in its title; there is one per section and per document, in order."""
    led: list[int | None] = []
    with pdf.open_outline() as outline:
        for place, item in enumerate(_walk(outline.root), 1):
            page = page_of(item.destination, numbers)
            printed = _LAST_NUMBER.search(str(item.title))
            right = page is not None and printed is not None and int(printed[1]) == page
            findings.expect(right, f"{_PDF}, bookmark {place}", f"leads to page {page}")
            led.append(page)
    sections = manifest["bundle"]["sections"]
    wanted = [sections[key] for key in ("title", "index", "chronology", "documents")]
    wanted += [document["pages"]["tab"] for document in manifest["documents"]]
    findings.expect(led == wanted, f"{_PDF}, bookmarks", "are not one per section and document, in order")
    findings.expect(
        all(a <= b for a, b in pairwise(wanted)), "data/manifest.json", "its sections are out of order"
    )


def _walk(items: Sequence[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from _walk(item.children)
