"""What a fact is: a typed value and the slice of the document in which it was read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

FactKind = Literal["date", "party", "amount", "reference"]

DATE_ROLES = ("document", "due", "received", "event", "period_start", "period_end", "mentioned")
PARTY_ROLES = (
    "sender",
    "recipient",
    "copied",
    "seller",
    "buyer",
    "employer",
    "contractor",
    "subcontractor",
    "engineer",
    "insurer",
    "insured",
    "inspector",
    "attendee",
    "mentioned",
)
AMOUNT_ROLES = ("total", "subtotal", "tax", "line", "claimed", "paid", "mentioned")
REFERENCE_ROLES = (
    "letter",
    "invoice",
    "contract",
    "claim",
    "clause",
    "report",
    "order",
    "drawing",
    "vin",
    "plate",
    "other",
)


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar date, or a range of dates when `end` is set (both ends belong to it).

    `time` is the time of day that is told with it (of `start`), as on the spot; aware where its zone is written.
    """

    start: datetime.date
    end: datetime.date | None = None
    time: datetime.time | None = None

    @property
    def clock(self) -> str | None:
        """The time as "15:20", with seconds that are told and the offset of a zone that is written, or None."""
        if self.time is None:
            return None
        return self.time.isoformat(timespec="seconds" if self.time.second else "minutes")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; `currency` is its ISO 4217 code, or None when the document does not say."""

    amount: Decimal
    currency: str | None = None


Value = Day | Money | str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value read from `document.text[start:end]`.

    `value` is a `Day` for dates, `Money` for amounts, and the name or number for parties and references.
    `rule` names the rule that found it; `why` holds the words that decided its role; `doubts` say what is
    uncertain about it ("day and month could be the other way round"). `confidence` is 0 to 1.
    """

    kind: FactKind
    role: str
    value: Value
    start: int
    end: int
    confidence: float
    rule: str
    why: str = ""
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a fact needs a place in the text: {self.start}:{self.end}")
