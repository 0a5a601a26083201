"""Originals that lie at an fsspec address, and are read from local copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import OriginalDamaged, OriginalsAway, named
from pipeline.originals.copied import kept
from pipeline.originals.fetched import Fetched
from pipeline.originals.original import MISSING, Original, difference, digest_of
from pipeline.originals.store import NotThere, Store

GIB = 2**30


class StoredOriginals:
    """The store is the truth: `ab/abcd…` in it, written once, read back and hashed before it counts as kept.

    Whoever reads an original gets a local copy, so that no reader needs the network; a copy is hashed every time, and
    fetched again once when it is damaged.
    """

    def __init__(self, store: Store, fetched: Fetched) -> None:
        self._store, self._fetched = store, fetched

    def keep(self, source: Path, limit: int) -> Original:
        """See `Originals.keep`."""
        return kept(source, limit, self._fetched.incoming, self._place)

    def adopt(self, made: Path) -> Original:
        """See `Originals.adopt`."""
        original = self.keep(made, made.stat().st_size)
        made.unlink()
        return original

    def checked(self, sha256: str) -> Path:
        """See `Originals.checked`."""
        try:
            return self._fetched.get(sha256) or self._fetch(sha256)
        except OSError as error:
            raise named(error) from error

    @contextmanager
    def lent(self, sha256: str) -> Iterator[Path]:
        """See `Originals.lent`."""
        with ExitStack() as stack:
            path = self.checked(sha256)
            try:
                stack.enter_context(self._fetched.lent(path))
            except FileNotFoundError:  # another process made room just then
                path = self.checked(sha256)
                stack.enter_context(self._fetched.lent(path))
            yield path

    def held(self) -> AbstractContextManager[None]:
        """See `Originals.held`."""
        return self._fetched.held()

    def fault(self, sha256: str) -> str | None:
        """See `Originals.fault`: of the bytes in the store, read through and not kept here."""
        try:
            return difference(digest_of(self._store.chunks(_name(sha256))), sha256)
        except NotThere:
            return MISSING

    def hashes(self) -> Iterator[str]:
        """See `Originals.hashes`."""
        for folder in self._store.folders():
            yield from (name for name in self._store.names(folder) if len(name) == 64)

    def sweep(self) -> None:
        """See `Originals.sweep`."""
        self._fetched.incoming.sweep()
        self._store.sweep()

    def tidy(self) -> None:
        """See `Originals.tidy`."""
        self._fetched.tidy()

    def examine(self) -> str:
        """See `Originals.examine`."""
        self._store.folders()
        used, limit = self._fetched.used() / GIB, self._fetched.limit / GIB
        return f"{self._store.shown}, {used:.1f} of {limit:.1f} GiB copied here"

    def _place(self, temporary: Path, sha256: str) -> None:
        """Into the store unless it is there whole, then among the local copies: it is read next."""
        before = self.fault(sha256)
        if before is not None:
            self._store.put(temporary, _name(sha256), anew=before != MISSING)
            if after := self.fault(sha256):
                raise OriginalsAway(
                    f"{self._store.shown} was given original {sha256[:16]}, which {after} there.",
                    "Look after the store: it does not keep what it is given. Then take the file in again.",
                )
        self._fetched.add(temporary, sha256)

    def _fetch(self, sha256: str) -> Path:
        try:
            with self._fetched.incoming.temporary() as temporary:
                with temporary.open("wb") as out:
                    found = digest_of(_written(self._store.chunks(_name(sha256)), out))
                if fault := difference(found, sha256):
                    raise _damaged(sha256, fault)
                return self._fetched.add(temporary, sha256)
        except NotThere as error:
            raise _damaged(sha256, MISSING) from error


def _name(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _damaged(sha256: str, fault: str) -> OriginalDamaged:
    return OriginalDamaged(f"Original {sha256[:16]} {fault}.")


def _written(chunks: Iterable[bytes], out: IO[bytes]) -> Iterator[bytes]:
    """The same chunks, each written out as it passes."""
    for chunk in chunks:
        out.write(chunk)
        yield chunk
