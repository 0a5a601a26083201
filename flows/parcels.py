"""Documents on their way to the workers of a cluster, in lists that are small enough to hold nobody up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from extractors.errors import DocumentError
from pipeline.evidence import Summary
from pipeline.ingest import Ingest
from pipeline.ingest_report import Taken
from pipeline.intake import Found, Lost

LIST, LIST_BYTES = 8, 2**19
"""Documents and bytes of one task at most: one that takes long holds up the others of its list."""
_LONG = frozenset(
    {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".heic", ".gif", ".zip", ".7z"}
)
"""Names of files that may take long however small they are: what may need OCR, and what holds others."""


@dataclass(frozen=True)
class Asked:
    """A document on its way. `sent` is how often it was sent out in vain, `read` how often it was read in vain."""

    taken: Taken
    document: Summary
    sent: int = 0
    read: int = 0
    by_value: bool = False
    """Its bytes go along: a worker did not see the original."""

    @property
    def alone(self) -> bool:
        """Whether it is a task of its own, so that no others suffer with it."""
        long = PurePath(self.document.name.lower()).suffix in _LONG
        return long or self.sent + self.read > 0 or self.document.size > LIST_BYTES // 2


class Parcels:
    """What is still to be read: first what comes back for another try or was found inside, then what comes in."""

    def __init__(
        self, run: Ingest, found: Iterable[Found | Lost], failed: Callable[[Taken, DocumentError], None]
    ) -> None:
        """`failed` hears of what must not be read."""
        self._run, self._failed = run, failed
        self._waiting: deque[Asked | Taken] = deque()
        self._source = self._incoming(found)

    def add(self, more: Iterable[Asked | Taken]) -> None:
        """Read these too."""
        self._waiting.extend(more)

    def next(self) -> Sequence[Asked]:
        """The next task's documents; empty when there are none for now."""
        several: list[Asked] = []
        size = 0
        while len(several) < LIST and size < LIST_BYTES and (one := self._one()) is not None:
            if one.alone and several:
                self._waiting.appendleft(one)
                break
            several.append(one)
            size += one.document.size
            if one.alone:
                break
        return several

    def put_back(self, several: Sequence[Asked]) -> None:
        """They come next again."""
        self._waiting.extendleft(reversed(several))

    def left(self) -> bool:
        """Once nothing is on its way any more: whether another run left something open, which is then read too."""
        found = self._run.unseen(self._run.left_open())
        self._waiting.extend(found)
        return bool(found)

    def _one(self) -> Asked | None:
        while True:
            found = self._waiting.popleft() if self._waiting else next(self._source, None)
            if not isinstance(found, Taken):
                return found
            try:
                return Asked(found, self._run.asked(found))
            except DocumentError as error:
                self._failed(found, error)

    def _incoming(self, found: Iterable[Found | Lost]) -> Iterator[Taken]:
        for item in found:
            if (taken := self._run.take(item)) is not None:
                yield taken
