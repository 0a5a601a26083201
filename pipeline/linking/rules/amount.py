"""Amounts: the claim's own, or one that the event's description names."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

EVENT, CLAIM = 1.2, 0.4


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """One reason for an amount of the event, else one for the claim's."""
    for fact, money in view.evidence.sums():
        if money.amount in event.amounts:
            detail = f"the amount {money.amount} of the event"
            yield Reason("amount", EVENT, detail, view.evidence.page_of(fact), fact.start, fact.end)
            return
    for fact, money in view.evidence.sums():
        if event.claim.amount is not None and money.amount == event.claim.amount:
            detail = f"the amount claimed, {money.amount}"
            yield Reason("amount", CLAIM, detail, view.evidence.page_of(fact), fact.start, fact.end)
            return
