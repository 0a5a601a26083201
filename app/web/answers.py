"""What people answered in review: told along from page to page, so that it can be taken back step by step.

An answer stands in addresses only; whether it still holds is what the records say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

import sqlalchemy as sa

from app.web.addresses import with_query
from app.web.scope import Scope
from pipeline.contradictions import clear_finding, is_corrected
from pipeline.errors import UsageError
from pipeline.judgement import take_back, unrule, withdraw
from pipeline.records import documents, review, said
from pipeline.records.said import Said
from pipeline.rulings import FINDING, RELIED_ON

What = Literal["links", "facts", "findings", "failed"]
QUEUES: tuple[What, ...] = ("links", "facts", "findings", "failed")
PARTS = {"links": 2, "facts": 3, "findings": 2}
"""How many words name a thing of each queue: event and verdict; kind, role and value; code and parts."""
MOST, LONGEST = 30, 4000
"""Answers that can be taken back, and letters that an address may have for them."""
_OURS = ("undo", "met", "at", "what")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to what stood at place `at` of a queue."""

    what: str
    at: int
    doc: str
    about: tuple[str, ...]

    def __str__(self) -> str:
        return json.dumps(
            [self.what, self.at, self.doc, *self.about], ensure_ascii=False, separators=(",", ":")
        )

    @classmethod
    def of(cls, text: str) -> Answer:
        """The answer that was written so. Raises `UsageError`."""
        try:
            what, at, doc, *about = json.loads(text)
            if (
                PARTS[what] == len(about)
                and isinstance(at, int)
                and all(isinstance(x, str) for x in (doc, *about))
            ):
                return cls(what, min(max(at, 0), 10**6), doc, tuple(about))
        except (ValueError, TypeError, KeyError):
            pass
        raise UsageError("There is nothing to take back.", "Look at the document.")

    def stands(self, tx: sa.Connection, document: str) -> Said | None:
        """What the records say of it now."""
        if self.what == "links":
            return said.of_link(tx, document, self.about[0])
        if self.what == "findings":
            return said.of_value(tx, document, FINDING, *self.about)
        kind, role, was = self.about
        return said.of_value(tx, document, kind, role, was) or said.of_field(tx, document, kind, role)

    def undo(self, scope: Scope) -> None:
        """Take it back. Raises `NotFound`, `UsageError`, and `AnsweredMeanwhile` where another answer stands."""
        doc = scope.document(self.doc)
        match self.what, self.about:
            case "links", (event, verdict):
                withdraw(scope.matter, doc, scope.event(event), own=verdict)
            case "findings", (code, parts):
                clear_finding(scope.matter, doc, code, parts, own=True)
            case _, (kind, role, was) if kind in RELIED_ON:
                self._undo_value(scope, doc, kind, role, was)
            case _:
                raise UsageError("There is nothing to take back.", "Look at the document.")

    @staticmethod
    def _undo_value(scope: Scope, doc: str, kind: str, role: str, was: str) -> None:
        with scope.matter.reading() as tx:
            own = (kind, role) in review.SETTLED_BY_A_PERSON and said.of_field(tx, doc, kind, role)
        if own:
            take_back(scope.matter, doc, kind, role, own=True)
        else:
            unrule(scope.matter, doc, kind, role, was, own=True)


def met(scope: Scope, text: str) -> dict[str, Any] | None:
    """What stands of something that somebody else answered first, or that is there no more; None for what is none of
    the visitor's business."""
    try:
        found = Answer.of(text)
    except UsageError:
        return None
    if not scope.sees(found.doc) or (found.what == "links" and not scope.events([found.about[0]])):
        return None
    with scope.matter.reading() as tx:
        known = documents.summaries(tx, [found.doc])
        stands = found.stands(tx, found.doc)
    if not known:
        return None
    mended = found.what == "findings" and stands is not None and is_corrected(stands.value)
    return {"answer": found, "doc": known[0], "said": stands, "mended": mended}


def kept(answers: list[str]) -> list[str]:
    """The newest of these answers, as many as an address can hold."""
    newest, length = list[str](), 0
    for one in reversed(answers[-MOST:]):
        length += len(one.encode())
        if length > LONGEST:
            break
        newest.append(one)
    return newest[::-1]


def at_place(back: str, what: str, at: int, undo: list[str], found: Answer | None = None) -> str:
    """The address of a place in a queue, as `back` narrows it, with what can be taken back there; `found` is told there
    as what somebody else answered."""
    path, _, query = back.partition("?")
    pairs = [pair for pair in parse_qsl(query) if pair[0] not in _OURS]
    own: list[tuple[str, Any]] = [("what", what if what != QUEUES[0] else None), ("at", at or None)]
    own += [("undo", one) for one in kept(undo)]
    return with_query(path, [*pairs, *own, ("met", str(found) if found else None)])
