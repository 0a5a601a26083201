"""ZIP archives: a listing as the page, every file inside as a child. Sizes are counted, never believed."""

from __future__ import annotations

import lzma
import zipfile
import zlib

from extractors.errors import Corrupt, Empty, TooLarge
from extractors.readers.draft import Draft, Input
from extractors.readers.unpacking import Unpacking, reason
from extractors.readers.zip_names import local_name, member_name

MEDIA_TYPES = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})

MEMBER_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, MemoryError)
"""What a damaged member can raise while it is unpacked."""
_BROKEN = (*MEMBER_ERRORS, NotImplementedError, RuntimeError)

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
    unpacking = Unpacking(source)
    with open_zip(source) as archive:
        files = [info for info in archive.infolist() if not info.filename.endswith("/")]
        if len(files) > source.limits.archive_members:
            most = source.limits.archive_members
            raise TooLarge(f"{name}: {len(files)} files inside, more than the limit archive_members ({most})")
        unpacking.expected = len(files)
        unpacking.guard.check(
            sum(info.file_size for info in files)
        )  # one that lies is caught as it is unpacked
        for info in files:
            _take(archive, info, unpacking)
    return unpacking.draft()


def _take(archive: zipfile.ZipFile, info: zipfile.ZipInfo, unpacking: Unpacking) -> None:
    """Unpacks one member, or notes why not."""
    name = member_name(info)
    if not unpacking.announce(name, info.file_size, _when(info)):
        return
    if info.flag_bits & 0x1:
        unpacking.encrypted.append(name)
        return
    try:
        info.orig_filename = local_name(unpacking.source.path, info)
        member = archive.open(info)
    except _BROKEN as error:
        unpacking.damaged.append(f"{name}: {reason(error)}")
        return
    with member:
        unpacking.take(name, member, _BROKEN)


def _when(info: zipfile.ZipInfo) -> str:
    year, month, day, hour, minute, _ = info.date_time
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"


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
