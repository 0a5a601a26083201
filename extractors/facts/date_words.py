"""The words of dates, from `dates.yaml`, in the forms in which the rules ask for them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from extractors.word_lists import word_list

Cue = tuple[re.Pattern[str], float]


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = word_list(Path(__file__).with_name("dates.yaml"))
    return loaded


@cache
def months() -> dict[str, int]:
    """Month names and abbreviations in small letters: their numbers."""
    return {name: number for number, names in _data()["months"].items() for name in names}


@cache
def short_foreign() -> frozenset[str]:
    """Abbreviations of other languages that need a year behind them to be months."""
    return frozenset(_data()["foreign_short"])


@cache
def words_too() -> frozenset[str]:
    """Month names that are also ordinary words, names or parts of them when written small."""
    return frozenset(_data()["words_too"])


@cache
def weekdays() -> dict[str, int]:
    """Names of the days of the week in small letters: 0 for Monday to 6."""
    return {name: number for number, names in _data()["weekdays"].items() for name in names}


@cache
def zones() -> dict[str, float]:
    """Names of time zones in small letters: their hours from UTC."""
    return {str(name): float(hours) for name, hours in _data()["zones"].items()}


@cache
def feasts() -> dict[str, tuple[int, int]]:
    """Feasts of a fixed day in small letters: month and day."""
    days = {name: str(day).split("-") for day, names in _data()["feasts"].items() for name in names}
    return {name: (int(month), int(day)) for name, (month, day) in days.items()}


@cache
def day_words() -> dict[str, int]:
    """`third`, `twenty-first` and `twenty two`: days of the month in words."""
    ordinals = {word: day for day, word in enumerate(_data()["ordinals"], 1)}
    ordinals |= {word.replace("-", " "): day for word, day in ordinals.items()}
    ones = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    tens = {"twenty": 20, "thirty": 30}
    cardinals = {
        f"{ten}{mark}{one}": n + d
        for ten, n in tens.items()
        for d, one in enumerate(ones, 1)
        for mark in "- "
    }
    return ordinals | {word: day for word, day in cardinals.items() if day <= 31} | tens


def alternatives(words: object) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(str(w)) for w in sorted(words, key=lambda w: (-len(w), w)))  # type: ignore[call-overload]


@cache
def not_dates() -> re.Pattern[str]:
    """What stands before a number that is a clause, a telephone or a version, no date."""
    return re.compile("(?:" + "|".join(_data()["not_dates"]) + r")(?:no\.?)?\s?$")


@cache
def order_cues() -> tuple[tuple[Cue, ...], tuple[Cue, ...]]:
    """Evidence that the document writes the month first, and that it writes the day first."""
    first, second = (_cues(_data()[name]) for name in ("month_first", "day_first"))
    return first, second


def _cues(rows: list[tuple[str, float]]) -> tuple[Cue, ...]:
    return tuple((re.compile(pattern), float(weight)) for pattern, weight in rows)


@cache
def roles() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
    """(role, what precedes, what follows) in the order in which roles are tried."""
    return tuple(
        (role, _before("|".join(rule["before"])), _after(rule.get("after")))
        for role, rule in _data()["roles"].items()
    )


def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{pattern})$")


def _after(patterns: list[str] | None) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


@cache
def own_cues(kind: str) -> tuple[Cue, ...]:
    """Words before a date that make it the own date of a document of this kind, with their points."""
    table = _data()["own"]
    rows = [*table.get(kind, ()), *table["*"]]
    return tuple((_before(pattern), float(points)) for pattern, points in rows)


@cache
def any_own_cue(kind: str) -> re.Pattern[str]:
    """Matches where any of `own_cues` does."""
    table = _data()["own"]
    return _before("|".join(pattern for pattern, _ in [*table.get(kind, ()), *table["*"]]))


@cache
def any_not_own_cue() -> re.Pattern[str]:
    """Matches where any of `not_own_cues` does."""
    return _before("|".join(pattern for pattern, _ in _data()["not_own"]))


@cache
def not_own_of(kind: str) -> tuple[Cue, ...]:
    """Words before a date that keep it from being the own date of a document of this kind, with their cost."""
    rows = _data()["not_own_of"].get(kind, ())
    return tuple((_before(pattern), float(points)) for pattern, points in rows)


@cache
def any_not_own_of(kind: str) -> re.Pattern[str]:
    """Matches where any of `not_own_of` does."""
    return _before("|".join(pattern for pattern, _ in _data()["not_own_of"].get(kind, (("(?!)", 0),))))


@cache
def own_behind(kind: str) -> tuple[Cue, ...]:
    """Words behind a date that make it the own date of a document of this kind, with their points."""
    return _cues(_data()["own_behind"].get(kind, ()))


@cache
def not_own_behind(kind: str) -> tuple[Cue, ...]:
    """Words behind a date that keep it from being the own date of a document of this kind, with their cost."""
    return _cues(_data()["not_own_behind"].get(kind, ()))


@cache
def last_cues(kind: str) -> tuple[re.Pattern[str], ...]:
    """Words before a date that is the own date of a document of this kind where no other date is."""
    return tuple(_before(pattern) for pattern in _data()["own_last"].get(kind, ()))


@cache
def not_own_cues() -> tuple[Cue, ...]:
    """Words before a date that keep it from being the document's own, with the points they cost."""
    return tuple((_before(pattern), float(points)) for pattern, points in _data()["not_own"])
