"""From a page to the terms under which it is found: the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TypeAlias

from index import spacing, words
from index.entry import PageEntry
from index.fields import KEYWORD_FIELDS, normal

Terms: TypeAlias = Mapping[str, Sequence[int]]
"""The terms of a field on one page, each with its positions in ascending order."""

HEAD = "head"
"""A document's name and title: searched together with `text`, on its first page only."""
HEAD_POSITION = 1 << 24
"""Where the words of the head stand when they are searched with the text: far behind those of any page."""
NAME_GAP = 20_000
"""Positions between two names in one field: no phrase, nor words near each other, reach over it."""


def entry_terms(entry: PageEntry, is_first: bool) -> dict[str, Terms]:
    """The terms of each field; `is_first` says whether this is the first page of its document."""
    found: dict[str, Terms] = {
        "text": spacing.positions(entry.text),
        "name": words.positions(entry.name),
        "title": words.positions(entry.title or ""),
        "party": several([*entry.parties, *entry.aliases]),
        "path": several(entry.paths),
    }
    if is_first:
        found[HEAD] = several([PurePath(entry.name).stem, entry.title or ""])
    for field in KEYWORD_FIELDS:
        found[field] = {value: (0,) for raw in keyword_values(entry, field) if (value := normal(field, raw))}
    return found


def several(names: Iterable[str]) -> dict[str, list[int]]:
    """The terms of several names, set apart from one another."""
    places: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        for term, where in words.positions(name).items():
            places.setdefault(term, []).extend(position + number * NAME_GAP for position in where)
    return places


def keyword_values(entry: PageEntry, field: str) -> Sequence[str]:
    """The values of a keyword field on a page, as they are written."""
    match field:
        case "kind":
            return (entry.kind,)
        case "claim":
            return entry.claims
        case "event":
            return entry.events
        case "ref":
            return entry.references
        case "language":
            return (entry.language,)
        case "state":
            return (entry.state,)
        case _:
            return (entry.doc,)
