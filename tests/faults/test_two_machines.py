"""Two machines on one server's records and one folder of originals, taking in overlapping heaps, killed at random.

Each machine is a workspace's folder of its own. CLAIMTRAIL_KILLS says how many kills, CLAIMTRAIL_SEED draws others.
"""

from __future__ import annotations

import os
import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.indexing import open_search
from pipeline.matter import Matter
from pipeline.records import audit_log, documents, matters
from pipeline.verify import verify
from tests.conftest import DIARY, LEAFLET, LETTER, REGISTER, Template
from tests.faults.crash_cases import ONCE, Driver, count_from

KILLS = count_from("CLAIMTRAIL_KILLS", 4)
SEED = int(os.environ.get("CLAIMTRAIL_SEED", "20230314"))
OWN, COMMON = 4, 4
INSIDE = {"packed.zip/inside.txt", "packed.zip/known.txt"}
"""Files that one machine has alone, and that both have."""


class Machine:
    """A workspace's folder, its heap, and the driver that runs its commands and kills them."""

    def __init__(self, driver: Driver, place: Path, name: str, url: str, originals: Path) -> None:
        self.name, self.root, self.heap = name, place / name, place / f"heap-{name}"
        self.heap.mkdir(parents=True)
        self.driver = driver
        assert self.run("init", "--records", url) == 0
        with (self.root / "settings.yaml").open("a") as settings:
            settings.write(f"originals: {{url: '{originals}'}}\nwatch: {{flow_runs: false}}\n")

    def run(self, command: str, *arguments: str | Path, after: float | None = None) -> int:
        return self.driver.run(command, *arguments, "--workspace", self.root, after=after).status

    def ingest(self, after: float | None = None) -> int:
        return self.run("ingest", self.heap, after=after)


@pytest.fixture(scope="module")
def drivers() -> Iterator[tuple[Driver, Driver]]:
    both = Driver(), Driver()
    yield both
    for driver in both:
        driver.close()


@pytest.fixture
def machines(
    tmp_path: Path, migrated_template: Template, drivers: tuple[Driver, Driver]
) -> tuple[Machine, Machine]:
    (originals := tmp_path / "originals").mkdir()
    url = migrated_template.copy()
    one = Machine(drivers[0], tmp_path, "one", url, originals)
    two = Machine(drivers[1], tmp_path, "two", url, originals)
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    assert one.run("claims", "import", tmp_path / "register.yaml") == 0
    fill((one, two))
    return one, two


def fill(machines: tuple[Machine, Machine]) -> None:
    """Files of each machine's own, files that both have, one of them twice, an archive, and one that is broken."""
    for machine in machines:
        for number in range(OWN):
            named = LETTER.replace("0145", f"{number:04}-{machine.name}")
            (machine.heap / f"own {number}.txt").write_text(named, encoding="utf-8")
        for number in range(COMMON):
            text = (LETTER, DIARY, LEAFLET)[number % 3] + f"\nRef. {number}"
            (machine.heap / f"common {number}.txt").write_text(text, encoding="utf-8")
        (machine.heap / "again.txt").write_text(LETTER + "\nRef. 0", encoding="utf-8")
        with zipfile.ZipFile(machine.heap / "packed.zip", "w") as packed:
            for name, text in (("inside.txt", LEAFLET), ("known.txt", LETTER + "\nRef. 0")):
                packed.writestr(zipfile.ZipInfo(name), text)
        (machine.heap / "broken.pdf").write_bytes(b"%PDF-1.4 nothing follows")


def check_whole(machines: tuple[Machine, Machine]) -> None:
    """Every file once, every sighting, the audit's chain whole, both machines' indexes complete."""
    files = 2 * OWN + COMMON + 3
    for machine in machines:
        assert verify(machine.root).faults == ()
        with Matter.open(machine.root, "test") as matter, matter.reading() as tx:
            found = documents.summaries(tx)
            assert Counter(one.state for one in found) == {"ok": files - 1, "failed": 1}
            names = {path.name for other in machines for path in other.heap.iterdir()} | INSIDE
            seen = {(one.id, sighting.path) for one in found for sighting in one.sightings}
            assert {path for _, path in seen} == names
            assert len(seen) == 2 * OWN + COMMON + 5
            counts = Counter((e.action, e.subject) for e in audit_log.entries(tx) if e.action in ONCE[:1])
            assert set(counts.values()) == {1}
            read = Counter(e.subject for e in audit_log.entries(tx) if e.action in ("read", "failed"))
            assert set(read.values()) == {1}
            assert len(read) == files
            assert any(link.event == "CLM-001/E1" for link in matters.link_list(tx))
            assert open_search(matter).doc_ids() == {one.id for one in found if one.state == "ok"}


def test_at_the_same_time(machines: tuple[Machine, Machine]) -> None:
    with ThreadPoolExecutor(2) as threads:
        ended = list(threads.map(Machine.ingest, machines))
    assert ended == [1, 1]  # one file cannot be read
    for machine in machines:
        assert machine.ingest() == 1  # whoever ended first knows of the other's now
    check_whole(machines)


@pytest.mark.long
def test_killed_at_random(machines: tuple[Machine, Machine]) -> None:
    chance = random.Random(f"{SEED} two machines")  # noqa: S311
    kills, longest, moments = 0, 0.5, list[list[float]]()
    while kills < KILLS:
        moments.append([chance.uniform(0, longest) for _ in machines])
        with ThreadPoolExecutor(2) as threads:
            ended = list(threads.map(Machine.ingest, machines, moments[-1]))
        kills += sum(status < 0 for status in ended)
        longest *= 1.3
        if all(status >= 0 for status in ended):
            break  # all of it is done
    for machine in (*machines, machines[0]):  # an index of one's own holds what others brought by then
        assert machine.ingest() == 1, f"killed after {moments}"
    check_whole(machines)
