"""A real PostgreSQL server for tests: Debian's, in a folder of its own, on a Unix socket, gone when its block ends."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM_FOLDERS = ("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt")
QUICK = (
    ("fsync", "off"),  # nothing of a test need outlive a power cut
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("autovacuum", "off"),
    ("max_connections", "200"),
)


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest there is; None where PostgreSQL is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    made = [path for root in SYSTEM_FOLDERS for path in Path(root).glob("*/bin/initdb")]
    return max(made, key=_version).parent if made else None


def _version(path: Path) -> tuple[int, ...]:
    digits = "".join(c if c.isdigit() else " " for c in path.parts[-3]).split()
    return tuple(int(part) for part in digits)


@dataclass
class Server:
    """A running server; `database()` gives the URL of a new, empty database each time."""

    folder: Path
    bin: Path
    port: int = 5432
    host: str | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def database(self) -> str:
        """The URL of a new database: text in UTF-8, sorted by code points unless told."""
        name = f"matter_{next(self._numbers)}"
        self.run("createdb", "--template=template0", name)
        return self.url(name)

    def url(self, name: str) -> str:
        """The address of a database as the settings have it."""
        if self.host is not None:
            return f"postgresql://claimtrail@{self.host}:{self.port}/{name}"
        return f"postgresql://claimtrail@/{name}?host={self.folder}&port={self.port}"

    def run(self, command: str, *arguments: str) -> str:
        """What one of PostgreSQL's own programs prints."""
        place = ("-h", str(self.folder), "-p", str(self.port), "-U", "claimtrail")
        return _run([str(self.bin / command), *place, *arguments])

    def stop(self, how: str = "immediate") -> None:
        """Stop it: `fast` ends sessions in order, `immediate` as if it had been killed."""
        _run(_as_nobody([str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "-m", how, "stop"]))

    def start(self) -> None:
        """Start it, or start it again on the same data."""
        listen = self.host or ""
        options = f"-k {self.folder} -p {self.port} -c listen_addresses='{listen}'"
        command = [str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "-o", options]
        _run(_as_nobody([*command, "-l", str(self.folder / "log"), "-w", "-s", "start"]))


@contextmanager
def serving(host: str | None = None, port: int = 5432) -> Iterator[Server]:
    """A server of its own on a Unix socket; with `host`, on that address too, for whoever asks (tests only)."""
    bin_folder = binaries()
    assert bin_folder is not None, "PostgreSQL is not installed"
    # a socket's path may have no more than some hundred bytes, which pytest's own folders exceed
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        made = [str(bin_folder / "initdb"), "-D", str(folder / "data"), "-U", "claimtrail", "-A", "trust"]
        _run(_as_nobody([*made, "-N", "-E", "UTF8", "--locale=C.UTF-8"]))
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in QUICK)
        if host is not None:
            with (folder / "data" / "pg_hba.conf").open("a") as who:
                who.write("host all all all trust\n")
        server = Server(folder, bin_folder, port, host)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody(command: Sequence[str]) -> list[str]:
    """PostgreSQL refuses to run as root: Debian's own user does it then."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60)
    assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
    return done.stdout
