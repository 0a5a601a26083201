"""The course of claims in the records: the states they came to have, and what the other side answered."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from pipeline.claims import Claim, Event, Response, StatusChange, qualified
from pipeline.clock import now, stamp
from pipeline.records.tables import responses, status_changes

Changes = dict[str, list[tuple[StatusChange, bool]]]
"""Of each claim what was noted, in the order of noting, and whether it is the register's word."""


def with_course(tx: sa.Connection, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims with the status that counts, their history, and every event's responses, oldest first."""
    changes, answers = _changes(tx), _responses(tx)
    return tuple(_with_course(claim, changes.get(claim.id, []), answers) for claim in claims)


def _with_course(
    claim: Claim, noted: Sequence[tuple[StatusChange, bool]], answers: dict[str, list[Response]]
) -> Claim:
    events = tuple(_with_answers(claim, event, answers) for event in claim.events)
    history = [*claim.history, *(change for change, _ in noted)]
    once: dict[tuple[str, datetime.date], StatusChange] = {}
    for change in history:  # what register and person both tell is told once
        once.setdefault((change.status, change.date), change)
    ordered = tuple(sorted(once.values(), key=lambda change: change.date))
    return replace(claim, status=_current(claim.status, noted), history=ordered, events=events)


def _current(registered: str, noted: Sequence[tuple[StatusChange, bool]]) -> str:
    """The newest status: the register's last change stands until people note something after it; of what they note the
    newest day counts, so that an older state may be noted later."""
    status = registered
    since: list[StatusChange] = []
    for change, by_register in noted:
        if by_register:
            status, since = change.status, []
        else:
            since.append(change)
    newest = max(enumerate(since), key=lambda item: (item[1].date, item[0]), default=None)
    return newest[1].status if newest else status


def _with_answers(claim: Claim, event: Event, answers: dict[str, list[Response]]) -> Event:
    noted = answers.get(qualified(claim.id, event.id))
    if not noted:
        return event
    return replace(
        event, responses=tuple(sorted([*event.responses, *noted], key=lambda response: response.date))
    )


def add_status(tx: sa.Connection, claim: str, change: StatusChange, by_register: bool = False) -> None:
    """Note that a claim came to have a status."""
    row = {
        "claim": claim,
        "status": change.status,
        "date": change.date.isoformat(),
        "evidence": change.evidence,
        "note": change.note,
        "by_register": by_register,
        "actor": change.actor,
        "at": stamp(now()),
    }
    tx.execute(status_changes.insert().values(row))


def drop_status(tx: sa.Connection, claim: str) -> StatusChange | None:
    """Take back what a person noted last of a claim's status; returns it, or None where there is nothing."""
    mine = sa.select(status_changes).where(
        status_changes.c.claim == claim, status_changes.c.by_register.is_(False)
    )
    row = tx.execute(mine.order_by(status_changes.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    tx.execute(sa.delete(status_changes).where(status_changes.c.id == row.id))
    return _change(row)


def add_response(tx: sa.Connection, claim: str, event: str, response: Response) -> None:
    """Note what the other side answered for an event."""
    row = {
        "claim": claim,
        "event": event,
        "answer": response.answer,
        "date": response.date.isoformat(),
        "amount": None if response.amount is None else str(response.amount),
        "currency": response.currency,
        "evidence": response.evidence,
        "note": response.note,
        "actor": response.actor,
        "at": stamp(now()),
    }
    tx.execute(responses.insert().values(row))


def drop_response(tx: sa.Connection, claim: str, event: str) -> Response | None:
    """Take back the answer that was noted last for an event; returns it, or None where there is none."""
    mine = sa.select(responses).where(responses.c.claim == claim, responses.c.event == event)
    row = tx.execute(mine.order_by(responses.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    tx.execute(sa.delete(responses).where(responses.c.id == row.id))
    return _response(row)


def _changes(tx: sa.Connection) -> Changes:
    found: Changes = {}
    for row in tx.execute(sa.select(status_changes).order_by(status_changes.c.id)):
        found.setdefault(row.claim, []).append((_change(row), row.by_register))
    return found


def _change(row: sa.Row[Any]) -> StatusChange:
    day = datetime.date.fromisoformat(row.date)
    return StatusChange(row.status, day, row.evidence, row.note, row.actor, row.by_register)


def _responses(tx: sa.Connection) -> dict[str, list[Response]]:
    found: dict[str, list[Response]] = {}
    for row in tx.execute(sa.select(responses).order_by(responses.c.id)):
        found.setdefault(qualified(row.claim, row.event), []).append(_response(row))
    return found


def _response(row: sa.Row[Any]) -> Response:
    return Response(
        answer=row.answer,
        date=datetime.date.fromisoformat(row.date),
        amount=None if row.amount is None else Decimal(row.amount),
        currency=row.currency,
        evidence=row.evidence,
        note=row.note,
        actor=row.actor,
    )
