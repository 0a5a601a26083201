"""Copying a file that others may be writing to: hashed on the way, measured before and while it is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from extractors.errors import FileUnreachable, TooLarge
from pipeline.errors import named
from pipeline.originals.incoming import Incoming
from pipeline.originals.original import Original

CHUNK = 2**20


def copied(source: Path, target: Path, limit: int) -> Original:
    """Copies a file, on the disk for good when this returns. Raises `FileUnreachable`, `TooLarge`, `OSError`."""
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


def kept(source: Path, limit: int, incoming: Incoming, place: Callable[[Path, str], None]) -> Original:
    """Copies a file and hands the copy with its hash to `place`, which moves it to where it belongs.

    Raises `FileUnreachable`, `TooLarge`, what `place` raises, and one of our errors for each of the system's.
    """
    try:
        with incoming.temporary() as temporary:
            original = copied(source, temporary, limit)
            place(temporary, original.sha256)
            return original
    except OSError as error:
        raise named(error) from error


def settled(made: Path) -> Original:
    """What a file is that we made ourselves, on the disk for good when this returns. Raises `OSError`."""
    with made.open("rb+") as stream:
        digest, size = hashlib.file_digest(stream, "sha256"), stream.tell()
        os.fsync(stream.fileno())
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
