"""The names of a matter's parties, each once, with what is known of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from extractors.facts.party_core import Core, core_of
from extractors.facts.party_known import RULE
from extractors.facts.party_nature import Nature, nature, without_title
from index.words import compact
from pipeline.claims import Claim
from pipeline.parties import final_names
from pipeline.records import matters, parties
from pipeline.records.parties import Filed, Row

MENTIONED = "mentioned"
_FIGURE = re.compile(r"[a-z][01568][a-z]|[a-z]{2}[01568]\b|\b[01568][a-z]{2}")


@dataclass
class Name:
    """A name as the documents have it, in all its spellings (`key` is its compact form)."""

    key: str
    spellings: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    documents: set[str] = field(default_factory=set)
    typed: bool = False
    """Whether a document whose text is the file's own has it."""
    register: int | None = None
    """Its place in the register, if it is a party's name there (not an alias)."""
    nature: Nature = "unknown"
    numbers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Registration numbers that stand beside it, by scheme; sure ones only."""

    def seen(self, spelling: str, document: str, role: str, typed: bool) -> None:
        """Note that a document has it in a role."""
        self.spellings[spelling] += 1
        self.roles[role] += 1
        self.documents.add(document)
        self.typed = self.typed or typed

    @property
    def spelling(self) -> str:
        """The spelling most used; of two alike, the one that is not all in capitals."""
        return min(self.spellings, key=lambda s: (-self.spellings[s], s.isupper(), len(s), s))

    @property
    def core(self) -> Core:
        """The name without its legal form; a person's without its title."""
        return core_of(without_title(self.spelling) if self.nature == "person" else self.spelling)


@dataclass(frozen=True)
class Names:
    """All names of a matter by key, what documents say of them, and what register and people say."""

    names: dict[str, Name]
    ties: Sequence[Filed]
    claims: Sequence[Claim]
    said: dict[str, str]
    finally_called: dict[str, str]
    """What people call a name (compact) at the end."""
    apart: frozenset[tuple[str, str]]
    known: dict[str, set[str]]
    """The documents in which the search for the register's names found a name."""

    def get(self, name: str) -> Name | None:
        """The name with this spelling."""
        return self.names.get(compact(name))


def gather(tx: sa.Connection, rows: Sequence[Row] | None = None) -> Names:
    """Everything that the book is made of.

    What the search for the register's names found is no part of it, since that search looks for what the book holds.
    `rows` are the parties of all documents, where they were fetched already.
    """
    rows = parties.party_rows(tx) if rows is None else rows
    found: dict[str, Name] = {}
    claims, said, scanned = matters.all_claims(tx), matters.aliases(tx), parties.scanned(tx)
    evidence: dict[str, set[tuple[str, str]]] = defaultdict(set)
    known: dict[str, set[str]] = defaultdict(set)
    by_spelling: dict[str, Name | None] = {}
    for row in rows:
        if row.rule == RULE:
            known[compact(row.name)].add(row.document)
            continue
        if row.name not in by_spelling:
            by_spelling[row.name] = _add(found, row.name)
        name = by_spelling[row.name]
        if name is not None:
            name.seen(row.name, row.document, row.role, row.document not in scanned)
            evidence[name.key].add((row.rule, row.why))
    for document, role, said_name in parties.said_parties(tx):
        said_of = _add(found, said_name)
        if said_of is not None:
            said_of.seen(said_name, document, role, typed=True)
    for name_said in (*said, *said.values()):
        _add(found, name_said)
    _of_register(found, claims)
    ties = parties.ties(tx)
    _of_ties(found, ties, scanned)
    for key, name in found.items():
        name.nature = _nature(name, evidence[key])
    return Names(found, ties, claims, said, final_names(said), parties.apart(tx), known)


def _add(found: dict[str, Name], spelling: str) -> Name | None:
    key = compact(spelling)
    if not key or not (core_of(spelling).core or spelling.isupper()):
        return None
    name = found.setdefault(key, Name(key))
    name.spellings[spelling] += 0
    return name


def _of_register(found: dict[str, Name], claims: Iterable[Claim]) -> None:
    place = 0
    for claim in claims:
        for party in claim.parties:
            for spelling in party.names:
                name = _add(found, spelling)
                if name is not None and spelling == party.name and name.register is None:
                    name.register = place
                    name.spellings[spelling] += 10**6  # the register's spelling is the one
            place += 1


def _of_ties(found: dict[str, Name], ties: Iterable[Filed], scanned: frozenset[str]) -> None:
    """Short names that stand in definitions only are names too; numbers belong to their names."""
    for filed in ties:
        tie = filed.tie
        name = found.get(compact(tie.name))
        if tie.kind in ("defined", "initials", "pair") and name is not None:
            other = _add(found, tie.other)
            if other is not None:
                other.documents.add(filed.document)
                other.typed = other.typed or filed.document not in scanned
        elif tie.kind == "number" and tie.sure and name is not None:
            name.numbers[tie.scheme].add(tie.other)


def _nature(name: Name, evidence: Iterable[tuple[str, str]]) -> Nature:
    rules, words = {rule for rule, _ in evidence}, {why for _, why in evidence}
    found = nature(name.spelling, rules, words)
    return "company" if found == "unknown" and name.numbers else found


def garbled(key: str) -> bool:
    """Whether a name (compact) has a figure within a word, as OCR reads and nobody types."""
    return _FIGURE.search(key) is not None
