"""Binding: all pages in one PDF, numbered, labelled, linked and bookmarked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf

from extractors.workers import return_memory
from pipeline.bundle.case import Case
from pipeline.bundle.collecting import collect
from pipeline.bundle.highlighting import highlight
from pipeline.bundle.metadata import describe
from pipeline.bundle.plan import Plan
from pipeline.bundle.profile import Profile
from pipeline.bundle.sheets import Sheets
from pipeline.bundle.stamp import Stamped, Stamper, destination
from pipeline.bundle.way_back import add_link, link_back
from pipeline.harmless import terminal


def bind(
    sheets: Sheets, case: Case, profile: Profile, out: Path, told: Callable[[int], None]
) -> tuple[int, ...]:
    """Writes the bundle's PDF to `out`; returns the pages whose number had to cover something.

    `told` hears of every page done.
    """
    collected = out.with_suffix(".collected")
    collect(sheets.slices(), collected)
    with pikepdf.open(collected) as pdf:
        stamped = _stamp(pdf, sheets.plan, profile, told)
        _link(pdf, sheets)
        link_back(pdf, sheets, stamped, profile)
        highlight(pdf, case, sheets.plan.tabs)
        _bookmark(pdf, sheets.plan, profile)
        _describe(pdf, case, profile)
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    collected.unlink()
    return_memory()
    return tuple(number for number, stamp in stamped.items() if stamp.covers)


def _stamp(pdf: Pdf, plan: Plan, profile: Profile, told: Callable[[int], None]) -> dict[int, Stamped]:
    """Prints the number of every page; returns where."""
    stamper = Stamper(pdf, profile.words.get("corner", "bottom-right"))
    ink = {number: found for tab in plan.tabs for number, found in tab.ink.items()}
    stamped: dict[int, Stamped] = {}
    for number, page in enumerate(pdf.pages, 1):
        stamped[number] = stamper.stamp(page, profile.word("stamp", n=number), ink.get(number))
        told(number)
    return stamped


def _link(pdf: Pdf, sheets: Sheets) -> None:
    """The links of index, chronology and tab sheets; they keep the reader's zoom."""
    places = sheets.pages()
    pages = list(pdf.pages)
    for jump in sheets.jumps:
        link = add_link(pdf, pages[places[jump.page - 1] - 1], jump.rect, jump.text)
        link.Dest = destination(pages[jump.target - 1])


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
    describe(pdf, f"{case.claim_id} – {case.title}", profile.language, case.made_at)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
