"""Parties: those of the claim, under any of their names, anywhere in the document, as far as OCR misread them too."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.facts.party_known import RULE
from index.words import compact
from pipeline.claims import Party
from pipeline.linking.view import DocumentView, EventView, Hit
from pipeline.links import Reason
from pipeline.rulings import is_said

EACH, MOST, NONE = 0.35, 3, -0.6


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """A reason for each party found (three count); one against when the claim has parties and none is there."""
    found = 0
    for party, names in event.parties:
        places = next((there for name in names if (there := view.places(name))), ())
        hit: Hit | None = places[0] if places else _misread(view, party)
        if found < MOST and (hit is not None or _said(view, party)):
            found += 1
            place = (hit.page, hit.start, hit.end) if hit is not None else ()
            yield Reason("party", EACH, f"{party.role}: {party.name}", *place)
    if event.parties and not found and not view.is_picture:
        yield Reason("party", NONE * view.fullness, "names none of the claim's parties")


def _misread(view: DocumentView, party: Party) -> Hit | None:
    """Where the party's name stands as OCR misread it, or where a person says that it is the party's."""
    names = {compact(name) for name in party.names}
    for fact, name in view.evidence.names("party"):
        if (fact.rule.endswith(RULE) and name == party.name) or (is_said(fact) and compact(name) in names):
            return Hit(view.evidence.page_of(fact), fact.start, fact.end)
    return None


def _said(view: DocumentView, party: Party) -> bool:
    """Whether a person gave the document this party."""
    names = {compact(name) for name in party.names}
    said = (one.value for one in view.evidence.summary.corrections if one.field == "party")
    return any(compact(name) in names for name in said)
