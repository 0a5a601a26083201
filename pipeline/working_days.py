"""Working days of a country: weekends, public holidays, and weekends that were made working days."""

from __future__ import annotations

import datetime
from functools import cache

import holidays


def on_working_day(day: datetime.date, country: str) -> datetime.date:
    """The day itself if people work on it in that country (ISO 3166, two letters), else the next on which they do.

    For China the days of each year's notice of the State Council count, as far as the library knows them.
    """
    calendar = _calendar(country)
    while not calendar.is_working_day(day):
        day += datetime.timedelta(days=1)
    return day


@cache
def _calendar(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country)
