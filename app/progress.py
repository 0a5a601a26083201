"""How far a long command has come, on stderr: a bar in a terminal, else a plain line every few seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.output import message, word
from pipeline.pace import Pace, Progress, silent

LINE_SECONDS = 5.0
"""Seconds between two lines where stderr is no terminal; a command that is done sooner prints none."""
ITEM_LENGTH = 60
"""Characters of what is in hand that are shown."""


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """Yields what the pipeline tells its pace to."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield Lines().report


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[item]}", markup=False),
    )
    with Bar(*columns, console=Console(stderr=True), speed_estimate_period=120) as bar:
        task = bar.add_task(word("reading"), total=None, rate="", item="")
        stage = Stage()

        def report(pace: Pace) -> None:
            if stage.begins(pace):
                bar.reset(task, description=word(pace.what))
            shown: dict[str, Any] = {"rate": stage.rate(pace), "item": pace.item[-ITEM_LENGTH:]}
            bar.update(task, completed=pace.done, total=pace.of or None, **shown)

        yield report


class Stage:
    """Which stage is on, since when, and from what number."""

    def __init__(self) -> None:
        self._what, self._since, self._first = "", 0.0, 0

    def begins(self, pace: Pace) -> bool:
        """Whether a new stage begins with this."""
        if pace.what == self._what and pace.done >= self._first:
            return False
        self._what, self._since, self._first = pace.what, time.monotonic(), pace.done
        return True

    def per_second(self, pace: Pace) -> float:
        """How many were done in a second since the stage began; 0 when that cannot be told yet."""
        seconds = time.monotonic() - self._since
        return (pace.done - self._first) / seconds if seconds > 0 else 0.0

    def rate(self, pace: Pace) -> str:
        """The same in words: "3.2/s", or "4.0/min" for what is slow."""
        rate = self.per_second(pace)
        if not rate:
            return ""
        return f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"


class Lines:
    """Plain lines for logs: `Reading: 120 / 10000, 4.1/s, 0:40:10 left (mail 3.eml)`."""

    def __init__(self, seconds: float = LINE_SECONDS) -> None:
        self._seconds = seconds
        self._stage, self._guard = Stage(), threading.Lock()  # workers' pace is told from several threads
        self._next = time.monotonic() + seconds

    def report(self, pace: Pace) -> None:
        """Prints a line if the last one is long enough ago."""
        with self._guard:
            self._stage.begins(pace)
            if (now := time.monotonic()) < self._next:
                return
            self._next = now + self._seconds
            message(self._line(pace))

    def _line(self, pace: Pace) -> str:
        parts = [f"{word(pace.what)}: {pace.done} / {pace.of}"]
        if rate := self._stage.per_second(pace):
            left = round((pace.of - pace.done) / rate)
            parts += [
                self._stage.rate(pace),
                f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} {word('left')}",
            ]
        return ", ".join(parts) + (f" ({pace.item[-ITEM_LENGTH:]})" if pace.item else "")
