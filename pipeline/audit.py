"""The audit: an append-only chain of who did what when. Each entry's hash covers the one before it.

An entry is `{"seq", "at", "actor", "action", "subject", "detail", "previous", "hash"}`; `hash` is the SHA-256 of
the entry without it, as JSON with sorted keys, no spaces and UTF-8 (after RFC 8785's idea of a canonical form).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BEGINNING = "0" * 64
HASH = re.compile("[0-9a-f]{64}")
LOST = "entries lost"
"""The action of an entry that tells of others which were gone when it was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit. `at` is an aware UTC time in ISO form; `subject` a document, claim or export."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    previous: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        """The entry as it is exported."""
        return {
            "seq": self.seq,
            "at": self.at,
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "detail": dict(self.detail),
            "previous": self.previous,
            "hash": self.hash,
        }

    def line(self) -> str:
        """The entry as one line of JSON."""
        return _canonical(self.as_json())


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain had come: the number and hash of its newest entry; number 0 before the first."""

    seq: int
    hash: str

    def as_json(self) -> dict[str, Any]:
        """`{"seq", "hash"}`."""
        return {"seq": self.seq, "hash": self.hash}

    @classmethod
    def of(cls, value: Any) -> Head:
        """The head that `as_json` gave. Raises ValueError for anything else."""
        if not isinstance(value, dict) or not isinstance(value.get("seq"), int) or value["seq"] < 0:
            raise ValueError("is not the head of an audit")
        if not isinstance(value.get("hash"), str) or not HASH.fullmatch(value["hash"]):
            raise ValueError("is not the head of an audit")
        return cls(value["seq"], value["hash"])


BEFORE_ALL = Head(0, BEGINNING)


@dataclass(frozen=True, slots=True)
class Witness:
    """Something kept apart from the chain that knows how far it had come, so that a cut-off tail is noticed.

    `head` is None where it should say and cannot; `trouble` tells why.
    """

    where: str
    head: Head | None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a check found wrong: where, and what."""

    where: str
    what: str


def entry(last: Head, at: str, actor: str, action: str, subject: str, detail: Mapping[str, Any]) -> Entry:
    """The entry that follows `last`."""
    body: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": dict(detail),
        "previous": last.hash,
    }
    return Entry(**body, hash=digest(body))


def digest(body: Mapping[str, Any]) -> str:
    """The hash of an entry; a key "hash" in it does not count."""
    return hashlib.sha256(_canonical({k: v for k, v in body.items() if k != "hash"}).encode()).hexdigest()


def check(entries: Iterable[Entry], witnesses: Sequence[Witness] = ()) -> list[Fault]:
    """The first broken entry, if any; entries that were lost; what witnesses know of and the chain does not hold.

    Empty when the chain is whole and every witness's entry stands in it.
    """
    wanted = {witness.head.seq for witness in witnesses if witness.head}
    faults: list[Fault] = []
    last, hashes = BEFORE_ALL, {0: BEGINNING}
    for found in entries:
        if fault := _broken(found, last):
            return [*faults, Fault(f"audit {found.seq}", fault)]
        if found.action == LOST:
            known = found.detail.get("known")
            faults.append(
                Fault(f"audit {found.seq}", f"tells that entries up to {known} were gone before it")
            )
        last = Head(found.seq, found.hash)
        if found.seq in wanted:
            hashes[found.seq] = found.hash
    return [*faults, *_disagreements(witnesses, hashes, last)]


def _disagreements(witnesses: Sequence[Witness], hashes: Mapping[int, str], last: Head) -> Iterator[Fault]:
    furthest: tuple[int, str] | None = None
    for witness in witnesses:
        if witness.head is None:
            if last.seq:
                yield Fault(witness.where, witness.trouble)
        elif witness.head.seq > last.seq:
            furthest = max(furthest or (0, ""), (witness.head.seq, witness.where))
        elif hashes[witness.head.seq] != witness.head.hash:
            yield Fault(f"audit {witness.head.seq}", f"is not the entry that {witness.where} knows")
    if furthest:
        lacking = furthest[0] - last.seq
        says = f"the tail is cut off: {lacking} entries are missing that {furthest[1]} knows of"
        yield Fault(f"audit {last.seq + 1}", says)


def _broken(found: Entry, last: Head) -> str | None:
    if found.seq != last.seq + 1:
        return f"follows entry {last.seq}: entries between them are missing"
    if found.previous != last.hash:
        return "does not follow from the entry before it"
    if digest(found.as_json()) != found.hash:
        return "was changed after it was written"
    return None


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
