"""Runs commands of claimtrail in forked children, which get a signal at a boundary between two steps or at a moment.

Reads lines of JSON, `{"at": n, "number": k, "after": s, "arguments": [...]}`: the n-th boundary (0: none), the signal
that comes there (SIGKILL, or SIGINT as from Ctrl-C), and the seconds after which the child's whole process group is
killed (null: never). Answers each with `{"status", "passed", "seconds"}`: exit status or negative signal, boundaries
passed, time taken. Documents are read in the child itself and modules are loaded before it is forked: worker processes
and imports would cost seconds each time. The arguments `night` run the steps of a night without Prefect.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import extractors.workers
import flows.night
import index.engines
import index.whoosh_index
import pipeline.export
import pipeline.inbox
import pipeline.ingest
import pipeline.matter
import pipeline.night
from app.cli import COMMANDS, run
from pipeline.matter import Matter
from pipeline.originals import FolderOriginals
from pipeline.records import date_orders, documents, likenesses, matters

BUILD = importlib.import_module("pipeline.bundle.build")  # its package has a function of that name
BOUNDARIES: list[tuple[Any, str]] = [
    (FolderOriginals, "_place"),
    (documents, "register"),
    (documents, "set_done"),
    (documents, "replace_reading"),
    (documents, "replace_understanding"),
    (date_orders, "replace_dates"),
    (likenesses, "replace_likenesses"),
    (matters, "replace_links"),
    (matters, "put_claims"),
    (matters, "begin_run"),
    (matters, "end_run"),
    (Matter, "_write_head"),
    (pipeline.inbox, "write_atomically"),
    (pipeline.inbox.shutil, "move"),
    (pipeline.night, "write_atomically"),
    (pipeline.export, "complete"),
    (index.whoosh_index._WhooshBatch, "replace"),
    (index.whoosh_index._WhooshBatch, "commit"),
    (index.engines, "_point"),
    (index.engines, "_sweep"),
    (BUILD, "_copy_original"),
    (BUILD, "close_bag"),
    (BUILD, "_publish_zip"),
    (Path, "rename"),
    (Path, "replace"),
    (Path, "unlink"),
]


class Counter:
    """Counts boundaries; at the n-th the process gets its signal."""

    def __init__(self, at: int, number: int) -> None:
        self._at, self._number, self.passed = at, number, 0

    def step(self) -> None:
        self.passed += 1
        if self.passed == self._at:
            os.kill(os.getpid(), self._number)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **named: Any) -> Any:
            self.step()
            answer = function(*args, **named)
            self.step()
            return answer

        return counted


class HereWorkers:
    """Worker processes' face, without processes."""

    processes = 1

    def __init__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> HereWorkers:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        pass

    def submit(self, function: Callable[..., Any], *args: Any, seconds: float, name: str) -> Future[Any]:  # noqa: ARG002
        outcome: Future[Any] = Future()
        try:
            outcome.set_result(function(*args))
        except Exception as error:  # handed on, as the pool does
            outcome.set_exception(error)
        return outcome


def called(arguments: list[str]) -> int:
    if arguments[0] != "night":
        return run(arguments)
    with Matter.open(Path(arguments[-1]), "nightly") as matter:
        return 0 if flows.night.spend(matter)["ok"] else 1


def child(at: int, number: int, arguments: list[str], said: int) -> None:
    """The command, in a process of its own; never returns."""
    counter, status = Counter(at, number), 70
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    os.setpgid(0, 0)
    for owner, name in BOUNDARIES:
        setattr(owner, name, counter.around(getattr(owner, name)))
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        status = called(arguments)
    finally:
        os.write(said, str(counter.passed).encode())
        sys.stderr.flush()
        os._exit(status)


def fork(at: int, number: int, after: float | None, arguments: list[str]) -> dict[str, float]:
    """Runs a command in a child, to its end or until it is killed."""
    hears, says = os.pipe()
    started = time.monotonic()
    process = os.fork()
    if process == 0:
        child(at, number, arguments, says)
    os.close(says)
    killer = threading.Timer(after, kill, (process,)) if after is not None else None
    if killer:
        killer.start()
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)  # its number stays its own until the killer is done
    if killer:
        killer.cancel()
        killer.join()
    _, ended = os.waitpid(process, 0)
    seconds = time.monotonic() - started
    with os.fdopen(hears, "rb") as answer:
        passed = int(answer.read() or 0)
    return {"status": os.waitstatus_to_exitcode(ended), "passed": passed, "seconds": seconds}


def kill(process: int) -> None:
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:  # it has not yet made its group
        os.kill(process, signal.SIGKILL)


def warm() -> None:
    """Fills tables and caches that every child would else fill for itself."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as null, redirect_stdout(null):  # noqa: PTH123
        root = Path(folder) / "matter"
        (Path(folder) / "letter.txt").write_text(
            "Date: 16 March 2023\n工期延误 US$1.25 million", encoding="utf-8"
        )
        for command in (["init"], ["ingest", f"{folder}/letter.txt"], ["reindex"]):
            run([*command, "--workspace", str(root), "--json"])


if __name__ == "__main__":
    for module in set(COMMANDS.values()):
        importlib.import_module(f"app.commands.{module}")
    extractors.workers.prepare = lambda: None  # documents are read in the child
    pipeline.ingest.Workers = HereWorkers  # type: ignore[misc, assignment]
    warm()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(fork(**asked)), flush=True)
