"""The order of a bundle's documents: by time, by event ("element"), or by kind; each with the headings that part it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import NamedTuple

from pipeline.bundle.case import Case, Exhibit
from pipeline.bundle.plan import natural
from pipeline.bundle.profile import Profile

ORDERS = ("time", "element", "kind")
_LAST = datetime.date.max


class Ordered(NamedTuple):
    """An exhibit in its place, and the heading under which it stands (empty: none)."""

    exhibit: Exhibit
    group: str = ""


def ordered(case: Case, profile: Profile) -> list[Ordered]:
    """All exhibits, undated ones last; what was inside a mail or an archive follows it, under its heading.

    By time there are no headings. By element there is one for each event, and documents of several events stand under
    the first that a person confirmed, or else the likeliest; by kind, one for each kind in the profile's order.
    """
    how = case.order or profile.order
    families = _families(case)
    if how == "time":
        return [Ordered(exhibit) for family in families for exhibit in family]
    heading = _by_element(case, profile) if how == "element" else _by_kind(profile)
    headed = sorted(((heading(family[0]), family) for family in families), key=lambda found: found[0][0])
    return [Ordered(exhibit, title) for (_, title), family in headed for exhibit in family]


def _families(case: Case) -> list[list[Exhibit]]:
    by_id = {exhibit.id: exhibit for exhibit in case.exhibits}
    inside: dict[str | None, list[Exhibit]] = {}
    for exhibit in case.exhibits:
        inside.setdefault(exhibit.parent if exhibit.parent in by_id else None, []).append(exhibit)
    placed: set[str] = set()
    heads = sorted(inside.get(None, []), key=_by_date)
    found = [_family(head, inside, placed) for head in heads]
    # Only a family that goes round in a circle has no member without a parent; it still must not be lost.
    found += [_family(e, inside, placed) for e in case.exhibits if e.id not in placed]
    return [family for family in found if family]


def _family(head: Exhibit, inside: dict[str | None, list[Exhibit]], placed: set[str]) -> list[Exhibit]:
    """The exhibit and all that was inside it, each before what was inside itself."""
    found: list[Exhibit] = []
    waiting = [head]
    while waiting:
        exhibit = waiting.pop()
        if exhibit.id not in placed:
            placed.add(exhibit.id)
            found.append(exhibit)
            waiting += sorted(inside.get(exhibit.id, []), key=_by_place(exhibit.children), reverse=True)
    return found


def _by_date(exhibit: Exhibit) -> tuple[object, ...]:
    return exhibit.date or _LAST, natural(exhibit.name), exhibit.id


def _by_place(children: Sequence[str]) -> Callable[[Exhibit], tuple[object, ...]]:
    """A sort key: the place that the parent gives its child, then its name."""
    places = {child: place for place, child in enumerate(children)}
    return lambda exhibit: (places.get(exhibit.id, len(places)), natural(exhibit.name), exhibit.id)


def _by_element(case: Case, profile: Profile) -> Callable[[Exhibit], tuple[int, str]]:
    places = {event.id: place for place, event in enumerate(case.events)}
    titles = {event.id: event.title for event in case.events}

    def heading(exhibit: Exhibit) -> tuple[int, str]:
        links = [link for link in exhibit.links if link.status != "rejected" and link.event in places]
        if not links:
            return len(places), profile.word("group.no_event")
        best = min(links, key=lambda link: (link.status != "confirmed", -link.score, places[link.event]))
        return places[best.event], f"{best.event}  {titles[best.event]}"

    return heading


def _by_kind(profile: Profile) -> Callable[[Exhibit], tuple[int, str]]:
    places = {kind: place for place, kind in enumerate(profile.words["sections"])}
    return lambda exhibit: (places.get(exhibit.kind, len(places)), profile.named("kinds", exhibit.kind))
