"""Dates and amounts as people write them: in a query, an option, a form."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from index import words
from index.errors import QueryError
from index.lexer import Lexeme
from index.tree import AmountRange, DateRange

_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)|年?)")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?|[+-]?\.[0-9]+")
_COMPARED = re.compile(r"([<>]=?)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a date, a month or a year covers, both ends included."""

    first: datetime.date
    last: datetime.date


def days_of(text: str) -> Span:
    """`2023`, `2023-03`, `2023-03-14` (also with / . or 年月日, or 20230314) as days. Raises ValueError."""
    folded = words.fold(text).strip()
    match = _DIGITS.fullmatch(folded) or _DAY.fullmatch(folded)
    if match is None:
        raise ValueError("not a date")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    first = datetime.date(year or 0, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return Span(first, first)
    last_month = 12 if month is None else month
    return Span(first, first.replace(month=last_month, day=calendar.monthrange(first.year, last_month)[1]))


def number_of(text: str) -> Decimal:
    """`1000`, `1,000.50`, `-20` as a number: thousands may be set apart by commas. Raises ValueError."""
    folded = words.fold(text).replace(",", "").strip()
    if not _NUMBER.fullmatch(folded):
        raise ValueError("not a number")
    return Decimal(folded)


def span(text: str, position: int) -> Span:
    """The days of a date in a query. Raises `QueryError`."""
    try:
        return days_of(text)
    except ValueError:
        raise QueryError(f'"{text}" is not a date', position, "Write 2023-03-14, 2023-03 or 2023.") from None


def date_word(text: str, position: int) -> DateRange:
    """`date:2023-03`, `date:>=2023-03-14`, `date:*` (any date at all)."""
    if text == "*":
        return DateRange()
    match = _COMPARED.fullmatch(text)
    if match is None:
        days = span(text, position)
        return DateRange(days.first, days.last)
    days = span(match[2], position)
    if match[1][0] == ">":
        return DateRange(low=days.first if match[1] == ">=" else _day_after(days.last, position))
    return DateRange(high=days.last if match[1] == "<=" else _day_before(days.first, position))


def date_range(lexeme: Lexeme) -> DateRange:
    """`date:[2023-01 TO 2023-03-31]`; a month or year as a bound is taken whole."""
    low = high = None
    if lexeme.text != "*":
        days = span(lexeme.text, lexeme.start)
        low = _day_after(days.last, lexeme.start) if lexeme.low_open else days.first
    if lexeme.high != "*":
        days = span(lexeme.high, lexeme.start)
        high = _day_before(days.first, lexeme.start) if lexeme.high_open else days.last
    if low and high and low > high:
        raise QueryError("This range of dates holds no day", lexeme.start, "The earlier date comes first.")
    return DateRange(low, high)


def amount(text: str, position: int) -> Decimal:
    """The number of an amount in a query. Raises `QueryError`."""
    try:
        return number_of(text)
    except ValueError:
        raise QueryError(
            f'"{text}" is not an amount', position, "Write a number like 1250 or 1,250.00."
        ) from None


def amount_word(text: str, position: int) -> AmountRange:
    """`amount:1250`, `amount:>=1000`, `amount:*` (any amount at all)."""
    if text == "*":
        return AmountRange()
    match = _COMPARED.fullmatch(text)
    if match is None:
        value = amount(text, position)
        return AmountRange(value, value)
    value = amount(match[2], position)
    if match[1][0] == ">":
        return AmountRange(low=value, low_open=match[1] == ">")
    return AmountRange(high=value, high_open=match[1] == "<")


def amount_range(lexeme: Lexeme) -> AmountRange:
    """`amount:[1000 TO 5000]`, either side `*` or excluded by a curly bracket."""
    low = None if lexeme.text == "*" else amount(lexeme.text, lexeme.start)
    high = None if lexeme.high == "*" else amount(lexeme.high, lexeme.start)
    if low is not None and high is not None and low > high:
        raise QueryError("This range of amounts is empty", lexeme.start, "The smaller amount comes first.")
    return AmountRange(low, high, lexeme.low_open, lexeme.high_open)


def _day_after(day: datetime.date, position: int) -> datetime.date:
    if day == datetime.date.max:
        raise QueryError("There is no date after that", position)
    return day + datetime.timedelta(days=1)


def _day_before(day: datetime.date, position: int) -> datetime.date:
    if day == datetime.date.min:
        raise QueryError("There is no date before that", position)
    return day - datetime.timedelta(days=1)
