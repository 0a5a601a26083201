"""Dates in digits: 2023-03-14, 14/03/23, 14.03.2023, 2023/3, 20230314, and digits that OCR misread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extractors.facts.date_reading import Parts, Reading, full_year, possible
from extractors.facts.date_words import not_dates

_GUARD = r"(?<![0-9_./])(?<!\d[:,])"
_YEAR_FIRST = re.compile(
    _GUARD + r"(\d{4}) ?([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})(?=\d\d:\d\d|-\d{4}[-/.]\d|(?!\d|\2\d|[./]\d))"
)
_YEAR_LAST = re.compile(
    _GUARD + r"(\d{1,2}) ?([-/.]) ?(\d{1,2}) ?(?:\2|, ?(?=\d{4})) ?(\d{4}(?=\d\d:\d\d|(?!\d))|'?\d{2}(?!\d))"
    r"(?! ?[/.]\d|-\d(?!\d?[-/.]\d{1,2}[-/.]\d)|:\d|[%°])"
)
_SHORT_RANGE = re.compile(
    _GUARD + r"(\d{1,2})([/.])(\d{1,2})\.? ?(?:-|~|至|到|to) ?(\d{1,2})\2(\d{1,2})\2(\d{4})(?!\d)"
)
_TWO_ENDS = re.compile(
    _GUARD + r"(\d{4})-(\d\d)-(\d\d)/(\d{4})-(\d\d)-(\d\d)(?![\w-])"
    r"|(?<![\w./-])((?:19|20)\d\d)(\d\d)(\d\d) ?[-~] ?((?:19|20)\d\d)(\d\d)(\d\d)(?![\w./-])"
)
_ANY_ENDS = re.compile(r"/\d{4}-\d\d-|[-~至到] ?(?:19|20)\d\d(?:\.|\d{4})")
_YEAR_MONTHS = re.compile(
    _GUARD + r"((?:19|20)\d\d)\.(\d{1,2}) ?(?:-|~|至|到) ?((?:19|20)\d\d)\.(\d{1,2})"
    r"(?![\d.%]| ?(?:mm?|k[mg]|t|[a-z]\d)(?![a-z]))"
)
_NUMBERED = re.compile(
    r"(?:(?<![a-z])(?:ref|no|nr|nos|number|invoice|report|certificate|permit|order|letter|notice)|[字第号])\.?\s?:?\s?$"
)
_MONTH = re.compile(
    _GUARD + r"(?<![0-9a-z一-鿿]-)(?<!\d )(\d{4}) ?([-/]) ?(\d{1,2})(?!\d| ?[-/.:,]\d|[a-z%]| ?[号期次份批])"
)
_ANY_MONTH = re.compile(r"\d{4} ?[-/] ?\d{1,2}(?![-/\d])")
_MONTH_LAST = re.compile(
    _GUARD + r"(?<![0-9a-z]-)(?<!\d )(0?[1-9]|1[0-2]) ?/ ?((?:19|20)\d\d)(?!\d| ?[-/.:,]\d|[a-z%])"
)
_COMPACT = re.compile(
    r"(?<![0-9a-z_./])(?<![0-9a-z]-)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d|[./-]\d|[ ,.]?\d{3})"
)
_COMPACT_EVIDENCE = re.compile(r"(?:date|dated|日期|时间|日|on|于)\s?[:.-]?\s{0,3}$")
_TIME_BEHIND = re.compile(r"t\d{4}|[t ]\d\d:\d\d")
_PARTIAL = re.compile(
    r"(?:^|[\s(])(?:on|by|from|until|till|since|before|after|next|last|this|date:?|dated) {1,4}(\d{1,2})/(\d{1,2})"
    r"(?![\d/:%-]|[.,]\d| (?:of|inch))"
)
_LONE = re.compile(
    r"(?:^|\n|(?<![a-z])(?:back|done|due|arrives?|arrived|returns?|returned|met|sent|received|paid) )[ ]{0,4}"
    r"(?:(1[3-9]|2\d|3[01])/([1-9]|0[1-9]|1[0-2])|(0?[1-9]|1[0-2])/(1[3-9]|2\d|3[01]))[.;]?(?=\s*(?:\n|$))"
)
"""A day and month that fill a line, or end it behind a verb, of which only one can be the month."""
_MISREAD = re.compile(
    r"(?<![a-z0-9])([0-9oliszb]{1,2}) ?([-/.]) ?([0-9oliszb]{1,2}) ?\2 ?([0-9oliszb]{4}|[0-9oliszb]{2})"
    r"(?![a-z0-9]|[-/.]\w)"
)
_MISREAD_YEAR_FIRST = re.compile(
    r"(?<![a-z0-9])(2[0-9o][0-9oliszb]{2})([-/.])([0-9oliszb]{1,2})\2([0-9oliszb]{1,2})(?![a-z0-9]|[-/.]\w)"
)
_AMONG_HAN = re.compile(r"[一-鿿](?<![图表第号章节款条项格寸编型比分])0[一-鿿]")
_STROKE = re.compile(
    r"(?:date|dated|tarikh|日期)\W{0,4}((\d\d)([/.-])(\d\d)[17|]((?:19|20)\d\d)|(\d\d)[17|](\d\d)([/.-])((?:19|20)\d\d))(?!\d)"
)
_COUNTED = re.compile(
    r"(?:pages?|sheets?|nos?|of|part|item|unit|lots?|area|grade|size|ratio|open|score)\.? {0,4}$"
)
"""Words before a fraction."""
_DIGITS = str.maketrans("olizsb", "011258")
_INDENT = 80
"""So many blanks at most stand before a heading's number."""
_FULL_BEFORE = re.compile(
    r"(?<![\w./-])(?:\d{4} ?[-/.] ?\d{1,2} ?[-/.] ?\d{1,2}|\d{1,2} ?[-/.] ?\d{1,2} ?[-/.] ?(?:\d{4}|\d\d)) ?-$"
)
_FILE_NAME = re.compile(r"\d{4}[-_]\d\d[-_]\d\d\.[a-z]{3,4}\b")
_LETTER_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:date|dated|dt|tarikh|on|t|fecha|datum|of|from|to|[a-z]{3,6}day|mon|tue|wed|thu|fri|sat|sun)$"
)


def numeric(text: str) -> Iterator[Reading]:
    """All dates in digits of a folded text. What looks like one but is a clause, a telephone or a ratio is left out."""
    slashed = "/" in text
    for make, pattern in (
        (_year_first, _YEAR_FIRST),
        (_year_last, _YEAR_LAST),
        (_short_range, _SHORT_RANGE),
        *(((_two_ends, _TWO_ENDS), (_year_months, _YEAR_MONTHS)) if _ANY_ENDS.search(text) else ()),
        *(((_month, _MONTH),) if _ANY_MONTH.search(text) else ()),
        (_compact, _COMPACT),
        *(((_month_last, _MONTH_LAST), (_partial, _PARTIAL), (_lone, _LONE)) if slashed else ()),
    ):
        for match in pattern.finditer(text):
            reading = make(match)
            if reading and _allowed(text, reading.start):
                yield reading
    yield from misread(text)
    yield from strokes(text)


def _allowed(text: str, start: int) -> bool:
    before = text[max(0, start - 24) : start]
    if not before:
        return True
    if "a" <= before[-1] <= "z":
        return bool(_LETTER_BEFORE.search(before))
    if before[-1] == "-" and _FILE_NAME.match(text, start):
        return True
    if before[-1] == "-" and re.search(r"[a-z0-9]-$", before) and not _FULL_BEFORE.search(before):
        return False
    return not not_dates().search(before.rsplit("\n", 1)[-1])


def _year_first(match: re.Match[str]) -> Reading | None:
    year, month, day = full_year(match[1]), int(match[3]), int(match[4])
    if year is None:
        return None
    if possible((year, month, day)):
        return Reading(match.start(), match.end(), (year, month, day), "date year first", confidence=0.98)
    return None


def _year_last(match: re.Match[str]) -> Reading | None:
    first, mark, second, digits = int(match[1]), match[2], int(match[3]), match[4].lstrip("'")
    if len(digits) == 2 and not _plausible_short(match, digits):
        return None
    year = full_year(digits)
    if len(digits) == 2 and first > 31 and possible((full_year(match[1]), second, int(digits))):
        return Reading(
            match.start(),
            match.end(),
            (full_year(match[1]), second, int(digits)),
            "date year first",
            confidence=0.7,
        )
    if year is None:
        return None
    confidence = 0.95 if len(digits) == 4 else 0.88
    if first > 12 and possible((year, second, first)):
        parts, other = (year, second, first), _year_leading(match)
        return Reading(
            match.start(), match.end(), parts, "date day first", confidence=confidence, other=other
        )
    if second > 12 and possible((year, first, second)):
        return Reading(
            match.start(), match.end(), (year, first, second), "date month first", confidence=confidence
        )
    if first <= 12 and second <= 12 and possible((year, second, first)):
        swappable = first != second
        return Reading(
            match.start(),
            match.end(),
            (year, second, first),
            f"date in digits {mark}",
            swappable=swappable,
            confidence=confidence,
        )
    return None


def _year_leading(match: re.Match[str]) -> Parts | None:
    """23-03-14 as the 14th of March 2023."""
    if len(match[1]) != 2 or len(match[4]) != 2:
        return None
    parts = (full_year(match[1]), int(match[3]), int(match[4]))
    return parts if parts[0] is not None and possible(parts) else None


def _plausible_short(match: re.Match[str], digits: str) -> bool:
    """With a year of two digits: 14/03/23 and 05-05-71, but not 1.2.3, 12.10.4 or the clause 3.1.12."""
    if len(match[1]) > 1 and int(match[1]) > 31:
        return match[2] != "." or len(match[3]) == 2
    if match[2] == "/":
        return True
    if match[2] == "-":
        return (
            len(match[1]) + len(match[3]) >= 3 or "'" in match[4] or bool(_AMONG_HAN.search(_around(match)))
        )
    spaced = " " in match[0]
    return len(match[1]) == 2 and len(match[3]) == 2 and (spaced or not _heading(match)) and int(digits) >= 0


def _around(match: re.Match[str]) -> str:
    return f"{match.string[max(0, match.start() - 1) : match.start()]}0{match.string[match.end() : match.end() + 1]}"


def _heading(match: re.Match[str]) -> bool:
    """A number at the start of a line with words behind it heads a clause."""
    text, start = match.string, match.start()
    lead = text[max(0, start - _INDENT) : start]
    begins = "\n" in lead or start <= _INDENT
    return (
        begins
        and not lead.rpartition("\n")[2].strip()
        and bool(re.match(r"\.? +[a-z]{2}", text[match.end() : match.end() + 5]))
    )


def _short_range(match: re.Match[str]) -> Reading | None:
    a, b, c, d, year = int(match[1]), int(match[3]), int(match[4]), int(match[5]), full_year(match[6])
    if year is None:
        return None
    day_first, month_first = (
        (possible((year, b, a)) and possible((year, d, c))),
        (possible((year, a, b)) and possible((year, c, d))),
    )
    if day_first:
        return Reading(
            match.start(),
            match.end(),
            (year, b, a),
            "range in digits",
            last=(year, d, c),
            swappable=month_first,
            confidence=0.85,
        )
    if month_first:
        return Reading(
            match.start(), match.end(), (year, a, b), "range in digits", last=(year, c, d), confidence=0.85
        )
    return None


def _two_ends(match: re.Match[str]) -> Reading | None:
    """2023-03-05/2023-03-17, the interval of ISO 8601, and 20230305-20230317."""
    numbers = [int(group) for group in match.groups() if group]
    first, last = (numbers[0], numbers[1], numbers[2]), (numbers[3], numbers[4], numbers[5])
    numbered = not match[1] and _NUMBERED.search(match.string[max(0, match.start() - 16) : match.start()])
    if numbered or not possible(first) or not possible(last) or last < first:
        return None
    return Reading(match.start(), match.end(), first, "range", last=last, confidence=0.9)


def _year_months(match: re.Match[str]) -> Reading | None:
    """2023.3-2023.5."""
    first, last = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
    if first > last or not possible((*first, None)) or not possible((*last, None)):
        return None
    return Reading(
        match.start(), match.end(), (*first, None), "range of months", last=(*last, None), confidence=0.8
    )


def _month(match: re.Match[str]) -> Reading | None:
    year, month = full_year(match[1]), int(match[3])
    if (
        year is None
        or not 1 <= month <= 12
        or (match[2] == "-" and len(match[3]) == 1 and " " not in match[0])
    ):
        return None
    return Reading(match.start(), match.end(), (year, month, None), "month in digits", confidence=0.7)


def _month_last(match: re.Match[str]) -> Reading | None:
    """3/2023, but not the third paper of 2023."""
    if _NUMBERED.search(match.string[max(0, match.start() - 16) : match.start()]):
        return None
    return Reading(
        match.start(),
        match.end(),
        (full_year(match[2]), int(match[1]), None),
        "month in digits",
        confidence=0.7,
    )


def _compact(match: re.Match[str]) -> Reading | None:
    """Eight digits are a date only where the words before say so, or a time follows."""
    text = match.string
    evidence = _COMPACT_EVIDENCE.search(text[max(0, match.start() - 16) : match.start()])
    sure = bool(evidence or _TIME_BEHIND.match(text, match.end()))
    parts = (int(match[1]), int(match[2]), int(match[3]))
    if not possible(parts) or (not sure and not _loose_compact(match)):
        return None
    return Reading(
        match.start(), match.end(), parts, "date in eight digits", confidence=0.9 if sure else 0.55
    )


def _loose_compact(match: re.Match[str]) -> bool:
    """Among words of a sentence or between hyphens, and of our own years: more likely a day than a number."""
    text = match.string
    lead = text[max(0, match.start() - 12) : match.start()]
    numbered = re.search(r"(?:\bno\.?|#|ref\.?|nr\.?|id|号|码|单|[:=$£€¥,])\s?$", lead)
    framed = lead.endswith("-") and text[match.end() : match.end() + 1] == "-"
    follows = re.match(r"(?:\.?\s*$|[.,;)]?\s+[a-z(]|-)", text[match.end() : match.end() + 4])
    return (
        1990 <= int(match[1]) <= 2040
        and not numbered
        and bool(framed or (re.search(r"[a-z] $", lead) and follows))
    )


def _partial(match: re.Match[str]) -> Reading | None:
    first, second = int(match[1]), int(match[2])
    start, end = match.start(1), match.end(2)
    if possible((None, second, first)):
        return Reading(
            start,
            end,
            (None, second, first),
            "day and month in digits",
            swappable=first <= 12,
            confidence=0.5,
        )
    if possible((None, first, second)):
        return Reading(start, end, (None, first, second), "day and month in digits", confidence=0.5)
    return None


def _lone(match: re.Match[str]) -> Reading | None:
    """4/22 on a line of its own or at its end, but not 24/7."""
    day, month = (match[1], match[2]) if match[1] else (match[4], match[3])
    start, end = (match.start(1), match.end(2)) if match[1] else (match.start(3), match.end(4))
    parts = (None, int(month), int(day))
    if not possible(parts) or match.string[start:end] == "24/7":
        return None
    return Reading(start, end, parts, "day and month in digits", confidence=0.5)


def strokes(text: str) -> Iterator[Reading]:
    """Date: 25/0412017, where OCR took a stroke for a 1 or 7. Only behind a label that says that a date follows."""
    for match in _STROKE.finditer(text):
        first, second, year = (match[2], match[4], match[5]) if match[2] else (match[6], match[7], match[9])
        mended = _YEAR_LAST.fullmatch(f"{first}/{second}/{year}")
        reading = _year_last(mended) if mended else None
        if reading:
            doubts = ("a stroke was read as a digit",)
            yield replace(reading, start=match.start(1), end=match.end(1), doubts=doubts, confidence=0.6)


def misread(text: str) -> Iterator[Reading]:
    """Dates in which OCR took digits for letters: O6/03/2018, 14/O3/20l8. At least half must be real digits."""
    for match in (*_MISREAD.finditer(text), *_MISREAD_YEAR_FIRST.finditer(text)):
        letters = sum(c.isalpha() for c in match[0])
        if not letters or letters * 2 > sum(c.isdigit() for c in match[0]):
            continue
        digits = match[0].translate(_DIGITS)
        mended, year_first = _YEAR_LAST.fullmatch(digits), _YEAR_FIRST.fullmatch(digits)
        reading = _year_last(mended) if mended else _year_first(year_first) if year_first else None
        if reading:
            doubts = ("letters were read as digits (O as 0, l as 1)",)
            yield replace(reading, start=match.start(), end=match.end(), doubts=doubts, confidence=0.7)
