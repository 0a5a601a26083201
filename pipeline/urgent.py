"""Steps of open claims that are overdue or will be due soon: what a night's report begins with."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from pipeline.casefile import load_case
from pipeline.claims import Claim, Event, qualified
from pipeline.common_ground import CommonGround
from pipeline.deadlines import Deadline, deadlines
from pipeline.matter import Matter
from pipeline.records import matters

SOON = 30
"""Days before a step is due from which on it is told."""
OVER = ("closed", "accepted")
"""States of a claim whose clocks matter no more."""


WELCOME = ("deemed_valid",)
"""What follows from a step that the other side did not take and that nobody waits for."""


def urgent(matter: Matter, today: datetime.date) -> list[Deadline]:
    """The steps still to be taken that are overdue or due within `SOON` days, the most urgent first."""
    return sorted(_open(matter, today), key=lambda found: (found.due, found.event, found.step))


def _open(matter: Matter, today: datetime.date) -> Iterator[Deadline]:
    with matter.reading() as tx:
        claims = [
            claim for claim in matters.all_claims(tx) if claim.status not in OVER and claim.contract != "none"
        ]
    common = CommonGround()
    for claim in claims:
        yield from urging(claim, deadlines(load_case(matter, claim.id, common), today))


def urging(claim: Claim, steps: Iterable[Deadline]) -> Iterator[Deadline]:
    """Of a claim's steps, those still to be taken that are overdue or due soon; none once the claim is over."""
    settled = {qualified(claim.id, event.id) for event in claim.events if _is_accepted(event)}
    for found in steps if claim.status not in OVER else ():
        urges = found.days_left is not None and found.days_left <= SOON
        if urges and found.event not in settled and found.consequence not in WELCOME:
            yield found


def _is_accepted(event: Event) -> bool:
    """Whether the other side's newest answer accepts it: then its clocks matter no more."""
    return bool(event.responses) and event.responses[-1].answer == "accepted"


def told(found: Deadline) -> str:
    """The step and its day for people, such as "notice (Sub-Clause 20.1) was due on 2023-04-11, 80 days ago, from the
    claimant"."""
    left = found.days_left or 0
    when = (
        f"was due on {found.due}, {-left} days ago" if left < 0 else f"is due on {found.due}, in {left} days"
    )
    return f"{found.step} ({found.clause}) {when}, from the {found.by}"
