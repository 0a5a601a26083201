"""A claim at a glance: everything that pages show of its course, worked out together from one reading of its case."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.casefile import load_case
from pipeline.chronology import Row, chronology
from pipeline.claims import Claim
from pipeline.common_ground import CommonGround
from pipeline.deadlines import Deadline, deadlines
from pipeline.gaps import Gaps, gaps
from pipeline.ledger import Ledger, ledger
from pipeline.matter import Matter
from pipeline.records import audit_log
from pipeline.urgent import urging


@dataclass(frozen=True)
class Overview:
    """A claim's course. `evidence` counts an event's standing links by status; `names` are those of the documents that
    are named anywhere in it; `loose` are the documents of no claim at all, which `gaps` lists besides."""

    claim: Claim
    rows: Sequence[Row]
    deadlines: Sequence[Deadline]
    ledger: Ledger
    gaps: Gaps
    evidence: Mapping[str, Mapping[str, int]]
    names: Mapping[str, str]
    loose: frozenset[str]

    @property
    def urgent(self) -> list[Deadline]:
        """The steps still to be taken that are overdue or due soon; none once the claim is over."""
        return list(urging(self.claim, self.deadlines))


def overview(
    matter: Matter, claim_id: str, today: datetime.date, common: CommonGround | None = None
) -> Overview:
    """The claim as it stands on that day. `common`: as for `load_case`. Raises `NotFound`."""
    case = load_case(matter, claim_id, common)
    names = {found.id: found.name for found in case.summaries}
    evidence = {
        case.name_of(event): {
            status: sum(link.status == status for link in case.links_of(event))
            for status in ("confirmed", "proposed")
        }
        for event in case.claim.events
    }
    return Overview(
        claim=case.claim,
        rows=chronology(case),
        deadlines=deadlines(case, today),
        ledger=ledger(case),
        gaps=gaps(case),
        evidence=evidence,
        names=names,
        loose=frozenset(found.id for found in case.loose),
    )


def state_of_records(matter: Matter, besides: str) -> int:
    """A number that grows whenever what claims rest on changes in the records: all of that is noted in the audit.
    Entries under the subject `besides` do not count."""
    with matter.reading() as tx:
        return audit_log.newest(tx, besides)


def state_of_checklists(matter: Matter) -> frozenset[tuple[str, int]]:
    """The workspace's own checklists with the times when they were changed."""
    folder = matter.workspace.checklists
    return frozenset((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.yaml"))
