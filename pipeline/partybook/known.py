"""The steps "book" and "parties": new documents' names come into the book, the register's names are looked for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from extractors.facts.fact import Fact
from extractors.facts.party_known import KnownNames
from index.words import compact
from pipeline.evidence import READ
from pipeline.matter import Matter
from pipeline.pace import Told, untold
from pipeline.parties import Book
from pipeline.partybook.bind import bind, sought
from pipeline.partybook.names import Names, garbled, gather
from pipeline.records import documents, matters, parties
from pipeline.steps import VERSIONS

PORTION = 50
"""Documents whose names are written in one transaction."""


def bring_parties(matter: Matter, tell: Told = untold) -> int:
    """Bring the book and the register's names in texts up to date; returns how many documents were looked through."""
    with matter.reading() as tx:
        new = documents.without_step(tx, "book", VERSIONS["book"], READ)
    names = None
    if new:
        with matter.change() as change:
            before = parties.bound(change.tx)
            names = bind(change.tx)
            if (after := parties.bound(change.tx)) != before:
                change.note("names bound", "parties", names=len(after))
            for document in new:
                documents.set_done(change.tx, document, "book", VERSIONS["book"])
    return _look(matter, names, tell)


def _look(matter: Matter, gathered: Names | None, tell: Told) -> int:
    """Looks for the register's names; `gathered` are the names of the matter where they are known already."""
    with matter.reading() as tx:
        pending = documents.without_step(tx, "parties", VERSIONS["parties"], READ)
        names = _known(tx, gathered) if pending else KnownNames({})
    for start in range(0, len(pending), PORTION):
        portion = pending[start : start + PORTION]
        with matter.reading() as tx:
            found = {document: _seen(tx, document, names) for document in portion}
        _record(matter, found)
        tell(start + len(portion), len(pending))
    return len(pending)


def _known(tx: sa.Connection, gathered: Names | None) -> KnownNames:
    """The register's parties with all their names; names that typed documents have of others are never theirs."""
    claims, book = matters.all_claims(tx), Book.read(tx)
    wanted = sought(claims, book)
    own = {compact(form) for forms in wanted.values() for form in forms}
    if not wanted:
        return KnownNames({})
    every = (gathered or gather(tx)).names.values()
    typed = (name for name in every if name.typed and not garbled(name.key))
    others = [name.spelling for name in typed if name.key not in own]
    return KnownNames(wanted, others)


def _seen(tx: sa.Connection, document: str, names: KnownNames) -> Sequence[Fact]:
    if not names:
        return ()
    read = documents.reading(tx, documents.summary(tx, document), placed=False)
    return names.seen_in(read, documents.all_facts(tx, document))


def _record(matter: Matter, found: dict[str, Sequence[Fact]]) -> None:
    """Replaces what was found in these documents, in one transaction; where it changed, they are linked again."""
    with matter.change() as change:
        for document, facts in found.items():
            if parties.replace_known(change.tx, document, facts):
                for step in ("link", "index"):
                    documents.undo(change.tx, step, [document])
                change.note("names found", document, names=sorted({str(fact.value) for fact in facts}))
            documents.set_done(change.tx, document, "parties", VERSIONS["parties"])
