"""Threads and families: a mail with its attachments, an archive's member with its own, mails that answer each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pipeline.records import kinship

LARGEST = 12
"""Files in a mail or archive that still tell of one thing; a larger one is a heap."""
WIDEST = 5
"""Mails and archives that hold the same file and still tell of one thing; a firm's logo hangs on all its mails."""
MAIL_KEYS = ("Message-ID", "In-Reply-To", "References")


@dataclass(frozen=True)
class Threads:
    """`groups`: for each document that is not alone, the ids of its group, itself included. `shared`: for each file
    that too many hold to join them, these."""

    groups: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, frozenset[str]]

    def of(self, document: str) -> tuple[str, ...]:
        """The group of a document; of one that is alone, itself."""
        return self.groups.get(document, (document,))

    def touched(self, new: Iterable[str]) -> list[str]:
        """The documents whose links may be others now that these are there, in order of id.

        Those are the groups of the new ones, and the groups that a file held together until a new holder made it
        one of those that too many hold.
        """
        fresh = set(new)
        found = {member for document in fresh for member in self.of(document)}
        for file, holders in self.shared.items():
            before = holders - fresh
            if 0 < len(before) <= WIDEST < len(holders) and (holders & fresh):
                found |= {member for holder in (file, *before) for member in self.of(holder)}
        return sorted(found)


def threads(tx: sa.Connection) -> Threads:
    """The threads and families of a matter."""
    groups = _Groups()
    families = set(kinship.families(tx))
    inside = Counter(parent for parent, _ in families)
    holders: dict[str, set[str]] = defaultdict(set)
    for parent, child in families:
        holders[child].add(parent)
    for parent, child in families:
        if inside[parent] <= LARGEST and len(holders[child]) <= WIDEST:
            groups.join(parent, child)
    for document, message in kinship.message_ids(tx, MAIL_KEYS):
        groups.join(document, f"message {message}")
    together = {member: members for members in groups.members() if len(members) > 1 for member in members}
    return Threads(together, {file: frozenset(of) for file, of in holders.items() if len(of) > WIDEST})


class _Groups:
    """Disjoint sets, joined pair by pair (union-find)."""

    def __init__(self) -> None:
        self._leader: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        self._leader[self._find(one)] = self._find(other)

    def members(self) -> list[tuple[str, ...]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._leader):
            if not name.startswith("message "):
                groups[self._find(name)].append(name)
        return [tuple(group) for group in groups.values()]

    def _find(self, name: str) -> str:
        self._leader.setdefault(name, name)
        while self._leader[name] != name:
            self._leader[name] = self._leader[self._leader[name]]
            name = self._leader[name]
        return name
