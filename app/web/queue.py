"""Putting long work into the queue, and telling how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Query, Request, Response

from app.web.access import Visitor, state_of
from pipeline.records import jobs

Wait = Annotated[float, Query(ge=0, le=60, description="Seconds to wait for the result.")]
TAKING = ("ingest", "load", "retry")


@dataclass(frozen=True, slots=True)
class Asked:
    """Work to be done: its kind, what it needs to know, and the claim that it is about."""

    kind: str
    about: Mapping[str, Any] = field(default_factory=dict)
    claim: str | None = None


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


def intake_under_way(request: Request) -> dict[str, Any] | None:
    """How far the intake is that is under way: `{"job", "done", "of"}`; links and names follow when it ends."""
    queue = state_of(request).jobs
    for row in queue.newest():
        if row["kind"] not in TAKING or row["state"] not in (jobs.QUEUED, jobs.RUNNING):
            continue
        pace = queue.progress(row["id"])
        if pace is None and (names := queue.find(row["id"])["asked"].get("names")):
            return {"job": row["id"], "done": 0, "of": len(names)}
        if pace and pace["what"] == "reading" and pace["of"]:
            return {"job": row["id"], "done": pace["done"], "of": pace["of"]}
    return None


def job_json(row: Mapping[str, Any], progress: Mapping[str, Any] | None) -> dict[str, Any]:
    """A job as the API tells of it."""
    kept = ("id", "kind", "claim", "actor", "state", "made", "started", "finished", "result", "error")
    there = row["kind"] == "export" and row["state"] == jobs.DONE
    return {
        **{key: row[key] for key in kept},
        "progress": progress,
        "download": f"/api/v1/jobs/{row['id']}/bundle" if there else None,
    }
