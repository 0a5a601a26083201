"""References: the event's own, and those of its claim; and a claim that a person named at intake."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.words import compact
from pipeline.linking.view import DocumentView, EventView, Phrase
from pipeline.links import Reason

EVENT, CLAUSE, CLAIM, GIVEN = 2.6, 0.5, 0.4, 0.7
CLAUSE_NUMBER = re.compile(r"(?:clause|article|条款|第)\s*(\d+(?:\.\d+)*)", re.IGNORECASE)
"""A reference of the register that names a clause: `Sub-Clause 20.1`, `第19.1条`."""


def reasons(view: DocumentView, event: EventView) -> Iterator[Reason]:
    """One reason for each reference of the event that the document has or cites, at most one for its claim's."""
    for form, phrase in event.references.items():
        if (reason := _found(view, form, phrase)) is not None:
            yield reason
    for form, shown in event.claim_references.items():
        hit = next((hit for value, hit, _ in view.references if value == form), None)
        if hit is not None:
            yield Reason("reference", CLAIM, f"the claim's reference {shown}", hit.page, hit.start, hit.end)
            break
    if event.claim.id in view.evidence.summary.given_claims:
        yield Reason("reference", GIVEN, f"taken in for {event.claim.id}")


def _found(view: DocumentView, form: str, phrase: Phrase) -> Reason | None:
    shown = phrase.text
    clause = CLAUSE_NUMBER.search(shown)
    weight = CLAUSE if clause else EVENT
    number = compact(clause[1]) if clause else form
    for value, hit, role in view.references:
        if value == number and (role == "clause") == bool(clause):
            return Reason("reference", weight, f"reference {shown}", hit.page, hit.start, hit.end)
    for cited in view.places(phrase):
        return Reason("reference", weight, f"cites {shown}", cited.page, cited.start, cited.end)
    return None
