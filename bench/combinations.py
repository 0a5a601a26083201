"""The demo on each combination of records, search engine, originals and workers; all must end the same.

    python -m bench.combinations                 # all of them: some minutes each
    python -m bench.combinations --only postgres --only cluster

Each combination is a `settings.yaml` that docs/setup/demo.sh runs with, unchanged otherwise. PostgreSQL is a real
server of this machine, the cluster a Dask scheduler with two workers. Compared with the first one: every document
with its state, kind, date and claims, every link with its status, and how many pages some queries find.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests import postgres

ROOT = Path(__file__).parent.parent
CLAIMTRAIL = Path(sys.executable).parent / "claimtrail"
QUERIES = ('"Area 4" AND access', "工期延误", "kind:invoice amount:[10000 TO *]", "*")
CLAIMS = ("CLM-001", "CLM-002", "CLM-003")


@dataclass
class Surroundings:
    """What a combination may use: a server's next database, a folder for originals, the address of a cluster."""

    database: Callable[[], str]
    folder: Path
    cluster: Callable[[], str]


def _plain(_: Surroundings) -> dict[str, Any]:
    return {}


def _tantivy(_: Surroundings) -> dict[str, Any]:
    return {"search_engine": "tantivy"}


def _search(around: Surroundings) -> dict[str, Any]:
    return {"search_engine": "postgres", "search_url": around.database()}


def _postgres(around: Surroundings) -> dict[str, Any]:
    return {"records": {"url": around.database()}, "search_engine": "postgres"}


def _shared(around: Surroundings) -> dict[str, Any]:
    place = Path(
        tempfile.mkdtemp(prefix="originals-", dir=around.folder)
    )  # whoever shares a folder makes it first
    return {**_postgres(around), "originals": {"url": place.as_uri()}}


def _cluster(around: Surroundings) -> dict[str, Any]:
    return {**_shared(around), "cluster": around.cluster()}


COMBINATIONS: dict[str, Callable[[Surroundings], dict[str, Any]]] = {
    "plain": _plain,
    "tantivy": _tantivy,
    "search": _search,
    "postgres": _postgres,
    "shared": _shared,
    "cluster": _cluster,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each combination; 1 when one fails or ends otherwise than the first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", action="append", choices=list(COMBINATIONS), help="one of them; may be given again"
    )
    names = parser.parse_args(arguments).only or list(COMBINATIONS)
    first: dict[str, Any] | None = None
    status = 0
    with ExitStack() as stack:
        around = _surroundings(stack)
        for name in dict.fromkeys(["plain", *names]):
            seconds, found = _run(name, COMBINATIONS[name](around), around.folder)
            first = first or found
            differing = (
                [what for what in first if found.get(what) != first[what]] if found else ["the demo failed"]
            )
            status = status or int(bool(differing))
            print(f"{name:10} {seconds:6.1f} s  {', '.join(differing) or 'the same'}", flush=True)
    return status


def _surroundings(stack: ExitStack) -> Surroundings:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    servers: list[postgres.Server] = []
    clusters: list[str] = []

    def database() -> str:
        if not servers:
            servers.append(stack.enter_context(postgres.serving()))
        return servers[0].database()

    def cluster() -> str:
        if not clusters:
            clusters.append(stack.enter_context(_dask(folder)))
        return clusters[0]

    return Surroundings(database, folder, cluster)


@contextmanager
def _dask(folder: Path) -> Iterator[str]:
    """A scheduler and two workers on loopback, as somebody would start them by hand."""
    dask, place = CLAIMTRAIL.parent / "dask", folder / "scheduler.json"
    commands = [[str(dask), "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]]
    commands[0] += ["--scheduler-file", str(place)]
    workers = ["--preload", "flows.reader", "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
    workers += ["--local-directory", str(folder), "--host", "127.0.0.1"]
    commands += [[str(dask), "worker", "--scheduler-file", str(place), *workers]] * 2
    with ExitStack() as stack:
        for command in commands:
            log = stack.enter_context((folder / "dask.log").open("ab"))
            running = subprocess.Popen(command, stdout=log, stderr=log)
            stack.callback(running.wait)
            stack.callback(running.terminate)
            while not place.exists():
                time.sleep(0.1)
        yield str(json.loads(place.read_text(encoding="utf-8"))["address"])


def _run(name: str, settings: dict[str, Any], folder: Path) -> tuple[float, dict[str, Any]]:
    """How long the demo took, and what the workspace says afterwards; nothing where it failed."""
    workspace, chosen = f"demo-{name}-workspace", folder / f"{name}.yaml"
    chosen.write_text(yaml.safe_dump(settings), encoding="utf-8")
    environment = {**os.environ, "CLAIMTRAIL": str(CLAIMTRAIL), "CLAIMTRAIL_DEMO": workspace}
    environment["CLAIMTRAIL_SETTINGS"] = str(chosen)
    started = time.monotonic()
    try:
        with (folder / f"{name}.log").open("wb") as log:
            ended = subprocess.run(
                [shutil.which("bash") or "bash", "docs/setup/demo.sh"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        taken = time.monotonic() - started
        if ended.returncode != 0:
            print((folder / f"{name}.log").read_text(encoding="utf-8")[-2000:], file=sys.stderr)
            return taken, {}
        return taken, _said(ROOT / workspace)
    finally:
        for place in (workspace, workspace.replace("workspace", "bundle")):
            shutil.rmtree(ROOT / place, ignore_errors=True)


def _said(workspace: Path) -> dict[str, Any]:
    documents = _answer(workspace, "list")
    kept = ("id", "name", "state", "kind", "date", "claims", "pages", "language")
    found: dict[str, Any] = {"documents": sorted(tuple(str(d[key]) for key in kept) for d in documents)}
    for claim in CLAIMS:
        links = _answer(workspace, "links", claim)
        found[f"links of {claim}"] = sorted((x["doc"], x["event"], x["status"], x["score"]) for x in links)
    for query in QUERIES:
        found[f"search {query}"] = _answer(workspace, "search", query, "--limit", "1")["total"]
    return found


def _answer(workspace: Path, *command: str) -> Any:
    said = [str(CLAIMTRAIL), *command, "--json", "--workspace", str(workspace)]
    return json.loads(subprocess.run(said, capture_output=True, check=True).stdout)


if __name__ == "__main__":
    sys.exit(main())
