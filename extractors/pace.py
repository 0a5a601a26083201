"""How far a worker has come with one long document, told by a small file in the scratch folder.

The worker writes, and who waits for it looks now and then: there is no channel to fill up or to wait for.
"""

from __future__ import annotations

import time
from pathlib import Path

_FILE = "pace"
EVERY = 0.5
"""Seconds between two writes at least."""


class PaceFile:
    """The worker's side. A failure to write is none of the document's: it is only not told."""

    def __init__(self, scratch: Path) -> None:
        self._path = scratch / _FILE
        self._next = time.monotonic() + EVERY

    def reached(self, what: str, done: int, of: int) -> None:
        """Tells that `done` of `of` are done; `what` is "pages", "ocr", "files" or "MiB"."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY
        try:
            self._path.write_text(f"{what} {done} {of}", encoding="ascii")
        except OSError:
            return


def pace_in(scratch: Path) -> tuple[str, int, int] | None:
    """The other side: what was told last (what, done, of); None when nothing was, or it is just being written."""
    try:
        what, done, of = (scratch / _FILE).read_text(encoding="ascii").split()
        return what, int(done), int(of)
    except (OSError, ValueError):
        return None
