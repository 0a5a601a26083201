"""Why a document is, or is not, proposed as evidence of an event: each rule's part of the sum, with its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from extractors.document import Document
from pipeline.errors import NotFound
from pipeline.evidence import READ
from pipeline.linking.answers import answers, claims_of, passed_on
from pipeline.linking.learned import weights_of
from pipeline.linking.propose import weights_in_use
from pipeline.linking.scale import PROPOSED, even, total
from pipeline.linking.thread import threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import Passed, weighed
from pipeline.links import Link, Reason
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, matters


def explained(matter: Matter, prefix: str, event: str) -> dict[str, Any]:
    """The sum behind a link, whether it is proposed or scores too low.

    `{"doc", "event", "score", "proposed_from", "sum", "even_at", "status", "stance", "reasons": [{"kind", "weight",
    "usual", "detail", "page", "start", "end", "words", "box", "raw"}], "learned": [{"kind", "factor", "confirmed",
    "rejected", "detail"}]}`; `status` is None where there is no link; at the sum `even_at` right is as likely as wrong;
    `usual` is the weight without what was learned; `box` is in fractions of the page. Raises `NotFound` for a document
    that was not read and for an unknown event.
    """
    with matter.reading() as tx:
        document = documents.resolve(tx, prefix)
        _check(tx, event)
        events, kin = Events(matters.all_claims(tx), Book.read(tx)), threads(tx)
        together = documents.summaries(tx, kin.of(document))
        readable = [one for one in together if one.state in READ]
        read = [documents.evidence(tx, one, placed=one.id == document) for one in readable]
        linked = next((x for x in matters.link_list(tx, document=document) if x.event == event), None)
    own = next((one.document for one in read if one.id == document), None)
    if own is None:
        raise NotFound(f"{document} could not be read, so nothing speaks for it.", "See claimtrail show.")
    learned = weights_in_use(matter)
    weights = weights_of(learned)
    links = weighed(read, events, kin, weights)[document]
    if answered := _answered(matter, document, links):
        links = weighed(read, events, kin, weights, {document: answered})[document]
    found = next(link for link in links if link.event == event)
    return {
        "doc": document,
        "event": event,
        "score": round(found.score, 3),
        "proposed_from": PROPOSED,
        "sum": round(total(found.reasons), 3),
        "even_at": round(even(), 3),
        "status": linked.status if linked else None,
        "stance": linked.stance if linked else None,
        "reasons": [_placed(reason, own) for reason in found.reasons],
        "learned": [one.as_json() for one in learned],
    }


def _check(tx: sa.Connection, event: str) -> None:
    claim_id, _, event_id = event.partition("/")
    if matters.claim(tx, claim_id).event(event_id) is None:
        raise NotFound(
            f"Claim {claim_id} has no event {event_id!r}.", f"See claimtrail claims show {claim_id}."
        )


def _answered(matter: Matter, document: str, links: Sequence[Link]) -> Passed:
    """What the letters on the other side pass on to a letter."""
    with matter.reading() as tx:
        ties = answers(tx, [document]).get(document, ())
        held = {tie.other: matters.link_list(tx, document=tie.other) for tie in ties}
    return passed_on(ties, held, claims_of(link for link in links if link.score >= PROPOSED))


def _placed(reason: Reason, document: Document) -> dict[str, Any]:
    box, raw = None, ""
    if reason.start is not None and reason.end is not None:
        place = document.where(reason.start, reason.end)
        box, raw = (place.box.as_list() if place.box else None), document.text[reason.start : reason.end]
    usual = reason.weight if reason.usual is None else reason.usual
    return {**reason.quoting(document.text).as_json(), "usual": round(usual, 3), "box": box, "raw": raw}
