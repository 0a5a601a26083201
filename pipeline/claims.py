"""Claims, their parties and their events: the types that the rules of the trade work on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Party:
    """Someone with a role in a claim: claimant, respondent, engineer, insurer, owner, subcontractor or other."""

    role: str
    name: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, from `start` to `end` (both included; one day when `end` is None).

    `aware` is when the claimant knew of it, where that is not the start: notice periods run from there.
    """

    id: str
    title: str
    start: datetime.date
    end: datetime.date | None = None
    aware: datetime.date | None = None
    description: str = ""
    keywords: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.end or self.start


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim of the register. `contract` names the notice rules that apply to it; `periods` are those (step, calendar
    days) that the particular conditions, a policy or a warranty set otherwise."""

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
    periods: tuple[tuple[str, int], ...] = ()

    def event(self, event_id: str) -> Event | None:
        """The event with this id, or None."""
        return next((event for event in self.events if event.id == event_id), None)


def qualified(claim: str, event: str) -> str:
    """`CLM-001/E1`: how an event is named outside its claim."""
    return f"{claim}/{event}"
