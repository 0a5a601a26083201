"""Where files lie while they are copied: each named for its process, so that no one removes what another is copying."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.processes import lives

ABANDONED = 24 * 3600.0
"""Seconds without a byte written after which a copy is taken for given up, whoever began it."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@cache
def here() -> str:
    """This machine as it runs now: two of one name, or one before and after a start, are not taken for each other."""
    try:
        boot = _BOOT.read_text(encoding="ascii").strip()[:8]
    except (OSError, UnicodeError):
        boot = "0"
    return f"{socket.gethostname()}-{boot}"


@dataclass(frozen=True, slots=True)
class Incoming:
    """The folder `.incoming` beside originals, on the same disk: a finished copy is moved from it in one step."""

    root: Path

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """A new file for a copy; it is gone when the block ends, unless it was moved away."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.root, prefix=f"{here()}-{os.getpid()}-")
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove the copies of processes that are gone, and those of other machines that nobody goes on with."""
        if not self.root.is_dir():
            return
        for left in self.root.iterdir():
            with suppress(OSError):  # its owner was quicker
                if _is_dead(left.name) or time.time() - left.stat().st_mtime > ABANDONED:
                    left.unlink()


def _is_dead(name: str) -> bool:
    """Whether a process of this machine left it and is gone; of other machines nobody here can tell."""
    host, _, pid = name.rpartition("-")[0].rpartition("-")
    return host == here() and pid.isdecimal() and lives(int(pid)) is False
