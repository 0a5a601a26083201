"""Long work that the pages were asked for: queued in the records, done one after the other by a process of its own.

So no page waits for it, it survives a restart of the server, and what it costs is not taken from the requests. The
process is `app.web.worker`; of several servers on one workspace, the first does the work of all.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from pipeline.clock import now, stamp
from pipeline.errors import ClaimtrailError, MatterError, NotFound
from pipeline.indexing import count_behind
from pipeline.matter import Matter
from pipeline.records import jobs

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often the queue is looked at without being told: another server on the workspace may have put work there."""
KEPT, KEPT_JOBS = datetime.timedelta(days=7), 500
"""What is older, or more, is forgotten, with the bundle that was made."""
LEFT_OVER = datetime.timedelta(days=1)
"""How long a file that no job knows of is taken for one that somebody still writes or fetches."""
MOST_WAITING = 8
"""How many requests may wait for a job at one time; each takes a thread."""
MOST_TRIES = 2
"""A job with which the server or the worker ended so often is not begun again."""
READ_ONLY = "extract"
"""The work whose result is the only trace of what was read: it is kept for an hour."""
KEPT_READINGS = datetime.timedelta(hours=1)
TIDY_SECONDS = 60.0
UPDATE = "update"
"""The work that follows from people's decisions; no one asks for it, and it is not kept once it is done."""
Row = Mapping[str, Any]


class JobInterrupted(MatterError):
    code = "job_interrupted"
    hint = "Start it again; what was finished is kept."


class Jobs:
    """The queue, and the thread that has it done."""

    def __init__(self, matter: Matter) -> None:
        self._matter, self._machine = matter, matter.machine
        self._lock = FileLock(matter.workspace.web / ".jobs.lock")
        self._there_is_work, self._ended = threading.Event(), threading.Event()
        self._progress: dict[str, Mapping[str, Any]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting = threading.Semaphore(MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def begin(self) -> None:
        """Start to work the queue off."""
        self._thread.start()

    def add(
        self,
        kind: str,
        asked: Mapping[str, Any],
        actor: str,
        claim: str | None = None,
        given: str | None = None,
    ) -> str:
        """Put work into the queue; returns the job's id: the given one, or a new one."""
        job = given or uuid.uuid4().hex
        with self._matter.records.writing() as tx:
            jobs.add(tx, job, kind, asked, actor, claim, self._machine)
        self._there_is_work.set()
        return job

    def update(self) -> None:
        """See to it that names, links and index follow what somebody decided."""
        with self._matter.records.writing() as tx:
            if not jobs.waiting(tx, UPDATE, self._machine):
                jobs.add(tx, uuid.uuid4().hex, UPDATE, {}, "web", machine=self._machine)
        self._there_is_work.set()

    def find(self, job: str) -> Row:
        """A job as the records have it. Raises `NotFound`."""
        with self._matter.reading() as tx:
            found = jobs.find(tx, job)
        if found is None:
            raise NotFound(f"There is no job {job!r}.", "Jobs are forgotten after a week.")
        if found["machine"] != self._machine:
            raise NotFound(
                f"Job {job!r} was asked of another server.", "Ask that one: it has what the job made."
            )
        return found

    def newest(self) -> list[Row]:
        """All jobs that somebody asked for, without their results, the newest first."""
        with self._matter.reading() as tx:
            return [row for row in jobs.newest(tx, self._machine) if row["kind"] != UPDATE]

    def updating(self) -> bool:
        """Whether names, links and index do not follow yet what somebody decided."""
        with self._matter.reading() as tx:
            return any(row["kind"] == UPDATE for row in jobs.newest(tx, self._machine))

    def progress(self, job: str) -> Mapping[str, Any] | None:
        """How far a running job is: `{"what", "done", "of", "item"}`."""
        return self._progress.get(job)

    def wait(self, job: str, seconds: float) -> Row:
        """The job, once it has ended or so long has passed; at once where many wait already. Raises `NotFound`."""
        if not self._waiting.acquire(blocking=False):
            return self.find(job)
        try:
            until = time.monotonic() + seconds
            while True:
                found = self.find(job)
                if found["state"] in (jobs.DONE, jobs.FAILED) or time.monotonic() >= until:
                    return found
                if self._ended.wait(0.1):
                    return found
        finally:
            self._waiting.release()

    def forget(self, job: str) -> None:
        """Forget a job that has ended, with what it made."""
        with self._matter.records.writing() as tx:
            jobs.forget(tx, job)
        shutil.rmtree(bundles_of(self._matter, job), ignore_errors=True)

    def close(self) -> None:
        """End; what runs is put back into the queue and begun anew when the server starts again."""
        self._ended.set()
        self._there_is_work.set()
        if self._process is not None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join()
        self._stop_process()
        self._lock.release()

    def _run(self) -> None:
        while not self._ended.is_set() and not self._is_ours():
            self._ended.wait(LOOK_SECONDS)
        if not self._ended.is_set():
            self._note(self._recover)
        tidied = float("-inf")
        while not self._ended.is_set():
            self._there_is_work.clear()
            try:
                while not self._ended.is_set() and self._work_once():
                    pass
                if time.monotonic() > tidied + TIDY_SECONDS:
                    tidied = time.monotonic()
                    self._forget_readings()
                    if count_behind(self._matter):
                        self.update()
            except ClaimtrailError as error:
                log.warning("the queue of jobs: %s", error.message)
            self._there_is_work.wait(LOOK_SECONDS)

    def _is_ours(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def _recover(self) -> None:
        """What was running when a server ended is begun anew, once."""
        with self._matter.records.writing() as tx:
            jobs.requeue(tx, MOST_TRIES, self._machine)
            left = jobs.running(tx, self._machine)
            known = {row["id"] for row in jobs.newest(tx, self._machine)}
        self._remove_left_over(known)
        for job in left:
            self._end(job, error=JobInterrupted("The server ended while it was being done.").as_json())

    def _remove_left_over(self, known: Collection[str]) -> None:
        """Remove what servers that were killed left: uploads that were cut off, files made for one answer, bundles
        that nobody knows of any more."""
        long_ago = time.time() - LEFT_OVER.total_seconds()
        web = self._matter.workspace.web
        made = (
            folder
            for kind in ("uploads/*", "bundles/*", "rendition-*", "register-*", "production-*")
            for folder in web.glob(kind)
        )
        for folder in made:
            with contextlib.suppress(FileNotFoundError):  # another server's, which is done with it
                if folder.name not in known and folder.stat().st_mtime < long_ago:
                    shutil.rmtree(folder, ignore_errors=True)

    def _work_once(self) -> bool:
        with self._matter.reading() as tx:
            if not jobs.waiting(tx, machine=self._machine):
                return False
        with self._matter.records.writing() as tx:
            job = jobs.begin_next(tx, self._machine)
        if job is None:
            return False
        answer = self._done(job)
        if answer is not None:
            self._note(lambda: self._end(job["id"], answer.get("result"), answer.get("error")))
            self._tidy(job)
        return True

    def _note(self, what: Callable[[], None]) -> None:
        """Note something in the records once they can be reached: what a job came to must not be lost meanwhile."""
        while True:
            try:
                what()
                return
            except ClaimtrailError as error:
                log.warning("the queue of jobs: %s", error.message)
            if self._ended.wait(LOOK_SECONDS):
                return

    def _done(self, job: Row) -> Mapping[str, Any] | None:
        """The worker's answer; None where the server ends before there is one."""
        task = {key: job[key] for key in ("id", "kind", "asked", "actor", "claim")}
        try:
            process = self._started()
            assert process.stdin is not None  # noqa: S101  a pipe was asked for
            assert process.stdout is not None  # noqa: S101  as well
            process.stdin.write(json.dumps(task).encode() + b"\n")
            process.stdin.flush()
            for line in process.stdout:
                said = cast(Mapping[str, Any], json.loads(line))
                if "progress" not in said:
                    return said
                self._progress[job["id"]] = said["progress"]
        except (OSError, ValueError):
            log.warning("the worker of jobs cannot be asked", exc_info=True)
        finally:
            self._progress.pop(job["id"], None)
        if self._ended.is_set():
            with self._matter.records.writing() as tx:
                jobs.put_back(tx, job["id"])
            return None
        self._stop_process()
        return {"error": JobInterrupted("The process that was doing it died.").as_json()}

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            root = str(self._matter.workspace.root)
            command = [sys.executable, "-m", "app.web.worker", root]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _stop_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _end(self, job: str, result: Any = None, error: Mapping[str, str] | None = None) -> None:
        with self._matter.records.writing() as tx:
            jobs.end(tx, job, result, error)

    def _tidy(self, ended: Row) -> None:
        """Remove what the job left, and forget old jobs with their bundles."""
        shutil.rmtree(uploads_of(self._matter, ended["id"]), ignore_errors=True)
        oldest = stamp(now() - KEPT)
        with self._matter.records.writing() as tx:
            if ended["kind"] == UPDATE:
                jobs.forget(tx, ended["id"])
            settled = [
                row for row in jobs.newest(tx, self._machine) if row["state"] in (jobs.DONE, jobs.FAILED)
            ]
        for job in [row["id"] for at, row in enumerate(settled) if at >= KEPT_JOBS or row["made"] < oldest]:
            self.forget(job)

    def _forget_readings(self) -> None:
        """Forget what was read for an answer only: nothing of it is to be kept."""
        oldest = stamp(now() - KEPT_READINGS)
        with self._matter.reading() as tx:
            read = [
                row for row in jobs.newest(tx, self._machine) if row["kind"] == READ_ONLY and row["finished"]
            ]
        for row in read:
            if row["finished"] < oldest:
                self.forget(row["id"])


def uploads_of(matter: Matter, job: str) -> Path:
    """Where the files of an upload lie until they are taken in."""
    return matter.workspace.web / "uploads" / job


def bundles_of(matter: Matter, job: str) -> Path:
    """Where a bundle lies until it is fetched or a week has passed."""
    return matter.workspace.web / "bundles" / job
