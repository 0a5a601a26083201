"""What a second worker brings: `python -m bench.cluster`.

A scheduler and workers of one thread each are started on this machine. The same heap of scans is taken in by one worker
and then by two, each time into a fresh workspace, and timed from the first task to the last record; models and
libraries were loaded before. Tesseract runs with one thread (OMP_THREAD_LIMIT=1, set in every process that reads).
With fewer free cores than workers, and a bit for the one who writes, the ratio says nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from bench.search_pages import english
from extractors.workers import Workers
from flows.elsewhere import Elsewhere
from flows.fleet import Fleet, connected
from pipeline.ingest import Ingest, ocr_options
from pipeline.intake import discover
from pipeline.matter import Matter
from pipeline.pace import silent
from pipeline.settings import ClusterSettings
from pipeline.workspace import init

SEED = 20230314
SIZE = (1654, 2339)
"""A4 at 200 dpi."""
WARM = 4


@dataclass(frozen=True)
class Row:
    """One heap taken in."""

    workers: int
    pages: int
    seconds: float
    writing: float
    """CPU seconds of the one who writes, with what is to be done once all is read: links, index."""

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--pages", type=int, default=16, help="scans in the heap (16)")
    parser.add_argument("--workers", type=int, default=2, help="workers at most (2)")
    parser.add_argument(
        "--engine", default="tesseract", help="OCR engine (tesseract; auto takes what there is)"
    )
    parser.add_argument("--scratch", type=Path, help="where to work (the system's folder for such files)")
    given = parser.parse_args(arguments)
    print(
        f"# {len(os.sched_getaffinity(0))} cores, load before {os.getloadavg()[0]:.1f}, {given.pages} scans of A4"
    )
    print("| workers | pages | s | pages/s | × | CPU ms a page of the writer |\n" + "| ---: " * 6 + "|")
    with tempfile.TemporaryDirectory(prefix="claimtrail-cluster-", dir=given.scratch) as folder:
        first: Row | None = None
        for row in rows(Path(folder), given.pages, given.workers, given.engine):
            first = first or row
            cells = (f"{row.workers}", f"{row.pages}", f"{row.seconds:.1f}", f"{row.rate:.2f}")
            more = (f"{row.rate / first.rate:.2f}", f"{1000 * row.writing / row.pages:.0f}")
            print(f"| {' | '.join((*cells, *more))} |", flush=True)


def rows(root: Path, pages: int, workers: int, engine: str) -> Iterator[Row]:
    """A heap by one worker, one as large by two, and so on: workers keep what they read, so none is given twice."""
    settings = f"ocr: {{engine: {engine}, languages: [eng]}}\n"
    with ExitStack() as stack:
        address = stack.enter_context(scheduler(root))
        for number in range(1, workers + 1):
            stack.enter_context(worker(root, address, number))
            scans(root / f"warm{number}", WARM * number, SEED + number)
            taken(root / f"warming{number}", root / f"warm{number}", settings, address, number)
            scans(heap := root / f"heap{number}", pages, SEED - number)
            yield Row(number, pages, *taken(root / f"matter{number}", heap, settings, address, number))


def taken(root: Path, heap: Path, settings: str, address: str, workers: int) -> tuple[float, float]:
    """What so many workers take for a heap: seconds from first task to last record, and CPU seconds of the writer."""
    init(root)
    (root / "settings.yaml").write_text(settings, encoding="utf-8")
    cluster = ClusterSettings(address=address)
    with Matter.open(root, "bench") as matter, connected(cluster, root) as client:
        fleet = Fleet(client, matter.settings)
        while fleet.threads < workers:
            time.sleep(0.2)
        with Workers(1, matter.settings.limits.limits()) as here:
            run = Ingest(matter, here, ocr_options(matter))
            began, cpu = time.perf_counter(), time.process_time()
            with Elsewhere(run, discover([heap]), client, fleet, silent, lambda: False) as reading:
                while reading.portion(100):
                    pass
            seconds = time.perf_counter() - began
            run.finish()
            cpu = time.process_time() - cpu
    assert not run.report.failed, run.report.failed[0].error.message
    return seconds, cpu


def scans(folder: Path, pages: int, seed: int) -> None:
    """Pages of typed English as pictures."""
    folder.mkdir()
    rand = random.Random(seed)
    page = english(rand)
    for number in range(pages):
        picture = Image.new("L", SIZE, 255)
        draw = ImageDraw.Draw(picture)
        text = " ".join(f"Page {number + 1}. {page()}".split())
        for row in range(40):
            draw.text((120, 120 + 50 * row), text[90 * row : 90 * row + 90], fill=0, font_size=28)
        picture.save(folder / f"scan {number:04}.png", dpi=(200, 200))


@contextmanager
def scheduler(root: Path) -> Iterator[str]:
    """A scheduler on loopback; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    with running(["scheduler", *where], root / "scheduler.log"):
        yield f"tcp://127.0.0.1:{port}"


@contextmanager
def worker(root: Path, address: str, number: int) -> Iterator[None]:
    """A worker of one thread."""
    how = ["--preload", "flows.reader", "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    place = ["--local-directory", str(root / f"worker{number}")]
    with running(["worker", address, *how, *place], root / f"worker{number}.log"):
        yield


@contextmanager
def running(words: Sequence[str], log: Path) -> Iterator[None]:
    """A program of Dask's for the block."""
    with log.open("wb") as said:
        program = subprocess.Popen([sys.executable, "-m", "dask", *words], stdout=said, stderr=said)
        try:
            yield
        finally:
            program.terminate()
            program.wait(30)


if __name__ == "__main__":
    main()
