"""Series of documents and what they lack: numbered letters, invoices and reports, minutes of meetings, site diaries."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from extractors.facts.numerals import han_number
from index.words import compact, fold
from pipeline.casefile import CaseFile
from pipeline.correspondence.letter import same_party
from pipeline.evidence import Evidence
from pipeline.numbers import numbers_of
from pipeline.wording import every_word, vocabulary

WIDEST_HOLE = 2
"""So many numbers may be missing between two of a series; more of them are about something else, unless it is dense."""
WIDE = 10
"""So many may be missing in a dense series."""
DENSE, ENOUGH = 0.6, 4
"""A series is dense when this share of its other numbers is held, and so many documents of it."""
SHARED, FEW = 0.5, 3
"""The same for numbers that a firm gives out to all its customers: invoices, reports of laboratories."""
LONGEST_REST = 3
"""So many days in a row without a diary are a hole; more are a stop of the works."""
_SERIES = re.compile(
    r"(?P<prefix>.*?\D)(?P<number>\d{1,6})(?P<tail>号?)(?:[\-_ ]?(?:rev\.? ?|r|v)\d{1,2}|[\-_ ]?(?:rev\.? ?)?[A-Z])?",
    re.IGNORECASE | re.DOTALL,
)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_MEETING = re.compile(
    r"(?P<prefix>(?:\b[A-Za-z]+ ){0,2}\bmeeting (?:minutes )?(?:no\.? ?|number |# ?)?)(?P<number>\d{1,3})(?![\d.:/])",
    re.IGNORECASE,
)
_MEETING_HAN = re.compile(
    r"第\s?(?P<number>\d{1,3}|[一二三四五六七八九十百]{1,5})\s?[次期](?P<tail>[\u4e00-\u9fff]{0,10})"
)
_HEAD = 400
_WEEKEND = 5


@dataclass(frozen=True, slots=True)
class Held:
    """A document of a series: its place in it, what it is called there, and the page that says so."""

    place: int
    called: str
    evidence: Evidence
    page: int


@dataclass(frozen=True, slots=True)
class Hole:
    """A document that a series lacks, the one of the series before it, and why it is thought to exist."""

    called: str
    after: Held
    why: str


@dataclass(frozen=True)
class Series:
    """The documents of one sender that are numbered in one row; `form` makes a name of a place in it."""

    prefix: str
    width: int
    tail: str
    shared: bool
    held: Mapping[int, Held]

    def form(self, place: int) -> str:
        """`GC/L/0146`."""
        return f"{self.prefix}{place:0{self.width}d}{self.tail}"

    def is_dense(self, but: int) -> bool:
        """Whether most of it is there, a hole of `but` numbers set aside."""
        share, enough = (SHARED, FEW) if self.shared else (DENSE, ENOUGH)
        span = max(self.held) - min(self.held) + 1 - but
        return len(self.held) >= enough and len(self.held) >= share * span


def holes(case: CaseFile) -> Iterator[Hole]:
    """What the series of a case lack: numbers first, then minutes, then days of diaries."""
    numbered = [*_numbered(case)]
    for series in numbered:
        yield from _inner(series)
    yield from _first_of_years(numbered)
    for series in _minutes(case):
        yield from _inner(series)
    yield from _days(case)


def _inner(series: Series) -> Iterator[Hole]:
    for low, high in pairwise(sorted(series.held)):
        width = high - low - 1
        few = width <= WIDEST_HOLE and (not series.shared or series.is_dense(width))
        if width and (few or (width <= WIDE and series.is_dense(width))):
            before, behind = series.held[low], series.held[high]
            why = f"between {before.called} and {behind.called}"
            if not few:
                why += f"; {len(series.held)} of its series are held"
            yield from (Hole(series.form(place), before, why) for place in range(low + 1, high))


def _first_of_years(found: Sequence[Series]) -> Iterator[Hole]:
    """The first numbers of a year where the row begins anew each year: 2024/002 follows 2023/045."""
    by_form = {
        (_YEAR.sub("", s.prefix), s.tail, _year(s.prefix), _writer(s)): s for s in found if _year(s.prefix)
    }
    for (form, tail, year, writer), series in by_form.items():
        earlier = by_form.get((form, tail, (year or 0) - 1, writer))
        first = min(series.held)
        if earlier is None or not 1 < first <= WIDEST_HOLE + 1 or (series.shared and not series.is_dense(0)):
            continue
        last = earlier.held[max(earlier.held)]
        why = f"between {last.called} and {series.held[first].called}: the numbers begin anew with the year"
        yield from (Hole(series.form(place), last, why) for place in range(1, first))


def _year(prefix: str) -> int | None:
    found = _YEAR.search(prefix)
    return int(found[0]) if found else None


def _writer(series: Series) -> str:
    return min(sorted(names)[0] if (names := _names(held.evidence)) else "" for held in series.held.values())


def _numbered(case: CaseFile) -> Iterator[Series]:
    """The series of letters, invoices and reports, by what stands before their last number, each sender's alone."""
    rows: dict[tuple[str, str, str], list[tuple[str, Held]]] = defaultdict(list)
    for found in case.in_order():
        own = numbers_of(found)
        for fact, value in found.names("reference"):
            match = _SERIES.fullmatch(value) if compact(value) in own else None
            if match is not None:
                held = Held(int(match["number"]), value, found, found.page_of(fact))
                rows[fact.role, match["prefix"], match["tail"]].append((match["number"], held))
    for (role, prefix, tail), members in rows.items():
        for group in _by_sender(case, members):
            width = max((len(number) for number, _ in group if number.startswith("0")), default=0)
            places: dict[int, Held] = {}
            for _, held in group:
                places.setdefault(held.place, held)
            yield Series(prefix, width, tail, role != "letter", places)


def _by_sender(case: CaseFile, members: Sequence[tuple[str, Held]]) -> list[list[tuple[str, Held]]]:
    """The members of a row in groups of one sender; those whose sender was not read stay with the largest group."""
    groups: list[tuple[frozenset[str], list[tuple[str, Held]]]] = []
    unknown = []
    for member in members:
        names = _sender(case, member[1].evidence)
        same = next((at for at, (known, _) in enumerate(groups) if same_party(names, known)), None)
        if not names:
            unknown.append(member)
        elif same is None:
            groups.append((names, [member]))
        else:
            groups[same] = (groups[same][0] | names, [*groups[same][1], member])
    found = sorted((group for _, group in groups), key=len, reverse=True)
    return [[*found[0], *unknown], *found[1:]] if found else [unknown]


def _sender(case: CaseFile, evidence: Evidence) -> frozenset[str]:
    parties = case.senders(evidence)
    return frozenset(compact(party.name) for party in parties) if parties else _names(evidence)


def _names(evidence: Evidence) -> frozenset[str]:
    named = (compact(name) for fact, name in evidence.names("party") if fact.role in ("sender", "seller"))
    return frozenset(named) - {""}


def _minutes(case: CaseFile) -> Iterator[Series]:
    """The minutes of numbered meetings, by what kind of meeting it is."""
    rows: dict[tuple[str, str], dict[int, Held]] = defaultdict(dict)
    forms: dict[tuple[str, str], tuple[str, int, str]] = {}
    for found in case.in_order():
        told = _meeting(found) if found.summary.kind == "minutes" else None
        if told is not None:
            prefix, number, tail = told
            key = compact(prefix), compact(tail)
            place = int(number) if number.isdecimal() else int(han_number(number) or 0)
            rows[key].setdefault(place, Held(place, f"{prefix}{number}{tail}", found, 1))
            forms.setdefault(key, (prefix, len(number) if number.startswith("0") else 0, tail))
    for key, held in rows.items():
        yield Series(*forms[key], False, held)


def _meeting(found: Evidence) -> tuple[str, str, str] | None:
    """(before, number, behind) of a meeting's name: "Progress Meeting No. 12", 第十二次工地例会."""
    for text in (found.summary.title or "", found.document.text[:_HEAD]):
        english, chinese = _MEETING.search(text), _MEETING_HAN.search(text)
        if english:
            return english["prefix"], english["number"], ""
        if chinese:
            return "第", chinese["number"], f"次{chinese['tail']}"
    return None


def _days(case: CaseFile) -> Iterator[Hole]:
    """The days between two diaries of one writer for which there is none, but weekends on which he never writes."""
    rows: dict[tuple[str, frozenset[str]], list[Evidence]] = defaultdict(list)
    for found in case.in_order():
        word = _daily(found) if found.summary.kind == "work_record" and found.summary.date else None
        if word is not None:
            rows[word, _sender(case, found)].append(found)
    for (word, _), diaries in rows.items():
        yield from _missing_days(word, diaries)


def _daily(found: Evidence) -> str | None:
    head = fold(f"{found.summary.title or ''}\n{found.summary.name}\n{found.document.text[:_HEAD]}")
    return next((word for word in _daily_words() if word in head), None)


@cache
def _daily_words() -> tuple[str, ...]:
    return tuple(fold(word) for word in every_word(vocabulary(Path(__file__).with_suffix(".yaml"))["daily"]))


def _missing_days(word: str, diaries: Sequence[Evidence]) -> Iterator[Hole]:
    first = {found.summary.date: found for found in reversed(diaries) if found.summary.date is not None}
    days = sorted(first)
    told = {day for found in diaries for day in _told(found)}
    weekdays = {day.weekday() for day in days}
    for low, high in pairwise(days):
        between = [low + datetime.timedelta(days=n) for n in range(1, (high - low).days)]
        lacking = [
            d for d in between if d not in told and (d.weekday() < _WEEKEND or d.weekday() in weekdays)
        ]
        if len(days) >= ENOUGH and lacking and len(lacking) <= LONGEST_REST and _is_daily(days):
            held = Held(low.toordinal(), f"{low}", first[low], 1)
            for day in lacking:
                yield Hole(f"{word} of {day}", held, f"between those of {low} and {high}")


def _told(found: Evidence) -> Iterator[datetime.date]:
    """The days that a diary tells of: a book of a week is no diary of one day."""
    for fact, day in found.days():
        if fact.role in ("document", "event", "period_start", "period_end"):
            last = day.end or day.start
            yield from (
                day.start + datetime.timedelta(days=n) for n in range(min((last - day.start).days, 40) + 1)
            )


def _is_daily(days: Sequence[datetime.date]) -> bool:
    """Whether the diaries stand close enough together: half of all of the days from the first to the last."""
    return len(days) >= SHARED * ((days[-1] - days[0]).days + 1)
