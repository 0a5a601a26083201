"""The bundle as manifest.json tells of it: which pages there are, what they print, in which volume they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.bundle.checks.recorded import manifest_of

SECTIONS = ("title", "index", "chronology", "changes")


class Stated(NamedTuple):
    """A volume: its file in the bundle, its hash, the first and last of its pages, counted through all volumes."""

    file: str
    sha256: str
    first: int
    last: int


@dataclass(frozen=True)
class Book:
    """What the manifest states. A bundle of one volume, made before there were more, states its file and sections."""

    manifest: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> Book:
        """The book of the bundle in a folder. Raises OSError or ValueError when its manifest cannot be read."""
        return cls(manifest_of(folder))

    @cached_property
    def volumes(self) -> list[Stated]:
        bundle = self.manifest["bundle"]
        if "volumes" not in bundle:
            return [Stated(str(bundle["file"]), str(bundle["sha256"]), 1, int(bundle["pages"]))]
        told = bundle["volumes"]
        return [Stated(str(v["file"]), str(v["sha256"]), int(v["first"]), int(v["last"])) for v in told]

    @property
    def is_early(self) -> bool:
        """Whether it was made before bundles had labels, volumes and ways back."""
        return "front" not in self.manifest["bundle"]

    @property
    def pages(self) -> int:
        return int(self.manifest["bundle"]["pages"])

    @property
    def documents(self) -> list[dict[str, Any]]:
        return list(self.manifest["documents"])

    @property
    def withdrawn(self) -> list[dict[str, Any]]:
        return list(self.manifest.get("withdrawn", []))

    @cached_property
    def front(self) -> dict[str, list[int]]:
        """The pages of each section in front."""
        bundle = self.manifest["bundle"]
        if "front" in bundle:
            return {
                name: [int(page) for page in bundle["front"].get(name, [])] for name in (*SECTIONS, "blank")
            }
        at = bundle["sections"]
        ends = (at["index"], at["chronology"], at["documents"])
        starts = (at["title"], at["index"], at["chronology"])
        return {name: list(range(a, b)) for name, a, b in zip(SECTIONS, starts, ends, strict=False)}

    @cached_property
    def labels(self) -> dict[int, str]:
        """What each page prints, as far as the manifest states it."""
        bundle = self.manifest["bundle"]
        if self.is_early:
            return {page: str(page) for page in range(1, self.pages + 1)}
        found = {int(page): str(label) for page, label in bundle["front"]["labels"].items()}
        for document in self.documents:
            first = document["pages"]["tab"]
            found |= {first + at: str(label) for at, label in enumerate(document["numbers"])}
        for gap in self.withdrawn:
            found |= _gap_labels(gap)
        return found

    def volume_at(self, page: int) -> int | None:
        """The number (from 1) of the volume that holds a page."""
        return next((n for n, v in enumerate(self.volumes, 1) if v.first <= page <= v.last), None)

    def where(self, page: int) -> str:
        """Where a page of the bundle is found: file and place."""
        number = self.volume_at(page)
        if number is None:
            return f"data/manifest.json, page {page}"
        volume = self.volumes[number - 1]
        return f"{volume.file}, page {page - volume.first + 1}"

    def file_place(self, file: str, at: int) -> int | None:
        """The page that stands in place `at` (from 0) of a volume's file, named as links name it."""
        volume = next((v for v in self.volumes if v.file == f"data/{file}"), None)
        if volume is None or not 0 <= at <= volume.last - volume.first:
            return None
        return volume.first + at


def _gap_labels(gap: dict[str, Any]) -> dict[int, str]:
    """What the pages of numbers kept free print: each its own, or one page the first of them."""
    first, last = int(gap["pages"]["first"]), int(gap["pages"]["last"])
    label = str(gap["numbers"]["first"])
    if first == last:
        return {first: label}
    return {page: str(int(label) + page - first) for page in range(first, last + 1)}
