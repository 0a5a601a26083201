"""Local copies of originals that lie elsewhere. Derived: the folder may be deleted at any time, and is kept small."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.originals.incoming import Incoming

if sys.platform != "win32":
    import fcntl

RECENT = 600.0
"""Seconds for which a copy stays after it was named to somebody, who is about to open it."""
LOW_WATER = 0.9
"""To which part of its size the folder is brought down, so that not every new copy has to make room."""


@dataclass(frozen=True, slots=True)
class _Kept:
    path: Path
    size: int
    used: float


class Fetched:
    """The folder of local copies, `ab/abcd…`, of `limit` bytes at most beside those in use just now."""

    def __init__(self, root: Path, limit: int) -> None:
        self.root, self.limit = root, limit
        self.incoming = Incoming(root / ".incoming")
        self._guard = threading.Lock()
        self._size: int | None = None

    def path(self, sha256: str) -> Path:
        """Where the copy lies, or would lie."""
        return self.root / sha256[:2] / sha256

    def get(self, sha256: str) -> Path | None:
        """The copy, hashed just now; None where there is none, or a damaged one, which is removed. Raises `OSError`."""
        path = self.path(sha256)
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found == sha256:
                os.utime(path)  # it was used: others go before it
                return path
        except FileNotFoundError:
            return None
        path.unlink(missing_ok=True)
        return None

    def add(self, temporary: Path, sha256: str) -> Path:
        """Take a whole file in, whose hash is right, and make room for it. Raises `OSError`."""
        path, size = self.path(sha256), temporary.stat().st_size
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o444)
        os.utime(temporary)
        temporary.replace(path)
        with self._guard:
            self._size = (self._used() if self._size is None else self._size) + size
            if self._size > self.limit:
                self._make_room()
        return path

    def tidy(self) -> None:
        """Remove what was used longest ago until the rest fits."""
        self.incoming.sweep()
        with self._guard:
            self._make_room()

    def used(self) -> int:
        """Bytes of all copies."""
        with self._guard:
            return self._used()

    @contextmanager
    def lent(self, path: Path) -> Iterator[None]:
        """No process of this machine removes the copy within the block. Raises `FileNotFoundError`: it just went."""
        with _marked(path):
            if not path.exists():  # between its hash and our mark
                raise FileNotFoundError(path)
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """No process of this machine removes any copy within the block."""
        self.root.mkdir(parents=True, exist_ok=True)
        mark = self.root / ".held"
        mark.touch()
        with _marked(mark):
            yield

    def _used(self) -> int:
        return sum(kept.size for kept in self._kept())

    def _kept(self) -> Iterator[_Kept]:
        for path in self.root.glob("??/*"):
            with suppress(OSError):  # another process made room meanwhile
                found = path.stat()
                yield _Kept(path, found.st_size, found.st_mtime)

    def _make_room(self) -> None:
        """Remove copies that nobody uses, the longest unused first."""
        found = sorted(self._kept(), key=lambda kept: kept.used)
        size = sum(kept.size for kept in found)
        wanted = self.limit if size <= self.limit else int(self.limit * LOW_WATER)
        if size > wanted:
            with _only_holder(self.root / ".held") as alone:
                for kept in found if alone else ():
                    if size <= wanted or time.time() - kept.used < RECENT:
                        break
                    size -= kept.size if _removed(kept.path) else 0
        self._size = size


def _removed(path: Path) -> bool:
    with _only_holder(path) as alone:
        if alone:
            with suppress(OSError):
                path.unlink()
                return True
    return False


@contextmanager
def _marked(path: Path) -> Iterator[None]:
    """Mark a file as in use, by a lock of the operating system: it is gone when its holder is killed."""
    with path.open("rb") as stream:
        _lock(stream, alone=False)
        yield


@contextmanager
def _only_holder(path: Path) -> Iterator[bool]:
    """Whether nobody else has this file marked; while the block runs, nobody can."""
    try:
        stream = path.open("rb")
    except OSError:
        yield not path.exists()
        return
    with stream:
        yield _lock(stream, alone=True)


def _lock(stream: IO[bytes], alone: bool) -> bool:
    """Whether the lock was got; waited for only when it is shared. Where the system has none, `RECENT` must do."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    except OSError:
        return False
    return True
