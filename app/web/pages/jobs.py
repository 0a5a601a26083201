"""Long work that somebody asked for: how far it is, and what came of it."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import Handler, Opened, Present, Visitor, state_of
from app.web.api.work import built, forget, seen_job
from app.web.queue import job_json
from app.web.rendering import back_to, page
from pipeline.records import matters, review
from pipeline.records.jobs import DONE, FAILED

router = APIRouter()


@router.get("/jobs/{job}")
def job(request: Request, matter: Opened, visitor: Present, job: str) -> Response:
    """One job. Without scripts the page loads itself anew until the job has ended. Raises `NotFound`."""
    found = seen_job(request, visitor, job)
    told = job_json(found, state_of(request).jobs.progress(job))
    can_stamp = matter.settings.timestamp is not None and visitor.may("handler")
    ended = told["state"] in (DONE, FAILED)
    following = _next(request, visitor)
    told = {"job": told, "ended": ended, "can_stamp": can_stamp, "next": following}
    return page(request, visitor, "job.html", **told)


def _next(request: Request, visitor: Visitor) -> str:
    """What one does during and after an intake: `/register` where there is no claim, the events of a claim that has
    none, the review where links wait."""
    with state_of(request).matter.reading() as tx:
        claims = [claim for claim in matters.all_claims(tx) if visitor.sees(claim.id)]
        waits = review.count_links(tx, None if visitor.claims is None else [claim.id for claim in claims])
    if not claims:
        return "/register" if visitor.claims is None else ""
    bare = next((claim.id for claim in claims if not claim.events), None)
    if bare is not None:
        return f"/register/{quote(bare, safe='')}/events"
    return "/review" if waits else ""


@router.post("/jobs/{job}/stamp")
def stamp(request: Request, matter: Opened, visitor: Handler, job: str) -> Response:
    """Begin to have the bundle of a job time-stamped. Raises `NotFound`, `NotReady`."""
    found, _ = built(request, matter, visitor, job)
    made = state_of(request).jobs.add("stamp", {"job": found["id"]}, visitor.name, found["claim"])
    return back_to(f"/jobs/{made}")


@router.post("/jobs/{job}/forget")
def forgotten(request: Request, visitor: Handler, job: str) -> Response:
    """Forget a job with what it made. Raises `NotFound`, `NotEnded`."""
    forget(job, request, visitor)
    return back_to("/inbox", "removed")
