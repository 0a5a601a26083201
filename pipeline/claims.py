"""Claims, their parties and their events: the types that the rules of the trade work on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Party:
    """Someone with a role in a claim: claimant, respondent, engineer, insurer, owner, subcontractor or other."""

    role: str
    name: str
    aliases: tuple[str, ...] = ()
    contract_role: str | None = None
    """`employer` or `contractor`, where the register tells it: under which clauses the claimant claims."""

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Response:
    """What the other side answered for an event: `accepted`, `part_accepted`, `rejected` or `more_information`, for how
    much, and by which document (its id). `actor` is who noted it, `register` where the register tells it."""

    answer: str
    date: datetime.date
    amount: Decimal | None = None
    currency: str | None = None
    evidence: str | None = None
    note: str = ""
    actor: str = "register"

    def as_json(self) -> dict[str, Any]:
        """Its fields; the amount is a decimal string."""
        return {
            "answer": self.answer,
            "date": self.date.isoformat(),
            "amount": None if self.amount is None else format(self.amount, "f"),
            "currency": self.currency,
            "evidence": self.evidence,
            "note": self.note,
            "actor": self.actor,
        }


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A status that a claim came to have on a day; `actor` as in `Response`, `seen` when an import showed
    the change and no day was told (`date` is then the day of the import)."""

    status: str
    date: datetime.date
    evidence: str | None = None
    note: str = ""
    actor: str = "register"
    seen: bool = False

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return {
            "status": self.status,
            "date": self.date.isoformat(),
            "evidence": self.evidence,
            "note": self.note,
            "actor": self.actor,
            "seen": self.seen,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, from `start` to `end` (both included; one day when `end` is None).

    `aware` is when the claimant knew of it, where that is not the start: notice periods run from there.
    `instructed`: it arose from the engineer's or project manager's own instruction, certificate or decision.
    """

    id: str
    title: str
    start: datetime.date
    end: datetime.date | None = None
    aware: datetime.date | None = None
    description: str = ""
    keywords: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    instructed: bool = False
    responses: tuple[Response, ...] = ()

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.end or self.start


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the register. `contract` names the notice rules that apply to it; `periods` are those (step, calendar
    days or words such as `3 months`) that the particular conditions, a policy or a warranty set otherwise; `checklist`
    names the list of evidence that it needs, where that is not its type's. `history` tells its states, oldest first."""

    id: str
    title: str
    type: str
    status: str
    contract: str = "none"
    references: tuple[str, ...] = ()
    currency: str | None = None
    amount: Decimal | None = None
    parties: tuple[Party, ...] = ()
    events: tuple[Event, ...] = ()
    periods: tuple[tuple[str, int | str], ...] = ()
    checklist: str | None = None
    history: tuple[StatusChange, ...] = ()

    def event(self, event_id: str) -> Event | None:
        """The event with this id, or None."""
        return next((event for event in self.events if event.id == event_id), None)


def qualified(claim: str, event: str) -> str:
    """`CLM-001/E1`: how an event is named outside its claim."""
    return f"{claim}/{event}"
