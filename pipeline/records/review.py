"""What waits for a person to look at it, one after the other: proposed links, doubtful values, contradictions within
documents, documents that failed.

Each queue has an order that does not change while it is worked off, so that the place of the next one is a number.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from extractors.facts.fact import Fact
from extractors.facts.finding import Finding
from pipeline.records import codec, findings
from pipeline.records.chunks import chunks
from pipeline.records.tables import corrections, documents, facts, links, rulings, verdicts
from pipeline.rulings import RATHER_SURE, RELIED_ON, UNSURE

SETTLED_BY_A_PERSON = (("date", "document"), ("party", "sender"), ("party", "seller"))
"""Kinds and roles of which a document has one, so that what a person says of it is said of the document."""


Waiting = Sequence[tuple[str, Finding]]
"""Contradictions that wait for an answer, with their documents."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A value that is unsure, with the document in which it stands."""

    document: str
    fact: Fact


def _waiting(claims: Sequence[str] | None, event: tuple[str, str] | None) -> Any:
    same = sa.and_(
        verdicts.c.document == links.c.document,
        verdicts.c.claim == links.c.claim,
        verdicts.c.event == links.c.event,
    )
    condition = ~sa.exists().where(same)
    if claims is not None:
        condition = sa.and_(condition, links.c.claim.in_(claims))
    if event is not None:
        condition = sa.and_(condition, links.c.claim == event[0], links.c.event == event[1])
    return condition


def count_links(
    tx: sa.Connection, claims: Sequence[str] | None = None, event: tuple[str, str] | None = None
) -> int:
    """How many proposed links nobody has judged; of these claims, or of one event (claim, event)."""
    query = sa.select(sa.func.count()).select_from(links).where(_waiting(claims, event))
    return int(tx.execute(query).scalar() or 0)


def nth_link(
    tx: sa.Connection, number: int, claims: Sequence[str] | None = None, event: tuple[str, str] | None = None
) -> tuple[str, str] | None:
    """(document, CLAIM/EVENT) of the link at this place, from 0: event by event, the best first."""
    order = (links.c.claim, links.c.event, links.c.score.desc(), links.c.document)
    query = sa.select(links.c.document, links.c.claim, links.c.event).where(_waiting(claims, event))
    row = tx.execute(query.order_by(*order).limit(1).offset(number)).first()
    return None if row is None else (row.document, f"{row.claim}/{row.event}")


def _doubtful(among: Sequence[str] | None) -> Any:
    said = sa.and_(
        corrections.c.document == facts.c.document,
        corrections.c.field == facts.c.kind,
        corrections.c.role == facts.c.role,
    )
    was = facts.c.value + sa.func.coalesce("/" + facts.c.value_end, "")
    ruled = sa.and_(
        rulings.c.document == facts.c.document,
        rulings.c.kind == facts.c.kind,
        rulings.c.role == facts.c.role,
        rulings.c.was == was + sa.func.coalesce(" " + facts.c.currency, ""),
    )
    roles = sa.or_(
        *(sa.and_(facts.c.kind == kind, facts.c.role.in_(roles)) for kind, roles in RELIED_ON.items())
    )
    condition = sa.and_(roles, _unsure(), ~sa.exists().where(said), ~sa.exists().where(ruled))
    return condition if among is None else sa.and_(condition, facts.c.document.in_(among))


def _unsure() -> Any:
    told = sa.cast(facts.c.doubts, sa.String) != "[]"
    # the greater bound once more for both: only so does a database look at few facts, by their index
    return sa.and_(facts.c.confidence < RATHER_SURE, sa.or_(facts.c.confidence < UNSURE, told))


def count_doubts(tx: sa.Connection, among: Sequence[str] | None, asked: Waiting) -> int:
    """How many values are unsure that a person can settle; `among` these documents.

    A sum at which one of the contradictions `asked` about stands is asked about as such, and not here too.
    """
    query = sa.select(sa.func.count()).select_from(facts).where(_doubtful(among))
    return int(tx.execute(query).scalar() or 0) - len(_asked_elsewhere(tx, asked))


def nth_doubt(tx: sa.Connection, number: int, among: Sequence[str] | None = None) -> Doubt | None:
    """The unsure value at this place, from 0."""
    query = sa.select(facts).where(_doubtful(among)).order_by(facts.c.document, facts.c.position)
    elsewhere, before = _asked_elsewhere(tx, findings.waiting(tx, among)), 0
    while (row := tx.execute(query.limit(1).offset(number + before)).mappings().first()) is not None:
        passed = bisect_right(elsewhere, (row["document"], row["position"]))
        if passed == before:
            return Doubt(row["document"], codec.fact_of(row))
        before = passed
    return None


def _asked_elsewhere(tx: sa.Connection, asked: Waiting) -> list[tuple[str, int]]:
    """(document, position) of the unsure sums at which a contradiction stands that waits for an answer, in order.

    Nobody has said anything of these sums: their contradictions would not wait any more.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for document, found in asked:
        places[document].append(found.start)
    columns = (facts.c.document, facts.c.position, facts.c.start, facts.c.end)
    query = sa.select(*columns).where(
        facts.c.kind == "amount", facts.c.role.in_(RELIED_ON["amount"]), _unsure()
    )
    rows = (
        row for part in chunks(sorted(places)) for row in tx.execute(query.where(facts.c.document.in_(part)))
    )
    return sorted(
        (row.document, row.position)
        for row in rows
        if any(row.start <= place < row.end for place in places[row.document])
    )


def counts(
    tx: sa.Connection,
    claims: Sequence[str] | None = None,
    event: tuple[str, str] | None = None,
    among: Sequence[str] | None = None,
) -> dict[str, int]:
    """How much waits in each queue: links of these claims, or of one event; the rest `among` these documents."""
    asked = findings.waiting(tx, among)
    return {
        "links": count_links(tx, claims, event),
        "facts": count_doubts(tx, among, asked),
        "findings": len(asked),
        "failed": count_failed(tx, among),
    }


def nth_finding(
    tx: sa.Connection, number: int, among: Sequence[str] | None = None
) -> tuple[str, Finding] | None:
    """(document, contradiction) at this place, from 0: document by document, in order of place."""
    held = findings.waiting(tx, among)
    return held[number] if number < len(held) else None


def _failed(among: Sequence[str] | None) -> Any:
    failed = documents.c.state == "failed"
    return failed if among is None else sa.and_(failed, documents.c.id.in_(among))


def count_failed(tx: sa.Connection, among: Sequence[str] | None = None) -> int:
    """How many documents could not be read."""
    return int(
        tx.execute(sa.select(sa.func.count()).select_from(documents).where(_failed(among))).scalar() or 0
    )


def nth_failed(tx: sa.Connection, number: int, among: Sequence[str] | None = None) -> str | None:
    """The document that could not be read at this place, from 0, the newest first."""
    query = sa.select(documents.c.id).where(_failed(among))
    order = (documents.c.taken_at.desc(), documents.c.id)
    found = tx.execute(query.order_by(*order).limit(1).offset(number)).scalar()
    return None if found is None else str(found)
