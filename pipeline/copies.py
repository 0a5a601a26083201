"""Finding rescans and photocopies among the documents of a matter. They are recorded as a relation, never merged."""

from __future__ import annotations

import numpy as np

from pipeline.likeness import PERMUTATIONS, Comparison, Likeness, Signature, candidates, compare, signature
from pipeline.matter import Matter
from pipeline.records import documents, likenesses
from pipeline.steps import VERSIONS

STATES = ("ok", "partial")


def find_copies(matter: Matter) -> int:
    """Hold the documents that were not yet compared against all others; returns how many were compared.

    A pair is found when its second document comes up, so the order does not matter, nor does a break in between.
    """
    version = VERSIONS["likeness"]
    with matter.reading() as tx:
        pending = documents.without_step(tx, "likeness", version, STATES)
        known = _Known(*likenesses.all_signatures(tx, version))
    for document in pending:
        _compare(matter, document, known, version)
    return len(pending)


class _Known:
    """The signatures of a matter in one growing table, so that a look at all of them is one operation."""

    def __init__(self, ids: list[str], table: np.ndarray[tuple[int, ...], np.dtype[np.uint32]]) -> None:
        self._ids, self._table, self._rows = ids, table, {document: n for n, document in enumerate(ids)}

    def near(self, document: str, wanted: Signature) -> list[str]:
        """The other documents that may be copies of this one."""
        rows = candidates(wanted, self._table[: len(self._ids)])
        return [self._ids[row] for row in rows if self._ids[row] != document]

    def add(self, document: str, found: Signature) -> None:
        """Put a signature in, or in the place of the document's former one."""
        row = self._rows.setdefault(document, len(self._ids))
        if row == len(self._ids):
            self._ids.append(document)
        if row >= len(self._table):
            room = np.zeros((row + 256, PERMUTATIONS), dtype=np.uint32)
            self._table = np.concatenate([self._table, room])
        self._table[row] = found


def _compare(matter: Matter, document: str, known: _Known, version: int) -> None:
    with matter.reading() as tx:
        here = likenesses.reading(tx, document)
        mark = signature(here)
        near = known.near(document, mark) if mark is not None else []
        found = [(other, compare(here, likenesses.reading(tx, other))) for other in near]
    pairs = [(other, comparison) for other, comparison in found if comparison is not None]
    with matter.change() as change:
        likenesses.set_signature(change.tx, document, mark, version)
        likenesses.replace_likenesses(change.tx, document, *_both_ways(pairs))
        documents.set_done(change.tx, document, "likeness", version)
        if pairs:
            change.note("near-duplicates", document, of={other: round(c.score, 3) for other, c in pairs})
    if mark is not None:
        known.add(document, mark)


def _both_ways(pairs: list[tuple[str, Comparison]]) -> tuple[list[Likeness], list[Likeness]]:
    found = [Likeness(other, c.score, c.from_here()) for other, c in pairs]
    return found, [Likeness(other, c.score, c.from_there()) for other, c in pairs]
