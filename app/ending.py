"""How a program that runs until it is stopped is told to end."""

from __future__ import annotations

import signal
from types import FrameType


class Stopped(KeyboardInterrupt):
    """By SIGTERM, which is how services are stopped, not by Ctrl-C."""


def end_when_told() -> None:
    """Have SIGTERM, by which services are stopped, end the program as Ctrl-C does: what was finished is kept."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Stopped
