"""The pages that the bundle adds: title, index, chronology, changes, and a sheet in front of each exhibit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from pipeline.bundle.case import Case
from pipeline.bundle.changes import changes, draw_changes
from pipeline.bundle.front import draw_chronology, draw_title
from pipeline.bundle.indexsheet import draw_index
from pipeline.bundle.layout import Item, first_sizes, laid_out
from pipeline.bundle.paper import Jump, Paper
from pipeline.bundle.plan import Gap, Plan, Sizes, Slice, Tab, Volume
from pipeline.bundle.profile import Profile
from pipeline.bundle.tabsheet import draw_gap, draw_sheet
from pipeline.bundle.typeset import LINK, Style
from pipeline.bundle.volumes import Cut

_GOES_ON = Style(8.5, 12, color=LINK)
_ABOVE_EDGE = 40.0


@dataclass(frozen=True)
class Sheets:
    """The sheets as drawn into one file, links and all."""

    file: Path
    plan: Plan
    jumps: tuple[Jump, ...]

    def slices(self, volume: Volume) -> list[Slice]:
        """The pages of a volume in order: these sheets and the exhibits behind them."""
        found = [part for at, part in sorted(self._parts()) if volume.first <= at <= volume.last]
        return _joined(found)

    def _parts(self) -> list[tuple[int, Slice]]:
        """Every piece of the bundle with its first page."""
        own = [(page, Slice(self.file, at, 1)) for at, page in enumerate(self.pages())]
        for tab in self.plan.tabs:
            at = tab.first or 0
            for part in tab.body.slices:
                own.append((at, part))
                at += part.count
        return own

    def pages(self) -> list[int]:
        """The bundle's page number of each page of the file."""
        found = list(self.plan.front)
        for row in self.plan.rows:
            found += range(row.sheet, row.sheet + _sheets_of(row))
        return found


def _sheets_of(row: Tab | Gap) -> int:
    if isinstance(row, Tab) and row.first is not None:
        return row.first - row.sheet
    return row.last - row.sheet + 1


def _joined(parts: Sequence[Slice]) -> list[Slice]:
    """The same pages in as few slices as can be."""
    found: list[Slice] = []
    for part in parts:
        if found and found[-1].file == part.file and found[-1].first + found[-1].count == part.first:
            found[-1] = Slice(part.file, found[-1].first, found[-1].count + part.count)
        else:
            found.append(part)
    return found


def settled(case: Case, items: Sequence[Item], profile: Profile, file: Path, cut: Cut) -> Sheets:
    """The sheets with right page numbers.

    How many pages the front takes depends on the numbers printed there, and they on it: it is drawn until it fits.
    Parts only ever grow from one round to the next, so that this comes to an end.
    """
    sizes, brief = first_sizes(items, profile), frozenset[int]()
    if changes(laid_out(items, sizes, profile, case.before, cut), case.before):
        sizes = replace(sizes, changes=1)
    while True:
        plan = laid_out(items, sizes, profile, case.before, cut)
        paper = _FrontPaper(file, profile, plan)
        needed = _drawn(paper, case, plan, profile, brief).at_least(plan.sizes)
        paper.save()
        kept, outgrown = _held(items, plan.sizes, needed)
        if kept == plan.sizes and outgrown <= brief:
            return Sheets(file, plan, tuple(paper.jumps))
        sizes, brief = kept, brief | outgrown


def _held(items: Sequence[Item], now: Sizes, needed: Sizes) -> tuple[Sizes, frozenset[int]]:
    """The sizes for the next round: sheets whose pages were handed over stay; and the tabs that would outgrow them."""
    rows = list(zip(items, now.sheets, needed.sheets, strict=True))
    outgrown = frozenset(item.tab for item, size, wants in rows if item.block and wants > size)
    sheets = tuple(size if item.block else wants for item, size, wants in rows)
    return replace(needed, sheets=sheets), outgrown


class _FrontPaper(Paper):
    """Paper that says at the foot of a page in front where the next one is, if that is not the very next page."""

    def __init__(self, file: Path, profile: Profile, plan: Plan) -> None:
        super().__init__(file, profile.paper)
        apart = [(at, after) for at, (page, after) in enumerate(pairwise(plan.front), 1) if after != page + 1]
        self._goes_on = dict(apart)
        self._profile, self._plan = profile, plan

    def turn(self, size: tuple[float, float] | None = None) -> None:
        if (target := self._goes_on.pop(self.page, None)) is not None:
            say = self._profile.word("goes_on", n=self._plan.label(target))
            self.link_text(self.left, _ABOVE_EDGE, say, _GOES_ON, target, say)
        super().turn(size)


def _drawn(paper: Paper, case: Case, plan: Plan, profile: Profile, brief: frozenset[int]) -> Sizes:
    """Draws every sheet; what needs fewer pages than the plan gives it is filled up with empty ones."""
    sizes = plan.sizes
    front = (
        _part(paper, sizes.title, lambda: draw_title(paper, case, plan, profile)),
        _part(paper, sizes.index, lambda: draw_index(paper, case, plan, profile)),
        _part(paper, sizes.chronology, lambda: draw_chronology(paper, case, plan, profile)),
        _part(paper, sizes.changes, lambda: draw_changes(paper, case, plan, profile)),
    )
    paper.head = None
    while paper.page < len(plan.front):
        paper.turn()
    sheets = (
        _part(paper, size, lambda row=row: _draw_row(paper, case, plan, row, profile, brief))  # type: ignore[misc]
        for row, size in zip(plan.rows, sizes.sheets, strict=True)
    )
    return Sizes(*front, tuple(sheets))


def _draw_row(
    paper: Paper, case: Case, plan: Plan, row: Tab | Gap, profile: Profile, brief: frozenset[int]
) -> None:
    if isinstance(row, Gap):
        draw_gap(paper, plan, row, profile)
    else:
        draw_sheet(paper, case, plan, row, profile, row.number in brief)


def _part(paper: Paper, room: int, drawing: Callable[[], None]) -> int:
    """Draws a part from a new page on, and empty pages up to its room; returns the pages it took. No room: nothing."""
    before = paper.page
    if not room:
        return 0
    paper.head = None
    paper.turn()
    drawing()
    paper.head = None
    while paper.page - before < room:
        paper.turn()
    return paper.page - before
