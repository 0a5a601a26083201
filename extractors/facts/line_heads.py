"""The heads of the tables of bills: which column holds the description, quantity, unit, rate and sum of a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractors.facts.date_words import alternatives
from extractors.facts.line_grid import GridRow
from extractors.word_lists import word_list

NUMBERS = ("quantity", "rate", "discount", "amount", "tax_rate", "tax", "gross")
"""Columns of figures."""
SUMS = ("amount", "gross")
_LEAST_HEADS = 2
_MOST_OTHER = 0.6
"""How much of a row of heads may be other words (`Description of the works on site`, `(in US$)`)."""
_LONGEST = 160
_WINDOW = 140
"""Within so many characters stand the heads of one table."""
_ITEM_NUMBERS = ("item", "items", "项目", "activity")
_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,24}[)\]]|[$€£¥]|\b(?:usd|hkd|eur|gbp|sgd|cny|rmb|rm)\b")
_SUM = re.compile(r"\d[.,]\d")
_HAN = re.compile(r"(?<=[一-鿿])(?=[一-鿿])")


@dataclass(frozen=True, slots=True)
class Head:
    """A column: what it holds, its head's words, and where it lies from left to right."""

    role: str
    words: str
    x0: float
    x1: float


@cache
def data() -> dict[str, Any]:
    """The word list."""
    loaded: dict[str, Any] = word_list(Path(__file__).with_name("invoice_lines.yaml"))
    return loaded


@cache
def _roles() -> dict[str, str]:
    return {word: role for role, words in data()["heads"].items() for word in words}


@cache
def _phrases() -> re.Pattern[str]:
    words = sorted(_roles(), key=lambda word: -len(word))
    spaced = "|".join(_HAN.sub(" ?", re.escape(word)) for word in words)
    return re.compile(rf"(?<![a-z0-9])(?:{spaced})(?![a-z])")


@cache
def _any_of(*roles: str) -> re.Pattern[str]:
    words = sorted((word for role in roles for word in data()["heads"][role]), key=lambda word: -len(word))
    spaced = "|".join(_HAN.sub(" ?", re.escape(word)) for word in words)
    return re.compile(rf"(?<![a-z])(?:{spaced})(?![a-z])")


def is_carried(line: str) -> bool:
    """Whether a row carries a sum from page to page."""
    return bool(_carried().search(" ".join(line.split())))


@cache
def _carried() -> re.Pattern[str]:
    return re.compile(alternatives(data()["carried"]))


@cache
def _units() -> frozenset[str]:
    return frozenset(data()["units"])


def is_unit(text: str) -> bool:
    """Whether it is the name of a unit that things are counted in: `m³`, `nos.`, 台班."""
    return text.rstrip(".") in _units()


def head_places(text: str, start: int, end: int, strict: bool) -> list[int]:
    """Where in `text[start:end]` the words of heads stand together; told in a moment, and mostly nowhere.

    `strict`: a count, a rate and a sum; else a sum and one of the others.
    """
    places = []
    last = -_WINDOW
    for rate in _any_of("rate" if strict else "amount").finditer(text, start, end):
        if rate.start() - last < _WINDOW // 2:
            continue
        low, high = max(start, rate.start() - _WINDOW), min(end, rate.end() + _WINDOW)
        if all(group.search(text, low, high) for group in _needed(strict)):
            last = rate.start()
            places.append(last)
    return places


def _needed(strict: bool) -> tuple[re.Pattern[str], ...]:
    if strict:
        return _any_of("quantity"), _any_of("amount", "gross")
    return (_any_of("quantity", "rate", "description", "unit", "tax"),)


def heads_of(row: GridRow) -> list[Head]:
    """The heads of which a row consists, from left to right; none where it is no row of heads."""
    if not 4 <= len(row.line) <= _LONGEST or _SUM.search(row.line):
        return []
    found = [
        Head(_roles()[_bare(match[0])], _bare(match[0]), *row.across(match.start(), match.end()))
        for match in _phrases().finditer(row.line)
    ]
    known = sum(len(head.words) for head in found)
    letters = len(re.sub(r"[\W_]", "", _IN_BRACKETS.sub("", row.line)))
    return found if letters and letters - known <= _MOST_OTHER * letters else []


def _bare(phrase: str) -> str:
    return re.sub(r"(?<=[一-鿿]) (?=[一-鿿])", "", phrase)


def stacked(upper: Sequence[Head], lower: Sequence[Head]) -> list[Head]:
    """Heads in two rows as one: `Unit` above `Price` is the head `Unit Price`; 数量 above Qty is one head."""
    result = list(upper)
    for head in lower:
        above = next((at for at, other in enumerate(result) if _overlap(other, head)), None)
        if above is None:
            result.append(head)
            continue
        other = result[above]
        words = f"{other.words} {head.words}"
        role = _roles().get(words) or (head.role if head.role in NUMBERS else other.role)
        result[above] = Head(role, words, min(other.x0, head.x0), max(other.x1, head.x1))
    return sorted(result, key=lambda head: head.x0)


def _overlap(a: Head, b: Head) -> bool:
    return min(a.x1, b.x1) > max(a.x0, b.x0)


def complete(heads: Sequence[Head], strict: bool) -> bool:
    """Whether heads are those of a table of lines: a sum, and what it is of; `strict`: a rate and a count too."""
    roles = {head.role for head in heads}
    if not roles & {*SUMS} or len(roles) < _LEAST_HEADS:
        return False
    return {"quantity", "rate"} <= roles if strict else bool(roles - {*SUMS, "tax", "item", "code"})


def joined(heads: Sequence[Head]) -> list[Head]:
    """Neighbours that say the same in two languages as one head; of sums side by side, each for itself."""
    result: list[Head] = []
    for head in heads:
        last = result[-1] if result else None
        twins = last and last.role == head.role and last.words.isascii() != head.words.isascii()
        if last and twins:
            result[-1] = replace(last, words=f"{last.words} {head.words}", x1=head.x1)
        else:
            result.append(head)
    return _numbered(result)


def _numbered(heads: list[Head]) -> list[Head]:
    """`Item` beside `Description` is the head of numbers."""
    described = [at for at, head in enumerate(heads) if head.role == "description"]
    if len(described) < _LEAST_HEADS or heads[described[0]].words not in _ITEM_NUMBERS:
        return heads
    first = described[0]
    return [*heads[:first], replace(heads[first], role="item"), *heads[first + 1 :]]
