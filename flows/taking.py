"""Taking in where the settings say: on this machine's processes, or as a flow on a cluster."""

from __future__ import annotations

import os
from collections.abc import Iterable

from extractors.reading import OcrMode
from flows.server import prefect_server
from pipeline.ingest import ingest
from pipeline.ingest_report import Report
from pipeline.intake import Found, Lost
from pipeline.matter import Matter
from pipeline.pace import Progress, silent


def take_in(
    matter: Matter,
    found: Iterable[Found | Lost],
    claim: str | None = None,
    ocr: OcrMode | None = None,
    progress: Progress = silent,
    expected: int = 0,
    command: str = "ingest",
) -> Report:
    """Take files in; returns what became of each.

    Where the settings name a cluster this is a Prefect flow, on the server of PREFECT_API_URL or one of its own.
    """
    if matter.settings.cluster is None:
        return ingest(matter, found, claim, ocr, progress, expected, command)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")  # the command's own report says the rest
    with prefect_server(matter.workspace.root) as address:
        from flows.ingest import flush, ingest_as_flow, told_to  # Prefect takes seconds to load

        with told_to(address):
            try:
                return ingest_as_flow(matter, found, claim, ocr, progress, expected=expected, command=command)
            finally:
                flush()
