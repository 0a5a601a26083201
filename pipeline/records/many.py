"""Many documents with their text and facts at one time: as many queries as for one, not for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from extractors.document import Document
from extractors.facts.fact import Fact
from pipeline.evidence import Evidence, Summary, standing
from pipeline.records import codec, findings, rulings
from pipeline.records.chunks import chunks
from pipeline.records.tables import documents, facts, pages, texts
from pipeline.rulings import ruled, with_sums


def evidence_of(tx: sa.Connection, summaries: Sequence[Summary]) -> dict[str, Evidence]:
    """These documents by id, in their order, as `documents.evidence` has each without the places of its words."""
    ids = [found.id for found in summaries]
    about = {row["id"]: row for row in _some(tx, _ABOUT, documents.c.id, ids)}
    read, known = (
        {row["document"]: row for row in _some(tx, _TEXTS, texts.c.document, ids)},
        facts_of(tx, ids),
    )
    sheets = _by_document(_some(tx, _PAGES, pages.c.document, ids))
    wrong = {id_: tuple(codec.finding_of(each) for each in row["findings"]) for id_, row in about.items()}
    done = findings.answered(tx, wrong)
    held = {found.id: _document(found, read.get(found.id), sheets.get(found.id, ())) for found in summaries}
    return {
        found.id: Evidence(
            found,
            held[found.id],
            tuple(with_sums(known.get(found.id, ()), found.corrections, held[found.id].text)),
            tuple(about[found.id]["kind_why"] or ()),
            wrong[found.id],
            done.get(found.id, frozenset()),
        )
        for found in summaries
    }


def facts_of(
    tx: sa.Connection, ids: Sequence[str], kinds: Sequence[str] = (), roles: Sequence[str] = ()
) -> dict[str, list[Fact]]:
    """The facts of documents as `documents.fact_list` has them; of these `kinds` and `roles` alone, where some are
    named."""
    query = _FACTS.where(facts.c.kind.in_(kinds)) if kinds else _FACTS
    query = query.where(facts.c.role.in_(roles)) if roles else query
    rows = _by_document(_some(tx, query, facts.c.document, ids))
    said = rulings.of_documents(tx, ids)
    return {
        document: ruled(standing([codec.fact_of(row) for row in own]), said.get(document, ()))
        for document, own in rows.items()
    }


_ABOUT = sa.select(documents.c.id, documents.c.kind_why, documents.c.findings)
_TEXTS = sa.select(texts)
_PAGES = sa.select(*(column for column in pages.c if column.name not in codec.PLACES)).order_by(
    pages.c.document, pages.c.number
)
_FACTS = sa.select(facts).order_by(facts.c.document, facts.c.position)


def _document(
    found: Summary, text: Mapping[Any, Any] | None, sheets: Sequence[Mapping[Any, Any]]
) -> Document:
    return (
        Document("", (), found.media_type)
        if text is None
        else codec.document_of(found.media_type, text, sheets)
    )


def _some(
    tx: sa.Connection, query: sa.Select[Any], column: sa.Column[Any], ids: Sequence[str]
) -> Iterator[Mapping[Any, Any]]:
    for part in chunks(ids):
        yield from tx.execute(query.where(column.in_(part))).mappings()


def _by_document(rows: Iterable[Mapping[Any, Any]]) -> dict[str, list[Mapping[Any, Any]]]:
    found: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in rows:
        found[row["document"]].append(row)
    return found
