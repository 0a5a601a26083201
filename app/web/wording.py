"""The words of the pages in each language, and dates, sums and numbers as its readers write them.

The words are data: `words/en.yaml`, `words/zh.yaml`, with the same keys. A text with a bar ("{n} page|{n} pages") has a
singular and a plural.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from app.told import told, told_code, told_error

LANGUAGES = ("en", "zh")
DEFAULT = "en"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SIGNS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "TWD": "NT$"}
"""How Chinese readers write currencies (Unicode CLDR, locale zh); others by their code."""

_ROLES = ("date_role", "party_role", "amount_role", "reference_role")
_DETAILS = {
    "kind": ("kind", "fact"),
    "role": _ROLES,
    "field": ("field",),
    "stance": ("stance",),
    "mark": ("mark",),
}
"""Where the names of values in the audit's entries stand."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One language. Called with a key, it gives the words."""

    language: str
    words: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """The words of a key with these values put in; `n` chooses between singular and plural. Raises KeyError."""
        text = self.words[key]
        if "|" in text and "n" in values:
            one, _, many = text.partition("|")
            text = one if values["n"] == 1 else many
        shown = {key: self.number(value) if type(value) is int else value for key, value in values.items()}
        return text.format(**shown) if values else text

    def named(self, sort: str, value: object) -> str:
        """What a value of a fixed set ("kind", "invoice") is called; one that has no name stands for itself."""
        return self.words.get(f"{sort}.{value}", str(value).replace("_", " "))

    def detail(self, key: str, value: str) -> str:
        """A value in an entry of the audit: of a fixed set by its name, a message as told, else as it is."""
        if key in ("code", "message"):
            return told_code(value, self.language) if key == "code" else self.told(value)
        found = (self.words.get(f"{sort}.{value}") for sort in _DETAILS.get(key, ()))
        return next((said for said in found if said is not None), value)

    def told(self, sentence: str) -> str:
        """What a rule says ("cites GC/L/0145"), in the language; itself where there are no words for it."""
        return told(sentence, self.language)

    def problem(self, error: Mapping[str, str]) -> dict[str, str]:
        """An error `{"code", "message", "hint"}` in the language."""
        return told_error(error, self.language)

    def number(self, value: int) -> str:
        """`12,345`."""
        return f"{value:,}"

    def date(self, day: datetime.date | str | None) -> str:
        """`14 Mar 2023` or `2023年3月14日`; empty for none. A text that is no ISO date stands for itself."""
        found = _day(day)
        if found is None:
            return str(day or "")
        if self.language == "zh":
            return f"{found.year}年{found.month}月{found.day}日"
        return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"

    def month(self, said: str) -> str:
        """`Mar 2023` or `2023年3月` for "2023-03"; a year as it is."""
        year, dash, month = said.partition("-")
        if not dash:
            return f"{year}年" if self.language == "zh" else year
        return f"{year}年{int(month)}月" if self.language == "zh" else f"{_MONTHS[int(month) - 1]} {year}"

    def moment(self, said: str | None) -> str:
        """A time of the records ("2023-03-20T09:12:44Z") to the minute, UTC."""
        try:
            found = datetime.datetime.fromisoformat(said or "").astimezone(datetime.UTC)
        except ValueError:
            return said or ""
        return f"{self.date(found.date())} {found:%H:%M} UTC"

    def money(self, amount: Decimal | str | None, currency: str | None) -> str:
        """`USD 1,250,000.00` or `US$1,250,000.00`; empty for none."""
        if amount is None or amount == "":
            return ""
        try:
            written = f"{Decimal(amount):,f}"
        except InvalidOperation:
            return str(amount)
        if self.language == "zh":
            sign = _SIGNS.get(currency or "", f"{currency} " if currency else "")
            return f"-{sign}{written[1:]}" if written.startswith("-") else f"{sign}{written}"
        return f"{currency} {written}" if currency else written

    def size(self, count: int) -> str:
        """Bytes as `1.2 MiB`."""
        value = float(count)
        for unit in ("B", "KiB", "MiB", "GiB"):
            if value < 1024 or unit == "GiB":
                break
            value /= 1024
        return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def _day(said: datetime.date | str | None) -> datetime.date | None:
    if isinstance(said, datetime.date):
        return said
    try:
        return datetime.date.fromisoformat(said or "")
    except ValueError:
        return None


@cache
def speech(language: str) -> Speech:
    """The language's words."""
    text = files(__package__).joinpath(f"words/{language}.yaml").read_text(encoding="utf-8")
    return Speech(language, dict(_flat(yaml.safe_load(text))))


def _flat(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)


def chosen(cookie: str | None, accepted: str) -> str:
    """The language that a visitor chose, else the first that their browser asks for and that there is."""
    if cookie in LANGUAGES:
        return str(cookie)
    for part in accepted.casefold().split(",")[:20]:
        language = part.partition(";")[0].strip().partition("-")[0]
        if language in LANGUAGES:
            return language
    return DEFAULT
