"""Originals in a folder: the workspace's own, or one that several machines share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import OriginalDamaged, OriginalsAway, named
from pipeline.originals.copied import kept, settled, sync_folder
from pipeline.originals.incoming import Incoming
from pipeline.originals.original import MISSING, Original, difference


@dataclass(frozen=True, slots=True)
class FolderOriginals:
    """The folder of originals: `ab/abcd…`, two levels so that no folder grows too large; every file read-only.

    `shared` is a folder that others made: where it is not there, it is not mounted, and is not made anew.
    """

    root: Path
    shared: bool = False

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would lie."""
        return self.root / sha256[:2] / sha256

    def keep(self, source: Path, limit: int) -> Original:
        """See `Originals.keep`."""
        self._check_mounted()
        return kept(source, limit, self._incoming, self._place)

    def adopt(self, made: Path) -> Original:
        """See `Originals.adopt`."""
        if self.shared:  # on another disk
            original = self.keep(made, made.stat().st_size)
            made.unlink()
            return original
        try:
            original = settled(made)
            self._place(made, original.sha256)
            return original
        except OSError as error:
            raise named(error) from error

    def checked(self, sha256: str) -> Path:
        """See `Originals.checked`."""
        if fault := self.fault(sha256):
            raise OriginalDamaged(f"Original {sha256[:16]} {fault}.")
        return self.path(sha256)

    def lent(self, sha256: str) -> AbstractContextManager[Path]:
        """See `Originals.lent`: here originals stay for ever."""
        return nullcontext(self.checked(sha256))

    def held(self) -> AbstractContextManager[None]:
        """See `Originals.held`: here originals stay for ever."""
        return nullcontext()

    def fault(self, sha256: str) -> str | None:
        """See `Originals.fault`."""
        try:
            with self.path(sha256).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            self._check_mounted()
            return MISSING
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        return difference(found, sha256)

    def hashes(self) -> Iterator[str]:
        """See `Originals.hashes`."""
        self._check_mounted()
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and len(folder.name) == 2:
                yield from sorted(found.name for found in folder.iterdir() if len(found.name) == 64)

    def sweep(self) -> None:
        """See `Originals.sweep`."""
        self._incoming.sweep()

    def tidy(self) -> None:
        """See `Originals.tidy`: nothing here is derived."""

    def examine(self) -> str:
        """See `Originals.examine`."""
        self._check_mounted()
        return f"folder {self.root}"

    @property
    def _incoming(self) -> Incoming:
        return Incoming(self.root / ".incoming")

    def _check_mounted(self) -> None:
        if self.shared and not self.root.is_dir():
            raise OriginalsAway(
                f"The folder of the originals, {self.root}, is not there.",
                "Mount it, or correct originals.url in settings.yaml. A new folder must be made first.",
            )

    def _place(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        if target.exists() and self.fault(sha256) is None:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o444)
        temporary.replace(target)
        sync_folder(target.parent)
