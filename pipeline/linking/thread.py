"""Threads and families: a mail with its attachments, an archive's member with its own, mails that answer each other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa

from pipeline.records import kinship

LARGEST = 12
"""Files in a mail or archive that still tell of one thing; a larger one is a heap."""
WIDEST = 5
"""Mails and archives that hold the same file and still tell of one thing; a firm's logo hangs on all its mails."""
MAIL_KEYS = ("Message-ID", "In-Reply-To", "References")
ATTACHED, IN_ARCHIVE, HOLDS, MESSAGE = 0.8, 0.65, 0.9, 0.85
"""How much of a link passes from a mail to its attachment, from an archive to its member, from either to what holds
it, and from a mail to the name of a message (and from there to the mails that name it: the square)."""
FAINTEST = 0.3
"""Less than this is not passed on."""


class Tie(NamedTuple):
    """How much of a link passes to `other`, a document or the name of a message, and what a person calls that."""

    other: str
    strength: float
    called: str


@dataclass(frozen=True)
class Threads:
    """`groups`: for each document that is not alone, the ids of its group, itself included. `shared`: for each file
    that too many hold to join them, these. `ties`: what passes from each document, or name of a message, to others."""

    groups: Mapping[str, tuple[str, ...]]
    shared: Mapping[str, frozenset[str]]
    ties: Mapping[str, tuple[Tie, ...]]

    def of(self, document: str) -> tuple[str, ...]:
        """The group of a document; of one that is alone, itself."""
        return self.groups.get(document, (document,))

    def reached(self, document: str) -> dict[str, Tie]:
        """What of a document's links reaches each of its group: the strength of the best way there."""
        found, fresh = {document: Tie(document, 1.0, "")}, [document]
        while fresh:
            here = found[fresh.pop()]
            for tie in self.ties.get(here.other, ()):
                strength = here.strength * tie.strength
                known = found.get(tie.other)
                if strength >= FAINTEST and (known is None or strength > known.strength):
                    called = tie.called if here.other == document else "in one thread or family with"
                    found[tie.other] = Tie(tie.other, strength, called)
                    fresh.append(tie.other)
        return {name: tie for name, tie in found.items() if name != document and not _is_message(name)}

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
    ties: dict[str, list[Tie]] = defaultdict(list)
    families = set(kinship.families(tx))
    mails = kinship.mails(tx)
    inside = Counter(parent for parent, _ in families)
    holders: dict[str, set[str]] = defaultdict(set)
    for parent, child in families:
        holders[child].add(parent)
    for parent, child in sorted(families):
        if inside[parent] <= LARGEST and len(holders[child]) <= WIDEST:
            strength, called = (
                (ATTACHED, "attached to") if parent in mails else (IN_ARCHIVE, "in the archive")
            )
            ties[parent].append(Tie(child, strength, called))
            ties[child].append(Tie(parent, HOLDS, "it holds"))
    for document, message in dict.fromkeys(kinship.message_ids(tx, MAIL_KEYS)):
        name = f"message {message}"
        ties[document].append(Tie(name, MESSAGE, ""))
        ties[name].append(Tie(document, MESSAGE, ""))
    joined = {name: tuple(found) for name, found in ties.items()}
    return Threads(
        _groups(joined), {file: frozenset(of) for file, of in holders.items() if len(of) > WIDEST}, joined
    )


def _groups(ties: Mapping[str, Iterable[Tie]]) -> dict[str, tuple[str, ...]]:
    """The documents that ties join, directly or through others, in order of id."""
    groups, seen = dict[str, tuple[str, ...]](), set[str]()
    for name in ties:
        together, fresh = set[str](), [name]
        while fresh:
            here = fresh.pop()
            if here not in seen:
                seen.add(here)
                together.add(here)
                fresh += [tie.other for tie in ties.get(here, ())]
        members = tuple(sorted(member for member in together if not _is_message(member)))
        groups |= {member: members for member in members if len(members) > 1}
    return groups


def _is_message(name: str) -> bool:
    return name.startswith("message ")
