"""What all archive readers share: members counted, named, bounded and written out under names that we make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from extractors.document import UNREAD
from extractors.errors import Corrupt, Empty, Encrypted, TooLarge
from extractors.pace import PaceFile
from extractors.readers.children import ChildStore
from extractors.readers.draft import Draft, Input
from extractors.readers.paging import paged

CHUNK = 256 * 1024
_CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class RatioGuard:
    """Counts what comes out of a packed file, and stops what unpacks to far more than it takes."""

    def __init__(self, source: Input) -> None:
        self._name, self._limits = source.untrusted_name, source.limits
        self._packed = max(1, source.path.stat().st_size)

    def check(self, total: int) -> None:
        """Raises TooLarge when `total` bytes are too many for the packed size, or in all."""
        limits = self._limits
        if total > limits.archive_grace and total > limits.archive_ratio * self._packed:
            raise TooLarge(
                f"{self._name}: it unpacks to more than {limits.archive_ratio:g} times its size "
                "(limit archive_ratio)"
            )
        if total > limits.archive_bytes:
            raise TooLarge(
                f"{self._name}: more bytes inside than the limit archive_mib ({limits.archive_bytes // 2**20}) allows"
            )


@dataclass
class Unpacking:
    """The members of one archive while they are taken out: a listing, children, and what was left out."""

    source: Input
    listing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    encrypted: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    """Files beyond the limit file_mib."""
    special: list[str] = field(default_factory=list)
    """Links, devices and pipes: named, never followed or made."""
    faults: list[str] = field(default_factory=list)
    """What is wrong with the archive as a whole."""
    expected: int = 0
    """Members that the archive says it has, where it says so."""
    clutter: int = 0
    empty: int = 0

    def __post_init__(self) -> None:
        self.store = ChildStore(self.source)
        self.guard = RatioGuard(self.source)
        self._pace = PaceFile(self.source.scratch)

    def announce(self, name: str, size: int | None, when: str) -> bool:
        """Adds a line to the listing; whether the member is to be unpacked (none that is too large, or an operating
        system's own).

        Raises TooLarge beyond archive_members.
        """
        most = self.source.limits.archive_members
        if len(self.listing) >= most:
            raise TooLarge(
                f"{self.source.untrusted_name}: more files inside than the limit archive_members ({most})"
            )
        self.listing.append(
            "\t".join(filter(None, (name, f"{size} bytes" if size is not None else "", when)))
        )
        clutter = is_clutter(name)
        self.clutter += clutter
        if clutter or not self._is_large(size or 0):
            return not clutter
        self.large.append(name)
        return False

    def _is_large(self, size: int) -> bool:
        return size > self.source.limits.file_bytes

    def take(
        self, name: str, content: IO[bytes], broken: tuple[type[Exception], ...], size: int | None = None
    ) -> None:
        """Writes one member out as a child; one that cannot be read is noted as damaged.

        `size` is what the archive says of the member; less than that is damage too.
        """
        path = self.store.next_path()
        try:
            written = self._copy(content, path)
        except TooLarge:
            path.unlink(missing_ok=True)
            raise
        except broken as error:
            path.unlink(missing_ok=True)
            self.damaged.append(f"{name}: {reason(error)}")
            return
        cut_off = size is not None and written < size
        if cut_off or self._is_large(written):
            path.unlink(missing_ok=True)
            if cut_off:
                self.damaged.append(f"{name}: cut off")
            else:
                self.large.append(name)
            return
        self.empty += not written
        self.store.add(name, path)
        self._pace.reached("files", len(self.listing), max(self.expected, len(self.listing)))

    def _copy(self, content: IO[bytes], path: Path) -> int:
        size = 0
        with path.open("wb") as file:
            while chunk := content.read(CHUNK):
                size += len(chunk)
                self.store.count(len(chunk))
                self.guard.check(self.store.total)
                file.write(chunk)
                if self._is_large(size):
                    break  # it says that it is smaller
        return size

    def draft(self) -> Draft:
        """The listing as pages, the children, the notes.

        Raises Encrypted, Corrupt or Empty when nothing could be unpacked.
        """
        name = self.source.untrusted_name
        self._check()
        listing = "\n".join([f"{name}: {len(self.listing)} files", *self.listing]) + "\n"
        pages = paged(listing, name, self.source.limits)
        return Draft(self.source.media_type, pages, tuple(self.store.children), notes=tuple(self._notes()))

    def _check(self) -> None:
        name = self.source.untrusted_name
        if len(self.store.children) > self.empty:
            return
        if self.large:
            raise TooLarge(f"{name}: {self.large[0]} inside is {self._too_large()}")
        if self.encrypted:
            raise Encrypted(f"{name}: all files inside are protected with a password")
        if self.damaged or self.faults:
            raise Corrupt(f"{name}: no file inside can be unpacked ({(self.damaged + self.faults)[0]})")
        raise Empty(f"{name}: {'all files inside are empty' if self.empty else 'there are no files inside'}")

    def _too_large(self) -> str:
        return f"larger than limits.file_mib ({self.source.limits.file_bytes // 2**20}) allows"

    def _notes(self) -> Iterator[str]:
        yield from some(self.large, f"{self._too_large()}, {UNREAD}")
        yield from some(self.encrypted, f"protected with a password, {UNREAD}")
        yield from some(self.damaged, f"damaged, {UNREAD}")
        yield from some(self.special, f"a link or device, not followed, {UNREAD}")
        yield from (f"{fault}; what follows was {UNREAD}" for fault in self.faults)
        if self.clutter:
            yield f"{self.clutter} files that only the operating system uses were left out"
        repeated = [n for n, c in Counter(c.untrusted_name for c in self.store.children).items() if c > 1]
        yield from some(repeated, "stands in the archive more than once")


class GuardedStream:
    """A readable stream of unpacked bytes that checks the ratio as it goes. Raises TooLarge from `read`."""

    def __init__(self, read: Callable[[int], bytes], guard: RatioGuard) -> None:
        self._read, self._guard = read, guard
        self._ahead = b""
        self.total = 0

    def peek(self, size: int) -> bytes:
        """The first bytes, at most `size`; they are given again by `read`."""
        self._ahead = b"".join(self._blocks(size))
        return self._ahead

    def read(self, size: int = CHUNK) -> bytes:
        """The next bytes; empty at the end."""
        if self._ahead:
            given, self._ahead = self._ahead[:size], self._ahead[size:]
            return given
        return self._more(size)

    def _blocks(self, wanted: int) -> Iterable[bytes]:
        while wanted > 0 and (block := self._more(wanted)):
            wanted -= len(block)
            yield block

    def _more(self, size: int) -> bytes:
        block = self._read(min(size, CHUNK) if size > 0 else CHUNK)
        self.total += len(block)
        self._guard.check(self.total)
        return block


def some(names: list[str], what: str) -> Iterator[str]:
    """A note for each of the first 20, one for the rest."""
    for name in names[:20]:
        yield f"{name[:200]}: {what}"
    if len(names) > 20:
        yield f"{len(names) - 20} more files: {what}"


def reason(error: BaseException) -> str:
    """Why a member cannot be unpacked, in a few words."""
    if isinstance(error, NotImplementedError):
        return "packed in a way that is not supported"
    return str(error)[:200] or type(error).__name__


def shown(name: str) -> str:
    """A member's name that can be shown on one line. Untrusted: never used as a path."""
    return _UNSHOWABLE.sub("\ufffd", name) or "(no name)"


def is_clutter(name: str) -> bool:
    """Whether a member is one that operating systems leave in archives."""
    path = PurePosixPath(name.replace("\\", "/"))
    return "__MACOSX" in path.parts or path.name.lower() in _CLUTTER
