"""Proposing links: the rules' reasons are added up, mail threads and families share theirs, the sum becomes a score."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.claims import Claim, qualified
from pipeline.evidence import Evidence, Summary
from pipeline.linking.rules import rules
from pipeline.linking.thread import threads
from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Link, Reason
from pipeline.matter import Matter
from pipeline.records import documents, matters
from pipeline.steps import VERSIONS

EVEN = 2.5
"""The sum of weights at which a link is as likely right as wrong."""
SLOPE = 1.5
PROPOSED = 0.5
THREAD = 1.0
"""Weight of a link that another document of the same thread or family has."""
LINKABLE = ("ok", "partial")


def score(reasons: Iterable[Reason]) -> float:
    """The sum of the weights as a probability (logistic)."""
    return 1.0 / (1.0 + math.exp(-SLOPE * (sum(reason.weight for reason in reasons) - EVEN)))


def propose(evidence: Evidence, events: Sequence[EventView]) -> list[Link]:
    """What the rules say of a document and each event, however low it scores."""
    view = DocumentView(evidence)
    found = []
    for event in events:
        reasons = _strongest_first(reason for rule in rules() for reason in rule(view, event))
        where = qualified(event.claim.id, event.event.id)
        found.append(Link(evidence.id, _page(reasons), where, score(reasons), reasons))
    return found


def link_pending(matter: Matter) -> list[str]:
    """Link the documents that are not yet linked; returns the ids of those whose links changed."""
    with matter.reading() as tx:
        claims = matters.all_claims(tx)
        pending = documents.without_step(tx, "link", VERSIONS["link"], LINKABLE)
        family = threads(tx)
    together = sorted({member for document in pending for member in family.get(document, (document,))})
    return _link(matter, claims, together, family)


def relink(matter: Matter, claim_ids: Sequence[str]) -> list[str]:
    """Link all documents anew to these claims; returns the ids of those whose links changed."""
    before = link_pending(matter)
    with matter.reading() as tx:
        claims = tuple(matters.claim(tx, claim_id) for claim_id in claim_ids)
        everything = [s.id for s in documents.summaries(tx) if s.state in LINKABLE]
        family = threads(tx)
    return sorted({*before, *_link(matter, claims, everything, family)})


def _link(
    matter: Matter, claims: Sequence[Claim], ids: Sequence[str], family: dict[str, tuple[str, ...]]
) -> list[str]:
    claim_ids = [claim.id for claim in claims]
    proposed = linked(_evidence(matter, ids), claims, family)
    return [document for document, links in proposed.items() if _record(matter, document, links, claim_ids)]


def linked(
    documents_read: Iterable[Evidence], claims: Sequence[Claim], family: Mapping[str, Sequence[str]]
) -> dict[str, list[Link]]:
    """The links to propose for each document, its thread or family taken into account."""
    events = [EventView(claim, event) for claim in claims for event in claim.events]
    alone = {evidence.id: propose(evidence, events) for evidence in documents_read}
    found = {}
    for document, links in alone.items():
        others = [alone[m] for m in family.get(document, ()) if m != document and m in alone]
        found[document] = [link for link in _with_thread(links, others) if link.score >= PROPOSED]
    return found


def _evidence(matter: Matter, ids: Sequence[str]) -> Iterator[Evidence]:
    for found in _summaries(matter, ids):
        with matter.reading() as tx:
            yield documents.evidence(tx, found)


def _summaries(matter: Matter, ids: Sequence[str]) -> list[Summary]:
    with matter.reading() as tx:
        return [found for found in documents.summaries(tx, ids) if found.state in LINKABLE]


def _with_thread(links: Sequence[Link], others: Sequence[Sequence[Link]]) -> list[Link]:
    best: dict[str, Link] = {}
    for link in (link for document in others for link in document):
        if link.event not in best or link.score > best[link.event].score:
            best[link.event] = link
    strengthened = []
    for link in links:
        other = best.get(link.event)
        if other is not None and other.score >= PROPOSED and link.score > 0.02:
            detail = f"same thread or family as {other.document}"
            reasons = _strongest_first((*link.reasons, Reason("thread", THREAD * other.score, detail)))
            link = replace(link, reasons=reasons, score=score(reasons))
        strengthened.append(link)
    return strengthened


def _strongest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _record(matter: Matter, document: str, links: Sequence[Link], claim_ids: Sequence[str]) -> bool:
    with matter.change() as change:
        changed = matters.replace_links(change.tx, document, links, claim_ids)
        documents.set_done(change.tx, document, "link", VERSIONS["link"])
        if changed:
            documents.undo(change.tx, "index", [document])
            change.note("linked", document, events={link.event: round(link.score, 3) for link in links})
    return changed


def _page(reasons: Sequence[Reason]) -> int:
    """The page on which most of the weight stands."""
    weights: dict[int, float] = defaultdict(float)
    for reason in reasons:
        if reason.page is not None and reason.weight > 0:
            weights[reason.page] += reason.weight
    return min(weights, key=lambda page: (-weights[page], page)) if weights else 1
