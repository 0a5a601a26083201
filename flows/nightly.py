"""The nightly run as a Prefect flow, and the deployment `nightly` that starts it by the clock."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runner import Runner
from prefect.schedules import Cron, Schedule

from flows.leash import leashed
from flows.night import NightRun, Step
from index.errors import SearchError
from pipeline.errors import ClaimtrailError, MatterError, UsageError, named
from pipeline.matter import Matter
from pipeline.workspace import named_root

ACTOR = "nightly"


class NightFailed(MatterError):
    code = "night_failed"
    exit_code = 1
    hint = "The log on stderr says why; run claimtrail doctor and start it again: what was finished is kept."


@task(name="step of the night", cache_policy=NO_CACHE, persist_result=False)
def _do(step: Step) -> None:
    step.do()


@flow(name="nightly", persist_result=False)
def nightly(workspace: str | None = None) -> dict[str, Any]:
    """One night on the workspace in this folder, else in the one that CLAIMTRAIL_WORKSPACE names; returns the report.

    Each step can be run again safely.
    """
    with Matter.open(named_root(workspace), ACTOR) as matter:
        run = NightRun(matter)
        for step in run.steps():
            _do.with_options(name=step.name, task_run_name=step.name)(step)
        create_markdown_artifact(markdown=run.report, key="nightly", description="What the night brought")
        return run.night.as_json()


def at_once(workspace: Path) -> dict[str, Any]:
    """One night now, in a process of its own, so that all its logs have reached the server when it ends."""
    command = [sys.executable, "-m", "flows.nightly", str(workspace.resolve())]
    with leashed(command, out=subprocess.PIPE) as running:
        said = running.stdout.read() if running.stdout else b""
        status = running.wait()
    report: dict[str, Any] = json.loads(said) if said else {}
    if why := report.get("error"):
        raise NightFailed(f"The nightly run stopped: {why['message']} [{why['code']}]", why["hint"])
    if status:
        raise NightFailed(f"The nightly run ended with status {status}.")
    return report


def clock(cron: str, timezone: str) -> Schedule:
    """The times of a cron line. Raises `UsageError` when it cannot be read."""
    try:
        return Cron(cron, timezone=timezone)
    except ValueError as error:
        raise UsageError(f"{cron!r} is no cron line.", 'Write it as "0 2 * * *".') from error


def serve(workspace: Path, times: Schedule) -> None:
    """Serve the deployment `nightly` until stopped: the run starts by the clock, one at a time."""
    runner = _Service(name="nightly", limit=1)
    runner.add_flow(
        nightly, name="nightly", schedule=times, parameters={"workspace": str(workspace.resolve())}
    )
    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(runner.until_stopped())


class _Service(Runner):
    """A runner that SIGTERM stops in order. Prefect's own handler raises wherever the program happens to be."""

    _stop: Callable[[], object] = staticmethod(lambda: None)

    async def until_stopped(self) -> None:
        """Run. Raises `CancelledError` when told to stop."""
        if (running := asyncio.current_task()) is not None:
            self._stop = running.cancel
        await self.start(webserver=False)

    def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:
        """What the signal calls, in the main thread, between two steps of the program."""
        asyncio.get_running_loop().call_soon_threadsafe(self._stop)


def _answer(workspace: str) -> dict[str, Any]:
    """The night's report, or the error that stopped it."""
    try:
        return nightly(workspace)
    except (ClaimtrailError, SearchError) as error:
        return {"error": error.as_json()}
    except OSError as error:
        return {"error": named(error).as_json()}


if __name__ == "__main__":
    print(json.dumps(_answer(sys.argv[1]), ensure_ascii=False))
