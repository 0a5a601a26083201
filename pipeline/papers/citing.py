"""Citing pages: by the page of the claim's bundle where the document went out in one, else by exhibit and page."""

from __future__ import annotations

import json
import os
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

    `numbers`: document -> the numbers of its pages as printed, from the first. `places`: the same as (file, page
    of that PDF), since a bundle may have volumes. `path` is where it lies, where that is known.
    """

    name: str
    profile: str
    made_at: str
    numbers: Mapping[str, Sequence[str]]
    places: Mapping[str, Sequence[tuple[str, int]]]
    path: Path | None = None

    def as_json(self) -> dict[str, Any]:
        """As the records keep it; without its place, since a workspace holds no foreign path."""
        return {
            "bundle": self.name,
            "profile": self.profile,
            "made_at": self.made_at,
            "numbers": {key: list(value) for key, value in self.numbers.items()},
        }


def bundle_at(path: Path) -> Bundled:
    """The bundle that lies here, a folder or its zip. Raises `UsageError`."""
    try:
        told = json.loads(bundle_file(path, "data/manifest.json"))
        name = path.name.removesuffix(".zip")
        return bundled(told, name, path)
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration) as error:
        raise UsageError(
            f"{path} has no manifest.json that can be read.", "Name a bundle that export made."
        ) from error


def bundled(manifest: Mapping[str, Any], name: str, path: Path | None = None) -> Bundled:
    """What a bundle's manifest.json says of its pages. Raises `KeyError` and the like for what is none."""
    shown = [found for found in manifest["documents"] if found["page_map"]]
    volumes = manifest["bundle"].get("volumes") or [
        {"file": PDF, "first": 1, "last": manifest["bundle"]["pages"]}
    ]
    return Bundled(
        name=name,
        profile=str(manifest["profile"]),
        made_at=str(manifest["made_at"]),
        numbers={str(found["id"]): _printed(found) for found in shown},
        places={str(found["id"]): [_place(volumes, page) for page in found["page_map"]] for found in shown},
        path=path,
    )


def _printed(document: Mapping[str, Any]) -> list[str]:
    """What the pages of a document have printed on them: their place in the bundle, or the numbers of its profile,
    which begin with the tab's own sheet."""
    numbers, sheet = document.get("numbers"), document["pages"]["tab"]
    return [str(numbers[page - sheet] if numbers else page) for page in document["page_map"]]


def _place(volumes: Sequence[Mapping[str, Any]], page: int) -> tuple[str, int]:
    """The file in which a page of the bundle lies, and its number there."""
    volume = next(found for found in volumes if found["first"] <= page <= found["last"])
    return str(volume["file"]), page - int(volume["first"]) + 1


def last_bundle(matter: Matter, claim: str) -> Bundled | None:
    """The bundle of a claim that was handed over last, as the records tell of it."""
    with matter.reading() as tx:
        ended = (told for told in matters.ended_runs(tx, "export") if told.get("claim") == claim)
        told = next((told for told in ended if "bundle" in told), None)
    if told is None:
        return None
    return Bundled(told["bundle"], told["profile"], told["made_at"], told["numbers"], {})


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
        if bundle.path is None or self.beside is None:
            return None
        file, number = bundle.places[doc][page - 1]
        if not (bundle.path / file).is_file():
            return None
        way = os.path.relpath(bundle.path / file, self.beside)
        return f"{quote(Path(way).as_posix())}#page={number}"
