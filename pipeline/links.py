"""A link between a document and an event, why it is proposed, and what a person said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Status = Literal["proposed", "confirmed", "rejected"]
Stance = Literal["supports", "contradicts", "neutral"]
STANCES: tuple[Stance, ...] = get_args(Stance)
MOST_WORDS = 120
"""Letters that are shown of the words on which a reason rests."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's part in a link: `weight` is added to the sum; the place is a slice of the document or None, `words`
    what stands there."""

    kind: str
    weight: float
    detail: str
    page: int | None = None
    start: int | None = None
    end: int | None = None
    words: str = ""
    usual: float | None = None
    """The weight without what a workspace has learned, where it has learned something of this kind."""

    def quoting(self, text: str) -> Reason:
        """The same, with the words of the document on which it rests, on one line."""
        if self.start is None or self.end is None:
            return self
        words = " ".join(text[self.start : self.end].split())
        return replace(self, words=words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 1]}…")

    def weighing(self, factor: float) -> Reason:
        """The same, of so many times the weight."""
        return self if factor == 1.0 else replace(self, weight=self.weight * factor, usual=self.weight)

    def as_json(self) -> dict[str, Any]:
        """`{"kind", "weight", "detail"}`, the form of the contract, and where and on what words it rests: `"page"`,
        `"start"` and `"end"` (a slice of the document's text) are None where that is no place in it."""
        return {
            "kind": self.kind,
            "weight": round(self.weight, 3),
            "detail": self.detail,
            "page": self.page,
            "start": self.start,
            "end": self.end,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class Link:
    """`event` is qualified by its claim (`CLM-001/E1`); `page` is where the evidence is strongest; `score` 0 to 1."""

    document: str
    page: int
    event: str
    score: float
    reasons: tuple[Reason, ...]
    status: Status = "proposed"
    stance: Stance | None = None
    """What a person says the evidence does for the event; None until somebody does."""

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
            "stance": self.stance,
            "reasons": [reason.as_json() for reason in self.reasons],
        }
