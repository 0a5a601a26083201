"""Dates and sums as the parameters of requests name them: as the options of the command line do."""

from __future__ import annotations

import calendar
import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from pipeline.errors import UsageError

_DATE = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
DayFrom = Annotated[str | None, Field(pattern=_DATE)]
DayTo = Annotated[str | None, Field(pattern=_DATE)]
Money = Annotated[Decimal | None, Field(max_digits=30, allow_inf_nan=False)]


def on_or_after(said: str | None) -> datetime.date | None:
    """The first day of a year, a month or a day. Raises `UsageError` for a day that is none."""
    return None if said is None else _day(said, last=False)


def on_or_before(said: str | None) -> datetime.date | None:
    """The last day of a year, a month or a day. Raises `UsageError` for a day that is none."""
    return None if said is None else _day(said, last=True)


def _day(said: str, last: bool) -> datetime.date:
    year, month, day = ([int(part) for part in said.split("-")] + [0, 0])[:3]
    try:
        month = month or (12 if last else 1)
        day = day or (calendar.monthrange(year, month)[1] if last else 1)
        return datetime.date(year, month, day)
    except (ValueError, calendar.IllegalMonthError):
        raise UsageError(f"{said!r} is no date.", "Write it as 2023-03-14.") from None
