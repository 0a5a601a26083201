"""The book of parties for people: each party with its names, what it is, where it occurs, and why its names are one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from index.words import compact
from pipeline.partybook.grounds import ENOUGH, Ground
from pipeline.partybook.names import MENTIONED, Name, Names, gather
from pipeline.partybook.unify import Party, unify
from pipeline.records import parties

_MOST_GROUNDS = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a name is (or may be) another name of a party; the place is None where no document tells."""

    name: str
    rule: str
    score: float
    detail: str
    document: str | None
    page: int | None
    words: str | None

    def as_json(self) -> dict[str, Any]:
        """`{"name", "rule", "score", "detail", "doc", "page", "words"}`."""
        return {
            "name": self.name,
            "rule": self.rule,
            "score": round(self.score, 2),
            "detail": self.detail,
            "doc": self.document,
            "page": self.page,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A party: `roles` are those seen, the most frequent first; `ids` are (scheme, number); `company` is whom a person
    acts for; `proposals` are names that may be this party's, which nobody confirmed."""

    name: str
    nature: str
    roles: tuple[str, ...]
    documents: int
    aliases: tuple[str, ...]
    ids: tuple[tuple[str, str], ...]
    company: str | None
    why: tuple[Reason, ...]
    proposals: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        """The entry as `parties list --json` gives it."""
        return {
            "name": self.name,
            "kind": self.nature,
            "roles": list(self.roles),
            "documents": self.documents,
            "aliases": list(self.aliases),
            "ids": [{"scheme": scheme, "value": value} for scheme, value in self.ids],
            "company": self.company,
            "why": [reason.as_json() for reason in self.why],
            "proposals": [reason.as_json() for reason in self.proposals],
        }


def entries(tx: sa.Connection) -> list[Entry]:
    """The parties of the matter: those of the register, of people's words and of the documents, by name."""
    rows = parties.party_rows(tx)
    names = gather(tx, rows)
    found = unify(names)
    seen = _Seen(tx, rows)
    called = {name.key: party.name for party in found for name in party.members}
    staff = _staff(names, called)
    every = (_entry(tx, party, names, called, seen, staff) for party in found)
    return [entry for entry in every if entry is not None]


class _Seen:
    """Where names occur as the facts stand, known names in place of misread ones."""

    def __init__(self, tx: sa.Connection, rows: Sequence[parties.Row]) -> None:
        self.documents: dict[str, set[str]] = defaultdict(set)
        self.roles: dict[str, Counter[str]] = defaultdict(Counter)
        keys: dict[str, str] = {}
        found = [(row.document, row.role, row.name) for row in parties.standing_rows(rows)]
        for document, role, name in (*found, *parties.said_parties(tx)):
            if name not in keys:
                keys[name] = compact(name)
            key = keys[name]
            self.documents[key].add(document)
            self.roles[key][role] += 1


def _entry(
    tx: sa.Connection,
    party: Party,
    names: Names,
    called: Mapping[str, str],
    seen: _Seen,
    staff: Mapping[str, Counter[str]],
) -> Entry | None:
    documents = set().union(
        *(seen.documents.get(name.key, set()) | _defined_in(name) for name in party.members)
    )
    registered = any(name.register is not None for name in party.members)
    if (
        not documents
        and not registered
        and not any(name.key in names.finally_called for name in party.members)
    ):
        return None  # every place of it turned out to be a known name, misread
    roles: Counter[str] = sum((seen.roles.get(name.key, Counter()) for name in party.members), Counter())
    ids = {(scheme, number) for name in party.members for scheme, of in name.numbers.items() for number in of}
    return Entry(
        name=party.name,
        nature=_nature(party.members),
        roles=tuple(
            role for role, _ in sorted(roles.items(), key=lambda r: (r[0] == MENTIONED, -r[1], r[0]))
        ),
        documents=len(documents),
        aliases=tuple(_aliases(party)),
        ids=tuple(sorted(ids)),
        company=_company(party, staff),
        why=_reasons(tx, names, party),
        proposals=_proposals(tx, names, party, called),
    )


def _defined_in(name: Name) -> set[str]:
    """The documents of a name that stands in definitions only."""
    return set() if name.roles else name.documents


def _nature(members: Sequence[Name]) -> str:
    kinds = Counter(name.nature for name in members if name.nature != "unknown")
    return kinds.most_common(1)[0][0] if kinds else "unknown"


def _aliases(party: Party) -> list[str]:
    spellings = {s for name in party.members for s in name.spellings}
    return sorted(spellings - {party.name})


def _staff(names: Names, called: Mapping[str, str]) -> dict[str, Counter[str]]:
    """By a person's name (compact), the companies that documents put beside it."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for filed in names.ties:
        if filed.tie.kind == "staff" and (company := called.get(compact(filed.tie.other))) is not None:
            found[compact(filed.tie.name)][company] += 1
    return found


def _company(party: Party, staff: Mapping[str, Counter[str]]) -> str | None:
    """The company that most documents put beside a person."""
    said: Counter[str] = sum((staff.get(name.key, Counter()) for name in party.members), Counter())
    return min(said, key=lambda company: (-said[company], company)) if said else None


def _reasons(tx: sa.Connection, names: Names, party: Party) -> tuple[Reason, ...]:
    """The grounds that were enough, each told of the name that is not the party's own."""
    firm = [ground for ground in party.why if ground.score >= ENOUGH][:_MOST_GROUNDS]
    own = compact(party.name)
    return tuple(_reason(tx, names, g, g.other if g.one == own else g.one) for g in firm)


def _proposals(
    tx: sa.Connection, names: Names, party: Party, called: Mapping[str, str]
) -> tuple[Reason, ...]:
    """The best ground for each other party that may be this one."""
    keys = {name.key for name in party.members}
    best: dict[str, tuple[Ground, str]] = {}
    for ground in sorted(party.perhaps, key=lambda g: -g.score):
        other = ground.other if ground.one in keys else ground.one
        best.setdefault(called[other], (ground, other))
    return tuple(_reason(tx, names, ground, other) for ground, other in list(best.values())[:_MOST_GROUNDS])


def _reason(tx: sa.Connection, names: Names, ground: Ground, key: str) -> Reason:
    page = words = None
    if ground.document is not None:
        page, words = parties.words(tx, ground.document, ground.start, ground.end)
    spelling = names.names[key].spelling
    return Reason(spelling, ground.rule, ground.score, ground.detail, ground.document, page, words)
