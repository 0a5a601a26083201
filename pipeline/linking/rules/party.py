"""Parties: those of the claim, under any of their names, anywhere in the document, as far as OCR misread them too."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.facts.party_known import RULE
from pipeline.claims import Party
from pipeline.linking.view import DocumentView, EventView, Hit
from pipeline.links import Reason

EACH, MOST, NONE = 0.35, 3, -0.6


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """A reason for each party found (three count); one against when the claim has parties and none is there."""
    found = 0
    for party, names in event.parties:
        places = next((there for name in names if (there := view.places(name))), ())
        hit: Hit | None = places[0] if places else _misread(view, party)
        if hit is not None and found < MOST:
            found += 1
            yield Reason("party", EACH, f"{party.role}: {party.name}", hit.page, hit.start, hit.end)
    if event.parties and not found and not view.is_picture:
        yield Reason("party", NONE * view.fullness, "names none of the claim's parties")


def _misread(view: DocumentView, party: Party) -> Hit | None:
    """Where the party's name stands as OCR misread it."""
    for fact, name in view.evidence.names("party"):
        if fact.rule == RULE and name == party.name:
            return Hit(view.evidence.page_of(fact), fact.start, fact.end)
    return None
