"""The index: a row per tab, in the columns that the profile wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.bundle.case import Case
from pipeline.bundle.grid import CELL, GAP, NUMBER, STRONG, end_row, headed, lines
from pipeline.bundle.grid import number as draw_number
from pipeline.bundle.paper import BODY, SMALL, Paper
from pipeline.bundle.plan import Gap, Plan, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.purpose import form_of, purpose_of, source_of
from pipeline.bundle.tabsheet import gap_text
from pipeline.bundle.typeset import GREY, Style, draw, wrap

_GROUP = Style(10.5, 20, bold=True)
_ASIDE = Style(7.5, 13, color=GREY)
_PAD = 7.0
_INSET = 10.0
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    x: float
    room: float


def draw_index(paper: Paper, case: Case, plan: Plan, profile: Profile) -> None:
    """The index: a row per tab; each row, and its page number, leads to the tab. Below it, how many were withheld."""
    columns = _columns(paper, profile)
    last = columns[-1]
    heads = [
        (c.x if c is not last else paper.right, profile.word(f"index.{c.key}"), c is last) for c in columns
    ]
    headed(paper, profile.word("index.heading"), heads)
    group = ""
    for row in plan.rows:
        if isinstance(row, Gap):
            _gap_row(paper, plan, row, columns, profile)
            continue
        if row.group != group and row.group:
            paper.need(3 * _GROUP.leading)
            paper.write(row.group, _GROUP, most=2, gap=2)
        group = row.group
        _row(paper, case, plan, row, columns, profile)
    if case.withheld:
        paper.need(2 * BODY.leading)
        paper.y -= 8
        paper.write(profile.word("index.withheld", n=case.withheld), BODY)


def _columns(paper: Paper, profile: Profile) -> list[_Column]:
    """The profile's columns from left to right; one without a width takes what the others leave."""
    wanted: list[tuple[str, float]] = [(c["key"], float(c.get("width", 0))) for c in profile.words["columns"]]
    free = paper.room - sum(wide for _, wide in wanted)
    found, x = [], paper.left
    for key, wide in wanted:
        room = wide or free
        found.append(_Column(key, x, room - _PAD))
        x += room
    return found


def _row(
    paper: Paper, case: Case, plan: Plan, tab: Tab, columns: Sequence[_Column], profile: Profile
) -> None:
    inset = _INSET if tab.exhibit.parent else 0.0
    cells = [_cell(case, plan, tab, column, profile, inset) for column in columns]
    height = max(sum(style.leading * len(found) for found, style in cell) for cell in cells) + GAP
    paper.need(height)
    top = paper.y
    for column, cell in zip(columns, cells, strict=True):
        paper.y = top
        for found, style in cell:
            lines(paper, column.x + (inset if column.key == "description" else 0), found, style)
            paper.y -= style.leading * len(found)
    paper.y = top
    say = profile.word("tab", n=tab.number)
    paper.link((columns[0].x - 3, top - height + 1, paper.right + 3, top + 1), tab.sheet, say)
    _pages(paper, plan, tab, profile)
    end_row(paper, top - height + GAP / 2)


def _cell(
    case: Case, plan: Plan, tab: Tab, column: _Column, profile: Profile, inset: float
) -> list[tuple[list[str], Style]]:
    """The lines of a cell; those of the page number are drawn apart."""
    e = tab.exhibit
    if column.key == "tab":
        return [([str(tab.number)], STRONG)]
    if column.key == "page":
        return [(["", ""] if _spans(plan, tab, profile) else [""], CELL)]
    if column.key == "description":
        room = column.room - inset
        name = wrap(e.name, SMALL, room, most=2) if e.name != e.heading else []
        return [(wrap(e.heading, CELL, room, most=4), CELL), (name, SMALL)]
    return [(wrap(_PLAIN[column.key](case, tab, profile), CELL, column.room, most=_MOST_LINES), CELL)]


_PLAIN: dict[str, Callable[[Case, Tab, Profile], str]] = {
    "date": lambda _case, tab, profile: profile.date(tab.exhibit.date),
    "kind": lambda _case, tab, profile: profile.named("kinds", tab.exhibit.kind),
    "source": lambda _case, tab, profile: source_of(tab.exhibit, profile),
    "purpose": lambda case, tab, profile: purpose_of(case, tab, profile),
    "form": lambda _case, tab, profile: form_of(tab.exhibit, profile),
}


def _spans(plan: Plan, tab: Tab, profile: Profile) -> bool:
    """Whether a second line below the page number is needed: for its last page, or its volume."""
    return (bool(profile.words["index"]["range"]) and tab.last > tab.sheet) or len(plan.volumes) > 1


def _pages(paper: Paper, plan: Plan, tab: Tab, profile: Profile) -> None:
    """The number of the first page, linked; below it, where the profile wants them, the last page and the volume."""
    top = paper.y
    draw_number(paper, paper.right, tab.sheet, plan, profile)
    below = []
    if profile.words["index"]["range"] and tab.last > tab.sheet:
        below.append(profile.word("index.to", n=plan.label(tab.last)))
    if len(plan.volumes) > 1:
        below.append(profile.word("volume", n=tab.volume))
    paper.y -= NUMBER.leading
    if below:
        paper.right_aligned(paper.right, paper.baseline(_ASIDE), " ".join(below), _ASIDE)
    paper.y = top


def _gap_row(paper: Paper, plan: Plan, gap: Gap, columns: Sequence[_Column], profile: Profile) -> None:
    """The line for numbers that are kept free."""
    at = columns[1].x
    says = wrap(gap_text(plan, gap, profile), CELL, paper.right - at, most=2)
    paper.need(len(says) * CELL.leading + GAP)
    top = paper.y
    draw(paper.canvas, columns[0].x, paper.baseline(STRONG), str(gap.number), STRONG)
    lines(paper, at, says, Style(CELL.size, CELL.leading, color=GREY))
    end_row(paper, top - len(says) * CELL.leading - GAP / 2)
