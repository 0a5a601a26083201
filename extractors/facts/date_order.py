"""Whether 03/04/2023 is the third of April or the fourth of March: what else the document says decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extractors.facts.date_reading import Reading, possible
from extractors.facts.date_weekdays import falls_on, weekday_beside
from extractors.facts.date_words import order_cues
from extractors.facts.fact import Fact

DOUBT = "day and month could be the other way round"
_SCANNED = 20_000
"""Characters of the document that are looked at for evidence of its country."""


DAY_FIRST, MONTH_FIRST = "date day first", "date month first"
"""Rules of dates that can be read in one order only, by their figures or the weekday beside them."""
_PROOFS = {DAY_FIRST: "day", MONTH_FIRST: "month"}
_STRONG, _WEAK = 2, 1
"""Weight of the evidence for a country that decides alone, and from which on it leans to one order."""
_SETTLED = 0.8
"""Certainty from which on nothing is left to doubt."""


@dataclass(frozen=True, slots=True)
class Hint:
    """The order of day and month in which other documents are written, and which they are (`why`).

    A `strong` one (of the same sender) counts more than a currency or a spelling in the document itself.
    """

    month_first: bool
    strong: bool
    why: str


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """What a document's dates say of their order: the one that they prove ("day", "month" or None), and how many of
    them nothing in the document decides."""

    proved: str | None
    undecided: int


@dataclass(frozen=True, slots=True)
class _Decision:
    month_first: bool
    certainty: float
    why: str = ""


def order_evidence(facts: Iterable[Fact]) -> OrderEvidence:
    """The evidence in the dates that were found in a document."""
    dates = [fact for fact in facts if fact.kind == "date"]
    proofs = Counter(_PROOFS[fact.rule] for fact in dates if fact.rule in _PROOFS)
    undecided = sum(any(doubt.startswith(DOUBT) for doubt in fact.doubts) for fact in dates)
    day, month = proofs["day"], proofs["month"]
    proved = None if day == month else "day" if day > month else "month"
    return OrderEvidence(proved, undecided)


def ordered(text: str, readings: Sequence[Reading], hint: Hint | None = None) -> list[Reading]:
    """`readings` of a folded text, those in month-first order turned; those that stay undecided carry a doubt.

    The date itself decides by its weekday; then the other dates of the document, strong evidence of its country, the
    documents of the same sender, weak evidence of its country, and other documents like it. Else the day is first.
    """
    if not any(r.swappable for r in readings):
        return list(readings)
    told = [_by_weekday(text, reading) if reading.swappable else reading for reading in readings]
    if not any(r.swappable for r in told):
        return told
    decision = _decide(text, told, hint)
    return [_settled(r, decision) if r.swappable else r for r in told]


def _by_weekday(text: str, reading: Reading) -> Reading:
    month_first = _told(text, reading)
    if month_first is None:
        return reading
    turned = _turned(reading) if month_first else reading
    rule = MONTH_FIRST if month_first else DAY_FIRST
    return replace(turned or reading, rule=rule, swappable=False)


def _decide(text: str, readings: Sequence[Reading], hint: Hint | None) -> _Decision:
    day, month = (sum(r.rule == rule for r in readings) for rule in (DAY_FIRST, MONTH_FIRST))
    if day != month:
        return _Decision(month > day, 0.95)
    for_month, for_day = _of_country(text)
    lead, month_first = abs(for_month - for_day), for_month > for_day
    if lead >= _STRONG:
        return _Decision(month_first, 0.85)
    if hint and hint.strong:
        return _Decision(hint.month_first, 0.75, hint.why)
    if lead >= _WEAK:
        return _Decision(month_first, 0.7, "words, sums and times of the document lean to it")
    if hint:
        return _Decision(hint.month_first, 0.65, hint.why)
    if lead:
        return _Decision(month_first, 0.6, "words, sums and times of the document lean to it")
    return _Decision(False, 0.0, "nothing says which, and most countries write so")


def _of_country(text: str) -> tuple[float, float]:
    """The weight of what speaks for a country that writes the month first, and for one that writes the day first."""
    sample = text[:_SCANNED]
    month_cues, day_cues = order_cues()
    for_month = sum(weight for cue, weight in month_cues if cue.search(sample))
    return for_month, sum(weight for cue, weight in day_cues if cue.search(sample))


def _told(text: str, reading: Reading) -> bool | None:
    """Whether the weekday beside a date says that its month stands first; None where it does not tell."""
    weekday, turned = weekday_beside(text, reading), _turned(reading)
    if weekday is None or turned is None or reading.last:
        return None
    as_read, other = falls_on(reading.first, weekday), falls_on(turned.first, weekday)
    return other if as_read != other else None


def _settled(reading: Reading, decision: _Decision) -> Reading:
    turned = _turned(reading) if decision.month_first else None
    doubt = f"{DOUBT}: read {'day' if turned is None else 'month'} first, {decision.why}"
    doubts = reading.doubts if decision.certainty >= _SETTLED else (*reading.doubts, doubt)
    confidence = min(reading.confidence, max(decision.certainty, 0.6))
    return replace(turned or reading, confidence=confidence, doubts=doubts, swappable=False)


def _turned(reading: Reading) -> Reading | None:
    first, last = reading.first, reading.last
    swapped = (first[0], first[2] or 0, first[1])
    swapped_last = (last[0], last[2] or 0, last[1]) if last else None
    if not possible(swapped) or (swapped_last and not possible(swapped_last)):
        return None
    return replace(reading, first=swapped, last=swapped_last)
