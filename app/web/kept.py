"""Answers that take long to work out, kept until the records change.

What somebody waits for is never worked out twice at one time. An answer that the records have outgrown is still shown,
with when it was worked out, while it is worked out anew: an intake that changes the records all the time must not make
every page wait.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorking
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from app.web.reckoning import Asking, ClaimShown, at_once
from app.web.trail import SUBJECT as TRAIL
from pipeline.clock import now
from pipeline.correspondence.graph import Correspondence
from pipeline.errors import MatterError
from pipeline.matter import Matter
from pipeline.overview import Overview, state_of_checklists, state_of_records
from pipeline.partybook.entries import Entry
from pipeline.suggest import Suggestion

PATIENCE = 60.0
"""Seconds for which a page waits for an answer that it cannot do without."""
REST = 1.0
"""How long an answer that the records have outgrown stands at least, in terms of how long it takes to work out."""
MOST_LETTERS = 300
"""Documents of which the correspondence is kept."""
T = TypeVar("T")


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
class State:
    """What answers rest on: how far the audit has come, the day, the workspace's own checklists."""

    seq: int
    day: datetime.date
    checklists: frozenset[tuple[str, int]]

    def holds(self, asked: State) -> bool:
        """Whether an answer of this state says all that one of `asked` would have to."""
        return self.seq >= asked.seq and (self.day, self.checklists) == (asked.day, asked.checklists)


@dataclass(frozen=True, slots=True)
class _Answer:
    state: State
    at: datetime.datetime
    took: float
    found: Any

    @property
    def is_fresh(self) -> bool:
        """Whether it was worked out so lately that doing it again would be all that is done: an intake changes the
        records all the time."""
        return (now() - self.at).total_seconds() < REST * self.took


class Kept:
    """The answers about a matter that pages share. One at a time is worked out."""

    def __init__(self, matter: Matter, ask: Asking = at_once, ask_quickly: Asking = at_once) -> None:
        """`ask` works claims and parties out, `ask_quickly` the letters around a document; both at one time."""
        self._matter, self._ask, self._ask_quickly = matter, ask, ask_quickly
        self._guard = threading.Lock()
        self._answers: dict[str, _Answer] = {}
        self._working: dict[str, Future[None]] = {}
        self._slow, self._quick = ThreadPoolExecutor(1, "overviews"), ThreadPoolExecutor(1, "letters")

    def claim(self, claim: str, seconds: float = 0.0) -> Known[ClaimShown]:
        """The overview of one claim; waits for the first one, and so long for one that is not old.

        Raises `NotFound`, `TakesLong`.
        """
        return self._one(f"claim {claim}", lambda: self._asked("claim", claim), seconds)

    def as_it_stands(self, claim: str) -> Overview:
        """The overview of one claim, never an old one: waits while the records have outgrown it.

        Raises `NotFound`, `TakesLong`.
        """
        found = self._as_it_stands(f"claim {claim}", lambda: self._asked("claim", claim))
        return cast(ClaimShown, found).overview

    def parties_as_they_stand(self) -> Sequence[Entry]:
        """The book of parties, never an old one. Raises `TakesLong`."""
        return cast(Sequence[Entry], self._as_it_stands("parties", lambda: self._asked("parties", "")))

    def parties(self) -> Known[Sequence[Entry]]:
        """The book of parties; waits for the first one. Raises `TakesLong`."""
        return self._one("parties", lambda: self._asked("parties", ""))

    def suggestions(self, claim: str, with_loose: bool, seconds: float) -> Known[Sequence[Suggestion]] | None:
        """What the documents tell of that no event of the claim covers; None when that is not worked out so soon.

        `with_loose`: the documents of no claim count too. What the records have outgrown is worked out anew, and stands
        where that takes longer.
        """
        key, state = f"suggestions {with_loose} {claim}", self._state()
        kind = "suggestions" if with_loose else "own suggestions"
        work = self._begin(key, state, lambda: self._asked(kind, claim), anew=True)
        if work is not None:
            try:
                work.result(seconds)
            except StillWorking:
                if key not in self._answers:
                    return None
        return self._known(key, state)

    def letters(self, document: str, seconds: float) -> Correspondence | None:
        """Who answers whom around a document; None when that is not worked out after so many seconds."""
        key, state = f"letters {document}", self._state()
        work = self._begin(key, state, lambda: self._asked_quickly(document), self._quick)
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
            self._begin(f"claim {claim}", state, lambda claim=claim: self._asked("claim", claim))  # type: ignore[misc]
        return [f"claim {claim}" for claim in wanted]

    def close(self) -> None:
        """Begin nothing more."""
        for pool in (self._slow, self._quick):
            pool.shutdown(wait=True, cancel_futures=True)

    def _asked(self, kind: str, name: str) -> Any:
        return self._ask(self._matter, kind, name, now().date())

    def _asked_quickly(self, document: str) -> Any:
        return self._ask_quickly(self._matter, "letters", document, now().date())

    def _as_it_stands(self, key: str, make: Callable[[], Any]) -> Any:
        state = self._state()
        for _ in range(2):  # what is being worked out already may have begun too early
            answer = self._answers.get(key)
            if answer is not None and answer.state.holds(state):
                break
            work = self._begin(key, state, make, anew=True)
            if work is not None:
                self._wait(work)
        return self._answers[key].found

    def _one(self, key: str, make: Callable[[], Any], seconds: float = 0.0) -> Known[Any]:
        state, until = self._state(), time.monotonic() + seconds
        for _ in range(2):  # what is being worked out already may have begun too early
            there = key in self._answers
            work = self._begin(key, state, make, anew=seconds > 0)
            if work is None or (there and not seconds):
                break
            try:
                work.result(max(0.0, until - time.monotonic()) if there else PATIENCE)
            except StillWorking:
                if not there:
                    raise TakesLong("This takes long to work out.") from None
                break
        return self._known(key, state)

    @staticmethod
    def _wait(work: Future[None]) -> None:
        try:
            work.result(PATIENCE)
        except StillWorking:
            raise TakesLong("This takes long to work out.") from None

    def _state(self) -> State:
        seq = state_of_records(self._matter, TRAIL)
        return State(seq, now().date(), state_of_checklists(self._matter))

    def _known(self, key: str, state: State) -> Known[Any]:
        answer = self._answers[key]
        return Known(answer.found, answer.at, answer.state != state)

    def _begin(
        self,
        key: str,
        state: State,
        make: Callable[[], Any],
        pool: ThreadPoolExecutor | None = None,
        anew: bool = False,
    ) -> Future[None] | None:
        """The work on an answer that is not there or too old; None where it is as it should be. `anew`: also where it
        was worked out only just."""
        with self._guard:
            answer = self._answers.get(key)
            if answer is not None and (answer.state == state or (answer.is_fresh and not anew)):
                return None
            if key not in self._working:
                self._working[key] = (pool or self._slow).submit(self._work, key, make)
            return self._working[key]

    def _work(self, key: str, make: Callable[[], Any]) -> None:
        try:
            state, begun = self._state(), time.monotonic()
            found = make()
            answer = _Answer(state, now(), time.monotonic() - begun, found)
            with self._guard:
                self._answers[key] = answer
                letters = [one for one in self._answers if one.startswith("letters ")]
                for old in letters[:-MOST_LETTERS]:
                    del self._answers[old]
        finally:
            with self._guard:
                self._working.pop(key, None)
