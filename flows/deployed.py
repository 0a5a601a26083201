"""What a work pool of the organisation's Prefect runs: the night by the clock, and taking in when someone asks for it.

The machine that runs it has claimtrail installed and a workspace of its own, whose settings name the records and
originals that all share.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType

from extractors.reading import OcrMode
from flows.ingest import ingest_as_flow
from flows.nightly import nightly
from flows.server import PrefectAway
from pipeline.errors import UsageError
from pipeline.intake import count, discover
from pipeline.matter import Matter
from pipeline.workspace import named_root, working

ACTOR = "work pool"
PROCESS = "process"


@flow(name="take in", persist_result=False)
def take_in_paths(
    paths: list[str], workspace: str | None = None, claim: str | None = None, ocr: OcrMode | None = None
) -> dict[str, Any]:
    """Take files and folders in, as `claimtrail ingest`; the paths are those of the machine that runs it."""
    found = [Path(path) for path in paths]
    with Matter.open(named_root(workspace), ACTOR) as matter, working(matter.workspace, "ingest"):
        return ingest_as_flow(matter, discover(found), claim, ocr, expected=count(found)).as_json()


def deploy(pool: str, times: Schedule, workspace: str | None) -> list[str]:
    """Registers both flows on a work pool, which is made where there is none; returns the deployments' names.

    `workspace` is the folder on the machines of the pool; None leaves it to each, as without --workspace.
    Raises `PrefectAway`, and `UsageError` for a pool whose workers are no processes.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise PrefectAway("PREFECT_API_URL is not set.")
    parameters = {"workspace": workspace}
    how: dict[str, Any] = {"work_pool_name": pool, "entrypoint_type": EntrypointType.MODULE_PATH}
    try:
        with get_client(sync_client=True) as client:
            _check(client, pool)
        made = [
            RunnerDeployment.from_flow(
                nightly, name="nightly", parameters=parameters, schedule=times, concurrency_limit=1, **how
            ),
            RunnerDeployment.from_flow(take_in_paths, name="take in", parameters=parameters, **how),
        ]
        for deployment in made:
            deployment.apply()
    except RuntimeError as error:
        raise PrefectAway(f"Prefect cannot be told ({error}).") from error
    return [f"{deployment.flow_name}/{deployment.name}" for deployment in made]


def _check(client: SyncPrefectClient, pool: str) -> None:
    try:
        found = client.read_work_pool(pool)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=pool, type=PROCESS))
        return
    if found.type != PROCESS:
        raise UsageError(
            f"The work pool {pool} is of the type {found.type}.",
            "Name one of the type process, or a new one.",
        )
