"""Who was at a meeting: the names under "Present", "Attendees", 参会人员 …"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from extractors.facts.party_forms import companies_in
from extractors.facts.party_labelled import Named, labels
from extractors.facts.party_names import is_name, is_person, is_position, trimmed
from extractors.facts.phrases import Phrases
from extractors.facts.plain import Plain, has_han, plain
from extractors.facts.segments import PageSegments, Segment
from extractors.word_lists import word_list

_HEADING_END = re.compile(r" ?(?:\([^()]*\))?(?: for (?:the )?[a-z][\w&'. ]{1,40})? ?(?:[:;-]|$)")
Slice = tuple[int, int]
_SPLIT = re.compile(r"[,;:、，；\t]| {3,}|(?<=[㐀-鿿]) +(?=[㐀-鿿])|\s\|\s")
_AFFILIATION = re.compile(r" [-/]|- |[/(]|, | representing | of the ")
_BULLETS = " #*-•●○0123456789.()[]、一二三四五六七八九十"
_FORMS = ("ltd", "limited", "llp", "plc", "inc", "bhd", "gmbh")
_MOST = 80
_GAP_LINES = 3


@cache
def _openers() -> Phrases[str]:
    loaded: dict[str, list[str]] = word_list(Path(__file__).parent / "party_people.yaml")
    roles = {"present": "attendee", "absent": "mentioned", "ends": "", "columns": "column"}
    return Phrases((phrase, roles[sort]) for sort, phrases in loaded.items() for phrase in phrases)


def attendees(pages: Sequence[PageSegments], companies: Sequence[Slice]) -> Iterator[Named]:
    """The people and companies of the lists of a document; those who were absent are "mentioned".

    `companies` are the slices of the companies' names in the document, in order of place.
    """
    for page in pages:
        yield from _on_page(page, companies)


def _on_page(page: PageSegments, companies: Sequence[Slice]) -> Iterator[Named]:
    role, why, misses, count = "", "", 0, 0
    for segment, line in zip(page.segments, page.lines, strict=True):
        opened = _opening(line)
        own = _within(companies, segment)
        if opened:
            role, why, rest = opened
            misses = 0
            yield from _people(line, rest, role, why, False, own)
            for at in _above(page, segment) if rest >= len(line.text) else ():
                yield from _people(page.lines[at], 0, role, why, True, _within(companies, page.segments[at]))
            continue
        if not role:
            continue
        found = [] if _ends_list(line.lower) else list(_people(line, 0, role, why, True, own))
        count += len(found)
        misses = 0 if found else misses + 1
        yield from found
        if _closes(line, bool(found)) or misses > _GAP_LINES or count > _MOST:
            role = ""


def _within(companies: Sequence[Slice], segment: Segment) -> Sequence[Slice]:
    """Those that begin in a segment."""
    return companies[bisect_left(companies, (segment.start, 0)) : bisect_left(companies, (segment.end, 0))]


def _above(page: PageSegments, label: Segment) -> Iterator[int]:
    """The segments to the right of a label of a table that begin above it: its cell has more lines than one."""
    if label.box is None:
        return
    height = label.box.y1 - label.box.y0
    for at, other in enumerate(page.segments):
        if other.start >= label.start:
            return
        box = other.box
        if box and box.x0 > label.box.x1 and box.y0 < label.box.y0 < box.y1 + 0.6 * height:
            yield at


def _opening(line: Plain) -> tuple[str, str, int] | None:
    """(role, heading, where the rest begins) when a segment is or begins with the heading of a list."""
    text = line.lower
    lead = len(text) - len(text.lstrip(_BULLETS))
    hit = _openers().at_start(text[lead : lead + 60])
    if hit is None or hit.what not in ("attendee", "mentioned"):
        return None
    at = lead + hit.end
    again = _openers().at_start(text[at:].lstrip(" /"))
    if again and again.what == hit.what:
        at = len(text) - len(text[at:].lstrip(" /")) + again.end
    end = _HEADING_END.match(text, at)
    named = companies_in(plain(line.text[at:].lstrip()))
    if end is None and not (named and named[0].start == 0):
        return None
    return hit.what, line.text[lead:at], end.end() if end else at


def _closes(line: Plain, found: bool) -> bool:
    """Whether a line ends the list: a heading, or a sentence."""
    text = line.text.strip()
    if _ends_list(line.lower):
        return True
    return not found and (text.endswith((":", "。", "：")) or len(text) > 70 or text.startswith("#"))


def _ends_list(text: str) -> bool:
    """Whether a line begins with the heading of what follows a list of people ("Agenda")."""
    hit = _openers().at_start(text.lstrip(_BULLETS)[:60])
    return hit is not None and not hit.what


def _people(
    line: Plain, start: int, role: str, why: str, strict: bool, companies: Sequence[Slice]
) -> Iterator[Named]:
    for company in companies_in(line) if role == "attendee" else ():
        if company.start >= start and company.confidence >= 0.55:
            yield Named(role, *line.span(company.start, company.end), 0.75, "party.attendee", why)
    for first, last in companies if role == "attendee" else ():
        yield Named(role, first, last, 0.75, "party.attendee", why)
    at = start
    cuts = [m.span() for m in _SPLIT.finditer(line.text, start)] + [(len(line.text), len(line.text))]
    if strict and len(line.text) > 160:
        return
    for cut, following in cuts:
        found = _person(line, at, cut)
        at = following
        place = line.span(*found) if found else None
        if place and not any(a < place[1] and place[0] < b for a, b in companies):
            yield Named(role, *place, 0.85 if not strict else 0.8, "party.attendee", why)


def _person(line: Plain, start: int, end: int) -> tuple[int, int] | None:
    label = labels().at_start(line.lower[start:end].lstrip())
    if label and not label.what.colon and has_han(label.phrase):
        start += label.end + len(line.text[start:end]) - len(line.text[start:end].lstrip())
    part = _AFFILIATION.search(line.text, start + 2, end) if end > start + 2 else None
    found = trimmed(line, start, part.start() if part else end)
    if found is None:
        return None
    name = line.text[found[0] : found[1]]
    if not is_name(name) or _openers().at_start(name.lower()) or is_position(name):
        return None
    if companies_in(plain(name)) or name.lower() in _FORMS:
        return None
    return found if is_person(name) or _single(name) else None


def _single(name: str) -> bool:
    """A first name or a handle on a line of its own in a list; Chinese names are judged as persons."""
    return (
        not has_han(name)
        and name[0].isupper()
        and name.isalpha()
        and 3 <= len(name) <= 12
        and not name.isupper()
    )
