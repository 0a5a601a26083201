"""Pictures and files that an Office file carries inside become its children."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractors.errors import Corrupt
from extractors.readers.children import ChildStore
from extractors.readers.draft import Child
from extractors.readers.ooxml import Package, is_raster

SMALLEST_PICTURE = 20_000
"""Bytes below which a picture in a document is taken for a logo or an ornament."""
EMBEDDED_KINDS = ("image", "package", "aFChunk", "oleObject")
"""Relations to pictures, whole files, text in another format, and objects of other programs (only counted)."""
MOST = 200
"""Children of one Office file."""


@dataclass(frozen=True)
class Embedded:
    """The children, and notes on what was left out."""

    children: tuple[Child, ...]
    notes: tuple[str, ...]


def take_embedded(package: Package, parts: Iterable[tuple[str, str]], store: ChildStore) -> Embedded:
    """Writes the pictures and files among `parts`, pairs of a relation's kind and a part's name, to the store."""
    notes: list[str] = []
    left_out = 0
    for kind, name in dict.fromkeys(parts):
        try:
            content = _wanted(package, kind, name)
        except Corrupt as error:
            notes.append(error.message)
            continue
        if content is None or len(store.children) >= MOST:
            left_out += 1
        else:
            store.keep(name.rpartition("/")[2], content)
    if left_out:
        notes.append(f"{left_out} small, repeated or drawn pictures and objects were left out")
    return Embedded(tuple(store.children), tuple(notes))


def _wanted(package: Package, kind: str, name: str) -> bytes | None:
    if kind in ("package", "aFChunk"):
        return package.data(name)
    if kind == "oleObject" or package.size(name) < SMALLEST_PICTURE:
        return None
    content = package.data(name)
    return content if is_raster(content[:8]) else None
