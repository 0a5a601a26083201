"""`init` and `doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import actor, check_records, json_option, workspace_option
from app.output import message, print_json, print_table, word
from flows.doctor import doctor_answer
from pipeline.indexing import index_pending
from pipeline.matter import Matter
from pipeline.workspace import DEFAULT, init, name_records


@click.command("init")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--records", metavar="URL", help="Records of a team: postgresql://user@host/database.")
@click.option("--schema", metavar="NAME", help="The schema in that database, if not the user's usual one.")
@workspace_option
@json_option
def init_command(
    folder: Path | None, records: str | None, schema: str | None, workspace: Path, as_json: bool
) -> None:
    """Make a workspace; harmless when there is one.

    With --records it shares the records on a PostgreSQL server, made there by whoever comes first.

    Example: claimtrail init northport-claim
    """
    check_records(records, schema)
    root = folder or workspace
    made = init(root)
    if records:
        name_records(made, records, schema)
    with Matter.open(root, actor()) as matter:  # creates the records
        index_pending(matter)
    if as_json:
        print_json({"workspace": str(made.root)})
    else:
        message(f"{made.root}")
        if str(root) != DEFAULT:
            message(f"  export CLAIMTRAIL_WORKSPACE={made.root.resolve()}")


@click.command("doctor")
@workspace_option
@json_option
def doctor_command(workspace: Path, as_json: bool) -> int:
    """Check the installation and the workspace; say how to mend each fault.

    Example: claimtrail doctor
    """
    answer, checks = doctor_answer(workspace)
    if as_json:
        print_json(answer)
    else:
        rows = [(c.name, word("yes") if c.ok else word("no"), c.detail, c.remedy) for c in checks]
        print_table(["check", "ok", "detail", "remedy"], rows)
    return 0 if answer["ok"] else 1
