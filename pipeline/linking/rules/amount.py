"""Amounts: the claim's own, or one that the event's description names."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.document import Document, Page
from extractors.facts.amounts import find
from extractors.facts.fact import Money
from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

EVENT, CLAIM = 1.2, 0.4
SMALLEST = Decimal(100)
"""Smaller sums occur by chance."""


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """One reason for an amount of the event, else one for the claim's."""
    wanted = _amounts(event.event.description)
    for fact, money in view.evidence.sums():
        if money.amount in wanted:
            detail = f"the amount {money.amount} of the event"
            yield Reason("amount", EVENT, detail, view.evidence.page_of(fact), fact.start, fact.end)
            return
    for fact, money in view.evidence.sums():
        if event.claim.amount is not None and money.amount == event.claim.amount:
            detail = f"the amount claimed, {money.amount}"
            yield Reason("amount", CLAIM, detail, view.evidence.page_of(fact), fact.start, fact.end)
            return


def _amounts(text: str) -> set[Decimal]:
    document = Document(text, (Page(1, 0, len(text), 1.0, 1.0),), "text/plain")
    values = (fact.value for fact in find(document, "other"))
    return {v.amount for v in values if isinstance(v, Money) and abs(v.amount) >= SMALLEST}
