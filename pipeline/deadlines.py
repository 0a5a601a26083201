"""The clocks of a claim: when each began and on what evidence, what was due when, and what was done."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.notice_rules import AWARENESS, Step, form
from pipeline.notices import Taken, claimants_side, taken
from pipeline.working_days import on_working_day

Status = Literal["met", "late", "missing", "pending"]
MENTIONED_IN = ("minutes", "work_record")
ABOUT_THEN = datetime.timedelta(days=3)
"""A document of so many days around the start of a clock may prove it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A page of a document."""

    doc: str
    page: int

    def as_json(self) -> dict[str, Any]:
        """`{"doc", "page"}`."""
        return {"doc": self.doc, "page": self.page}


@dataclass(frozen=True, slots=True)
class Mention:
    """Where minutes or a site record first speak of an event: from then on the claimant could know of it."""

    day: datetime.date
    proof: Proof

    def as_json(self) -> dict[str, Any]:
        """`{"date", "doc", "page"}`."""
        return {"date": self.day.isoformat(), **self.proof.as_json()}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A step that is due for an event (qualified). `days_left` counts from today, below 0 when overdue, None when done.

    `by` is who must take the step, `text` what the clause says. `clock_evidence` proves the start of the clock, where
    a document does. `first_mention` stands beside a clock that runs from the register's day of awareness: minutes and
    diaries may show that the event was known before. It moves no clock.
    """

    event: str
    rule: str
    step: str
    clause: str
    clock_start: datetime.date
    clock_evidence: Proof | None
    due: datetime.date
    done: datetime.date | None
    done_evidence: Proof | None
    days_left: int | None
    status: Status
    by: str
    text: str
    first_mention: Mention | None = None

    def as_json(self) -> dict[str, Any]:
        """The form of the contract, and the first mention."""
        return {
            "event": self.event,
            "rule": self.rule,
            "step": self.step,
            "clause": self.clause,
            "clock_start": self.clock_start.isoformat(),
            "clock_evidence": self.clock_evidence.as_json() if self.clock_evidence else None,
            "due": self.due.isoformat(),
            "done": self.done.isoformat() if self.done else None,
            "done_evidence": self.done_evidence.as_json() if self.done_evidence else None,
            "days_left": self.days_left,
            "status": self.status,
            "first_mention": self.first_mention.as_json() if self.first_mention else None,
        }


@dataclass(frozen=True, slots=True)
class _Past:
    """A step that was looked at: who must take it, by when if there is a period, and the document that took it."""

    by: str
    due: datetime.date | None
    done: Taken | None


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a step's period began. `follows`: the document of another step began it, so nothing before counts."""

    start: datetime.date
    proof: Proof | None
    follows: bool = False


def deadlines(case: CaseFile, today: datetime.date) -> list[Deadline]:
    """Every step that the claim's contract form sets, event by event, in the order of the form.

    The first clock of an event runs from the day on which the claimant knew of it, or from its start. A step that
    follows another runs from the document that took that one. Where there is none, it runs from the last day for it
    if the same side must take both, and does not run at all if the other side waits for it.
    """
    return [found for event in case.claim.events for found in _of_event(case, event, today)]


def _of_event(case: CaseFile, event: Event, today: datetime.date) -> Iterator[Deadline]:
    rules = form(case.claim.contract)
    own = dict(case.claim.periods)
    mention = _first_mention(case, event)
    past: dict[str, _Past] = {}
    for step in rules.steps(claimants_side(case)):
        clock = _clock(case, event, step, past)
        if clock is None or (step.unless in past and past[str(step.unless)].done is not None):
            continue
        since = clock.start if clock.follows else min(clock.start, event.start)
        done = taken(case, event, step.key, step.by, since)
        due = _due(clock.start, own.get(step.key, step.days), step.rolls)
        past[step.key] = _Past(step.by, due, done)
        if due is not None:
            found = _deadline(case.name_of(event), rules.name, step, clock, due, done, today)
            said = f"{step.text} (Here within {own[step.key]} days.)" if step.key in own else step.text
            yield replace(found, text=said, first_mention=mention if step.runs_from == AWARENESS else None)


def _due(start: datetime.date, days: int | None, rolls: str | None) -> datetime.date | None:
    """The last day: the day on which the clock starts does not count."""
    if days is None:
        return None
    due = start + datetime.timedelta(days=days)
    return due if rolls is None else on_working_day(due, rolls)


def _first_mention(case: CaseFile, event: Event) -> Mention | None:
    """The earliest minutes or site record linked to the event that is no older than it."""
    found = [
        Mention(evidence.summary.date, Proof(evidence.id, link.page))
        for link in case.links_of(event)
        if (evidence := case.evidence.get(link.document)) is not None
        and evidence.summary.kind in MENTIONED_IN
        and evidence.summary.date is not None
        and evidence.summary.date >= event.start
    ]
    return min(found, key=lambda mention: (mention.day, mention.proof.doc), default=None)


def _clock(case: CaseFile, event: Event, step: Step, past: dict[str, _Past]) -> _Clock | None:
    if step.runs_from == AWARENESS:
        start = event.aware or event.start
        return _Clock(start, _proof_of_day(case, event, start))
    if step.runs_from not in past:
        return None
    before = past[step.runs_from]
    if before.done is not None:
        day = before.done.day if before.by == step.by else before.done.received
        return _Clock(day, Proof(before.done.doc, before.done.page), True)
    return _Clock(before.due, None) if before.by == step.by and before.due is not None else None


def _deadline(
    event: str,
    rule: str,
    step: Step,
    clock: _Clock,
    due: datetime.date,
    done: Taken | None,
    today: datetime.date,
) -> Deadline:
    return Deadline(
        event=event,
        rule=rule,
        step=step.key,
        clause=step.clause,
        clock_start=clock.start,
        clock_evidence=clock.proof,
        due=due,
        done=done.day if done else None,
        done_evidence=Proof(done.doc, done.page) if done else None,
        days_left=None if done else (due - today).days,
        status=_status(due, done, today),
        by=step.by,
        text=step.text,
    )


def _status(due: datetime.date, done: Taken | None, today: datetime.date) -> Status:
    if done is not None:
        return "met" if done.day <= due else "late"
    return "missing" if due < today else "pending"


def _proof_of_day(case: CaseFile, event: Event, day: datetime.date) -> Proof | None:
    """The page that names the day as the event's or its own, else one that names it, else one of about then."""
    ranked = [
        (rank, order, proof)
        for order, evidence in enumerate(case.evidence_of(event))
        for rank, proof in _proofs(case, event, evidence, day)
    ]
    return min(ranked, key=lambda item: item[:2])[2] if ranked else None


def _proofs(
    case: CaseFile, event: Event, evidence: Evidence, day: datetime.date
) -> Iterator[tuple[int, Proof]]:
    for fact, value in evidence.days():
        if value.start == day and fact.role != "due":
            yield (0 if fact.role in ("event", "document") else 1), Proof(evidence.id, evidence.page_of(fact))
    date = evidence.summary.date
    if date is not None and abs(date - day) <= ABOUT_THEN:
        link = next(link for link in case.links_of(event) if link.document == evidence.id)
        yield (0 if date == day else 2), Proof(evidence.id, link.page)
