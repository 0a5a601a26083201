"""The pages that the bundle adds: title, index, chronology, and a sheet in front of each exhibit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.bundle.case import Case, Exhibit
from pipeline.bundle.front import draw_chronology, draw_index, draw_title
from pipeline.bundle.paper import Jump, Paper
from pipeline.bundle.plan import Body, Plan, Sizes, Slice, laid_out
from pipeline.bundle.profile import Profile
from pipeline.bundle.tabsheet import draw_sheet


@dataclass(frozen=True)
class Sheets:
    """The sheets as drawn into one file, links and all."""

    file: Path
    plan: Plan
    jumps: tuple[Jump, ...]

    def slices(self) -> list[Slice]:
        """The whole bundle in order: these sheets and the exhibits behind them."""
        sizes = self.plan.sizes
        front = sizes.title + sizes.index + sizes.chronology
        parts, at = [Slice(self.file, 0, front)], front
        for tab, size in zip(self.plan.tabs, sizes.sheets, strict=True):
            parts.append(Slice(self.file, at, size))
            parts += tab.body.slices
            at += size
        return parts

    def pages(self) -> list[int]:
        """The bundle's page number of each page of the file."""
        found = list(range(1, self.plan.documents))
        for tab, size in zip(self.plan.tabs, self.plan.sizes.sheets, strict=True):
            found += range(tab.sheet, tab.sheet + size)
        return found


def settled(
    case: Case, exhibits: Sequence[Exhibit], bodies: Sequence[Body], profile: Profile, file: Path
) -> Sheets:
    """The sheets with right page numbers.

    How many pages the front takes depends on the numbers printed there, and they on it: it is drawn until it fits.
    Parts only ever grow from one round to the next, so that this comes to an end.
    """
    plan = laid_out(exhibits, bodies, Sizes(1, 1, 1, (1,) * len(exhibits)))
    while True:
        paper = Paper(file, profile.paper)
        needed = _drawn(paper, case, plan, profile).at_least(plan.sizes)
        paper.save()
        if needed == plan.sizes:
            return Sheets(file, plan, tuple(paper.jumps))
        plan = laid_out(exhibits, bodies, needed)


def _drawn(paper: Paper, case: Case, plan: Plan, profile: Profile) -> Sizes:
    """Draws every sheet; what needs fewer pages than the plan gives it is filled up with empty ones."""
    sizes = plan.sizes
    return Sizes(
        _part(paper, sizes.title, lambda: draw_title(paper, case, plan, profile)),
        _part(paper, sizes.index, lambda: draw_index(paper, plan, profile)),
        _part(paper, sizes.chronology, lambda: draw_chronology(paper, case, plan, profile)),
        tuple(
            _part(paper, size, lambda tab=tab: draw_sheet(paper, case, plan, tab, profile))  # type: ignore[misc]
            for tab, size in zip(plan.tabs, sizes.sheets, strict=True)
        ),
    )


def _part(paper: Paper, room: int, drawing: Callable[[], None]) -> int:
    before = paper.page
    paper.head = None
    paper.turn()
    drawing()
    paper.head = None
    while paper.page - before < room:
        paper.turn()
    return paper.page - before
