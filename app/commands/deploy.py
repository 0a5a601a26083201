"""`deploy`."""

from __future__ import annotations

import click

from app.options import clock_options, json_option
from app.output import message, print_json, say


@click.command("deploy")
@click.option(
    "--work-pool",
    "pool",
    required=True,
    metavar="NAME",
    help="Made, of the type process, where there is none.",
)
@clock_options
@click.option(
    "--workspace",
    metavar="DIR",
    help="The matter's folder on the machines of the pool (else what CLAIMTRAIL_WORKSPACE says there).",
)
@json_option
def deploy_command(pool: str, cron: str, timezone: str, workspace: str | None, as_json: bool) -> None:
    """Put the nightly run and taking in on a work pool of the Prefect server of PREFECT_API_URL.

    \b
    Example:
      claimtrail deploy --work-pool evidence --workspace /srv/matter
      prefect worker start --pool evidence              # on another machine
    """
    from flows.deployed import deploy  # Prefect takes seconds to load
    from flows.nightly import clock

    made = deploy(pool, clock(cron, timezone), workspace)
    if as_json:
        print_json({"work_pool": pool, "deployments": made})
        return
    for name in made:
        say(name)
    message(f"prefect worker start --pool {pool}")
