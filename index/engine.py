"""What every search engine offers. An engine is a file `<name>_index.py` in this folder.

Such a file holds `SCHEMA` (an int: raise it whenever the stored form changes), `create_index(folder, lock)` for a
new, empty index in an empty folder, and `open_index(folder, lock)` for one that exists. `lock` is the file that a
writer holds while it writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from index.entry import PageEntry, Results, Sort
from index.query import NO_FILTERS, Filters

LOCK_TIMEOUT = 60.0
"""Seconds that a writer waits for another one."""


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

    def create_index(self, folder: Path, lock: Path) -> SearchIndex:
        """A new, empty index."""

    def open_index(self, folder: Path, lock: Path) -> SearchIndex:
        """The index in the folder. Raises `IndexDamaged`."""
