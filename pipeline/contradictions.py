"""What people answer to a document that contradicts itself: it is accepted as it is, or one of its sums put right.

An answer holds for the contradiction as it was found, by its code and the sums that it names: it outlives every re-run,
and a later reading that finds other sums finds another contradiction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from extractors.facts.fact import Fact, Money
from extractors.facts.finding import Finding
from pipeline.errors import NotFound, UsageError
from pipeline.evidence import name_of
from pipeline.judgement import (
    as_read,
    catch_up,
    check_own,
    check_unsaid,
    followed,
    settle,
    unsettle,
)
from pipeline.matter import Change, Matter
from pipeline.records import documents, findings, rulings, said
from pipeline.rulings import FINDING, Ruling, key_of, written

MOST_SIDES = 60
"""Sums that are shown of a contradiction; a column of more would be all of a page."""
ACCEPTED, CORRECTED = "accepted", "corrected"
_ITEMS = "lines_total"
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")


def answer_finding(
    matter: Matter,
    prefix: str,
    code: str,
    message: str,
    answer: str | None = None,
    role: str | None = None,
    read: str | None = None,
    first: bool = False,
) -> dict[str, Any]:
    """Record that a contradiction is accepted as it is, or what one of its sums is: the one at its first place, or the
    one that was `read` in this `role`.

    Returns `{"doc", "kind", "role", "was", "value"}`. Raises `UsageError`, `NotFound` for what the document does not
    say, and `AnsweredMeanwhile` where `first` and somebody had answered it.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        found = _finding(change.tx, document, code, message)
        if first:
            check_unsaid(document, said.of_value(change.tx, document, FINDING, *name_of(found)))
        _undo(change, document, found)
        own = _at(change.tx, document, found)
        fact = None if answer is None else _sum(change.tx, document, own, role, read)
        with followed(change, document):
            value = None if fact is None else settle(change, document, fact, answer)
            _note(change, document, found, own, fact)
            told = None if fact is None else {"role": fact.role, "was": written(fact.value), "value": value}
            change.note("finding answered", document, code=code, finding=found.message(), corrected=told)
    matter.afterwards(catch_up)
    return {"doc": document, "kind": FINDING, "role": code, "was": found.message(), "value": value}


def clear_finding(matter: Matter, prefix: str, code: str, message: str, own: bool = False) -> dict[str, Any]:
    """Take back what a person answered, with the sum that was put right; harmless where nobody did.

    Returns `{"doc", "kind", "role", "was"}`. Raises `NotFound`, and `AnsweredMeanwhile` where it must be the actor's
    `own` answer and is not.
    """
    with matter.change() as change:
        document = documents.resolve(change.tx, prefix)
        found = _finding(change.tx, document, code, message)
        if own:
            check_own(change, document, said.of_value(change.tx, document, FINDING, *name_of(found)))
        with followed(change, document):
            if _undo(change, document, found):
                change.note("finding answer withdrawn", document, code=code, finding=found.message())
    matter.afterwards(catch_up)
    return {"doc": document, "kind": FINDING, "role": code, "was": found.message()}


def sides(found: Finding, facts: Sequence[Fact]) -> list[Fact]:
    """The sums of a document between which the contradiction is, the one that is most likely wrong first.

    Those at its places, then those that its message names; of items that make another total all items.
    """
    amounts = [fact for fact in facts if isinstance(fact.value, Money)]
    at = [fact for start, end in found.places for fact in amounts if fact.start < end and start < fact.end]
    named = set(_named(found))
    last = max(
        (f.end for f in amounts if f.role in ("total", "subtotal") and f.end <= found.start), default=0
    )
    for fact in amounts:
        item = found.code == _ITEMS and fact.role == "line" and last <= fact.start < found.start
        if item or (isinstance(fact.value, Money) and abs(fact.value.amount) in named):
            at.append(fact)
    by_place = {(fact.start, fact.end): fact for fact in reversed(at)}
    return [by_place[place] for place in dict.fromkeys((fact.start, fact.end) for fact in at)][:MOST_SIDES]


def _named(found: Finding) -> Iterator[Decimal]:
    for _, part in found.parts:
        for figure in _FIGURE.findall(part):
            try:
                yield Decimal(figure.replace(",", ""))
            except InvalidOperation:
                continue


def _finding(tx: sa.Connection, document: str, code: str, message: str) -> Finding:
    """The contradiction of this code that is told in these words, in either language, or has these parts."""
    held = [one for one in findings.finding_list(tx, document) if one.code == code]
    for one in held:
        if message in (one.message("en"), one.message("zh"), name_of(one)[1]):
            return one
    told = "; ".join(dict.fromkeys(one.message() for one in held)) or "none"
    raise NotFound(f"{document} has no finding {code} {message[:80]!r}.", f"Found of this code: {told}.")


def _at(tx: sa.Connection, document: str, found: Finding) -> Fact | None:
    """The sum at the first place of a contradiction."""
    amounts = (fact for fact in documents.all_facts(tx, document) if isinstance(fact.value, Money))
    return next((fact for fact in amounts if fact.start <= found.start < fact.end), None)


def _sum(tx: sa.Connection, document: str, own: Fact | None, role: str | None, read: str | None) -> Fact:
    if role is not None and read is not None:
        return as_read(tx, document, "amount", role, read)
    if own is None:
        raise UsageError(
            f"No sum was read at the place of this finding in {document}.",
            "Say it of a role with correct --amount.",
        )
    return own


def _note(change: Change, document: str, found: Finding, own: Fact | None, corrected: Fact | None) -> None:
    """Note the answer. The sum at the first place, if it was not corrected, is right: the doubt about it is gone."""
    sums = [] if corrected is None else [corrected]
    key = None if own is None else (own.role, key_of(own.value))
    if own is not None and (corrected is None or key != (corrected.role, key_of(corrected.value))):
        settle(change, document, own, written(own.value))
        sums.append(own)
    how = ACCEPTED if corrected is None else CORRECTED
    value = json.dumps([how, *(f"{fact.role} {key_of(fact.value)}" for fact in sums)])
    rulings.put(change.tx, document, Ruling(FINDING, *name_of(found), value), change.actor)


def is_corrected(answer: str | None) -> bool:
    """Whether an answer, as the records have it, put a sum right; else it accepted the contradiction."""
    return answer is not None and json.loads(answer)[0] == CORRECTED


def _undo(change: Change, document: str, found: Finding) -> bool:
    """Take an earlier answer back, and the sum that it put right; whether there was one."""
    before = said.of_value(change.tx, document, FINDING, *name_of(found))
    if before is None:
        return False
    rulings.drop(change.tx, document, FINDING, *name_of(found))
    sums = json.loads(before.value or "[]")[1:]
    for fact in documents.all_facts(change.tx, document):
        if fact.kind == "amount" and f"{fact.role} {key_of(fact.value)}" in sums:
            unsettle(change, document, fact)
    return True
