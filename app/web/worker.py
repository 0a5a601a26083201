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
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

from app.answers import link_again
from app.ending import end_when_told
from app.web.jobs import bundles_of, uploads_of
from extractors.reading import OcrOptions
from extractors.workers import prepare
from flows.leash import leashed
from flows.taking import take_in
from index.errors import SearchError
from pipeline.errors import ClaimtrailError, WorkspaceBusy, named
from pipeline.export import Wishes, export
from pipeline.harmless import safe_name
from pipeline.indexing import reindex
from pipeline.intake import Found
from pipeline.judgement import catch_up
from pipeline.loose import extract_files
from pipeline.matter import Matter
from pipeline.pace import Pace, Progress, stage, steps
from pipeline.retrying import retry, to_retry
from pipeline.timestamps.stamping import stamp_audit, stamp_bundle
from pipeline.verify import verify
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
    end_when_told()
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
        return {"error": _unplaced(error.as_json(), root)}
    except Refused as refusal:
        return {"error": _unplaced(refusal.error, root)}
    except OSError as error:
        return {"error": _unplaced(named(error).as_json(), root)}
    except Exception:  # a fault of ours costs this job; those behind it are done
        log.exception("a job failed")
        hint = "The server's log says more."
        return {"error": {"code": "fault", "message": "The program has a fault.", "hint": hint}}


def _unplaced(error: Mapping[str, str], root: Path) -> dict[str, str]:
    """An error without this machine's paths: who asks need not know where the workspace lies."""
    return {
        key: said.replace(f"{root.resolve()}/", "").replace(f"{root}/", "") for key, said in error.items()
    }


class Refused(Exception):
    """What a command answered in place of a result, in the contract's form."""

    def __init__(self, error: Mapping[str, str]) -> None:
        super().__init__(error["message"])
        self.error = dict(error)


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
    asked, claim = {**job["asked"]}, job["claim"]
    folder = bundles_of(matter, job["id"])
    shutil.rmtree(folder, ignore_errors=True)  # of a try that was interrupted
    folder.mkdir(parents=True)
    out = folder / safe_name(f"bundle-{claim}")
    told = steps(progress, "building")
    profile, confirmed, stamped, marked = (asked.pop(key, usual) for key, usual in _OWN.items())
    wishes = Wishes(**asked)
    answer = export(matter, claim, out, profile, confirmed, True, told, stamped, marked, wishes)
    pdfs = sorted((out / "data").glob("bundle*.pdf"), key=lambda path: (len(path.name), path.name))
    for pdf in pdfs:
        pdf.replace(folder / pdf.name)
    shutil.rmtree(out)  # the zip and the PDF alone are what is fetched
    names = [pdf.name for pdf in pdfs]
    return {**answer, "bundle": out.name, "zip": Path(str(answer["zip"])).name, "pdfs": names}


_OWN = {"profile": "uk", "confirmed_only": False, "timestamp": False, "highlight": False}
"""What is asked of an export beside its wishes."""


def _reindex(matter: Matter, job: Asked, progress: Progress) -> Any:
    engine = job["asked"]["engine"]
    count = reindex(matter, engine, stage(progress, "indexing"))
    return {"documents": count, "engine": engine or matter.settings.search_engine}


def _verify(matter: Matter, job: Asked, _progress: Progress) -> Any:
    asked, folder = job["asked"], uploads_of(matter, job["id"])
    bundle, ca = (None if (at := asked.get(key)) is None else folder / f"{at:06}" for key in ("bundle", "ca"))
    if bundle is None or asked["against"]:
        return verify(matter.workspace.root, bundle, ca).as_json()
    return verify(bundle, None, ca).as_json()


def _stamp(matter: Matter, job: Asked, _progress: Progress) -> Any:
    if (of := job["asked"]["job"]) is None:
        return stamp_audit(matter)
    (bundle,) = bundles_of(matter, of).glob("*.zip")
    return {**stamp_bundle(matter, bundle), "stamped": bundle.name}


def _load(matter: Matter, job: Asked, progress: Progress) -> Any:
    from pipeline.loadfile.load import load  # what it needs would delay every other job

    asked, folder = job["asked"], uploads_of(matter, job["id"])
    with tempfile.TemporaryDirectory(dir=matter.workspace.web, prefix="production-") as scratch:
        laid = laid_out(folder, asked["names"], Path(scratch))
        dat, opt = laid[asked["dat"]], laid.get(asked["opt"])
        return load(matter, dat, opt, job["claim"], asked["ocr"], progress).as_json()


def laid_out(folder: Path, names: Sequence[str], into: Path) -> dict[str, Path]:
    """The files of an upload as the folders that they came from, so that load files find what they name; by name.

    Names are made harmless part by part, so nothing lies outside of `into`. Of two that become one the first stays.
    """
    found = {}
    for at, name in enumerate(names):
        path = into.joinpath(*(safe_name(part) for part in name.split("/")))
        with suppress(OSError):  # of a file and a folder of one name, the first stays
            path.parent.mkdir(parents=True, exist_ok=True)
            os.link(folder / f"{at:06}", path)
            found[name] = path
    return found


def _extract(matter: Matter, job: Asked, _progress: Progress) -> Any:
    asked, folder = job["asked"], uploads_of(matter, job["id"])
    usual = OcrOptions()
    ocr = replace(usual, mode=asked["ocr"] or usual.mode, engine=asked["engine"] or usual.engine)
    files = [(folder / f"{at:06}", name) for at, name in enumerate(asked["names"])]
    return extract_files(files, matter.settings.limits.limits(), ocr)


def _watch(matter: Matter, job: Asked, _progress: Progress) -> Any:
    ocr = job["asked"]["ocr"]
    return _by_command(matter, job, "watch", "--once", *(("--ocr", ocr) if ocr else ()))


def _night(matter: Matter, job: Asked, _progress: Progress) -> Any:
    return _by_command(matter, job, "schedule", "--now")


def _by_command(matter: Matter, job: Asked, *words: str) -> Any:
    """What a command answers that runs as a flow: Prefect wants a process of its own. Raises `Refused`."""
    os.environ["CLAIMTRAIL_USER"] = job["actor"]
    command = [sys.executable, "-m", "app", *words, "--workspace", str(matter.workspace.root), "--json"]
    with leashed(command, out=subprocess.PIPE) as running:
        said = running.stdout.read() if running.stdout else b""
        running.wait()
    answer: Any = json.loads(said) if said.strip() else {"error": None}
    if "error" in answer:
        raise Refused(
            answer["error"] or {"code": "fault", "message": "The command said nothing.", "hint": ""}
        )
    return answer


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
    "stamp": _stamp,
    "load": _load,
    "extract": _extract,
    "watch": _watch,
    "night": _night,
    "update": _update,
}
WITH_DOCUMENTS = ("ingest", "retry", "export", "load", "extract")
"""What opens documents, in worker processes."""
WITHOUT_LOCK = ("verify", "extract", "watch", "night")
"""What only reads, or is done by a command that takes the lock itself."""


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


if __name__ == "__main__":
    main()
