"""Hosts of our own: network namespaces with a switch between them. Root on Linux only; nothing outside is touched."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

_IP = shutil.which("ip") or "/sbin/ip"
_NUMBERS = itertools.count(1)


class Lan:
    """Some hosts on a wire of their own. Use as a context manager; what still runs on them is ended at the end."""

    def __init__(self) -> None:
        self._prefix = f"ct{os.getpid()}-{next(_NUMBERS)}"
        self._hosts: list[Host] = []
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Lan:
        _sweep()
        _ip("netns", "add", self._prefix)
        self._on("link", "add", "switch", "type", "bridge")
        self._on("link", "set", "switch", "up")
        return self

    def __exit__(self, *_: object) -> None:
        for running in reversed(self._running):
            running.kill()
        for running in self._running:
            running.wait(20)
        for host in self._hosts:
            host.end()
        _ip("netns", "del", self._prefix)

    def host(self) -> Host:
        """Another host on the wire."""
        number = len(self._hosts) + 1
        host = Host(f"{self._prefix}-{number}", f"10.213.0.{number}", self._running)
        self._hosts.append(host)
        _ip("netns", "add", host.name)
        self._on("link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0", "netns", host.name)
        self._on("link", "set", f"port{number}", "master", "switch", "up")
        host.ip("addr", "add", f"{host.address}/24", "dev", "eth0")
        host.ip("link", "set", "lo", "up")
        host.plug_in()
        return host

    def _on(self, *command: str) -> None:
        _ip("-n", self._prefix, *command)


class Host:
    """One host: its address, and what runs on it."""

    def __init__(self, name: str, address: str, running: list[subprocess.Popen[bytes]]) -> None:
        self.name, self.address, self._running = name, address, running

    def ip(self, *command: str) -> None:
        _ip("-n", self.name, *command)

    def plug_in(self) -> None:
        self.ip("link", "set", "eth0", "up")

    def cut_off(self) -> None:
        """Nothing reaches it any more, and it reaches nothing."""
        self.ip("link", "set", "eth0", "down")

    def start(
        self,
        command: Sequence[str | Path],
        log: int | IO[bytes],
        environment: Mapping[str, str],
        hidden: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts a program on it, for which the folder `hidden` is empty."""
        words = [str(word) for word in command]
        if hidden is not None:
            words = ["sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(hidden), *words]
        inside = [_IP, "netns", "exec", self.name, *words]
        running = subprocess.Popen(inside, stdout=log, stderr=log, env={**os.environ, **environment})
        self._running.append(running)
        return running

    def run(
        self, command: Sequence[str | Path], environment: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program on it until it ends."""
        inside = [_IP, "netns", "exec", self.name, *(str(word) for word in command)]
        how: dict[str, Any] = {"capture_output": True, "text": True, "check": False, "timeout": seconds}
        return subprocess.run(inside, env={**os.environ, **environment}, **how)

    def processes(self) -> list[int]:
        """The ids of what runs on it."""
        found = subprocess.run([_IP, "netns", "pids", self.name], capture_output=True, text=True, check=False)
        return [int(word) for word in found.stdout.split()]

    def end(self) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        _ip("netns", "del", self.name)


def _sweep() -> None:
    """Removes the hosts of tests that were killed."""
    listed = subprocess.run([_IP, "netns", "list"], capture_output=True, text=True, check=False).stdout
    for name in (line.split()[0] for line in listed.splitlines()):
        owner = re.fullmatch(r"ct(\d+)-\S+", name)
        if owner and not Path("/proc", owner[1]).exists():
            Host(name, "", []).end()


def why_not() -> str | None:
    """Why this system lets us have no hosts of our own; None where it does."""
    if sys.platform != "linux" or os.geteuid() != 0 or not Path(_IP).is_file():
        return "needs root on Linux and iproute2"
    probe = f"ct{os.getpid()}-probe"
    steps = [["netns", "add", probe], ["-n", probe, "link", "add", "switch", "type", "bridge"]]
    failed = [
        step for step in steps if subprocess.run([_IP, *step], capture_output=True, check=False).returncode
    ]
    subprocess.run([_IP, "netns", "del", probe], capture_output=True, check=False)
    return "network namespaces are not allowed here" if failed else None


def _ip(*command: str) -> None:
    subprocess.run([_IP, *command], check=True, capture_output=True, timeout=20)
