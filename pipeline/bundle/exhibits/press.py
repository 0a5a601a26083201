"""The press collects the exhibits' pages in a few files, so that a large bundle needs little memory and few files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pikepdf

from pipeline.bundle.paper import Paper
from pipeline.bundle.plan import Slice

_PARTS = 64
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


class Press:
    """Volumes of taken-over pages, and files of pages set from text, in a scratch folder.

    A slice can be read once `close` was called. Several texts share a file, and so its embedded fonts.
    """

    def __init__(self, scratch: Path, paper: tuple[float, float], run: Runner = here) -> None:
        self.scratch = scratch
        self.size = paper
        self.run = run
        self._files = 0
        self._volume: tuple[Path, pikepdf.Pdf] | None = None
        self._parts: list[tuple[Path, pikepdf.Pdf]] = []
        self._paper: tuple[Path, Paper] | None = None

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
        """Takes over all pages of a PDF file and removes it when they are safe."""
        path, volume = self._volume = self._volume or (self.fresh(), pikepdf.new())
        first = len(volume.pages)
        source = pikepdf.open(part)
        self._parts.append((part, source))
        volume.pages.extend(source.pages)
        taken = Slice(path, first, len(source.pages))
        if len(self._parts) >= _PARTS or len(volume.pages) >= _PAGES:
            self._close_volume()
        return taken

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
        self._close_volume()
        self._close_paper()

    def _close_volume(self) -> None:
        if self._volume is None:
            return
        path, volume = self._volume
        volume.save(path, deterministic_id=True)
        volume.close()
        for part, source in self._parts:
            source.close()
            part.unlink()
        self._volume, self._parts = None, []

    def _close_paper(self) -> None:
        if self._paper is not None and self._paper[1].page:
            self._paper[1].save()
        self._paper = None
