"""The words of a paper: a YAML file for each sort of paper, with the same keys for every language.

A file has for each language its sentences, and under `names` what roles, kinds, steps and the like are called; under
`phrases` pairs of a pattern and what it becomes, for words of the rules that are kept in one language only.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pipeline.evidence import Evidence
from pipeline.papers.paper import Labels, told
from pipeline.wording import vocabulary

LANGUAGES = ("en", "zh")
_COMMON = Path(__file__).with_name("common.yaml")


class Words:
    """The sentences of one paper in one language; those that papers share stand in `common.yaml`."""

    def __init__(self, file: Path, language: str) -> None:
        self.language = language
        self._own: dict[str, Any] = vocabulary(file)[language]
        self._common: dict[str, Any] = vocabulary(_COMMON)[language]

    def __call__(self, key: str, **values: object) -> str:
        """A sentence with its values in place; a value makes no blank."""
        text = str(self._own[key] if key in self._own else self._common[key])
        return text.format(**{name: told(value) for name, value in values.items()}) if values else text

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self._own or key in self._common

    def name(self, key: str) -> str:
        """What a role, kind, step or status is called."""
        names: dict[str, str] = {**self._common.get("names", {}), **self._own.get("names", {})}
        return names.get(key, key.replace("_", " "))

    def title(self, key: str) -> str:
        """The same with a capital, for the beginning of a sentence or a cell."""
        name = self.name(key)
        return name[:1].upper() + name[1:]

    def called(self, found: Evidence) -> str:
        """What a document is called: its title, else its kind and the name of its file."""
        about = found.summary
        return about.title or self("untitled", kind=self.title(about.kind), name=about.name)

    def phrase(self, text: str) -> str | None:
        """Words of a rule in this language; None where they are only known in the other one."""
        pairs: list[list[str]] = self._common.get("phrases", [])
        for pattern, made in pairs:
            if (found := re.fullmatch(pattern, text)) is not None:
                return found.expand(made)
        return None

    def clause(self, text: str) -> str:
        """How a clause is cited in this language: Sub-Clause 20.1 is 第20.1款."""
        pairs: list[list[str]] = self._common.get("clauses", [])
        for pattern, made in pairs:
            text = re.sub(pattern, made, text)
        return text

    def days(self, start: object, end: object) -> str:
        """A day, or the first and the last of several."""
        return self("range", start=start, end=end) if end else told(start)

    def labels(self) -> Labels:
        """What the forms need."""
        return Labels(self("unsourced"), self("none"), self("contents"), str(self._common["page"]))
