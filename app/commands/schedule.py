"""`schedule`."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from app.ending import Stopped, end_when_told
from app.options import clock_options, json_option, open_matter, workspace_option
from app.output import message, print_json, say
from flows.server import prefect_server
from pipeline.workspace import find


@click.command("schedule")
@clock_options
@click.option("--now", "at_once", is_flag=True, help="One run at once, then end.")
@workspace_option
@json_option
def schedule_command(cron: str, timezone: str, at_once: bool, workspace: Path, as_json: bool) -> int:
    """Serve the nightly run: drain the inbox, retry, link, check hashes and audit, mend the index, report.

    Uses the Prefect server of PREFECT_API_URL, or starts one of its own on loopback.

    \b
    Example:
      claimtrail schedule --cron "0 2 * * *" --timezone Asia/Shanghai
      claimtrail schedule --now
    """
    root = find(workspace).root
    open_matter(root).close()
    end_when_told()
    with prefect_server(root) as address:
        from flows.nightly import at_once as run_now
        from flows.nightly import clock, serve  # after the server's address is known

        times = clock(cron, timezone)
        if at_once:
            answer = run_now(root)
            _print(answer, as_json)
            return 0 if answer["ok"] else 1
        message(f"{cron} ({timezone}), {address.removesuffix('/api')}")
        with contextlib.suppress(Stopped):
            serve(root, times)
    return 0


def _print(answer: dict[str, object], as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        for key, value in answer.items():
            say(f"{key}: {len(value) if isinstance(value, list) else value}")
