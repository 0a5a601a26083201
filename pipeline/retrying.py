"""Trying documents again that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from extractors.reading import OcrMode
from pipeline.evidence import READ
from pipeline.inbox import release
from pipeline.ingest import ingest
from pipeline.ingest_report import Report
from pipeline.intake import Found, Lost
from pipeline.matter import Matter
from pipeline.pace import Progress, silent
from pipeline.records import documents

TakeIn = Callable[[Matter, Iterable[Found | Lost], str | None, OcrMode | None, Progress, int, str], Report]
"""`pipeline.ingest.ingest`, or whatever does the same elsewhere."""


def to_retry(matter: Matter, document: str | None) -> list[str]:
    """The ids of the document that is named, else of all that failed. Raises `NotFound`, `AmbiguousName`."""
    with matter.reading() as tx:
        if document is not None:
            return [documents.resolve(tx, document)]
        return [found.id for found in documents.summaries(tx) if found.state == "failed"]


def retry(
    matter: Matter, ids: Sequence[str], progress: Progress = silent, take_in: TakeIn = ingest
) -> Report:
    """Try failed documents again; files of theirs that lie in the quarantine go to `.done/` when they are read."""
    with matter.change() as change:
        for document in ids:
            documents.set_state(change.tx, document, "open")
            documents.undo_all(change.tx, document)
            change.note("retry", document)
    report = take_in(matter, [], None, None, progress, 0, "retry")
    _release(matter)
    return report


def _release(matter: Matter) -> None:
    """Take out of the quarantine what was read after all: by the records, so that an earlier run's are found too."""
    with matter.reading() as tx:
        read = {found.id for found in documents.summaries(tx) if found.state in READ}
    release(matter.workspace.quarantine, matter.workspace.inbox, read)
