"""Pictures and files that an Office file carries inside become its children."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from extractors.errors import Corrupt
from extractors.readers.children import ChildStore
from extractors.readers.compound import files_of_object
from extractors.readers.draft import Child
from extractors.readers.ooxml import Package, is_raster

SMALLEST_PICTURE = 20_000
"""Bytes below which a picture in a document is taken for a logo or an ornament."""
EMBEDDED_KINDS = ("image", "package", "aFChunk", "oleObject")
"""Relations to pictures, whole files, text in another format, and objects of other programs."""
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
            files = _wanted(package, kind, name)
        except Corrupt as error:
            notes.append(error.message)
            continue
        room = MOST - len(store.children)
        left_out += not files or len(files) > room
        for told, content in files[:room]:
            store.keep(told, content)
    if left_out:
        notes.append(f"{left_out} small, repeated or drawn pictures and objects were left out")
    return Embedded(tuple(store.children), tuple(notes))


def _wanted(package: Package, kind: str, name: str) -> list[tuple[str, bytes]]:
    """(name, bytes) of the files that a part is or holds; none for what is small or only drawn."""
    own = name.rpartition("/")[2]
    if kind == "oleObject":
        told = own.partition(".")[0]
        found = files_of_object(package.data(name))
        return [(told if given == "embedded" else given, content) for given, content in found]
    if kind in ("package", "aFChunk"):
        return [(own, package.data(name))]
    content = package.data(name) if package.size(name) >= SMALLEST_PICTURE else b""
    return [(own, content)] if is_raster(content[:8]) else []
