"""A Prefect server of our own, on loopback with its database in the workspace, where the organisation has none."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from flows.leash import leashed
from pipeline.errors import InstallationError

PATIENCE_SECONDS = 120.0
ELSEWHERE_SECONDS = 60.0
"""How long a server that somebody else runs is waited for: after a machine's start all services come up at once."""
LOOK_SECONDS = 0.2
PORTS = range(20_000, 30_000)
ADDRESS = "address"
"""The file that says where the workspace's own server is, while it runs."""


class PrefectNotStarting(InstallationError):
    code = "prefect_not_starting"
    hint = "See prefect/server.log in the workspace, or set PREFECT_API_URL to a Prefect server of your own."


class PrefectAway(InstallationError):
    code = "prefect_away"
    hint = (
        "Set PREFECT_API_URL to the Prefect server that all machines of the team ask, and see that it runs."
    )


@contextmanager
def prefect_server(workspace: Path) -> Iterator[str]:
    """The address of a Prefect API: PREFECT_API_URL where it is set, else of a server that lives as long as the block.

    The server goes with this process too, whatever that dies of.
    Raises `PrefectNotStarting` when it does not answer, `PrefectAway` when nothing listens at PREFECT_API_URL.
    Must be entered before Prefect is imported.
    """
    if address := os.environ.get("PREFECT_API_URL"):
        _wait_elsewhere(address)
        yield address
        return
    home = workspace / "prefect"
    home.mkdir(exist_ok=True)
    os.environ["PREFECT_HOME"] = str(home.resolve())
    port = free_port()
    address = f"http://127.0.0.1:{port}/api"
    with (home / "server.log").open("ab") as log, leashed(_command(port), log, log) as running:
        try:
            _wait(address, running)
            os.environ["PREFECT_API_URL"] = address
            (home / ADDRESS).write_text(address, encoding="utf-8")
            yield address
        finally:
            (home / ADDRESS).unlink(missing_ok=True)
            os.environ.pop("PREFECT_API_URL", None)


def prefect_pages(workspace: Path) -> str | None:
    """Where Prefect's own pages are: at the server of PREFECT_API_URL, else at the workspace's own while it runs."""
    if address := os.environ.get("PREFECT_API_URL"):
        return _pages(address)
    try:
        address = (workspace / "prefect" / ADDRESS).read_text(encoding="utf-8").strip()
        with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), LOOK_SECONDS):
            return _pages(address)
    except (OSError, ValueError):
        return None  # none runs, or one was killed and left its address behind


def _pages(address: str) -> str | None:
    """Without what leads to the API, and without a name or password that stands in it."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/').removesuffix('/api')}"


def _command(port: int) -> list[str]:
    return [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]


def _wait(address: str, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):  # noqa: S310  a loopback address
                return
        except OSError:
            time.sleep(0.2)
    raise PrefectNotStarting("The Prefect server did not start.")


def _wait_elsewhere(address: str) -> None:
    """Until something listens there. What it answers is Prefect's own affair: log-in, certificates."""
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme in urllib.request.getproxies():
        return
    where = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    deadline = time.monotonic() + ELSEWHERE_SECONDS
    while True:
        try:
            socket.create_connection(where, timeout=5).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise PrefectAway(f"Prefect at {_pages(address)} cannot be reached ({error}).") from error
            time.sleep(LOOK_SECONDS)


def free_port() -> int:
    """A port of loopback that nobody listens on. Raises `PrefectNotStarting` when none is found.

    Prefect takes seconds to come to it. One of those that systems give to whoever connects somewhere could be another's
    by then; these are below them.
    """
    for _ in range(100):
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise PrefectNotStarting("No port is free for the Prefect server.")
