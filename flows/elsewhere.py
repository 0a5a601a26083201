"""Reading on the workers of a cluster: how much is sent at once, and what is done when a worker is lost.

Who runs this alone writes the records. A list of documents is one Dask task: Dask gives it to another worker when its
own is lost, and moves it when its own is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import queue
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from types import TracebackType
from typing import Any, Self

import dask
from distributed import Client, KilledWorker

from extractors.errors import DocumentError, InstallationError, WorkerDied
from flows.fleet import Fleet
from flows.parcels import Asked, Parcels
from flows.reader import read_jobs
from pipeline.elsewhere import MOST_SENT, Answer, Job, Place, unpacked
from pipeline.ingest import Ingest
from pipeline.ingest_report import Outcome, Taken
from pipeline.intake import Found, Lost
from pipeline.pace import Pace, Progress

SENT_BYTES = 4 * MOST_SENT
"""Bytes of originals that the scheduler keeps at once with its tasks, where workers do not see the originals: it can
give a task to another worker without asking for them again."""
TRIES = 5
"""How often a document's task may be lost. Of a task that several workers died of, Dask itself makes no more tries."""
TRIES_READ = 2
"""How often a document is read at most that could not be read for a reason that time may heal."""
LOOK_SECONDS = 1.0
LONELY_SECONDS = 300.0
"""How long a run waits for workers to come back once all are gone."""
_FETCHERS = 4
_LOST = (Exception, asyncio.CancelledError)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Back:
    """What came back of a task, or of a document read `here`; `weight` bytes are not on their way any more."""

    several: Sequence[Asked]
    weight: int
    worker: str = ""
    answers: Sequence[Answer] = ()
    here: Outcome | None = None
    error: BaseException | None = None


class Elsewhere:
    """Reads what one run of intake takes in. Use as a context manager; call `portion` while there is more."""

    def __init__(
        self,
        run: Ingest,
        found: Iterable[Found | Lost],
        client: Client,
        fleet: Fleet,
        progress: Progress,
        stopped: Callable[[], bool],
    ) -> None:
        self._run, self._client, self._fleet = run, client, fleet
        self._progress, self._stopped = progress, stopped
        self._originals = run.matter.originals
        self._place = Place(run.matter.settings.originals, run.matter.workspace.root.resolve())
        self._parcels = Parcels(run, found, self._fail)
        self._back: queue.SimpleQueue[tuple[int, _Back]] = queue.SimpleQueue()
        self._out: dict[int, Any] = {}
        self._numbers = itertools.count()
        self._weight = self._ended = 0
        self._all_by_value: bool | None = None
        self._company = time.monotonic()
        self._fetchers = ThreadPoolExecutor(_FETCHERS, thread_name_prefix="fetch")
        self._here = ThreadPoolExecutor(run.matter.settings.processes(), thread_name_prefix="read here")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for future in list(self._out.values()):
            future.cancel()
        self._fetchers.shutdown(wait=kind is None, cancel_futures=True)
        self._here.shutdown(wait=kind is None, cancel_futures=True)

    def portion(self, most: int) -> bool:
        """Read until `most` documents more have ended; returns whether there may be more.

        Raises an InstallationError when no worker is left to read.
        """
        until = self._ended + most
        while self._ended < until:
            self._send_out()
            if self._out:
                self._receive()
            elif self._stopped() or not (self._more() or self._parcels.left()):
                return False
            else:
                self._fleet.wait(self._tell_waiting, LONELY_SECONDS)
        return True

    def _more(self) -> bool:
        several = self._parcels.next()
        self._parcels.put_back(several)
        return bool(several)

    def _tell_waiting(self) -> None:
        self._progress(Pace("waiting", 0, 0))

    def _send_out(self) -> None:
        """As many tasks as keep all workers busy while this machine writes, and no more: the rest stays on the disk."""
        while (
            len(self._out) < 2 * self._fleet.threads + 2 and self._weight < SENT_BYTES and not self._stopped()
        ):
            if not self._fleet.threads or not (several := self._parcels.next()):
                return
            self._submit(several)

    def _submit(self, several: Sequence[Asked]) -> None:
        """Sends a task out, without what has to be read here and what cannot be sent."""
        ready = [(one, sent) for one in several for sent in self._sent(one)]
        if not ready:
            return
        weight = sum(len(sent) for _, sent in ready if sent is not None)
        number = next(self._numbers)
        self._weight += weight
        self._out[number] = future = self._task(ready)
        back = _Back([one for one, _ in ready], weight)
        future.add_done_callback(partial(self._fetch_aside, number, back))

    def _sent(self, one: Asked) -> list[bytes | None]:
        """The bytes that go along with a document, or None where it is fetched; nothing when it is not to go."""
        if not self._is_by_value(one):
            return [None]
        if one.document.size > MOST_SENT:
            self._read_here(one)
            return []
        try:
            with self._originals.lent(one.document.sha256) as path:
                return [path.read_bytes()]
        except DocumentError as error:
            self._fail(one.taken, error)
            return []

    def _task(self, ready: Sequence[tuple[Asked, bytes | None]]) -> Any:
        jobs, sent = [self._job(one) for one, _ in ready], [of for _, of in ready]
        key = f"claimtrail-read-{ready[0][0].document.id}-{uuid.uuid4().hex}"
        where = {"resources": self._fleet.resources, "workers": self._fleet.only}
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": MOST_SENT + 2**24}):
            return self._client.submit(read_jobs, jobs, sent, self._place, key=key, pure=False, **where)

    def _job(self, one: Asked) -> Job:
        ocr = replace(self._run.ocr, shared=None)
        return Job(one.document.sha256, one.document.name, one.document.size, self._run.limits, ocr)

    def _is_by_value(self, one: Asked) -> bool:
        """Whether an original has to be sent. Of a folder the workers are asked once a run, by the first document."""
        if self._all_by_value is None:
            path = self._place.file(one.document.sha256)
            self._all_by_value = path is not None and not self._fleet.see(path)
        return one.by_value or self._all_by_value

    def _read_here(self, one: Asked) -> None:
        number, back = next(self._numbers), _Back([one], 0)
        self._out[number] = future = self._here.submit(self._run.process, one.taken)
        future.add_done_callback(partial(self._fetch, number, back))

    def _fetch_aside(self, number: int, back: _Back, done: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the run has ended meanwhile
            self._fetchers.submit(self._fetch, number, back, done)

    def _fetch(self, number: int, back: _Back, done: Any) -> None:
        """Fetches a task's answers, beside the thread that writes: a worker that was cut off may take its time."""
        try:
            found = done.result()
        except _LOST as error:
            self._back.put((number, replace(back, error=error)))
            return
        if isinstance(found, Outcome):
            self._back.put((number, replace(back, here=found)))
        else:
            self._back.put((number, replace(back, worker=found.worker, answers=found.answers)))

    def _receive(self) -> None:
        try:
            number, back = self._back.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            self._look_for_company()
            return
        del self._out[number]
        self._weight -= back.weight
        if back.error is not None:
            self._lost(back.several, back.error)
        elif back.here is not None:
            self._settle(back.here)
        else:
            for one, answer in zip(back.several, back.answers, strict=True):
                self._answered(one, answer, back.worker)

    def _look_for_company(self) -> None:
        if self._fleet.threads:
            self._company = time.monotonic()
            return
        self._tell_waiting()
        if time.monotonic() > self._company + LONELY_SECONDS:
            raise self._fleet.nobody()

    def _lost(self, several: Sequence[Asked], error: BaseException) -> None:
        """Sends out again, one by one, what was lost with a worker. One that no worker survives has failed."""
        if isinstance(error, InstallationError):
            raise error
        self._fleet.check_connection()
        log.warning("a task with %s documents was lost: %s", len(several), type(error).__name__)
        for one in several:
            again = replace(one, sent=one.sent + 1)
            deadly = isinstance(error, KilledWorker) and len(several) == 1
            if deadly or again.sent >= TRIES:
                self._fail(one.taken, WorkerDied(f"{one.document.name}: every worker that read it was lost"))
            else:
                self._parcels.add([again])

    def _answered(self, one: Asked, answer: Answer, worker: str) -> None:
        if answer.found is not None:
            with unpacked(answer.found, answer.files, self._run.matter.workspace.scratch) as found:
                self._settle(self._run.record(one.taken, one.document, found))
        elif answer.error is not None:
            self._failed(one, answer.error)
        elif answer.unfit is not None:
            self._fleet.shun(worker, answer.unfit)
            self._parcels.add([replace(one, sent=one.sent + 1)])
        elif answer.heavy or one.by_value:
            self._read_here(one)
        else:
            self._parcels.add([replace(one, by_value=True)])

    def _failed(self, one: Asked, error: DocumentError) -> None:
        if error.heals and one.read + 1 < TRIES_READ:
            self._parcels.add([replace(one, read=one.read + 1)])
        else:
            self._fail(one.taken, error)

    def _fail(self, taken: Taken, error: DocumentError) -> None:
        self._settle(self._run.record_failure(taken, error))

    def _settle(self, outcome: Outcome) -> None:
        self._ended += 1
        self._parcels.add(self._run.settle(outcome))
