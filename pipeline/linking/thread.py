"""Threads and families: a mail with its attachments, an archive's member with its own, mails that answer each other."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from pipeline.records import documents

MAIL_KEYS = ("Message-ID", "In-Reply-To", "References")


def threads(tx: sa.Connection) -> dict[str, tuple[str, ...]]:
    """For each document that is not alone, the ids of its group, itself included."""
    groups = _Groups()
    for parent, child in documents.mail_families(tx):
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
