"""Taking in as a Prefect flow whose reading is done by the workers of a Dask cluster, through Prefect's DaskTaskRunner.

The runner holds the connection. What it sends to the workers are plain Dask tasks, not Prefect's task runs: those
would need Prefect's server within reach of every worker. Prefect sees the reading in portions, as they are recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.context import FlowRunContext
from prefect_dask import DaskTaskRunner

from flows.elsewhere import Elsewhere
from flows.fleet import CONNECT_SECONDS, Fleet, away, security
from flows.ingest import finish
from pipeline.ingest import Ingest
from pipeline.ingest_report import Report
from pipeline.intake import Found, Lost
from pipeline.pace import Pace, Progress
from pipeline.settings import ClusterSettings

PORTION = 100
"""Documents that are one task of Prefect's."""


class Asking:
    """What a flow run works on. Prefect looks into lists and dataclasses that it is given, but not into this."""

    def __init__(
        self,
        run: Ingest,
        found: Iterable[Found | Lost],
        progress: Progress,
        stopped: Callable[[], bool],
    ) -> None:
        self.run, self.found, self.progress, self.stopped = run, found, progress, stopped


def ingest_on(cluster: ClusterSettings, asking: Asking) -> Report:
    """Take files in on a cluster; returns what became of each. Raises `ClusterAway`, `NoWorkers`."""
    how = {"security": security(cluster, asking.run.matter.workspace.root), "timeout": CONNECT_SECONDS}
    runner: Any = DaskTaskRunner(address=cluster.address, client_kwargs=how)
    return _ingest.with_options(task_runner=runner)(asking, cluster)


@flow(name="ingest", validate_parameters=False, persist_result=False)
def _ingest(asking: Asking, cluster: ClusterSettings) -> Report:
    run, client = asking.run, _client(cluster)
    fleet = Fleet(client, run.matter.settings)
    fleet.wait(lambda: asking.progress(Pace("waiting", 0, 0)))
    with Elsewhere(run, asking.found, client, fleet, asking.progress, asking.stopped) as reading:
        while _read(reading):
            pass
    return finish(run)


@task(name="read", cache_policy=NO_CACHE, persist_result=False)
def _read(reading: Elsewhere) -> bool:
    return reading.portion(PORTION)


def _client(cluster: ClusterSettings) -> Any:
    context = FlowRunContext.get()
    runner: Any = context.task_runner if context else None
    try:
        return runner.client
    except (OSError, TimeoutError, ValueError) as error:
        raise away(cluster, error) from error
