"""Work that waits in line for one thread: what somebody looks at now comes before what nobody asked for yet."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count

NOW, BEFOREHAND = 0, 1
"""How urgent a work is: somebody waits for it, or may want it later."""


class Line:
    """Does one work at a time, the urgent ones first, else in the order in which they came."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._order: list[tuple[int, int, str]] = []
        self._waiting: dict[str, tuple[Future[None], Callable[[], None]]] = {}
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
        """Let a work that waits come on as if it had been put in line with this urgency."""
        with self._changed:
            if key in self._waiting:
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
        heapq.heappush(self._order, (urgency, next(self._numbers), key))
        self._changed.notify()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            future, work = found
            try:
                work()
            except BaseException as error:  # whoever waits for it is told
                future.set_exception(error)
            else:
                future.set_result(None)

    def _next(self) -> tuple[Future[None], Callable[[], None]] | None:
        """The work whose turn it is, waited for; None at the end. One that was urged stands in line twice: it is
        done when it comes up first."""
        with self._changed:
            while not self._closed:
                while self._order:
                    _, _, key = heapq.heappop(self._order)
                    found = self._waiting.pop(key, None)
                    if found is not None and found[0].set_running_or_notify_cancel():
                        return found
                self._changed.wait()
        return None
