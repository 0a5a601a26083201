"""What a load costs: `python -m bench.load curve` and `python -m bench.load large`.

`curve` takes heaps of small files in, each into a workspace of its own, by the command line as a person would, and
prints the cost per document beside that of the smallest heap; `--plot FILE.svg` draws it. `large` takes in single
large files one by one. Everything is made in a scratch folder and removed; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.curve import Line, plot
from bench.load_inputs import REGISTER, Heap, large_files
from bench.load_meter import Cost, run, size_of

SIZES = (100, 300, 1000, 3000, 10_000)


@dataclass(frozen=True)
class Row:
    """One heap taken in; sizes in MiB. `one_more` is the CPU time in seconds of taking in one more letter."""

    files: int
    documents: int
    cost: Cost
    index: float
    database: float
    one_more: float

    @property
    def ms(self) -> float:
        """Milliseconds of wall time per document."""
        return 1000 * self.cost.seconds / self.documents

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU time per document: what other work on the machine disturbs least."""
        return 1000 * self.cost.cpu / self.documents


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--scratch", type=Path, help="where to work (the system's folder for such files)")
    kinds = parser.add_subparsers(dest="what", required=True)
    curve = kinds.add_parser("curve", help="heaps of small files")
    curve.add_argument("--sizes", default=",".join(map(str, SIZES)))
    curve.add_argument("--by", choices=("watch", "ingest"), default="watch")
    curve.add_argument("--plain", action="store_true", help="without Prefect's flow runs")
    curve.add_argument("--plot", type=Path, metavar="FILE.svg")
    large = kinds.add_parser("large", help="single large files")
    large.add_argument(
        "--inputs", type=Path, metavar="DIR", help="keep the files here for the next time (4 GB)"
    )
    large.add_argument("names", nargs="*", help=f"of {', '.join(name for name, *_ in large_files())}")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="claimtrail-load-", dir=given.scratch) as folder:
        if given.what == "curve":
            rows = heaps(Path(folder), [int(size) for size in given.sizes.split(",")], given.by, given.plain)
            if given.plot:
                given.plot.write_text(drawn(rows, given.by), encoding="utf-8")
        else:
            large_ones(Path(folder), given.inputs or Path(folder), given.names)


def heaps(scratch: Path, sizes: Sequence[int], by: str, plain: bool) -> list[Row]:
    """The rows of the curve, printed as they come."""
    print(f"# {by}, {len(os.sched_getaffinity(0))} cores, load before {os.getloadavg()[0]:.1f}")
    print(
        "| files | documents | s | ms/doc | × | CPU ms/doc | × | parent MB | worker MB | server MB ", end=""
    )
    print("| database MB | index MB | one more: CPU s |")
    print("| ---: " * 13 + "|")
    rows: list[Row] = []
    for size in sizes:
        rows.append(_heap(scratch / str(size), size, by, plain))
        print(_line(rows[-1], rows[0]), flush=True)
    return rows


def _line(row: Row, first: Row) -> str:
    times = (f"{row.cost.seconds:.0f}", f"{row.ms:.1f}", f"{row.ms / first.ms:.2f}")
    cpu = (f"{row.cpu_ms:.1f}", f"{row.cpu_ms / first.cpu_ms:.2f}")
    memory = (f"{peak:.0f}" for peak in (row.cost.parent, row.cost.worker, row.cost.server))
    sizes = (f"{row.database:.1f}", f"{row.index:.1f}", f"{row.one_more:.1f}")
    return "| " + " | ".join([str(row.files), str(row.documents), *times, *cpu, *memory, *sizes]) + " |"


def _heap(root: Path, size: int, by: str, plain: bool) -> Row:
    workspace, register = root / "matter", root / "register.yaml"
    _checked(run("init", workspace))
    register.write_text(REGISTER, encoding="utf-8")
    if plain:
        (workspace / "settings.yaml").write_text("watch: {flow_runs: false}\n", encoding="utf-8")
    _checked(run("claims", "import", register, "--workspace", workspace))
    heap = Heap(workspace / "inbox" if by == "watch" else root / "heap")
    heap.grow(0, size)
    command = ["watch", "--once"] if by == "watch" else ["ingest", root / "heap"]
    cost = run(*command, "--workspace", workspace, "--json")
    report = json.loads(_checked(cost))
    late = Heap(root / "late")
    late.grow(10**6, 10**6 + 1)
    more = run("ingest", root / "late", "--workspace", workspace, "--json")
    _checked(more)
    documents = len(report["ingested"]) + len(report["failed"])
    return Row(
        size, documents, cost, size_of(workspace / "index"), size_of(workspace / "records.sqlite"), more.cpu
    )


def _checked(cost: Cost) -> str:
    if cost.status != 0:
        raise SystemExit("\n".join([f"ended with {cost.status}", *cost.said[-10:], cost.out[-2000:]]))
    return cost.out


def drawn(rows: Sequence[Row], by: str) -> str:
    """The curve as SVG: what a document costs, and the parent's memory, by the number of files."""
    first = rows[0]
    lines = [
        Line("time per document", [(row.files, row.ms / first.ms) for row in rows]),
        Line("CPU time per document", [(row.files, row.cpu_ms / first.cpu_ms) for row in rows]),
        Line("memory of the parent", [(row.files, row.cost.parent / first.cost.parent) for row in rows]),
    ]
    return plot(f"claimtrail {by}: cost by number of files, {first.files} files = 1", lines)


def large_ones(scratch: Path, inputs: Path, names: Sequence[str]) -> None:
    """Takes single large files in and prints what became of each."""
    print(f"# {len(os.sched_getaffinity(0))} cores, load before {os.getloadavg()[0]:.1f}")
    print("| file | MB | s | CPU s | parent MB | worker MB | program MB | ingested | pages | failed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for name, file, make in large_files():
        if not names or name in names:
            if not (inputs / file).exists():
                make(inputs / file)
            _large(scratch / name, name, inputs / file)


def _large(workspace: Path, name: str, source: Path) -> None:
    _checked(run("init", workspace))
    cost = run("ingest", source, "--workspace", workspace, "--json")
    try:
        report = json.loads(cost.out)
    except ValueError:
        raise SystemExit("\n".join([name, cost.out, *cost.said])) from None
    reasons: dict[str, int] = {}
    for failed in report.get("failed", []):
        reason = failed["reason"] if len(report["failed"]) < 4 else failed["reason"].partition(":")[0]
        reasons[reason] = reasons.get(reason, 0) + 1
    said = "; ".join(f"{count} × {reason}" for reason, count in reasons.items()) or json.dumps(
        report.get("error", "")
    )
    ingested = report.get("ingested", [])
    pages = sum(outcome["pages"] for outcome in ingested)
    memory = [f"{peak:.0f}" for peak in (cost.parent, cost.worker, cost.program)]
    cells = [name, f"{size_of(source):.0f}", f"{cost.seconds:.1f}", f"{cost.cpu:.1f}", *memory]
    print("| " + " | ".join([*cells, str(len(ingested)), str(pages), said]) + " |", flush=True)
    shutil.rmtree(workspace)


if __name__ == "__main__":
    main()
