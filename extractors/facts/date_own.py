"""Which of its dates is the document's own: the one it was written, signed, issued or held on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Page
from extractors.facts.date_reading import Dated
from extractors.facts.date_roles import Scene, around, role_by_words
from extractors.facts.date_series import quoted_from, series
from extractors.facts.date_words import (
    any_not_own_cue,
    any_not_own_of,
    any_own_cue,
    last_cues,
    not_own_behind,
    not_own_cues,
    not_own_of,
    own_behind,
    own_cues,
)
from extractors.facts.surroundings import column_around

THRESHOLD = 30.0
BILL_THRESHOLD = 0.0
"""Points that a date needs to be the document's own; a bill bears its date even where no word says so."""
_SET_ASIDE = ("due", "received", "period_start", "period_end")
_EVENT_IS_OWN = ("minutes", "inspection_report", "work_record", "invoice", "contract")
"""Kinds of document whose own date is that of what happened: the meeting, the visit, the signing."""
_LISTINGS = re.compile(r"application/(?:zip|x-(?:tar|7z|rar|gzip|bzip|xz|zip)[a-z0-9-]*|gzip|vnd\.rar)")
"""Archives: their text is a list of files, whose dates are not theirs."""
_PLACE = re.compile(r"[\W\d_]*(?:[A-Z][\w.'-]*[\s,]*){0,4}[\W\d_]*")
_NAME = re.compile(r"\W*[一-鿿]{2,4}[\s:：]{1,3}")
"""A signature before its date: 贺强 2023.8.10."""
_SHORT_LABEL = re.compile(r"[\W\d_]{0,30}[\w ]{0,16}[:：]\s{0,30}")
_REF_BEFORE = re.compile(
    r"\W*(?:our |my )?(?:ref(?:erence)?|no)\b[\w .]{0,8}:? ?[\w/.\-]{1,40}\s{1,30}", re.IGNORECASE
)
"""What a letter's head has left of its date, on one line with it: Our ref: HC/L/0145   14 March 2023."""
_TOLD = re.compile(r"[a-z]{2,}")
"""Words before a cue: three or more make it a part of a sentence, not a label."""
_SENTENCE = re.compile(r"[^\d:|]*\Z")
_DAY_TIME = re.compile(r"\s{0,9}[(]?(?:星期|周|上午|下午|晚|早)")
_TIME = re.compile(r"[\s,t#|@-]{0,4}\d{1,2}[:.]\d\d(?::\d\d)?(?: ?[+-]\d{4}| ?[ap]m\b| ?gmt| ?utc)*")
_TWIN = re.compile(r"[\s\d:.'\"年月日/-]*")
"""What is left of the date of the signature beside this one."""
_FORM_CODE = re.compile(
    r"(?:^|\s)[a-z]{1,4}(?:[-/.][a-z]{1,4})*[-/.]\d[\w.-]{0,12}(?:\s[a-z]/\d)?[\s,(|/-]{1,4}\Z"
)
_FORM_LINES = 5
"""A number before a date so far down, at the end of the page, is that of the form."""
_FIRM = 50
"""Points from which on the words alone make a date the document's own."""
_DATELINE = re.compile(r"\W*(?:[A-Z][\w.'-]+ ?){1,3},\s*(?:the )?")
"""London, 14 March 2023."""
_DATELINE_LINES = 8
_LEAD = 120
_NEAR_REST = 500
"""Characters behind a date that mostly tell already whether much follows it."""
_MAILS = ("correspondence", "minutes", "other")
"""Kinds of document that a mail can be; elsewhere a line that begins with > quotes nobody."""
_SIGNED = ("correspondence", "inspection_report", "contract", "other", "work_record")


@dataclass(frozen=True, slots=True)
class Own:
    """The document's own date: its place in the list it was chosen from, and the words that decided."""

    index: int
    why: str
    score: float


def own_date(scene: Scene, dated: Sequence[Dated]) -> Own | None:
    """The date that the document itself bears, or None where no date has enough to say for it.

    Words count most (`Invoice date`, `Date:`, 落款 place), then the place on the page; due dates, dates of other
    documents, of a form's edition, in quoted mails and in a column or list of dates count against. Where nothing
    else is left, a record bears the day it was printed, and printed terms that of their edition.
    """
    if _LISTINGS.match(scene.document.media_type):
        return None
    best: Own | None = None
    least = BILL_THRESHOLD if scene.kind == "invoice" else THRESHOLD
    listed = series(scene, dated)
    quoted = quoted_from(scene.plain) if scene.kind in _MAILS else len(scene.plain)
    for index, candidate in enumerate(dated):
        if candidate.day.end is not None or candidate.derived:
            continue
        score, why = _score(scene, candidate, index in listed)
        score -= 0.5 * min(index, 30)
        score -= 60 if quoted <= candidate.reading.start else 0
        score += 45 if index == 0 and scene.kind == "minutes" else 0
        if score >= least and (best is None or score > best.score):
            best = Own(index, why, score)
    return best or _last_resort(scene, dated)


def _last_resort(scene: Scene, dated: Sequence[Dated]) -> Own | None:
    """`printed 2023-10-20` on a record, `Edition 1 January 2022` of printed terms."""
    for index, candidate in enumerate(dated):
        start, end = candidate.reading.start, candidate.reading.end
        single = candidate.day.end is None and scene.document.page_at(start).number == 1
        lead = scene.plain[_line_start(scene.plain, start) : start] if single else ""
        match = next((m for cue in last_cues(scene.kind) if (m := cue.search(lead))), None)
        if match and not _footer(scene, start, end):
            return Own(index, match[0].strip(" :,.-("), THRESHOLD)
    return None


def _line_start(plain: str, start: int) -> int:
    """Where the line begins, or so far before `start` that no label stands further away."""
    return max(plain.rfind("\n", 0, start) + 1, start - _LEAD)


def _score(scene: Scene, dated: Dated, listed: bool) -> tuple[float, str]:
    start, end = dated.reading.start, dated.reading.end
    page = scene.document.page_at(start)
    lead, tail = around(scene, dated)
    points, why = _worded(scene, lead, tail)
    role = role_by_words(lead, tail)
    aside = _SET_ASIDE if scene.kind in _EVENT_IS_OWN else (*_SET_ASIDE, "event")
    if role and points < 75 and role[0] in aside:
        points -= 60
    if listed and points < 75:
        return min(points, 0.0) - 60, ""
    place, because = _placed(scene, page, start, end)
    if (
        0 < points < _FIRM
    ):  # the words are what one falls back on: a dateline elsewhere says more than a label's place
        place = min(place, place / 2)
    if scene.kind in ("invoice", "other") and _TIME.match(scene.plain, end):
        points += 25
        because = because or "beside a time of day"
    return points + place, why or because


def _worded(scene: Scene, lead: str, tail: str) -> tuple[float, str]:
    """Points of the words before the date, or above it where none are before it, and of those behind it."""
    points, why = 0.0, ""
    for cue, worth in own_cues(scene.kind) if any_own_cue(scene.kind).search(lead) else ():
        match = cue.search(lead)
        if match is None:
            continue
        told = _SENTENCE.search(lead[: match.start()])
        worth *= 0.5 if told and len(_TOLD.findall(told[0])) >= 3 else 1.0
        if worth > points:
            points, why = worth, match[0].strip(" :,.-(|;")
    for cue, worth in own_behind(scene.kind):
        match = cue.match(tail)
        if match and worth > points:
            points, why = worth, match[0].strip()
    against = _against(scene, lead, tail)
    return points - (0.0 if points >= 80 and against < 100 else against), why


def _against(scene: Scene, lead: str, tail: str) -> float:
    """Points that the words before and behind a date take from it."""
    costs: list[float] = []
    if any_not_own_of(scene.kind).search(lead):
        costs += [cost for cue, cost in not_own_of(scene.kind) if cue.search(lead)]
    costs += [cost for cue, cost in not_own_behind(scene.kind) if cue.match(tail)]
    if any_not_own_cue().search(lead):
        costs += [cost for cue, cost in not_own_cues() if cue.search(lead)]
    return max(costs, default=0.0)


def _placed(scene: Scene, page: Page, start: int, end: int) -> tuple[float, str]:
    """Points of the place: alone on its line, near the top, or at the end as the date of a signature."""
    closing = _at_end(scene, page, end)
    alone = _alone(scene, page, start, end, closing)
    share = (start - page.start) / max(1, page.end - page.start)
    line = scene.lines_between(page.start, start)
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
    if alone and (line < _DATELINE_LINES or (last_page and closing)) and _dateline(scene, start):
        points += 50
        why = "dateline"
    if alone and scene.han and scene.kind in _SIGNED and last_page and closing:
        points += 60 if not first_page else 30
        why = "落款"
    if (
        line >= _FORM_LINES
        and closing
        and _FORM_CODE.search(scene.plain[_line_start(scene.plain, start) : start])
    ):
        points -= 80
    return points - _footer(scene, start, end), why


def _dateline(scene: Scene, start: int) -> bool:
    """Whether a place and a comma stand before the date on its line."""
    return bool(_DATELINE.fullmatch(scene.document.text, _line_start(scene.plain, start), start))


def _footer(scene: Scene, start: int, end: int) -> float:
    box = scene.document.where(start, end).box
    return 25.0 if box and box.y0 > 0.95 else 0.0


def _at_end(scene: Scene, page: Page, end: int) -> bool:
    """Whether little more than a line of contacts or copies follows on the page."""
    if (end - page.start) / max(1, page.end - page.start) > 0.7:
        return True
    near = len(scene.plain[end : min(end + _NEAR_REST, page.end)].strip())
    return near < 80 and len(scene.plain[end : page.end].strip()) < 80


def _alone(scene: Scene, page: Page, start: int, end: int, closing: bool) -> bool:
    """Whether the date fills its line, cell or column, but for a place, weekday, label, time or closing mark.

    At the end of a page a name before it is a signature, and what OCR made of a seal may stand before a date
    in Chinese numerals, which only signatures have.
    """
    cell = scene.cell_at(start, end)
    first, last = (cell.start, cell.end) if cell else column_around(scene.document, page, start, end)
    first, last = max(first, start - _LEAD), min(last, end + _LEAD)
    lead, tail = scene.document.text[first:start], scene.plain[end:last]
    short = len(lead) <= 30 and bool(_PLACE.fullmatch(lead) or _SHORT_LABEL.fullmatch(lead))
    short = short or bool(_REF_BEFORE.fullmatch(lead))
    if closing and not short:
        sealed = len(lead) <= 10 and not any(c.isdecimal() for c in scene.plain[start:end])
        short = sealed or bool(_NAME.fullmatch(lead))
    time = _TIME.match(tail)
    if (time and time.end() == len(tail.rstrip())) or (closing and _TWIN.fullmatch(tail)):
        return short
    most = 10 if tail.isascii() or _DAY_TIME.match(tail) else 2
    return short and sum(c.isalnum() for c in tail) <= most
