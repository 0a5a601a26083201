"""How many pages are read at once on a machine: as many as it has cores, whichever documents they belong to.

A document alone on the machine has its pages read side by side; where several are read, they take turns. A slot is a
lock on a file, which the system takes back when its holder dies.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_PAUSE = 0.02


@contextmanager
def slot(folder: Path | None, count: int) -> Iterator[None]:
    """One of `count` slots, once it is free; without a folder there is nobody to take turns with."""
    if folder is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    locks = [FileLock(folder / f"slot-{number}", thread_local=False) for number in range(count)]
    held = _first_free(locks)
    try:
        yield
    finally:
        held.release()


def _first_free(locks: list[FileLock]) -> FileLock:
    first = os.getpid() % len(locks)
    while True:
        for lock in (*locks[first:], *locks[:first]):
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            return lock
        time.sleep(_PAUSE)
