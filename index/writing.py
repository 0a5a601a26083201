"""One writer at a time: what engines share that keep an index in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from index.engine import Batch
from index.errors import IndexLocked


class Pending(Batch, Protocol):
    """A batch whose changes are not visible yet."""

    def commit(self) -> None:
        """Makes them visible, all together."""

    def cancel(self) -> None:
        """Forgets them."""


@contextmanager
def writing(lock: Path, timeout: float, begin: Callable[[], Pending]) -> Iterator[Batch]:
    """A batch begun under the lock; its changes become visible when the block ends, and not at all when it fails.

    Raises `IndexLocked` when another writer holds the lock for `timeout` seconds.
    """
    try:
        with FileLock(lock, timeout=timeout):
            yield from _settled(begin())
    except Timeout:
        raise IndexLocked(f"{lock.parent} has been locked for {timeout:g} seconds") from None


def _settled(batch: Pending) -> Iterator[Batch]:
    try:
        yield batch
    except BaseException:  # also an interruption leaves the index as it was
        batch.cancel()
        raise
    batch.commit()
