"""Answers that the command line and the HTTP API give alike: put together here once, as JSON in the contract's form."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from pipeline.casefile import CaseFile, load_case, loose_evidence
from pipeline.common_ground import CommonGround
from pipeline.correspondence.lookup import correspondence_of
from pipeline.deadlines import Deadline, deadlines
from pipeline.describe import evidence_json, history_json
from pipeline.errors import NotFound, UsageError
from pipeline.evidence import Evidence
from pipeline.indexing import index_pending
from pipeline.linking import relink
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.pace import Progress, stage
from pipeline.partybook import bring_parties
from pipeline.records import arrivals, documents, glances, likenesses, matters, precedents, review
from pipeline.register import body_of
from pipeline.suggest import Suggestion, register_text, suggest

PAGED = ("dates", "parties", "amounts", "references", "findings", "lines")
"""What of a document's JSON stands on a page."""


def document_answer(matter: Matter, prefix: str, page: int | None = None) -> tuple[dict[str, Any], Evidence]:
    """What `show` says of a document, of one page or of all, and the document itself.

    Raises `NotFound`, `AmbiguousName`, and `UsageError` for a page that it does not have.
    """
    with matter.reading() as tx:
        found = documents.evidence(tx, documents.summary(tx, documents.resolve(tx, prefix)))
        links = matters.link_list(tx, document=found.id)
        entries = glances.history_of(tx, found.id)
        labels = arrivals.label_list(tx, found.id)
        near = likenesses.likeness_list(tx, found.id)
        like = precedents.precedent_list(tx, found.id)
        letters = correspondence_of(tx, found.id)
    if page is not None and page > len(found.document.pages):
        raise UsageError(f"{found.id} has {len(found.document.pages)} pages.", "Name one of them.")
    answer = {**evidence_json(found), **history_json(found, links, entries, labels, near, letters, like)}
    return (answer if page is None else only_page(answer, page)), found


def only_page(answer: dict[str, Any], page: int) -> dict[str, Any]:
    """A document's JSON without what stands on other pages."""
    facts = {key: [one for one in answer[key] if one["page"] == page] for key in PAGED}
    return {**answer, "pages": [one for one in answer["pages"] if one["number"] == page], **facts}


def claims_answer(matter: Matter) -> list[dict[str, Any]]:
    """What `claims list` says."""
    with matter.reading() as tx:
        return [body_of(claim) for claim in matters.all_claims(tx)]


def claim_answer(matter: Matter, claim: str) -> dict[str, Any]:
    """What `claims show` says: the claim with its course, and how many documents bear on each event.

    Raises `NotFound`.
    """
    with matter.reading() as tx:
        found = matters.claim(tx, claim)
        links = [link for link in matters.link_list(tx, claim) if link.status != "rejected"]
    body = body_of(found)
    body["history"] = [change.as_json() for change in found.history]
    for event, said in zip(body["events"], found.events, strict=True):
        event["evidence"] = sum(link.event == f"{claim}/{event['id']}" for link in links)
        event["responses"] = [response.as_json() for response in said.responses]
    return body


def links_of(matter: Matter, claim: str, status: str | None = None, stance: str | None = None) -> list[Link]:
    """The links of a claim, all or those of a status or stance. Raises `NotFound`."""
    with matter.reading() as tx:
        matters.claim(tx, claim)
        found = matters.link_list(tx, claim)
    return [link for link in found if status in (None, link.status) and stance in (None, link.stance)]


def review_answer(
    matter: Matter, claims: Sequence[str] | None = None, among: Sequence[str] | None = None
) -> dict[str, int]:
    """What `review` says: how much waits for a person in each queue; links of these claims, the rest among these
    documents."""
    with matter.reading() as tx:
        return review.counts(tx, claims, None, among)


def deadlines_of(matter: Matter, claims: Iterable[str], today: datetime.date) -> list[Deadline]:
    """The deadlines of these claims, reckoned from that day. Raises `NotFound`."""
    common = CommonGround()
    return [found for claim in claims for found in deadlines(load_case(matter, claim, common), today)]


SUGGESTED_BY = ("score", "date")
"""Orders of suggested events: the likeliest first, or by day."""


def suggestions_of(
    matter: Matter, case: CaseFile, sort: str = "score", with_loose: bool = True
) -> list[Suggestion]:
    """The events that the evidence suggests; without the documents of no claim where they are not to be seen."""
    found = suggest(case, loose_evidence(matter, case) if with_loose else ())
    return sorted(found, key=lambda one: (one.date, one.end or one.date)) if sort == "date" else found


def suggestions_text(case: CaseFile, found: Iterable[Suggestion]) -> str:
    """Suggested events in the form of the register, to be pasted into it."""
    return register_text(case.claim, found, {one.id: one.name for one in case.summaries})


def link_again(matter: Matter, claim: str | None, progress: Progress) -> dict[str, Any]:
    """What `link` does and says. Only for the holder of the workspace's lock. Raises `NotFound`."""
    with matter.reading() as tx:
        claims = [matters.claim(tx, claim)] if claim else list(matters.all_claims(tx))
    bring_parties(matter, stage(progress, "names"))
    changed = relink(matter, [found.id for found in claims], stage(progress, "linking"))
    index_pending(matter, stage(progress, "indexing"))
    with matter.reading() as tx:
        count = sum(len(matters.link_list(tx, found.id)) for found in claims)
    return {"claims": [found.id for found in claims], "links": count, "changed": changed}


def claim_ids(matter: Matter) -> list[str]:
    """The ids of all claims, in order of the register."""
    with matter.reading() as tx:
        return [claim.id for claim in matters.all_claims(tx)]


def run_answer(matter: Matter, run: str) -> dict[str, Any]:
    """One run with how it ended. Raises `NotFound`."""
    with matter.reading() as tx:
        found = matters.run_list(tx, run=run)
    if not found:
        raise NotFound(f"There is no run {run!r}.", "See the list of runs.")
    return found[0]
