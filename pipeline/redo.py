"""Doing steps again whose version rose: reading anew where reading changed, else understanding what was read."""

from __future__ import annotations

from extractors.extract import understand
from pipeline.evidence import READ
from pipeline.matter import Matter
from pipeline.records import documents
from pipeline.records.codec import understanding_rows
from pipeline.steps import VERSIONS, after


def reopen_outdated(matter: Matter) -> list[str]:
    """Open the documents that were read by an older version, so that the next intake reads them; returns their ids."""
    with matter.change() as change:
        outdated = documents.without_step(change.tx, "read", VERSIONS["read"], READ)
        for document in outdated:
            documents.set_state(change.tx, document, "open")
            documents.undo_all(change.tx, document)
            change.note("to be read again", document, version=VERSIONS["read"])
    return outdated


def understand_outdated(matter: Matter) -> list[str]:
    """Find kind and facts anew where only those steps changed; returns the ids of the documents."""
    with matter.reading() as tx:
        outdated = {
            document
            for step in ("classify", "facts")
            for document in documents.without_step(tx, step, VERSIONS[step], READ)
        }
    for document in sorted(outdated):
        _understand(matter, document)
    return sorted(outdated)


def _understand(matter: Matter, document: str) -> None:
    with matter.reading() as tx:
        read = documents.reading(tx, documents.summary(tx, document))
    found = understand(read)
    with matter.change() as change:
        documents.replace_understanding(change.tx, document, understanding_rows(found, read))
        for step in ("classify", "facts"):
            documents.set_done(change.tx, document, step, VERSIONS[step])
        for step in after("facts"):
            documents.undo(change.tx, step, [document])
        change.note("understood again", document, kind=found.classification.kind)
