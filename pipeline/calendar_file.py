"""Deadlines as a calendar that phones and mail programs take: iCalendar, RFC 5545."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from icalendar import Alarm, Calendar, Event

from pipeline.deadlines import Deadline
from pipeline.harmless import terminal

PRODUCT = "-//claimtrail//deadlines//EN"
WARNINGS = (7, 1)
"""Days before a step is due on which the calendar warns."""


def calendar(found: Sequence[Deadline], now: datetime.datetime, language: str = "en") -> bytes:
    """An iCalendar file with a day for each step: those still to be taken warn before, those taken are marked so.

    A step keeps its UID from file to file, so that a calendar that has it already moves it. `now` is aware
    UTC; `language` (en, zh) is that of the clauses' words.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    for deadline in found:
        made.add_component(_entry(deadline, now, language))
    return bytes(made.to_ical())


def _entry(deadline: Deadline, now: datetime.datetime, language: str) -> Event:
    entry = Event()
    entry.add("uid", f"{deadline.event}/{deadline.step}@claimtrail".replace(" ", "_"))
    entry.add("dtstamp", now)
    entry.add("dtstart", deadline.due)
    entry.add("dtend", deadline.due + datetime.timedelta(days=1))
    entry.add("summary", terminal(f"{deadline.event}: {deadline.step} ({deadline.clause})"))
    entry.add("description", terminal(_description(deadline, language)))
    entry.add("categories", [deadline.status])
    entry.add("transp", "TRANSPARENT")
    if deadline.done is None:
        for days in WARNINGS:
            entry.add_component(_warning(deadline, days))
    return entry


def _description(deadline: Deadline, language: str) -> str:
    proof = deadline.clock_evidence
    told = f" ({proof.doc}, page {proof.page})" if proof else ""
    lines = [
        f"{deadline.rule}, {deadline.clause}: {deadline.texts[language]}",
        f"By: {deadline.by}. The clock began on {deadline.clock_start.isoformat()}{told}.",
    ]
    if deadline.done is not None:
        by = deadline.done_evidence
        page = f" ({by.doc}, page {by.page})" if by else ""
        lines.append(f"Done on {deadline.done.isoformat()}{page}.")
    if deadline.consequence is not None:
        lines.append(f"Not in time: {deadline.consequence.replace('_', ' ')}.")
    if deadline.mentioned is not None:
        lines.append(f"Only mentioned: {deadline.mentioned.doc}, page {deadline.mentioned.page}.")
    return "\n".join(lines)


def _warning(deadline: Deadline, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", terminal(f"{deadline.event}: {deadline.step} is due in {days} days"))
    alarm.add("trigger", datetime.timedelta(days=-days))
    return alarm
