"""The PDFs as they are walked through: every link and bookmark leads to the page whose number it prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import pikepdf
import pypdfium2

from pipeline.bundle.checks.book import SECTIONS, Book, Stated
from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.printed import opened
from pipeline.bundle.checks.recorded import read_csv, shown_pages

Numbers = dict[tuple[int, int], int]
"""The page (from 1, through all volumes) of each page object."""

_ACTING = ("/OpenAction", "/AA", "/AcroForm")


@dataclass(frozen=True, slots=True)
class Link:
    """A link on page `page` of the bundle, where it leads (None: nowhere in the bundle), and the text it stands on."""

    page: int
    rect: tuple[float, ...]
    leads: int | None
    text: str

    def holds(self, other: Link) -> bool:
        """Whether the other lies within this one (a row of a table, and the number in it)."""
        a, b = self.rect, other.rect
        return self is not other and a[0] <= b[0] and a[1] <= b[1] and a[2] >= b[2] and a[3] >= b[3]


def check_links(findings: Findings) -> None:
    """Links, bookmarks, and that nothing in the files acts on its own."""
    book = Book.of(findings.folder)
    by_page: dict[int, list[Link]] = {}
    led: list[int | None] = []
    shown = shown_pages(book.manifest)
    for volume in book.volumes:
        path = findings.folder / volume.file
        with pikepdf.open(path) as pdf, closing(pypdfium2.PdfDocument(path)) as texts:
            numbers: Numbers = {page.obj.objgen: n for n, page in enumerate(pdf.pages, volume.first)}
            for place, page in enumerate(pdf.pages, 1):
                if "/Annots" in page and volume.first + place - 1 not in shown:
                    found = list(_links_of(findings, book, volume, page, place, texts, numbers))
                    by_page[volume.first + place - 1] = found
                    _check_page_links(findings, book, volume, found)
            led += _bookmarks(findings, book, volume, pdf, numbers)
            acting = [key for key in _ACTING if key in pdf.Root]
            if "/Names" in pdf.Root:
                acting += [key for key in ("/JavaScript", "/EmbeddedFiles") if key in pdf.Root.Names]
            findings.expect(not acting, volume.file, f"has parts that act on their own: {', '.join(acting)}")
    _check_bookmarks(findings, book, led)
    leaves = [link for links in by_page.values() for link in links if not any(map(link.holds, links))]
    _check_sections(findings, book, leaves)


def _links_of(
    findings: Findings,
    book: Book,
    volume: Stated,
    page: pikepdf.Page,
    place: int,
    texts: Any,
    numbers: Numbers,
) -> Iterator[Link]:
    with opened(texts, place) as (_, text):
        for note in page.Annots:
            where = f"{volume.file}, page {place}"
            if note.get("/Subtype") != pikepdf.Name.Link or "/AA" in note or not is_inner(note):
                findings.fault(where, "has something on it that is no link within the bundle")
                continue
            rect = tuple(float(v) for v in note.Rect)
            leads = led_to(book, note, numbers)
            yield Link(volume.first + place - 1, rect, leads, text.get_text_bounded(*rect))


def is_inner(note: Any) -> bool:
    """Whether the link has a destination, or goes to another file as volumes do, and has no other action."""
    return "/A" not in note or (
        "/Dest" not in note and note.A.get("/S") == pikepdf.Name.GoToR and "/Next" not in note.A
    )


def led_to(book: Book, note: Any, numbers: Numbers) -> int | None:
    """The page of the bundle that a link leads to."""
    return _beyond(book, note.A) if "/A" in note else page_of(note.get("/Dest"), numbers)


def _beyond(book: Book, action: Any) -> int | None:
    """The page of another volume that an action goes to."""
    file, place = str(action.get("/F", "")), action.get("/D")
    at = str(place[0]) if isinstance(place, pikepdf.Array) and len(place) else ""
    return book.file_place(file, int(at)) if at.isdecimal() else None


def page_of(destination: Any, numbers: Numbers) -> int | None:
    """The page of the bundle that a destination in the same file names."""
    if not isinstance(destination, pikepdf.Array) or len(destination) == 0:
        return None
    return numbers.get(destination[0].objgen)


def _check_page_links(findings: Findings, book: Book, volume: Stated, links: Sequence[Link]) -> None:
    """A link leads to the page whose number its text ends with; one that holds another leads where that does."""
    for link in links:
        where = f"{volume.file}, page {link.page - volume.first + 1}"
        inner = next(filter(link.holds, links), None)
        if inner:
            what = f"a row whose number leads to page {inner.leads} leads to page {link.leads}"
            findings.expect(link.leads is not None and link.leads == inner.leads, where, what)
            continue
        label = book.labels.get(link.leads) if link.leads else None
        right = label is not None and prints(link.text, label)
        findings.expect(right, where, f"a link that prints {link.text.strip()!r} leads to page {link.leads}")


def prints(text: str, label: str) -> bool:
    """Whether a text ends with this very page number, and at most a word of its language behind it."""
    said = text.strip().rstrip(",;页 \r\n")
    before = said[: -len(label)]
    part_of_more = before and (before[-1] == "-" or (before[-1].isascii() and before[-1].isalnum()))
    return said.endswith(label) and not part_of_more


def _check_sections(findings: Findings, book: Book, links: Sequence[Link]) -> None:
    """Index, chronology and changes cite the very pages that the manifest and the tables do."""
    pdf = book.volumes[0].file
    on = {name: set(pages) for name, pages in book.front.items()}
    onward = _next_in_front(book)
    index = [link.leads for link in links if link.page in on["index"] and link.leads not in onward]
    sheets = [document["pages"]["tab"] for document in book.documents]
    findings.expect(
        index == sheets, f"{pdf}, index", "its links are not those of the documents, one each, in order"
    )
    told = {link.leads for link in links if link.page in on["chronology"]} - onward
    rows = read_csv(findings.folder / "data" / "chronology.csv")
    cells = (row["bundle_pages"] or "" for row in rows)  # None where a line was cut off
    stated = {label.strip() for cell in cells for label in cell.split(";") if label.strip()}
    printed = {book.labels.get(page or 0) for page in told}
    findings.expect(printed == stated, f"{pdf}, chronology", "cites other pages than chronology.csv")
    if since := book.manifest.get("since"):
        cited = {link.leads for link in links if link.page in on["changes"]} - onward
        wanted = {change["page"] for change in since["changes"]}
        findings.expect(cited == wanted, f"{pdf}, changes", "cites other pages than manifest.json")
    _check_ways_back(findings, book, links)


def _next_in_front(book: Book) -> set[int | None]:
    """The pages in front to which the page before them points, because they are not the very next."""
    order = [page for name in (*SECTIONS, "blank") for page in book.front.get(name, [])]
    return {after for page, after in pairwise(order) if after != page + 1}


def _check_ways_back(findings: Findings, book: Book, links: Sequence[Link]) -> None:
    """Every tab sheet has a link back to the index."""
    back = {link.page for link in links if link.leads == book.front["index"][0]}
    for document in book.documents:
        first = document["pages"]["tab"]
        after = document["pages"]["first"] or first + len(document.get("numbers", [0]))
        if first == after:
            continue
        there = any(first <= page < after for page in back)
        findings.expect(there, book.where(first), "has no link back to the index")


def _bookmarks(
    findings: Findings, book: Book, volume: Stated, pdf: pikepdf.Pdf, numbers: Numbers
) -> list[int | None]:
    """Where the volume's bookmarks lead; each to the page whose number its title ends with."""
    led: list[int | None] = []
    with pdf.open_outline() as outline:
        for place, item in enumerate(_walk(outline.root), 1):
            page = page_of(item.destination, numbers)
            label = book.labels.get(page) if page else None
            right = label is not None and prints(str(item.title), label)
            findings.expect(right, f"{volume.file}, bookmark {place}", f"leads to page {page}")
            led.append(page)
    return led


def _check_bookmarks(findings: Findings, book: Book, led: Sequence[int | None]) -> None:
    """There is one bookmark per section, heading and document of each volume, in order."""
    sections = [book.front[name][0] for name in SECTIONS if book.front.get(name)]
    wanted: list[int] = []
    for number, volume in enumerate(book.volumes, 1):
        wanted += [page for page in sections if volume.first <= page <= volume.last]
        own = [d for d in book.documents if book.volume_at(d["pages"]["tab"]) == number]
        for _, found in groupby(own, key=lambda document: document.get("group", "")):
            tabs = [document["pages"]["tab"] for document in found]
            wanted += [tabs[0], *tabs]
    findings.expect(
        list(led) == wanted,
        f"{book.volumes[0].file}, bookmarks",
        "are not one per section and document, in order",
    )
    tabs = [document["pages"]["tab"] for document in book.documents]
    in_order = all(a < b for a, b in pairwise(tabs))
    findings.expect(in_order, "data/manifest.json", "its documents are out of order")


def _walk(items: Sequence[pikepdf.OutlineItem]) -> Iterator[pikepdf.OutlineItem]:
    for item in items:
        yield item
        yield from _walk(item.children)
