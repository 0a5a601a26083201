"""The course of a claim, as people and its register tell it: states, and the other side's answers."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from pipeline.claims import Claim, Response, StatusChange
from pipeline.clock import now
from pipeline.errors import NotFound, UsageError
from pipeline.judgement import check_event
from pipeline.matter import Matter
from pipeline.notice_rules import ANSWERS
from pipeline.records import courses, documents, matters
from pipeline.register import STATUSES

USUAL: Mapping[str, tuple[str, ...]] = {
    "open": ("submitted", "closed"),
    "submitted": ("accepted", "part_accepted", "rejected", "arbitration", "closed"),
    "accepted": ("closed",),
    "part_accepted": ("submitted", "accepted", "rejected", "arbitration", "closed"),
    "rejected": ("submitted", "accepted", "part_accepted", "arbitration", "closed"),
    "arbitration": ("accepted", "part_accepted", "rejected", "closed"),
    "closed": (),
}
"""Which states usually follow a state. Others are taken too, and warned of."""


def set_status(
    matter: Matter,
    claim_id: str,
    status: str,
    date: datetime.date | None = None,
    evidence: str | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Note that a claim came to have a status on a day (today unless given).

    Returns `{"claim", "status", "history", "warnings"}`, where `status` is the one that counts now: an older
    state that is noted later only completes the history. Raises `UsageError` and `NotFound`.
    """
    if status not in STATUSES:
        raise UsageError(f"{status!r} is no status of a claim.", f"Statuses: {', '.join(STATUSES)}.")
    day = _past(date)
    with matter.change() as change:
        before = matters.claim(change.tx, claim_id)
        doc = documents.resolve(change.tx, evidence) if evidence else None
        courses.add_status(change.tx, claim_id, StatusChange(status, day, doc, note, change.actor))
        told = {"evidence": doc, "note": note} if doc or note else {}
        change.note("status set", claim_id, status=status, was=before.status, date=day.isoformat(), **told)
        after = matters.claim(change.tx, claim_id)
    return {**_told(after), "warnings": list(_odd(before, after, status, day))}


def undo_status(matter: Matter, claim_id: str) -> dict[str, Any]:
    """Take back what a person noted last of a claim's status; returns what `set_status` does. Raises `NotFound`."""
    with matter.change() as change:
        matters.claim(change.tx, claim_id)
        gone = courses.drop_status(change.tx, claim_id)
        if gone is None:
            raise NotFound(f"No one has set the status of {claim_id}.", "Its register's status stands.")
        change.note("status taken back", claim_id, status=gone.status, date=gone.date.isoformat())
        after = matters.claim(change.tx, claim_id)
    return {**_told(after), "warnings": []}


def respond(
    matter: Matter,
    event: str,
    answer: str,
    date: datetime.date | None = None,
    amount: Decimal | None = None,
    currency: str | None = None,
    evidence: str | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Note what the other side answered for an event (CLAIM/EVENT), on which day (today unless given), for how much.

    Returns `{"event", "responses", "warnings"}`. The currency is the claim's unless given. Raises `UsageError` and
    `NotFound`.
    """
    if answer not in ANSWERS:
        raise UsageError(f"{answer!r} is no answer.", f"Answers: {', '.join(ANSWERS)}.")
    if currency is not None and not re.fullmatch("[A-Z]{3}", currency):
        raise UsageError(f"{currency!r} is no currency.", "Write it as ISO 4217 does, such as USD.")
    claim_id, _, event_id = event.partition("/")
    day = _past(date)
    with matter.change() as change:
        check_event(change.tx, event)
        claim = matters.claim(change.tx, claim_id)
        doc = documents.resolve(change.tx, evidence) if evidence else None
        money = (currency or claim.currency) if amount is not None else None
        said = Response(answer, day, amount, money, doc, note, change.actor)
        courses.add_response(change.tx, claim_id, event_id, said)
        change.note("response noted", event, **{k: v for k, v in said.as_json().items() if k != "actor"})
        answer_now = _answers(change.tx, claim_id, event_id)
    return {"event": event, "responses": answer_now, "warnings": list(_odd_answer(claim, event_id, said))}


def undo_response(matter: Matter, event: str) -> dict[str, Any]:
    """Take back the answer that was noted last for an event; returns what `respond` does. Raises `NotFound`."""
    claim_id, _, event_id = event.partition("/")
    with matter.change() as change:
        check_event(change.tx, event)
        gone = courses.drop_response(change.tx, claim_id, event_id)
        if gone is None:
            raise NotFound(
                f"No one has noted an answer for {event}.", f"See claimtrail claims show {claim_id}."
            )
        change.note("response taken back", event, answer=gone.answer, date=gone.date.isoformat())
        answer_now = _answers(change.tx, claim_id, event_id)
    return {"event": event, "responses": answer_now, "warnings": []}


def _past(date: datetime.date | None) -> datetime.date:
    today = now().date()
    if date is not None and date > today:
        raise UsageError(f"{date} is still to come.", "Note it on the day; --date takes a day until today.")
    return date or today


def _told(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "status": claim.status,
        "history": [change.as_json() for change in claim.history],
    }


def _answers(tx: sa.Connection, claim_id: str, event_id: str) -> list[dict[str, Any]]:
    event = matters.claim(tx, claim_id).event(event_id)
    return [response.as_json() for response in event.responses] if event else []


def _odd(before: Claim, after: Claim, status: str, day: datetime.date) -> Iterator[str]:
    if after.status != status:
        yield f"{status} of {day} completes the history; {after.status} is newer and stands"
    elif status == before.status:
        yield f"{after.id} was {status} already"
    elif status not in USUAL[before.status]:
        yield f"{status} does not usually follow {before.status}"
    first = min((event.start for event in after.events), default=None)
    if first is not None and day < first:
        yield f"{day} is before the claim's first event ({first})"


def _odd_answer(claim: Claim, event_id: str, said: Response) -> Iterator[str]:
    event = claim.event(event_id)
    if event is not None and said.date < event.start:
        yield f"{said.date} is before the event ({event.start})"
    if said.amount is not None and said.currency is None:
        yield "the sum has no currency; give --currency"
    if said.answer == "rejected" and said.amount:
        yield "a rejected claim with a sum; part_accepted may be meant"
    comparable = claim.amount is not None and said.currency == claim.currency
    if comparable and said.amount is not None and claim.amount is not None and said.amount > claim.amount:
        yield f"{said.amount} is more than is claimed ({claim.amount})"
