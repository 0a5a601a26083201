"""What was found and counted in one state of the index, kept for whoever asks for more of it.

The next page of the same hits needs the same counts, and its hits are known. Nothing here outlives a commit.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple, TypeVar

import tantivy

from index.tree import Node

FIRST_HITS = 300
"""So many of the hits are kept of each answer by rank."""
FIRST_SORTED = 40
"""The same of an answer in the order of a column: Tantivy looks the value of each of them up."""
_MOST = 500
"""Things that are kept: what was asked last."""

Made = TypeVar("Made")


class Question(NamedTuple):
    """What an answer is to: a query, and the column by which hits are put in order (None: by rank)."""

    tree: Node
    order: str | None


class Memory:
    """Keeps what was made last. It may be used by several threads: at worst one makes what another has just made."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, Hashable], Any] = OrderedDict()

    def get(self, kind: str, key: Hashable, make: Callable[[], Made]) -> Made:
        """What is kept of this kind under the key; else it is made."""
        with self._guard:
            if (kind, key) in self._kept:
                self._kept.move_to_end((kind, key))
                found: Made = self._kept[kind, key]
                return found
        made = make()
        with self._guard:
            self._kept[kind, key] = made
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return made


class State(NamedTuple):
    """A committed state of the index, and what was asked of it."""

    searcher: tantivy.Searcher
    memory: Memory
