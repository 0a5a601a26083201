"""A profile: how bundles look for one kind of tribunal. All of it is data, one YAML file each in `profiles/`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.word_lists import word_list
from pipeline.bundle.errors import UnknownProfile
from pipeline.bundle.numbering import Number

_FOLDER = Path(__file__).with_name("profiles")
_ROMAN = {"m": 1000, "cm": 900, "d": 500, "cd": 400, "c": 100, "xc": 90, "l": 50, "xl": 40, "x": 10}
_ROMAN |= {"ix": 9, "v": 5, "iv": 4, "i": 1}


@dataclass(frozen=True)
class Profile:
    """The words and measures of a profile; lengths in points, `dpi` dots per inch. `prefix` stands before numbers."""

    name: str
    language: str
    paper: tuple[float, float]
    dpi: int
    words: dict[str, Any]
    prefix: str = ""

    @property
    def order(self) -> str:
        """The order of its documents, where none is asked for."""
        return str(self.words["order"])

    @property
    def counts_front(self) -> bool:
        """Whether the pages in front are counted with the others; if not they have Roman numbers of their own."""
        return bool(self.words["numbers"]["front"] == "counted")

    @property
    def inserts(self) -> bool:
        """Whether late documents are inserted in their place (88-1), or come at the end."""
        return bool(self.words["numbers"]["late"] == "inserted")

    @property
    def bates(self) -> bool:
        """Whether numbers have a prefix."""
        return "digits" in self.words["numbers"]

    @property
    def fills(self) -> bool:
        """Whether numbers kept free have a page each, so that page numbers stay those of the PDF."""
        return self.counts_front

    def has_sheet(self, leaves: int) -> bool:
        """Whether a document with so many pages gets a sheet in front."""
        return self.words["sheets"] == "every" or leaves == 0

    @property
    def extras(self) -> frozenset[str]:
        """What it adds to the bundle: `evidence-list`, `load-files`."""
        return frozenset(self.words.get("extras", ()))

    def label(self, number: Number) -> str:
        """A page's number as it is printed."""
        width = int(self.words["numbers"].get("digits", 0))
        joined = "-".join(f"{part:0{width}}" for part in number)
        return f"{self.prefix}-{joined}" if self.prefix else joined

    def front_label(self, number: int) -> str:
        """The number of a page in front as it is printed."""
        return self.label((number,)) if self.counts_front else roman(number)

    def word(self, path: str, **values: object) -> str:
        """The words at `index.heading`, with `{n}` and the like filled in."""
        found: Any = self.words
        for key in path.split("."):
            found = found[key]
        return str(found).format(**values) if values else str(found)

    def named(self, group: str, key: str) -> str:
        """The word for a kind, a role and so on; one that the profile does not know stands as it is."""
        return str(self.words[group].get(key, key.replace("_", " ").capitalize()))

    def date(self, value: datetime.date | None, end: datetime.date | None = None) -> str:
        """The date, or the range of dates, in words."""
        if value is None:
            return self.word("undated")
        start = self.word("date", day=value.day, month=self.words["months"][value.month - 1], year=value.year)
        return start if end is None or end == value else self.word("range", start=start, end=self.date(end))

    def time(self, value: datetime.datetime) -> str:
        """The moment in words, UTC."""
        at = value.astimezone(datetime.UTC)
        month = self.words["months"][at.month - 1]
        return self.word("time", day=at.day, month=month, year=at.year, hour=at.hour, minute=at.minute)


def roman(number: int) -> str:
    """The number in small Roman numerals."""
    found = ""
    for letters, value in _ROMAN.items():
        found += letters * (number // value)
        number %= value
    return found


def names() -> list[str]:
    """The profiles that there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def profile(name: str) -> Profile:
    """The profile of that name. Raises UnknownProfile."""
    if name not in names():
        raise UnknownProfile(f"There is no bundle profile {name!r}; there are: {', '.join(names())}.")
    words = _read(name)
    wide, high = words["paper"]
    return Profile(name, words["language"], (float(wide), float(high)), int(words["dpi"]), words)


def _read(name: str) -> dict[str, Any]:
    """The profile's data, over that of the profile that it extends."""
    own: dict[str, Any] = word_list(_FOLDER / f"{name}.yaml")
    return _over(_read(own["extends"]), own) if "extends" in own else own


def _over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _over(base[key], own[key])
        for key in base.keys() & own.keys()
        if isinstance(base[key], dict) and isinstance(own[key], dict)
    }
    return {**base, **own, **both}
