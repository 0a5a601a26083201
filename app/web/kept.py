"""Answers that take long to work out, kept until the records change.

What somebody waits for is never worked out twice at one time. An answer that the records have outgrown is still shown,
with when it was worked out, while it is worked out anew: an intake that changes the records all the time must not make
every page wait.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWorking
from dataclasses import dataclass

from pipeline.clock import now
from pipeline.matter import Matter
from pipeline.overview import Overview, overview, state_of_records

PATIENCE = 20.0
"""Seconds for which a page waits for an answer that it cannot do without."""


@dataclass(frozen=True, slots=True)
class _Answer:
    state: tuple[int, datetime.date]
    at: datetime.datetime
    found: Overview


@dataclass(frozen=True, slots=True)
class Known:
    """A claim's overview as it was worked out at that time; `old`: the records have changed since."""

    found: Overview
    at: datetime.datetime
    old: bool


class Kept:
    """The overviews of a matter's claims. One at a time is worked out."""

    def __init__(
        self, matter: Matter, make: Callable[[Matter, str, datetime.date], Overview] = overview
    ) -> None:
        self._matter, self._make = matter, make
        self._guard = threading.Lock()
        self._answers: dict[str, _Answer] = {}
        self._working: dict[str, Future[None]] = {}
        self._worker = ThreadPoolExecutor(1, "overviews")

    def claim(self, claim: str) -> Known:
        """The overview of one claim; waits for the first one. Raises `NotFound`, and TimeoutError after `PATIENCE`."""
        state = self._state()
        work = self._begin(claim, state)
        if work is not None and claim not in self._answers:
            work.result(PATIENCE)
        return self._known(claim, state)

    def claims(self, claims: Iterable[str], seconds: float) -> tuple[list[Known], int]:
        """The overviews that there are after waiting so long at most, and how many are still worked out."""
        state, until = self._state(), now() + datetime.timedelta(seconds=seconds)
        wanted = list(claims)
        for claim, work in [(claim, self._begin(claim, state)) for claim in wanted]:
            if work is not None and claim not in self._answers:
                try:
                    work.result(max(0.0, (until - now()).total_seconds()))
                except StillWorking:
                    continue
        found = [self._known(claim, state) for claim in wanted if claim in self._answers]
        return found, len(wanted) - len(found)

    def begin(self, claims: Iterable[str]) -> None:
        """Work these out beforehand, so that nobody waits for the first look."""
        state = self._state()
        for claim in claims:
            self._begin(claim, state)

    def close(self) -> None:
        """Begin nothing more."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _state(self) -> tuple[int, datetime.date]:
        return state_of_records(self._matter), now().date()

    def _known(self, claim: str, state: tuple[int, datetime.date]) -> Known:
        answer = self._answers[claim]
        return Known(answer.found, answer.at, answer.state != state)

    def _begin(self, claim: str, state: tuple[int, datetime.date]) -> Future[None] | None:
        """The work on an answer that is not there or too old; None where it is as it should be."""
        with self._guard:
            answer = self._answers.get(claim)
            if answer is not None and answer.state == state:
                return None
            if claim not in self._working:
                self._working[claim] = self._worker.submit(self._work, claim)
            return self._working[claim]

    def _work(self, claim: str) -> None:
        try:
            state = self._state()
            answer = _Answer(state, now(), self._make(self._matter, claim, state[1]))
            with self._guard:
                self._answers[claim] = answer
        finally:
            with self._guard:
                self._working.pop(claim, None)
