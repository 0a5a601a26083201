"""The watched folder: whatever lands in the inbox is taken in, batch by batch, until someone says stop.

Each batch is a flow run (see `flows.batches`). The workspace is locked for a batch, not in between, so that people
can work meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout
from watchfiles import watch as changes

from extractors.errors import FileUnreachable
from extractors.reading import OcrMode
from flows.batches import Batches
from pipeline.errors import WorkspaceBusy
from pipeline.inbox import Settling, State, described, discard, put_away, quarantine, state_of, tidy, waiting
from pipeline.ingest_report import Failure, Report
from pipeline.intake import Found, Lost, readable
from pipeline.matter import Matter
from pipeline.pace import Pace, Progress, silent
from pipeline.records import matters
from pipeline.workspace import working

POLL_SECONDS = 5.0
"""How often the inbox is looked at when no event arrives: network shares send none."""
PATIENCE = 30
"""How many settle times a file may take to become whole before it is named as failed."""
BATCH = 500
"""Files in one batch: each ends with links and index up to date and its files put away."""
LOCK_SECONDS = 600.0
"""How long a batch waits for another command on the same workspace."""


class Watcher:
    """Takes in what lands in one inbox. `stop` is set from outside, by a signal say."""

    def __init__(
        self,
        matter: Matter,
        inbox: Path,
        batches: Batches,
        stop: threading.Event,
        ocr: OcrMode | None = None,
        progress: Progress = silent,
    ) -> None:
        self._matter, self._inbox, self._batches = matter, inbox, batches
        self._stop, self._ocr, self._progress = stop, ocr, progress
        self._settle = matter.settings.watch.settle_seconds
        self._settling = Settling(self._settle)
        self._left: dict[Path, State | None] = {}

    def drain(self) -> list[Report]:
        """Take in all that is there once it is whole. What does not become whole in time is named as failed."""
        reports: list[Report] = []
        deadline = self._patience()
        while (files := self._new()) and not self._stop.is_set():
            self._batches.prepare()
            looked = time.monotonic()  # before the look: what it takes itself is nobody's delay
            if whole := self._settling.whole(files, looked):
                reports += self._portions(whole)
                deadline = self._patience()
            elif looked > deadline:
                reports.append(self._give_up(files))
            else:
                self._stop.wait(min(0.2, self._settle))
        return reports

    def _patience(self) -> float:
        return time.monotonic() + PATIENCE * self._settle

    def _portions(self, whole: Sequence[Path]) -> Iterator[Report]:
        """The inbox is listed once for all of them: of 10,000 files, each listing takes as long as a document."""
        for start in range(0, len(whole), BATCH):
            portion = whole[start : start + BATCH]
            files = [path for path in portion if self._settling.is_unchanged(path)]
            if self._stop.is_set():
                return
            if files:
                yield self._batch(files, start, len(whole) - start - len(portion))

    def _new(self) -> list[Path]:
        """What waits, without the files that were given up and have not changed since."""
        return [p for p in waiting(self._inbox) if p not in self._left or self._left[p] != state_of(p)]

    def _give_up(self, files: Sequence[Path]) -> Report:
        self._left |= {path: state_of(path) for path in files}
        error = FileUnreachable("It cannot be opened, or does not stop changing; it stays in the inbox.")
        return Report(run="", failed=[Failure(readable(str(path)), error) for path in files])

    def run(self, tell: Callable[[Report], None]) -> None:
        """Take in what comes, until stopped; `tell` hears of every batch."""
        for _ in self._wakes():
            for report in self.drain():
                tell(report)
            if self._stop.is_set():
                return

    def _wakes(self) -> Iterator[None]:
        """Now, then after every change in the inbox, and every few seconds besides."""
        yield
        for _ in changes(
            self._inbox, stop_event=self._stop, rust_timeout=int(POLL_SECONDS * 1000), yield_on_timeout=True
        ):
            yield

    def _batch(self, files: Sequence[Path], before: int, behind: int) -> Report:
        """Takes these files in; `before` were taken in already, `behind` wait: for the progress."""
        with working(self._matter.workspace, "watch", LOCK_SECONDS):
            with self._matter.reading() as tx:
                claims = [claim.id for claim in matters.all_claims(tx)]
            states = {path: state_of(path) for path in files}
            found = self._until_stopped(described(path, self._inbox, claims) for path in files)
            report = self._batches.take_in(found, self._ocr, self._part_of(before, behind), len(files))
            unchanged = [path for path in files if path.exists() and state_of(path) == states[path]]
            self._put_away(report, unchanged)
            self._forget_unread(report, files)
        return report

    def _part_of(self, before: int, behind: int) -> Progress:
        """Progress of one batch, told as that of all."""

        def tell(pace: Pace) -> None:
            if pace.what == "reading":
                pace = replace(pace, done=pace.done + before, of=pace.of + before + behind)
            self._progress(pace)

        return tell

    def _until_stopped(self, found: Iterator[Found | Lost]) -> Iterator[Found | Lost]:
        for item in found:
            if self._stop.is_set():
                return
            yield item

    def _put_away(self, report: Report, files: Sequence[Path]) -> None:
        """Only after the records hold it: a crash before leaves the file in the inbox, and it is taken in again.

        So does a file that changed since the batch began: it holds what was not read.
        """
        failed = {failure.path: failure for failure in report.failed}
        done = {found.shown for found in report.ingested} | {found.shown for found in report.duplicates}
        for path in files:
            shown = readable(str(path))
            if shown in failed:
                failure = failed[shown]
                reason = {**failure.error.as_json(), "document": failure.document}
                target = quarantine(path, self._inbox, self._matter.workspace.quarantine, reason)
                report.quarantined[shown] = target.relative_to(self._matter.workspace.root).as_posix()
            elif shown in done:
                self._away(path)
        tidy(self._inbox, [path.parent for path in files])

    @staticmethod
    def _forget_unread(report: Report, files: Sequence[Path]) -> None:
        """What was written to while it was being read stays in the inbox and comes again: that is no failure yet."""
        again = {readable(str(path)) for path in files if path.exists()}
        report.failed = [f for f in report.failed if f.document is not None or f.path not in again]

    def _away(self, path: Path) -> None:
        if self._matter.settings.watch.after == "delete":
            discard(path)
        else:
            put_away(path, self._inbox)


@contextmanager
def only_watcher(matter: Matter) -> Iterator[None]:
    """Be the only watcher of a workspace. Raises `WorkspaceBusy`; the lock goes with its holder."""
    lock = FileLock(matter.workspace.root / ".watch.lock")
    try:
        lock.acquire(timeout=0.5)
    except Timeout:
        raise WorkspaceBusy(f"{matter.workspace.root} is being watched by another process.") from None
    try:
        yield
    finally:
        lock.release()
