"""The first page: what is there, what is due, what came in, what waits for somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import Present, state_of
from app.web.first_steps import first_steps
from app.web.rendering import page
from app.web.scope import Scope, Seen
from pipeline.claims import Claim
from pipeline.clock import now
from pipeline.notices import told
from pipeline.records import documents, findings, glances, matters, review
from pipeline.statistics import statistics

router = APIRouter()
MOST_RUNS, MOST_FAILED, MOST_DUE = 6, 8, 15


@router.get("/")
def home(request: Request, scope: Seen, visitor: Present) -> Response:
    """Claims with their sums, deadlines due or missed, what came in and what failed, what waits for review."""
    with scope.matter.reading() as tx:
        claims = [claim for claim in matters.all_claims(tx) if visitor.sees(claim.id)]
        links = {key: n for key, n in glances.verdict_counts(tx).items() if visitor.sees(key[0])}
        counts, kinds = _counts(tx, scope)
        failed = documents.summaries(tx, glances.newest_failed(tx, MOST_FAILED, scope.known()))
        contradictions = findings.waiting(tx, scope.known())
        doubts = review.count_doubts(tx, scope.known(), contradictions)
        runs = glances.newest_runs(tx, MOST_RUNS) if scope.whole else []
    known, waiting = state_of(request).kept.claims(claim.id for claim in claims)
    due = sorted(
        (found for each in known for found in each.found.overview.urgent),
        key=lambda found: (found.due, found.event),
    )
    figures = statistics(claims, (), (), now().date())
    steps = first_steps(request, scope, visitor)
    return page(
        request,
        visitor,
        "home.html",
        claims=claims,
        steps=steps,
        bare=bool(steps) and not (claims or runs or failed or any(counts.values())),
        links=links,
        proposed=sum(n for (_, status), n in links.items() if status == "proposed"),
        counts=counts,
        doubts=doubts,
        contradictions=len(contradictions),
        kinds=kinds,
        figures=figures,
        due=due[:MOST_DUE],
        overdue=sum((found.days_left or 0) < 0 for found in due),
        due_count=len(due),
        waiting=waiting,
        told=told,
        urgent_of=_by_claim(claims, due),
        failed=failed,
        runs=runs,
    )


def _counts(tx: sa.Connection, scope: Scope) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How many documents there are in each state, with their pages, and of each kind."""
    if scope.whole:
        return glances.state_counts(tx), glances.kind_counts(tx)
    found = documents.summaries(tx, scope.documents)
    counts = Counter(one.state for one in found)
    counts["pages"] = sum(one.page_count for one in found)
    return counts, dict(Counter(one.kind for one in found).most_common())


def _by_claim(claims: Sequence[Claim], due: Sequence[Any]) -> Mapping[str, int]:
    """The fewest days that are left in each claim; below 0 when something is overdue."""
    found: dict[str, int] = {}
    for one in due:
        claim = one.event.partition("/")[0]
        found[claim] = min(found.get(claim, one.days_left), one.days_left)
    return {claim.id: found[claim.id] for claim in claims if claim.id in found}
