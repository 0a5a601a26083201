"""Answers that take long to work out, kept until the records change.

What somebody waits for is never worked out twice at one time. An answer that the records have outgrown is still shown,
with when it was worked out, while it is worked out anew: an intake that changes the records all the time must not make
every page wait.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorking
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from app.web.addresses import with_query
from app.web.trail import SUBJECT as TRAIL
from pipeline import timeline
from pipeline.casefile import load_case, loose_evidence
from pipeline.chronology import Row
from pipeline.clock import now
from pipeline.correspondence.graph import Correspondence
from pipeline.correspondence.lookup import correspondence_of
from pipeline.errors import MatterError
from pipeline.matter import Matter
from pipeline.overview import Overview, overview, state_of_records
from pipeline.partybook.entries import Entry, entries
from pipeline.records import matters
from pipeline.suggest import Suggestion, suggest

PATIENCE = 60.0
"""Seconds for which a page waits for an answer that it cannot do without."""
MOST_LETTERS = 300
"""Documents of which the correspondence is kept."""
T = TypeVar("T")
State = tuple[int, datetime.date]


class TakesLong(MatterError):
    code = "takes_long"
    hint = "Load the page again in a moment: it is being worked out."


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """An answer as it was worked out at that time; `old`: the records have changed since."""

    found: T
    at: datetime.datetime
    old: bool


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim's overview, and its course as a part of a page (an SVG in which everything is escaped)."""

    overview: Overview
    picture: str


@dataclass(frozen=True, slots=True)
class _Answer:
    state: State
    at: datetime.datetime
    found: Any


class Kept:
    """The answers about a matter that pages share. One at a time is worked out."""

    def __init__(
        self, matter: Matter, make: Callable[[Matter, str, datetime.date], Overview] = overview
    ) -> None:
        self._matter, self._make = matter, make
        self._guard = threading.Lock()
        self._answers: dict[str, _Answer] = {}
        self._working: dict[str, Future[None]] = {}
        self._slow, self._quick = ThreadPoolExecutor(1, "overviews"), ThreadPoolExecutor(1, "letters")

    def claim(self, claim: str, seconds: float = 0.0) -> Known[ClaimShown]:
        """The overview of one claim; waits for the first one, and so long for one that is not old.

        Raises `NotFound`, `TakesLong`.
        """
        return self._one(f"claim {claim}", lambda: self._claim(claim), seconds)

    def parties(self) -> Known[Sequence[Entry]]:
        """The book of parties; waits for the first one. Raises `TakesLong`."""
        return self._one("parties", self._parties)

    def suggestions(self, claim: str, with_loose: bool, seconds: float) -> Sequence[Suggestion] | None:
        """What the documents tell of that no event of the claim covers; None when that is not worked out so soon.

        `with_loose`: the documents of no claim count too. What the records have outgrown is worked out anew first.
        """
        key, state = f"suggestions {with_loose} {claim}", self._state()
        kind = "suggestions" if with_loose else "own suggestions"
        work = self._begin(key, state, lambda: self._asked(kind, claim), anew=True)
        if work is not None:
            try:
                work.result(seconds)
            except StillWorking:
                return None
        return cast(Sequence[Suggestion], self._answers[key].found)

    def letters(self, document: str, seconds: float) -> Correspondence | None:
        """Who answers whom around a document; None when that is not worked out after so many seconds."""
        key, state = f"letters {document}", self._state()
        work = self._begin(key, state, lambda: self._letters(document), self._quick)
        if work is not None:
            try:
                work.result(seconds)
            except StillWorking:
                return None
        return cast(Correspondence, self._answers[key].found)

    def claims(self, claims: Iterable[str], seconds: float) -> tuple[list[Known[ClaimShown]], int]:
        """The overviews that there are after waiting so long at most, and how many are still worked out."""
        state, until = self._state(), now() + datetime.timedelta(seconds=seconds)
        keys = self.begin(claims, state)
        for key in keys:
            work = self._working.get(key)
            if work is not None and key not in self._answers:
                try:
                    work.result(max(0.0, (until - now()).total_seconds()))
                except StillWorking:
                    continue
        found = [self._known(key, state) for key in keys if key in self._answers]
        return found, len(keys) - len(found)

    def begin(self, claims: Iterable[str], state: State | None = None) -> list[str]:
        """Work these out beforehand, so that nobody waits for the first look; returns what they are kept under."""
        state = state or self._state()
        wanted = list(claims)
        for claim in wanted:
            self._begin(f"claim {claim}", state, lambda claim=claim: self._claim(claim))  # type: ignore[misc]
        return [f"claim {claim}" for claim in wanted]

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._slow, self._quick):
            pool.shutdown(wait=True, cancel_futures=True)

    def _claim(self, claim: str) -> ClaimShown:
        found = self._make(self._matter, claim, now().date())
        title = f"{found.claim.id}: {found.claim.title}"
        return ClaimShown(found, timeline.as_part(found.rows, title, row_address))

    def _suggestions(self, claim: str, with_loose: bool) -> Sequence[Suggestion]:
        case = load_case(self._matter, claim)
        with self._matter.reading() as tx:
            alone = len(matters.all_claims(tx)) == 1
        return tuple(suggest(case, loose_evidence(self._matter, case) if with_loose else (), alone))

    def _parties(self) -> Sequence[Entry]:
        with self._matter.reading() as tx:
            return tuple(entries(tx))

    def _letters(self, document: str) -> Correspondence:
        with self._matter.reading() as tx:
            return correspondence_of(tx, document)

    def _one(self, key: str, make: Callable[[], Any], seconds: float = 0.0) -> Known[Any]:
        state = self._state()
        work = self._begin(key, state, make, anew=seconds > 0)
        there = key in self._answers
        if work is not None and (seconds or not there):
            try:
                work.result(seconds if there else PATIENCE)
            except StillWorking:
                if not there:
                    raise TakesLong("This takes long to work out.") from None
        return self._known(key, state)

    def _state(self) -> State:
        return state_of_records(self._matter, TRAIL), now().date()

    def _known(self, key: str, state: State) -> Known[Any]:
        answer = self._answers[key]
        return Known(answer.found, answer.at, answer.state != state)

    def _begin(
        self, key: str, state: State, make: Callable[[], Any], pool: ThreadPoolExecutor | None = None
    ) -> Future[None] | None:
        """The work on an answer that is not there or too old; None where it is as it should be."""
        with self._guard:
            answer = self._answers.get(key)
            if answer is not None and answer.state == state:
                return None
            if key not in self._working:
                self._working[key] = (pool or self._slow).submit(self._work, key, make)
            return self._working[key]

    def _work(self, key: str, make: Callable[[], Any]) -> None:
        try:
            state = self._state()
            answer = _Answer(state, now(), make())
            with self._guard:
                self._answers[key] = answer
                letters = [one for one in self._answers if one.startswith("letters ")]
                for old in letters[:-MOST_LETTERS]:
                    del self._answers[old]
        finally:
            with self._guard:
                self._working.pop(key, None)


def row_address(row: Row) -> str:
    """Where a line of a chronology leads."""
    return with_query(f"/documents/{row.doc}", {"page": row.page if row.page != 1 else None})
