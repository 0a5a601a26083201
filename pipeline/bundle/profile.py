"""A profile: how bundles look for one kind of tribunal. All of it is data, one YAML file each in `profiles/`."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.word_lists import word_list
from pipeline.bundle.errors import UnknownProfile

_FOLDER = Path(__file__).with_name("profiles")


@dataclass(frozen=True)
class Profile:
    """The words and measures of a profile; lengths in points, `dpi` dots per inch."""

    name: str
    language: str
    paper: tuple[float, float]
    dpi: int
    words: dict[str, Any]

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


def names() -> list[str]:
    """The profiles that there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def profile(name: str) -> Profile:
    """The profile of that name. Raises UnknownProfile."""
    if name not in names():
        raise UnknownProfile(f"There is no bundle profile {name!r}; there are: {', '.join(names())}.")
    words = word_list(_FOLDER / f"{name}.yaml")
    wide, high = words["paper"]
    return Profile(name, words["language"], (float(wide), float(high)), int(words["dpi"]), words)
