"""Periods of days, weeks, months or years: how they are written, and on which day they end."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass

UNITS = {"day": "天", "week": "周", "month": "个月", "year": "年"}
LONGEST = 3650
"""Days that a period may have."""
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
_WRITTEN = re.compile(r"\s*(\d{1,4})\s*(?:(day|week|month|year)s?|(天|日|周|星期|个月|月|年))\s*")
_HAN = {"天": "day", "日": "day", "周": "week", "星期": "week", "个月": "month", "月": "month", "年": "year"}


@dataclass(frozen=True, slots=True)
class Period:
    """So many units of time; the day on which a period starts never counts."""

    count: int
    unit: str = "day"

    def after(self, start: datetime.date) -> datetime.date:
        """The last day of the period: of months and years the day with the same number, else the month's last day (the
        rule of 《民法典》 art. 202 and of the corresponding-date rule elsewhere)."""
        if self.days is not None:
            return start + datetime.timedelta(days=self.days)
        months = start.year * 12 + start.month - 1 + self.count * (12 if self.unit == "year" else 1)
        year, month = months // 12, months % 12 + 1
        return datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))

    @property
    def days(self) -> int | None:
        """How many days it has; None where that depends on the calendar."""
        return self.count * _DAYS[self.unit] if self.unit in ("day", "week") else None

    def told(self, language: str = "en") -> str:
        """`28 days` or `28天`."""
        if language == "zh":
            return f"{self.count}{UNITS[self.unit]}"
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def period(value: int | str) -> Period:
    """The period that a number of days or words such as `8 weeks` and `3个月` mean. Raises `ValueError`."""
    found = _WRITTEN.fullmatch(str(value)) if isinstance(value, str) else None
    if isinstance(value, str) and found is None:
        raise ValueError(f"{value!r} is no period; write days as a number, or `8 weeks`, `3 months`, `3个月`")
    made = Period(int(found[1]), found[2] or _HAN[found[3]]) if found else Period(int(value))
    if not 1 <= made.count * _DAYS[made.unit] <= LONGEST:
        raise ValueError("a period should be greater than or equal to 1 day, and no longer than ten years")
    return made
