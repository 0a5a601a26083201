"""What a date is there for, told from the words around it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

from extractors.document import Cell, Document
from extractors.facts.date_reading import PERIOD, Dated
from extractors.facts.date_words import roles
from extractors.facts.surroundings import lead_of

_LIMITS = ("due", "period_start", "period_end")
_TIME_BEFORE = re.compile(
    r"(?:\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.? ?m\b\.?|h(?:ou)?rs)?|\d{4} ?h(?:ou)?rs|(?:12 )?noon"
    r"|(?:the )?close of business|cob)(?:,? on)?,? ?(?:the )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? ?)?\Z"
)
_BREAK = re.compile("\n")
_HAN = re.compile("[一-鿿]")


@dataclass(frozen=True)
class Scene:
    """A document with its folded text and kind, as the roles look at it."""

    document: Document
    plain: str
    kind: str

    @cached_property
    def _cells(self) -> list[Cell]:
        return sorted(
            (cell for page in self.document.pages for cell in page.cells), key=lambda cell: cell.start
        )

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in _BREAK.finditer(self.plain)]

    def lines_between(self, start: int, end: int) -> int:
        """How many line breaks lie in a slice."""
        return bisect_left(self._breaks, end) - bisect_left(self._breaks, start)

    def cell_at(self, start: int, end: int) -> Cell | None:
        """The table cell that holds a slice."""
        at = bisect_right(self._cells, start, key=lambda cell: cell.start) - 1
        return self._cells[at] if at >= 0 and end <= self._cells[at].end else None

    @cached_property
    def han(self) -> bool:
        """Whether the document is mainly Chinese."""
        sample = self.plain[:4000]
        return len(_HAN.findall(sample)) > 0.15 * max(1, sum(map(str.isalnum, sample)))


def role_of(scene: Scene, dated: Dated) -> tuple[str, str]:
    """(role, the words that decided it) of one date; "mentioned" and nothing where no word decides."""
    if dated.reading.rule == PERIOD:
        return "due", dated.reading.rule
    lead, tail = around(scene, dated)
    role, why = role_by_words(lead, tail) or ("mentioned", "")
    timed = _TIME_BEFORE.search(lead) if role in ("mentioned", "event") else None
    if timed:  # no later than 5 pm on …
        limit = role_by_words(lead[: timed.start()], "")
        role, why = limit if limit and limit[0] in _LIMITS else (role, why)
    if dated.day.end and role in ("period_start", "period_end"):
        return "event", why
    return role, why


def around(scene: Scene, dated: Dated) -> tuple[str, str]:
    """The words before a date, or above it, and those behind it on its line."""
    start, end = dated.reading.start, dated.reading.end
    tail = scene.plain[end : end + 24].split("\n", 1)[0]
    return lead_of(scene.document, scene.plain, start, end), tail


@lru_cache(maxsize=1024)
def role_by_words(lead: str, tail: str) -> tuple[str, str] | None:
    """(role, the words that decided it) from what stands before and behind; None where no word decides."""
    for role, ahead, behind in roles():
        match = ahead.search(lead)
        if match:
            return role, match[0].strip(" :,.-(")
        follow = behind.match(tail) if behind else None
        if follow:
            return role, follow[0].strip()
    return None
