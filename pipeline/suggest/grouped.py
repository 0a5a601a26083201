"""What several documents tell of one happening is one suggestion; the best told come first."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extractors.document import is_han
from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.linking.view import DocumentView, Hit
from pipeline.suggest.telling import Telling, tellings
from pipeline.wording import Phrases

AROUND = datetime.timedelta(days=3)
"""Within so many days of an event its own words mean that event."""
ALIKE = 0.3
"""The share of the words of the shorter of two sentences from which on they tell of the same."""
NEXT = 3
"""Letters between two sentences of which one goes on where the other ends."""
LOOSE, STRANGE = 0.8, 0.3
"""What the word of a document counts that belongs to no claim yet; of one that names nothing of the claim either."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dated happening: its day or days, a title for it, the sentences that tell of it, the best of them first, and
    how likely it is one (0 to 1)."""

    date: datetime.date
    end: datetime.date | None
    title: str
    score: float
    told: tuple[Telling, ...]

    @property
    def text(self) -> str:
        return self.told[0].text

    @property
    def doc(self) -> str:
        return self.told[0].doc

    @property
    def page(self) -> int:
        return self.told[0].page

    def as_json(self) -> dict[str, Any]:
        """`{"date", "end", "title", "text", "doc", "page", "score", "sources": [{"doc", "page", "start", "end",
        "text"}]}`; `text`, `doc` and `page` are those of the best source, `start:end` is a slice of its text."""
        return {
            "date": self.date.isoformat(),
            "end": self.end.isoformat() if self.end else None,
            "title": self.title,
            "text": self.text,
            "doc": self.doc,
            "page": self.page,
            "score": round(self.score, 3),
            "sources": [
                {"doc": one.doc, "page": one.page, "start": one.start, "end": one.stop, "text": one.text}
                for one in self.told
            ],
        }


def suggest(case: CaseFile, loose: Iterable[Evidence] = (), alone: bool = False) -> list[Suggestion]:
    """Happenings in the case's evidence and in `loose` documents that no event covers, the likeliest first.

    An event covers a happening within its days when its document is linked to it, or the sentence has its words. Of
    the loose documents those count that name a party or a reference of the claim; where the claim is the matter's only
    one (`alone`) the others follow them.
    """
    found: list[tuple[Telling, float]] = []
    about = Phrases([*(n for party in case.claim.parties for n in party.names), *case.claim.references])
    for evidence in case.in_order():
        found += ((telling, telling.strength) for telling in _uncovered(case, evidence))
    for evidence in loose:
        weight = LOOSE if not case.claim.parties or about.are_in(DocumentView(evidence)) else alone * STRANGE
        if weight:
            found += ((telling, weight * telling.strength) for telling in _uncovered(case, evidence))
    suggestions = [_suggestion(group) for group in _groups(found)]
    return sorted(suggestions, key=lambda s: (-round(s.score, 2), s.date, s.end or s.date, s.doc, s.page))


def _uncovered(case: CaseFile, evidence: Evidence) -> Iterator[Telling]:
    told = list(tellings(evidence))
    view = DocumentView(evidence) if told else None
    for telling in told:
        if view and not any(_covers(case, event, view, telling) for event in case.claim.events):
            yield telling


def _covers(case: CaseFile, event: Event, view: DocumentView, telling: Telling) -> bool:
    first, last = telling.date, telling.end or telling.date
    if first > event.last + AROUND or last < event.start - AROUND:
        return False
    name, within = case.name_of(event), first <= event.last and last >= event.start
    if within and any(link.event == name and link.document == telling.doc for link in case.links):
        return True
    words = Phrases((event.title, *event.keywords, *event.references))
    return any(_inside(hit, telling) for hit in words.hits(view))


def _inside(hit: Hit, telling: Telling) -> bool:
    return telling.start <= hit.start < telling.stop


def _groups(found: Sequence[tuple[Telling, float]]) -> list[list[tuple[Telling, float]]]:
    """Tellings of the same happening together, the strongest first in each."""
    groups: list[list[tuple[Telling, float]]] = []
    contents: list[frozenset[str]] = []
    by_week: dict[int, list[int]] = defaultdict(list)
    for one in sorted(found, key=lambda x: (-x[1], x[0].date, x[0].doc, x[0].start)):
        weeks, content = _weeks(one[0]), _content(one[0])
        near = sorted({at for week in weeks for at in by_week.get(week, ())})
        same = next(
            (groups[at] for at in near if _same(groups[at][0][0], one[0], contents[at], content)), None
        )
        if same is not None:
            same.append(one)
            continue
        for week in weeks:
            by_week[week].append(len(groups))
        groups.append([one])
        contents.append(content)
    return groups


def _weeks(telling: Telling) -> range:
    """The weeks of its days: tellings without a week in common are not compared, of which a large matter has most."""
    return range(telling.date.toordinal() // 7, (telling.end or telling.date).toordinal() // 7 + 1)


def _same(one: Telling, other: Telling, mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two sentences tell of the same: their days meet, and they share words (`mine` and `theirs`) or one goes
    on where the other ends."""
    first, last = max(one.date, other.date), min(one.end or one.date, other.end or other.date)
    if first > last:
        return False
    if one.doc == other.doc and max(one.start, other.start) - min(one.stop, other.stop) <= NEXT:
        return True
    fewer = min(len(mine), len(theirs))
    return fewer > 0 and len(mine & theirs) / fewer >= ALIKE


def _content(telling: Telling) -> frozenset[str]:
    """The words by which it is compared: figures of the date and short words left out."""
    day = telling.date
    dates = {str(day.year), f"{day.month:02}", f"{day.day:02}", f"{day:%B}".lower(), f"{day:%b}".lower()}
    return frozenset(t for t in telling.terms if t not in dates and (len(t) > 3 or is_han(t[0])))


def _suggestion(group: Sequence[tuple[Telling, float]]) -> Suggestion:
    best, doubt = group[0][0], 1.0
    by_document: dict[str, tuple[Telling, float]] = {}
    for telling, strength in group:
        by_document.setdefault(telling.doc, (telling, strength))
    for _, strength in by_document.values():
        doubt *= 1.0 - strength
    told = tuple(telling for telling, _ in by_document.values())
    ends = [end for end in (one.end for one in told) if end is not None]
    return Suggestion(best.date, best.end or min(ends, default=None), best.title, 1.0 - doubt, told)
