"""`export`, `verify` and `stamp`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.options import json_option, open_matter, workspace_option
from app.output import in_words, message, print_error, print_json, print_table, say, word
from app.progress import progress
from pipeline.bundle.order import ORDERS
from pipeline.bundle.profile import names
from pipeline.export import Wishes, export
from pipeline.pace import steps
from pipeline.timestamps.stamping import stamp_audit, stamp_bundle
from pipeline.verify import verify
from pipeline.workspace import find, working


@click.command("export")
@click.argument("claim")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="A new folder.")
@click.option(
    "--profile", type=click.Choice(names()), default="uk", show_default=True, help="Whose rules it follows."
)
@click.option(
    "--order", type=click.Choice(ORDERS), help="By time, by event (element) or by kind of document."
)
@click.option("--prefix", default="", metavar="TEXT", help="Before Bates numbers (us); the claim's id else.")
@click.option("--renumber", is_flag=True, help="Start all numbers afresh; else those handed over are kept.")
@click.option("--max-mb", type=click.FloatRange(min=0.01), metavar="N", help="Cut volumes of at most N MB.")
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Cut volumes of at most N pages.")
@click.option(
    "--include-privileged", is_flag=True, help="Take in what is marked privileged or without prejudice."
)
@click.option(
    "--privilege-log", is_flag=True, help="List what was withheld: date, author, recipients, kind, ground."
)
@click.option("--confirmed-only", is_flag=True, help="Only documents whose link a person confirmed.")
@click.option("--highlight", is_flag=True, help="Mark the words on which the links rest.")
@click.option("--zip", "as_zip", is_flag=True, help="Also write DIR.zip.")
@click.option(
    "--timestamp", is_flag=True, help="Have it stamped by the authority of settings.yaml (RFC 3161)."
)
@workspace_option
@json_option
def export_command(
    claim: str,
    out: Path,
    profile: str,
    confirmed_only: bool,
    highlight: bool,
    as_zip: bool,
    timestamp: bool,
    workspace: Path,
    as_json: bool,
    **asked: Any,
) -> int:
    """Build the evidence bundle of a claim: paginated PDF, originals, indexes, hashes, audit.

    \b
    Example:
      claimtrail export CLM-001 --out bundle-CLM-001 --zip
      claimtrail export CLM-001 --out production --profile us --prefix HCL --privilege-log
      claimtrail export CLM-001 --out 证据册 --profile cn --order element --max-mb 50
    """
    wishes = Wishes(**asked)
    with (
        open_matter(workspace) as matter,
        working(matter.workspace, "export"),
        progress(quiet=as_json) as report,
    ):
        answer = export(
            matter,
            claim,
            out,
            profile,
            confirmed_only,
            as_zip,
            steps(report, "building"),
            timestamp,
            highlight,
            wishes,
        )
    if as_json:
        print_json(answer)
    else:
        message(
            f"{answer['bundle']}: {answer['exhibits']} {word('documents')}, {answer['pages']} {word('of_pages')}"
        )
        for key in ("withheld", "withdrawn"):
            if answer[key]:
                message(f"{answer[key]} {word(f'bundle_{key}')}")
        for note in answer["notes"]:
            message(in_words(note))
    return _tell_stamp(answer.get("timestamp"), as_json)


def _tell_stamp(found: dict[str, Any] | None, as_json: bool) -> int:
    """Say how the stamping ended; the exit status is 1 where it was wanted and failed."""
    if found is None:
        return 0
    if "error" in found:
        if not as_json:
            print_error(found["error"], as_json)
        return 1
    if not as_json:
        message(f"{found['file']}: {found['at']} {found['authority']}")
        if found["note"]:
            message(in_words(found["note"]))
    return 0


@click.command("verify")
@click.argument("path", metavar="BUNDLE_OR_WORKSPACE", required=False, type=click.Path(path_type=Path))
@click.option(
    "--against",
    metavar="BUNDLE",
    type=click.Path(path_type=Path),
    help="A bundle that was handed over: its audit entries must stand in the workspace's audit.",
)
@click.option(
    "--ca",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The CA certificates (PEM) that must vouch for time stamps.",
)
@workspace_option
@json_option
def verify_command(
    path: Path | None, against: Path | None, ca: Path | None, workspace: Path, as_json: bool
) -> int:
    """Check every hash, the audit chain and, in a bundle, every link and page number.

    Without a name it is the workspace that is checked.

    \b
    Example:
      claimtrail verify bundle-CLM-001
      claimtrail verify northport --against bundle-CLM-001.zip
      claimtrail verify bundle-CLM-001 --ca authority-ca.pem
    """
    report = verify(path or find(workspace).root, against, ca)
    if as_json:
        print_json(report.as_json())
    elif report.faults:
        print_table(["where", "what"], [(fault.where, fault.what) for fault in report.faults])
        message(f"{len(report.faults)} {word('found_faults')}")
    else:
        say(f"{word('no_faults')}: {report.checked}")
    for note in () if as_json else report.notes:
        message(in_words(note))
    return 0 if report.ok else 1


@click.command("stamp")
@click.argument("bundle", required=False, type=click.Path(path_type=Path))
@workspace_option
@json_option
def stamp_command(bundle: Path | None, workspace: Path, as_json: bool) -> int:
    """Have the audit's head, or a finished bundle (folder or zip), time-stamped (RFC 3161).

    The authority is the one of settings.yaml (timestamp.url); a hash is all that goes there.

    \b
    Example:
      claimtrail stamp
      claimtrail stamp bundle-CLM-001
    """
    with open_matter(workspace) as matter, working(matter.workspace, "stamp"):
        answer = stamp_audit(matter) if bundle is None else stamp_bundle(matter, bundle)
    if as_json:
        print_json(answer)
    return _tell_stamp(answer, as_json)
