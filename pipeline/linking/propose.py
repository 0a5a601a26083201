"""Proposing links: the rules' reasons are added up, mail threads and families share theirs, the sum becomes a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from pipeline.claims import Claim
from pipeline.evidence import READ, Evidence
from pipeline.linking.answers import Answers, answers, claims_of, passed_on
from pipeline.linking.learned import Learned, examples, learn, weights_of
from pipeline.linking.scale import PROPOSED
from pipeline.linking.thread import Threads, threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import USUAL, Passed, Weights, weighed
from pipeline.links import Link
from pipeline.matter import Change, Matter
from pipeline.pace import Told, untold
from pipeline.parties import Book
from pipeline.records import audit_log, documents, link_weights, matters
from pipeline.steps import VERSIONS

PORTION = 50
"""Documents whose links are worked out together and written in one transaction."""
CORRECTIONS = ("corrected", "correction withdrawn", "value settled", "value unsettled")
"""What is done to a document that may change its links."""
IMPORTED = "claim imported"
"""What is done to a claim that may change those of all documents."""


def link_pending(matter: Matter, tell: Told = untold) -> list[str]:
    """Link the documents that are not yet linked; returns the ids of those whose links changed."""
    with matter.reading() as tx:
        pending = documents.without_step(tx, "link", VERSIONS["link"], READ)
        if not pending:
            return []
        claims, kin, replies = matters.all_claims(tx), threads(tx), answers(tx, pending)
        seen = audit_log.head(tx).seq
    near = {*pending, *(tie.other for document in pending for tie in replies.get(document, ()))}
    ids = kin.touched(near)
    if len(ids) > len(pending):
        with matter.reading() as tx:
            replies = answers(tx, ids)
    return _Linking(matter, claims, kin, replies, seen).all(ids, [claim.id for claim in claims], tell)


def relink(matter: Matter, claim_ids: Sequence[str], tell: Told = untold) -> list[str]:
    """Link all documents anew to these claims, by what verdicts teach; returns the ids of those whose links changed."""
    with matter.reading() as tx:
        for claim_id in claim_ids:
            matters.claim(tx, claim_id)
    with matter.records.alone():
        return _relink(matter, claim_ids, tell)


def _relink(matter: Matter, claim_ids: Sequence[str], tell: Told) -> list[str]:
    relearn(matter)
    before = link_pending(matter)
    with matter.reading() as tx:
        claims, kin, replies = matters.all_claims(tx), threads(tx), answers(tx)
        seen = audit_log.head(tx).seq
        everything = documents.in_states(tx, READ)
    changed = _Linking(matter, claims, kin, replies, seen).all(everything, claim_ids, tell)
    return sorted({*before, *changed})


def relearn(matter: Matter) -> None:
    """Work out anew what the verdicts that stand teach of the rules, if the settings want that."""
    with matter.reading() as tx:
        verdicts = matters.verdict_list(tx) if matter.settings.links.learn else {}
        events = Events(matters.all_claims(tx), Book.read(tx))
    judged = sorted({document for document, _ in verdicts})
    read = (
        found
        for at in range(0, len(judged), PORTION)
        for found in evidence_of(matter, judged[at : at + PORTION])
    )
    found = learn(examples(read, events, verdicts))
    with matter.change() as change:
        if link_weights.replace_weights(change.tx, found):
            change.note("link weights learned", "links", factors={one.kind: one.factor for one in found})


def weights_in_use(matter: Matter) -> list[Learned]:
    """What is learned and in use; nothing where the settings do not want it."""
    if not matter.settings.links.learn:
        return []
    with matter.reading() as tx:
        return link_weights.learned_weights(tx)


class _Linking:
    """One round of linking: portion by portion, so that neither all links nor all texts lie in memory at once.

    Letters that tell of no event themselves come last: what they answer, or what answers them, is linked by then.
    """

    def __init__(
        self, matter: Matter, claims: Sequence[Claim], kin: Threads, replies: Answers, seen: int
    ) -> None:
        """`seen` is the audit's newest entry when the claims were read."""
        self._matter, self._kin, self._replies = matter, kin, replies
        with matter.reading() as tx:
            self._events = Events(claims, Book.read(tx))
        self._every_claim = {claim.id for claim in claims}
        self._weights = weights_of(weights_in_use(matter))
        self._waiting: dict[str, list[Link]] = {}
        self._seen = seen

    def all(self, ids: Sequence[str], claim_ids: Sequence[str], tell: Told) -> list[str]:
        """Link these documents to these claims; returns the ids of those whose links changed.

        Events of all claims are weighed, as they speak against each other.
        """
        changed, done = list[str](), 0
        for portion in _portions(ids, self._kin):
            proposed = linked(evidence_of(self._matter, portion), self._events, self._kin, self._weights)
            changed += self._record(self._without_waiting(proposed), claim_ids)
            done += len(portion)
            tell(done, len(ids))
        for portion in _portions(sorted(self._waiting), self._kin):
            changed += self._record(self._followers(portion), claim_ids)
        return sorted(changed)

    def _record(self, proposed: Mapping[str, Sequence[Link]], claim_ids: Sequence[str]) -> list[str]:
        """Replace the links of these documents in one transaction; returns those for which they changed.

        Those that somebody corrected since the round began are left to be linked again, with all that answer and are
        answered, since a correction may change who answers whom; where the register changed, all are.
        """
        changed = []
        with self._matter.change() as change:
            corrected = audit_log.touched_since(change.tx, self._seen, CORRECTIONS)
            outdated = bool(audit_log.touched_since(change.tx, self._seen, (IMPORTED,)))
            for document, every in proposed.items():
                links = [link for link in every if link.claim in claim_ids]
                if _replace(change, document, links, claim_ids):
                    changed.append(document)
                answers = bool(corrected and self._replies.get(document))
                if not (outdated or answers or document in corrected):
                    documents.set_done(change.tx, document, "link", VERSIONS["link"])
        return changed

    def _without_waiting(self, proposed: Mapping[str, list[Link]]) -> dict[str, list[Link]]:
        for document, links in proposed.items():
            if self._replies.get(document) and self._every_claim - claims_of(links):
                self._waiting[document] = links
        return {document: links for document, links in proposed.items() if document not in self._waiting}

    def _followers(self, portion: Sequence[str]) -> dict[str, list[Link]]:
        """The links of letters with what the letters on the other side pass on."""
        with self._matter.reading() as tx:
            passed = {document: found for document in portion if (found := self._passed_on(tx, document))}
        families = sorted({member for document in passed for member in self._kin.of(document)})
        read = evidence_of(self._matter, families)
        again = linked(read, self._events, self._kin, self._weights, passed) if passed else {}
        return {document: again.get(document, self._waiting[document]) for document in portion}

    def _passed_on(self, tx: sa.Connection, document: str) -> Passed:
        ties = self._replies[document]
        held = {tie.other: self._links_of(tx, tie.other) for tie in ties}
        return passed_on(ties, held, claims_of(self._waiting[document]))

    def _links_of(self, tx: sa.Connection, document: str) -> Sequence[Link]:
        known = matters.link_list(tx, document=document)
        if document not in self._waiting:
            return known
        said = {link.event: link.status for link in known if link.status != "proposed"}
        return [replace(x, status=said.get(x.event, x.status)) for x in self._waiting[document]]


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


def linked(
    documents_read: Iterable[Evidence],
    events: Events,
    kin: Threads,
    weights: Weights = USUAL,
    answered: Mapping[str, Passed] | None = None,
) -> dict[str, list[Link]]:
    """The links to propose for each document, its thread or family taken into account; reasons quote their words."""
    read = list(documents_read)
    texts = {evidence.id: evidence.document.text for evidence in read}
    return {
        document: [_quoted(link, texts[document]) for link in links if link.score >= PROPOSED]
        for document, links in weighed(read, events, kin, weights, answered or {}).items()
    }


def _quoted(link: Link, text: str) -> Link:
    return replace(link, reasons=tuple(reason.quoting(text) for reason in link.reasons))


def evidence_of(matter: Matter, ids: Sequence[str]) -> Iterator[Evidence]:
    """These documents with their text and facts, as far as they can be linked."""
    with matter.reading() as tx:
        for found in documents.summaries(tx, ids):
            if found.state in READ:
                yield documents.evidence(tx, found, placed=False)


def _replace(change: Change, document: str, links: Sequence[Link], claim_ids: Sequence[str]) -> bool:
    """Replace a document's links to these claims; whether that changed anything."""
    if not matters.replace_links(change.tx, document, links, claim_ids):
        return False
    documents.undo(change.tx, "index", [document])
    change.note("linked", document, events={link.event: round(link.score, 3) for link in links})
    return True
