"""Claims, links, verdicts, corrections, marks, names of parties and runs in the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from pipeline.claims import Claim, qualified
from pipeline.clock import now, stamp
from pipeline.errors import NotFound
from pipeline.links import Link, Reason, Stance, Status
from pipeline.records.courses import with_course
from pipeline.records.dialects import added, insert, next_position
from pipeline.records.tables import (
    claims,
    corrections,
    links,
    marks,
    party_names,
    runs,
    stances,
    ties,
    verdicts,
)
from pipeline.register import body_of, claim_of

PERSON = 0.0
"""Score of a link that only a person saw."""


def put_claims(tx: sa.Connection, found: Sequence[Claim]) -> list[str]:
    """Add or update claims; returns the ids of those that changed. Verdicts are not touched."""
    changed = []
    known: dict[str, Any] = {row.id: row.body for row in tx.execute(sa.select(claims))}
    for claim in found:
        body = body_of(claim)
        if known.get(claim.id) == body:
            continue
        position = list(known).index(claim.id) if claim.id in known else len(known)
        known[claim.id] = body
        row = {"id": claim.id, "position": position, "body": body}
        tx.execute(
            insert(tx, claims).values(row).on_conflict_do_update(index_elements=["id"], set_={"body": body})
        )
        changed.append(claim.id)
    return changed


def all_claims(tx: sa.Connection) -> tuple[Claim, ...]:
    """The claims in order of the register, each with its course: what people noted of it since."""
    bodies = tx.execute(sa.select(claims.c.body).order_by(claims.c.position)).scalars()
    return with_course(tx, [claim_of(body) for body in bodies])


def registered_statuses(tx: sa.Connection) -> dict[str, str]:
    """The status of each claim as its register last told it."""
    return {row.id: str(row.body["status"]) for row in tx.execute(sa.select(claims))}


def registered(tx: sa.Connection, claim_id: str) -> dict[str, Any] | None:
    """A claim in the register's form as it was told last, without what people noted of its course; None: no such."""
    body: dict[str, Any] | None = tx.execute(sa.select(claims.c.body).where(claims.c.id == claim_id)).scalar()
    return body


def claim(tx: sa.Connection, claim_id: str) -> Claim:
    """One claim, with its course. Raises `NotFound`."""
    body = tx.execute(sa.select(claims.c.body).where(claims.c.id == claim_id)).scalar()
    if body is None:
        raise no_claim(claim_id)
    return with_course(tx, [claim_of(body)])[0]


def no_claim(claim_id: str) -> NotFound:
    """The error for a claim that is not there."""
    return NotFound(f"There is no claim {claim_id!r}.", "See claimtrail claims list.")


def documents_of(tx: sa.Connection, claim_ids: Sequence[str]) -> frozenset[str]:
    """The documents with a standing link to one of these claims, or tied to one."""
    given = sa.select(ties.c.document).where(ties.c.claim.in_(claim_ids))
    return linked(tx, claim_ids).union(tx.execute(given).scalars())


def linked(tx: sa.Connection, claim_ids: Sequence[str] | None = None) -> frozenset[str]:
    """The documents with a standing link to one of these claims, or to any."""
    proposed, said = sa.select(links.c.document, links.c.claim, links.c.event), sa.select(verdicts)
    if claim_ids is not None:
        proposed = proposed.where(links.c.claim.in_(claim_ids))
        said = said.where(verdicts.c.claim.in_(claim_ids))
    standing = {tuple(row) for row in tx.execute(proposed)}
    for row in tx.execute(said):
        link = (row.document, row.claim, row.event)
        (standing.add if row.verdict == "confirmed" else standing.discard)(link)
    return frozenset(document for document, _, _ in standing)


def replace_links(tx: sa.Connection, document: str, found: Iterable[Link], claim_ids: Sequence[str]) -> bool:
    """Replace the proposals between a document and the events of these claims; True when something changed."""
    condition = sa.and_(links.c.document == document, links.c.claim.in_(claim_ids))
    query = sa.select(links).where(condition).order_by(links.c.claim, links.c.event)
    before = [dict(row) for row in tx.execute(query).mappings()]
    after = sorted((_link_row(link) for link in found), key=lambda row: (row["claim"], row["event"]))
    if before == after:
        return False
    tx.execute(sa.delete(links).where(condition))
    if after:
        tx.execute(links.insert(), after)
    return True


def link_list(tx: sa.Connection, claim_id: str | None = None, document: str | None = None) -> list[Link]:
    """Links with people's verdicts on them, best first. A confirmed one stands even where no rule proposes it."""
    proposed, said = sa.select(links), sa.select(verdicts)
    if claim_id is not None:
        proposed, said = proposed.where(links.c.claim == claim_id), said.where(verdicts.c.claim == claim_id)
    if document is not None:
        proposed, said = (
            proposed.where(links.c.document == document),
            said.where(verdicts.c.document == document),
        )
    verdict_rows = {(row.document, row.claim, row.event): row for row in tx.execute(said)}
    found = [
        _link(row, verdict_rows.pop((row["document"], row["claim"], row["event"]), None))
        for row in tx.execute(proposed).mappings()
    ]
    found += [_only_said(row) for row in verdict_rows.values()]
    said_stances = stances_of(tx, claim_id, document)
    found = [replace(link, stance=said_stances.get((link.document, link.event))) for link in found]
    return sorted(found, key=lambda link: (-link.score, link.event, link.document))


def set_verdict(tx: sa.Connection, document: str, event: str, verdict: str, actor: str) -> None:
    """Note a person's verdict; the newest counts."""
    claim_id, _, event_id = event.partition("/")
    row = {"document": document, "claim": claim_id, "event": event_id}
    said = {"verdict": verdict, "actor": actor, "at": stamp(now())}
    tx.execute(
        insert(tx, verdicts)
        .values({**row, **said})
        .on_conflict_do_update(index_elements=["document", "claim", "event"], set_=said)
    )


def drop_verdict(tx: sa.Connection, document: str, event: str) -> bool:
    """Take a person's verdict back; False when there was none."""
    claim_id, _, event_id = event.partition("/")
    same = sa.and_(
        verdicts.c.document == document, verdicts.c.claim == claim_id, verdicts.c.event == event_id
    )
    return tx.execute(sa.delete(verdicts).where(same)).rowcount > 0


def verdict_list(tx: sa.Connection) -> dict[tuple[str, str], bool]:
    """People's verdicts: (document, event) -> whether it was confirmed."""
    rows = tx.execute(sa.select(verdicts).order_by(verdicts.c.document, verdicts.c.claim, verdicts.c.event))
    return {(row.document, qualified(row.claim, row.event)): row.verdict == "confirmed" for row in rows}


def stances_of(
    tx: sa.Connection, claim_id: str | None = None, document: str | None = None
) -> dict[tuple[str, str], Stance]:
    """What people say evidence does for events: (document, event) -> stance."""
    query = sa.select(stances)
    query = query if claim_id is None else query.where(stances.c.claim == claim_id)
    query = query if document is None else query.where(stances.c.document == document)
    return {(row.document, qualified(row.claim, row.event)): row.stance for row in tx.execute(query)}


def set_stance(tx: sa.Connection, document: str, event: str, stance: Stance | None, actor: str) -> None:
    """Note what a person says a document does for an event; None takes it back."""
    claim_id, _, event_id = event.partition("/")
    row = {"document": document, "claim": claim_id, "event": event_id}
    tx.execute(sa.delete(stances).where(*(stances.c[name] == value for name, value in row.items())))
    if stance is not None:
        tx.execute(stances.insert().values({**row, "stance": stance, "actor": actor, "at": stamp(now())}))


def add_correction(tx: sa.Connection, document: str, field: str, role: str, value: str, actor: str) -> None:
    """Note a person's correction; it replaces an earlier one of the same field and role."""
    drop_correction(tx, document, field, role)
    row = {
        "document": document,
        "field": field,
        "role": role,
        "value": value,
        "actor": actor,
        "at": stamp(now()),
    }
    tx.execute(corrections.insert().values(row))


def drop_correction(tx: sa.Connection, document: str, field: str, role: str) -> None:
    """Take a person's correction back."""
    same = sa.and_(
        corrections.c.document == document, corrections.c.field == field, corrections.c.role == role
    )
    tx.execute(sa.delete(corrections).where(same))


def set_mark(tx: sa.Connection, document: str, mark: str, actor: str) -> None:
    """Mark a document."""
    row = {"document": document, "mark": mark, "actor": actor, "at": stamp(now())}
    added(tx, marks, row)


def clear_mark(tx: sa.Connection, document: str, mark: str) -> None:
    """Take a mark away."""
    tx.execute(sa.delete(marks).where(marks.c.document == document, marks.c.mark == mark))


def aliases(tx: sa.Connection) -> dict[str, str]:
    """The book of parties as people edited it: alias -> name."""
    return {row.alias: row.name for row in tx.execute(sa.select(party_names).order_by(party_names.c.alias))}


def put_alias(tx: sa.Connection, alias: str, name: str) -> None:
    """Note that `alias` is another name of `name`; aliases of `alias` follow."""
    tx.execute(sa.update(party_names).where(party_names.c.name == alias).values(name=name))
    tx.execute(sa.delete(party_names).where(party_names.c.alias.in_((alias, name))))
    tx.execute(party_names.insert().values(alias=alias, name=name))


def begin_run(tx: sa.Connection, run: str, command: str, summary: Mapping[str, Any] | None = None) -> None:
    """Note the beginning of a run; `summary` is what whoever finds it unfinished needs to know."""
    row = {"id": run, "command": command, "started": stamp(now()), "summary": summary}
    tx.execute(runs.insert().values(**row, position=next_position(tx, runs)))


def open_runs(tx: sa.Connection, command: str) -> dict[str, Mapping[str, Any]]:
    """The runs of a command that did not end: id -> what was said at their beginning, oldest first."""
    query = sa.select(runs).where(runs.c.command == command, runs.c.finished.is_(None))
    return {row.id: row.summary for row in tx.execute(query.order_by(runs.c.started, runs.c.id))}


def run_list(
    tx: sa.Connection, limit: int | None = None, offset: int = 0, run: str | None = None
) -> list[dict[str, Any]]:
    """Runs, newest first: `{"id", "command", "started", "finished", "summary"}`; all, or one."""
    query = sa.select(runs).order_by(runs.c.started.desc(), runs.c.id)
    query = query if run is None else query.where(runs.c.id == run)
    return [dict(row) for row in tx.execute(query.limit(limit).offset(offset)).mappings()]


def ended_runs(tx: sa.Connection, command: str) -> Iterator[Mapping[str, Any]]:
    """What was said at the end of a command's runs, newest first."""
    query = sa.select(runs.c.summary).where(runs.c.command == command, runs.c.finished.is_not(None))
    newest = query.order_by(runs.c.finished.desc(), runs.c.position.desc())
    yield from tx.execute(newest).scalars()


def end_run(tx: sa.Connection, run: str, summary: Mapping[str, Any]) -> None:
    """Note how a run ended."""
    tx.execute(sa.update(runs).where(runs.c.id == run).values(finished=stamp(now()), summary=dict(summary)))


def _link_row(link: Link) -> dict[str, Any]:
    claim_id, _, event_id = link.event.partition("/")
    return {
        "document": link.document,
        "claim": claim_id,
        "event": event_id,
        "page": link.page,
        "score": link.score,
        "reasons": [[r.kind, r.weight, r.detail, r.page, r.start, r.end, r.words] for r in link.reasons],
    }


def _link(row: Mapping[Any, Any], said: sa.Row[Any] | None) -> Link:
    return Link(
        document=row["document"],
        page=row["page"],
        event=qualified(row["claim"], row["event"]),
        score=row["score"],
        reasons=tuple(Reason(*reason) for reason in row["reasons"]),
        status=_status(said),
    )


def _only_said(row: sa.Row[Any]) -> Link:
    reason = Reason("text", PERSON, f"{row.verdict} by {row.actor}; no rule proposes it")
    score = 1.0 if row.verdict == "confirmed" else 0.0
    return Link(row.document, 1, qualified(row.claim, row.event), score, (reason,), _status(row))


def _status(said: sa.Row[Any] | None) -> Status:
    if said is None:
        return "proposed"
    return "confirmed" if said.verdict == "confirmed" else "rejected"
