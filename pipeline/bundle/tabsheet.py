"""The sheet in front of an exhibit: what it is, where it came from, what it bears on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipeline.bundle.case import Case, ExhibitLink
from pipeline.bundle.front import fact
from pipeline.bundle.paper import Paper
from pipeline.bundle.plan import Plan, Tab
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


def draw_sheet(paper: Paper, case: Case, plan: Plan, tab: Tab, profile: Profile) -> None:
    """Draws the sheet of a tab; one with very many links goes on to more pages."""
    paper.y -= 40
    paper.write(profile.word("tab", n=tab.number), _TAB, gap=4)
    paper.write(tab.exhibit.heading, _TITLE, most=4, gap=12)
    paper.rule(1.2)
    paper.y -= 18
    _facts(paper, tab, profile)
    _family(paper, plan, tab, profile)
    _events(paper, case, tab, profile)
    if tab.body.note:
        _note(paper, tab)
    paper.need(40)
    paper.y -= 20
    say = profile.word("sheet.back", n=plan.index)
    paper.link_text(paper.left, paper.baseline(_JUMP), say, _JUMP, plan.index, say)


def _facts(paper: Paper, tab: Tab, profile: Profile) -> None:
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
    fact(paper, _label(profile, "shown"), [_shown(tab, profile)], _VALUE)


def _shown(tab: Tab, profile: Profile) -> str:
    if tab.first is None:
        return profile.word("sheet.not_shown")
    if tab.first == tab.last:
        return profile.word("page", n=tab.first)
    return profile.word("pages", first=tab.first, last=tab.last)


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
            _relative(paper, found, profile)
            label = ""
        paper.y -= 3 if ids else 0


def _relative(paper: Paper, found: Tab | None, profile: Profile) -> None:
    x, y = paper.left + _LABELS, paper.baseline(_JUMP)
    if found is None:
        draw(paper.canvas, x, y, profile.word("sheet.missing"), _VALUE)
    else:
        say = f"{profile.word('tab', n=found.number)}, {profile.word('page', n=found.sheet)}"
        end = paper.link_text(x, y, say, _JUMP, found.sheet, say)
        name = wrap(found.exhibit.name, _VALUE, paper.right - end - 10, most=1)[0]
        draw(paper.canvas, end + 10, y, name, Style(9, 14.5, color=GREY))
    paper.y -= _JUMP.leading


def _events(paper: Paper, case: Case, tab: Tab, profile: Profile) -> None:
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
        _pages(paper, tab, links, profile)
        label = ""


def _pages(paper: Paper, tab: Tab, links: Sequence[ExhibitLink], profile: Profile) -> None:
    x = paper.left + _LABELS
    for page in sorted({tab.page(link.page) for link in links}):
        say = profile.word("page", n=page)
        if x + width(say, _JUMP) > paper.right:
            x = paper.left + _LABELS
            paper.y -= _JUMP.leading
            paper.need(_JUMP.leading)
        x = paper.link_text(x, paper.baseline(_JUMP), say, _JUMP, page, say) + 12
    paper.y -= _JUMP.leading + 4


def _note(paper: Paper, tab: Tab) -> None:
    paper.y -= 14
    paper.need(3 * _NOTE.leading)
    paper.write(tab.body.note.rstrip(".") + ".", _NOTE)
