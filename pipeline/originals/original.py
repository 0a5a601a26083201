"""What an original is, and what a place must do that keeps originals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MISSING = "is missing"


@dataclass(frozen=True, slots=True)
class Original:
    """What came in: the SHA-256 of its bytes (64 hex digits) and their number."""

    sha256: str
    size: int


class Originals(Protocol):
    """Keeps originals. Bytes become visible under their hash only when all of them are there, and are hashed at every
    read; the same file kept by two machines at once is kept once.

    Every method raises `OriginalsAway` where they lie elsewhere and cannot be reached.
    """

    def keep(self, source: Path, limit: int) -> Original:
        """Copy a file in, and return what it is.

        Raises `FileUnreachable` when it cannot be read or changes meanwhile, `TooLarge` above `limit` bytes, and
        `DiskFull` or `NotWritable` for where it is to be kept.
        """

    def adopt(self, made: Path) -> Original:
        """Take a file that we made ourselves, in the workspace's scratch folder: it is moved, not copied.

        Raises `DiskFull`, `NotWritable`, `SystemFault`.
        """

    def checked(self, sha256: str) -> Path:
        """A file with the bytes of an original, which were just hashed and are right; to be opened at once.

        Raises `OriginalDamaged`.
        """

    def lent(self, sha256: str) -> AbstractContextManager[Path]:
        """`checked`, and the file stays for the block. Raises `OriginalDamaged`."""

    def held(self) -> AbstractContextManager[None]:
        """Every file that `checked` names within the block stays until its end."""

    def fault(self, sha256: str) -> str | None:
        """What is wrong with an original, or None when its bytes have the hash that they came with."""

    def hashes(self) -> Iterator[str]:
        """The hashes of all originals."""

    def sweep(self) -> None:
        """Remove what interrupted copies left behind; what others are copying right now stays."""

    def tidy(self) -> None:
        """Bring what is derived of originals (fetched copies) down to its size."""

    def examine(self) -> str:
        """Where they are, in words for people, after a look whether they can be reached."""


def digest_of(chunks: Iterable[bytes]) -> str:
    """The SHA-256 of what comes, in hex digits."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def difference(found: str, wanted: str) -> str | None:
    """What is wrong with bytes of this hash, or None."""
    return None if found == wanted else f"has other bytes than came in (its hash is {found[:16]}…)"
