"""Why a document is, or is not, proposed as evidence of an event: each rule's part of the sum, with its place."""

from __future__ import annotations

from typing import Any

from extractors.document import Document
from pipeline.errors import NotFound
from pipeline.linking.propose import LINKABLE
from pipeline.linking.scale import PROPOSED, even, total
from pipeline.linking.thread import threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import weighed
from pipeline.links import Reason
from pipeline.matter import Matter
from pipeline.parties import Book
from pipeline.records import documents, matters


def explained(matter: Matter, prefix: str, event: str) -> dict[str, Any]:
    """The sum behind a link, whether it is proposed or scores too low.

    `{"doc", "event", "score", "proposed_from", "sum", "even_at", "status", "reasons": [{"kind", "weight", "detail",
    "page", "box", "raw"}]}`; `status` is None where there is no link; at the sum `even_at` right is as likely as wrong;
    `box` is in fractions of the page. Raises `NotFound` for a document that was not read and for an unknown event.
    """
    claim_id, _, event_id = event.partition("/")
    with matter.reading() as tx:
        document = documents.resolve(tx, prefix)
        claim = matters.claim(tx, claim_id)
        if claim.event(event_id) is None:
            raise NotFound(
                f"Claim {claim_id} has no event {event_id!r}.", f"See claimtrail claims show {claim_id}."
            )
        book, kin = Book.read(tx), threads(tx)
        together = documents.summaries(tx, kin.of(document))
        read = [
            documents.evidence(tx, one, placed=one.id == document)
            for one in together
            if one.state in LINKABLE
        ]
        status = {link.event: link.status for link in matters.link_list(tx, document=document)}.get(event)
    own = next((one.document for one in read if one.id == document), None)
    if own is None:
        raise NotFound(f"{document} could not be read, so nothing speaks for it.", "See claimtrail show.")
    found = next(link for link in weighed(read, Events([claim], book), kin)[document] if link.event == event)
    return {
        "doc": document,
        "event": event,
        "score": round(found.score, 3),
        "proposed_from": PROPOSED,
        "sum": round(total(found.reasons), 3),
        "even_at": round(even(), 3),
        "status": status,
        "reasons": [_placed(reason, own) for reason in found.reasons],
    }


def _placed(reason: Reason, document: Document) -> dict[str, Any]:
    box, raw = None, ""
    if reason.start is not None and reason.end is not None:
        place = document.where(reason.start, reason.end)
        box, raw = (place.box.as_list() if place.box else None), document.text[reason.start : reason.end]
    return {**reason.as_json(), "page": reason.page, "box": box, "raw": raw}
