"""The workers of a Dask cluster, and which of them read as this machine does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from distributed import Client, Security

from flows import reader
from pipeline.elsewhere import marks, needs
from pipeline.errors import InstallationError, UsageError
from pipeline.settings import ClusterSettings, Settings

CONNECT_SECONDS = 15.0
PATIENCE_SECONDS = 60.0
"""How long the first fitting worker may take to come."""
LOOK_SECONDS = 1.0
_OURS = "claimtrail "
log = logging.getLogger(__name__)


class ClusterAway(InstallationError):
    code = "cluster_away"
    hint = (
        "Start the scheduler that cluster in settings.yaml names, and see that it can be reached from here."
    )


class NoWorkers(InstallationError):
    code = "no_workers"
    hint = "Start workers (docs/team.md) with the same version, engines and languages; claimtrail doctor compares them."


def security(cluster: ClusterSettings, root: Path) -> Security | None:
    """Dask's own, from the PEM files that the settings of the workspace in `root` name; None without TLS."""
    if cluster.ca is None:
        return None
    files = {"tls_ca_file": cluster.ca, "tls_client_cert": cluster.cert, "tls_client_key": cluster.key}
    paths = {name: root / str(file) for name, file in files.items()}
    for path in paths.values():
        if not path.is_file():
            raise UsageError(f"cluster: there is no file {path}.", "Correct cluster in settings.yaml.")
    return Security(require_encryption=True, **{name: str(path) for name, path in paths.items()})


def connected(cluster: ClusterSettings, root: Path) -> Client:
    """A client of the scheduler. Raises `ClusterAway`."""
    how: dict[str, Any] = {"security": security(cluster, root), "set_as_default": False}
    try:
        return Client(cluster.address, timeout=CONNECT_SECONDS, **how)
    except (OSError, TimeoutError, ValueError) as error:
        raise away(cluster, error) from error


def away(cluster: ClusterSettings, error: BaseException) -> ClusterAway:
    """What is said when the scheduler cannot be reached."""
    return ClusterAway(f"The Dask scheduler at {cluster.address} cannot be reached ({type(error).__name__}).")


class Fleet:
    """The workers that read as this machine does; `threads` is how many documents they read at once."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._needs = needs(settings.ocr.languages)
        self.resources = {f"{_OURS}{mark}": 1 for mark in marks(self._needs)}
        self._shunned: dict[str, InstallationError] = {}
        self._threads: dict[str, int] = {}
        self._looked = 0.0

    @property
    def threads(self) -> int:
        """Of all fitting workers; looked at every second."""
        if time.monotonic() > self._looked + LOOK_SECONDS:
            self.look()
        return sum(self._threads.values())

    @property
    def only(self) -> list[str] | None:
        """The workers to use, where not all that fit are to be used."""
        return sorted(self._threads) if self._shunned else None

    def look(self) -> None:
        """Ask the scheduler which workers there are. Raises `ClusterAway`."""
        self.check_connection()
        fitting = {address: info for address, info in self._all().items() if self._fits(info)}
        self._threads = {at: info["nthreads"] for at, info in fitting.items() if at not in self._shunned}
        self._looked = time.monotonic()

    def check_connection(self) -> None:
        """Raises `ClusterAway` when Dask has given the scheduler up; it tries to reach it again for a while."""
        if self._client.status in ("closing", "closed"):
            raise ClusterAway("The connection to the Dask scheduler was lost; what was finished is kept.")

    def wait(self, tell: Callable[[], None], seconds: float = PATIENCE_SECONDS) -> None:
        """Until there is a worker. Raises `NoWorkers`, which says how those that are there differ."""
        until = time.monotonic() + seconds
        while not self.threads:
            if time.monotonic() > until:
                raise self.nobody()
            tell()
            time.sleep(LOOK_SECONDS / 4)

    def shun(self, address: str, why: InstallationError) -> None:
        """Give a worker no more work in this run: what it needs is missing there. Raises `why` when it was the last."""
        log.warning("worker %s is not used any more: %s", address, why.message)
        self._shunned[address] = why
        self.look()
        if not self._threads:
            raise self.nobody()

    def nobody(self) -> InstallationError:
        """Why there is no worker to use."""
        for address, why in self._shunned.items():
            return type(why)(f"Worker {address}: {why.message}", why.remedy)
        said = "; ".join(f"{address}: {', '.join(why)}" for address, why in self.misfits().items())
        return NoWorkers(f"No worker reads as this machine does{f' ({said})' if said else ''}.")

    def see(self, path: Path) -> bool:
        """Whether all of them see this file."""
        answers = self._client.run(reader.sees, path, workers=sorted(self._threads), on_error="return")
        return bool(answers) and all(answer is True for answer in answers.values())

    def misfits(self) -> dict[str, list[str]]:
        """How the workers that do not fit differ from this machine, in words by address."""
        others = {address: info for address, info in self._all().items() if not self._fits(info)}
        readers = [address for address, info in others.items() if _reads(info)]
        like = self._client.run(reader.what_it_is_like, workers=readers, on_error="return") if readers else {}
        return {
            address: self._differences(like[address]) if address in like else [_NO_PRELOAD]
            for address in others
        }

    def fitting(self) -> Sequence[str]:
        """The addresses of those that fit."""
        self.look()
        return sorted(self._threads)

    def _differences(self, like: Any) -> list[str]:
        if not isinstance(like, Mapping):
            return [f"does not say what it is like ({type(like).__name__})"]
        return [
            f"{name} is {like.get(name, 'missing')}, here {of}"
            for name, of in self._needs.items()
            if like.get(name) != of
        ]

    def _all(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        except (OSError, TimeoutError):
            return {}
        return found

    def _fits(self, info: Mapping[str, Any]) -> bool:
        return set(info["resources"]) >= set(self.resources)


_NO_PRELOAD = "was started without --preload flows.reader"


def _reads(info: Mapping[str, Any]) -> bool:
    return any(name.startswith(_OURS) for name in info["resources"])
