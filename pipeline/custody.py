"""The chain of custody of a document: where it came from, its hash, every touch with the audit entry that proves it.

After ISO/IEC 27037:2012, 6.1: what the evidence is, who touched it when, why, and what changed by it. Originals never
change: everything that was found or said of a document is kept beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.audit import Head
from pipeline.evidence import Summary
from pipeline.harmless import csv_text
from pipeline.matter import Matter
from pipeline.papers.paper import Citation, Paper, Section, Statement, Table
from pipeline.papers.words import Words
from pipeline.records import audit_log, documents
from pipeline.records import custody as kept
from pipeline.touches import COLUMNS, Touch, touches

_WORDS = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True)
class Custody:
    """Everything that is known of how a document was kept. `fault` says what is wrong with its original, if anything;
    `head` is how far the audit had come."""

    about: Summary
    receipts: tuple[dict[str, Any], ...]
    engines: dict[str, int]
    steps: tuple[dict[str, Any], ...]
    touches: tuple[Touch, ...]
    head: Head
    fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Identity, `"intact"`, `"fault"`, `"received"`, `"engines"`, `"steps"`, `"touches"`, the audit's head."""
        about = self.about
        return {
            "doc": about.id,
            "name": about.name,
            "sha256": about.sha256,
            "size": about.size,
            "media_type": about.media_type,
            "parent": about.parent,
            "children": list(about.children),
            "intact": self.fault is None,
            "fault": self.fault,
            "received": list(self.receipts),
            "engines": self.engines,
            "steps": list(self.steps),
            "touches": [touch.as_json() for touch in self.touches],
            "audit": self.head.as_json(),
        }

    def as_csv(self) -> str:
        """The touches as a table, in the columns of a bundle's `custody.csv`; there is no tab."""
        return csv_text(COLUMNS, (row_of(None, self.about.id, self.about.sha256, t) for t in self.touches))


def row_of(tab: int | None, document: str, sha256: str, touch: Touch) -> tuple[object, ...]:
    """A row of a table of touches, in the order of `COLUMNS`."""
    rest = (touch.entry, touch.at, touch.actor, touch.process, touch.action, touch.detail, touch.hash)
    return (tab, document, sha256, *rest)


def custody(matter: Matter, document: str) -> Custody:
    """The custody of a document (its id or the beginning of it), its original hashed now. Raises `NotFound`."""
    with matter.reading() as tx:
        about = documents.summary(tx, documents.resolve(tx, document))
        entries = (entry.as_json() for entry in audit_log.entries(tx))
        return Custody(
            about=about,
            receipts=tuple(kept.receipts(tx, about.id)),
            engines=kept.engines(tx, about.id),
            steps=tuple(kept.steps_done(tx, about.id)),
            touches=tuple(touches(entries, about.id)),
            head=audit_log.head(tx),
            fault=matter.originals.fault(about.sha256),
        )


def as_paper(found: Custody, language: str) -> Paper:
    """The custody as a paper to print and sign."""
    words = Words(_WORDS, language)
    return Paper(
        language=language,
        title=words("title"),
        header=f"{found.about.id} · {words('title')}",
        sections=(
            Section(words("item"), _item(found, words)),
            Section(words("receipts"), (_receipts(found, words),)),
            Section(words("touches"), (_touches(found, words),)),
            Section(words("check"), (_said(words("how", seq=found.head.seq, hash=found.head.hash)),)),
        ),
        citing=_no_citing,
        labels=words.labels(),
        lines=(words("note"),),
        numbered=True,
    )


def _no_citing(doc: str, page: int) -> Citation:
    return Citation(f"{doc}, {page}", f"#{doc}")


def _said(text: object) -> Statement:
    return Statement("" if text is None else str(text), needs_source=False)


def _item(found: Custody, words: Words) -> tuple[Table, ...]:
    about = found.about
    intact = words("intact") if found.fault is None else words("not_intact", fault=found.fault)
    engines = ", ".join(f"{words.name(name)}: {count}" for name, count in found.engines.items())
    steps = ", ".join(f"{words.name(s['step'])} {s['version']} ({s['done_at']})" for s in found.steps)
    rows = [
        ("identifier", about.id),
        ("name", about.name),
        ("media_type", about.media_type),
        ("size", about.size),
        ("sha256", about.sha256),
        ("integrity", intact),
        ("part_of", about.parent),
        ("holds", ", ".join(about.children)),
        ("pages_read", engines),
        ("steps", steps),
        ("marks", ", ".join(about.marks)),
    ]
    cells = tuple((_said(words(key)), _said(value)) for key, value in rows if value not in (None, ""))
    return (Table("", (words("what"), words("value")), cells, widths=(1, 3)),)


def _receipts(found: Custody, words: Words) -> Table:
    columns = tuple(words(key) for key in ("path", "received", "modified", "run"))
    rows = tuple(
        (
            _said(seen["path"]),
            _said(seen["received"]),
            _said(seen["modified"]),
            _said(f"{seen['run']} ({seen['command'] or '?'}, {seen['started'] or '?'})"),
        )
        for seen in found.receipts
    )
    return Table("", columns, rows)


def _touches(found: Custody, words: Words) -> Table:
    columns = tuple(words(key) for key in ("entry", "at", "actor", "process", "action", "detail", "hash"))
    rows = tuple(
        (
            _said(touch.entry),
            _said(touch.at),
            _said(touch.actor),
            _said(words.name(touch.process)),
            _said(words.name(touch.action)),
            _said(touch.detail),
            _said(touch.hash),
        )
        for touch in found.touches
    )
    return Table("", columns, rows, numeric=frozenset({0}), widths=(6, 13, 9, 9, 10, 28, 25))
