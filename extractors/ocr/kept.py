"""Readings that were made before, kept by what they depend on, so that reading a page again costs nothing.

A reading depends on the picture, the engines and their versions, the languages, the mode and the policy. Whatever of
it changes gives another key. What is kept is derived: deleting it is safe.
"""

from __future__ import annotations

import contextlib
import datetime
import gzip
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.document import Box
from extractors.ocr.engine import Line, OcrImage, PageReading, Recognised

READINGS = "readings"
"""Name of the folder of kept readings among what pages that are read share."""
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Kept:
    """Kept readings in `folder`; `depends` names what they depend on beside the picture."""

    folder: Path
    depends: Sequence[str]

    def find(self, image: OcrImage) -> PageReading | None:
        """The reading that was kept of a picture with these bytes; None when there is none that is whole."""
        try:
            path = self._path(image)
            with gzip.open(path, "rt", encoding="utf-8") as stored:
                found = _decoded(json.load(stored))
            with contextlib.suppress(OSError):
                os.utime(path)  # it was of use today: see `forget_unused`
            return found
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            return None

    def keep(self, image: OcrImage, reading: PageReading) -> None:
        """Keeps a reading. What cannot be written is read again another time: no error."""
        path = self._path(image)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            with (
                os.fdopen(handle, "wb") as out,
                gzip.open(out, "wt", encoding="utf-8", compresslevel=4) as packed,
            ):
                json.dump(_encoded(reading), packed, ensure_ascii=False, separators=(",", ":"))
            Path(temporary).replace(path)

    def _path(self, image: OcrImage) -> Path:
        key = hashlib.sha256("\0".join((*self.depends, f"{image.dpi:.1f}", "")).encode())
        with image.path.open("rb") as picture:
            while chunk := picture.read(_CHUNK):
                key.update(chunk)
        name = key.hexdigest()
        return self.folder / name[:2] / f"{name}.json.gz"


def forget_unused(folder: Path, since: datetime.datetime) -> int:
    """Delete the readings kept in `folder` that nobody asked for since then (an engine of before, a page of a document
    long settled), and what an interrupted run left; returns how many."""
    old = [path for path in folder.glob("*/*") if _last_used(path) < since.timestamp()]
    for path in old:
        with contextlib.suppress(OSError):
            path.unlink()
    return len(old)


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime if path.is_file() else math.inf
    except OSError:
        return math.inf


def _encoded(reading: PageReading) -> dict[str, Any]:
    lines = [
        [[w, *(round(v, 5) for v in _sides(b)), _rounded(c)] for w, b, c in line]
        for line in reading.found.lines
    ]
    return {"engine": reading.engine, "reasons": reading.reasons, "lines": lines}


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _rounded(confidence: float | None) -> float | None:
    return None if confidence is None else round(confidence, 4)


def _decoded(stored: dict[str, Any]) -> PageReading:
    lines: list[Line] = [
        tuple((str(w), Box(x0, y0, x1, y1), c) for w, x0, y0, x1, y1, c in line) for line in stored["lines"]
    ]
    return PageReading(Recognised(tuple(lines)), str(stored["engine"]), tuple(map(str, stored["reasons"])))
