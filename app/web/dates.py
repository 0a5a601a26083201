"""Dates and sums as the parameters of requests name them: as the options of the command line do."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.web.values import TextOf
from index.values import days_of
from pipeline.errors import UsageError

YEAR = "([0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)"
_MONTH_AND_DAY = (
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-9])"
)
DAY = f"{YEAR}-({_MONTH_AND_DAY})"
"""A day as it is written, but for a 29 February of other years."""
_DATE = f"^{YEAR}(-(0[1-9]|1[0-2])|-({_MONTH_AND_DAY}))?$"
DayFrom = Annotated[str | None, Field(pattern=_DATE)]
DayTo = Annotated[str | None, Field(pattern=_DATE)]
Sum = Annotated[Decimal, TextOf(Decimal, r"^-?[0-9]{1,18}(\.[0-9]{1,8})?$")]
"""A sum as text, to the digit: a number of JSON may have lost some."""
Money = Sum | None


def on_or_after(said: str | None) -> datetime.date | None:
    """The first day of a year, a month or a day. Raises `UsageError` for a day that is none."""
    return None if said is None else _day(said, last=False)


def on_or_before(said: str | None) -> datetime.date | None:
    """The last day of a year, a month or a day. Raises `UsageError` for a day that is none."""
    return None if said is None else _day(said, last=True)


def _day(said: str, last: bool) -> datetime.date:
    try:
        days = days_of(said)
    except ValueError:
        raise UsageError(f"{said!r} is no date.", "Write it as 2023-03-14.") from None
    return days.last if last else days.first
