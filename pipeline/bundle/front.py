"""What stands in front of the exhibits: title and chronology."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.bundle.case import Case
from pipeline.bundle.chronicle import Entry, entries, merged
from pipeline.bundle.grid import CELL, GAP, NUMBER, STRONG, end_row, fact, headed, lines
from pipeline.bundle.paper import BODY, SMALL, Paper
from pipeline.bundle.plan import Plan
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import GREY, INK, Style, draw, width, wrap

_TITLE = Style(26, 33, bold=True)
_SUBTITLE = Style(15, 21)


def draw_title(paper: Paper, case: Case, plan: Plan, profile: Profile) -> None:
    """The title page: whose claim, against whom, what is inside, when it was made."""
    paper.y -= 96
    paper.write(profile.word("title.heading"), Style(12, 18, color=GREY), gap=6)
    paper.write(case.title, _TITLE, most=5, gap=4)
    paper.write(case.claim_id, _SUBTITLE, gap=26)
    paper.rule(1.2)
    paper.y -= 22
    for role, name in case.parties:
        fact(paper, profile.named("roles", role), [name])
    paper.y -= 10
    for label, value in _title_facts(case, plan, profile):
        fact(paper, profile.word(f"title.{label}"), [value])


def _title_facts(case: Case, plan: Plan, profile: Profile) -> list[tuple[str, str]]:
    facts = [
        ("type", profile.named("types", case.type)),
        ("status", profile.named("statuses", case.status)),
        ("documents", str(len(plan.tabs))),
        ("pages", str(plan.pages)),
        ("made", profile.time(case.made_at)),
        ("profile", profile.word("title.profile_text")),
    ]
    if len(plan.volumes) > 1:
        facts.insert(4, ("volumes", _volumes(plan, profile)))
    if case.amount is not None:
        facts.insert(2, ("amount", f"{case.currency or ''} {case.amount:,.2f}".strip()))
    if case.withheld:
        facts.insert(-2, ("withheld", profile.word("title.withheld_text", n=case.withheld)))
    return facts


def _volumes(plan: Plan, profile: Profile) -> str:
    """Each volume's file and pages, a line each."""
    return "\n".join(
        profile.word("title.volume_text", file=v.file, first=plan.label(v.first), last=plan.label(v.last))
        for v in plan.volumes
    )


def draw_chronology(paper: Paper, case: Case, plan: Plan, profile: Profile) -> None:
    """The chronology: a row per event or dated document, with the numbers of the pages that prove it."""
    left, right = paper.left, paper.right
    columns = (left, left + 102, left + 172, right - float(profile.words["number_width"]))
    labels = [profile.word(f"chronology.{key}") for key in ("date", "event", "description", "page")]
    heads = [(x, label, False) for x, label in zip(columns, labels, strict=True)]
    headed(paper, profile.word("chronology.heading"), heads)
    found = merged(entries(case, plan))
    if not found:
        paper.write(profile.word("chronology.none"), BODY)
    for entry in found:
        _chronology_row(paper, entry, columns, plan, profile)


def _chronology_row(
    paper: Paper, entry: Entry, columns: Sequence[float], plan: Plan, profile: Profile
) -> None:
    row, event = entry.row, entry.event
    room = columns[3] - columns[2] - 12
    says = wrap(event.title if event else row.text, STRONG if event else CELL, room, most=6)
    more = wrap(event.description, SMALL, room, most=6) if event and event.description.strip() else []
    dated = wrap(profile.date(row.date, row.end), CELL, columns[1] - columns[0] - 8)
    named = wrap(row.event or "", CELL, columns[2] - columns[1] - 6)
    numbers = _number_lines(entry.pages, plan, paper.right - columns[3])
    height = len(says) * CELL.leading + len(more) * SMALL.leading
    height = max(height, max(len(dated), len(named)) * CELL.leading) + GAP
    paper.need(min(max(height, len(numbers) * NUMBER.leading + GAP), paper.size[1] / 2))
    top = paper.y
    lines(paper, columns[0], dated, CELL)
    lines(paper, columns[1], named, Style(8.5, CELL.leading, color=GREY))
    lines(paper, columns[2], says, STRONG if event else CELL)
    paper.y -= len(says) * CELL.leading
    lines(paper, columns[2], more, SMALL)
    below = _number_block(paper, columns[3], numbers, top, top - height + GAP, plan, profile)
    end_row(paper, below)


def _number_lines(pages: Sequence[int], plan: Plan, room: float) -> list[list[int]]:
    """Page numbers in lines that fit."""
    found: list[list[int]] = []
    used = room
    for page in pages:
        wide = width(f"{plan.label(page)}, ", NUMBER)
        if used + wide > room:
            found.append([])
            used = 0.0
        found[-1].append(page)
        used += wide
    return found


def _number_block(
    paper: Paper,
    x: float,
    found: Sequence[Sequence[int]],
    top: float,
    bottom: float,
    plan: Plan,
    profile: Profile,
) -> float:
    """Draws linked page numbers from `top` on, over pages if need be; returns where the row ends."""
    paper.y = top
    turned = False
    for line in found:
        if paper.rest < NUMBER.leading:
            paper.turn()
            turned = True
        at = x
        for place, page in enumerate(line):
            printed = plan.label(page)
            say = profile.word("page", n=printed)
            end = paper.link_text(at, paper.baseline(NUMBER), printed, NUMBER, page, say)
            if place < len(line) - 1 or line is not found[-1]:
                draw(paper.canvas, end, paper.baseline(NUMBER), ",", Style(9.5, 13, color=INK))
            at = end + width(", ", NUMBER)
        paper.y -= NUMBER.leading
    return paper.y if turned else min(paper.y, bottom)
