"""`extract`, `ingest`, `load` and `retry`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from app.bills import print_findings, print_lines
from app.options import json_option, ocr_engine_option, ocr_option, open_matter, workspace_option
from app.output import in_words, message, print_json, print_table, say, word
from app.progress import progress
from extractors.limits import Limits
from extractors.reading import OcrMode, OcrOptions
from flows.taking import take_in
from pipeline.errors import UsageError
from pipeline.ingest_report import Report
from pipeline.intake import count, discover
from pipeline.loose import extract_files
from pipeline.retrying import retry, to_retry
from pipeline.workspace import working


@click.command("extract")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
@ocr_option
@ocr_engine_option
@click.option("--workspace", expose_value=False, help="As with every command; nothing of it is needed.")
@json_option
def extract_command(
    files: tuple[Path, ...], ocr: OcrMode | None, ocr_engine: str | None, as_json: bool
) -> int:
    """Read, OCR, classify and extract without a workspace; keeps nothing.

    Example: claimtrail extract letter.pdf --json
    """
    usual = OcrOptions()
    options = replace(usual, mode=ocr or usual.mode, engine=ocr_engine or usual.engine)
    answers = extract_files([(path, str(path)) for path in files], Limits(), options)
    if as_json:
        print_json(answers)
    else:
        print_table(
            ["name", "kind", "date", "pages", "language", "title"], [_row(answer) for answer in answers]
        )
        for answer in answers:
            _print_bill(answer)
    failed = [answer for answer in answers if "error" in answer]
    for answer in failed:
        said = in_words(answer["error"]["message"])
        message(said if answer["name"] in said else f"{answer['name']}: {said}")
    return 1 if failed else 0


def _print_bill(answer: dict[str, Any]) -> None:
    """The lines of a bill, and what is wrong with a document's sums, under its name."""
    if answer.get("findings") or answer.get("lines"):
        say(answer["name"])
        print_findings(answer["findings"])
        print_lines(answer["lines"])


def _row(answer: dict[str, object]) -> Sequence[object]:
    if "error" in answer:
        return (answer["name"], word("failed"), None, None, None, None)
    pages = answer["pages"]
    count = len(pages) if isinstance(pages, list) else 0
    return (answer["name"], answer["kind"], answer["date"], count, answer["language"], answer["title"])


@click.command("ingest")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
@click.option("--claim", help="Tie all of them to this claim.")
@click.option(
    "--exclude", multiple=True, metavar="PATTERN", help="Leave out files with such a name, e.g. '*.tmp'."
)
@click.option(
    "--prefect", "with_prefect", is_flag=True, help="Run as a Prefect flow (so with PREFECT_API_URL set)."
)
@ocr_option
@workspace_option
@json_option
def ingest_command(
    paths: tuple[Path, ...],
    claim: str | None,
    exclude: tuple[str, ...],
    with_prefect: bool,
    ocr: OcrMode | None,
    workspace: Path,
    as_json: bool,
) -> int:
    """Take files and folders in (recursively).

    Example: claimtrail ingest evidence/ --claim CLM-001
    """
    with (
        open_matter(workspace) as matter,
        working(workspace=matter.workspace, what="ingest"),
        progress(quiet=as_json) as told,
    ):
        found, expected = discover(paths, exclude), count(paths, exclude)
        if with_prefect or os.environ.get("PREFECT_API_URL"):
            from flows.ingest import ingest_as_flow  # Prefect takes seconds to load

            report = ingest_as_flow(matter, found, claim, ocr, told, expected=expected)
        else:
            report = take_in(matter, found, claim, ocr, told, expected)
    return print_report(report, as_json)


@click.command("load")
@click.argument("dat", metavar="DAT", type=click.Path(path_type=Path))
@click.option("--opt", type=click.Path(path_type=Path), help="Its images; else the .opt beside the DAT.")
@click.option("--claim", help="Tie all of its documents to this claim.")
@ocr_option
@workspace_option
@json_option
def load_command(
    dat: Path, opt: Path | None, claim: str | None, ocr: OcrMode | None, workspace: Path, as_json: bool
) -> int:
    """Take in a production by its load file: documents, families, fields and Bates numbers.

    \b
    Example:
      claimtrail load VOL001/DATA/VOL001.dat --claim CLM-001
      claimtrail search 'ref:ABC-000000012'
    """
    with (
        open_matter(workspace) as matter,
        working(workspace=matter.workspace, what="load"),
        progress(quiet=as_json) as told,
    ):
        from pipeline.loadfile.load import load  # what it needs would delay every intake

        loaded = load(matter, dat, opt, claim, ocr, told, take_in)
    if as_json:
        print_json(loaded.as_json())
        return 1 if loaded.report.failed or loaded.notes else 0
    for note in loaded.notes:
        message(in_words(note))
    return print_report(loaded.report, as_json) or (1 if loaded.notes else 0)


@click.command("retry")
@click.argument("document", metavar="DOC", required=False)
@click.option("--all", "everything", is_flag=True, help="All that failed.")
@workspace_option
@json_option
def retry_command(document: str | None, everything: bool, workspace: Path, as_json: bool) -> int:
    """Try failed documents again.

    Example: claimtrail retry --all
    """
    if (document is None) == (not everything and document != "all"):
        raise UsageError("Name one document, or --all.")
    with open_matter(workspace) as matter, working(matter.workspace, "retry"):
        ids = to_retry(matter, None if everything or document == "all" else document)
        with progress(quiet=as_json) as report_progress:
            report = retry(matter, ids, report_progress, take_in)
    return print_report(report, as_json)


def print_report(report: Report, as_json: bool) -> int:
    if as_json:
        print_json(report.as_json())
    else:
        rows = [(word(key), len(value)) for key, value in report.as_json().items() if key != "run"]
        print_table(["status", "count"], rows)
        for failure in report.failed:
            said, hint = in_words(failure.error.message), in_words(failure.error.remedy)
            message(f"{failure.path}: {said} [{failure.error.code}]\n  → {hint}")
    return 1 if report.failed else 0
