"""`export` and `verify`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from app.options import json_option, open_matter, workspace_option
from app.output import message, print_json, print_table, word
from app.progress import progress
from pipeline.export import export
from pipeline.pace import Pace, Progress
from pipeline.verify import verify
from pipeline.workspace import working


@click.command("export")
@click.argument("claim")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="A new folder.")
@click.option(
    "--profile", type=click.Choice(["uk"]), default="uk", show_default=True, help="Whose rules it follows."
)
@click.option("--confirmed-only", is_flag=True, help="Only documents whose link a person confirmed.")
@click.option("--highlight", is_flag=True, help="Mark the words on which the links rest.")
@click.option("--zip", "as_zip", is_flag=True, help="Also write DIR.zip.")
@workspace_option
@json_option
def export_command(
    claim: str,
    out: Path,
    profile: str,
    confirmed_only: bool,
    highlight: bool,
    as_zip: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Build the evidence bundle of a claim: paginated PDF, originals, indexes, hashes, audit.

    Example: claimtrail export CLM-001 --out bundle-CLM-001 --zip
    """
    with (
        open_matter(workspace) as matter,
        working(matter.workspace, "export"),
        progress(quiet=as_json) as report,
    ):
        answer = export(matter, claim, out, profile, confirmed_only, as_zip, _steps(report), highlight)
    if as_json:
        print_json(answer)
    else:
        message(
            f"{answer['bundle']}: {answer['exhibits']} {word('documents')}, {answer['pages']} {word('pages')}"
        )
        if answer["withheld"]:
            message(f"{answer['withheld']} privileged {word('documents')} left out")


def _steps(report: Progress) -> Callable[[int, int, str], None]:
    """Progress of a bundle, told as that of an intake is."""
    return lambda done, of, item: report(Pace("building", done, of, item))


@click.command("verify")
@click.argument("path", metavar="BUNDLE_OR_WORKSPACE", type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="BUNDLE",
    type=click.Path(path_type=Path),
    help="A bundle that was handed over: its audit entries must stand in the workspace's audit.",
)
@json_option
def verify_command(path: Path, against: Path | None, as_json: bool) -> int:
    """Check every hash, the audit chain and, in a bundle, every link and page number.

    \b
    Example:
      claimtrail verify bundle-CLM-001
      claimtrail verify northport --against bundle-CLM-001.zip
    """
    report = verify(path, against)
    if as_json:
        print_json(report.as_json())
    elif report.faults:
        print_table(["where", "what"], [(fault.where, fault.what) for fault in report.faults])
        message(f"{len(report.faults)} {word('found_faults')}")
    else:
        message(f"{word('no_faults')}: {report.checked}")
    return 0 if report.ok else 1
