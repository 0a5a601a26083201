"""What pages cost where many people work: `python -m bench.web`, or `--quick` for a small matter.

It makes a workspace of 10,000 pages (`--workspace DIR` keeps it for the next time), starts `claimtrail serve` on it and
asks for every kind of page and the API's lists, first one by one. Then a heap is taken in and a nightly run made,
once with nobody there and once while 20 people look at pages and judge links. Times are the server's own
(`Server-Timing`); how much slower people make the intake is told as a ratio of the two heaps, which are alike.
Everything is on this machine; Linux.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.web_inputs import Papers
from bench.web_matter import Known, command, known, made
from bench.web_people import Crowd, Seen, alone, percentile, served
from bench.web_routes import ROUTES

LIMIT_MS, SLOWER = 200.0, 1.2
"""What is promised: the p95 of every page at the server, and the intake's time with people by that without."""
FIRST, SECOND = 1_000_000, 2_000_000
"""Numbers of the heaps' first files, with as many added as there are documents: nothing of them is in the workspace,
where earlier heaps stayed, or in the other."""


HEAD = (
    f"{'ms at the server':<24}  {'alone: p50':>10} {'p95':>6} {'worst':>6} {'CPU':>6}"
    f"  {'crowd: n':>8} {'p50':>6} {'p95':>6} {'worst':>6}"
)


@dataclass(frozen=True)
class Size:
    """How much is done: pages of the workspace and of each heap, requests of each route, people, whether a night."""

    pages: int
    heap: int
    times: int
    people: int
    night: bool = True


FULL, QUICK = Size(10_000, 500, 20, 20), Size(200, 20, 1, 4, night=False)


@dataclass(frozen=True)
class Work:
    """Seconds of an intake, and of a nightly run where there was one."""

    ingest: float
    nightly: float | None


@dataclass(frozen=True)
class Result:
    """All that was measured; `busy` is the share of one core that the server took while people were there."""

    known: Known
    alone: Seen
    crowd: Seen
    without: Work
    among: Work
    busy: float

    @property
    def slower(self) -> float:
        """The intake's time with people by that without."""
        return self.among.ingest / self.without.ingest

    def as_json(self) -> dict[str, Any]:
        """`{"documents", "pages", "alone": {route: …}, "crowd": {route: …}, "failures", "ingest", "nightly", …}`."""
        return {
            "documents": len(self.known.documents),
            "pages": self.known.pages,
            "links": self.known.links,
            "alone": _figures(self.alone),
            "crowd": _figures(self.crowd),
            "requests": self.crowd.count,
            "failures": [*self.alone.failures, *self.crowd.failures],
            "ingest": [self.without.ingest, self.among.ingest],
            "nightly": [self.without.nightly, self.among.nightly],
            "server_cores": self.busy,
        }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=__doc__.partition("\n\n")[0])
    parser.add_argument(
        "--workspace", type=Path, metavar="DIR", help="make the workspace here, or find it here"
    )
    parser.add_argument(
        "--quick", action="store_true", help="200 pages and 4 people, without the nightly run"
    )
    parser.add_argument("--heap", type=int, metavar="PAGES", help="take in so much, twice (500)")
    parser.add_argument(
        "--alone", action="store_true", help="the pages one by one, without intake and people"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here besides")
    given = parser.parse_args(arguments)
    size = QUICK if given.quick else FULL
    size = replace(size, heap=given.heap or size.heap)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="claimtrail-web-")))
        root = given.workspace or scratch / "workspace"
        made(root, scratch / "papers", size.pages)
        result = _alone(root, size) if given.alone else measured(root, scratch, size)
    if given.json:
        given.json.write_text(json.dumps(result.as_json(), indent=1), encoding="utf-8")
    for line in told(result):
        print(line)
    return 0 if not list(broken(result)) else 1


def measured(root: Path, scratch: Path, size: Size) -> Result:
    """The pages one by one, then heaps and nights without and with people."""
    heaps = [scratch / "first", scratch / "second"]
    found = known(root)
    for heap, first in zip(heaps, (FIRST, SECOND), strict=True):
        Papers(heap, first + len(found.documents)).write(size.heap)
    with served(root) as server:
        one_by_one = alone(server, found, ROUTES, size.times)
        without = _work(root, heaps[0], size.night)
        computed, begun = server.cpu(), time.monotonic()
        with Crowd(server, found, size.people) as crowd:
            among = _work(root, heaps[1], size.night)
        busy = (server.cpu() - computed) / (time.monotonic() - begun)
        return Result(found, one_by_one, crowd.seen, without, among, busy)


def _alone(root: Path, size: Size) -> Result:
    found = known(root)
    with served(root) as server:
        nothing = Work(1.0, None)
        return Result(found, alone(server, found, ROUTES, size.times), Seen(), nothing, nothing, 0.0)


def _work(root: Path, heap: Path, night: bool) -> Work:
    """A heap taken in, then a night."""
    ingest = command("ingest", heap, "--workspace", root, statuses=(0, 1))
    return Work(ingest, command("schedule", "--now", "--workspace", root, statuses=(0, 1)) if night else None)


def broken(result: Result) -> Iterator[str]:
    """What was promised and does not hold."""
    for told_of, seen in (("alone", result.alone), ("among people", result.crowd)):
        for route, figures in _figures(seen).items():
            if figures["p95"] > LIMIT_MS:
                yield f"{route}, {told_of}: p95 {figures['p95']:.0f} ms"
    if result.slower > SLOWER:
        yield f"the intake took {result.slower:.2f} times as long with people"
    yield from [*result.alone.failures, *result.crowd.failures]


def told(result: Result) -> Iterator[str]:
    """The figures for people."""
    found = result.known
    yield f"{len(found.documents)} documents, {found.pages} pages, {found.links} links, {found.failed} failed"
    one_by_one, crowd = _figures(result.alone), _figures(result.crowd)
    yield HEAD
    for route in dict.fromkeys((*one_by_one, *crowd)):
        yield _row(route, one_by_one.get(route), crowd.get(route))
    if result.crowd.count:
        count, failed = result.crowd.count, len(result.crowd.failures)
        yield f"among people: {count} requests, {failed} failed; the server took {result.busy:.2f} of a core"
        for name, first, second in (
            ("ingest", result.without.ingest, result.among.ingest),
            ("nightly run", result.without.nightly, result.among.nightly),
        ):
            if first and second:
                yield f"{name}: {first:.1f} s without people, {second:.1f} s with them, {second / first:.2f} times"
    for fault in broken(result):
        yield f"NOT KEPT  {fault}"


def _row(route: str, one: dict[str, float] | None, crowd: dict[str, float] | None) -> str:
    first = (
        f"{one['p50']:>10.1f} {one['p95']:>6.1f} {one['worst']:>6.1f} {one['cpu']:>6.1f}" if one else " " * 31
    )
    rest = (
        f"{crowd['n']:>8.0f} {crowd['p50']:>6.1f} {crowd['p95']:>6.1f} {crowd['worst']:>6.1f}"
        if crowd
        else ""
    )
    return f"{route:<24}  {first}  {rest}".rstrip()


def _figures(seen: Seen) -> dict[str, dict[str, float]]:
    return {
        route: _of([a.server for a in answers], [a.cpu for a in answers])
        for route, answers in seen.answers.items()
    }


def _of(times: Sequence[float], computed: Sequence[float]) -> dict[str, float]:
    return {
        "n": len(times),
        "p50": percentile(times, 0.5),
        "p95": percentile(times, 0.95),
        "worst": max(times),
        "cpu": sum(computed) / len(computed),
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server that was started is ended
    sys.exit(main())
