"""Originals: every file byte for byte as it came, once, under its SHA-256, read-only."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from extractors.errors import FileUnreachable, TooLarge
from pipeline.errors import OriginalDamaged, named

CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Original:
    """What came in: the SHA-256 of its bytes (64 hex digits) and their number."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Originals:
    """The folder of originals: `ab/abcd…`, two levels so that no folder grows too large."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would lie."""
        return self.root / sha256[:2] / sha256

    def keep(self, source: Path, limit: int) -> Original:
        """Copy a file in, and return what it is. Its name becomes visible only when all of it is on the disk.

        Raises `FileUnreachable` when it cannot be read or changes meanwhile, `TooLarge` above `limit` bytes, and
        `DiskFull` or `NotWritable` for the folder of the originals.
        """
        try:
            with self._temporary() as temporary:
                original = _copy(source, temporary, limit)
                self._place(temporary, original.sha256)
                return original
        except OSError as error:
            raise named(error) from error

    def adopt(self, made: Path) -> Original:
        """Take a file that we made ourselves, in the workspace's scratch folder: it is moved, not copied.

        Raises `DiskFull`, `NotWritable`, `SystemFault`.
        """
        try:
            with made.open("rb+") as stream:
                digest, size = hashlib.file_digest(stream, "sha256"), stream.tell()
                os.fsync(stream.fileno())
            original = Original(digest.hexdigest(), size)
            self._place(made, original.sha256)
            return original
        except OSError as error:
            raise named(error) from error

    def checked(self, sha256: str) -> Path:
        """The path of an original whose bytes were just hashed and are right. Raises `OriginalDamaged`."""
        path = self.path(sha256)
        if fault := self.fault(sha256):
            raise OriginalDamaged(f"Original {sha256[:16]} {fault}.")
        return path

    def fault(self, sha256: str) -> str | None:
        """What is wrong with an original, or None when its bytes have the hash that they came with."""
        path = self.path(sha256)
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        return None if found == sha256 else f"has other bytes than came in (its hash is {found[:16]}…)"

    def hashes(self) -> Iterator[str]:
        """The hashes of all originals in the folder."""
        for folder in sorted(self.root.iterdir()):
            if folder.is_dir() and len(folder.name) == 2:
                yield from sorted(found.name for found in folder.iterdir() if len(found.name) == 64)

    def sweep(self) -> None:
        """Remove what interrupted copies left behind."""
        shutil.rmtree(self.root / ".incoming", ignore_errors=True)

    @contextmanager
    def _temporary(self) -> Iterator[Path]:
        folder = self.root / ".incoming"
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _place(self, temporary: Path, sha256: str) -> None:
        target = self.path(sha256)
        if target.exists() and self.fault(sha256) is None:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o444)
        temporary.replace(target)
        sync_folder(target.parent)


def _copy(source: Path, target: Path, limit: int) -> Original:
    digest, size = hashlib.sha256(), 0
    _check_size(source, limit)
    with target.open("wb") as kept:
        for chunk in _chunks(source):
            size += len(chunk)
            if size > limit:  # it grew
                raise _too_large(source, limit)
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    return Original(digest.hexdigest(), size)


def _check_size(source: Path, limit: int) -> None:
    """Before anything is copied."""
    try:
        size = source.stat().st_size
    except OSError:
        return  # opening it says why
    if size > limit:
        raise _too_large(source, limit)


def _too_large(source: Path, limit: int) -> TooLarge:
    return TooLarge(f"{source.name} is larger than {limit // 2**20} MiB (limits.file_mib).")


def _chunks(source: Path) -> Iterator[bytes]:
    """The bytes of a file. Raises `FileUnreachable` when it cannot be read, or is written to meanwhile."""
    try:
        with source.open("rb") as incoming:
            before = _state(incoming)
            while chunk := incoming.read(CHUNK):
                yield chunk
            changed = _state(incoming) != before
    except OSError as error:
        raise FileUnreachable(f"{source.name} cannot be read: {error.strerror or error}") from error
    if changed:
        raise FileUnreachable(
            f"{source.name} was written to while it was being read.", "Take it in again once it is whole."
        )


def _state(stream: IO[bytes]) -> tuple[int, int]:
    found = os.fstat(stream.fileno())
    return found.st_size, found.st_mtime_ns


def sync_folder(folder: Path) -> None:
    """Puts the names in a folder on the disk for good, where the system knows how."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
