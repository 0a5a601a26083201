"""The sheet in front of an exhibit: what it is, where it came from, what it bears on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipeline.bundle.case import Case, ExhibitLink
from pipeline.bundle.grid import fact
from pipeline.bundle.paper import Paper
from pipeline.bundle.plan import Gap, Plan, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.typeset import GREY, LINK, Style, draw, width, wrap

_TAB = Style(13, 18, bold=True, color=GREY)
_TITLE = Style(20, 27, bold=True)
_VALUE = Style(10, 14.5)
_MONO = Style(8.5, 14.5)
_JUMP = Style(10, 14.5, color=LINK)
_NOTE = Style(11, 16, bold=True)
_LABEL = Style(9.5, 15, color=GREY)
_LABELS = 128.0


_BRIEF_LINES, _BRIEF_LINKS = 2, 6


def draw_sheet(paper: Paper, case: Case, plan: Plan, tab: Tab, profile: Profile, brief: bool = False) -> None:
    """Draws the sheet of a tab; one with very many links goes on to more pages, unless it is to be brief."""
    paper.y -= 40
    paper.write(profile.word("tab", n=tab.number), _TAB, gap=4)
    paper.write(tab.exhibit.heading, _TITLE, most=2 if brief else 4, gap=12)
    paper.rule(1.2)
    paper.y -= 18
    if brief:
        _brief(paper, plan, tab, profile)
    else:
        _facts(paper, plan, tab, profile)
        _family(paper, plan, tab, profile)
        _events(paper, case, plan, tab, profile)
    if tab.body.note:
        _note(paper, tab, most=2 if brief else None)
    paper.need(40)
    paper.y -= 20
    say = profile.word("sheet.back", n=plan.label(plan.index))
    paper.link_text(paper.left, paper.baseline(_JUMP), say, _JUMP, plan.index, say)


def draw_gap(paper: Paper, plan: Plan, gap: Gap, profile: Profile) -> None:
    """Says on the pages of numbers that are kept free that nothing stands there any more; never what once did."""
    page = gap.sheet
    while True:
        paper.y -= 40
        paper.write(profile.word("tab", n=gap.number), _TAB, gap=4)
        paper.write(profile.word("withdrawn.heading"), _TITLE, gap=12)
        paper.rule(1.2)
        paper.y -= 18
        paper.write(gap_text(plan, gap, profile), _NOTE)
        if (page := page + 1) > gap.last:
            return
        paper.turn()


def gap_text(plan: Plan, gap: Gap, profile: Profile) -> str:
    """Which numbers are kept free, and why."""
    same = gap.first_label == gap.last_label
    span = profile.word(
        "page" if same else "pages", n=gap.first_label, first=gap.first_label, last=gap.last_label
    )
    if gap.moved is None:
        return profile.word("withdrawn.text", pages=span)
    now = next(tab for tab in plan.tabs if tab.number == gap.moved)
    return profile.word("withdrawn.moved", pages=span, tab=now.number, n=plan.label(now.sheet))


def _brief(paper: Paper, plan: Plan, tab: Tab, profile: Profile) -> None:
    """What a sheet says that must not outgrow its one page: no custody, and only the first of its links."""
    exhibit = tab.exhibit
    fact(paper, _label(profile, "date"), [profile.date(exhibit.date)], _VALUE)
    fact(paper, _label(profile, "kind"), [profile.named("kinds", exhibit.kind)], _VALUE)
    name = wrap(exhibit.name, _VALUE, paper.room - _LABELS, most=_BRIEF_LINES)
    fact(paper, _label(profile, "name"), ["\n".join(name)], _VALUE)
    fact(paper, _label(profile, "sha256"), [exhibit.sha256[:32], exhibit.sha256[32:]], _MONO)
    fact(paper, _label(profile, "shown"), [_shown(plan, tab, profile)], _VALUE)
    links = tab.links[:_BRIEF_LINKS]
    if links:
        draw(paper.canvas, paper.left, paper.baseline(_LABEL), _label(profile, "supports"), _LABEL)
        _pages(paper, plan, tab, links, profile)
    fact(paper, "", [profile.word("sheet.brief")], _VALUE)


def _facts(paper: Paper, plan: Plan, tab: Tab, profile: Profile) -> None:
    exhibit = tab.exhibit
    fact(paper, _label(profile, "date"), [profile.date(exhibit.date)], _VALUE)
    fact(paper, _label(profile, "kind"), [profile.named("kinds", exhibit.kind)], _VALUE)
    fact(paper, _label(profile, "name"), [exhibit.name], _VALUE)
    sightings = sorted(exhibit.sightings, key=lambda seen: seen.received)
    fact(paper, _label(profile, "source"), [seen.path for seen in sightings], _VALUE)
    times = dict.fromkeys(profile.time(seen.received) for seen in sightings)
    fact(paper, _label(profile, "received"), list(times), _VALUE)
    fact(paper, _label(profile, "custody"), exhibit.custody, _VALUE)
    fact(paper, _label(profile, "sha256"), [exhibit.sha256[:32], exhibit.sha256[32:]], _MONO)
    fact(paper, _label(profile, "original"), [tab.original], _VALUE)
    fact(paper, _label(profile, "shown"), [_shown(plan, tab, profile)], _VALUE)


def _shown(plan: Plan, tab: Tab, profile: Profile) -> str:
    if tab.first is None:
        return profile.word("sheet.not_shown")
    if tab.first == tab.last:
        return profile.word("page", n=plan.label(tab.first))
    return profile.word("pages", first=plan.label(tab.first), last=plan.label(tab.last))


def _label(profile: Profile, key: str) -> str:
    return profile.word(f"sheet.{key}")


def _family(paper: Paper, plan: Plan, tab: Tab, profile: Profile) -> None:
    """The mail or archive that the exhibit came in, and what came in it."""
    parent = [tab.exhibit.parent] if tab.exhibit.parent else []
    for key, ids in (("parent", parent), ("children", list(tab.exhibit.children))):
        label = _label(profile, key)
        for found in [plan.by_id.get(id_) for id_ in ids]:
            paper.need(_JUMP.leading)
            draw(paper.canvas, paper.left, paper.baseline(_LABEL), label, _LABEL)
            _relative(paper, plan, found, profile)
            label = ""
        paper.y -= 3 if ids else 0


def _relative(paper: Paper, plan: Plan, found: Tab | None, profile: Profile) -> None:
    x, y = paper.left + _LABELS, paper.baseline(_JUMP)
    if found is None:
        draw(paper.canvas, x, y, profile.word("sheet.missing"), _VALUE)
    else:
        say = f"{profile.word('tab', n=found.number)}, {profile.word('page', n=plan.label(found.sheet))}"
        end = paper.link_text(x, y, say, _JUMP, found.sheet, say)
        name = wrap(found.exhibit.name, _VALUE, paper.right - end - 10, most=1)[0]
        draw(paper.canvas, end + 10, y, name, Style(9, 14.5, color=GREY))
    paper.y -= _JUMP.leading


def _events(paper: Paper, case: Case, plan: Plan, tab: Tab, profile: Profile) -> None:
    """The events that the exhibit bears on, each with the pages that do."""
    titles = {event.id: event.title for event in case.events}
    label = _label(profile, "supports")
    for event, found in groupby(tab.links, key=lambda link: link.event):
        links = list(found)
        says = f"{event}  {titles.get(event, '')}"
        if all(link.status == "proposed" for link in links):
            says += f" ({_label(profile, 'proposed')})"
        lines = wrap(says, _VALUE, paper.room - _LABELS)
        paper.need((len(lines) + 1) * _VALUE.leading)
        draw(paper.canvas, paper.left, paper.baseline(_LABEL), label, _LABEL)
        for line in lines:
            draw(paper.canvas, paper.left + _LABELS, paper.baseline(_VALUE), line, _VALUE)
            paper.y -= _VALUE.leading
        _pages(paper, plan, tab, links, profile)
        label = ""


def _pages(paper: Paper, plan: Plan, tab: Tab, links: Sequence[ExhibitLink], profile: Profile) -> None:
    x = paper.left + _LABELS
    for page in sorted({tab.page(link.page) for link in links}):
        say = profile.word("page", n=plan.label(page))
        if x + width(say, _JUMP) > paper.right:
            x = paper.left + _LABELS
            paper.y -= _JUMP.leading
            paper.need(_JUMP.leading)
        x = paper.link_text(x, paper.baseline(_JUMP), say, _JUMP, page, say) + 12
    paper.y -= _JUMP.leading + 4


def _note(paper: Paper, tab: Tab, most: int | None = None) -> None:
    paper.y -= 14
    paper.need(3 * _NOTE.leading)
    paper.write(tab.body.note.rstrip(".") + ".", _NOTE, most)
