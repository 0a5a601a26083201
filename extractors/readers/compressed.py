"""One packed stream (.gz, .bz2, .xz, .lzma): the file inside as a child, or the tape archive inside (.tar.gz)."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, cast

from extractors.errors import Corrupt, Empty
from extractors.readers.draft import Draft, Input
from extractors.readers.tar import BROKEN, is_tar, read_stream
from extractors.readers.unpacking import GuardedStream, RatioGuard, Unpacking, reason, shown

MEDIA_TYPES = frozenset(
    {
        "application/gzip",
        "application/x-gzip",
        "application/x-bzip2",
        "application/x-xz",
        "application/x-lzma",
    }
)
_SUFFIX = re.compile(r"\.(?:gz|bz2?|xz|lzma)$", re.IGNORECASE)
_SHORT = {".tgz": ".tar", ".tbz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".svgz": ".svg", ".emz": ".emf"}
_OPENERS: tuple[tuple[bytes, Callable[[IO[bytes]], object]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\0", lzma.LZMAFile),
)


def read(source: Input) -> Draft:
    """The draft of the archive inside, or a page that names the one file inside and that file as child.

    Raises Empty, Corrupt for a stream that breaks off, TooLarge beyond archive_bytes and archive_ratio.
    """
    if not source.path.stat().st_size:
        raise Empty(f"{source.untrusted_name}: the file has no bytes")
    with source.path.open("rb") as file:
        stream = GuardedStream(_opened(file).read, RatioGuard(source))
        try:
            head = stream.peek(512)
        except BROKEN as error:
            raise Corrupt(f"{source.untrusted_name}: it cannot be unpacked ({reason(error)})") from error
        return read_stream(source, stream) if is_tar(head) else _single(source, stream)


def _opened(file: IO[bytes]) -> IO[bytes]:
    """The unpacked bytes; what has no known signature is taken for the old .lzma form, which has none."""
    head = file.read(8)
    file.seek(0)
    opener = next((how for signature, how in _OPENERS if head.startswith(signature)), lzma.LZMAFile)
    return cast("IO[bytes]", opener(file))


def _single(source: Input, stream: GuardedStream) -> Draft:
    unpacking = Unpacking(source)
    name = inner_name(source.untrusted_name)
    unpacking.announce(name, None, "")
    unpacking.take(name, cast("IO[bytes]", stream), BROKEN)
    return unpacking.draft()


def inner_name(untrusted_name: str) -> str:
    """What the file inside is called: the outer name without the suffix that packing added."""
    name = PurePosixPath(shown(untrusted_name).replace("\\", "/")).name
    suffix = PurePosixPath(name).suffix
    if suffix.lower() in _SHORT:
        return name[: -len(suffix)] + _SHORT[suffix.lower()]
    return _SUFFIX.sub("", name) or "content"
