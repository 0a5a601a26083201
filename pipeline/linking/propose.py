"""Proposing links: the rules' reasons are added up, mail threads and families share theirs, the sum becomes a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.claims import Claim
from pipeline.evidence import Evidence
from pipeline.linking.scale import PROPOSED
from pipeline.linking.thread import Threads, threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import weighed
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.pace import Told, untold
from pipeline.parties import Book
from pipeline.records import documents, matters
from pipeline.steps import VERSIONS

LINKABLE = ("ok", "partial")
PORTION = 50
"""Documents whose links are worked out together and written in one transaction."""


def link_pending(matter: Matter, tell: Told = untold) -> list[str]:
    """Link the documents that are not yet linked; returns the ids of those whose links changed."""
    with matter.reading() as tx:
        claims = matters.all_claims(tx)
        pending = documents.without_step(tx, "link", VERSIONS["link"], LINKABLE)
        kin = threads(tx) if pending else Threads({}, {}, {})
    return _link(matter, claims, kin.touched(pending), kin, tell)


def relink(matter: Matter, claim_ids: Sequence[str], tell: Told = untold) -> list[str]:
    """Link all documents anew to these claims; returns the ids of those whose links changed."""
    before = link_pending(matter)
    with matter.reading() as tx:
        claims = tuple(matters.claim(tx, claim_id) for claim_id in claim_ids)
        everything = documents.in_states(tx, LINKABLE)
        kin = threads(tx)
    return sorted({*before, *_link(matter, claims, everything, kin, tell)})


def _link(matter: Matter, claims: Sequence[Claim], ids: Sequence[str], kin: Threads, tell: Told) -> list[str]:
    """Portion by portion, so that neither the links of all documents nor their text lie in memory at once."""
    with matter.reading() as tx:
        events = Events(claims, Book.read(tx))
    claim_ids = [claim.id for claim in claims]
    changed, done = list[str](), 0
    for portion in _portions(ids, kin):
        proposed = linked(_evidence(matter, portion), events, kin)
        changed += _record(matter, proposed, claim_ids)
        done += len(portion)
        tell(done, len(ids))
    return sorted(changed)


def _portions(ids: Sequence[str], kin: Threads) -> Iterator[list[str]]:
    """The documents in portions of about the same size; a thread or family stays whole."""
    wanted, taken, portion = set(ids), set[str](), list[str]()
    for document in ids:
        if document not in taken:
            together = [member for member in kin.of(document) if member in wanted]
            taken.update(together)
            portion += together
        if len(portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def linked(documents_read: Iterable[Evidence], events: Events, kin: Threads) -> dict[str, list[Link]]:
    """The links to propose for each document, its thread or family taken into account."""
    return {
        document: [link for link in links if link.score >= PROPOSED]
        for document, links in weighed(documents_read, events, kin).items()
    }


def _evidence(matter: Matter, ids: Sequence[str]) -> Iterator[Evidence]:
    with matter.reading() as tx:
        for found in documents.summaries(tx, ids):
            if found.state in LINKABLE:
                yield documents.evidence(tx, found, placed=False)


def _record(matter: Matter, proposed: Mapping[str, Sequence[Link]], claim_ids: Sequence[str]) -> list[str]:
    """Replaces the links of these documents in one transaction; returns those for which they changed."""
    changed = []
    with matter.change() as change:
        for document, links in proposed.items():
            if matters.replace_links(change.tx, document, links, claim_ids):
                changed.append(document)
                documents.undo(change.tx, "index", [document])
                events = {link.event: round(link.score, 3) for link in links}
                change.note("linked", document, events=events)
            documents.set_done(change.tx, document, "link", VERSIONS["link"])
    return changed

