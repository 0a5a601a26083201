"""Whether an event that is taken out of the register is suggested again: at which place among the suggestions.

Each event of the samples is left out in turn, everything is linked without it, and the first suggestion counts whose
days meet the event's and whose best source is evidence of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.casefile import CaseFile
from pipeline.claims import Claim, Event, qualified
from pipeline.evidence import Evidence
from pipeline.linking.propose import linked
from pipeline.linking.thread import Threads
from pipeline.linking.view import Events
from pipeline.parties import Book
from pipeline.suggest import Suggestion, suggest

Place = tuple[str, int | None, int]
"""The event, the place (from 1) at which it is suggested or None, and how many suggestions there were."""


def places(
    claims: Sequence[Claim],
    read: Sequence[Evidence],
    book: Book,
    kin: Threads,
    truth: frozenset[tuple[str, str]],
) -> Iterator[Place]:
    """Leave each event out in turn; `truth` are the (document, event) pairs that are right."""
    for claim in claims:
        for event in claim.events:
            found = _without(claim, event, claims, read, book, kin)
            name = qualified(claim.id, event.id)
            right = (n for n, one in enumerate(found, 1) if _meets(one, event) and (one.doc, name) in truth)
            yield name, next(right, None), len(found)


def _without(
    claim: Claim, event: Event, claims: Sequence[Claim], read: Sequence[Evidence], book: Book, kin: Threads
) -> list[Suggestion]:
    rest = replace(claim, events=tuple(one for one in claim.events if one is not event))
    others = [rest if one is claim else one for one in claims]
    links = [link for found in linked(read, Events(others, book), kin).values() for link in found]
    own = tuple(link for link in links if link.claim == claim.id)
    evidence = {one.id: one for one in read if any(link.document == one.id for link in own)}
    anywhere = {link.document for link in links}
    case = CaseFile(rest, own, evidence, book=book)
    return suggest(case, [one for one in read if one.id not in anywhere])


def _meets(one: Suggestion, event: Event) -> bool:
    return one.date <= event.last and (one.end or one.date) >= event.start
