"""The clocks of a claim: when each began and on what evidence, what was due when, and what was done."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.notice_rules import AWARENESS, END, RECEIVED, Step, form, in_own_language
from pipeline.notices import Spoken, Taken, claimants_side, spoken_of, taken
from pipeline.periods import Period, period
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

    `by` is who must take the step, `texts` what the clause says, by language. `clock_evidence` proves the start of the
    clock, where a document does. `first_mention` stands beside a clock that runs from the register's day of awareness:
    minutes and diaries may show that the event was known before. It moves no clock. `consequence` is what follows from
    a step that was not taken in time (`notice_rules.MISSED`). `mentioned` is where the evidence only speaks
    of a step that is not done: that is no notice. `counted` says how the days were counted. `answer` is the recorded
    answer that took it.
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
    texts: Mapping[str, str]
    source: str = ""
    counted: Mapping[str, Any] = field(default_factory=dict)
    first_mention: Mention | None = None
    mentioned: Spoken | None = None
    consequence: str | None = None
    answer: str | None = None

    @property
    def text(self) -> str:
        """What the clause says, in the language of its form."""
        return in_own_language(self.texts, self.source)

    def as_json(self) -> dict[str, Any]:
        """The form of the contract, and what stands beside it."""
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
            "mentioned": _spoken_json(self.mentioned) if self.mentioned else None,
            "consequence": self.consequence,
            "answer": self.answer,
            "by": self.by,
            "text": dict(self.texts),
            "source": self.source,
            "counted": dict(self.counted),
        }


def _spoken_json(found: Spoken) -> dict[str, Any]:
    day = found.day.isoformat() if found.day else None
    return {"date": day, "doc": found.doc, "page": found.page, "words": found.words}


@dataclass(frozen=True, slots=True)
class _Past:
    """A step that was looked at: who must take it, by when if there is a period, and the document that took it."""

    by: str
    due: datetime.date | None
    done: Taken | None

    @property
    def missed(self) -> bool:
        """Whether it was not taken within its period."""
        return self.due is not None and (self.done is None or self.done.day > self.due)


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
    if the same side must take both, or the rule says so, and does not run at all if the other side waits for it.
    """
    return [found for event in case.claim.events for found in _of_event(case, event, today)]


def _of_event(case: CaseFile, event: Event, today: datetime.date) -> Iterator[Deadline]:
    rules = form(case.claim.contract)
    mention = _first_mention(case, event)
    past: dict[str, _Past] = {}
    for step in rules.steps(claimants_side(case)):
        clock = _clock(case, event, step, past, today)
        if clock is None or _is_needless(event, step, past):
            continue
        done = taken(case, event, step, clock.start if clock.follows else min(clock.start, event.start))
        length = _length(case, event, step)
        due = _due(clock.start, length, step, past, done.day if done else today)
        past[step.key] = _Past(step.by, due, done)
        if due is not None and length is not None:
            found = _deadline(case.name_of(event), rules.name, step, clock, due, done, today)
            yield replace(
                found,
                texts=_texts(case, step, length),
                counted=_counting(case, step, length),
                first_mention=mention if step.runs_from == AWARENESS else None,
                mentioned=None if done else spoken_of(case, event, step),
            )


def _is_needless(event: Event, step: Step, past: Mapping[str, _Past]) -> bool:
    """Whether a step that it needs was not taken, or another one that was, or the other side's recorded
    answer, makes it needless."""
    done = {key: before.done for key, before in past.items() if before.done is not None}
    answers = (response for response in event.responses if response.answer != "more_information")
    newest = max(answers, key=lambda response: response.date, default=None)
    if not set(step.needs) <= set(done) or (newest is not None and newest.answer in step.unless_answer):
        return True
    since = event.last if step.runs_from == END else datetime.date.min
    return any(done[key].day >= since for key in step.unless if key in done)


def _length(case: CaseFile, event: Event, step: Step) -> Period | None:
    """The step's period: the claim's own, else the form's."""
    own = dict(case.claim.periods).get(step.key)
    if own is not None:
        return period(own)
    return None if step.unless_instructed and event.instructed else step.period


def _due(
    start: datetime.date, length: Period | None, step: Step, past: Mapping[str, _Past], until: datetime.date
) -> datetime.date | None:
    """The last day: the day on which the clock starts does not count, nor do days of suspension before `until`."""
    if length is None:
        return None
    due = length.after(start) + _suspended(step, past, until)
    return due if step.rolls is None else on_working_day(due, step.rolls)


def _suspended(step: Step, past: Mapping[str, _Past], until: datetime.date) -> datetime.timedelta:
    """How long the period stood still: from the one step to the other, or while that is awaited until this day."""
    begun, ended = (past[key].done if key in past else None for key in step.suspended or ("", ""))
    if begun is None:
        return datetime.timedelta()
    return max(datetime.timedelta(), (ended.received if ended else until) - begun.received)


def _texts(case: CaseFile, step: Step, length: Period) -> dict[str, str]:
    if step.key not in dict(case.claim.periods):
        return dict(step.texts)
    return {
        "en": f"{step.texts['en']} (Here within {length.told('en')}.)",
        "zh": f"{step.texts['zh']}（本案为{length.told('zh')}。）",
    }


def _counting(case: CaseFile, step: Step, length: Period) -> dict[str, Any]:
    """How the days are counted: from what, from its sending or receipt, how long, and whose working days count."""
    follows = step.runs_from not in (AWARENESS, END)
    return {
        "from": step.runs_from,
        "clock": step.clock if follows else None,
        "period": length.told(),
        "own_period": step.key in dict(case.claim.periods),
        "first_day_counts": False,
        "rolls": step.rolls,
    }


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


def _clock(
    case: CaseFile, event: Event, step: Step, past: Mapping[str, _Past], today: datetime.date
) -> _Clock | None:
    if step.runs_from == AWARENESS:
        start = event.aware or event.start
        return _Clock(start, _proof_of_day(case, event, start))
    if step.runs_from == END:
        lasts = event.end is not None and event.end > event.start
        return _Clock(event.last, _proof_of_day(case, event, event.last), True) if lasts else None
    if step.runs_from not in past:
        return None
    before = past[step.runs_from]
    over = before.due is not None and before.missed and before.due < today
    if step.if_missed:
        return _Clock(before.due, None, True) if over and before.due else None
    if before.done is not None:
        day = before.done.received if step.clock == RECEIVED else before.done.day
        return _Clock(day, _proof(before.done), True)
    runs_on = over if step.or_due else before.by == step.by
    return _Clock(before.due, None) if runs_on and before.due is not None else None


def _proof(done: Taken) -> Proof | None:
    return Proof(done.doc, done.page) if done.doc else None


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
        done_evidence=_proof(done) if done else None,
        days_left=None if done else (due - today).days,
        status=(status := _status(due, done, today)),
        by=step.by,
        texts=step.texts,
        source=step.source,
        consequence=step.missed if status in ("late", "missing") else None,
        answer=done.answer if done else None,
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
        yield (0 if date == day else 2), Proof(evidence.id, case.link_between(evidence.id, event).page)
