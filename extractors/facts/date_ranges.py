"""Two dates and the words between them as one range: 3 March to 5 April 2023, 3月5日至3月17日, 2023.3.5-3.17."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.facts.date_order import DAY_FIRST, MONTH_FIRST
from extractors.facts.date_reading import Parts, Reading, possible

_TO = re.compile(
    r"\s*(?:,? ?[(]?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*|(?:星期|周|礼拜)[一二三四五六日天])[)]?)?"
    r"\s*(?:上午|下午|早上|晚上)?(?:(?:\d{1,2}|[零〇一二三四五六七八九十]{1,3})[:时点]\d{0,2}分?)?\s*"
    r"(?:(?:,| and)? ?(?:end(?:ing|ed)|finish(?:ing|ed))(?: on)?"
    r"|(?:,? and)? (?:continu|last)(?:ing|ed)(?: until| till| to| through)|,? ?(?:through|up) (?:to|until)"
    r"|,? ?(?:-|~|to|until|till|through|thru|up to|ending)|起?,?(?:直?至|到)(?P<later>[次翌]年)?|au|bis|al?)"
    r"\s*(?:the )?(?:\d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?| ?h(?:ou)?rs)?,? (?:on )?(?:the )?)?"
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
)
_AND = re.compile(r"\s*(?:and|与|和|及)\s*(?:the )?")
_BETWEEN = re.compile(r"(?:between|在|介于)(?: the)?\s*$")
_FURTHEST = 40
"""Characters between two ends: a weekday, a time of day, and `to`."""
_PROOFS = (DAY_FIRST, MONTH_FIRST)
"""Rules that a range of two such dates keeps: they are evidence for the order of others."""
_UNITS = ("quarter", "half of a year", "week")
_TAIL = re.compile(r" ?(?:-|~|至|到) ?(?:(\d{1,2})([./-]))?(\d{1,2})(?![\d:%]|[./-]\d| ?[ap]m)")
_LIST = re.compile(r"\s*(?:,|and|&|or|、|和|及|与|或)\s*(?:and |on )?(?:the )?")


def joined(text: str, readings: Sequence[Reading]) -> list[Reading]:
    """`readings` of a folded text, in order, with each pair that is a range made into one reading."""
    result: list[Reading] = []
    for reading in readings:
        previous = result[-1] if result else None
        whole = _range(text, previous, reading) if previous else None
        if whole:
            result[-1] = whole
        else:
            result.append(_with_tail(text, reading))
    return result


def _range(text: str, a: Reading, b: Reading) -> Reading | None:
    if not _same_unit(a, b) or b.start - a.end > _FURTHEST or not _linked(text, a, b):
        return None
    told = _TO.fullmatch(text, a.end, b.start)
    year_after = bool(told and told["later"]) and a.first[0] is not None
    second = ((a.first[0] or 0) + 1, *b.first[1:]) if year_after else b.first
    ends = (a.first, b.last) if b.last else _with_years(a.first, second)
    if ends is None:
        return None
    first, last = ends
    return Reading(
        a.start,
        b.end,
        first,
        a.rule if a.rule == b.rule and a.rule in _PROOFS else "range",
        last,
        swappable=False,
        doubts=tuple(dict.fromkeys(a.doubts + b.doubts)),
        confidence=min(a.confidence, b.confidence),
    )


def _same_unit(a: Reading, b: Reading) -> bool:
    """Two days or months; or two quarters, halves or weeks, the first of which comes first."""
    if not a.last and not b.last:
        return True
    return a.rule == b.rule and a.rule in _UNITS and _stated(a) <= _stated(b)


def _stated(reading: Reading) -> tuple[int, int]:
    return reading.first[0] or 0, reading.first[1]


def _linked(text: str, a: Reading, b: Reading) -> bool:
    between = text[a.end : b.start]
    if _TO.fullmatch(between):
        return True
    return bool(_AND.fullmatch(between) and _BETWEEN.search(text[max(0, a.start - 14) : a.start]))


def _with_years(a: Parts, b: Parts) -> tuple[Parts, Parts] | None:
    """Both ends, the year of the one given to the other; None when the second lies before the first."""
    year_a, year_b = a[0], b[0]
    if year_a is None and year_b is not None:
        year_a = year_b if _key(a) <= _key(b) else year_b - 1
    elif year_b is None and year_a is not None:
        year_b = year_a if _key(a) <= _key(b) else year_a + 1
    first, last = (year_a, a[1], a[2]), (year_b, b[1], b[2])
    if not possible(first) or not possible(last):
        return None
    in_order = year_a is None or year_b is None or (year_a, *_key(a)) <= (year_b, *_key(b))
    return (first, last) if in_order else None


def _key(parts: Parts) -> tuple[int, int]:
    return parts[1], 32 if parts[2] is None else parts[2]


def _with_tail(text: str, reading: Reading) -> Reading:
    """2023.3.5-3.17, 2023/3/5-7: a range whose second end is cut short."""
    if reading.last or reading.rule != "date year first":
        return reading
    match = _TAIL.match(text, reading.end, reading.end + 12)
    year, month, day = reading.first
    if not match or day is None:
        return reading
    last = (year, int(match[1]) if match[1] else month, int(match[3]))
    if not possible(last) or _key(last) <= _key(reading.first):
        return reading
    return replace(reading, end=match.end(), last=last, rule="range", confidence=0.8)


def with_list_years(text: str, readings: Sequence[Reading]) -> list[Reading]:
    """3 March, 5 March and 9 April 2023: the year at the end of a list is that of all its members."""
    result = list(readings)
    for at in range(len(result) - 2, -1, -1):
        here, behind = result[at], result[at + 1]
        if (
            here.first[0] is None
            and behind.first[0] is not None
            and _LIST.fullmatch(text[here.end : behind.start])
        ):
            parts = (behind.first[0], here.first[1], here.first[2])
            last = (behind.first[0], here.last[1], here.last[2]) if here.last else None
            if possible(parts):
                result[at] = replace(here, first=parts, last=last)
    return result
