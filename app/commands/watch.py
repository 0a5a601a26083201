"""`watch`."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.commands.intake import print_report
from app.options import json_option, ocr_option, open_matter, workspace_option
from app.output import message, word
from app.progress import progress
from extractors.reading import OcrMode
from flows.batches import Batches
from flows.server import PrefectNotStarting
from flows.watch import Watcher, only_watcher
from pipeline.errors import UsageError
from pipeline.ingest_report import Report


@click.command("watch")
@click.option(
    "--inbox", type=click.Path(path_type=Path), metavar="DIR", help="Another folder than WORKSPACE/inbox."
)
@click.option("--once", is_flag=True, help="Take in what is there, and end.")
@ocr_option
@workspace_option
@json_option
def watch_command(inbox: Path | None, once: bool, ocr: OcrMode | None, workspace: Path, as_json: bool) -> int:
    """Take in whatever lands in the inbox, until stopped (Ctrl-C, or SIGTERM: the documents in hand are finished).

    Example: claimtrail watch --once
    """
    stop = threading.Event()
    with open_matter(workspace) as matter, only_watcher(matter), progress(quiet=as_json) as report_progress:
        folder = inbox or matter.workspace.inbox
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}.", "Make it, or name another with --inbox.")
        with _stopped_by_signal(stop), Batches(matter, stop, _without_prefect) as batches:
            watcher = Watcher(matter, folder, batches, stop, ocr, report_progress)
            if once:
                return print_report(_together(watcher.drain()), as_json)
            message(f"{word('watching')}: {folder}")
            watcher.run(lambda report: _tell(report, as_json))
    return 0


def _tell(report: Report, as_json: bool) -> None:
    print_report(report, as_json)


def _without_prefect(error: PrefectNotStarting) -> None:
    message(f"{error.message} {error.remedy}")


def _together(reports: list[Report]) -> Report:
    """One report of all batches, under the name of the last."""
    whole = Report(run=reports[-1].run if reports else "")
    for report in reports:
        whole.ingested += report.ingested
        whole.duplicates += report.duplicates
        whole.failed += report.failed
        whole.linked += report.linked
        whole.quarantined |= report.quarantined
    return whole


@contextmanager
def _stopped_by_signal(stop: threading.Event) -> Iterator[None]:
    """SIGTERM asks for an end, as systemd does; what is in hand is finished first."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
