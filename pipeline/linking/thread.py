"""Threads and families: a mail with its attachments, an archive's member with its own, mails that answer each other."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa

from pipeline.records import documents

LARGEST = 12
"""Files in a mail or archive that still tell of one thing; a larger one is a heap."""
MAIL_KEYS = ("Message-ID", "In-Reply-To", "References")


def threads(tx: sa.Connection) -> dict[str, tuple[str, ...]]:
    """For each document that is not alone, the ids of its group, itself included."""
    groups = _Groups()
    families = documents.families(tx)
    sizes = Counter(parent for parent, _ in families)
    for parent, child in families:
        if sizes[parent] <= LARGEST:
            groups.join(parent, child)
    for document, message in documents.message_ids(tx, MAIL_KEYS):
        groups.join(document, f"message {message}")
    return {member: members for members in groups.members() if len(members) > 1 for member in members}


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
