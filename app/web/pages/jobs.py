"""Long work that somebody asked for: how far it is, and what came of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import Present, state_of
from app.web.api.work import seen_job
from app.web.queue import job_json
from app.web.rendering import page
from pipeline.records.jobs import DONE, FAILED

router = APIRouter()


@router.get("/jobs/{job}")
def job(request: Request, visitor: Present, job: str) -> Response:
    """One job. Without scripts the page loads itself anew until the job has ended. Raises `NotFound`."""
    found = seen_job(request, visitor, job)
    told = job_json(found, state_of(request).jobs.progress(job))
    return page(request, visitor, "job.html", job=told, ended=told["state"] in (DONE, FAILED))
