"""How often somebody may try a password."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

WITHIN = 900.0
"""Seconds for which a failed try counts."""
FREE_TRIES = 5
"""Tries of one name from one address that cost no waiting; each further one doubles the wait."""
TRIES_OF_NAME, TRIES_OF_ADDRESS = 50, 30
MOST_KEPT = 20_000


class Throttle:
    """Counts failed tries by name and address; it forgets them when the server ends."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._failed: OrderedDict[tuple[str, str], list[float]] = OrderedDict()

    def wait(self, name: str, address: str) -> float:
        """Seconds until another try; 0 when one may be made now."""
        now = time.monotonic()
        with self._guard:
            return max(
                _doubling(self._times((name, address), now), now),
                _full(self._times((name, ""), now), TRIES_OF_NAME, now),
                _full(self._times(("", address), now), TRIES_OF_ADDRESS, now),
            )

    def failed(self, name: str, address: str) -> None:
        """Note a failed try."""
        now = time.monotonic()
        with self._guard:
            for key in ((name, address), (name, ""), ("", address)):
                self._failed[key] = [*self._times(key, now), now]
                self._failed.move_to_end(key)
            while len(self._failed) > MOST_KEPT:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failed tries of this name from this address."""
        with self._guard:
            self._failed.pop((name, address), None)

    def _times(self, key: tuple[str, str], now: float) -> list[float]:
        return [at for at in self._failed.get(key, ()) if now - at < WITHIN]


def _doubling(times: list[float], now: float) -> float:
    if len(times) < FREE_TRIES:
        return 0.0
    return max(0.0, times[-1] + min(2.0 ** (len(times) - FREE_TRIES + 1), WITHIN) - now)


def _full(times: list[float], most: int, now: float) -> float:
    return max(0.0, times[-most] + WITHIN - now) if len(times) >= most else 0.0
