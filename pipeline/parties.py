"""The book of parties: which names mean the same party, by the documents, by the register, by people's word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from index.words import compact
from pipeline.claims import Claim, Party
from pipeline.records import matters, parties


class Book:
    """Names and aliases. Names are compared without case, spaces and punctuation; traditional as simplified."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {compact(alias): name for alias, name in names.items() if compact(alias)}
        self._aliases: dict[str, list[str]] = defaultdict(list)
        for alias, name in names.items():
            if alias != name:
                self._aliases[name].append(alias)

    @classmethod
    def of(
        cls, claims: Sequence[Claim], said: Mapping[str, str], bound: Mapping[str, str] | None = None
    ) -> Book:
        """What the documents bind together (`bound`), then the register's aliases, then people's merges, which win."""
        names = dict(bound or {})
        registered = {
            alias: party.name for claim in claims for party in claim.parties for alias in party.names
        }
        for later in (registered, said):
            keys = {compact(alias) for alias in later}
            names = {alias: name for alias, name in names.items() if compact(alias) not in keys} | dict(later)
        finally_called = final_names(said)
        return cls({alias: finally_called.get(compact(name), name) for alias, name in names.items()})

    @classmethod
    def read(cls, tx: sa.Connection) -> Book:
        """The book as the records have it."""
        return cls.of(matters.all_claims(tx), matters.aliases(tx), parties.bound(tx))

    def name_of(self, name: str) -> str:
        """The party's name in the book; the name itself when the book does not know it."""
        return self._names.get(compact(name), name)

    def knows(self, name: str) -> bool:
        """Whether the name or alias stands in the book."""
        return compact(name) in self._names

    def aliases_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """All further names of these parties."""
        return tuple(dict.fromkeys(alias for name in names for alias in self._aliases.get(name, ())))


def names_of(party: Party, book: Book) -> tuple[str, ...]:
    """All names of a register's party: its own, and what the book knows besides."""
    called = book.name_of(party.name)
    return tuple(dict.fromkeys((*party.names, called, *book.aliases_of([called]))))


def final_names(said: Mapping[str, str]) -> dict[str, str]:
    """What each name (compact) that people merged or renamed is called at the end."""
    by_key = {compact(alias): name for alias, name in said.items()}
    return {key: _end(key, by_key) for key in by_key}


def _end(key: str, by_key: Mapping[str, str]) -> str:
    name, seen = by_key[key], {key}
    while (following := by_key.get(compact(name))) is not None and compact(name) not in seen:
        seen.add(compact(name))
        name = following
    return name
