"""Answers that take long to work out, kept until the records change.

What somebody waits for is never worked out twice at one time, and comes before what is made beforehand. An answer that
the records have outgrown is still shown, with when it was worked out, while it is worked out anew: an intake that
changes the records all the time must not make every page wait, nor be made to wait for what only replaces such answers,
which therefore is done at a walk (`line.REST`).
"""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillWorking
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

from app.web.line import BEFOREHAND, LISTED_OLD, NOW, REST, SHOWN_OLD, Line
from app.web.reckoning import Asking, ClaimShown, at_once
from app.web.trail import SUBJECT as TRAIL
from flows.doctor import doctor_answer
from pipeline.clock import now
from pipeline.correspondence.graph import Correspondence
from pipeline.errors import MatterError
from pipeline.matter import Matter
from pipeline.overview import Overview, state_of_checklists, state_of_records
from pipeline.partybook.entries import Entry
from pipeline.suggest import Suggestion

PATIENCE = 60.0
"""Seconds for which a page waits for an answer that it cannot do without."""
WITHOUT_ANSWER = {SHOWN_OLD: NOW, LISTED_OLD: BEFOREHAND}
"""How urgent a work is that was to replace an older answer, where there is none."""
LATELY = 2.0
"""Seconds after which what `doctor` says is looked at anew when somebody asks."""
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
        self._slow, self._quick, self._looking = Line("overviews"), Line("letters"), Line("checks")

    def claim(self, claim: str, seconds: float = 0.0) -> Known[ClaimShown]:
        """The overview of one claim; waits for the first one, and so long for one that is not old where that comes so
        soon.

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

    def letters(self, document: str, begun: Future[None] | None, seconds: float) -> Correspondence | None:
        """Who answers whom around a document, `begun` with `begin_letters`; None when that is not worked out after so
        many seconds."""
        if begun is not None:
            try:
                begun.result(seconds)
            except StillWorking:
                return None
        return cast(Correspondence, self._answers[f"letters {document}"].found)

    def checks(self) -> Known[Mapping[str, Any]]:
        """What `doctor` says of the whole, checked lately; waits for the first time. Raises `TakesLong`.

        What it says rests on more than the records: one that is older than `LATELY` is shown while all is looked at
        anew.
        """
        key, root = "checks", self._matter.workspace.root
        answer = self._answers.get(key)
        old = answer is None or (now() - answer.at).total_seconds() > LATELY
        if old:
            with self._guard:
                work = self._working_on(key, lambda: doctor_answer(root)[0], self._looking, NOW)
            if answer is None:
                self._wait(work)
        found = self._answers[key]
        return Known(found.found, found.at, found is answer and old)

    def begin_letters(self, document: str) -> Future[None] | None:
        """Let the correspondence around a document be worked out; None where that is done."""
        state = self._state()
        return self._begin(f"letters {document}", state, lambda: self._asked_quickly(document), self._quick)

    def claims(self, claims: Iterable[str]) -> tuple[list[Known[ClaimShown]], int]:
        """The overviews that there are, and how many are still worked out."""
        state = self._state()
        keys = self.begin(claims, state)
        found = [self._known(key, state) for key in keys if key in self._answers]
        return found, len(keys) - len(found)

    def begin(self, claims: Iterable[str], state: State | None = None) -> list[str]:
        """Work these out beforehand, so that nobody waits for the first look; returns what they are kept under."""
        state = state or self._state()
        wanted = {f"claim {claim}": claim for claim in claims}
        for key, claim in wanted.items():
            self._begin(key, state, partial(self._asked, "claim", claim), urgency=LISTED_OLD)
        return list(wanted)

    def close(self) -> None:
        """Begin nothing more."""
        for line in (self._slow, self._quick, self._looking):
            line.close()

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
            answer = self._answers.get(key)
            in_vain = answer is not None and answer.took > seconds
            anew = seconds > 0 and not in_vain
            work = self._begin(key, state, make, anew=anew, urgency=NOW if anew else SHOWN_OLD)
            if work is None or in_vain:
                break
            try:
                work.result(max(0.0, until - time.monotonic()) if answer else PATIENCE)
            except StillWorking:
                if answer is None:
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
        line: Line | None = None,
        anew: bool = False,
        urgency: int = NOW,
    ) -> Future[None] | None:
        """The work on an answer that is not there or too old; None where it is as it should be. `anew`: also where it
        was worked out only just."""
        with self._guard:
            answer = self._answers.get(key)
            if answer is None:
                urgency = WITHOUT_ANSWER.get(urgency, urgency)
            elif answer.state == state or (answer.is_fresh and not anew):
                return None
            return self._working_on(key, make, line or self._slow, urgency)

    def _working_on(self, key: str, make: Callable[[], Any], line: Line, urgency: int) -> Future[None]:
        """The work under this key, begun where it is not; under the guard."""
        if key not in self._working:
            self._working[key] = line.add(key, partial(self._work, key, make), urgency)
        else:
            line.urge(key, urgency)
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
