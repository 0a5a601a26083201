"""What a bundle costs by its size: `python -m bench.bundle [--sizes 100,500,1000,2500,5000] [--plot FILE.svg]`.

Each bundle is built in a process of its own, as `claimtrail export` builds it, with the pages printed in workers. What
lies in RAM is taken as PSS (shared memory counted once) of that process and all below it, every 0.1 s. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bench.bundle_inputs import Mix, case
from bench.curve import Line, plot
from bench.load_meter import ROOT, size_of
from extractors.limits import Limits
from extractors.workers import Workers
from pipeline.bundle import build

SIZES = (100, 500, 1000, 2500, 5000)
_EVERY = 0.1
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """A bundle built. Seconds of wall and of CPU, MiB of PSS at the peak, MiB of the folder."""

    pages: int
    exhibits: int
    seconds: float
    cpu: float
    peak: float
    size: float

    @property
    def pace(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU time per page: what other work on the machine disturbs least."""
        return 1000 * self.cpu / self.pages


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.bundle", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="pages of evidence")
    parser.add_argument("--inputs", type=Path, metavar="DIR", help="keep the evidence here for the next time")
    parser.add_argument("--scratch", type=Path, help="where to work (the system's folder for such files)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="claimtrail-bundle-", dir=given.scratch) as folder:
        inputs = given.inputs or Path(folder) / "inputs"
        if given.one:
            print(json.dumps(_built(inputs, given.one, Path(folder) / "bundle", given.workers)))
            return
        rows = list(_rows([int(size) for size in given.sizes.split(",")], inputs, given))
    if given.plot:
        given.plot.write_text(drawn(rows), encoding="utf-8")


def _rows(sizes: Sequence[int], inputs: Path, given: argparse.Namespace) -> Iterator[Row]:
    """A row for each size, printed as they come."""
    print(f"# {len(os.sched_getaffinity(0))} cores, {given.workers} workers, load {os.getloadavg()[0]:.1f}")
    print("| pages | documents | s | pages/s | CPU ms/page | × | peak PSS MB | bundle MB |")
    print("| ---: " * 8 + "|")
    first: Row | None = None
    for size in sizes:
        row = _measured(size, inputs, given)
        first = first or row
        print(
            f"| {row.pages} | {row.exhibits} | {row.seconds:.1f} | {row.pace:.1f} | {row.cpu_ms:.1f} "
            f"| {row.cpu_ms / first.cpu_ms:.2f} | {row.peak:.0f} | {row.size:.0f} |",
            flush=True,
        )
        yield row


def _measured(size: int, inputs: Path, given: argparse.Namespace) -> Row:
    """Builds one bundle in a process of its own and watches it."""
    for _ in Mix(inputs).files(size):
        pass  # the evidence is made beforehand, and is no part of what is measured
    command = [sys.executable, "-m", "bench.bundle", "--one", str(size), "--inputs", str(inputs)]
    command += ["--workers", str(given.workers)] + (
        ["--scratch", str(given.scratch)] if given.scratch else []
    )
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    over, seen = threading.Event(), _Seen(0.0, {})
    watching = threading.Thread(target=_watch, args=(process.pid, seen, over))
    watching.start()
    out, _ = process.communicate()
    over.set()
    watching.join()
    if process.returncode:
        raise SystemExit(f"the bundle of {size} pages was not built")
    return Row(**json.loads(out), cpu=sum(seen.cpu.values()), peak=seen.peak)


def _built(inputs: Path, size: int, out: Path, processes: int) -> dict[str, Any]:
    whole = case(Mix(inputs), size)
    started = time.monotonic()
    limits = Limits()
    with Workers(processes, limits) as workers:

        def run(function: Callable[..., T], *args: Any, size: int, name: str) -> T:
            return workers.submit(function, *args, seconds=limits.seconds_for(size), name=name).result()

        report = build(whole, out, run=run, ahead=processes)
    seconds = time.monotonic() - started
    about = {"pages": report.pages, "exhibits": report.exhibits}
    return {**about, "seconds": round(seconds, 2), "size": round(size_of(out), 1)}


@dataclass
class _Seen:
    """The peak of memory of all processes together (MiB), and the CPU time of each by its id."""

    peak: float
    cpu: dict[int, float]


def _watch(root: int, seen: _Seen, over: threading.Event) -> None:
    while not over.wait(_EVERY):
        family = list(_family(root))
        seen.peak = max(seen.peak, sum(_pss(pid) for pid in family))
        seen.cpu.update((pid, _cpu(pid)) for pid in family)


_TICKS = os.sysconf("SC_CLK_TCK")


def _cpu(pid: int) -> float:
    """Seconds of CPU time that the process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _family(root: int) -> Iterator[int]:
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it has ended


def _pss(pid: int) -> float:
    """MiB of RAM that the process takes, its share of what it has in common with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def drawn(rows: Sequence[Row]) -> str:
    """The curve: pages a second and peak of memory, each against what is demanded of it."""
    pace = [(row.pages, row.pace / 40) for row in rows]
    memory = [(row.pages, row.peak / 600) for row in rows]
    lines = [Line("pages/s, of 40", pace), Line("peak PSS, of 600 MB", memory)]
    return plot("A bundle by its pages", lines)


if __name__ == "__main__":
    main()
