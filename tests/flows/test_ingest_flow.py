"""Taking in as a Prefect flow, on a real Prefect server that this test starts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.server import free_port
from tests.waiting import soon

CLAIMTRAIL = [sys.executable, "-m", "app"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, prefect_database: Path) -> Iterator[str]:
    """The address of a Prefect server with a database of its own, polled until it answers."""
    home = tmp_path_factory.mktemp("prefect")
    shutil.copy(prefect_database, home)
    port = free_port()
    quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    environment = {**os.environ, **quiet, "PREFECT_HOME": str(home)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with (home / "log").open("wb") as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/api"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1)  # noqa: S310
                break
            except OSError:
                assert running.poll() is None, (home / "log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        running.terminate()
        running.wait(90)


def ask(address: str, path: str) -> list[dict]:
    request = urllib.request.Request(  # noqa: S310
        f"{address}/{path}", data=b"{}", headers={"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def tasks_of(server: str) -> list[str]:
    return sorted(run["name"].split()[0] for run in ask(server, "task_runs/filter"))


def test_a_flow_run_takes_in_the_same_and_reports(
    server: str, workspace: Path, evidence_folder: Path
) -> None:
    (evidence_folder / "empty <b>.pdf").write_bytes(b"")
    environment = {**os.environ, "PREFECT_API_URL": server}
    command = [*CLAIMTRAIL, "ingest", str(evidence_folder), "--json"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == 1, ended.stderr
    report = json.loads(ended.stdout)
    assert len(report["ingested"]) == 3
    assert [Path(found["path"]).name for found in report["failed"]] == ["empty <b>.pdf"]

    runs = ask(server, "flow_runs/filter")
    assert [(run["name"] != "", run["state_type"]) for run in runs] == [(True, "COMPLETED")]
    # the server records what its tasks did by the way: somewhat later
    assert soon(lambda: tasks_of(server) == ["link", "read"]), tasks_of(server)
    (artifact,) = ask(server, "artifacts/filter")
    assert "| taken in | 3 |" in artifact["data"]
    assert "empty &lt;b&gt;.pdf" in artifact["data"]
    everything = json.dumps([runs, ask(server, "task_runs/filter"), ask(server, "logs/filter")])
    assert "Possession of Area B" not in everything
