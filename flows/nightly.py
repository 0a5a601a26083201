"""The nightly run as a Prefect flow, and the deployment `nightly` that starts it by the clock."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.schedules import Cron, Schedule

from flows.batches import Batches
from flows.server import PrefectNotStarting
from flows.watch import LOCK_SECONDS, Watcher
from pipeline.clock import now
from pipeline.errors import MatterError, UsageError
from pipeline.matter import Matter
from pipeline.night import Night, close, heal, link_and_index, look_after
from pipeline.workspace import working

ACTOR = "nightly"


def _passed_on(error: PrefectNotStarting) -> None:
    raise error  # cannot be: the night itself is a flow run


class NightFailed(MatterError):
    code = "night_failed"
    exit_code = 1
    hint = "The log on stderr says why; run claimtrail doctor and start it again: what was finished is kept."


class _Run:
    """A night on one matter. A plain object: Prefect does not look into it."""

    def __init__(self, matter: Matter) -> None:
        self.matter = matter
        self.night = Night(now(), matter.workspace.root)

    def drain(self) -> None:
        stop = threading.Event()
        with Batches(self.matter, stop, _passed_on) as batches:
            self.night.taken_in = Watcher(self.matter, self.matter.workspace.inbox, batches, stop).drain()

    def heal(self) -> None:
        with working(self.matter.workspace, "nightly", LOCK_SECONDS):
            heal(self.matter, self.night)

    def link_and_index(self) -> None:
        with working(self.matter.workspace, "nightly", LOCK_SECONDS):
            link_and_index(self.matter, self.night)

    def look_after(self) -> None:
        look_after(self.matter, self.night)


@task(name="drain the inbox", cache_policy=NO_CACHE, persist_result=False)
def _drain(run: _Run) -> None:
    run.drain()


@task(name="heal", cache_policy=NO_CACHE, persist_result=False)
def _heal(run: _Run) -> None:
    run.heal()


@task(name="link and index", cache_policy=NO_CACHE, persist_result=False)
def _link_and_index(run: _Run) -> None:
    run.link_and_index()


@task(name="look after", cache_policy=NO_CACHE, persist_result=False)
def _look_after(run: _Run) -> None:
    run.look_after()


@flow(name="nightly", persist_result=False)
def nightly(workspace: str) -> dict[str, Any]:
    """One night on the workspace in this folder; returns the report as JSON. Each step can be run again safely."""
    with Matter.open(Path(workspace), ACTOR) as matter:
        run = _Run(matter)
        _drain(run)
        _heal(run)
        _link_and_index(run)
        _look_after(run)
        report = close(matter, run.night)
        create_markdown_artifact(markdown=report, key="nightly", description="What the night brought")
        return run.night.as_json()


def at_once(workspace: Path) -> dict[str, Any]:
    """One night now, in a process of its own, so that all its logs have reached the server when it ends."""
    command = [sys.executable, "-m", "flows.nightly", str(workspace.resolve())]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise NightFailed(f"The nightly run ended with status {ended.returncode}.")
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def clock(cron: str, timezone: str) -> Schedule:
    """The times of a cron line. Raises `UsageError` when it cannot be read."""
    try:
        return Cron(cron, timezone=timezone)
    except ValueError as error:
        raise UsageError(f"{cron!r} is no cron line.", 'Write it as "0 2 * * *".') from error


def serve(workspace: Path, times: Schedule) -> None:
    """Serve the deployment `nightly` until stopped: the run starts by the clock, one at a time."""
    nightly.serve(
        name="nightly",
        schedule=times,
        parameters={"workspace": str(workspace.resolve())},
        limit=1,
        print_starting_message=False,
    )


if __name__ == "__main__":
    print(json.dumps(nightly(sys.argv[1]), ensure_ascii=False))
