"""Taking files in: keep the original, register it, read and understand it, record that. Then link and index.

`Ingest.take`, `attempt` and `finish` are the steps; `run` calls them in order on worker processes. A document's
rows of one step are replaced in one transaction, so a run that is killed at any point and started again ends in the
state of one that was not.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from extractors.errors import DocumentError, OcrFailed, TooLarge, WorkerDied, recorded
from extractors.pace import pace_in
from extractors.readers.draft import Child
from extractors.reading import OcrMode, OcrOptions
from extractors.workers import Workers
from pipeline.clock import stamp
from pipeline.copies import find_copies
from pipeline.date_orders import settle_orders
from pipeline.evidence import Summary
from pipeline.exports import close_open
from pipeline.inbox import forget_reasons
from pipeline.indexing import index_pending
from pipeline.ingest_report import Failure, Outcome, Report, Taken
from pipeline.intake import Found, Lost, modified, readable
from pipeline.learning import learn_pending
from pipeline.linking import link_pending
from pipeline.matter import Change, Matter
from pipeline.originals import Original
from pipeline.pace import Pace, Progress, silent, stage
from pipeline.packed import Packed, packed
from pipeline.partybook import bring_parties
from pipeline.records import arrivals, documents, holds, matters
from pipeline.steps import VERSIONS, after
from pipeline.touches import read_by

RETRIED_AT_ONCE = (WorkerDied, OcrFailed)
OPEN = "open"
PORTION = 100
"""Documents of other runs that are taken in hand at a time: the rest is for other machines."""
LOOK_SECONDS = 1.0
"""How often a worker's pace with a long document is looked at."""


class Ingest:
    """One run of intake on a matter."""

    def __init__(
        self,
        matter: Matter,
        workers: Workers,
        ocr: OcrOptions,
        claim: str | None = None,
        command: str = "ingest",
        progress: Progress = silent,
        expected: int = 0,
    ) -> None:
        """`expected` is how many files will come, where that is known: for the progress."""
        self.matter = matter
        self.report = Report(run=uuid.uuid4().hex)
        self._workers, self.ocr, self._claim, self._progress = workers, ocr, claim, progress
        self.limits = matter.settings.limits.limits()
        self._seen: set[str] = set()
        self._files, self._others, self._done, self._expected = 0, 0, 0, expected
        self._in_work: list[Taken] = []
        self._holder = matter.records.holder
        with matter.change() as change:
            holds.release_all(change.tx, self._holder)  # of a run of this process that ended with an error
            if claim is not None:
                matters.claim(change.tx, claim)
            matters.begin_run(change.tx, self.report.run, command)

    def run(self, found: Iterable[Found | Lost]) -> Report:
        """Take everything in, and finish what an earlier run left open."""
        with ThreadPoolExecutor(self._workers.processes) as threads:
            waiting: set[Future[Outcome]] = set()
            try:
                for item in found:
                    if (taken := self.take(item)) is not None:
                        waiting.add(threads.submit(self.process, taken))
                    waiting = self._collect(waiting, threads, at_most=4 * self._workers.processes)
                waiting = self._collect(waiting, threads, at_most=0)
                while left := self.unseen(self.left_open()):
                    waiting = {threads.submit(self.process, taken) for taken in left}
                    waiting = self._collect(waiting, threads, at_most=0)
            except BaseException:  # an interruption too: what the workers are at is given up
                for future in waiting:
                    future.cancel()
                self._workers.stop()
                raise
        self.finish()
        return self.report

    def _collect(
        self, waiting: set[Future[Outcome]], threads: ThreadPoolExecutor, at_most: int
    ) -> set[Future[Outcome]]:
        while len(waiting) > at_most:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                for child in self.settle(future.result()):
                    waiting.add(threads.submit(self.process, child))
        return waiting

    def take(self, item: Found | Lost) -> Taken | None:
        """Keep a file's bytes and register it; None when there is nothing (more) to read."""
        self._files += 1
        if isinstance(item, Lost):
            self._lose(item)
            return None
        try:
            original = self.matter.originals.keep(item.path, self.limits.file_bytes)
        except DocumentError as error:
            self._fail(Failure(item.shown, error))
            return None
        with self.matter.change() as change:
            taken = self._register(change, original, item)
        return self._unless_known(taken)

    def left_open(self) -> list[Taken]:
        """Documents that another run took in and did not finish, in this one's hand now; of many the first.

        Whatever run ends last, here or on another machine, so finds those of a machine that died.
        """
        with self.matter.records.taking() as tx:
            ids = holds.take_open(tx, "facts", VERSIONS["facts"], self._holder, PORTION)
        with self.matter.reading() as tx:
            found = documents.summaries(tx, ids)
        return [Taken(document.id, _shown(document), again=False) for document in found]

    def unseen(self, left: Iterable[Taken]) -> list[Taken]:
        """Of what was left open, that which did not come in anew meanwhile, and is told of under that name."""
        found = [taken for taken in left if taken.document not in self._seen]
        for taken in found:
            self._seen.add(taken.document)
        self._others += len(found)
        return found

    def process(self, taken: Taken) -> Outcome:
        """Read a document and record what was found, or how it failed."""
        try:
            try:
                return self.attempt(taken)
            except RETRIED_AT_ONCE:
                return self.attempt(taken)
        except DocumentError as error:
            return self.record_failure(taken, error)

    def attempt(self, taken: Taken) -> Outcome:
        """Read a document and record what was found. Raises a `DocumentError`, with nothing recorded."""
        document = self.asked(taken)
        with (
            self.matter.originals.lent(document.sha256) as path,
            tempfile.TemporaryDirectory(dir=self.matter.workspace.scratch) as scratch,
        ):
            arguments = (path, document.name, Path(scratch), self.limits, self.ocr)
            seconds = self.limits.seconds_for(document.size)
            future = self._workers.submit(packed, *arguments, seconds=seconds, name=document.name)
            self._wait(future, Path(scratch), taken)
            return self.record(taken, document, future.result())

    def asked(self, taken: Taken) -> Summary:
        """What is known of a document that is to be read. Raises a `DocumentError` where it must not be."""
        with self.matter.reading() as tx:
            document = documents.summary(tx, taken.document)
        if document.depth > self.limits.archive_depth:
            raise TooLarge(f"{document.name} is nested deeper than limits.archive_depth allows.")
        return document

    def _wait(self, future: Future[Packed], scratch: Path, taken: Taken) -> None:
        """Waits for a worker, and tells how far it is with a long document."""
        while not wait([future], timeout=LOOK_SECONDS).done:
            if pace := pace_in(scratch):
                what, done, of = pace
                self._show(f"{taken.shown}: {what} {done} / {of}")

    def record_failure(self, taken: Taken, error: DocumentError) -> Outcome:
        """Record that a document could not be read."""
        with self.matter.change() as change:
            if documents.state(change.tx, taken.document) != OPEN:
                return self._as_recorded(change.tx, taken)
            documents.set_state(change.tx, taken.document, "failed", error.as_json())
            holds.release(change.tx, taken.document)
            change.note("failed", taken.document, code=error.code, message=error.message)
        return Outcome(taken.document, taken.shown, error=error)

    def settle(self, outcome: Outcome) -> list[Taken]:
        """Enter an outcome into the report; returns the children that are still to be read."""
        if outcome.error is None:
            self.report.ingested.append(outcome)
            self._ended(outcome.shown)
        else:
            self._fail(Failure(outcome.shown, outcome.error, outcome.document))
        self._others += len(outcome.children)
        return [taken for child in outcome.children if (taken := self._unless_known(child)) is not None]

    def finish(self) -> None:
        """Learn kinds, settle dates, compare, name, link and index what is new, and close the run."""
        in_work, self._in_work = self._in_work, []
        for taken in in_work:
            self._report_known(taken)
        with self.matter.records.alone():
            self._over_all()
        with self.matter.change() as change:
            holds.release_all(change.tx, self._holder)
            counts = {key: len(value) for key, value in self.report.as_json().items() if key != "run"}
            matters.end_run(change.tx, self.report.run, counts)

    def _over_all(self) -> None:
        """What goes over all documents, those of other machines too: whoever ends last leaves nothing pending."""
        self.report.learned(learn_pending(self.matter))
        settle_orders(self.matter)
        find_copies(self.matter, stage(self._progress, "comparing"))
        bring_parties(self.matter, stage(self._progress, "names"))
        self.report.linked += link_pending(self.matter, stage(self._progress, "linking"))
        index_pending(self.matter, stage(self._progress, "indexing"))

    def _fail(self, failure: Failure) -> None:
        self.report.failed.append(failure)
        self._ended(failure.path)

    def _ended(self, shown: str) -> None:
        self._done += 1
        self._show(shown)

    def _show(self, item: str) -> None:
        of = max(self._files, self._expected) + self._others
        self._progress(Pace("reading", self._done, of, item))

    def _unless_known(self, taken: Taken) -> Taken | None:
        if taken.document in self._seen or taken.again:
            self._report_known(taken)
            return None
        if taken.elsewhere:
            self._in_work.append(taken)
            return None
        self._seen.add(taken.document)
        return taken

    def _report_known(self, taken: Taken) -> None:
        with self.matter.reading() as tx:
            known = documents.summary(tx, taken.document)
        if known.state == OPEN and not taken.elsewhere:
            self._in_work.append(taken)  # how it ends is known at the end of the run
        elif known.state == "failed" and known.reason:
            self._fail(Failure(taken.shown, recorded(**known.reason), known.id))
        else:
            self.report.duplicates.append(taken)
            self._ended(taken.shown)

    def _register(self, change: Change, original: Original, item: Found) -> Taken:
        document = documents.id_of(original.sha256)
        name = item.sighting.rpartition("/")[2]
        new = documents.register(change.tx, original, name, depth=0)
        if new:
            change.note("taken in", document, sha256=original.sha256, size=original.size, name=name)
        times = (modified(item.path), item.received)
        if arrivals.add_sighting(change.tx, document, item.sighting, name, self.report.run, *times):
            change.note("seen", document, path=item.sighting, run=self.report.run)
            self._link_again(change, document)  # links look at names, the index at paths
        self._tell(change, document, item)
        return self._in_hand(change, document, item.shown, new)

    def _in_hand(self, change: Change, document: str, shown: str, new: bool) -> Taken:
        if documents.state(change.tx, document) != OPEN:
            return Taken(document, shown, again=not new)
        mine = holds.take(change.tx, [document], self._holder)
        return Taken(document, shown, again=False, elsewhere=not mine)

    def _lose(self, item: Lost) -> None:
        """A path that cannot be taken in. What a late sidecar tells is told to the document that its file became."""
        if item.told is not None and (document := self._told_late(item.told)):
            self._report_known(Taken(document, item.shown, again=True))
        else:
            self._fail(Failure(item.shown, item.error))

    def _told_late(self, told: Found) -> str | None:
        with self.matter.change() as change:
            document = arrivals.seen_at(change.tx, told.sighting)
            if document is not None:
                self._tell(change, document, told)
        return document

    def _tell(self, change: Change, document: str, item: Found) -> None:
        """Record what a person said of a document."""
        self._tie(change, document, (item.claim or self._claim,))
        for key, value in item.labels:
            if arrivals.add_label(change.tx, document, key, value):
                change.note("labelled", document, **{key: value})
        if item.received and arrivals.set_received(change.tx, document, item.sighting, item.received):
            change.note("received", document, path=item.sighting, at=stamp(item.received))

    def _tie(self, change: Change, document: str, claims: Iterable[str | None]) -> None:
        for claim in claims:
            if claim is not None and arrivals.tie(change.tx, document, claim):
                change.note("tied", document, claim=claim)
                self._link_again(change, document)

    @staticmethod
    def _link_again(change: Change, document: str) -> None:
        for step in ("link", "index"):
            documents.undo(change.tx, step, [document])

    def record(self, taken: Taken, document: Summary, found: Packed) -> Outcome:
        """Record what was found in a document."""
        kept = [(child, self.matter.originals.adopt(child.path)) for child in found.children]
        with self.matter.change() as change:
            if documents.state(change.tx, document.id) != OPEN:
                return self._as_recorded(change.tx, taken)
            children = [self._register_child(change, document, child, original) for child, original in kept]
            names = [readable(child.untrusted_name) for child, _ in kept]
            documents.set_children(
                change.tx, document.id, [(c.document, n) for c, n in zip(children, names, strict=True)]
            )
            documents.replace_reading(change.tx, document.id, found.reading, found.pictures)
            documents.replace_understanding(change.tx, document.id, found.understanding)
            state = "partial" if found.unread else "ok"
            documents.set_state(change.tx, document.id, state, _partial(found.unread))
            for step in ("read", "classify", "facts"):
                documents.set_done(change.tx, document.id, step, VERSIONS[step])
            for step in after("facts"):
                documents.undo(change.tx, step, [document.id])
            holds.release(change.tx, document.id)
            pages, by = len(found.reading.pages), read_by(found.reading.pages, VERSIONS["read"])
            change.note("read", document.id, kind=found.kind, pages=pages, children=len(children), **by)
        shown = tuple(replace(c, shown=f"{taken.shown}/{n}") for c, n in zip(children, names, strict=True))
        return Outcome(document.id, taken.shown, found.kind, pages, children=shown)

    @staticmethod
    def _as_recorded(tx: sa.Connection, taken: Taken) -> Outcome:
        """How another run ended with a document that this one was taken for dead with."""
        known = documents.summary(tx, taken.document)
        error = recorded(**known.reason) if known.state == "failed" and known.reason else None
        return Outcome(known.id, taken.shown, known.kind, known.page_count, error)

    def _register_child(self, change: Change, parent: Summary, child: Child, original: Original) -> Taken:
        document, name = documents.id_of(original.sha256), readable(child.untrusted_name)
        new = documents.register(change.tx, original, name.rpartition("/")[2], depth=parent.depth + 1)
        if new:
            change.note(
                "taken in", document, sha256=original.sha256, size=original.size, name=name, parent=parent.id
            )
        path = f"{parent.sightings[0].path}/{name}" if parent.sightings else name
        arrivals.add_sighting(change.tx, document, path, name.rpartition("/")[2], self.report.run)
        self._tie(change, document, (*parent.given_claims, self._claim))
        return self._in_hand(change, document, name, new)


def _partial(unread: Sequence[str]) -> dict[str, str] | None:
    """Why a document was read only in part, in the form of an error."""
    if not unread:
        return None
    hint = "Ask the sender for what is missing; claimtrail show lists all of it."
    return {"code": "partial", "message": "; ".join(unread[:5]), "hint": hint}


def _shown(document: Summary) -> str:
    return document.sightings[0].path if document.sightings else document.name


def ocr_options(matter: Matter, mode: OcrMode | None = None) -> OcrOptions:
    """How this workspace reads scans; `mode` is what a command's --ocr said."""
    said = matter.settings.ocr
    return OcrOptions(
        mode=mode or said.mode,
        languages=said.languages,
        engine=said.engine,
        shared=matter.workspace.ocr.resolve(),
        slots=matter.settings.processes(),
    )


def ingest(
    matter: Matter,
    found: Iterable[Found | Lost],
    claim: str | None = None,
    ocr_mode: OcrMode | None = None,
    progress: Progress = silent,
    expected: int = 0,
    command: str = "ingest",
) -> Report:
    """Take files in on this machine's worker processes; returns what became of each."""
    sweep(matter)
    with Workers(matter.settings.processes(), matter.settings.limits.limits()) as workers:
        options = ocr_options(matter, ocr_mode)
        return Ingest(matter, workers, options, claim, command, progress, expected).run(found)


def sweep(matter: Matter) -> None:
    """Remove what an interrupted run left unfinished. Only for the holder of the workspace's lock."""
    matter.originals.sweep()
    forget_reasons(matter.workspace.quarantine)
    close_open(matter)
