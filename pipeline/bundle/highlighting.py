"""Marks on the words that tie exhibits to events: annotations that print, say why, and can be taken off again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, Page, Pdf, String

from pipeline.bundle.case import Case, Highlight
from pipeline.bundle.plan import Slice, Tab
from pipeline.harmless import terminal
from pipeline.renditions.geometry import Rect, View

_COLOUR = (1.0, 0.9, 0.3)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Words of an event on a leaf (from 0) of an exhibit: a rectangle for each line, on the page as it is seen."""

    leaf: int
    event: str
    words: str
    rects: tuple[Rect, ...]


def highlight(pdf: Pdf, case: Case, tabs: Iterable[Tab], before: int = 0) -> None:
    """Marks the words that the exhibits' `highlights` name, on pages whose first has the number `before` + 1.

    What cannot be found again on the page, as it is shown in the bundle, stays unmarked.
    """
    titles = {event.id: event.title for event in case.events}
    pages = pdf.pages
    for tab in tabs:
        if tab.first is None or tab.exhibit.highlights is None:
            continue
        for mark in _marks(pdf, tab, list(tab.exhibit.highlights()), before):
            says = f"{mark.event}  {titles.get(mark.event, '')}".strip()
            made = case.made_at.strftime("D:%Y%m%d%H%M%SZ")
            _annotate(pdf, pages[tab.first + mark.leaf - before - 1], mark, says, made)


def _marks(pdf: Pdf, tab: Tab, wanted: Sequence[Highlight], before: int) -> Iterator[_Mark]:
    starts, body = tab.body.starts, tab.body
    for one in wanted:
        if not 1 <= one.page <= len(starts):
            continue
        leaf = starts[one.page - 1]
        if not body.laid:
            after = starts[one.page] if one.page < len(starts) else body.leaves
            yield from _found(body.slices, leaf, after, one)
        elif one.boxes:
            view = View.of(pdf.pages[(tab.first or 0) + leaf - before - 1])
            seen = body.seen[leaf] if body.seen else None
            x, y, wide, high = seen or (0.0, 0.0, view.width, view.height)
            rects = tuple(
                (x + b.x0 * wide, y + (1 - b.y1) * high, (b.x1 - b.x0) * wide, (b.y1 - b.y0) * high)
                for b in one.boxes
            )
            yield _Mark(leaf, one.event, one.words, rects)


def _found(slices: Sequence[Slice], leaf: int, after: int, one: Highlight) -> Iterator[_Mark]:
    """The words on pages that were set from text, leaf `leaf` up to `after`: by what these pages say themselves."""
    (part, *_) = slices
    rest, nth = "".join(one.words.split()), one.nth
    with closing(pypdfium2.PdfDocument(part.file)) as document:
        for at in range(leaf, min(after, part.count)):
            with closing(document[part.first + at]) as page, closing(page.get_textpage()) as text:
                spread = [place for place in _spread(text) if rest]
                said = "".join(char for char, _ in spread)
                places = _occurrences(said, rest)
                if nth < len(places):
                    start, end = (spread[i][1] for i in (places[nth], places[nth] + len(rest) - 1))
                    yield _Mark(at, one.event, one.words, tuple(_rects(text, start, end)))
                    return
                nth -= len(places)


def _spread(text: pypdfium2.PdfTextPage) -> list[tuple[str, int]]:
    """The page's characters without blanks and without the line above the text, each with its index."""
    chars = [(chr(code), at) for at in range(text.count_chars()) if (code := _code(text, at))]
    first = next((at for char, at in chars if char in "\r\n"), 0)
    return [(char, at) for char, at in chars if at > first and not char.isspace()]


def _code(text: pypdfium2.PdfTextPage, at: int) -> int:
    return int(pypdfium2.raw.FPDFText_GetUnicode(text.raw, at))


def _occurrences(said: str, words: str) -> list[int]:
    found: list[int] = []
    at = said.find(words) if words else -1
    while at >= 0:
        found.append(at)
        at = said.find(words, at + len(words))
    return found


def _rects(text: pypdfium2.PdfTextPage, first: int, last: int) -> Iterator[Rect]:
    """The rectangles around the characters, one for each line."""
    for at in range(text.count_rects(first, last - first + 1)):
        left, bottom, right, top = text.get_rect(at)
        yield left, bottom, right - left, top - bottom


def _annotate(pdf: Pdf, page: Page, mark: _Mark, says: str, made: str) -> None:
    view = View.of(page)
    quads = [_quad(view, rect) for rect in mark.rects]
    xs, ys = (sorted(v for quad in quads for v in quad[i::2]) for i in (0, 1))
    rect = Array([xs[0], ys[0], xs[-1], ys[-1]])
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Highlight,
        Rect=rect,
        QuadPoints=Array([v for quad in quads for v in quad]),
        C=Array(_COLOUR),
        F=4,  # prints
        T=String("claimtrail"),
        Contents=String(terminal(unicodedata.normalize("NFC", says))),
        M=String(made),
        AP=Dictionary(N=_appearance(pdf, quads, rect)),
    )
    if Name.Annots not in page.obj:
        page.obj.Annots = Array()
    page.obj.Annots.append(pdf.make_indirect(note))


def _quad(view: View, rect: Rect) -> list[float]:
    """The corners in the page's own coordinates: upper left, upper right, lower left, lower right as they are seen."""
    x, y, wide, high = rect
    corners = ((x, y + high), (x + wide, y + high), (x, y), (x + wide, y))
    return [round(v, 2) for corner in corners for v in view.point(*corner)]


_MULTIPLIED: Mapping[str, Name] = {"/Type": Name.ExtGState, "/BM": Name.Multiply}


def _appearance(pdf: Pdf, quads: Sequence[Sequence[float]], box: Array) -> pikepdf.Object:
    """How the mark is drawn: ink shows through it, as through a felt pen's."""
    drawn = "".join(f"{q[0]} {q[1]} m {q[2]} {q[3]} l {q[6]} {q[7]} l {q[4]} {q[5]} l h f\n" for q in quads)
    colour = " ".join(map(str, _COLOUR))
    form = pdf.make_stream(f"/Felt gs {colour} rg\n{drawn}".encode())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, box
    form.Resources = Dictionary(ExtGState=Dictionary(Felt=Dictionary(_MULTIPLIED)))
    return form
