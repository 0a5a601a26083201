"""Taking a production in: its documents as any others, and what its load files say of them beside."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.errors import DocumentError, FileUnreachable
from extractors.reading import OcrMode
from extractors.workers import Workers
from pipeline.indexing import index_pending
from pipeline.ingest import ingest
from pipeline.ingest_report import Report
from pipeline.intake import Found, Lost, readable
from pipeline.linking import link_pending
from pipeline.loadfile.images import one_file
from pipeline.loadfile.numbers import BATES, span
from pipeline.loadfile.production import Produced, parents, produced
from pipeline.matter import Change, Matter
from pipeline.pace import Progress, silent
from pipeline.records import arrivals, documents
from pipeline.retrying import TakeIn

_FIELD = "field."
_LONGEST = 2000
"""Characters of a field that are kept as a label; longer ones are texts and are read from their files."""


@dataclass
class Loaded:
    """What came of a production. `numbers` are the documents' ids by the first of their numbers."""

    report: Report
    records: int
    numbers: Mapping[str, str]
    families: int = 0
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The JSON of `ingest`, and `{"records", "families", "documents": [{"bates", "id"}], "notes"}`."""
        own = [{"bates": number, "id": document} for number, document in self.numbers.items()]
        more = {"records": self.records, "families": self.families, "documents": own, "notes": self.notes}
        return {**self.report.as_json(), **more}


def load(
    matter: Matter,
    dat: Path,
    opt: Path | None = None,
    claim: str | None = None,
    ocr: OcrMode | None = None,
    progress: Progress = silent,
    take_in: TakeIn = ingest,
) -> Loaded:
    """Take in the documents of a production, with their numbers, families and fields.

    A document is its native file where there is one, else its images, else its text. What is missing or is not what
    the load file says is told in `notes` or fails by itself. Raises LoadFileUnreadable, and as `ingest`.
    """
    records = produced(dat, opt)
    taking = _Taking(matter, dat)
    with closing(taking):
        report = take_in(matter, taking.found(records), claim, ocr, progress, len(records), "ingest")
    with matter.change() as change:
        ids = _known(change, taking.ids)
        loaded = Loaded(report, len(records), ids, notes=taking.notes)
        for record in records:
            if record.begin in ids:
                _label(change, ids[record.begin], record)
        loaded.families = _relate(change, records, ids)
        for step in ("link", "index"):
            documents.undo(change.tx, step, sorted(set(ids.values())))
        change.note("production loaded", dat.name, records=len(records), run=report.run)
    with matter.records.alone():
        link_pending(matter)
        index_pending(matter)
    return loaded


class _Taking:
    """Finds each record's file, and remembers which document it became."""

    def __init__(self, matter: Matter, dat: Path) -> None:
        self._matter, self._dat = matter, dat
        self._workers: Workers | None = None
        self._open = ExitStack()
        self.ids: dict[str, str] = {}
        self.notes: list[str] = []

    def found(self, records: list[Produced]) -> Iterator[Found | Lost]:
        """The files to take in, in order; what was put together lives until the next is asked for."""
        for record in records:
            self.notes += [f"{record.begin}: {path} is not there" for path in record.missing]
            with tempfile.TemporaryDirectory(dir=self._matter.workspace.scratch) as scratch:
                try:
                    found = self._taken(record, self._file(record, Path(scratch)))
                except DocumentError as error:
                    yield Lost(record.begin, error)
                    continue
                yield found

    def _file(self, record: Produced, scratch: Path) -> Path:
        if record.native:
            return record.native
        if record.images:
            return self._together(record, scratch)
        if record.text:
            return record.text
        raise FileUnreachable(
            f"{record.begin}: neither its native file, its images nor its text lie with the load file.",
            "Copy the whole production, with its folders, beside the load file.",
        )

    def _together(self, record: Produced, scratch: Path) -> Path:
        """The images as one file; made in a worker, whose limits hold for pictures that are none."""
        if len(set(record.images)) == 1:
            return record.images[0]
        limits = self._matter.settings.limits.limits()
        seconds = limits.seconds_for(sum(path.stat().st_size for path in record.images))
        self._workers = self._workers or self._open.enter_context(Workers(1, limits))
        future = self._workers.submit(one_file, record.images, scratch, seconds=seconds, name=record.begin)
        return future.result()

    def close(self) -> None:
        """Ends the worker, if one was needed."""
        self._open.close()

    def _taken(self, record: Produced, path: Path) -> Found:
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FileUnreachable(
                f"{record.begin}: {path.name} cannot be read: {error.strerror or error}."
            ) from error
        self.ids[record.begin] = documents.id_of(digest)
        if record.native and record.sha256 and record.sha256 != digest:
            self.notes.append(f"{record.begin}: its file is not the one whose SHA-256 the load file states")
        name = readable(record.name.replace("\\", "/").rpartition("/")[2]) or record.begin
        if not record.native and "." not in name[-6:]:
            name += path.suffix
        where = f"{readable(self._dat.stem)}/{readable(record.begin.replace('/', '_'))}/{name}"
        return Found(path, f"{record.begin} {name}", where)


def _known(change: Change, ids: Mapping[str, str]) -> dict[str, str]:
    """Those that became documents: a file that is too large, or changes while it is copied, never does."""
    there = {found.id for found in documents.summaries(change.tx, ids.values())}
    return {number: document for number, document in ids.items() if document in there}


def _label(change: Change, document: str, record: Produced) -> None:
    """The numbers and the fields of a record, as labels of its document."""
    said = [(BATES, span(record.begin, record.end))]
    said += [(f"{_FIELD}{readable(key).strip().casefold()}", value[:_LONGEST]) for key, value in record.said]
    added = [key for key, value in said if arrivals.add_label(change.tx, document, key, readable(value))]
    if added:
        change.note("labelled by load file", document, bates=record.begin, fields=len(added))


def _relate(change: Change, records: list[Produced], ids: Mapping[str, str]) -> int:
    """Make attachments the children of their parents, where that is not known from the files; returns how many are."""
    names = {record.begin: record.name for record in records}
    related = 0
    for child, parent in parents(records).items():
        with suppress(KeyError):
            pair = ids[parent], ids[child]
            documents.add_child(change.tx, *pair, name=readable(names[child]))
            related += 1
    return related
