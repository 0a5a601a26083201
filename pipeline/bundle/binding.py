"""Binding: all pages in one PDF, numbered, labelled, linked and bookmarked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

from extractors.workers import return_memory
from pipeline.bundle.case import Case
from pipeline.bundle.plan import Plan, Slice
from pipeline.bundle.profile import Profile
from pipeline.bundle.sheets import Sheets
from pipeline.bundle.stamp import Stamper, destination
from pipeline.harmless import terminal

_AS_THEY_ARE = {
    "empty": "",
    "staticId": "",
    "decodeLevel": "none",
    "compressStreams": "n",
    "removeUnreferencedResources": "no",
}
"""How pages are collected: the last saving packs what is not packed, and gives the file its identity."""


def bind(sheets: Sheets, case: Case, profile: Profile, out: Path, told: Callable[[int], None]) -> None:
    """Writes the bundle's PDF to `out`. `told` hears of every page done."""
    collected = out.with_suffix(".collected")
    collect(sheets.slices(), collected)
    with pikepdf.open(collected) as pdf:
        stamper = Stamper(pdf, profile.words.get("corner", "bottom-right"))
        for number, page in enumerate(pdf.pages, 1):
            stamper.stamp(page, profile.word("stamp", n=number))
            told(number)
        _link(pdf, sheets)
        _bookmark(pdf, sheets.plan, profile)
        _describe(pdf, case, profile)
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    collected.unlink()
    return_memory()


def collect(slices: Iterable[Slice], out: Path) -> None:
    """Writes the pages of all slices, in order, to the file `out`.

    By qpdf's own job, which leaves the data of streams in their files until it writes them; pages that pikepdf takes
    from other files are held in memory with all of their pictures.
    """
    pages = [{"file": str(s.file), "range": f"{s.first + 1}-{s.first + s.count}"} for s in slices if s.count]
    pikepdf.Job({**_AS_THEY_ARE, "outputFile": str(out), "pages": pages}).run()
    return_memory()


def _link(pdf: Pdf, sheets: Sheets) -> None:
    """The links of index, chronology and tab sheets; they keep the reader's zoom."""
    places = sheets.pages()
    pages = list(pdf.pages)
    for jump in sheets.jumps:
        page = pages[places[jump.page - 1] - 1]
        link = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([round(v, 2) for v in jump.rect]),
            Border=Array([0, 0, 0]),
            F=4,
            Dest=destination(pages[jump.target - 1]),
            Contents=String(terminal(jump.text)),
        )
        if Name.Annots not in page.obj:
            page.obj.Annots = Array()
        page.obj.Annots.append(pdf.make_indirect(link))


def _bookmark(pdf: Pdf, plan: Plan, profile: Profile) -> None:
    """A bookmark for each section and each tab, the page number in its title."""
    pages = list(pdf.pages)

    def item(title: str, page: int) -> OutlineItem:
        named = terminal(profile.word("bookmark", title=title, n=page))  # a PDF takes no halves of characters
        return OutlineItem(named, destination(pages[page - 1]))

    with pdf.open_outline() as outline:
        outline.root.append(item(profile.word("title.bookmark"), 1))
        outline.root.append(item(profile.word("index.heading"), plan.index))
        outline.root.append(item(profile.word("chronology.heading"), plan.chronology))
        if not plan.tabs:
            return
        documents = item(profile.word("documents"), plan.documents)
        for tab in plan.tabs:
            title = f"{profile.word('tab', n=tab.number)}: {tab.exhibit.heading[:120]}"
            documents.children.append(item(title, tab.sheet))
        outline.root.append(documents)


def _describe(pdf: Pdf, case: Case, profile: Profile) -> None:
    made = case.made_at.strftime("D:%Y%m%d%H%M%SZ")
    pdf.docinfo = pdf.make_indirect(
        Dictionary(
            Title=String(terminal(f"{case.claim_id} – {case.title}")),
            Creator=String("claimtrail"),
            CreationDate=String(made),
            ModDate=String(made),
        )
    )
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
    pdf.Root.PageMode = Name.UseOutlines
    pdf.Root.Lang = String(profile.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
