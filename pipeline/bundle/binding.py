"""Binding: all pages in one PDF, numbered, labelled, linked and bookmarked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

from extractors.workers import return_memory
from pipeline.bundle.case import Case
from pipeline.bundle.collecting import collect
from pipeline.bundle.highlighting import highlight
from pipeline.bundle.metadata import describe
from pipeline.bundle.plan import Plan, Volume
from pipeline.bundle.profile import Profile
from pipeline.bundle.sheets import Sheets
from pipeline.bundle.stamp import Stamped, Stamper, destination
from pipeline.bundle.way_back import add_link, beyond, link_back
from pipeline.harmless import terminal


def bind(
    sheets: Sheets, volume: Volume, case: Case, profile: Profile, out: Path, told: Callable[[int], None]
) -> tuple[int, ...]:
    """Writes a volume of the bundle to `out`; returns the pages whose number had to cover something.

    `told` hears of every page done.
    """
    collected = out.with_suffix(".collected")
    collect(sheets.slices(volume), collected)
    with pikepdf.open(collected) as pdf:
        stamped = _stamp(pdf, sheets.plan, volume, profile, told)
        _link(pdf, sheets, volume)
        link_back(pdf, sheets, volume, stamped, profile)
        own = [tab for tab in sheets.plan.tabs if tab.volume == volume.number]
        highlight(pdf, case, own, volume.first - 1)
        _bookmark(pdf, sheets.plan, volume, profile)
        _describe(pdf, case, sheets.plan, volume, profile)
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    collected.unlink()
    return_memory()
    return tuple(number for number, stamp in stamped.items() if stamp.covers)


def _stamp(
    pdf: Pdf, plan: Plan, volume: Volume, profile: Profile, told: Callable[[int], None]
) -> dict[int, Stamped]:
    """Prints the number of every page; returns where."""
    stamper = Stamper(pdf, profile.words["corner"])
    ink = {number: found for tab in plan.tabs for number, found in tab.ink.items()}
    stamped: dict[int, Stamped] = {}
    for number, page in enumerate(pdf.pages, volume.first):
        says = profile.word("stamp", n=plan.label(number))
        stamped[number] = stamper.stamp(page, says, ink.get(number))
        told(number)
    return stamped


def _link(pdf: Pdf, sheets: Sheets, volume: Volume) -> None:
    """The links of index, chronology, changes and tab sheets; they keep the reader's zoom."""
    places = sheets.pages()
    pages = list(pdf.pages)
    for jump in sheets.jumps:
        place = places[jump.page - 1]
        if not volume.first <= place <= volume.last:
            continue
        link = add_link(pdf, pages[place - volume.first], jump.rect, jump.text)
        target = sheets.plan.volume_of(jump.target)
        if target == volume:
            link.Dest = destination(pages[jump.target - volume.first])
        else:
            link.A = beyond(target, jump.target)


def _bookmark(pdf: Pdf, plan: Plan, volume: Volume, profile: Profile) -> None:
    """A bookmark for each section and each tab of the volume, the page number in its title."""
    pages = list(pdf.pages)

    def item(title: str, page: int) -> OutlineItem:
        named = terminal(profile.word("bookmark", title=title, n=plan.label(page)))  # no halves of characters
        return OutlineItem(named, destination(pages[page - volume.first]))

    sections = [
        (profile.word("title.bookmark"), plan.front[0]),
        (profile.word("index.heading"), plan.index),
        (profile.word("chronology.heading"), plan.chronology),
    ]
    if plan.changes:
        sections.append((profile.word("changes.heading"), plan.changes))
    with pdf.open_outline() as outline:
        for title, page in sections:
            if volume.first <= page <= volume.last:
                outline.root.append(item(title, page))
        own = [tab for tab in plan.tabs if tab.volume == volume.number]
        for group, found in groupby(own, key=lambda tab: tab.group):
            tabs = list(found)
            documents = item(group or profile.word("documents"), tabs[0].sheet)
            for tab in tabs:
                title = f"{profile.word('tab', n=tab.number)}: {tab.exhibit.heading[:120]}"
                documents.children.append(item(title, tab.sheet))
            outline.root.append(documents)


def _describe(pdf: Pdf, case: Case, plan: Plan, volume: Volume, profile: Profile) -> None:
    title = f"{case.claim_id} – {case.title}"
    if len(plan.volumes) > 1:
        title += f" – {profile.word('volume', n=volume.number)}"
    describe(pdf, title, profile.language, case.made_at)
    labels = plan.labels[volume.first - 1 : volume.last]
    pdf.Root.PageLabels = Dictionary(Nums=Array(page_labels(labels)))


def page_labels(labels: Sequence[str]) -> list[Any]:
    """The ranges of a PDF's page labels (PDF 32000-1, 12.4.2): runs of numbers that go on, what stands before them."""
    found: list[Any] = []
    expected = ""
    for at, label in enumerate(labels):
        prefix, digits = _parted(label)
        if label != expected:
            entry = Dictionary(S=Name.D, St=int(digits)) if digits else Dictionary()
            if prefix:
                entry.P = String(prefix)
            found += [at, entry]
        expected = f"{prefix}{int(digits) + 1}" if digits else ""
    return found


def _parted(label: str) -> tuple[str, str]:
    """A label as what stands before its number, zeros and all, and the number; Roman ones have none."""
    digits = label[len(label.rstrip("0123456789")) :].lstrip("0")
    return label[: len(label) - len(digits)], digits
