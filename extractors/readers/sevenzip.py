"""7z archives, by py7zr. Members are written where we say: the archive's names never reach the file system."""

from __future__ import annotations

import lzma
import struct
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

import py7zr
from py7zr.compressor import SupportedMethods
from py7zr.exceptions import ArchiveError, PasswordRequired, UnsupportedCompressionMethodError
from py7zr.io import Py7zIO, WriterFactory

from extractors.errors import Corrupt, Empty, Encrypted, Unsupported
from extractors.readers.draft import Draft, Input
from extractors.readers.unpacking import Unpacking, reason, shown

MEDIA_TYPES = frozenset({"application/x-7z-compressed"})

_BROKEN = (
    *(ArchiveError, lzma.LZMAError, zlib.error, struct.error, EOFError, OSError, ValueError),
    *(TypeError, IndexError, KeyError, AttributeError, AssertionError, RuntimeError, OverflowError),
)
"""What py7zr raises on damaged archives: its own errors, and those of its parsing of damaged structures."""
_REPACK = "Unpack it and take in the files, or pack them as .zip."


def read(source: Input) -> Draft:
    """A listing, and the plain files inside as children; links are named only.

    Raises Encrypted, Corrupt, Empty, Unsupported for ways of packing that py7zr lacks, and TooLarge beyond
    archive_members, archive_bytes and archive_ratio.
    """
    if not source.path.stat().st_size:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    with source.path.open("rb") as file:
        return _unpacked(source, _opened(source, file))


def _opened(source: Input, file: Any) -> py7zr.SevenZipFile:
    """A file object, not a path, is handed over: that also keeps py7zr from unpacking in threads of its own."""
    name = source.untrusted_name
    try:
        return py7zr.SevenZipFile(file, "r")
    except PasswordRequired as error:
        raise Encrypted(f"{name}: the archive is protected with a password") from error
    except UnsupportedCompressionMethodError as error:
        raise Unsupported(f"{name}: packed in a way that cannot be read", _REPACK) from error
    except _BROKEN as error:
        raise Corrupt(f"{name}: the archive's directory cannot be read ({reason(error)})") from error


def _unpacked(source: Input, archive: py7zr.SevenZipFile) -> Draft:
    unpacking = Unpacking(source)
    names = dict(_announced(archive, unpacking))
    done = _Destination(unpacking, names)
    try:
        if names:
            archive.extract(targets=list(names), factory=done)
    except UnsupportedCompressionMethodError as error:
        raise Unsupported(f"{source.untrusted_name}: packed in a way that cannot be read", _REPACK) from error
    except _BROKEN as error:
        if isinstance(error, EOFError) and _has_zstandard(
            archive
        ):  # py7zr stops at the first of several frames
            raise Unsupported(
                f"{source.untrusted_name}: packed in a way that cannot be read", _REPACK
            ) from error
        unpacking.faults.append(reason(error))
    unpacking.damaged += [name for key, name in names.items() if key not in done.finished]
    done.discard_open()
    return unpacking.draft()


def _announced(archive: py7zr.SevenZipFile, unpacking: Unpacking) -> Any:
    """Gives every member a name of ours, because py7zr gives up on names that lead out of the folder; yields
    that and the real name of each that is to be unpacked."""
    for number, entry in enumerate(archive.files, 1):
        properties = entry.file_properties()
        name, ours = shown(str(properties.get("filename"))), f"member-{number:05d}"
        properties["filename"] = ours
        if entry.is_directory or (entry.emptystream and name.endswith("/")):
            continue
        wanted = unpacking.announce(name, _size(entry), _when(properties))
        if not entry.is_file:
            unpacking.special.append(name)
        elif not entry.emptystream and SupportedMethods.needs_password(entry.folder.coders):
            unpacking.encrypted.append(name)
        elif wanted:
            yield ours, name


def _has_zstandard(archive: py7zr.SevenZipFile) -> bool:
    return any("zstandard" in name.lower() for name in archive.archiveinfo().method_names)


def _size(entry: Any) -> int | None:
    return 0 if entry.emptystream else entry.uncompressed


def _when(properties: Any) -> str:
    try:
        return f"{properties['lastwritetime'].as_datetime():%Y-%m-%d %H:%M} UTC"
    except (KeyError, AttributeError, ValueError, OverflowError, OSError):
        return ""


class _Destination(WriterFactory):
    """Where py7zr writes: children in the scratch folder, counted."""

    def __init__(self, unpacking: Unpacking, names: dict[str, str]) -> None:
        self._unpacking, self._names = unpacking, names
        self.finished: set[str] = set()
        self._open: dict[str, _Member] = {}

    def create(self, filename: str) -> Py7zIO:
        """A place for the member of this (our) name."""
        key = PurePosixPath(filename).name
        self._open[key] = _Member(self, key, self._unpacking.store.next_path())
        return self._open[key]

    def count(self, size: int) -> None:
        """Counts unpacked bytes. Raises TooLarge beyond the limits."""
        self._unpacking.store.count(size)
        self._unpacking.guard.check(self._unpacking.store.total)

    def finish(self, key: str, path: Path, size: int) -> None:
        """Notes a member that came out whole: py7zr checks its sum before it closes it."""
        self._unpacking.store.add(self._names[key], path)
        self._unpacking.empty += not size
        self.finished.add(key)
        self._open.pop(key, None)

    def discard_open(self) -> None:
        """Removes what was written of members that did not come out whole."""
        for member in self._open.values():
            member.discard()


class _Member(Py7zIO):
    def __init__(self, owner: _Destination, key: str, path: Path) -> None:
        self._owner, self._key, self._path = owner, key, path
        self._file = path.open("wb")
        self._size = 0

    def write(self, s: bytes | bytearray) -> int:
        self._size += len(s)
        self._owner.count(len(s))
        return self._file.write(s)

    def read(self, size: int | None = None) -> bytes:  # noqa: ARG002
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002
        return self._size

    def flush(self) -> None:
        self._file.flush()

    def size(self) -> int:
        return self._size

    def close(self) -> None:
        self._file.close()
        self._owner.finish(self._key, self._path, self._size)

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
