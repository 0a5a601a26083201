"""Finding rescans and photocopies among the documents of a matter. They are recorded as a relation, never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from extractors.picture_hash import PictureHash
from pipeline.differences import Pair, differing, other_document
from pipeline.evidence import READ
from pipeline.gallery import Gallery
from pipeline.likeness import (
    FEWEST_TOKENS,
    PERMUTATIONS,
    Likeness,
    Reading,
    Signature,
    candidates,
    compare,
    named,
    signature,
)
from pipeline.matter import Matter
from pipeline.pace import Told, untold
from pipeline.picture_likeness import Pictured, compare_pictures, near_pages, shown
from pipeline.picture_likeness import candidates as picture_candidates
from pipeline.records import documents, likenesses
from pipeline.steps import VERSIONS

PORTION = 50
"""Documents whose comparisons are written in one transaction."""


def find_copies(matter: Matter, tell: Told = untold) -> int:
    """Hold the documents that were not yet compared against all others; returns how many were compared.

    A pair is found when its second document comes up, so the order does not matter, nor does a break in between.
    """
    version = VERSIONS["likeness"]
    with matter.reading() as tx:
        pending = documents.without_step(tx, "likeness", version, READ)
        if not pending:
            return 0
        known = _Known(*likenesses.all_signatures(tx, version))
        pictures = _Pictures(*likenesses.compared_pictures(tx, version))
    for start in range(0, len(pending), PORTION):
        portion = pending[start : start + PORTION]
        with matter.reading() as tx:
            compared = [_compared(tx, document, known, pictures) for document in portion]
        _record(matter, compared, version)
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


class _Pictures:
    """The hashes of the documents that were compared, and whose they are."""

    def __init__(self, owners: list[str], gallery: Gallery) -> None:
        self._owners, self._gallery = owners, gallery

    def near(self, wanted: Pictured) -> list[str]:
        """The documents that may be copies of this one."""
        return picture_candidates(wanted, self._gallery, self._owners)

    def add(self, document: str, found: list[PictureHash]) -> None:
        """Put a document's hashes in."""
        self._owners += [document] * len(found)
        self._gallery.add(found)


@dataclass(frozen=True)
class _Side:
    """What is compared of a document."""

    reading: Reading
    pictured: Pictured

    @classmethod
    def of(cls, tx: sa.Connection, document: str) -> _Side:
        return cls(likenesses.reading(tx, document), likenesses.pictured(tx, document))

    @property
    def says_enough(self) -> bool:
        """Whether its text can tell whether it is a copy."""
        return len(self.reading.tokens) >= FEWEST_TOKENS


@dataclass(frozen=True, slots=True)
class _Found:
    """That two documents are copies: on what it rests, and what differs seen from either."""

    by: str
    score: float
    here: dict[str, Any]
    there: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Compared:
    """What is to be recorded of one document: its copies, seen from it and seen from them."""

    document: str
    mark: Signature | None
    here: list[Likeness]
    there: list[Likeness]


def _compared(tx: sa.Connection, document: str, known: _Known, pictures: _Pictures) -> _Compared:
    here = _Side.of(tx, document)
    mark = signature(here.reading)
    near = [*(known.near(document, mark) if mark is not None else ()), *pictures.near(here.pictured)]
    found = [(other, _held_against(here, _Side.of(tx, other))) for other in dict.fromkeys(near)]
    if mark is not None:
        known.add(document, mark)
    pictures.add(document, here.pictured.hashes)
    return _Compared(
        document, mark, *_both_ways([(other, each) for other, each in found if each is not None])
    )


def _record(matter: Matter, portion: Sequence[_Compared], version: int) -> None:
    with matter.change() as change:
        for found in portion:
            likenesses.set_signature(change.tx, found.document, found.mark, version)
            likenesses.replace_likenesses(change.tx, found.document, found.here, found.there)
            documents.set_done(change.tx, found.document, "likeness", version)
            if found.here:
                scores = {likeness.other: round(likeness.score, 3) for likeness in found.here}
                change.note("near-duplicates", found.document, of=scores)


def _held_against(here: _Side, there: _Side) -> _Found | None:
    return (here.says_enough and _by_text(here, there)) or _by_image(here, there)


def _by_text(here: _Side, there: _Side) -> _Found | None:
    found = compare(here.reading, there.reading)
    if (
        found is None or not there.says_enough
    ):  # in this order: to count words takes longer than to tell texts apart
        return None
    pairs = [pair for pair in near_pages(here.pictured, there.pictured) if pair.distance is not None]
    seen_here, seen_there = found.from_here(), found.from_there()
    if pairs:
        seen_here |= shown(here.pictured, there.pictured, pairs)
        seen_there |= shown(there.pictured, here.pictured, [pair.turned() for pair in pairs])
    return _Found("text", found.score, seen_here, seen_there)


def _by_image(here: _Side, there: _Side) -> _Found | None:
    found = compare_pictures(here.pictured, there.pictured)
    if found is None:
        return None
    first, second = here.reading, there.reading
    facts: list[Pair] = list(differing(first.facts, second.facts, first.compact, second.compact))
    if other_document(facts):
        return None
    turned = [(other, one) for one, other in facts]
    return _Found("image", found.score, found.differs(named(facts)), found.turned().differs(named(turned)))


def _both_ways(pairs: list[tuple[str, _Found]]) -> tuple[list[Likeness], list[Likeness]]:
    found = [Likeness(other, each.score, each.here, each.by) for other, each in pairs]
    return found, [Likeness(other, each.score, each.there, each.by) for other, each in pairs]
