"""Citing pages: by the page of the claim's bundle where the document went out in one, else by exhibit and page."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.errors import UsageError
from pipeline.matter import Matter
from pipeline.papers.paper import Citation
from pipeline.papers.words import Words
from pipeline.records import matters
from pipeline.timestamps.bag import bundle_file

PDF = "data/bundle.pdf"


@dataclass(frozen=True)
class Bundled:
    """A bundle that was handed over: what it is called, its profile and day, and by what each page goes in it.

    `numbers`: document -> the numbers of its pages, from the first. `positions`: the same in pages of the PDF. `path`
    is where it lies, where that is known.
    """

    name: str
    profile: str
    made_at: str
    numbers: Mapping[str, Sequence[str]]
    positions: Mapping[str, Sequence[int]]
    path: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """As the records keep it; without its place, since a workspace holds no foreign path."""
        return {
            "bundle": self.name,
            "profile": self.profile,
            "made_at": self.made_at,
            "numbers": {key: list(value) for key, value in self.numbers.items()},
            "positions": {key: list(value) for key, value in self.positions.items()},
        }


def bundle_at(path: Path) -> Bundled:
    """The bundle that lies here, a folder or its zip. Raises `UsageError`."""
    try:
        told = json.loads(bundle_file(path, "data/manifest.json"))
        name = path.name.removesuffix(".zip")
        return bundled(told, name, path)
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{path} has no manifest.json that can be read.", "Name a bundle that export made."
        ) from error


def bundled(manifest: Mapping[str, Any], name: str, path: Path | None = None) -> Bundled:
    """What a bundle's manifest.json says of its pages. Raises `KeyError` and the like for what is none."""
    shown = [found for found in manifest["documents"] if found["page_map"]]
    return Bundled(
        name=name,
        profile=str(manifest["profile"]),
        made_at=str(manifest["made_at"]),
        numbers={str(d["id"]): [str(n) for n in d.get("page_labels") or d["page_map"]] for d in shown},
        positions={str(d["id"]): [int(n) for n in d["page_map"]] for d in shown},
        path=path,
    )


def last_bundle(matter: Matter, claim: str) -> Bundled | None:
    """The bundle of a claim that was handed over last, as the records tell of it."""
    with matter.reading() as tx:
        told = matters.last_run(tx, "export", claim)
    if told is None or "numbers" not in told:
        return None
    return Bundled(told["bundle"], told["profile"], told["made_at"], told["numbers"], told["positions"])


@dataclass(frozen=True)
class Citer:
    """Cites pages for one paper. `exhibits` numbers its documents; `beside` is the folder for the paper."""

    words: Words
    exhibits: Mapping[str, int]
    bundle: Bundled | None = None
    beside: Path | None = None

    def __call__(self, doc: str, page: int) -> Citation:
        """The citation of a page."""
        anchor = f"#exhibit-{self.exhibits[doc]}"
        numbers = self.bundle.numbers.get(doc, ()) if self.bundle else ()
        if self.bundle is None or not 1 <= page <= len(numbers):
            return Citation(self.words("cite_exhibit", number=self.exhibits[doc], page=page), anchor)
        text = self.words("cite_bundle", page=numbers[page - 1])
        return Citation(text, self._place(self.bundle, doc, page) or anchor)

    def _place(self, bundle: Bundled, doc: str, page: int) -> str | None:
        """A link from the paper to the page in the bundle's PDF, where it is a folder whose place is known."""
        if bundle.path is None or self.beside is None or not (bundle.path / PDF).is_file():
            return None
        way = os.path.relpath(bundle.path / PDF, self.beside)
        return f"{quote(Path(way).as_posix())}#page={bundle.positions[doc][page - 1]}"
