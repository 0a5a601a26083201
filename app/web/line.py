"""Work that waits in line for one thread: what somebody looks at now comes before what nobody asked for yet.

What is only to replace an answer that is shown meanwhile is paced: an intake outgrows all answers all the time, and
must not have to share the machine with a line that never ends.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count

NOW, BEFOREHAND, SHOWN_OLD, LISTED_OLD = range(4)
"""How urgent a work is: somebody waits for it; may want it later; sees an older answer; sees one among others."""
REST = 3.0
"""How long the line rests before it replaces an older answer, in terms of how long its last work took."""


class Line:
    """Does one work at a time, the urgent ones first, else in the order in which they came; those that replace an older
    answer not before it has rested."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._order: list[tuple[int, int, str]] = []
        self._waiting: dict[str, tuple[Future[None], Callable[[], None]]] = {}
        self._urgency: dict[str, int] = {}
        self._rested = 0.0
        self._numbers = count()
        self._thread: threading.Thread | None = None
        self._closed = False

    def add(self, key: str, work: Callable[[], None], urgency: int) -> Future[None]:
        """Put a work in line under a key that no other one waits under; the answer tells of its end. After `close`
        nothing more is done: it is cancelled."""
        future: Future[None] = Future()
        with self._changed:
            if self._closed:
                future.cancel()
                return future
            self._waiting[key] = future, work
            self._put(key, urgency)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        return future

    def urge(self, key: str, urgency: int) -> None:
        """Let a work that waits come on as if it had been put in line with this urgency, if that is a greater one."""
        with self._changed:
            if key in self._waiting and urgency < self._urgency[key]:
                self._put(key, urgency)

    def close(self) -> None:
        """Begin nothing more, and wait for the end of what was begun."""
        with self._changed:
            self._closed = True
            for future, _ in self._waiting.values():
                future.cancel()
            self._waiting.clear()
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _put(self, key: str, urgency: int) -> None:
        self._urgency[key] = urgency
        heapq.heappush(self._order, (urgency, next(self._numbers), key))
        self._changed.notify()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            future, work = found
            try:
                self._timed(work)
            except BaseException as error:  # whoever waits for it is told
                future.set_exception(error)
            else:
                future.set_result(None)

    def _timed(self, work: Callable[[], None]) -> None:
        begun = time.monotonic()
        try:
            work()
        finally:
            now = time.monotonic()
            self._rested = max(self._rested, now + REST * (now - begun))

    def _next(self) -> tuple[Future[None], Callable[[], None]] | None:
        """The work whose turn it is, waited for; None at the end. One that was urged stands in line twice: it is
        done when it comes up first."""
        with self._changed:
            while not self._closed:
                rest = self._rested - time.monotonic()
                while self._order and (rest <= 0 or self._order[0][0] < SHOWN_OLD):
                    _, _, key = heapq.heappop(self._order)
                    found = self._waiting.pop(key, None)
                    if found is not None and found[0].set_running_or_notify_cancel():
                        return found
                self._changed.wait(rest if self._order else None)
        return None
