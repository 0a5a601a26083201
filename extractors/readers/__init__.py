"""Readers: a file per format family. `read` finds the one for a media type by listing this folder.

A reader module has `MEDIA_TYPES: frozenset[str]` (media types, or families such as "image/") and
`read(source: Input) -> Draft`. Modules are imported when first asked for, because some load heavy libraries.
"""

from __future__ import annotations

import errno
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from extractors.errors import (
    ClaimtrailError,
    Corrupt,
    FileUnreachable,
    InstallationError,
    TooLarge,
    Unsupported,
)
from extractors.readers.draft import Draft, Input

_DECLARES = re.compile(r"^MEDIA_TYPES\b", re.MULTILINE)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


class Reader(Protocol):
    """The face of a reader module."""

    MEDIA_TYPES: frozenset[str]

    def read(self, source: Input) -> Draft:
        """The file's pages, children and metadata."""


def read(source: Input) -> Draft:
    """The draft of a file, made by the reader of its media type.

    Raises a DocumentError: Unsupported when no reader knows the type, TooLarge, Encrypted, Corrupt (also for
    any error inside a parser, whose name stands in the message).
    """
    reader = _reader(source.media_type)
    _check_size(source)
    try:
        return reader.read(source)
    except ClaimtrailError:
        raise
    except MemoryError as error:
        raise TooLarge(
            f"{source.untrusted_name}: reading it takes more memory than limits.memory_mib"
        ) from error
    except OSError as error:
        raise _of_system(source, error) from error
    except Exception as error:  # a parser may raise anything on hostile input; it is named in the message
        raise Corrupt(f"{source.untrusted_name}: it cannot be read ({type(error).__name__})") from error


def supported(media_type: str) -> bool:
    """Whether some reader knows the media type."""
    return _found(media_type) is not None


def _reader(media_type: str) -> Reader:
    reader = _found(media_type)
    if reader is None:
        raise Unsupported(f"files of type {media_type} cannot be read")
    return reader


@cache
def _found(media_type: str) -> Reader | None:
    """An exact type goes before a family, and a module that names the type before one that computes it."""
    family = media_type.split("/")[0] + "/"
    sources = dict(_modules())
    naming = [name for name, source in sources.items() if media_type in source or f'"{family}"' in source]
    for names in (naming, list(sources)):
        modules = [cast(Reader, importlib.import_module(f"{__name__}.{name}")) for name in names]
        for wanted in (media_type, family):
            for module in modules:
                if wanted in module.MEDIA_TYPES:
                    return module
    return None


def _modules() -> Iterator[tuple[str, str]]:
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.name != Path(__file__).name and _DECLARES.search(source):
            yield path.stem, source


def _check_size(source: Input) -> None:
    try:
        size = source.path.stat().st_size
    except OSError as error:
        raise FileUnreachable(f"{source.untrusted_name}: {error.strerror}") from error
    if size > source.limits.file_bytes:
        most = source.limits.file_bytes // 2**20
        raise TooLarge(f"{source.untrusted_name}: {size} bytes are more than limits.file_mib ({most}) allows")


def _of_system(source: Input, error: OSError) -> ClaimtrailError:
    if error.errno in _DISK_FULL:
        return InstallationError("the disk is full", hint="Make room on the disk and run it again.")
    if error.errno in (errno.EACCES, errno.ENOENT):
        return FileUnreachable(f"{source.untrusted_name}: {error.strerror}")
    return Corrupt(f"{source.untrusted_name}: it cannot be read ({type(error).__name__})")
