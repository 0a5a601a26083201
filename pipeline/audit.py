"""The audit: an append-only chain of who did what when. Each entry's hash covers the one before it.

An entry is `{"seq", "at", "actor", "action", "subject", "detail", "previous", "hash"}`; `hash` is the SHA-256 of
the entry without it, as JSON with sorted keys, no spaces and UTF-8 (after RFC 8785's idea of a canonical form).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

BEGINNING = "0" * 64


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
    """How far the chain is known to have come: kept apart from it, so that a cut-off tail is noticed."""

    seq: int
    hash: str


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


def check(entries: Iterable[Entry], head: Head | None) -> list[Fault]:
    """The first broken entry, if any, and whether the tail was cut off; empty when the chain is whole."""
    if head is not None and head.seq < 0:
        return [Fault("audit-head.json", "cannot be read; the next change of the records writes it anew")]
    last, at_head = Head(0, BEGINNING), head is None or head.seq == 0
    for found in entries:
        if fault := _broken(found, last):
            return [Fault(f"audit {found.seq}", fault)]
        last = Head(found.seq, found.hash)
        if head is not None and found.seq == head.seq:
            if found.hash != head.hash:
                return [
                    Fault(f"audit {found.seq}", "is not the entry that stood here when the head was written")
                ]
            at_head = True
    if not at_head and head is not None:
        return [
            Fault(f"audit {last.seq + 1}", f"the tail is cut off: {head.seq - last.seq} entries are missing")
        ]
    return []


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
