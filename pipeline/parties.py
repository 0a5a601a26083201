"""The book of parties: which names mean the same party, from the register and from what people said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from index.words import compact
from pipeline.claims import Claim


class Book:
    """Names and aliases. Names are compared without case, spaces and punctuation; traditional as simplified."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {compact(alias): name for alias, name in names.items() if compact(alias)}
        self._aliases: dict[str, list[str]] = defaultdict(list)
        for alias, name in names.items():
            if alias != name:
                self._aliases[name].append(alias)

    @classmethod
    def of(cls, claims: Sequence[Claim], said: Mapping[str, str]) -> Book:
        """The register's aliases, then people's own merges and renames, which win."""
        names = {alias: party.name for claim in claims for party in claim.parties for alias in party.names}
        names |= said
        return cls({alias: _last(name, said) for alias, name in names.items()})

    def name_of(self, name: str) -> str:
        """The party's name in the book; the name itself when the book does not know it."""
        return self._names.get(compact(name), name)

    def aliases_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """All further names of these parties."""
        return tuple(dict.fromkeys(alias for name in names for alias in self._aliases.get(name, ())))

    def entries(self) -> dict[str, list[str]]:
        """Every name with its aliases."""
        return {name: sorted(set(self._aliases.get(name, ()))) for name in sorted(set(self._names.values()))}


def _last(name: str, said: Mapping[str, str]) -> str:
    seen = {name}
    while (following := said.get(name)) is not None and following not in seen:
        seen.add(following)
        name = following
    return name
