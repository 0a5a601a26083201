"""Runs commands of claimtrail in forked children, each sent a signal at its n-th boundary between two steps.

Reads lines of JSON, `{"at": n, "signal": number, "arguments": [...]}`, and answers each with
`{"status": s, "passed": boundaries}`; `at` 0 disturbs nothing. Documents are read in the child itself and modules are
loaded before it is forked: worker processes and imports would cost seconds each time.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import index.engines
import index.whoosh_index
import pipeline.inbox
import pipeline.ingest
import pipeline.matter
from app.cli import COMMANDS, run
from pipeline.originals import Originals
from pipeline.records import documents, matters

BUILD = importlib.import_module("pipeline.bundle.build")  # its package has a function of that name
BOUNDARIES: list[tuple[Any, str]] = [
    (Originals, "_place"),
    (documents, "register"),
    (documents, "set_done"),
    (documents, "replace_reading"),
    (matters, "replace_links"),
    (matters, "end_run"),
    (pipeline.matter.Matter, "_write_head"),
    (pipeline.inbox, "write_atomically"),
    (pipeline.inbox.shutil, "move"),
    (index.whoosh_index._WhooshBatch, "replace"),
    (index.whoosh_index._WhooshBatch, "commit"),
    (index.engines, "_point"),
    (index.engines, "_sweep"),
    (BUILD, "_copy_original"),
    (BUILD, "close_bag"),
    (BUILD, "_publish_zip"),
    (Path, "rename"),
    (Path, "replace"),
]


class Counter:
    """Counts boundaries; at the n-th the process gets its signal (SIGKILL: it is gone)."""

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


def child(at: int, number: int, arguments: list[str], said: int) -> None:
    """The command, in a process of its own; never returns."""
    counter, status = Counter(at, number), 70
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
    for owner, name in BOUNDARIES:
        setattr(owner, name, counter.around(getattr(owner, name)))
    pipeline.ingest.Workers = HereWorkers  # type: ignore[misc, assignment]
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    try:
        status = run(arguments)
    finally:
        os.write(said, str(counter.passed).encode())
        sys.stderr.flush()
        os._exit(status)


def fork(at: int, number: int, arguments: list[str]) -> dict[str, int]:
    """How the command ended (negative: the signal that killed it), and how many boundaries it passed."""
    hears, says = os.pipe()
    process = os.fork()
    if process == 0:
        child(at, number, arguments, says)
    os.close(says)
    _, ended = os.waitpid(process, 0)
    with os.fdopen(hears, "rb") as answer:
        return {"status": os.waitstatus_to_exitcode(ended), "passed": int(answer.read() or 0)}


if __name__ == "__main__":
    for module in set(COMMANDS.values()):
        importlib.import_module(f"app.commands.{module}")
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(fork(asked["at"], asked["signal"], asked["arguments"])), flush=True)
