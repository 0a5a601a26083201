"""What pages show that takes long to work out: functions over an open matter, for `Kept` and its process."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.web.addresses import with_query
from app.web.trail import SUBJECT as TRAIL
from pipeline import timeline
from pipeline.casefile import load_case, loose_evidence
from pipeline.chronology import Row
from pipeline.common_ground import CommonGround
from pipeline.correspondence.graph import Correspondence
from pipeline.correspondence.lookup import correspondence_of
from pipeline.matter import Matter
from pipeline.overview import Overview, overview
from pipeline.partybook.entries import Entry, entries
from pipeline.records import matters
from pipeline.suggest import Suggestion, suggest

Asking = Callable[[Matter, str, str, datetime.date], Any]
"""Called with a matter, one of `KINDS`, the name of what it is asked of, and the day that it is."""


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim's overview, and its course as a part of a page (an SVG in which everything is escaped)."""

    overview: Overview
    picture: str


def claim_shown(
    matter: Matter, claim: str, today: datetime.date, common: CommonGround | None = None
) -> ClaimShown:
    """A claim as it stands on that day. `common`: kept by whoever asks for several. Raises `NotFound`."""
    found = overview(matter, claim, today, common)
    title = f"{found.claim.id}: {found.claim.title}"
    return ClaimShown(found, timeline.as_part(found.rows, title, row_address))


def parties_shown(matter: Matter, _name: str, _today: datetime.date) -> Sequence[Entry]:
    """The book of parties."""
    with matter.reading() as tx:
        return tuple(entries(tx))


def letters_shown(matter: Matter, document: str, _today: datetime.date) -> Correspondence:
    """Who answers whom around a document."""
    with matter.reading() as tx:
        return correspondence_of(tx, document)


def suggested(matter: Matter, claim: str, with_loose: bool) -> Sequence[Suggestion]:
    """What the documents tell of that no event of the claim covers; `with_loose`: those of no claim too."""
    case = load_case(matter, claim)
    with matter.reading() as tx:
        alone = len(matters.all_claims(tx)) == 1
    return tuple(suggest(case, loose_evidence(matter, case) if with_loose else (), alone))


KINDS: Mapping[str, Callable[[Matter, str, datetime.date], Any]] = {
    "claim": claim_shown,
    "parties": parties_shown,
    "letters": letters_shown,
    "suggestions": lambda matter, claim, _today: suggested(matter, claim, True),
    "own suggestions": lambda matter, claim, _today: suggested(matter, claim, False),
}


def at_once(matter: Matter, kind: str, name: str, today: datetime.date) -> Any:
    """The answer, worked out by whoever asks. Raises what working it out raises."""
    return KINDS[kind](matter, name, today)


class InTurn:
    """Answers one question after the other about a matter; what its claims rest on alike is read once for all."""

    def __init__(self, matter: Matter) -> None:
        self._matter, self._common = matter, CommonGround(TRAIL)

    def __call__(self, kind: str, name: str, today: datetime.date) -> Any:
        """What `at_once` says."""
        if kind == "claim":
            return claim_shown(self._matter, name, today, self._common)
        return at_once(self._matter, kind, name, today)


def row_address(row: Row) -> str:
    """Where a line of a chronology leads."""
    return with_query(f"/documents/{row.doc}", {"page": row.page if row.page != 1 else None})
