"""The way back: the number on every page of an exhibit leads to the exhibit's row in the index."""

from __future__ import annotations

from collections.abc import Mapping

from pikepdf import Array, Dictionary, Name, Page, Pdf, String

from pipeline.bundle.paper import Jump
from pipeline.bundle.plan import Volume
from pipeline.bundle.profile import Profile
from pipeline.bundle.sheets import Sheets
from pipeline.bundle.stamp import Stamped
from pipeline.harmless import terminal


def link_back(
    pdf: Pdf, sheets: Sheets, volume: Volume, stamped: Mapping[int, Stamped], profile: Profile
) -> None:
    """Makes the stamps on the exhibits' pages lead back; `stamped` says where they are, by the bundle's pages."""
    places, rows = sheets.pages(), index_rows(sheets)
    pages, plan = list(pdf.pages), sheets.plan
    for tab in plan.tabs:
        row = rows.get(tab.sheet)
        if row is None or tab.first is None or tab.volume != volume.number:
            continue
        number = places[row.page - 1]
        say = profile.word("sheet.back", n=plan.label(number))
        home = plan.volume_of(number)
        corner = (round(row.rect[0], 2), round(row.rect[3], 2))
        for leaf in range(tab.first, tab.last + 1):
            link = add_link(pdf, pages[leaf - volume.first], stamped[leaf].rect, say)
            if home == volume:
                link.Dest = Array([pages[number - volume.first].obj, Name.XYZ, *corner, None])
            else:
                link.A = beyond(home, number, corner)


def beyond(volume: Volume, page: int, corner: tuple[float | None, float | None] = (None, None)) -> Dictionary:
    """Goes to a page of another volume, which lies beside this one (PDF 32000-1, 12.6.4.3)."""
    place = Array([page - volume.first, Name.XYZ, *corner, None])
    return Dictionary(S=Name.GoToR, F=String(volume.file), D=place)


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
