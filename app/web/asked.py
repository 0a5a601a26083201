"""What a search page was asked for: read from its address, and written into the addresses of its links."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from fastapi import Request

from app.web.addresses import with_query
from index.entry import SORTS, Sort
from index.errors import FilterError
from index.query import Filters
from index.values import days_of, number_of

MANY = ("kind", "claim", "event", "party", "language", "state")
ONE = ("query", "from", "to", "min_amount", "max_amount", "sort", "offset")
MOST_VALUES, MOST_CHARACTERS = 50, 10_000
LIMIT = 20
"""Hits on a page."""


@dataclass(frozen=True)
class Asked:
    """Names and values as they stand in the address; nothing of it is believed before `filters` was asked."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request) -> Asked:
        """What this request asks for; parameters that mean nothing here are left out."""
        given = request.query_params.multi_items()[: 4 * MOST_VALUES]
        known = [(k, v[:MOST_CHARACTERS]) for k, v in given if k in (*MANY, *ONE) and v.strip()]
        return cls(tuple(dict.fromkeys(known)))

    def one(self, name: str) -> str:
        """The last value of a parameter; empty when there is none."""
        return next((value for key, value in reversed(self.pairs) if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return tuple(value for key, value in self.pairs if key == name)[:MOST_VALUES]

    @property
    def query(self) -> str:
        """The query; `*` when none was typed."""
        return self.one("query") or "*"

    @property
    def sort(self) -> Sort:
        """The order asked for, the best first when there is no such order."""
        return next((sort for sort in SORTS if sort == self.one("sort")), SORTS[0])

    @property
    def offset(self) -> int:
        """The number of hits that are passed over."""
        said = self.one("offset")
        return int(said) if said.isdecimal() and len(said) < 9 else 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for."""
        return not any(key not in ("sort", "offset") for key, _ in self.pairs)

    def filters(self) -> Filters:
        """The filters. Raises `FilterError` for a value that cannot be read."""
        return Filters(
            date_from=day_of(self.one("from")),
            date_to=day_of(self.one("to"), last=True),
            kinds=self.all("kind"),
            parties=self.all("party"),
            claims=self.all("claim"),
            events=self.all("event"),
            min_amount=_amount(self.one("min_amount")),
            max_amount=_amount(self.one("max_amount")),
            languages=self.all("language"),
            states=self.all("state"),
        )

    def address(self, path: str = "/search", **changed: str | int | None) -> str:
        """The address of the same search with these parameters set, or without those that are None."""
        kept = [(k, v) for k, v in self.pairs if k not in changed and k != "offset"]
        return with_query(path, kept + [(k, str(v)) for k, v in changed.items() if v is not None])

    def without(self, name: str, value: str) -> str:
        """The address of the same search without this value."""
        return with_query(
            "/search", [(k, v) for k, v in self.pairs if (k, v) != (name, value) and k != "offset"]
        )

    def span(self, said: str) -> str:
        """The address of the same search within a year or month."""
        return self.address(**{"from": said, "to": said})

    def kept(self) -> str:
        """The query string of the search without its place in the list, as it is saved."""
        return self.address().partition("?")[2]

    def chips(self) -> Iterable[tuple[str, str, str]]:
        """(name, value, address without it) of every filter that is set."""
        return [(k, v, self.without(k, v)) for k, v in self.pairs if k not in ("query", "sort", "offset")]


def day_of(said: str, last: bool = False) -> datetime.date | None:
    """A day; a year or month stands for its first day, or its last. Raises `FilterError`."""
    if not said.strip():
        return None
    try:
        days = days_of(said)
    except ValueError:
        raise FilterError(f"{said!r} is not a date", "Write it as 2023-03-14, 2023-03 or 2023.") from None
    return days.last if last else days.first


def _amount(said: str) -> Decimal | None:
    if not said.strip():
        return None
    try:
        return number_of(said)
    except ValueError:
        raise FilterError(f"{said!r} is not an amount", "Write it as 12500 or 12,500.00.") from None
