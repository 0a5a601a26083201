"""Checklists: one YAML file per type of claim with the evidence by which its events, and it as a whole, are proved.

A workspace may have its own in its folder `checklists/`, under the name of a type (it then takes its place) or
under any other, which a claim's register names (`checklist`). A file holds:

- `each_event`: groups of kinds (`any_of`), one of each of which every event needs;
- `documents`: what is looked for by name: `item`, `name` and `todo` (`en` and `zh`), `per` (`event` or `claim`),
  `any_of` (kinds), and as far as they are given: `when` (only for events, or claims with an event, whose title,
  description or keywords have one of these words), `words` (one of them stands in the document's name, title or head),
  `before_event` (or it is dated on the event's first day or before it), `step` (or it takes this step of the notice
  rules, such as `notice`), `not_words` (what its head must not say).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from extractors.document import is_han
from extractors.kinds.cues import KINDS
from index.words import fold
from pipeline.claims import Event
from pipeline.errors import ChecklistError
from pipeline.evidence import Summary
from pipeline.notices import steps
from pipeline.yaml_text import loaded

_FOLDER = Path(__file__).parent
_OTHER = re.compile(r"[\W_]+")
HEAD = 600
"""Characters of a document in which it says what it is."""


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of document; kinds: {', '.join(KINDS)}")
    return kind


def _known_step(key: str) -> str:
    if key not in steps():
        raise ValueError(f"{key!r} is no step; steps: {', '.join(steps())}")
    return key


Kinds = Annotated[tuple[Annotated[str, BeforeValidator(_known)], ...], Field(min_length=1)]
Text = Annotated[str, Field(min_length=1)]
Step = Annotated[str, BeforeValidator(_known_step)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Entry):
    """Words for people in both languages."""

    en: Text
    zh: Text

    def in_language(self, language: str) -> str:
        """English unless `zh` is wanted."""
        return self.zh if language == "zh" else self.en


class Words(_Entry):
    """Words to look for in both languages."""

    en: tuple[Text, ...] = ()
    zh: tuple[Text, ...] = ()

    def are_in(self, text: str) -> bool:
        """Whether one of them stands in a folded text: Han anywhere, others as whole words, also in the plural."""
        plain = f" {' '.join(_OTHER.sub(' ', text).split())} "
        return any(form in plain for form in self._forms)

    @cached_property
    def _forms(self) -> tuple[str, ...]:
        """What is looked for in a text of words with single spaces, before the first and after the last one too."""
        return tuple(form for word in (*self.en, *self.zh) for form in _forms(fold(word)))


class Group(_Entry):
    """Kinds of document of which an event needs one."""

    any_of: Kinds


class Item(_Entry):
    """A document that is looked for by name."""

    item: Text
    name: Wording
    todo: Wording
    any_of: Kinds
    per: Literal["event", "claim"] = "event"
    when: Words | None = None
    words: Words | None = None
    not_words: Words | None = None
    before_event: bool = False
    step: Step | None = None

    def applies(self, events: Iterable[Event]) -> bool:
        """Whether one of these events calls for it."""
        return self.when is None or any(self.when.are_in(_about(event)) for event in events)

    def is_(self, summary: Summary, text: str, first_day: datetime.date | None) -> bool:
        """Whether a document is what is looked for, by its summary and the beginning of its text;
        `first_day` is that of the event, or of the claim's first one. `step` is not looked at."""
        if summary.kind not in self.any_of:
            return False
        head = fold(f"{summary.name} {summary.title or ''} {text[:HEAD]}")
        if self.not_words is not None and self.not_words.are_in(head):
            return False
        if self.before_event and summary.kind == self.any_of[0] and _is_by(summary.date, first_day):
            return True
        return self.words.are_in(head) if self.words is not None else not self.before_event


class Checklist(_Entry):
    """What the evidence of a claim is to hold."""

    each_event: tuple[Group, ...] = ()
    documents: tuple[Item, ...] = ()


def checklist(name: str, own: Path | None = None) -> Checklist:
    """The checklist of that name: of the workspace's folder `own`, else the one that comes with the program.

    Raises `ChecklistError` for one that is not there or has a fault.
    """
    if own is not None and (path := own / f"{name}.yaml").is_file():
        return _read(path)
    if name not in names():
        raise ChecklistError(
            f"There is no checklist {name!r}.", f"Put {name}.yaml into the workspace's checklists."
        )
    return _built_in(name)


def names() -> list[str]:
    """The checklists that come with the program."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def _built_in(name: str) -> Checklist:
    return _read(_FOLDER / f"{name}.yaml")


def _read(path: Path) -> Checklist:
    try:
        return Checklist.model_validate(loaded(path.read_text(encoding="utf-8-sig")) or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        told = first["msg"].removeprefix("Value error, ")
        raise ChecklistError(f"checklists/{path.name}: {where}: {told}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ChecklistError(f"checklists/{path.name} cannot be read: {error}") from error


def _about(event: Event) -> str:
    return fold(" ".join((event.title, event.description, *event.keywords)))


def _is_by(day: datetime.date | None, last: datetime.date | None) -> bool:
    return day is not None and last is not None and day <= last


def _forms(word: str) -> tuple[str, ...]:
    if is_han(word[0]):
        return (word,)
    whole = " ".join(word.split())
    return f" {whole} ", f" {whole}s "
