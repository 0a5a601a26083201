"""A progress bar on stderr; plain lines where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.output import message, word

Report = Callable[[str, str], None]


@contextmanager
def progress(quiet: bool = False) -> Iterator[Report]:
    """Yields what the pipeline calls with (what happened, path)."""
    if quiet:
        yield lambda _what, _path: None
    elif sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(word("reading"), total=0)
        counts = {"found": 0}

        def report(what: str, _path: str) -> None:
            if what == "found":
                counts["found"] += 1
                bar.update(task, total=counts["found"])
            elif what == "done":
                bar.advance(task)
            elif what != "finished":
                bar.update(task, description=word(what))

        yield report


def _lines() -> Report:
    counts = {"found": 0, "done": 0}

    def report(what: str, _path: str) -> None:
        if what in counts:
            counts[what] += 1
        if what == "done" and counts["done"] % 20 == 0:
            message(f"{word('reading')}: {counts['done']} / {counts['found']}")
        elif what not in (*counts, "finished"):
            message(word(what))

    return report
