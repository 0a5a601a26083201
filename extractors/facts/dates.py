"""The dates of a document, each with its role; and the date that the document itself bears."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extractors.document import Document, Meta
from extractors.facts.date_forms import odd_forms
from extractors.facts.date_han import chinese
from extractors.facts.date_lists import listed_han, with_lists
from extractors.facts.date_names import named
from extractors.facts.date_numbers import numeric
from extractors.facts.date_order import Hint, ordered
from extractors.facts.date_own import Own, own_date
from extractors.facts.date_periods import periods, with_ends
from extractors.facts.date_ranges import joined, with_list_years
from extractors.facts.date_reading import Dated, Reading, possible, without_overlaps
from extractors.facts.date_relative import Relative, relative
from extractors.facts.date_relative_en import offset_before
from extractors.facts.date_roles import Scene, role_of
from extractors.facts.date_times import time_behind, with_times
from extractors.facts.date_windows import windows
from extractors.facts.date_years import complete, completed, mended, years_placed
from extractors.facts.fact import Day, Fact
from extractors.facts.folding import folded

_TAKEN = ("EXIF DateTimeOriginal", "EXIF DateTimeDigitized", "EXIF DateTime", "Image DateTime")
_RECORDED = ("Media recorded", "Media created")
_SENT = ("Date", "Sent", "date", "sent")
_EXIF = re.compile(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)")
_UTC = re.compile(r"\b(\d\d):(\d\d)(?::\d\d)? UTC$")
_LONGITUDE = re.compile(r"-?[\d.]+$")
_DEGREES_PER_HOUR, _DAY = 15, 24
_WITHOUT_ZONE, _OTHER_DAY = 0.85, 0.6
"""Confidence in the day of a time in UTC: where the place is not known, and where it makes another day likely."""
_CHAIN = 200
"""Within how many characters `the next day` looks for the day before it."""


def find(document: Document, kind: str, hint: Hint | None = None) -> list[Fact]:
    """Facts of kind "date" with `Day` values, in order of place; at most one has the role "document".

    `kind` is the document's kind. Dates that the text does not say in full (`3 April`, `last Friday`) are worked
    out from the document's own date, and `doubts` says that they are derived. `hint` is the order of day and month
    in other documents, for dates that could be either and that nothing in this one decides.
    """
    text = document.text[: document.body_end]
    scene = Scene(document, folded(text), kind)
    readings = mended(document, scene.plain, _readings(scene.plain, text, hint))
    full = [dated for dated in map(complete, readings) if dated]
    stamp = _stamp(document, kind)
    own = None if stamp else own_date(scene, full)
    anchor = _anchor(stamp, own, full)
    known = _with_years(readings, full, anchor, scene.plain)
    told = _merged(known, _relatives(scene.plain, known, anchor))
    counted = [*_offsets(scene.plain, told), *windows(scene, told, anchor)]
    timed = with_times(scene.plain, told)
    everything = sorted([*timed, *counted], key=lambda dated: dated.reading.start)
    chosen = full[own.index].reading if own else None
    facts = [_fact(scene, dated, own if dated.reading == chosen else None) for dated in everything]
    return [*(fact for fact in facts if not _same_place(fact, stamp)), stamp] if stamp else facts


def document_date(facts: Iterable[Fact]) -> datetime.date | None:
    """The day of the fact with the role "document", None when there is none."""
    for fact in facts:
        if fact.kind == "date" and fact.role == "document" and isinstance(fact.value, Day):
            return fact.value.start
    return None


def _readings(plain: str, text: str, hint: Hint | None = None) -> list[Reading]:
    found = without_overlaps(
        [
            *numeric(plain),
            *named(plain, text),
            *chinese(plain),
            *listed_han(plain),
            *periods(plain),
            *odd_forms(plain),
        ]
    )
    read = with_ends(plain, joined(plain, ordered(plain, years_placed(plain, found), hint)))
    return with_list_years(plain, with_lists(plain, read))


def _anchor(stamp: Fact | None, own: Own | None, full: Sequence[Dated]) -> datetime.date | None:
    if stamp and stamp.role == "document" and isinstance(stamp.value, Day):
        return stamp.value.start
    return full[own.index].day.start if own else None


def _with_years(
    readings: Sequence[Reading], full: Sequence[Dated], anchor: datetime.date | None, plain: str
) -> list[Dated]:
    """`full` and the readings without a year, as far as one can be had, in order of place."""
    result: list[Dated] = []
    waiting = iter(full)
    for reading in readings:
        if reading.first[0] is not None:
            result += [dated for dated in [next(waiting, None)] if dated]
        else:
            derived = completed(reading, result or full, anchor, plain)
            result += [derived] if derived else []
    return result


def _relatives(plain: str, known: Sequence[Dated], anchor: datetime.date | None) -> list[Dated]:
    if anchor is None and not known:
        return []
    found: list[Dated] = []
    for item in relative(plain):
        if item.rule.name in ("day of the week", "day of a week") and _beside(item, known, plain):
            continue
        base = _before(item, known, plain) if item.chained else None
        base = base or (None if item.rule.bound else anchor)
        day = item.day(base) if base else None
        if day:
            found.append(_from_relative(item, day))
    return found


def _beside(item: Relative, known: Sequence[Dated], plain: str) -> bool:
    """Whether a weekday belongs to the date that stands next to it: 14 March (Tuesday), Monday, March 13."""
    at = bisect_right(known, item.start, key=lambda dated: dated.reading.start)
    before = plain[known[at - 1].reading.end : item.start] if at else item.rule.name
    behind = plain[item.end : known[at].reading.start] if at < len(known) else item.rule.name
    return any(gap.strip(" ().,-") in ("", "the") for gap in (before, behind))


def _offsets(plain: str, dates: Sequence[Dated]) -> list[Dated]:
    """`28 days after 3 March 2023`: the day meant, beside the one it is counted from."""
    found: list[Dated] = []
    for dated in dates:
        told = offset_before(plain, dated.reading.start, dated.day.start) if dated.day.end is None else None
        if told:
            start, day = told
            parts = (day.start.year, day.start.month, day.start.day)
            reading = Reading(start, dated.reading.end, parts, "count from a date", confidence=0.7)
            found.append(Dated(reading, day, True, ("derived: counted from the date in it",), 0.7))
    return found


def _before(item: Relative, known: Sequence[Dated], plain: str) -> datetime.date | None:
    """The date shortly before a `next day` or `two days later`; before `the same day`, in the same line."""
    at = bisect_right(known, item.start, key=lambda dated: dated.reading.end) - 1
    if at < 0 or item.start - known[at].reading.end > _CHAIN:
        return None
    if item.rule.bound and "\n" in plain[known[at].reading.end : item.start]:
        return None
    day = known[at].day
    return day.end or day.start


def _from_relative(item: Relative, day: Day) -> Dated:
    parts = (day.start.year, day.start.month, day.start.day)
    reading = Reading(item.start, item.end, parts, item.rule.name, confidence=0.7)
    source = "the date before it" if item.chained else "the document's date"
    return Dated(reading, day, True, (f"derived: counted from {source}",), 0.7)


def _merged(known: Sequence[Dated], relatives: Sequence[Dated]) -> list[Dated]:
    """Both in order of place; where they overlap, the longer wording."""
    kept: list[Dated] = []
    for dated in sorted([*known, *relatives], key=lambda d: (d.reading.start, -d.reading.end)):
        reading = dated.reading
        if kept and reading.start < kept[-1].reading.end:
            if reading.end - reading.start > kept[-1].reading.end - kept[-1].reading.start:
                kept[-1] = dated
            continue
        kept.append(dated)
    return kept


def _fact(scene: Scene, dated: Dated, own: Own | None) -> Fact:
    reading = dated.reading
    role, why = ("document", own.why) if own else role_of(scene, dated)
    confidence = dated.confidence if own is None else min(dated.confidence, 0.6 + own.score / 250)
    return Fact(
        "date",
        role,
        dated.day,
        reading.start,
        reading.end,
        round(confidence, 3),
        reading.rule,
        why,
        dated.doubts,
    )


def _stamp(document: Document, kind: str) -> Fact | None:
    """The time in the file's own data: when a photo was taken, a video or a voice recorded, an e-mail sent."""
    recording = document.media_type.startswith(("video/", "audio/"))
    keys = _TAKEN if kind in ("photo", "video") else _SENT if kind == "correspondence" else ()
    for key in _RECORDED if recording else keys:
        for meta in document.metadata:
            fact = _from_meta(document, meta) if meta.key == key else None
            if fact:
                return _on_sheet(document, meta, _local(document, meta, fact)) if recording else fact
    return None


def _same_place(fact: Fact, stamp: Fact) -> bool:
    return fact.start < stamp.end and stamp.start < fact.end


def _on_sheet(document: Document, meta: Meta, fact: Fact) -> Fact:
    """The fact where it stands on the page, if what the file says of itself is printed there."""
    printed = document.text.find(document.text[meta.start : meta.end], 0, document.body_end)
    if printed < 0:
        return fact
    shift = printed - meta.start
    return replace(fact, start=fact.start + shift, end=fact.end + shift)


def _local(document: Document, meta: Meta, fact: Fact) -> Fact:
    """The day on the spot may be another than that of a time in UTC: most likely so where the place says it."""
    told = document.text[meta.start : meta.end]
    hour = _UTC.search(told)
    if hour is None:
        return fact
    place = _LONGITUDE.search(document.meta("Media place") or "")
    if place is None:
        doubt = "the time is in UTC, and the zone of the place is not told"
        return replace(fact, confidence=_WITHOUT_ZONE, doubts=(doubt,))
    by_sun = int(hour[1]) + int(hour[2]) / 60 + float(place[0]) / _DEGREES_PER_HOUR
    if 0 <= by_sun < _DAY:
        return fact
    return replace(
        fact, confidence=_OTHER_DAY, doubts=("the time is in UTC; where it was, it was another day",)
    )


def _from_meta(document: Document, meta: Meta) -> Fact | None:
    value = document.text[meta.start : meta.end]
    match = _EXIF.search(value)
    if match and possible((int(match[1]), int(match[2]), int(match[3]))):
        taken = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        day = Day(taken, time=time_behind(folded(value), match.end()))
        start, end = meta.start + match.start(), meta.start + match.end()
        return Fact("date", "document", day, start, end, 0.97, "file metadata", meta.key)
    for reading in _readings(folded(value), value):
        dated = complete(reading)
        if dated and dated.day.end is None:
            placed = replace(reading, start=meta.start + reading.start, end=meta.start + reading.end)
            day = Day(dated.day.start, time=time_behind(folded(value), reading.end))
            return Fact("date", "document", day, placed.start, placed.end, 0.97, "file metadata", meta.key)
    return None
