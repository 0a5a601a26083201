"""The process that does long work for the pages: `python -m app.web.worker WORKSPACE`.

It reads jobs as lines of JSON from stdin, and answers each on stdout with lines of progress and one of `result` or
`error`; an answer is the JSON of the command that does the same. It ends with its stdin.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from app.answers import link_again
from app.web.jobs import bundles_of, uploads_of
from extractors.workers import prepare
from flows.taking import take_in
from index.errors import SearchError
from pipeline.errors import ClaimtrailError, WorkspaceBusy, named
from pipeline.export import export
from pipeline.harmless import safe_name
from pipeline.indexing import reindex
from pipeline.intake import Found
from pipeline.judgement import catch_up
from pipeline.matter import Matter
from pipeline.pace import Pace, Progress, stage
from pipeline.retrying import retry, to_retry
from pipeline.verify import verify_workspace
from pipeline.workspace import working

TELL_SECONDS = 0.3
BUSY_SECONDS = 2.0
NICE = 5
"""People who look at pages come first."""
Asked = Mapping[str, Any]
log = logging.getLogger(__name__)


def main() -> None:
    """Work jobs off until stdin ends."""
    root, answers = Path(sys.argv[1]), os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints must not be taken for an answer
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this process
    os.nice(NICE)
    try:
        for line in sys.stdin:
            _tell(answers, do(root, json.loads(line), Paces(answers).report))
    except (KeyboardInterrupt, BrokenPipeError):
        os._exit(0)  # nothing is left to tell


def do(root: Path, job: Asked, progress: Progress) -> dict[str, Any]:
    """Do one job; returns `{"result": …}` or `{"error": {"code", "message", "hint"}}`."""
    if job["kind"] in WITH_DOCUMENTS:
        prepare()
    try:
        with Matter.open(root, job["actor"]) as matter, _turn(matter, job["kind"], progress):
            return {"result": KINDS[job["kind"]](matter, job, progress)}
    except (ClaimtrailError, SearchError) as error:
        return {"error": error.as_json()}
    except OSError as error:
        return {"error": named(error).as_json()}
    except Exception:
        log.exception("a job failed")
        hint = "The server's log says more."
        return {"error": {"code": "fault", "message": "The program has a fault.", "hint": hint}}


@contextmanager
def _turn(matter: Matter, what: str, progress: Progress) -> Iterator[None]:
    """The workspace's lock, once whoever has it (an intake, the nightly run) lets go of it."""
    if what in WITHOUT_LOCK:
        yield
        return
    while True:
        lock = working(matter.workspace, what, BUSY_SECONDS)
        try:
            lock.__enter__()
            break
        except WorkspaceBusy:
            progress(Pace("waiting", 0, 0))
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _ingest(matter: Matter, job: Asked, progress: Progress) -> Any:
    asked, folder = job["asked"], uploads_of(matter, job["id"])
    found = [Found(folder / f"{at:06}", name, name) for at, name in enumerate(asked["names"])]
    there = [one for one in found if one.path.is_file()]
    return take_in(matter, there, job["claim"], asked["ocr"], progress, len(there)).as_json()


def _retry(matter: Matter, job: Asked, progress: Progress) -> Any:
    return retry(matter, to_retry(matter, job["asked"]["doc"]), progress, take_in).as_json()


def _link(matter: Matter, job: Asked, progress: Progress) -> Any:
    return link_again(matter, job["claim"], progress)


def _export(matter: Matter, job: Asked, progress: Progress) -> Any:
    asked, claim = job["asked"], job["claim"]
    folder = bundles_of(matter, job["id"])
    shutil.rmtree(folder, ignore_errors=True)  # of a try that was interrupted
    folder.mkdir(parents=True)
    out = folder / safe_name(f"bundle-{claim}")
    told: Callable[[int, int, str], None] = lambda done, of, item: progress(Pace("building", done, of, item))  # noqa: E731
    answer = export(matter, claim, out, asked["profile"], asked["confirmed_only"], True, told)
    shutil.rmtree(out)  # the zip is what is fetched
    return {**answer, "bundle": out.name, "zip": Path(str(answer["zip"])).name}


def _reindex(matter: Matter, job: Asked, progress: Progress) -> Any:
    engine = job["asked"]["engine"]
    count = reindex(matter, engine, stage(progress, "indexing"))
    return {"documents": count, "engine": engine or matter.settings.search_engine}


def _verify(matter: Matter, _job: Asked, _progress: Progress) -> Any:
    return verify_workspace(matter).as_json()


def _update(matter: Matter, _job: Asked, _progress: Progress) -> Any:
    catch_up(matter)
    return None


KINDS: Mapping[str, Callable[[Matter, Asked, Progress], Any]] = {
    "ingest": _ingest,
    "retry": _retry,
    "link": _link,
    "export": _export,
    "reindex": _reindex,
    "verify": _verify,
    "update": _update,
}
WITH_DOCUMENTS = ("ingest", "retry", "export")
"""What opens documents, in worker processes."""
WITHOUT_LOCK = ("verify",)
"""What only reads."""


class Paces:
    """Tells the server how far a job is, not more often than somebody can read."""

    def __init__(self, answers: TextIO) -> None:
        self._answers, self._guard, self._next = answers, threading.Lock(), 0.0

    def report(self, pace: Pace) -> None:
        """Told by the pipeline, from several threads."""
        with self._guard:
            if (now := time.monotonic()) >= self._next:
                self._next = now + TELL_SECONDS
                _tell(self._answers, {"progress": asdict(pace)})


def _tell(answers: TextIO, said: Mapping[str, Any]) -> None:
    answers.write(json.dumps(said) + "\n")
    answers.flush()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
