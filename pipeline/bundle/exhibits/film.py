"""The frames that stand for a video, taken from the original once more. A worker decodes it, never this process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from extractors.limits import Limits
from extractors.readers import video
from extractors.readers.draft import Input
from extractors.workers import Workers
from pipeline.bundle.case import Exhibit


class Projector:
    """Takes frames out of videos. Use as a context manager; the worker starts when the first video comes."""

    def __init__(self, scratch: Path) -> None:
        self._scratch, self._limits = scratch, Limits()
        self._workers: Workers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workers is not None:
            self._workers.__exit__(kind, error, trace)

    def frames(self, exhibit: Exhibit, most: int) -> list[Path]:
        """Pictures (JPEG) of the frames that stand for the video, in order, at most so many.

        Raises a DocumentError when it cannot be decoded.
        """
        self._workers = self._workers or Workers(1, self._limits)
        limits = replace(self._limits, pages=most + 1)
        source = Input(exhibit.original, exhibit.name, exhibit.media_type, self._scratch, limits)
        seconds = limits.seconds_for(exhibit.original.stat().st_size)
        future = self._workers.submit(_saved, source, exhibit.id, seconds=seconds, name=exhibit.name)
        return future.result()


def _saved(source: Input, stem: str) -> list[Path]:
    paths = []
    for number, frame in enumerate(video.frames(source)):
        path = source.scratch / f"{stem}-{number}.jpg"
        path.write_bytes(frame.jpeg)
        paths.append(path)
    return paths
