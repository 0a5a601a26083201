"""Finding rescans and photocopies among the documents of a matter. They are recorded as a relation, never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa

from pipeline.likeness import PERMUTATIONS, Likeness, Signature, candidates, compare, signature
from pipeline.matter import Matter
from pipeline.pace import Told, untold
from pipeline.records import documents, likenesses
from pipeline.steps import VERSIONS

STATES = ("ok", "partial")
PORTION = 50
"""Documents whose comparisons are written in one transaction."""


def find_copies(matter: Matter, tell: Told = untold) -> int:
    """Hold the documents that were not yet compared against all others; returns how many were compared.

    A pair is found when its second document comes up, so the order does not matter, nor does a break in between.
    """
    version = VERSIONS["likeness"]
    with matter.reading() as tx:
        pending = documents.without_step(tx, "likeness", version, STATES)
        known = _Known(*likenesses.all_signatures(tx, version))
    for start in range(0, len(pending), PORTION):
        portion = pending[start : start + PORTION]
        with matter.reading() as tx:
            found = [_compared(tx, document, known) for document in portion]
        _record(matter, found, version)
        tell(start + len(portion), len(pending))
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What the comparisons of one document say: its likenesses seen from it, and seen from the others."""

    document: str
    mark: Signature | None
    here: tuple[Likeness, ...]
    there: tuple[Likeness, ...]


def _compared(tx: sa.Connection, document: str, known: _Known) -> _Found:
    here = likenesses.reading(tx, document)
    mark = signature(here)
    if mark is None:
        return _Found(document, None, (), ())
    compared = ((other, compare(here, likenesses.reading(tx, other))) for other in known.near(document, mark))
    pairs = [
        (Likeness(other, c.score, c.from_here()), Likeness(other, c.score, c.from_there()))
        for other, c in compared
        if c is not None
    ]
    known.add(document, mark)
    return _Found(document, mark, tuple(one for one, _ in pairs), tuple(other for _, other in pairs))


def _record(matter: Matter, portion: Sequence[_Found], version: int) -> None:
    with matter.change() as change:
        for found in portion:
            likenesses.set_signature(change.tx, found.document, found.mark, version)
            likenesses.replace_likenesses(change.tx, found.document, found.here, found.there)
            documents.set_done(change.tx, found.document, "likeness", version)
            if found.here:
                scores = {likeness.other: round(likeness.score, 3) for likeness in found.here}
                change.note("near-duplicates", found.document, of=scores)
