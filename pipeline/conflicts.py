"""Days that do not agree: where two documents, or a document and the register, give one happening different days.

Only what is plainly the same is compared: a letter that is cited by its number with another day than it
bears, and sentences that share nearly all of their words, a reference, or an event's title. What recurs or goes on
(meetings, "still", diaries of several days) is no conflict, nor is a source that tells both days.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.document import is_han
from extractors.facts.fact import Fact
from index.words import compact, fold, tokens
from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.correspondence.letter import Letter
from pipeline.correspondence.mention import Mention
from pipeline.evidence import Evidence
from pipeline.wording import every_word, sentence, sentences, shown, vocabulary

REGISTER = "register"
OWN_DAY = ("work_record", "minutes")
"""Kinds of document that tell, sentence by sentence, of their own day."""
NEAR, FAR, CITED = (datetime.timedelta(days=days) for days in (3, 10, 92))
"""Days between two accounts of one happening: told with some words, with many, and with the same number."""
SHARED, MOST, AGREED = 0.8, 0.9, 0.6
"""The share of the shorter one's words that two accounts have in common: within `NEAR`, within `FAR`, and
where they only show that a source knows of both days. Of four words ("access to Area B refused") all: one that differs
may be "given"."""
SHARED_HAN = 0.55
FEWEST, FEWEST_FAR = 3, 4
STEM = 5
LONGEST = 200
"""Sentences of a diary that are compared."""
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another day for the same happening: `doc` is None where the register tells it, `words` are the other
    account's."""

    date: datetime.date
    doc: str | None
    page: int | None
    words: str

    def as_json(self) -> dict[str, Any]:
        """`{"date", "doc", "page", "words"}`."""
        return {"date": self.date.isoformat(), "doc": self.doc, "page": self.page, "words": self.words}


@dataclass(frozen=True, slots=True)
class Account:
    """What someone says happened from `start` to `end`. `source` is the document, a series of diaries or the register;
    `row` names the line of the chronology in which it stands."""

    start: datetime.date
    end: datetime.date
    source: str
    doc: str | None
    page: int | None
    words: str
    row: str
    terms: frozenset[str]
    numbers: frozenset[str]
    recurs: bool

    def conflict(self) -> Conflict:
        """It, as the other account of another one."""
        return Conflict(self.start, self.doc, self.page, self.words)


def account_of_fact(
    found: Evidence, fact: Fact, start: datetime.date, end: datetime.date, row: str
) -> Account:
    """What the sentence around a date says."""
    slice_ = sentence(found.document, fact.start, fact.end)
    return _account(found, slice_, start, end, found.id, row)


def conflicts(case: CaseFile, told: Sequence[Account]) -> dict[str, list[Conflict]]:
    """The conflicts of each line of the chronology (by `Account.row`), in order of date."""
    found: dict[str, set[Conflict]] = defaultdict(set)
    for row, conflict in _misdated(case):
        found[row].add(conflict)
    for one, other in _pairs(case, told):
        found[one.row].add(other.conflict())
        found[other.row].add(one.conflict())
    return {
        row: sorted(each, key=lambda c: (c.date, c.doc or "", c.page or 0, c.words))
        for row, each in found.items()
    }


def row_of_document(doc: str) -> str:
    """The name of a document's own line."""
    return f"document {doc}"


def row_of_event(event: Event) -> str:
    """The name of an event's line."""
    return f"event {event.id}"


def _misdated(case: CaseFile) -> Iterator[tuple[str, Conflict]]:
    """Documents of the case that another one cites by number with another day than they bear."""
    for found in case.in_order():
        for mention in case.letter(found).cites:
            target = _cited(case, found, mention)
            if target is not None and mention.day is not None:
                words = shown(
                    found.document.text[slice(*sentence(found.document, mention.start, mention.end))]
                )
                yield row_of_document(target.id), Conflict(mention.day, found.id, mention.page, words)


def _cited(case: CaseFile, found: Evidence, mention: Mention) -> Letter | None:
    """The one document that bears the number, where it bears another day and is not cited with that too."""
    bearing = [letter for letter in case.shelf.bearing(mention.number) if letter.id in case.evidence]
    if not mention.number or mention.day is None or len(bearing) != 1 or bearing[0].id == found.id:
        return None
    day = bearing[0].date
    if day is None or day == mention.day or not _is_slip(day, mention.day, CITED):
        return None
    its_days = {value.start for _, value in case.evidence[bearing[0].id].days()}
    said = {m.day for m in case.letter(found).mentions if m.number == mention.number}
    return None if mention.day in its_days or day in said else bearing[0]


def _pairs(case: CaseFile, told: Sequence[Account]) -> Iterator[tuple[Account, Account]]:
    accounts = [*told, *_first_hand(case)]
    by_day: dict[datetime.date, list[Account]] = defaultdict(list)
    for account in accounts:
        by_day[account.start].append(account)
    days = sorted(by_day)
    agreed = _Agreement(by_day)
    for event in case.claim.events:
        of_event = _account_of_event(event)
        linked = {link.document for link in case.links_of(event)}
        for other in _candidates(of_event, by_day, days):
            if other.doc in linked and _is_same(of_event, other) and not agreed(of_event, other):
                yield of_event, other
    for one in told:
        for other in _candidates(one, by_day, days):
            if _is_same(one, other) and not agreed(one, other) and not agreed(other, one):
                yield one, other


class _Agreement:
    """Whether a source tells of the other one's day too."""

    def __init__(self, by_day: Mapping[datetime.date, Sequence[Account]]) -> None:
        self._by_day = by_day

    def __call__(self, one: Account, other: Account) -> bool:
        """Whether the source of `other` tells the same of the day of `one`."""
        also = self._by_day.get(one.start, ())
        return any(a.source == other.source and a is not one and _alike(one, a, AGREED) for a in also)


def _candidates(
    one: Account, by_day: Mapping[datetime.date, Sequence[Account]], days: Sequence[datetime.date]
) -> Iterator[Account]:
    """The accounts of days that may be meant for the one's day."""
    most = (CITED if one.numbers else FAR).days
    first, last = (one.start.toordinal() + sign * most for sign in (-1, 1))
    near = days[bisect_left(days, first, key=_ordinal) : bisect_right(days, last, key=_ordinal)]
    slips = [day for day in _slips(one.start) if day in by_day and not first <= day.toordinal() <= last]
    for day in (*near, *slips):
        yield from by_day[day]


def _slips(day: datetime.date) -> Iterator[datetime.date]:
    """The same day of the years beside, and day and month exchanged."""
    for year, month, number in (
        (day.year - 1, day.month, day.day),
        (day.year + 1, day.month, day.day),
        (day.year, day.day, day.month),
    ):
        with suppress(ValueError):
            yield datetime.date(year, month, number)


def _ordinal(day: datetime.date) -> int:
    return day.toordinal()


def _is_same(one: Account, other: Account) -> bool:
    """Whether two accounts are of one happening, on days that do not meet."""
    if one.source == other.source or (one.start <= other.end and other.start <= one.end):
        return False
    recurs, of_event = one.recurs or other.recurs, REGISTER in (one.source, other.source)
    if one.numbers & other.numbers and not recurs:
        return _alike(one, other, SHARED_HAN)
    if recurs or (one.numbers != other.numbers and not of_event) or not _alike(one, other, SHARED):
        return False
    if _is_slip(one.start, other.start, NEAR):
        return True
    return _is_slip(one.start, other.start, FAR) and _alike(one, other, MOST, FEWEST_FAR)


def _alike(one: Account, other: Account, share: float, fewest: int = FEWEST) -> bool:
    """Whether they have so large a share of words in common: of an event's title, else of the shorter account."""
    shared = one.terms & other.terms
    if len(shared) < 2:
        return False
    named = one if one.source == REGISTER else other if other.source == REGISTER else None
    least = len(named.terms) if named else min(len(one.terms), len(other.terms))
    if named and share > SHARED_HAN and any(is_han(term[0]) for term in shared):
        share = SHARED_HAN  # a title is cut into more pairs than words
    return len(shared) >= (min(fewest, max(2, least)) if named else fewest) and len(shared) >= share * least


def _is_slip(one: datetime.date, other: datetime.date, most: datetime.timedelta) -> bool:
    """Whether two days may be meant for one: near each other, a year apart, or with day and month exchanged."""
    return abs(one - other) <= most or other in _slips(one)


def _first_hand(case: CaseFile) -> Iterator[Account]:
    """What diaries and minutes tell of their own day, sentence by sentence; all of a kind are one source."""
    for found in case.in_order():
        day, kind = found.summary.date, found.summary.kind
        if kind not in OWN_DAY or day is None:
            continue
        dated = [(f.start, f.end) for f, value in found.days() if value.start != day]
        for slice_ in list(sentences(found.document))[:LONGEST]:
            if not any(slice_[0] <= start < slice_[1] for start, _ in dated):
                yield _account(found, slice_, day, day, kind, row_of_document(found.id))


def _account(
    found: Evidence, slice_: tuple[int, int], start: datetime.date, end: datetime.date, source: str, row: str
) -> Account:
    text = found.document.text
    cuts = sorted((f.start, f.end) for f, _ in found.days() if slice_[0] <= f.start < slice_[1])
    plain = _without(text, slice_, cuts)
    numbers = frozenset(
        compact(value)
        for fact, value in found.names("reference")
        if slice_[0] <= fact.start < slice_[1] and _DIGITS.search(value) and fact.role != "clause"
    )
    page = found.document.page_at(slice_[0]).number
    words = shown(text[slice(*slice_)])
    return Account(start, end, source, found.id, page, words, row, _terms(plain), numbers, _recurs(plain))


def _account_of_event(event: Event) -> Account:
    row, terms = row_of_event(event), _terms(event.title)
    return Account(
        event.start,
        event.last,
        REGISTER,
        None,
        None,
        event.title,
        row,
        terms,
        frozenset(),
        _recurs(event.title),
    )


def _without(text: str, slice_: tuple[int, int], cuts: Iterable[tuple[int, int]]) -> str:
    kept, at = [], slice_[0]
    for start, end in cuts:
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    return " ".join([*kept, text[at : slice_[1]]])


def _terms(text: str) -> frozenset[str]:
    """What is compared of a text: beginnings of its words, and pairs of Han characters."""
    found, before = set(), ""
    for term, *_ in tokens(text):
        han = is_han(term[0])
        if han and before:
            found.add(before + term)
        elif not han and term not in _words("empty") and not term.isdigit():
            found.add(term[:STEM])
        before = term if han else ""
    return frozenset(found - _words("empty"))


def _recurs(text: str) -> bool:
    plain = fold(text)
    said = {term for term, *_ in tokens(text)}
    return any(word in (plain if is_han(word[0]) else said) for word in _words("recurs"))


@cache
def _words(group: str) -> frozenset[str]:
    loaded = vocabulary(Path(__file__).with_suffix(".yaml"))
    return frozenset(fold(word) for word in every_word(loaded[group]))
