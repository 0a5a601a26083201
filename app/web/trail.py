"""Who looked at which document and fetched what, for the audit.

Looks are written together a few seconds later, in one transaction: a page view waits for no disk. Somebody who looks
at the same document again within a quarter of an hour is noted once. The entries stand under the subject `web`, not
under the document's: who read what inside the house goes into no bundle.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from pipeline.errors import ClaimtrailError
from pipeline.matter import Matter

SUBJECT = "web"
AGAIN_SECONDS = 900.0
FLUSH_SECONDS = 3.0
MOST_KEPT = 10_000


class Trail:
    """Notes looks and downloads, and writes them from a thread of its own."""

    def __init__(self, matter: Matter) -> None:
        self._matter = matter
        self._guard = threading.Lock()
        self._seen: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self._waiting: list[tuple[str, str, str]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="trail", daemon=True)
        self._thread.start()

    def note(self, actor: str, action: str, subject: str) -> None:
        """Note that somebody `viewed` or `downloaded` a document, or a bundle by its claim."""
        key, now = (actor, action, subject), time.monotonic()
        with self._guard:
            last = self._seen.pop(key, None)
            self._seen[key] = now
            if len(self._seen) > MOST_KEPT:
                self._seen.popitem(last=False)
            if last is None or action != "viewed" or now - last > AGAIN_SECONDS:
                self._waiting.append(key)

    def flush(self) -> None:
        """Write what waits to be written; what cannot be written now is tried again."""
        with self._guard:
            waiting, self._waiting = self._waiting, []
        try:
            for actor in dict.fromkeys(actor for actor, _, _ in waiting):
                with self._matter.acting_as(actor).change() as change:
                    for who, action, subject in waiting:
                        if who == actor:
                            change.note(action, SUBJECT, of=subject)
                waiting = [one for one in waiting if one[0] != actor]
        except ClaimtrailError:
            with self._guard:
                self._waiting = waiting + self._waiting

    def close(self) -> None:
        """Write what waits, and end."""
        self._ended.set()
        self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._ended.wait(FLUSH_SECONDS):
            self.flush()
