"""Long work that somebody asked for: how far it is, and what came of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import Present, Visitor, state_of
from app.web.api.work import seen_job
from app.web.queue import job_json
from app.web.rendering import page
from pipeline.records import matters, review
from pipeline.records.jobs import DONE, FAILED

router = APIRouter()


@router.get("/jobs/{job}")
def job(request: Request, visitor: Present, job: str) -> Response:
    """One job. Without scripts the page loads itself anew until the job has ended. Raises `NotFound`."""
    found = seen_job(request, visitor, job)
    told = job_json(found, state_of(request).jobs.progress(job))
    ended = told["state"] in (DONE, FAILED)
    return page(
        request, visitor, "job.html", job=told, ended=ended, next=_next(request, visitor) if ended else ""
    )


def _next(request: Request, visitor: Visitor) -> str:
    """What one does after an intake: make a `claim` where there is none, `review` links where some wait."""
    with state_of(request).matter.reading() as tx:
        claims = [claim.id for claim in matters.all_claims(tx) if visitor.sees(claim.id)]
        waits = review.count_links(tx, None if visitor.claims is None else claims)
    if not claims:
        return "claim" if visitor.claims is None else ""
    return "review" if waits else ""
