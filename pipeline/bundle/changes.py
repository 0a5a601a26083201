"""What is new since the bundle that was handed over before: documents added, withdrawn, and told of otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.bundle.case import Case
from pipeline.bundle.grid import CELL, GAP, STRONG, end_row, headed, lines, number
from pipeline.bundle.numbering import Block, HandedOver
from pipeline.bundle.paper import BODY, SMALL, Paper
from pipeline.bundle.plan import Gap, Plan, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.tabsheet import gap_text
from pipeline.bundle.typeset import draw, wrap

_WHAT = 92.0
_TAB = 34.0


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is added, restored, moved, changed or withdrawn; `was` and `now` are the facts that differ."""

    what: str
    tab: int
    document: str | None
    page: int
    was: tuple[tuple[str, str], ...] = ()
    now: tuple[tuple[str, str], ...] = ()


def changes(plan: Plan, before: HandedOver | None) -> list[Change]:
    """The changes in order of tabs; none when there was no bundle before.

    What was withdrawn in an earlier bundle already is no change; of what is withdrawn now only its numbers are told.
    """
    if before is None:
        return []
    old = {block.tab: block for block in before.blocks}
    moved = {gap.moved for gap in plan.gaps if gap.moved}
    found = [change for tab in plan.tabs if (change := _of_tab(tab, old.get(tab.number), moved))]
    found += [
        Change("withdrawn", gap.number, None, gap.sheet)
        for gap in plan.gaps
        if not old[gap.number].gone and gap.moved is None
    ]
    return sorted(found, key=lambda change: change.tab)


def _of_tab(tab: Tab, block: Block | None, moved: set[int]) -> Change | None:
    doc = tab.exhibit.id
    if block is None:
        return Change("moved" if tab.number in moved else "added", tab.number, doc, tab.sheet)
    was, now = dict(block.facts), dict(tab.exhibit.facts)
    if block.gone:
        return Change("restored", tab.number, doc, tab.sheet)
    differ = [key for key in now if was.get(key, "") != now[key]]
    if not differ:
        return None
    old, new = (tuple((key, said.get(key, "")) for key in differ) for said in (was, now))
    return Change("changed", tab.number, doc, tab.sheet, old, new)


def draw_changes(paper: Paper, case: Case, plan: Plan, profile: Profile) -> None:
    """The sheet of changes, each row with a link to its page."""
    before = case.before
    if before is None:
        return
    left, right = paper.left, paper.right
    xs = (left, left + _TAB, left + _TAB + _WHAT, right)
    labels = [profile.word(f"changes.{key}") for key in ("tab", "what", "description", "page")]
    heads = [(x, label, x == right) for x, label in zip(xs, labels, strict=True)]
    headed(paper, profile.word("changes.heading"), heads)
    since = profile.word("changes.since", date=before.made_at, manifest=before.manifest)
    paper.write(since, SMALL, gap=6)
    found = changes(plan, before)
    if not found:
        paper.write(profile.word("changes.none"), BODY)
    for change in found:
        _row(paper, plan, change, xs, profile)


def _row(paper: Paper, plan: Plan, change: Change, xs: tuple[float, ...], profile: Profile) -> None:
    room = xs[3] - xs[2] - float(profile.words["number_width"])
    says = [line for text in _says(plan, change, profile) for line in wrap(text, CELL, room, most=3)]
    paper.need(len(says) * CELL.leading + GAP)
    top = paper.y
    draw(paper.canvas, xs[0], paper.baseline(STRONG), str(change.tab), STRONG)
    lines(paper, xs[1], wrap(profile.word(f"changes.{change.what}"), CELL, _WHAT - 6, most=2), CELL)
    lines(paper, xs[2], says, CELL)
    number(paper, xs[3], change.page, plan, profile)
    end_row(paper, top - max(len(says), 2) * CELL.leading - GAP / 2)


def _says(plan: Plan, change: Change, profile: Profile) -> list[str]:
    row = next(row for row in plan.rows if row.number == change.tab)
    if isinstance(row, Gap):
        return [gap_text(plan, row, profile)]
    told = [
        profile.word("changes.fact", name=profile.word(f"changes.{key}"), was=was or "–", now=now or "–")
        for (key, was), (_, now) in zip(_shown(change.was, profile), _shown(change.now, profile), strict=True)
    ]
    return [row.exhibit.heading, *told]


def _shown(facts: tuple[tuple[str, str], ...], profile: Profile) -> list[tuple[str, str]]:
    return [(key, profile.named("kinds", value) if key == "kind" else value) for key, value in facts]
