"""The process that works answers out for the pages: `python -m app.web.reckoner WORKSPACE NICE`.

In a thread of the server it would take the interpreter from everybody who looks at a page. It reads questions as lines
of JSON from stdin and writes each answer to stdout, pickled, with its length before it; only the server that started
it reads that. It ends with its stdin.
"""

from __future__ import annotations

import contextlib
import datetime
import gc
import json
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from app.web.reckoning import InTurn
from index.errors import SearchError
from pipeline.errors import ClaimtrailError, MatterError
from pipeline.matter import Matter

NICE = 10
"""Whoever looks at a page that is there already comes first, and so do an intake's workers, which give way too."""
GARBAGE = 50_000
"""New objects after which garbage is looked for: a claim is made of many that live until its answer is told."""
_LENGTH = struct.Struct("<Q")


class ReckonerDied(MatterError):
    code = "reckoner_died"
    hint = "Load the page again; where it happens again, the server's log says more."


class Reckoner:
    """Asks a process of its own, one question at a time; the process is started with the first."""

    def __init__(self, nice: int = NICE) -> None:
        """`nice` is how much the process gives way to others."""
        self._nice = nice
        self._guard = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def __call__(self, matter: Matter, kind: str, name: str, today: datetime.date) -> Any:
        """The answer to one of `reckoning.KINDS`. Raises what working it out raises, and `ReckonerDied`."""
        with self._guard:
            try:
                answer = self._asked(matter, {"kind": kind, "name": name, "today": today.isoformat()})
            except (OSError, EOFError, ValueError, pickle.PickleError):
                self._stop()
                raise ReckonerDied("The process that works answers out has ended.") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def begin(self, matter: Matter) -> None:
        """Start the process, so that nobody waits for that with the first question."""
        with self._guard:
            if not self._closed:
                self._started(matter)

    def close(self) -> None:
        """End the process, also in the middle of an answer, which nobody waits for any more."""
        self._closed = True
        if self._process is not None:
            self._process.terminate()
        with self._guard:
            self._stop()

    def _asked(self, matter: Matter, question: dict[str, str]) -> Any:
        if self._closed:
            raise EOFError
        process = self._started(matter)
        assert process.stdin is not None  # noqa: S101  pipes were asked for
        assert process.stdout is not None  # noqa: S101  as well
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        (length,) = _LENGTH.unpack(_exactly(process.stdout, _LENGTH.size))
        return pickle.loads(_exactly(process.stdout, length))  # noqa: S301  of our own process

    def _started(self, matter: Matter) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            command = [sys.executable, "-m", "app.web.reckoner", str(matter.workspace.root), str(self._nice)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _exactly(pipe: Any, count: int) -> bytes:
    found: bytes = pipe.read(count)
    if len(found) < count:
        raise EOFError
    return found


def main() -> None:
    """Answer until stdin ends."""
    root, answers = Path(sys.argv[1]), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not be taken for an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this process
    os.nice(int(sys.argv[2]))
    gc.set_threshold(GARBAGE)
    with Matter.open(root, "web") as matter:
        answering = InTurn(matter)
        for line in sys.stdin:
            question = json.loads(line)
            _tell(answers, _answer(answering, question))


def _answer(answering: InTurn, question: dict[str, str]) -> Any:
    try:
        today = datetime.date.fromisoformat(question["today"])
        return answering(question["kind"], question["name"], today)
    except (ClaimtrailError, SearchError) as error:
        return error


def _tell(answers: BinaryIO, answer: Any) -> None:
    said = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    answers.write(_LENGTH.pack(len(said)) + said)
    answers.flush()


if __name__ == "__main__":
    main()
