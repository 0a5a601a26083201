"""Programs that end with the process that started them, whatever that dies of.

A program runs below this module, in a process group of its own. This module waits at a pipe whose other end only the
starter holds: when the starter goes, by kill -9 too, the pipe ends, and the program is told to end. What has not
ended after a time of grace is killed, with all that it started.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO

GRACE_SECONDS = 15.0
"""How long a program may take to end by itself once it was told to."""


@contextmanager
def leashed(
    command: Sequence[str], out: int | IO[bytes] | None = None, err: int | IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program that ends with the block, and with this process. Its output goes where `out` and `err` say.

    Its exit status is the program's; 128 and the number of the signal that ended it. Do not `communicate` with it:
    that closes the pipe.
    """
    below = [sys.executable, "-m", "flows.leash", *command]
    running = subprocess.Popen(below, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True)
    try:
        yield running
    finally:
        if running.stdin is not None:
            running.stdin.close()
        running.wait()


def hold(command: Sequence[str]) -> int:
    """Runs the program until it ends, or this process's standard input does; returns its exit status."""
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=_end_with_starter, args=(program,), daemon=True).start()
    status = program.wait()
    return status if status >= 0 else 128 - status


def _end_with_starter(program: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1):
        pass
    program.terminate()
    with suppress(subprocess.TimeoutExpired):
        program.wait(GRACE_SECONDS)
        return
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    program.kill()


if __name__ == "__main__":
    sys.exit(hold(sys.argv[1:]))
