"""Archives that no free library unpacks safely: refused with what to do about it."""

from __future__ import annotations

from typing import NoReturn

from extractors.errors import Unsupported
from extractors.readers.draft import Input

_NAMES = {
    "application/x-rar": "RAR",
    "application/x-rar-compressed": "RAR",
    "application/vnd.rar": "RAR",
    "application/x-compress": "compress (.Z)",
    "application/zstd": "Zstandard",
    "application/x-zstd": "Zstandard",
    "application/x-lz4": "LZ4",
    "application/x-lha": "LHA",
    "application/x-lharc": "LHA",
    "application/x-lzh-compressed": "LHA",
    "application/x-arj": "ARJ",
    "application/vnd.ms-cab-compressed": "Cabinet",
    "application/x-ace-compressed": "ACE",
    "application/x-stuffit": "StuffIt",
}
MEDIA_TYPES = frozenset(_NAMES)


def read(source: Input) -> NoReturn:
    """Never returns. Raises Unsupported with the remedy."""
    raise Unsupported(
        f"{source.untrusted_name}: {_NAMES[source.media_type]} archives cannot be unpacked",
        "Unpack it and pack the files again as .zip (or .7z), then take that in; the original is kept all the same.",
    )
