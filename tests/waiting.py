"""Waiting in tests: for what comes in its time, however busy the machine is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 90.0
"""Seconds after which something is not coming any more: what takes one second here takes many on a busy machine."""


def soon(reached: Callable[[], object], seconds: float = PATIENCE) -> bool:
    """Whether it is reached, at the latest after so many seconds."""
    until = time.monotonic() + seconds
    while not (found := reached()) and time.monotonic() < until:
        time.sleep(0.05)
    return bool(found or reached())


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and was not asked for yet does not."""
    try:
        if not Path("/proc/self").exists():
            os.kill(process, 0)
            return True
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
