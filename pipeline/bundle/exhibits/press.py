"""The press has exhibits printed, several at a time if it may, and keeps their pages in files until they are bound."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

import pikepdf

from extractors.workers import return_memory
from pipeline.bundle.paper import Paper
from pipeline.bundle.plan import Slice

_PAGES = 500
T = TypeVar("T")


class Runner(Protocol):
    """Runs `function(*args)` for a file of `size` bytes, known as `name`: here, or in a worker with limits.

    Raises what the function raises, and a DocumentError when the worker came to its limits or died.
    """

    def __call__(self, function: Callable[..., T], *args: Any, size: int, name: str) -> T: ...


def here(function: Callable[..., T], *args: Any, size: int, name: str) -> T:  # noqa: ARG001 - a Runner
    """The runner that runs it in this process."""
    return function(*args)


def _thrifty(function: Callable[..., T], *args: Any) -> T:
    """Runs the function in a worker that keeps nothing: several of them, and the binder, share the machine."""
    try:
        return function(*args)
    finally:
        return_memory()


class Press:
    """Printed exhibits, and files of pages set from text, in a scratch folder. Use as a context manager.

    A slice can be read once `close` was called. Several texts share a file, and so its embedded fonts. Up to `ahead`
    files are printed at a time, which needs a runner that runs them in workers.
    """

    def __init__(self, scratch: Path, paper: tuple[float, float], run: Runner = here, ahead: int = 1) -> None:
        self.scratch = scratch
        self.size = paper
        self.ahead = ahead
        self._run = run
        self._threads = ThreadPoolExecutor(ahead) if ahead > 1 else None
        self._files = 0
        self._paper: tuple[Path, Paper] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._threads:  # after an interrupt the workers are stopped by whoever started them
            self._threads.shutdown(wait=error is None or isinstance(error, Exception), cancel_futures=True)

    def started(self, work: Callable[[Runner], T]) -> Callable[[], T]:
        """Has the work begin, now or when its result is asked for; returns what waits for the result.

        The work may run several functions one after the other, by the runner that it is given.
        """
        if self._threads is None:
            return lambda: work(self._run)
        running: Future[T] = self._threads.submit(work, self._thrifty)
        return running.result

    def _thrifty(self, function: Callable[..., T], *args: Any, size: int, name: str) -> T:
        result: T = self._run(_thrifty, function, *args, size=size, name=name)
        return result

    def fresh(self, suffix: str = ".pdf") -> Path:
        """The path of a new file in the scratch folder."""
        self._files += 1
        return self.scratch / f"{self._files:06}{suffix}"

    def folder(self) -> Path:
        """A new folder in the scratch folder."""
        made = self.fresh("")
        made.mkdir()
        return made

    def take(self, part: Path) -> Slice:
        """All pages of a PDF file that was printed, as they are bound later."""
        with pikepdf.open(part) as printed:
            return Slice(part, 0, len(printed.pages))

    def text(self) -> tuple[Path, Paper]:
        """The file on which text is being set."""
        if self._paper and self._paper[1].page >= _PAGES:
            self._close_paper()
        if self._paper is None:
            path = self.fresh()
            self._paper = path, Paper(path, self.size)
        return self._paper

    def close(self) -> None:
        """Writes what is still open."""
        self._close_paper()

    def _close_paper(self) -> None:
        if self._paper is not None and self._paper[1].page:
            self._paper[1].save()
        self._paper = None
