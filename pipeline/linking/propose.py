"""Proposing links: the rules' reasons are added up, mail threads and families share theirs, the sum becomes a score."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.claims import Claim, qualified
from pipeline.evidence import Evidence
from pipeline.linking.rules import rules
from pipeline.linking.thread import Threads, threads
from pipeline.linking.view import DocumentView, Events
from pipeline.links import Link, Reason
from pipeline.matter import Matter
from pipeline.pace import Told, untold
from pipeline.records import documents, matters
from pipeline.steps import VERSIONS

EVEN = 2.5
"""The sum of weights at which a link is as likely right as wrong."""
SLOPE = 1.5
PROPOSED = 0.5
THREAD = 1.0
"""Weight of a link that another document of the same thread or family has."""
LINKABLE = ("ok", "partial")
PORTION = 50
"""Documents whose links are worked out together and written in one transaction."""


def score(reasons: Iterable[Reason]) -> float:
    """The sum of the weights as a probability (logistic)."""
    return 1.0 / (1.0 + math.exp(-SLOPE * (sum(reason.weight for reason in reasons) - EVEN)))


def propose(evidence: Evidence, events: Events) -> list[Link]:
    """What the rules say of a document and each event, however low it scores."""
    view = DocumentView(evidence, events.terms)
    found = []
    for event in events.views:
        reasons = _strongest_first(reason for rule in rules() for reason in rule(view, event))
        where = qualified(event.claim.id, event.event.id)
        found.append(Link(evidence.id, _page(reasons), where, score(reasons), reasons))
    return found


def link_pending(matter: Matter, tell: Told = untold) -> list[str]:
    """Link the documents that are not yet linked; returns the ids of those whose links changed."""
    with matter.reading() as tx:
        claims = matters.all_claims(tx)
        pending = documents.without_step(tx, "link", VERSIONS["link"], LINKABLE)
        kin = threads(tx) if pending else Threads({}, {})
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
    events, claim_ids = Events(claims), [claim.id for claim in claims]
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


def weighed(documents_read: Iterable[Evidence], events: Events, kin: Threads) -> dict[str, list[Link]]:
    """The links of each document to every event, however low they score, its thread or family taken into account."""
    alone = {evidence.id: propose(evidence, events) for evidence in documents_read}
    groups = {kin.of(document): _best_two(alone, kin.of(document)) for document in alone}
    return {
        document: list(_with_thread(links, groups[kin.of(document)])) for document, links in alone.items()
    }


def _evidence(matter: Matter, ids: Sequence[str]) -> Iterator[Evidence]:
    with matter.reading() as tx:
        for found in documents.summaries(tx, ids):
            if found.state in LINKABLE:
                yield documents.evidence(tx, found, placed=False)


def _best_two(alone: Mapping[str, Sequence[Link]], group: Sequence[str]) -> dict[str, list[Link]]:
    """The two best links of a group to each event: one of them is another document's, whichever asks."""
    best: dict[str, list[Link]] = defaultdict(list)
    if len(group) > 1:
        for link in (link for member in group for link in alone.get(member, ())):
            best[link.event] = sorted([*best[link.event], link], key=lambda one: -one.score)[:2]
    return best


def _with_thread(links: Sequence[Link], best: Mapping[str, Sequence[Link]]) -> Iterator[Link]:
    for link in links:
        others = (one for one in best.get(link.event, ()) if one.document != link.document)
        other = next(others, None)
        if other is not None and other.score >= PROPOSED and link.score > 0.02:
            detail = f"same thread or family as {other.document}"
            reasons = _strongest_first((*link.reasons, Reason("thread", THREAD * other.score, detail)))
            link = replace(link, reasons=reasons, score=score(reasons))
        yield link


def _strongest_first(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: -reason.weight))


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


def _page(reasons: Sequence[Reason]) -> int:
    """The page on which most of the weight stands."""
    weights: dict[int, float] = defaultdict(float)
    for reason in reasons:
        if reason.page is not None and reason.weight > 0:
            weights[reason.page] += reason.weight
    return min(weights, key=lambda page: (-weights[page], page)) if weights else 1
