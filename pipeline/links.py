"""A link between a document and an event, why it is proposed, and what a person said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Status = Literal["proposed", "confirmed", "rejected"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's part in a link: `weight` is added to the sum; the place is a slice of the document or None."""

    kind: str
    weight: float
    detail: str
    page: int | None = None
    start: int | None = None
    end: int | None = None

    def weighing(self, factor: float) -> Reason:
        """The same, of so many times the weight."""
        return self if factor == 1.0 else replace(self, weight=self.weight * factor)

    def as_json(self) -> dict[str, Any]:
        """`{"kind", "weight", "detail"}`, the form of the contract."""
        return {"kind": self.kind, "weight": round(self.weight, 3), "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Link:
    """`event` is qualified by its claim (`CLM-001/E1`); `page` is where the evidence is strongest; `score` 0 to 1."""

    document: str
    page: int
    event: str
    score: float
    reasons: tuple[Reason, ...]
    status: Status = "proposed"

    @property
    def claim(self) -> str:
        return self.event.partition("/")[0]

    def as_json(self) -> dict[str, Any]:
        """The form of the contract."""
        return {
            "doc": self.document,
            "page": self.page,
            "event": self.event,
            "score": round(self.score, 3),
            "status": self.status,
            "reasons": [reason.as_json() for reason in self.reasons],
        }
