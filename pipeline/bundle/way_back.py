"""The way back: the number on every page of an exhibit leads to the exhibit's row in the index."""

from __future__ import annotations

from collections.abc import Mapping

from pikepdf import Array, Dictionary, Name, Page, Pdf, String

from pipeline.bundle.paper import Jump
from pipeline.bundle.profile import Profile
from pipeline.bundle.sheets import Sheets
from pipeline.bundle.stamp import Stamped
from pipeline.harmless import terminal


def link_back(pdf: Pdf, sheets: Sheets, stamped: Mapping[int, Stamped], profile: Profile) -> None:
    """Makes the stamps on the exhibits' pages lead back; `stamped` says where they are, by the bundle's pages."""
    places, rows = sheets.pages(), index_rows(sheets)
    pages = list(pdf.pages)
    for tab in sheets.plan.tabs:
        row = rows.get(tab.sheet)
        if row is None or tab.first is None:
            continue
        number = places[row.page - 1]
        say = profile.word("sheet.back", n=number)
        target = Array([pages[number - 1].obj, Name.XYZ, *(round(row.rect[i], 2) for i in (0, 3)), None])
        for leaf in range(tab.first, tab.last + 1):
            add_link(pdf, pages[leaf - 1], stamped[leaf].rect, say).Dest = target


def index_rows(sheets: Sheets) -> dict[int, Jump]:
    """The row of the index for each tab, by the page of its sheet: the first link that leads there."""
    rows: dict[int, Jump] = {}
    for jump in sheets.jumps:
        rows.setdefault(jump.target, jump)
    return rows


def add_link(pdf: Pdf, page: Page, rect: tuple[float, ...], text: str) -> Dictionary:
    """A link on the page that does not show, to be told where it leads; `text` is for those who cannot see it."""
    link = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=Array([round(v, 2) for v in rect]),
        Border=Array([0, 0, 0]),
        F=4,
        Contents=String(terminal(text)),
    )
    if Name.Annots not in page.obj:
        page.obj.Annots = Array()
    made: Dictionary = pdf.make_indirect(link)
    page.obj.Annots.append(made)
    return made
