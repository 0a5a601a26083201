"""Looks at the records for pages that people wait for: each reads few rows, by index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from extractors.document import Page
from pipeline.audit import Entry
from pipeline.errors import NotFound
from pipeline.evidence import READ
from pipeline.records import codec
from pipeline.records.tables import audit, documents, links, pages, runs, verdicts


def one_page(tx: sa.Connection, document: str, number: int) -> Page:
    """One page with its words and their places. Raises `NotFound`."""
    query = sa.select(pages).where(pages.c.document == document, pages.c.number == number)
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"{document} has no page {number}.", "Look at another page.")
    return codec.page_of(row)


def history_of(tx: sa.Connection, subject: str) -> list[Entry]:
    """The audit entries about one subject, in order."""
    query = sa.select(audit).where(audit.c.subject == subject).order_by(audit.c.seq)
    return [Entry(**row) for row in tx.execute(query).mappings()]


def state_counts(tx: sa.Connection) -> Mapping[str, int]:
    """How many documents there are in each state, and `pages`: of all."""
    query = sa.select(documents.c.state, sa.func.count(), sa.func.sum(documents.c.page_count))
    rows = tx.execute(query.group_by(documents.c.state)).all()
    counts = Counter({state: count for state, count, _ in rows})
    counts["pages"] = sum(pages_of or 0 for _, _, pages_of in rows)
    return counts


def kind_counts(tx: sa.Connection) -> Mapping[str, int]:
    """How many readable documents there are of each kind as it was read, the most frequent first."""
    count = sa.func.count()
    query = sa.select(documents.c.kind, count).where(documents.c.state.in_(READ))
    return {
        kind or "other": number
        for kind, number in tx.execute(query.group_by(documents.c.kind).order_by(-count))
    }


def verdict_counts(tx: sa.Connection) -> Mapping[tuple[str, str], int]:
    """How many links there are of each (claim, status): proposed, confirmed, rejected."""
    same = sa.and_(
        verdicts.c.document == links.c.document,
        verdicts.c.claim == links.c.claim,
        verdicts.c.event == links.c.event,
    )
    waiting = (
        sa.select(links.c.claim, sa.func.count()).where(~sa.exists().where(same)).group_by(links.c.claim)
    )
    said = sa.select(verdicts.c.claim, verdicts.c.verdict, sa.func.count())
    found = {(claim, "proposed"): count for claim, count in tx.execute(waiting)}
    for claim, verdict, count in tx.execute(said.group_by(verdicts.c.claim, verdicts.c.verdict)):
        found[claim, verdict] = count
    return found


def is_any_read(tx: sa.Connection) -> bool:
    """Whether there is a document that could be read."""
    read = documents.c.state.in_(READ)
    return tx.execute(sa.select(documents.c.id).where(read).limit(1)).first() is not None


def is_any_judged(tx: sa.Connection) -> bool:
    """Whether a person said anything of a link."""
    return tx.execute(sa.select(verdicts.c.document).limit(1)).first() is not None


def newest_runs(tx: sa.Connection, most: int) -> list[Mapping[str, object]]:
    """The runs that began last: id, command, started, finished, summary."""
    query = sa.select(runs).order_by(runs.c.started.desc(), runs.c.id).limit(most)
    return [dict(row) for row in tx.execute(query).mappings()]


def was_run(tx: sa.Connection, command: str) -> bool:
    """Whether this command was ever begun here."""
    return tx.execute(sa.select(runs.c.id).where(runs.c.command == command).limit(1)).first() is not None


def newest_failed(tx: sa.Connection, most: int, among: Sequence[str] | None = None) -> list[str]:
    """The documents that failed, the newest first; with `among`, only those of them."""
    query = sa.select(documents.c.id).where(documents.c.state == "failed")
    if among is not None:
        query = query.where(documents.c.id.in_(among))
    return list(tx.execute(query.order_by(documents.c.taken_at.desc(), documents.c.id).limit(most)).scalars())


def document_page(
    tx: sa.Connection, name: str, state: str, among: Sequence[str] | None, most: int, offset: int
) -> tuple[list[str], int]:
    """A stretch of all documents, the newest first, and how many there are: those in a state, or with such a name."""
    query = sa.select(documents.c.id)
    if state:
        query = query.where(documents.c.state == state)
    if name:
        query = query.where(documents.c.name.icontains(name, autoescape=True))
    if among is not None:
        query = query.where(documents.c.id.in_(among))
    total = tx.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar()
    shown = query.order_by(documents.c.taken_at.desc(), documents.c.id).limit(most).offset(offset)
    return list(tx.execute(shown).scalars()), int(total or 0)
