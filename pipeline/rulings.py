"""What people say of single values that were read: that one is right, that it is another, that there is none such.

A ruling holds for the value as it was read, in its role, wherever the document says it; a later reading that finds
another value is another matter. So it needs no place in the text, and outlives every re-run.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Literal

from extractors.document import is_han
from extractors.facts.fact import AMOUNT_ROLES, Day, Fact, FactKind, Money, Value
from extractors.facts.reference_citations import as_number
from pipeline.errors import UsageError
from pipeline.evidence import Correction

RELIED_ON: dict[str, tuple[str, ...]] = {
    "date": ("document", "event", "period_start", "period_end", "received", "due"),
    "party": ("sender", "recipient", "seller", "buyer"),
    "amount": ("total", "claimed", "paid"),
    "reference": ("letter", "invoice"),
}
"""Roles of facts that chronology, deadlines, ledger and links rest on; a doubt about others does no harm."""
UNSURE, RATHER_SURE = 0.5, 0.8
"""Confidence below which such a fact is doubtful, and below which one that says itself what is uncertain about it."""
SUM_ROLES = tuple(role for role in AMOUNT_ROLES if role not in ("line", "mentioned"))
"""Roles of amounts of which a document has one, so that a person's word replaces all that was read in it."""
SAID, UNPLACED = "said by a person", "said by a person, nowhere in the text"
"""How the rules begin of facts that a person gave their values; of the second the place means nothing."""
FINDING: Literal["finding"] = "finding"
"""The kind of a ruling on a contradiction within a document."""
_MONEY = re.compile(
    r"(?:(?P<before>[A-Z]{3})\s*)?(?P<sum>-?[0-9][0-9,]*(?:\.[0-9]+)?)(?:\s*(?P<after>[A-Z]{3}))?"
)
_LARGEST = Decimal(10) ** 18
_LONGEST_NUMBER = 3
"""Words of a number, as of "HC 77 A"; more are words that cite one."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """`was` is the value as it was read (`key_of`); `value` what it is, as `written`; None where it is none such.

    Of a finding `role` is the code and `was` its parts; `value` says how it was answered, and of which sums
    something was said with it.
    """

    kind: FactKind | Literal["finding"]
    role: str
    was: str
    value: str | None
    actor: str = ""
    at: str = ""


def written(value: Value) -> str:
    """`2023-03-14`, `2023-03-14/2023-04-30`, `84500.00 USD`, `84500.00`, or the name or number itself."""
    if isinstance(value, Day):
        return value.start.isoformat() if value.end is None else f"{value.start}/{value.end}"
    if isinstance(value, Money):
        return f"{value.amount:f} {value.currency}" if value.currency else f"{value.amount:f}"
    return value


def key_of(value: Value) -> str:
    """The value as the records tell of it: sums to the digit, in the form in which they are kept."""
    if isinstance(value, Money):
        return f"{value.amount} {value.currency}" if value.currency else str(value.amount)
    return written(value)


def value_of(kind: str, said: str) -> Value:
    """The value of such a fact that somebody writes. Raises `UsageError`."""
    if not (text := " ".join(said.split())):
        raise UsageError("The value is empty.", "Write what it is.")
    if kind == "date":
        return _days(text)
    return money_of(text) if kind == "amount" else text


def money_of(said: str) -> Money:
    """`8600`, `8,600.00 CNY` or `CNY 8,600.00`. Raises `UsageError`."""
    found = _MONEY.fullmatch(said.strip())
    try:
        if found is None or (found["before"] and found["after"]):
            raise InvalidOperation
        amount = Decimal(found["sum"].replace(",", ""))
        if abs(amount) >= _LARGEST:
            raise InvalidOperation
    except InvalidOperation:
        raise UsageError(f"{said[:80]!r} is no amount.", "Write it as 8600.00 CNY.") from None
    return Money(amount, found["before"] or found["after"])


def _days(text: str) -> Day:
    first, slash, last = (part.strip() for part in text.partition("/"))
    try:
        start, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last) if slash else None
        if end is not None and end < start:
            raise ValueError
    except ValueError:
        raise UsageError(
            f"{text[:80]!r} is no date.", "Write it as 2023-03-14, or 2023-03-14/2023-04-30."
        ) from None
    return Day(start, end)


def ruled(facts: Iterable[Fact], rulings: Sequence[Ruling]) -> list[Fact]:
    """The facts as people say they are: sure where a person said so, without those that are none."""
    said = {(one.kind, one.role, one.was): one.value for one in rulings}
    if not said:
        return list(facts)
    found = []
    for fact in facts:
        key = fact.kind, fact.role, key_of(fact.value)
        if key not in said:
            found.append(fact)
        elif (value := said[key]) is not None:
            found.append(
                settled(fact, fact.value if value == written(fact.value) else value_of(fact.kind, value))
            )
    return found


def settled(fact: Fact, value: Value) -> Fact:
    """The fact with this value, of which nobody doubts any more; its rule tells still how it was found, since that
    says what a citation means."""
    rule = as_number(fact.rule) if value != fact.value and _is_number(value) else fact.rule
    return replace(fact, value=value, confidence=1.0, rule=f"{SAID}: {rule}", doubts=())


def _is_number(value: Value) -> bool:
    """Whether this is a number by which documents are called, and no words that cite one."""
    return isinstance(value, str) and len(value.split()) <= _LONGEST_NUMBER and not any(map(is_han, value))


def is_said(fact: Fact) -> bool:
    """Whether a person gave the fact its value."""
    return fact.rule.startswith(SAID)


def own_day(read: str | None, said: Mapping[str, str | None]) -> str | None:
    """The day of a document as people say that it is, in ISO form; `said` are the rulings on its own date by what was
    read."""
    for was, value in said.items():
        if was.partition("/")[0] == read:
            return None if value is None else value.partition("/")[0]
    return read


def with_sums(facts: Sequence[Fact], corrections: Iterable[Correction], text: str) -> list[Fact]:
    """The facts with the sums that people said in place of what was read in their roles.

    A sum stands where its role was read most surely, else where such a sum is named, else at the document's beginning;
    of a document without text there is nothing to be said.
    """
    found = list(facts)
    for said in corrections:
        if (
            said.field == "amount"
            and (placed := _sum(found, said.role, money_of(said.value), text)) is not None
        ):
            found = [fact for fact in found if (fact.kind, fact.role) != ("amount", said.role)]
            found.append(placed)
    return sorted(found, key=lambda fact: (fact.start, fact.end, fact.kind, fact.role))


def _sum(facts: Sequence[Fact], role: str, value: Money, text: str) -> Fact | None:
    amounts = [fact for fact in facts if isinstance(fact.value, Money)]
    read = [fact for fact in amounts if fact.role == role]
    same = [f for f in amounts if isinstance(f.value, Money) and abs(f.value.amount) == abs(value.amount)]
    if best := max(read, key=lambda fact: (fact.confidence, -fact.start), default=None):
        return settled(best, value)
    if same:
        return replace(settled(same[0], value), role=role)
    line = re.search(r"\S[^\n]*", text)
    return None if line is None else Fact("amount", role, value, *line.span(), 1.0, UNPLACED)
