"""What is wrong with documents in themselves, as the records have it, and what of it waits for a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from extractors.facts.finding import Finding
from pipeline.evidence import READ, FindingName, name_of
from pipeline.records import codec, rulings
from pipeline.records.chunks import chunks
from pipeline.records.tables import corrections, documents, facts
from pipeline.rulings import FINDING, key_of


def finding_list(tx: sa.Connection, document: str) -> list[Finding]:
    """What is wrong with a document in itself, in order of place."""
    rows = tx.execute(sa.select(documents.c.findings).where(documents.c.id == document)).scalar() or []
    return [codec.finding_of(row) for row in rows]


def answered(tx: sa.Connection, held: Mapping[str, Sequence[Finding]]) -> dict[str, frozenset[FindingName]]:
    """The findings of documents that people accepted, or that are about a sum of which they said what it is."""
    ids = [document for document, found in held.items() if found]
    said = rulings.of_documents(tx, ids)
    roles = _corrected(tx, ids)
    sums = _sums(tx, [document for document in ids if document in said or document in roles])
    found: dict[str, frozenset[FindingName]] = {}
    for document in ids:
        own = said.get(document, ())
        settled = {(one.role, one.was) for one in own if one.kind == "amount"}
        names = {(one.role, one.was) for one in own if one.kind == FINDING}
        places = [
            (start, end)
            for role, key, start, end in sums.get(document, ())
            if (role, key) in settled or role in roles.get(document, ())
        ]
        names |= {name_of(one) for one in held[document] if any(a <= one.start < z for a, z in places)}
        found[document] = frozenset(names)
    return found


def waiting(tx: sa.Connection, among: Sequence[str] | None = None) -> list[tuple[str, Finding]]:
    """(document, finding) of all that nobody has looked at, document by document; `among` these documents."""
    query = sa.select(documents.c.id, documents.c.findings).where(
        documents.c.state.in_(READ), sa.cast(documents.c.findings, sa.String) != "[]"
    )
    parts = [query] if among is None else [query.where(documents.c.id.in_(part)) for part in chunks(among)]
    rows = (row for part in parts for row in tx.execute(part))
    held = {row.id: [codec.finding_of(each) for each in row.findings] for row in rows}
    done = answered(tx, held)
    return [
        (document, one)
        for document in sorted(held)
        for one in held[document]
        if name_of(one) not in done[document]
    ]


def count_with_findings(tx: sa.Connection) -> int:
    """How many documents have something wrong with them in themselves that nobody has looked at."""
    return len({document for document, _ in waiting(tx)})


def _corrected(tx: sa.Connection, ids: Sequence[str]) -> dict[str, set[str]]:
    """The roles in which people said what a document's sum is."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in chunks(ids):
        own = sa.and_(corrections.c.field == "amount", corrections.c.document.in_(part))
        for row in tx.execute(sa.select(corrections.c.document, corrections.c.role).where(own)):
            found[row.document].add(row.role)
    return found


def _sums(tx: sa.Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, str, int, int]]]:
    """(role, value as rulings name it, start, end) of the sums that were read."""
    found: dict[str, list[tuple[str, str, int, int]]] = defaultdict(list)
    for part in chunks(ids):
        own = sa.and_(facts.c.kind == "amount", facts.c.document.in_(part))
        for row in tx.execute(sa.select(facts).where(own)).mappings():
            fact = codec.fact_of(row)
            found[row["document"]].append((fact.role, key_of(fact.value), fact.start, fact.end))
    return found
