"""Dates with the month in letters: 14 March 2023, March 14th, 2023, 14-Mar-23, 3–17 May 2023, 2016 june, June 1992."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein

from extractors.facts.date_reading import Parts, Reading, full_year, possible
from extractors.facts.date_words import alternatives, day_words, months, short_foreign, weekdays, words_too
from extractors.facts.numerals import english_number

_WINDOW = 40
_ORDINAL = r"(?: ?(?:st|nd|rd|th|er|º|ª))?"
_LINK = r"(?: of(?: the)?| de| in(?: the year(?: of our lord)?)?|,)?"
_LONGEST_YEAR = 40


@dataclass(frozen=True, slots=True)
class _Side:
    """What stands on one side of a month: the days, the year, and where it ends in the text."""

    edge: int
    day: int | None = None
    day_to: int | None = None
    year: int | None = None
    strong: bool = False


@cache
def _month() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-zà-ÿ])({alternatives(months())})(?![a-zà-ÿ])")


@cache
def _day() -> str:
    return rf"(?:\d{{1,2}}|{alternatives(day_words())})"


@cache
def _left() -> re.Pattern[str]:
    to = r"(?:(?P<link> ?(?:-|~|/|to|until|till|through|thru) ?| ?(?:and|&) ?)(?:the )?"
    return re.compile(
        rf"(?<![a-z0-9$£€])(?<!\d[.,:/])(?<![$£€¥] )(?P<a>{_day()})(?P<o>{_ORDINAL}|\.(?= ?-))(?: day)?(?: of)?"
        rf"{to}(?P<b>{_day()})(?P<p>{_ORDINAL}))?"
        r"(?P<of> day of| of(?: the)?| de)?[ .,/'\-]{0,3}\Z"
    )


_WRAPPED = re.compile(
    r"(?:^|[^a-z])(?:of|on|by|from|to|until|till|since|dated|before|after|and|between|the)"
    r" (\d{1,2}(?:st|nd|rd|th)?) ?\n\Z"
)
"""A day at the end of a line whose month begins the next; words before it must say that it is one."""


@cache
def _right() -> re.Pattern[str]:
    to = r"(?:(?P<link> ?(?:-|~|to|until|till|through|thru|and|&) ?(?:the )?)"
    return re.compile(
        rf"\.?[ .,/'\-]{{0,3}}(?:the )?(?P<a>{_day()})(?P<o>{_ORDINAL})(?![a-z0-9:%])(?!\.\d(?!\d{{3}}(?!\d)))"
        rf"{to}(?P<b>{_day()})(?P<p>{_ORDINAL})(?![a-z0-9:%/]| ?[ap]\.?m\b| ?(?:{alternatives(months())})\b))?"
    )


@cache
def _day_behind() -> re.Pattern[str]:
    """The 17 of `3 March - 17 March` is a day, not a year."""
    return re.compile(rf"\d\d{_ORDINAL}[ .-]{{0,2}}(?:of )?(?:{alternatives(months())})(?![a-z])")


_YEAR_BEHIND = re.compile(
    rf"\.?{_LINK}(?P<mark>[\s.,/'\-]{{0,3}})(?P<year>\d{{4}}|'?\d{{2}})(?![\d%]|[:.,]\d)"
)
_BETWEEN = re.compile(r"between (?:the )?[a-zà-ÿ]+\.?\Z")
_YEAR_WORDS = re.compile(
    r",?(?: (?:in )?(?:the )?year(?: of(?: our lord)?)?)? "
    r"(?P<head>two thousand(?: and)?|twenty)(?P<rest>(?:[ -](?:ten|eleven|twelve|"
    r"[a-z]{3,5}teen|twenty|thirty|forty|fifty|one|two|three|four|five|six|seven|eight|nine)){1,2})(?![a-z-])"
)
_YEAR_BEFORE = re.compile(r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)[ .,/\-]{1,3}\Z")
_SHORT_END = re.compile(r"\s{0,9}(?:$|\d{1,2}:\d\d|[\n,;.)\]|]|(?:at|to|till|until|-|and)\b)")
_MORE_DAYS = re.compile(r",? ?(?:and|&|,) ?(?:the )?\d{1,2}(?!\d)")
"""What shows that the 12 of `June 5, 12 and 19` is a day and no year."""
_LEAD = re.compile(
    r"(?:^|[^a-z])(?:on|by|from|until|till|since|to|of|before|after|between|dated?|and|in|the)[ :]{1,2}$"
)
_FUZZY = re.compile(
    r"(?<![\w.,/])([\dlio]{1,2})(?:st|nd|rd|th)?[ .-]{1,2}([a-z0-9]{3,10})[ ,.-]{1,2}([12lo][\dlo]{3})(?!\w)"
)
_FIGURES = str.maketrans("lio", "110")
_LOOKALIKES = str.maketrans("015", "ols")


def named(text: str, original: str) -> Iterator[Reading]:
    """All dates with a month's name in a folded text; `original` tells capitals (May, may)."""
    for match in _month().finditer(text):
        reading = _read(text, original, match)
        if reading:
            yield reading
    yield from misspelt(text)


def _read(text: str, original: str, match: re.Match[str]) -> Reading | None:
    word, month = match[1], months()[match[1]]
    left, right = _left_side(text, match.start()), _right_side(text, match.end())
    after_left = _year_side(text, match.end())
    if left.day is not None and after_left.year is not None:
        return _reading(left.edge, after_left.edge, after_left.year, month, left.day, left.day_to)
    before = _YEAR_BEFORE.search(text, max(0, match.start() - 8), match.start())
    if right.day is not None and (right.year is not None or before):
        year = right.year if right.year is not None else full_year(before["year"]) if before else None
        start = match.start() if right.year is not None or not before else before.start()
        return _reading(start, right.edge, year, month, right.day, right.day_to)
    if after_left.year is not None and len(text[match.end() : after_left.edge].strip(" .,'-/\n")) >= 2:
        return _month_only(text, original, match, match.start(), after_left)
    if before and word not in short_foreign():
        return _reading(before.start(), match.end(), full_year(before["year"]), month, None, None, 0.85)
    return _without_year(text, original, match, left, right)


def _without_year(
    text: str, original: str, match: re.Match[str], left: _Side, right: _Side
) -> Reading | None:
    word, month = match[1], months()[match[1]]
    if word in short_foreign():
        return None
    capital = original[match.start()].isupper()
    lead = bool(_LEAD.search(text, max(0, match.start() - 9), match.start()))
    unsure = word in words_too() and not capital
    if left.day is not None and (not unsure or left.strong):
        return _reading(left.edge, match.end(), None, month, left.day, left.day_to)
    if right.day is not None and (not unsure or right.strong or lead):
        return _reading(match.start(), right.edge, None, month, right.day, right.day_to)
    return None


def _month_only(text: str, original: str, match: re.Match[str], start: int, year: _Side) -> Reading | None:
    """June 1992, Jun-92, june of 1992; `may 2019` and `march 20` need a capital or a word of time before them."""
    if re.search(rf"\b(?:{alternatives(weekdays())})[ ,.-]{{1,2}}$", text[max(0, start - 12) : start]):
        return _without_year(
            text, original, match, _left_side(text, match.start()), _right_side(text, match.end())
        )
    short = len(text[match.end() : year.edge].rstrip()) < 5 and not re.search(
        r"\d{4}$", text[max(0, year.edge - 4) : year.edge]
    )
    lead = _LEAD.search(text, max(0, match.start() - 9), match.start())
    unsure = match[1] in words_too() and not original[match.start()].isupper() and not lead
    if unsure or (short and not re.match(r"\.?(?: ?'|-)\d\d", text[match.end() : year.edge])):
        right = _right_side(text, match.end())
        return _without_year(text, original, match, _left_side(text, match.start()), right)
    return _reading(start, year.edge, year.year, months()[match[1]], None, None, 0.9)


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    return int(word) if word.isdecimal() else day_words()[word]


def _left_side(text: str, end: int) -> _Side:
    start = max(0, end - _WINDOW)
    match = _left().search(text, start, end)
    if not match:
        wrapped = _WRAPPED.search(text, max(0, end - 16), end) if text[end - 1 : end] == "\n" else None
        return _Side(wrapped.start(1), int(wrapped[1].rstrip("dhnrst"))) if wrapped else _Side(end)
    listed = bool(match["link"]) and match["link"].strip() in ("and", "&", "/")
    if listed and not re.search(
        r"(?:between|night of) (?:the )?$", text[max(0, match.start() - 14) : match.start()]
    ):
        return _Side(match.start("b"), _number(match["b"]), None, None, bool(match["p"] or match["of"]))
    strong = bool(match["o"] or match["p"] or match["of"])
    return _Side(match.start(), _number(match["a"]), _number(match["b"]), None, strong)


def _right_side(text: str, start: int) -> _Side:
    match = _right().match(text, start, start + _WINDOW)
    if not match:
        return _Side(start)
    year = _year_side(text, match.end())
    day, day_to = _number(match["a"]), _number(match["b"])
    if (match["link"] or "").strip() in ("and", "&", "and the") and not _between(text, start):
        return _Side(match.end("o"), day, strong=bool(match["o"]) or not match["a"].isdecimal())
    return _Side(
        year.edge if year.year else match.end(),
        day,
        day_to,
        year.year,
        bool(match["o"]) or not match["a"].isdecimal(),
    )


def _between(text: str, month_end: int) -> bool:
    """Whether `between` stands before the month that ends there."""
    return bool(_BETWEEN.search(text[max(0, month_end - 24) : month_end]))


def _year_side(text: str, start: int) -> _Side:
    match = _YEAR_BEHIND.match(text, start, start + _LONGEST_YEAR)
    if not match:
        return _worded_year(text, start)
    digits, mark = match["year"].lstrip("'"), match["mark"]
    if len(digits) == 4 and not (mark or match[0].startswith((" of", " in", " de"))):
        mark = " " if text[start - 1].isalpha() else ""
    if len(digits) == 2:
        closed = "-" in mark or "/" in mark or "'" in match[0] or "." in mark
        listed = "," in match[0] and _MORE_DAYS.match(text, match.end())
        listed = listed or _day_behind().match(text, match.start("year"))
        if "\n" in mark or listed or not (closed or _SHORT_END.match(text, match.end())):
            return _Side(start)
    elif not mark:
        return _Side(start)
    return _Side(match.end(), year=full_year(digits))


def _worded_year(text: str, start: int) -> _Side:
    """Two thousand and twenty-three; twenty twenty-three."""
    match = _YEAR_WORDS.match(text, start, start + 60)
    rest = english_number(match["rest"]) if match else None
    if match is None or rest is None or rest >= 100 or (match["head"] == "twenty" and rest < 10):
        return _Side(start)
    return _Side(match.end(), year=full_year(str(2000 + int(rest))))


def _reading(
    start: int,
    end: int,
    year: int | None,
    month: int,
    day: int | None,
    day_to: int | None,
    confidence: float = 0.97,
) -> Reading | None:
    first: Parts = (year, month, day)
    if not possible(first):
        return None
    last: Parts | None = (year, month, day_to) if day_to is not None else None
    if last and (not possible(last) or day is None or (day_to or 0) <= day):
        last = None
    return Reading(
        start,
        end,
        first,
        "range within a month" if last else "date with month name",
        last,
        confidence=confidence,
    )


def misspelt(text: str) -> Iterator[Reading]:
    """14 Novernber 2023, 3 0ct 2023, l4 May 2O23: a month but for one letter, or letters read for digits."""
    for match in _FUZZY.finditer(text):
        doubts = tuple(_misreadings(match))
        month = months().get(match[2]) or _nearest(match[2])
        year = full_year(match[3].translate(_FIGURES))
        if not doubts or month is None or year is None or not any(map(str.isdecimal, match[1] + match[3])):
            continue
        parts = (year, month, int(match[1].translate(_FIGURES)))
        if possible(parts):
            rule = "date with misread month" if match[2] not in months() else "date with month name"
            yield Reading(match.start(), match.end(), parts, rule, doubts=doubts, confidence=0.7)


def _misreadings(match: re.Match[str]) -> Iterator[str]:
    if match[2] not in months() and not match[2].isdecimal():
        yield f"month read as {match[2]}"
    letters = sum(c.isalpha() for c in match[1] + match[3])
    if 0 < letters <= 3 and any(map(str.isdecimal, match[1])) and any(map(str.isdecimal, match[3])):
        yield "letters were read as digits (O as 0, l as 1)"


@cache
def _nearest(word: str) -> int | None:
    if word.isdecimal():
        return None
    mended = word.translate(_LOOKALIKES).replace("rn", "m").replace("nl", "m").replace("vv", "w")
    if mended in months():
        return months()[mended]
    near = {
        n
        for name, n in months().items()
        if len(name) >= 5 and Levenshtein.distance(mended, name, score_cutoff=1) <= 1
    }
    return near.pop() if len(near) == 1 else None
