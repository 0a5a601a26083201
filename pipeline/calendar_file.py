"""Deadlines as a calendar that phones and mail programs take: iCalendar, RFC 5545."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from icalendar import Alarm, Calendar, Event

from pipeline.deadlines import Deadline, Proof
from pipeline.harmless import terminal
from pipeline.notices import Spoken, told

PRODUCT = "-//claimtrail//deadlines//EN"
WARNINGS = (7, 1)
"""Days before a step is due on which the calendar warns."""


def calendar(found: Sequence[Deadline], now: datetime.datetime, language: str = "en") -> bytes:
    """An iCalendar file with a day for each step: those still to be taken warn before, those taken are marked so.

    A step keeps its UID from file to file, so that a calendar that has it already moves it. `now` is aware
    UTC; `language` (en, zh) is that of its words.
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
    step = told(f"step_{deadline.step}", language)
    entry.add("summary", terminal(f"{deadline.event}: {step} ({deadline.clause})"))
    entry.add("description", terminal(_description(deadline, language)))
    entry.add("categories", [deadline.status])
    entry.add("transp", "TRANSPARENT")
    if deadline.done is None:
        for days in WARNINGS:
            entry.add_component(_warning(deadline, days, language))
    return entry


def _description(deadline: Deadline, language: str) -> str:
    by, start = told(f"by_{deadline.by}", language), deadline.clock_start.isoformat()
    place = _place(deadline.clock_evidence, language)
    lines = [
        f"{deadline.rule}, {deadline.clause}: {deadline.texts[language]}",
        told("taken_by", language, by=by, day=start, place=place),
    ]
    if deadline.done is not None:
        place = _place(deadline.done_evidence, language)
        lines.append(told("done_on", language, day=deadline.done.isoformat(), place=place))
    if deadline.consequence is not None:
        lines.append(told("not_in_time", language, what=told(f"missed_{deadline.consequence}", language)))
    if deadline.mentioned is not None:
        place = _place(deadline.mentioned, language)
        lines.append(told("mentioned_at", language, place=place))
    return "\n".join(lines)


def _place(found: Proof | Spoken | None, language: str) -> str:
    return told("place", language, doc=found.doc, page=found.page) if found else ""


def _warning(deadline: Deadline, days: int, language: str) -> Alarm:
    step = told(f"step_{deadline.step}", language)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", terminal(told("alarm", language, event=deadline.event, step=step, days=days)))
    alarm.add("trigger", datetime.timedelta(days=-days))
    return alarm
