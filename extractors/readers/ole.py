"""Old Office containers (OLE compound files) that no other reader takes: those that only wrap a password's work."""

from __future__ import annotations

import mmap

from extractors.errors import Empty, Encrypted, Unsupported
from extractors.readers.draft import Draft, Input

MEDIA_TYPES = frozenset(
    {
        "application/CDFV2",
        "application/CDFV2-encrypted",
        "application/encrypted",
        "application/vnd.ms-office",
        "application/x-ole-storage",
    }
)
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def read(source: Input) -> Draft:
    """Never returns: Encrypted for an Office file behind a password ([MS-OFFCRYPTO] 2.3), else Unsupported."""
    with source.path.open("rb") as file:
        if not file.read(1):
            raise Empty(f"{source.untrusted_name}: the file has no bytes")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            is_encrypted = data.find(_ENCRYPTED_STREAM) >= 0
    if is_encrypted or source.media_type.endswith("encrypted"):
        raise Encrypted(f"{source.untrusted_name}: the file is protected with a password")
    raise Unsupported(f"{source.untrusted_name}: a compound file of a kind that cannot be read")
