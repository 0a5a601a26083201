"""Collecting: pages of many files in one, without holding what they show in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pikepdf

from extractors.workers import return_memory
from pipeline.bundle.plan import Slice

_AS_THEY_ARE = {
    "empty": "",
    "staticId": "",
    "decodeLevel": "none",
    "compressStreams": "n",
    "removeUnreferencedResources": "no",
}
"""Nothing is packed anew: who writes the last file does that once, and gives it its identity."""


def collect(slices: Iterable[Slice], out: Path) -> None:
    """Writes the pages of all slices, in order, to the file `out`.

    By qpdf's own job, which leaves the data of streams in their files until it writes them; pages that pikepdf takes
    from other files are held in memory with all of their pictures.
    """
    pages = [{"file": str(s.file), "range": f"{s.first + 1}-{s.first + s.count}"} for s in slices if s.count]
    pikepdf.Job({**_AS_THEY_ARE, "outputFile": str(out), "pages": pages}).run()
    return_memory()
