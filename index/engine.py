"""What every search engine offers. An engine is a file `<name>_index.py` in this folder.

Such a file holds `SCHEMA` (an int: raise it whenever the stored form changes), `create_index(folder, lock, backing)`
for a new, empty index in an empty folder, and `open_index(folder, lock, backing)` for one that exists. `lock` is the
file that a writer holds while it writes.

An engine that keeps its index on a server, where other machines share it, offers other doors (`SharedEngineModule`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from index.entry import PageEntry, Results, Sort
from index.errors import TextsAway
from index.query import NO_FILTERS, Filters

LOCK_TIMEOUT = 60.0
"""Seconds that a writer waits for another one."""

Texts: TypeAlias = Callable[[Sequence[tuple[str, int]]], Sequence[str]]
"""The texts of pages, each named by its document's id and its number, in the order asked for; of a page that is no
more, an empty one. Asked from several threads."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index is kept that several machines share: a database's URL, and the schema in it."""

    url: str = field(repr=False)
    schema: str


@dataclass(frozen=True, slots=True)
class Backing:
    """What an index leans on beside the files of its folder.

    Where `texts` are given, a page that is written is kept without its text: what is shown of it comes from there.
    An index so written wants them again whenever it is opened; without them its hits have no snippets. `address` is
    for engines that keep the index on a server.
    """

    texts: Texts | None = None
    address: Address | None = None

    def texts_of(self, pages: Sequence[tuple[str, int, str | None]]) -> Sequence[str]:
        """The text of each page, given by document, number, and the text where the index holds it."""
        missing = [(doc, number) for doc, number, text in pages if text is None]
        found = iter(self._asked(missing) if missing and self.texts else [""] * len(missing))
        return [next(found) if text is None else text for _, _, text in pages]

    def _asked(self, missing: Sequence[tuple[str, int]]) -> Sequence[str]:
        """Raises `TextsAway`: what goes wrong with the texts is no damage of the index, whatever an engine is at."""
        assert self.texts is not None  # noqa: S101  looked at by who calls
        try:
            return self.texts(missing)
        except Exception as error:  # whoever keeps them may raise any; `engines` raises it as it is
            raise TextsAway(error) from error


ALONE = Backing()
"""Nothing but the folder: the index keeps the texts itself."""


class Batch(Protocol):
    """Changes that become visible together when the writer's block ends, and not at all when it fails.

    Only a document that is given twice in one batch makes what came before it visible earlier.
    """

    def replace(self, doc: str, entries: Iterable[PageEntry]) -> None:
        """Makes `entries` all the pages of the document; all of them must carry its id."""

    def delete(self, doc: str) -> None:
        """Takes all pages of the document out; harmless when it has none."""


class SearchIndex(Protocol):
    """An open index. It may be used by several threads, and sees what other processes wrote meanwhile."""

    def writer(self, timeout: float = LOCK_TIMEOUT) -> AbstractContextManager[Batch]:
        """A batch of changes. Raises `IndexLocked` when another writer holds the lock for `timeout` seconds."""

    def search(
        self,
        query: str,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        sort: Sort = "score",
    ) -> Results:
        """The pages that match. Raises `QueryError`, `FilterError` or `IndexDamaged`."""

    def doc_ids(self) -> frozenset[str]:
        """The ids of all documents in the index."""

    def count(self) -> int:
        """The number of pages in the index."""

    def healthy(self) -> bool:
        """Whether every part of the index can be read; this reads all of it."""

    def close(self) -> None:
        """Lets go of the files. The index must not be used afterwards."""


class EngineModule(Protocol):
    """The face of a file `<name>_index.py`."""

    SCHEMA: int

    def create_index(self, folder: Path, lock: Path, backing: Backing) -> SearchIndex:
        """A new, empty index."""

    def open_index(self, folder: Path, lock: Path, backing: Backing) -> SearchIndex:
        """The index in the folder. Raises `IndexDamaged`."""


class SharedEngineModule(Protocol):
    """The face of a file `<name>_index.py` whose index lies at `Backing.address`.

    All of them raise `ServerUnreachable` where the server does not answer.
    """

    SCHEMA: int

    def is_built(self, backing: Backing) -> bool:
        """Whether there is an index."""

    def rebuild(self, backing: Backing, timeout: float) -> AbstractContextManager[Batch]:
        """A batch that becomes the whole index when its block ends. Raises `IndexLocked`."""

    def open_shared(self, backing: Backing) -> SearchIndex:
        """The index that there is. Raises `IndexDamaged`."""
