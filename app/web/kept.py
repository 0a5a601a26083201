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
from pipeline.overview import state_of_records
from pipeline.partybook.entries import Entry

PATIENCE = 60.0
"""Seconds for which a page waits for an answer that it cannot do without."""
REST = 1.0
"""How long an answer that the records have outgrown stands at least, in terms of how long it takes to work out."""
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

    def claim(self, claim: str) -> Known[ClaimShown]:
        """The overview of one claim; waits for the first one. Raises `NotFound`, `TakesLong`."""
        return self._one(f"claim {claim}", lambda: self._asked("claim", claim))

    def parties(self) -> Known[Sequence[Entry]]:
        """The book of parties; waits for the first one. Raises `TakesLong`."""
        return self._one("parties", lambda: self._asked("parties", ""))

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

    def _one(self, key: str, make: Callable[[], Any]) -> Known[Any]:
        state = self._state()
        work = self._begin(key, state, make)
        if work is not None and key not in self._answers:
            try:
                work.result(PATIENCE)
            except StillWorking:
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
            if answer is not None and (answer.state == state or answer.is_fresh):
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
