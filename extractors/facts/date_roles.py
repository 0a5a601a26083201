"""What a date is there for, told from the words around it; and which date is the document's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from extractors.document import Document, Page
from extractors.facts.date_reading import Dated
from extractors.facts.date_words import not_own_cues, own_cues, roles
from extractors.facts.surroundings import lead_of, line_around

THRESHOLD = 30.0
BILL_THRESHOLD = 0.0
"""Points that a date needs to be the document's own; a bill bears its date even where no word says so."""
_SET_ASIDE = ("due", "received", "period_start", "period_end")
_EVENT_IS_OWN = ("minutes", "inspection_report", "work_record", "invoice", "contract")
"""Kinds of document whose own date is that of what happened: the meeting, the visit, the signing."""
_PLACE = re.compile(r"[\W\d_]*(?:[A-Z][\w.'-]*[\s,]*){0,4}[\W\d_]*")
_SHORT_LABEL = re.compile(r"[\W\d_]*[\w ]{0,16}[:：]\s*")
_TOLD = re.compile(r"[a-z]{2,}")
"""Words before a cue: three or more make it a part of a sentence, not a label."""
_DAY_TIME = re.compile(r"\s*[(]?(?:星期|周|上午|下午|晚|早)")
_TIME = re.compile(r"[\s,t#|@-]{0,4}\d{1,2}[:.]\d\d")
_SIGNED = ("correspondence", "inspection_report", "contract", "other", "work_record")


@dataclass(frozen=True, slots=True)
class Own:
    """The document's own date: its place in the list it was chosen from, and the words that decided."""

    index: int
    why: str
    score: float


@dataclass(frozen=True)
class Scene:
    """A document with its folded text and kind, as the roles look at it."""

    document: Document
    plain: str
    kind: str

    @cached_property
    def han(self) -> bool:
        """Whether the document is mainly Chinese."""
        sample = self.plain[:4000]
        return sum("一" <= c <= "鿿" for c in sample) > 0.15 * max(1, sum(c.isalnum() for c in sample))


def role_of(scene: Scene, dated: Dated) -> tuple[str, str]:
    """(role, the words that decided it) of one date; "mentioned" and nothing where no word decides."""
    lead, tail = _around(scene, dated)
    role, why = _role(lead, tail) or ("mentioned", "")
    if dated.day.end and role in ("period_start", "period_end"):
        return "event", why
    return role, why


def _around(scene: Scene, dated: Dated) -> tuple[str, str]:
    start, end = dated.reading.start, dated.reading.end
    tail = scene.plain[end : end + 24].split("\n", 1)[0]
    return lead_of(scene.document, scene.plain, start, end), tail


def _role(lead: str, tail: str) -> tuple[str, str] | None:
    for role, ahead, behind in roles():
        match = ahead.search(lead)
        if match:
            return role, match[0].strip(" :,.-(")
        follow = behind.match(tail) if behind else None
        if follow:
            return role, follow[0].strip()
    return None


def own_date(scene: Scene, dated: Sequence[Dated]) -> Own | None:
    """The date that the document itself bears, or None where no date has enough to say for it.

    Words count most (`Invoice date`, `Date:`, 落款 place), then the place on the page; due dates, dates of other
    documents, and dates of a form's edition count against.
    """
    best: Own | None = None
    least = BILL_THRESHOLD if scene.kind == "invoice" else THRESHOLD
    for index, candidate in enumerate(dated):
        if candidate.day.end is not None or candidate.derived:
            continue
        score, why = _score(scene, candidate)
        score -= 0.5 * min(index, 30)
        score += 45 if index == 0 and scene.kind == "minutes" else 0
        if score >= least and (best is None or score > best.score):
            best = Own(index, why, score)
    return best


def _score(scene: Scene, dated: Dated) -> tuple[float, str]:
    start, end = dated.reading.start, dated.reading.end
    page = scene.document.page_at(start)
    lead, tail = _around(scene, dated)
    points, why = _worded(scene, lead)
    role = _role(lead, tail)
    if (
        role
        and points < 75
        and role[0] in (_SET_ASIDE if scene.kind in _EVENT_IS_OWN else (*_SET_ASIDE, "event"))
    ):
        points -= 60
    place, because = _placed(scene, page, start, end)
    if scene.kind in ("invoice", "other") and _TIME.match(scene.plain, end):
        points += 25
        because = because or "beside a time of day"
    return points + place, why or because


def _worded(scene: Scene, lead: str) -> tuple[float, str]:
    """Points of the words before the date, or above it where none are before it."""
    points, why = 0.0, ""
    for cue, worth in own_cues(scene.kind):
        match = cue.search(lead)
        if match is None:
            continue
        worth *= 0.5 if len(_TOLD.findall(lead[: match.start()])) >= 3 else 1.0
        if worth > points:
            points, why = worth, match[0].strip(" :,.-(|;")
    against = max((cost for cue, cost in not_own_cues() if cue.search(lead)), default=0.0)
    if points >= 80 and against < 100:
        against = 0.0
    return points - against, why


def _placed(scene: Scene, page: Page, start: int, end: int) -> tuple[float, str]:
    """Points of the place: alone on its line, near the top, or at the end as the date of a signature."""
    alone = _alone(scene, start, end)
    share = (start - page.start) / max(1, page.end - page.start)
    line = scene.plain.count("\n", page.start, start)
    first_page, last_page = page.number == 1, page.number == len(scene.document.pages)
    points = 35.0 if alone else 0.0
    why = "a line of its own" if alone else ""
    if first_page and (share < 0.35 or line < 6):
        points += 20 if alone or line < 3 else 10
        why = why and f"{why} at the top"
        if scene.kind == "minutes" and line < 12:
            points += 40
            why = why or "at the head of the minutes"
    elif not first_page:
        points -= 30
    if scene.kind == "minutes" and line >= 12:
        points -= 30
    if alone and scene.han and scene.kind in _SIGNED and last_page and _at_end(scene, page, end):
        points += 60 if not first_page else 30
        why = "落款"
    return points - _footer(scene, start, end), why


def _footer(scene: Scene, start: int, end: int) -> float:
    box = scene.document.where(start, end).box
    return 25.0 if box and box.y0 > 0.95 else 0.0


def _at_end(scene: Scene, page: Page, end: int) -> bool:
    """Whether little more than a line of contacts or copies follows on the page."""
    rest = scene.plain[end : page.end].strip()
    return len(rest) < 80 or (end - page.start) / max(1, page.end - page.start) > 0.7


def _alone(scene: Scene, start: int, end: int) -> bool:
    """Whether the date fills its line, but for a place, a weekday, a label, a time of day or a closing mark."""
    first, last = line_around(scene.plain, start, end)
    lead, tail = scene.document.text[first:start], scene.plain[end:last]
    short = len(lead) <= 30 and (_PLACE.fullmatch(lead) or _SHORT_LABEL.fullmatch(lead))
    most = 10 if tail.isascii() or _DAY_TIME.match(tail) else 2
    return bool(short) and sum(c.isalnum() for c in tail) <= most
