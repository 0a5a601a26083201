"""Claims with their links, chronology, deadlines, ledger, gaps and draft report."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from app.answers import (
    SUGGESTED_BY,
    claim_answer,
    claim_ids,
    claims_answer,
    deadlines_of,
    links_of,
    suggestions_of,
    suggestions_text,
)
from app.web import models, paging
from app.web.access import state_of
from app.web.dates import DayFrom, on_or_after
from app.web.files import made_file
from app.web.scope import Seen
from app.web.values import OneOf
from pipeline import ledger_book, timeline
from pipeline.calendar_file import calendar
from pipeline.clock import now
from pipeline.gaps import gaps
from pipeline.ledger import ledger
from pipeline.linking.explained import explained
from pipeline.links import Stance, Status
from pipeline.records import matters
from pipeline.statistics import figures_of

router = APIRouter(tags=["claims"], responses=models.REFUSALS)
Today = Annotated[DayFrom, Query(description="Reckon from this day instead of today.")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/claims", responses=models.ok(list[models.Claim]))
def claims(
    scope: Seen,
    request: Request,
    response: Response,
    limit: paging.Limit = paging.MOST,
    offset: paging.Offset = 0,
) -> Any:
    """All claims: what `claimtrail claims list` prints, in parts."""
    found = [claim for claim in claims_answer(scope.matter) if scope.visitor.sees(claim["id"])]
    return paging.part(found, limit, offset, request, response)


@router.get("/claims/stats")
def stats(scope: Seen, today: Today = None) -> dict[str, Any]:
    """Counts and sums by type, status, respondent, age; evidence by kind and event: `claimtrail claims stats`."""
    with scope.matter.reading() as tx:
        seen = [claim for claim in matters.all_claims(tx) if scope.visitor.sees(claim.id)]
        return figures_of(tx, seen, on_or_after(today) or now().date()).as_json()


@router.get("/claims/{claim}", responses=models.ok(models.Claim))
def claim(claim: str, scope: Seen) -> Any:
    """One claim, and how much evidence each event has: `claimtrail claims show`."""
    return claim_answer(scope.matter, scope.claim(claim))


@router.get("/claims/{claim}/links", responses=models.ok(list[models.Link]))
def links(
    claim: str,
    scope: Seen,
    request: Request,
    response: Response,
    limit: paging.Limit = paging.MOST,
    offset: paging.Offset = 0,
    status: Annotated[Status | None, Query(description="Only links of this status.")] = None,
    stance: Annotated[Stance | None, Query(description="Only links of this stance.")] = None,
) -> Any:
    """The links of a claim with their reasons, best first: `claimtrail links`."""
    found = [link.as_json() for link in links_of(scope.matter, scope.claim(claim), status, stance)]
    return paging.part(found, limit, offset, request, response)


@router.get("/links/explained")
def why(doc: str, event: str, scope: Seen) -> dict[str, Any]:
    """What speaks for and against a link, and the sum: `claimtrail link --explain`."""
    return explained(scope.matter, scope.document(doc), scope.event(event))


@router.get("/claims/{claim}/chronology", responses=models.forms("text/csv", "image/svg+xml", "text/html"))
def course(
    claim: str,
    scope: Seen,
    request: Request,
    form: Annotated[Literal["json", "csv", "svg", "html"], Query(alias="format")] = "json",
) -> Any:
    """Events and dated evidence on one line of time: `claimtrail chronology`."""
    found = state_of(request).kept.as_it_stands(scope.claim(claim))
    rows, title = found.rows, f"{found.claim.id}: {found.claim.title}"
    match form:
        case "csv":
            return made_file(timeline.as_csv(rows), "text/csv", f"{found.claim.id} chronology.csv")
        case "svg":
            return made_file(
                timeline.as_svg(rows, title), "image/svg+xml", f"{found.claim.id} chronology.svg"
            )
        case "html":
            return made_file(timeline.as_html(rows, title), "text/html", f"{found.claim.id} chronology.html")
    return [row.as_json() for row in rows]


@router.get("/deadlines", responses=models.forms("text/calendar"))
def all_deadlines(
    scope: Seen,
    request: Request,
    today: Today = None,
    form: Annotated[Literal["json", "ics"], Query(alias="format")] = "json",
) -> Any:
    """The deadlines of all claims: `claimtrail deadlines`."""
    return _deadlines(scope, request, scope.ids(claim_ids(scope.matter)), today, form)


@router.get("/claims/{claim}/deadlines", responses=models.forms("text/calendar"))
def claim_deadlines(
    claim: str,
    scope: Seen,
    request: Request,
    today: Today = None,
    form: Annotated[Literal["json", "ics"], Query(alias="format")] = "json",
) -> Any:
    """Notices, particulars and replies by the contract's rules: met, late, missing or pending."""
    return _deadlines(scope, request, [scope.claim(claim)], today, form)


def _deadlines(scope: Seen, request: Request, wanted: list[str], today: str | None, form: str) -> Any:
    if today is None:
        kept = state_of(request).kept
        found = [deadline for claim in wanted for deadline in kept.as_it_stands(claim).deadlines]
    else:
        found = deadlines_of(scope.matter, wanted, on_or_after(today) or now().date())
    if form == "ics":
        return made_file(calendar(found, now()), "text/calendar", "deadlines.ics")
    return [deadline.as_json() for deadline in found]


@router.get("/claims/{claim}/ledger", responses=models.ok(models.Ledger, also=("text/csv", XLSX)))
def sums(
    claim: str,
    scope: Seen,
    request: Request,
    form: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
) -> Any:
    """The sum claimed against the sums in the evidence, nothing counted twice: `claimtrail ledger`."""
    if form == "json":
        return state_of(request).kept.as_it_stands(scope.claim(claim)).ledger.as_json()
    case = scope.case(claim)
    found = ledger(case)
    if form == "csv":
        return made_file(ledger_book.as_csv(found, case), "text/csv", f"{case.claim.id} ledger.csv")
    return made_file(ledger_book.as_workbook(found, case, now()), XLSX, f"{case.claim.id} ledger.xlsx")


@router.get("/claims/{claim}/gaps", responses=models.ok(models.Gaps))
def holes(claim: str, scope: Seen, request: Request) -> Any:
    """What the claim lacks, and what is doubtful or undated in it: `claimtrail gaps`."""
    if scope.whole:
        return state_of(request).kept.as_it_stands(scope.claim(claim)).gaps.as_json()
    return gaps(scope.case(claim)).as_json()


@router.get("/claims/{claim}/suggestions", responses=models.forms("application/yaml"))
def suggestions(
    claim: str,
    scope: Seen,
    sort: Annotated[str, OneOf(SUGGESTED_BY)] = "score",
    form: Annotated[Literal["json", "yaml"], Query(alias="format")] = "json",
) -> Any:
    """Dated happenings in the evidence that no event covers: `claimtrail events suggest`."""
    case = scope.case(claim)
    found = suggestions_of(scope.matter, case, sort, scope.whole)
    if form == "yaml":
        return made_file(
            suggestions_text(case, found), "application/yaml", f"{case.claim.id} suggested events.yaml"
        )
    return [one.as_json() for one in found]
