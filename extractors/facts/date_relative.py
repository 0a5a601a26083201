"""Days told from another day, in both languages, with the day as seen from an anchor."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.facts import date_relative_en, date_relative_han
from extractors.facts.date_reading import FIRST_YEAR, LAST_YEAR
from extractors.facts.date_shift import Rule, matches
from extractors.facts.fact import Day
from extractors.facts.plain import has_han


@dataclass(frozen=True, slots=True)
class Relative:
    """`text[start:end]` names a day by its distance from another: the document's, or (`chained`) the one before it."""

    start: int
    end: int
    rule: Rule
    match: re.Match[str]

    @property
    def chained(self) -> bool:
        """Whether it counts from the date before it in the text."""
        return self.rule.chained

    def day(self, anchor: datetime.date) -> Day | None:
        """The calendar day as seen from `anchor`; None where there is none (the 31st of next month)."""
        try:
            day = self.rule.compute(self.match, anchor)
        except (OverflowError, ValueError):
            return None
        return day if day and FIRST_YEAR <= day.start.year <= LAST_YEAR else None


def relative(text: str) -> Iterator[Relative]:
    """All of them in a folded text; they may overlap each other and other dates."""
    rules = (*date_relative_en.rules(), *(date_relative_han.rules() if has_han(text) else ()))
    for rule, match in matches(rules, text):
        yield Relative(match.start(), match.end(), rule, match)
