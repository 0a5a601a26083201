"""ZIP archives: a listing as the page, every file inside as a child. Sizes are counted, never believed."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from extractors.errors import Corrupt, Empty, Encrypted, TooLarge
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.paging import paged
from extractors.readers.zip_names import local_name, member_name

MEDIA_TYPES = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})

CHUNK = 256 * 1024
MEMBER_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, MemoryError)
"""What a damaged member can raise while it is unpacked."""

_CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_DIRECTORY_END = b"PK\x05\x06"
_ENTRY_BYTES = 1024
"""Bytes of the directory that an entry may take on average before it is not a directory any more."""


def read(source: Input) -> Draft:
    """A listing of all members; those that can be unpacked as children, those that cannot in the notes.

    Raises Encrypted when every file inside is, Corrupt when none can be unpacked or there is no directory,
    TooLarge beyond archive_members, archive_bytes and archive_ratio, Empty for an archive without files.
    """
    name = source.untrusted_name
    _check_directory(source)
    with open_zip(source) as archive:
        files = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if len(files) > source.limits.archive_members:
            most = source.limits.archive_members
            raise TooLarge(f"{name}: {len(files)} files inside, more than the limit archive_members ({most})")
        unpacking = _Unpacking(source, archive)
        for info in files:
            unpacking.take(info)
    unpacking.check()
    listing = "\n".join([f"{name}: {len(files)} files", *unpacking.listing]) + "\n"
    pages = paged(listing, name, source.limits)
    return Draft(source.media_type, pages, tuple(unpacking.store.children), notes=tuple(unpacking.notes()))


def open_zip(source: Input) -> zipfile.ZipFile:
    """The archive's directory. Raises Corrupt when it cannot be read."""
    try:
        return zipfile.ZipFile(source.path)
    except (*MEMBER_ERRORS, NotImplementedError) as error:
        raise Corrupt(f"{source.untrusted_name}: the archive's directory cannot be read ({error})") from error


def _check_directory(source: Input) -> None:
    """Refuses a directory with far more entries than are allowed, before it is read into memory."""
    size = source.path.stat().st_size
    if size == 0:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    with source.path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(_DIRECTORY_END)
    if at < 0 or at + 22 > len(tail):
        raise Corrupt(f"{source.untrusted_name}: the archive has no directory at its end; it was cut off")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    directory = size if directory == 0xFFFFFFFF else min(directory, size)
    most = source.limits.archive_members
    if directory > _ENTRY_BYTES * max(most, 1000):
        raise TooLarge(
            f"{source.untrusted_name}: its directory is too large for the limit archive_members ({most})"
        )


@dataclass
class _Unpacking:
    source: Input
    archive: zipfile.ZipFile
    listing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    encrypted: list[str] = field(default_factory=list)
    clutter: int = 0
    empty: int = 0

    def __post_init__(self) -> None:
        self.store = ChildStore(self.source)
        self._packed = max(1, self.source.path.stat().st_size)

    def take(self, info: zipfile.ZipInfo) -> None:
        """Unpacks one member, or notes why not."""
        name = member_name(info)
        self.listing.append(_line(name, info))
        if _is_clutter(name):
            self.clutter += 1
        elif info.flag_bits & 0x1:
            self.encrypted.append(name)
        else:
            self._unpack(info, name)

    def _unpack(self, info: zipfile.ZipInfo, name: str) -> None:
        path = self.store.next_path()
        try:
            size = self._copy(info, path)
        except TooLarge:
            path.unlink(missing_ok=True)
            raise
        except (*MEMBER_ERRORS, NotImplementedError, RuntimeError) as error:
            path.unlink(missing_ok=True)
            self.damaged.append(f"{name}: {_reason(error)}")
            return
        self.empty += not size
        self.store.add(name, path)

    def _copy(self, info: zipfile.ZipInfo, path: Path) -> int:
        size = 0
        info.orig_filename = local_name(self.source.path, info)
        with self.archive.open(info) as member, path.open("wb") as file:
            while chunk := member.read(CHUNK):
                size += len(chunk)
                self.store.count(len(chunk))
                self._check_ratio()
                file.write(chunk)
        return size

    def _check_ratio(self) -> None:
        limits = self.source.limits
        total = self.store.total
        if total > limits.archive_grace and total > limits.archive_ratio * self._packed:
            raise TooLarge(
                f"{self.source.untrusted_name}: it unpacks to more than {limits.archive_ratio:g} times its size "
                "(limit archive_ratio)"
            )

    def check(self) -> None:
        """Raises when nothing could be unpacked."""
        name = self.source.untrusted_name
        if len(self.store.children) > self.empty:
            return
        if self.encrypted:
            raise Encrypted(f"{name}: all files inside are protected with a password")
        if self.damaged:
            raise Corrupt(f"{name}: no file inside can be unpacked ({self.damaged[0]})")
        raise Empty(f"{name}: there are no files inside")

    def notes(self) -> Iterator[str]:
        """What was left out, and why."""
        yield from _some(self.encrypted, "protected with a password, not read")
        yield from _some(self.damaged, "damaged, not read")
        if self.clutter:
            yield f"{self.clutter} files that only the operating system uses were left out"
        repeated = [
            n for n, count in Counter(c.untrusted_name for c in self.store.children).items() if count > 1
        ]
        yield from _some(repeated, "stands in the archive more than once")


def _some(names: list[str], what: str) -> Iterator[str]:
    """A note for each of the first 20, one for the rest."""
    for name in names[:20]:
        yield f"{name[:200]}: {what}"
    if len(names) > 20:
        yield f"{len(names) - 20} more files: {what}"


def _reason(error: BaseException) -> str:
    if isinstance(error, NotImplementedError):
        return "packed in a way that is not supported"
    return str(error)[:200] or type(error).__name__


def _line(name: str, info: zipfile.ZipInfo) -> str:
    year, month, day, hour, minute, _ = info.date_time
    return f"{name}\t{info.file_size} bytes\t{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"


def _is_clutter(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return "__MACOSX" in path.parts or path.name.lower() in _CLUTTER
