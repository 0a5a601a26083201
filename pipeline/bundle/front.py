"""What stands in front of the exhibits: title, index, chronology."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pipeline.bundle.case import Case
from pipeline.bundle.chronicle import Entry, entries, merged
from pipeline.bundle.paper import BODY, SMALL, Paper
from pipeline.bundle.plan import Plan, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import GREY, INK, LINK, RULE, Style, draw, width, wrap

_TITLE = Style(26, 33, bold=True)
_SUBTITLE = Style(15, 21)
_HEADING = Style(18, 25, bold=True)
_LABEL = Style(9.5, 15, color=GREY)
_VALUE = Style(10.5, 15)
_CELL = Style(9.5, 13)
_STRONG = Style(9.5, 13, bold=True)
_COLUMN = Style(8.5, 12, bold=True, color=GREY)
_NUMBER = Style(9.5, 13, color=LINK)
_GAP = 5.0
_LABELS = 128.0


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
    if case.amount is not None:
        facts.insert(2, ("amount", f"{case.currency or ''} {case.amount:,.2f}".strip()))
    if case.withheld:
        facts.insert(-2, ("withheld", profile.word("title.withheld_text", n=case.withheld)))
    return facts


def fact(paper: Paper, label: str, values: Sequence[str], style: Style = _VALUE) -> None:
    """A label with its values beside it, one below the other."""
    lines = [line for value in values for line in wrap(value, style, paper.room - _LABELS)]
    for at, line in enumerate(lines):
        paper.need(style.leading)
        if at == 0:
            draw(paper.canvas, paper.left, paper.baseline(_LABEL), label, _LABEL)
        draw(paper.canvas, paper.left + _LABELS, paper.baseline(style), line, style)
        paper.y -= style.leading
    paper.y -= 3


def _headed(paper: Paper, heading: str, columns: Sequence[tuple[float, str, bool]]) -> None:
    """A heading, and the heads of a table that come again on every page."""
    paper.write(heading, _HEADING, gap=10)
    head = partial(_column_heads, columns=columns)
    head(paper)
    paper.head = head


def _column_heads(paper: Paper, columns: Sequence[tuple[float, str, bool]]) -> None:
    y = paper.baseline(_COLUMN)
    for x, label, to_right in columns:
        if to_right:
            paper.right_aligned(x, y, label, _COLUMN)
        else:
            draw(paper.canvas, x, y, label, _COLUMN)
    paper.y -= _COLUMN.leading + 3
    paper.rule(0.9)
    paper.y -= _GAP


def draw_index(paper: Paper, plan: Plan, profile: Profile) -> None:
    """The index: a row per tab; each row, and its page number, leads to the tab."""
    left, right = paper.left, paper.right
    columns = (left, left + 34, left + 136, right - 114, right)
    labels = [profile.word(f"index.{key}") for key in ("tab", "date", "description", "kind", "page")]
    heads = [(x, label, x == right) for x, label in zip(columns, labels, strict=True)]
    _headed(paper, profile.word("index.heading"), heads)
    for tab in plan.tabs:
        _index_row(paper, tab, columns, profile)


def _index_row(paper: Paper, tab: Tab, columns: Sequence[float], profile: Profile) -> None:
    exhibit = tab.exhibit
    inset = 10.0 if exhibit.parent else 0.0
    room = columns[3] - columns[2] - inset - 10
    title = wrap(exhibit.heading, _CELL, room, most=4)
    name = wrap(exhibit.name, SMALL, room, most=2) if exhibit.name != exhibit.heading else []
    dated = wrap(profile.date(exhibit.date), _CELL, columns[2] - columns[1] - 6)
    kind = wrap(profile.named("kinds", exhibit.kind), _CELL, columns[4] - columns[3] - 32)
    lines = max(len(title), len(dated), len(kind))
    height = max(len(title) * _CELL.leading + len(name) * SMALL.leading, lines * _CELL.leading) + _GAP
    paper.need(height)
    top = paper.y
    draw(paper.canvas, columns[0], paper.baseline(_STRONG), str(tab.number), _STRONG)
    _lines(paper, columns[1], dated, _CELL)
    _lines(paper, columns[2] + inset, title, _CELL)
    _lines(paper, columns[3], kind, _CELL)
    say = profile.word("tab", n=tab.number)
    paper.link((columns[0] - 3, top - height + 1, columns[4] + 3, top + 1), tab.sheet, say)
    _number(paper, columns[4], tab.sheet, profile)
    paper.y -= len(title) * _CELL.leading
    _lines(paper, columns[2] + inset, name, SMALL)
    paper.y = top - height + _GAP / 2
    paper.rule(0.4, RULE)
    paper.y -= _GAP / 2


def _lines(paper: Paper, x: float, lines: Sequence[str], style: Style) -> None:
    for at, line in enumerate(lines):
        draw(paper.canvas, x, paper.baseline(style, at), line, style)


def _number(paper: Paper, x: float, page: int, profile: Profile) -> None:
    start = x - width(str(page), _NUMBER)
    say = profile.word("page", n=page)
    paper.link_text(start, paper.baseline(_NUMBER), str(page), _NUMBER, page, say)


def draw_chronology(paper: Paper, case: Case, plan: Plan, profile: Profile) -> None:
    """The chronology: a row per event or dated document, with the numbers of the pages that prove it."""
    left, right = paper.left, paper.right
    columns = (left, left + 102, left + 172, right - 66)
    labels = [profile.word(f"chronology.{key}") for key in ("date", "event", "description", "page")]
    heads = [(x, label, False) for x, label in zip(columns, labels, strict=True)]
    _headed(paper, profile.word("chronology.heading"), heads)
    found = merged(entries(case, plan))
    if not found:
        paper.write(profile.word("chronology.none"), BODY)
    for entry in found:
        _chronology_row(paper, entry, columns, profile)


def _chronology_row(paper: Paper, entry: Entry, columns: Sequence[float], profile: Profile) -> None:
    row, event = entry.row, entry.event
    room = columns[3] - columns[2] - 12
    says = wrap(event.title if event else row.text, _STRONG if event else _CELL, room, most=6)
    more = wrap(event.description, SMALL, room, most=6) if event and event.description.strip() else []
    dated = wrap(profile.date(row.date, row.end), _CELL, columns[1] - columns[0] - 8)
    named = wrap(row.event or "", _CELL, columns[2] - columns[1] - 6)
    numbers = _number_lines(entry.pages, paper.right - columns[3])
    height = len(says) * _CELL.leading + len(more) * SMALL.leading
    height = max(height, max(len(dated), len(named)) * _CELL.leading) + _GAP
    paper.need(min(max(height, len(numbers) * _NUMBER.leading + _GAP), paper.size[1] / 2))
    top = paper.y
    _lines(paper, columns[0], dated, _CELL)
    _lines(paper, columns[1], named, Style(8.5, _CELL.leading, color=GREY))
    _lines(paper, columns[2], says, _STRONG if event else _CELL)
    paper.y -= len(says) * _CELL.leading
    _lines(paper, columns[2], more, SMALL)
    below = _number_block(paper, columns[3], numbers, top, top - height + _GAP, profile)
    paper.y = below - _GAP / 2
    paper.rule(0.4, RULE)
    paper.y -= _GAP / 2


def _number_lines(pages: Sequence[int], room: float) -> list[list[int]]:
    """Page numbers in lines that fit."""
    lines: list[list[int]] = []
    used = room
    for page in pages:
        wide = width(f"{page}, ", _NUMBER)
        if used + wide > room:
            lines.append([])
            used = 0.0
        lines[-1].append(page)
        used += wide
    return lines


def _number_block(
    paper: Paper, x: float, lines: Sequence[Sequence[int]], top: float, bottom: float, profile: Profile
) -> float:
    """Draws linked page numbers from `top` on, over pages if need be; returns where the row ends."""
    paper.y = top
    turned = False
    for line in lines:
        if paper.rest < _NUMBER.leading:
            paper.turn()
            turned = True
        at = x
        for place, page in enumerate(line):
            end = paper.link_text(
                at, paper.baseline(_NUMBER), str(page), _NUMBER, page, profile.word("page", n=page)
            )
            if place < len(line) - 1 or line is not lines[-1]:
                draw(paper.canvas, end, paper.baseline(_NUMBER), ",", Style(9.5, 13, color=INK))
            at = end + width(", ", _NUMBER)
        paper.y -= _NUMBER.leading
    return paper.y if turned else min(paper.y, bottom)
