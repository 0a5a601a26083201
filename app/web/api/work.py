"""Long work as jobs, and what is known of the whole matter: runs, checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict

from app.answers import run_answer
from app.web import models, paging
from app.web.access import Admin, Handler, Opened, Present, Unrestricted, Visitor, state_of
from app.web.files import attachment
from app.web.jobs import bundles_of
from app.web.replies import WebError
from app.web.scope import Seen
from flows.doctor import doctor_answer
from index.engines import engine_names
from pipeline.errors import NotFound, UsageError
from pipeline.records import jobs, matters

router = APIRouter(tags=["work"], responses=models.REFUSALS)

Wait = Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the result.")]
_STRICT = ConfigDict(extra="forbid")


class NotReady(WebError):
    code = "not_ready"
    status = 409
    hint = "Ask for the job until its state is done."


@dataclass(frozen=True, slots=True)
class Asked:
    """Work to be done: its kind, what it needs to know, and the claim that it is about."""

    kind: str
    about: Mapping[str, Any] = field(default_factory=dict)
    claim: str | None = None


class Bundle(BaseModel):
    """How a bundle is built."""

    model_config = _STRICT

    profile: str = "uk"
    confirmed_only: bool = False


class Engine(BaseModel):
    """The engine that the index is built with; default: the one that it has."""

    model_config = _STRICT

    engine: str | None = None


def ask(
    request: Request, response: Response, visitor: Visitor, asked: Asked, wait: float, job: str | None = None
) -> dict[str, Any]:
    """Put work into the queue; the job, as far as it has come after `wait` seconds."""
    state = state_of(request)
    made = state.jobs.add(asked.kind, asked.about, visitor.name, asked.claim, job)
    response.headers["Location"] = f"/api/v1/jobs/{made}"
    found = state.jobs.wait(made, wait) if wait else state.jobs.find(made)
    if found["state"] == jobs.DONE:
        response.status_code = 200
    return job_json(found, state.jobs.progress(made))


def job_json(row: Mapping[str, Any], progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """A job as the API tells of it."""
    kept = ("id", "kind", "claim", "actor", "state", "made", "started", "finished", "result", "error")
    there = row["kind"] == "export" and row["state"] == jobs.DONE
    return {
        **{key: row[key] for key in kept},
        "progress": progress,
        "download": f"/api/v1/jobs/{row['id']}/bundle" if there else None,
    }


@router.get("/jobs", responses=models.ok(list[models.Job]))
def every_job(
    request: Request,
    response: Response,
    visitor: Present,
    limit: paging.Limit = 50,
    offset: paging.Offset = 0,
) -> Any:
    """Long work that was asked for, the newest first."""
    queue = state_of(request).jobs
    seen = [row for row in queue.newest() if _sees(visitor, row)]
    shown = paging.part(seen, limit, offset, request, response)
    return [job_json(queue.find(row["id"]), queue.progress(row["id"])) for row in shown]


@router.get("/jobs/{job}", responses=models.ok(models.Job))
def one_job(job: str, request: Request, visitor: Present, wait: Wait = 0.0) -> Any:
    """A job and how far it is; with `wait`, answered when it has ended or so many seconds have passed."""
    queue = state_of(request).jobs
    seen_job(request, visitor, job)
    return job_json(queue.wait(job, wait), queue.progress(job))


@router.get("/jobs/{job}/bundle", response_class=FileResponse, responses=models.file("application/zip"))
def bundle(job: str, request: Request, matter: Opened, visitor: Present) -> FileResponse:
    """The bundle that a job built, as a zip."""
    found = seen_job(request, visitor, job)
    if found["kind"] != "export":
        raise NotFound(f"Job {job} built no bundle.")
    if found["state"] != jobs.DONE:
        raise NotReady(f"The bundle is not built yet: the job is {found['state']}.")
    name = str(found["result"]["zip"])
    path = bundles_of(matter, found["id"]) / name
    if not path.is_file():
        raise NotFound("The bundle is not kept any more.", "Build it again.")
    state_of(request).trail.note(visitor.name, "downloaded", str(found["claim"]))
    return attachment(path, name, "application/zip")


def seen_job(request: Request, visitor: Visitor, job: str) -> Mapping[str, Any]:
    """A job that the visitor may see. Raises `NotFound`."""
    found = state_of(request).jobs.find(job)
    if not _sees(visitor, found):
        raise NotFound(f"There is no job {job!r}.", "Jobs are forgotten after a week.")
    return found


def _sees(visitor: Visitor, row: Mapping[str, Any]) -> bool:
    """Whoever sees all claims sees all jobs; others their own, and those about their claims."""
    if visitor.claims is None:
        return True
    return visitor.sees(row["claim"]) if row["claim"] else bool(row["actor"] == visitor.name)


@router.post("/claims/{claim}/link", status_code=202, responses=models.ok(models.Job, 202))
def link(
    claim: str, request: Request, response: Response, scope: Seen, visitor: Handler, wait: Wait = 0.0
) -> Any:
    """Propose links between evidence and a claim's events: `claimtrail link CLAIM`."""
    return ask(request, response, visitor, Asked("link", claim=scope.claim(claim)), wait)


@router.post("/link", status_code=202, responses=models.ok(models.Job, 202))
def link_all(
    request: Request, response: Response, visitor: Handler, _: Unrestricted, wait: Wait = 0.0
) -> Any:
    """Propose links between evidence and the events of all claims: `claimtrail link`."""
    return ask(request, response, visitor, Asked("link"), wait)


@router.post("/claims/{claim}/export", status_code=202, responses=models.ok(models.Job, 202))
def export(
    claim: str,
    request: Request,
    response: Response,
    scope: Seen,
    visitor: Handler,
    said: Bundle | None = None,
    wait: Wait = 0.0,
) -> Any:
    """Build the evidence bundle of a claim: `claimtrail export`. Once done, fetch the zip at `download`."""
    given = said or Bundle()
    asked = Asked("export", given.model_dump(), scope.claim(claim))
    return ask(request, response, visitor, asked, wait)


@router.post("/reindex", status_code=202, responses=models.ok(models.Job, 202))
def reindex(
    request: Request,
    response: Response,
    visitor: Admin,
    _: Unrestricted,
    said: Engine | None = None,
    wait: Wait = 0.0,
) -> Any:
    """Build the search index anew from the records: `claimtrail reindex`."""
    engine = (said or Engine()).engine
    if engine is not None and engine not in engine_names():
        raise UsageError(f"There is no engine {engine!r}.", f"Engines: {', '.join(engine_names())}.")
    return ask(request, response, visitor, Asked("reindex", {"engine": engine}), wait)


@router.post("/verify", status_code=202, responses=models.ok(models.Job, 202))
def verify(request: Request, response: Response, visitor: Handler, _: Unrestricted, wait: Wait = 0.0) -> Any:
    """Check every hash, the audit chain, records and index: `claimtrail verify WORKSPACE`."""
    return ask(request, response, visitor, Asked("verify"), wait)


@router.get("/runs")
def runs(
    matter: Opened,
    _: Unrestricted,
    request: Request,
    response: Response,
    limit: paging.Limit = 50,
    offset: paging.Offset = 0,
) -> list[dict[str, Any]]:
    """Runs of intake, retries, exports and nights, the newest first."""
    with matter.reading() as tx:
        found = [_run_json(row) for row in matters.run_list(tx)]
    return list(paging.part(found, limit, offset, request, response))


@router.get("/runs/{run}")
def one_run(run: str, matter: Opened, _: Unrestricted) -> dict[str, Any]:
    """One run and how it ended."""
    return _run_json(run_answer(matter, run))


def _run_json(row: Mapping[str, Any]) -> dict[str, Any]:
    summary = row["summary"] or {}
    told = {
        key: value for key, value in summary.items() if key not in ("out", "zip")
    }  # paths of this machine
    return {**row, "summary": told if row["summary"] is not None else None}


@router.get("/doctor")
def doctor(matter: Opened, _: Unrestricted) -> dict[str, Any]:
    """Is all there that the work needs, and how to mend what is not: `claimtrail doctor`."""
    return doctor_answer(matter.workspace.root)[0]
