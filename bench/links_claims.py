"""Claims of our own making with their papers, of which it is known what is evidence of what.

Everything is drawn from a seed. The papers are what such matters have: notices, answers that hardly name the event,
minutes about two events, diaries, bills with one word of it, pictures with nothing but a day; and papers of the same
parties, of the same days and with the same everyday words, that are about something else.
"""

from __future__ import annotations

import datetime
import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.document import Document, PageText, assemble
from extractors.extract import understand
from extractors.word_lists import word_list
from pipeline.claims import Claim, Event, Party, qualified
from pipeline.evidence import Evidence, Summary
from pipeline.parties import Book

EVIDENCE = {
    "notice": (0, 20, 0.9),
    "reply": (10, 50, 0.7),
    "minutes": (0, 14, 0.9),
    "diary": (0, 3, 0.9),
    "invoice": (0, 40, 0.7),
    "report": (1, 20, 0.6),
    "photo": (0, 2, 0.6),
}
"""By form: days after the start between which such a paper is dated, and how often there is one."""
OTHERS = {
    "quiet": (-40, 60, 1.2),
    "plain": (-4, 6, 0.8),
    "review": (20, 90, 0.6),
    "photo": (-10, 12, 0.5),
    "diary": (-90, -20, 0.15),
}
"""The same for papers that are not evidence of the event."""
KINDS = {
    "notice": "correspondence",
    "reply": "correspondence",
    "quiet": "correspondence",
    "review": "correspondence",
    "minutes": "minutes",
    "diary": "work_record",
    "plain": "work_record",
    "invoice": "invoice",
    "report": "inspection_report",
    "photo": "photo",
}


@dataclass(frozen=True)
class MadeMatter:
    """Claims, their papers, and the (document, event) pairs that are right."""

    claims: tuple[Claim, ...]
    papers: tuple[Evidence, ...]
    truth: frozenset[tuple[str, str]]

    @property
    def book(self) -> Book:
        return Book.of(self.claims, {})


def made_matter(seed: int, claims: int = 3) -> MadeMatter:
    """A matter of some claims in one language, the same for the same seed."""
    chance = random.Random(seed)
    language = chance.choice(("en", "en", "zh"))
    made = [_Claim(chance, language, number) for number in range(1, claims + 1)]
    papers = [paper for one in made for paper in one.papers()]
    return MadeMatter(
        tuple(one.claim for one in made),
        tuple(evidence for evidence, _ in papers),
        frozenset((evidence.id, event) for evidence, events in papers for event in events),
    )


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = word_list(Path(__file__).with_suffix(".yaml"))
    return found


class _Claim:
    """A claim that is being made, with what its papers say."""

    def __init__(self, chance: random.Random, language: str, number: int) -> None:
        self._chance, self._language, self._words = chance, language, _words()[language]
        names = chance.sample(self._words["companies"], 3)
        self._name = f"MADE-{number}"
        begin = datetime.date(2022, 1, 10) + datetime.timedelta(days=chance.randrange(400))
        chosen = chance.sample(self._words["happenings"], chance.randint(2, 4))
        self._events = [self._event(at, one, begin) for at, one in enumerate(chosen, 1)]
        parties = tuple(
            Party(r, n) for r, n in zip(("claimant", "respondent", "engineer"), names, strict=True)
        )
        events = tuple(event for event, _ in self._events)
        self.claim = Claim(
            self._name, names[0], "construction", "open", currency="USD", parties=parties, events=events
        )

    def _event(
        self, at: int, happening: Mapping[str, Any], begin: datetime.date
    ) -> tuple[Event, dict[str, Any]]:
        chance = self._chance
        start = begin + datetime.timedelta(days=chance.randrange(20, 90) * at)
        slots = {
            "place": chance.choice(self._words["places"]),
            "thing": chance.choice(self._words["things"]),
            "n": str(chance.randrange(3, 60)),
            "day": self._day(start),
        }
        ref = f"{self._name[-1]}{chance.choice('ABCD')}/L/{chance.randrange(100, 999):04}"
        said = {
            key: [line.format(**slots) for line in happening[key]] for key in ("keywords", "tells", "passing")
        }
        title = happening["title"].format(**slots)
        event = Event(
            f"E{at}",
            title,
            start,
            start + datetime.timedelta(days=chance.choice((0, 3, 12, 30))),
            description=said["tells"][0],
            keywords=tuple(said["keywords"]),
            references=(ref,) if chance.random() < 0.7 else (),
        )
        return event, {**said, "title": title, "ref": ref, "n": slots["n"]}

    def papers(self) -> Iterator[tuple[Evidence, tuple[str, ...]]]:
        """Its papers, each with the events (qualified) of which it is evidence."""
        for at, (event, said) in enumerate(self._events):
            other, told = self._events[max(0, at - 1)]  # minutes tell of what was, not of what will be
            for form, window in EVIDENCE.items():
                both = form == "minutes" and other is not event
                right = (event, other) if both else (event,)
                events = tuple(qualified(self._name, one.id) for one in right)
                yield from ((found, events) for found in self._made(form, window, event, said, told))
            for form, window in OTHERS.items():
                yield from ((found, ()) for found in self._made(form, window, event, said, told, quiet=True))

    def _made(
        self,
        form: str,
        window: tuple[int, int, float],
        event: Event,
        said: Mapping[str, Any],
        other: Mapping[str, Any],
        quiet: bool = False,
    ) -> Iterator[Evidence]:
        first, last, often = window
        for _ in range(int(often + self._chance.random())):
            day = event.start + datetime.timedelta(days=self._chance.randint(first, last))
            text = self._text(form, day, said, other, quiet)
            name = f"{form} {self._name} {event.id} {self._chance.randrange(10**6)}.pdf"
            yield _evidence(name, text, KINDS[form], day)

    def _text(
        self, form: str, day: datetime.date, said: Mapping[str, Any], other: Mapping[str, Any], quiet: bool
    ) -> str:
        if form == "photo":
            return "" if quiet or self._chance.random() < 0.5 else said["keywords"][0]
        chance = self._chance
        sender, recipient = chance.sample([party.name for party in self.claim.parties], 2)
        tells = said["passing"] if quiet else chance.sample(said["tells"], chance.randint(1, 3))
        slots = {
            "sender": sender,
            "recipient": recipient,
            "head_day": self._day(day),
            "ref": said["ref"],
            "title": said["title"],
            "tells": "\n".join(tells),
            "tell": chance.choice(tells),
            "other": chance.choice(other["tells"]),
            "passing": said["passing"][0],
            "passing2": chance.choice(other["passing"]),
            "word": chance.choice(said["keywords"]),
            "n": said["n"],
        }
        return "\n".join(line.format(**slots) for line in self._words[form])

    def _day(self, day: datetime.date) -> str:
        return f"{day.year}年{day.month}月{day.day}日" if self._language == "zh" else f"{day.day} {day:%B %Y}"


def _evidence(name: str, text: str, kind: str, day: datetime.date) -> Evidence:
    document: Document = assemble([PageText(text, 595, 842)], "application/pdf")
    found = understand(document, kind)
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    answer = found.classification
    about = Summary(
        sha256[:16], sha256, len(text), name, 0, "ok", None, "application/pdf", 1, kind, 1.0, answer.language,
        answer.title, found.date or (day if kind == "photo" else None),
    )  # fmt: skip
    return Evidence(about, document, found.facts)
