"""An OPT file: which image shows which page."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pipeline.loadfile.dat import decoded
from pipeline.loadfile.errors import LoadFileUnreadable

_COLUMNS = 4
"""A line has seven fields; number, volume, path and the mark of a document's first page are those that matter."""


@dataclass(frozen=True, slots=True)
class Image:
    """A page's number and the path of its image; `begins`: a document begins here."""

    number: str
    path: str
    begins: bool


def read_opt(path: Path) -> list[Image]:
    """The lines of an OPT file. Raises LoadFileUnreadable."""
    try:
        rows = list(csv.reader(decoded(path).splitlines()))
    except csv.Error as error:
        raise LoadFileUnreadable(f"{path.name}: {error}") from error
    found = []
    for line, values in enumerate(rows, 1):
        if not values:
            continue
        if len(values) < _COLUMNS:
            raise LoadFileUnreadable(f"{path.name}, line {line}: has {len(values)} fields, not seven.")
        found.append(Image(values[0].strip(), values[2].strip(), values[3].strip().upper() == "Y"))
    return found


def by_document(images: list[Image]) -> dict[str, list[Image]]:
    """The images of each document by the number of its first page."""
    found: dict[str, list[Image]] = {}
    first = ""
    for image in images:
        if image.begins or not first:
            first = image.number
        found.setdefault(first, []).append(image)
    return found
