"""Runs the command line as a person would, and watches what it costs: time, and memory of every process (Linux)."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLAIMTRAIL = [sys.executable, "-m", "app"]
ROOT = Path(__file__).parent.parent
EVERY = 0.05
"""Seconds between two looks. The kernel remembers each process's highest memory, so little is missed."""
MIB = 2**20


@dataclass(frozen=True)
class Cost:
    """What a command cost. Memory is the peak of what lay in RAM (VmHWM), in MiB: of the command's own process, of
    the largest worker, of the largest program that a worker started, of Prefect's server if one was started."""

    status: int
    seconds: float
    cpu: float
    parent: float
    worker: float
    program: float
    server: float
    out: str
    said: list[str]


def run(*arguments: str | Path) -> Cost:
    """A command of claimtrail to its end."""
    started = time.monotonic()
    process = subprocess.Popen(
        [*CLAIMTRAIL, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    over, seen = threading.Event(), dict[int, _Seen]()
    watching = threading.Thread(target=_watch, args=(process.pid, seen, over))
    watching.start()
    out, said = process.communicate()
    seconds = time.monotonic() - started
    over.set()
    watching.join()
    peaks = {role: max((s.peak for s in seen.values() if s.role == role), default=0.0) for role in _ROLES}
    cpu = sum(one.cpu for one in seen.values())
    return Cost(process.returncode, seconds, cpu, *(peaks[role] for role in _ROLES), out, said.splitlines())


_ROLES = ("parent", "worker", "program", "server")


@dataclass(frozen=True)
class _Seen:
    """A process as it was last seen: its peak of memory in MiB, and its CPU time in seconds."""

    role: str
    peak: float
    cpu: float


def _watch(root: int, seen: dict[int, _Seen], over: threading.Event) -> None:
    while not over.wait(EVERY):
        seen.update(_family(root))


def _family(root: int) -> Iterator[tuple[int, _Seen]]:
    """A process and all below it."""
    waiting = [(root, 0)]
    while waiting:
        pid, depth = waiting.pop()
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [(int(child), depth + 1) for child in (task / "children").read_text().split()]
            yield pid, _seen(Path(f"/proc/{pid}"), depth)
        except (OSError, ValueError, KeyError):
            continue  # it has ended


def _seen(process: Path, depth: int) -> _Seen:
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / 1024
    own_user, own_system, user, system = map(
        int, (process / "stat").read_text().rpartition(")")[2].split()[11:15]
    )
    if b"prefect" in (process / "cmdline").read_bytes():
        return _Seen("server", peak, (own_user + own_system) / _TICKS)
    if not status["Name"].strip().startswith(("python", "claimtrail")):
        return _Seen("program", peak, 0.0)  # its time is counted with the worker that waits for it
    ended = user + system if depth > 1 else 0  # below the worker: programs
    return _Seen("worker" if depth else "parent", peak, (own_user + own_system + ended) / _TICKS)


_TICKS = os.sysconf("SC_CLK_TCK")


def size_of(folder: Path) -> float:
    """MiB of all files in a folder, or of one file."""
    if folder.is_file():
        return folder.stat().st_size / MIB
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MIB
