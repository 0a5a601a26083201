"""A real server on a free port, on a workspace with the register and three documents; and one where people log in."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from app.cli import run
from pipeline import people
from pipeline.matter import Matter
from tests.conftest import DIARY, LEAFLET, LETTER, REGISTER

WARRANTY = """\
  - id: CLM-002
    title: Gearbox under warranty
    type: warranty
    currency: CNY
    amount: "8600.00"
    events:
      - id: E1
        title: Gearbox seized
        start: 2023-06-02
        keywords: [gearbox, seized]
"""
REPAIR = """\
Northport Motors
Repair order RO-5512
Date: 3 June 2023

The gearbox seized on 2 June 2023. Cause: <script>alert(1)</script> oil pump.
Total: CNY 8,600.00
"""
HOSTILE_NAME = 'x"; filename=evil.html\r\nSet-Cookie: a=b <img src=x onerror=alert(1)>\u202egpj.txt'
PASSWORD = "correct horse battery"
STARTING_SECONDS = 120.0


class Server(NamedTuple):
    """A running server: its address, and the workspace that it serves."""

    address: str
    root: Path

    def client(self, token: str | None = None, **given: object) -> httpx.Client:
        """A client of its API; with a token, as that user."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=self.address, headers=headers, timeout=120, **given)  # type: ignore[arg-type]


def fill(root: Path, files: Path) -> None:
    """A workspace with two claims, a document of each, one of none, and one with a hostile name."""
    (files / "register.yaml").write_text(REGISTER + WARRANTY, encoding="utf-8")
    evidence = files / "evidence"
    evidence.mkdir()
    for name, text in (
        ("L-0145.txt", LETTER),
        ("施工日志.txt", DIARY),
        ("leaflet.txt", LEAFLET),
        ("RO-5512.txt", REPAIR),
        (HOSTILE_NAME, LEAFLET + "\nBring bulbs.\n"),
    ):
        (evidence / name.replace("/", "")).write_text(text, encoding="utf-8")
    where = ["--workspace", str(root)]
    assert run(["init", str(root)]) == 0
    assert run(["claims", "import", str(files / "register.yaml"), *where]) == 0
    assert run(["ingest", str(evidence), *where]) == 0


@contextmanager
def serving(root: Path, *options: str, **environ: str) -> Iterator[Server]:
    """A server on the workspace, stopped at the end as a service is; it must end by itself."""
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--workspace", str(root), *options]
    environment = {
        **os.environ,
        "CLAIMTRAIL_USER": "tester",
        "CLAIMTRAIL_LANG": "en",
        "PYTHONPATH": str(Path.cwd()),
        **environ,
    }
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        server = Server(process.stdout.readline().split()[-1], root)
        _until_ready(server.address)
        yield server
    finally:
        process.terminate()
        ended = process.wait(90)
    assert ended == 0


def _until_ready(address: str) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            httpx.get(f"{address}/openapi.json", timeout=30)
            return
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on loopback, where nobody logs in."""
    folder = tmp_path_factory.mktemp("served")
    fill(folder / "matter", folder)
    with serving(folder / "matter") as server:
        yield server


class Guarded(NamedTuple):
    """A server where people log in, and a token of each of its users."""

    server: Server
    tokens: dict[str, str]

    def as_user(self, name: str) -> httpx.Client:
        return self.server.client(self.tokens[name])


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Users of all roles; `one` sees CLM-002 only, and handles it."""
    folder = tmp_path_factory.mktemp("guarded")
    root = folder / "matter"
    fill(root, folder)
    tokens = {}
    with Matter.open(root, "tester") as matter:
        for name, role, claims in (
            ("viewer", "viewer", ()),
            ("handler", "handler", ()),
            ("admin", "admin", ()),
            ("one", "handler", ("CLM-002",)),
        ):
            people.add(matter, name, role, PASSWORD if name == "admin" else None, claims)
            tokens[name] = people.new_token(matter, name, "test")
    with serving(root) as server:
        yield Guarded(server, tokens)
