"""Long work as jobs, and what is known of the whole matter: runs, checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from app.answers import run_answer
from app.web import models, paging
from app.web.access import Admin, Handler, Opened, Present, Unrestricted, Visitor, state_of
from app.web.files import attachment
from app.web.jobs import bundles_of
from app.web.queue import Asked, Wait, ask, job_json
from app.web.replies import WebError
from app.web.scope import Seen
from app.web.values import OneOf
from extractors.reading import OcrMode
from flows.doctor import doctor_answer
from index.engines import engine_names
from pipeline.bundle.order import ORDERS
from pipeline.bundle.profile import names as profiles
from pipeline.errors import NotFound
from pipeline.matter import Matter
from pipeline.records import jobs, matters

router = APIRouter(tags=["work"], responses=models.REFUSALS)

_STRICT = ConfigDict(extra="forbid")


class NotReady(WebError):
    code = "not_ready"
    status = 409
    hint = "Ask for the job until its state is done."


class NotEnded(NotReady):
    code = "not_ended"
    hint = "Wait until it has ended."


class Bundle(BaseModel):
    """How a bundle is built: the options of `claimtrail export`."""

    model_config = _STRICT

    profile: Annotated[str, OneOf(tuple(profiles()))] = "uk"
    order: Annotated[str, OneOf(ORDERS)] | None = Field(None, description="None: the profile's own.")
    prefix: str = Field(
        "",
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9._-]{0,28}[A-Za-z0-9])?)?$",
        description="Before Bates numbers (us).",
    )
    renumber: bool = Field(False, description="Start all numbers afresh; else those handed over are kept.")
    max_mb: float | None = Field(None, ge=0.01, le=10**6, description="Cut volumes of at most so many MB.")
    max_pages: int | None = Field(None, ge=1, le=10**6, description="Cut volumes of at most so many pages.")
    include_privileged: bool = Field(False, description="Take in what is privileged or without prejudice.")
    privilege_log: bool = Field(False, description="List what was withheld.")
    confirmed_only: bool = False
    highlight: bool = Field(False, description="Mark the words on which the links rest.")
    timestamp: bool = Field(False, description="Have it stamped by the authority of the settings (RFC 3161).")


class Engine(BaseModel):
    """The engine that the index is built with; default: the one that it has."""

    model_config = _STRICT

    engine: Annotated[str, OneOf(tuple(engine_names()))] | None = None


class Drained(BaseModel):
    """How hard to try on scans."""

    model_config = _STRICT

    ocr: OcrMode | None = None


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
    found, path = built(request, matter, visitor, job)
    state_of(request).trail.note(visitor.name, "downloaded", str(found["claim"]))
    return attachment(path, path.name, "application/zip")


@router.get(
    "/jobs/{job}/bundle/{name}", response_class=FileResponse, responses=models.file("application/pdf")
)
def bundled(job: str, name: str, request: Request, matter: Opened, visitor: Present) -> FileResponse:
    """The numbered PDF alone of the bundle that a job built, or one of its volumes; `pdfs` of its result names them."""
    found, path = built(request, matter, visitor, job)
    if name not in found["result"].get("pdfs", ()):
        raise NotFound(f"The bundle has no volume {name!r}.", "See `pdfs` of the job's result.")
    state_of(request).trail.note(visitor.name, "downloaded", str(found["claim"]))
    return attachment(path.with_name(name), f"{path.stem}{name.removeprefix('bundle')}", "application/pdf")


def built(request: Request, matter: Matter, visitor: Visitor, job: str) -> tuple[Mapping[str, Any], Path]:
    """A job that built a bundle, and the zip. Raises `NotFound`, `NotReady`."""
    found = seen_job(request, visitor, job)
    if found["kind"] != "export":
        raise NotFound(f"Job {job} built no bundle.")
    if found["state"] != jobs.DONE:
        raise NotReady(f"The bundle is not built yet: the job is {found['state']}.")
    path = bundles_of(matter, found["id"]) / str(found["result"]["zip"])
    if not path.is_file():
        raise NotFound("The bundle is not kept any more.", "Build it again.")
    return found, path


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
    return ask(request, response, visitor, Asked("reindex", (said or Engine()).model_dump()), wait)


@router.post("/inbox", status_code=202, responses=models.ok(models.Job, 202))
def drain(
    request: Request,
    response: Response,
    visitor: Handler,
    _: Unrestricted,
    said: Drained | None = None,
    wait: Wait = 0.0,
) -> Any:
    """Take in what lies in the workspace's inbox: `claimtrail watch --once`."""
    return ask(request, response, visitor, Asked("watch", (said or Drained()).model_dump()), wait)


@router.post("/night", status_code=202, responses=models.ok(models.Job, 202))
def night(request: Request, response: Response, visitor: Admin, _: Unrestricted, wait: Wait = 0.0) -> Any:
    """One nightly run now: `claimtrail schedule --now`."""
    return ask(request, response, visitor, Asked("night"), wait)


@router.post("/stamp", status_code=202, responses=models.ok(models.Job, 202))
def stamp(request: Request, response: Response, visitor: Handler, _: Unrestricted, wait: Wait = 0.0) -> Any:
    """Have the audit's head time-stamped by the authority of the settings: `claimtrail stamp`."""
    return ask(request, response, visitor, Asked("stamp", {"job": None}), wait)


@router.post("/jobs/{job}/stamp", status_code=202, responses=models.ok(models.Job, 202))
def stamp_built(
    job: str, request: Request, response: Response, matter: Opened, visitor: Handler, wait: Wait = 0.0
) -> Any:
    """Have a bundle time-stamped that a job built, and that is still kept: `claimtrail stamp BUNDLE`."""
    found, _ = built(request, matter, visitor, job)
    return ask(request, response, visitor, Asked("stamp", {"job": found["id"]}, found["claim"]), wait)


@router.delete("/jobs/{job}", status_code=204)
def forget(job: str, request: Request, visitor: Handler) -> None:
    """Forget a job that has ended, with its result and the bundle that it built."""
    found = seen_job(request, visitor, job)
    if found["state"] not in (jobs.DONE, jobs.FAILED):
        raise NotEnded(f"The job is {found['state']}.")
    state_of(request).jobs.forget(found["id"])


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
