"""Near-duplicates in the records: signatures, hashes of pages, and which document is a copy of which."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from extractors.picture_hash import PictureHash
from index.words import compact, tokens
from pipeline.gallery import Gallery
from pipeline.likeness import PERMUTATIONS, Likeness, Reading, Signature
from pipeline.picture_likeness import Pictured, PicturePage
from pipeline.records import codec
from pipeline.records import documents as filed
from pipeline.records.tables import documents, likenesses, page_hashes, pages, signatures, steps, texts

SURE = 0.8
"""Confidence from which on a recognised word counts as read when two pictures are compared."""
TAKEN = ("EXIF DateTimeOriginal", "EXIF DateTimeDigitized", "Media recorded", "Media created")
_TAKEN = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d) (\d\d:\d\d:\d\d)")
_RECORDING = ("video/", "audio/")
"""Types of media of which the first page is a sheet that tells of the container, which a copy has anew."""


def reading(tx: sa.Connection, document: str) -> Reading:
    """What is compared of a document; one that was not read has an empty text, and so has a recording."""
    query = sa.select(documents.c.media_type).where(documents.c.id == document)
    if str(tx.execute(query).scalar()).startswith(_RECORDING):
        return Reading("", (), ())
    text = tx.execute(sa.select(texts.c.text).where(texts.c.document == document)).scalar() or ""
    query = sa.select(pages.c.start, pages.c.end).where(pages.c.document == document)
    bounds = tx.execute(query.order_by(pages.c.number)).all()
    end = bounds[-1].end if bounds else 0
    facts = (fact for fact in filed.fact_list(tx, document) if fact.end <= end)
    return Reading(text[:end], tuple(facts), tuple(row.start for row in bounds))


def pictured(tx: sa.Connection, document: str) -> Pictured:
    """What is compared of a document that holds pictures; one without any has no pages here."""
    found = tx.execute(sa.select(page_hashes).where(page_hashes.c.document == document)).all()
    if not found:
        return Pictured()
    query = sa.select(texts.c.text, texts.c.metadata, documents.c.size, documents.c.media_type)
    own = tx.execute(query.join(documents).where(texts.c.document == document)).one()
    columns = (pages.c.number, pages.c.start, pages.c.end, pages.c.source, pages.c.words)
    rows = tx.execute(sa.select(*columns).where(pages.c.document == document).order_by(pages.c.number))
    hashes = {row.page: PictureHash(row.whole, row.sheet, row.width, row.height) for row in found}
    both = _pages(rows, own.text, hashes)
    compared = [page for page in both if page.picture] if str(own.media_type).startswith(_RECORDING) else both
    return Pictured(tuple(compared), _taken(own.text, own.metadata), own.size)


def _pages(rows: Iterable[Any], text: str, hashes: dict[int, PictureHash]) -> Iterator[PicturePage]:
    """The pages on which there is something: a recognised one without a picture's hash is blank."""
    for row in rows:
        if row.number in hashes:
            yield PicturePage(row.number, hashes[row.number], tuple(_words(text, row.words)))
        elif row.source == "text" and (own := compact(text[row.start : row.end])):
            yield PicturePage(row.number, None, (), own)


def _words(text: str, packed: bytes) -> Iterator[str]:
    for word in codec.unpack_words(packed):
        if word.confidence is None or word.confidence >= SURE:
            yield from (term for term, *_ in tokens(text[word.start : word.end]))


def _taken(text: str, metadata: Iterable[tuple[str, int, int]]) -> datetime.datetime | None:
    """When it was taken by the camera's own clock, as EXIF 2.32 or the container writes it; None without sense.

    Two copies have the same clock, so that its zone does not matter.
    """
    values = {key: text[start:end] for key, start, end in metadata}
    said = _TAKEN.match(next((values[key] for key in TAKEN if key in values), ""))
    try:
        return datetime.datetime.fromisoformat(f"{said[1]}-{said[2]}-{said[3]}T{said[4]}") if said else None
    except ValueError:
        return None


def compared_pictures(tx: sa.Connection, version: int) -> tuple[list[str], Gallery]:
    """The hashes of the documents that were compared in this version, and whose each is."""
    query = sa.select(page_hashes.c.document, page_hashes.c.whole, page_hashes.c.sheet)
    query = query.join(steps, steps.c.document == page_hashes.c.document)
    rows = tx.execute(query.where(steps.c.step == "likeness", steps.c.version == version)).all()
    return [row[0] for row in rows], Gallery([row[1] for row in rows], [row[2] for row in rows])


def set_signature(tx: sa.Connection, document: str, found: Signature | None, version: int) -> None:
    """Replace a document's signature; None when its text is too short for one."""
    tx.execute(sa.delete(signatures).where(signatures.c.document == document))
    if found is not None:
        row = {"document": document, "signature": found.astype("<u4").tobytes(), "version": version}
        tx.execute(signatures.insert().values(row))


def all_signatures(tx: sa.Connection, version: int) -> tuple[list[str], NDArray[np.uint32]]:
    """The documents that have a signature of this version, and these, a row each."""
    query = sa.select(signatures.c.document, signatures.c.signature).where(signatures.c.version == version)
    rows = tx.execute(query.order_by(signatures.c.document)).all()
    table = np.frombuffer(b"".join(row.signature for row in rows), dtype="<u4")
    return [row.document for row in rows], table.astype(np.uint32).reshape(-1, PERMUTATIONS)


def replace_likenesses(
    tx: sa.Connection, document: str, found: Sequence[Likeness], turned: Sequence[Likeness]
) -> None:
    """Replace a document's likenesses: `found` seen from it, `turned` the same seen from the other ones, in order."""
    either = sa.or_(likenesses.c.document == document, likenesses.c.other == document)
    tx.execute(sa.delete(likenesses).where(either))
    both = [(document, a.other, a) for a in found]
    both += [(a.other, document, b) for a, b in zip(found, turned, strict=True)]
    rows = [
        {"document": one, "other": other, "score": each.score, "differs": each.differs, "by": each.by}
        for one, other, each in both
    ]
    if rows:
        tx.execute(likenesses.insert(), rows)


def likeness_list(tx: sa.Connection, document: str) -> list[Likeness]:
    """The near-duplicates of a document, the likest first."""
    query = sa.select(likenesses).where(likenesses.c.document == document)
    rows = tx.execute(query.order_by(likenesses.c.score.desc(), likenesses.c.other)).all()
    return [Likeness(row.other, row.score, row.differs, row.by) for row in rows]


def with_likenesses(tx: sa.Connection, ids: Iterable[str]) -> set[str]:
    """Those of these documents that have a near-duplicate."""
    query = sa.select(likenesses.c.document).where(likenesses.c.document.in_(sorted(set(ids))))
    return set(tx.execute(query.distinct()).scalars())
