"""What 1, 10 and 100 million pages take: `python -m bench.scaling`; `… measure` takes the figures.

The model is plain: every page is read once (CPU by kind of page, spread over machines), written once by the one who
writes (CPU, one process), and its original crosses the network twice (in, and to a worker). What of the three takes
longest is the limit. Everything comes from `scaling.yaml` beside this file, or another one that is named.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.cluster import scans
from bench.load_inputs import SEED, Heap
from bench.load_meter import MIB, Cost, run, size_of
from extractors.workers import Workers
from pipeline.ingest import Ingest, ocr_options
from pipeline.intake import discover
from pipeline.matter import Matter
from pipeline.workspace import init

FIGURES = Path(__file__).with_suffix(".yaml")
GIB = 2**30
LETTERS, SCANS = 400, 12


@dataclass(frozen=True)
class Need:
    """What so many pages take: hours of each part, machines to read in time, GiB on the disk, money."""

    pages: int
    cpu_hours: float
    machines: int
    read_hours: float
    write_hours: float
    network_hours: float
    originals: float
    records: float
    index: float
    reading_costs: float
    monthly_costs: float

    @property
    def hours(self) -> float:
        """Until all is searchable."""
        return max(self.read_hours, self.write_hours, self.network_hours)

    @property
    def limit(self) -> str:
        """What takes longest."""
        parts = {"reading": self.read_hours, "writing": self.write_hours, "network": self.network_hours}
        return max(parts, key=lambda name: parts[name])


def need(pages: int, given: Mapping[str, Any]) -> Need:
    """What so many pages take by these figures."""
    scanned, typed = pages * given["scans"], pages * (1 - given["scans"])
    cpu = (scanned * _of(given, "scan_page_cpu") + typed * _of(given, "text_page_cpu")) / 3600
    machine = given["machine"]["cores"] * given["machine"]["efficiency"]
    machines = max(1, math.ceil(cpu / machine / given["deadline_hours"]))
    originals = scanned * _of(given, "scan_page_original") + typed * _of(given, "text_page_original")
    records, index = pages * _of(given, "records_page"), pages * _of(given, "index_page")
    prices = given["prices"]
    disk = (records + index) / GIB * prices["disk_gib_month"] + originals / GIB * prices["store_gib_month"]
    return Need(
        pages=pages,
        cpu_hours=cpu,
        machines=machines,
        read_hours=cpu / machine / machines,
        write_hours=pages * _of(given, "write_page_cpu") / 3600,
        network_hours=2 * originals / (given["network_mb_s"] * 10**6) / 3600,
        originals=originals / GIB,
        records=records / GIB,
        index=index / GIB,
        reading_costs=cpu / given["machine"]["efficiency"] * prices["core_hour"],
        monthly_costs=disk,
    )


def _of(given: Mapping[str, Any], name: str) -> float:
    return float(given[name]["value"])


def table(given: Mapping[str, Any]) -> Iterator[str]:
    """The table in Markdown, line by line."""
    names = ["pages", "CPU h", "machines", "h to read", "h to write", "h on the network", "limit"]
    names += ["originals GiB", "records GiB", "index GiB", "reading costs", "a month"]
    yield f"| {' | '.join(names)} |"
    yield f"| {' | '.join('---:' for _ in names)} |"
    for one in (need(int(pages), given) for pages in given["pages"]):
        cells = [f"{one.pages:,}", f"{one.cpu_hours:,.0f}", f"{one.machines}", f"{one.read_hours:,.0f}"]
        cells += [f"{one.write_hours:,.1f}", f"{one.network_hours:,.1f}", one.limit]
        cells += [f"{size:,.0f}" for size in (one.originals, one.records, one.index)]
        cells += [f"{one.reading_costs:,.0f}", f"{one.monthly_costs:,.0f}"]
        yield f"| {' | '.join(cells)} |"
    saturated = need(10**6, given)
    readers = saturated.cpu_hours / given["machine"]["efficiency"] / given["machine"]["cores"]
    machines = math.ceil(readers / saturated.write_hours)
    yield f"\nFrom {machines} machines of this size on, readers wait for the one who writes."


def measured(scratch: Path) -> Iterator[str]:
    """Takes letters and scans in, and says what a page of them costs."""
    Heap(scratch / "letters").grow(0, LETTERS)
    scans(scratch / "scans", SCANS, SEED)
    for name in ("letters", "scans"):
        matter = scratch / f"matter {name}"
        init(matter)
        Matter.open(matter, "bench").close()
        empty = size_of(matter / "records.sqlite")
        cost = run("ingest", scratch / name, "--workspace", matter, "--json")
        yield f"{name}: {_costs(cost, matter, empty)}, {1000 * writing(scratch, name):.1f} ms of them to write"


def _costs(cost: Cost, matter: Path, empty: float) -> str:
    pages = sum(found["pages"] for found in json.loads(cost.out)["ingested"])
    sizes = {name: size_of(matter / name) * MIB / pages for name in ("originals", "index")}
    sizes["records"] = (size_of(matter / "records.sqlite") - empty) * MIB / pages
    said = ", ".join(f"{name} {size:,.0f} bytes" for name, size in sizes.items())
    return f"{pages} pages, {said}, {cost.cpu / pages:.3f} CPU s of all processes"


def writing(scratch: Path, heap: str) -> float:
    """CPU seconds a page of the process that takes in, without those that read."""
    init(scratch / f"again {heap}")
    with (
        Matter.open(scratch / f"again {heap}", "bench") as matter,
        Workers(2, matter.settings.limits.limits()) as workers,
    ):
        began = time.process_time()
        report = Ingest(matter, workers, ocr_options(matter, "fast")).run(discover([scratch / heap]))
        return (time.process_time() - began) / sum(found.pages for found in report.ingested)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__.partition("\n\n")[0])
    parser.add_argument("what", nargs="?", choices=("table", "measure"), default="table")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="another file of figures")
    given = parser.parse_args(arguments)
    if given.what == "table":
        figures = yaml.safe_load(given.figures.read_text(encoding="utf-8"))
        print("\n".join(table(figures)))
        return
    with tempfile.TemporaryDirectory(prefix="claimtrail-scaling-") as folder:
        for line in measured(Path(folder)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
