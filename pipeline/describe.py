"""A document as JSON, in the form of the contract, and the history that people ask for beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractors.document import Document, Mark, Page
from extractors.extract import Extraction, lines_of_bill
from extractors.facts.fact import Day, Fact, Money
from extractors.facts.finding import Finding
from extractors.facts.invoice_lines import InvoiceLine
from pipeline.audit import Entry
from pipeline.clock import now, stamp
from pipeline.correspondence.graph import Correspondence
from pipeline.evidence import Correction, Evidence, FindingName, Sighting, name_of
from pipeline.likeness import Likeness
from pipeline.links import Link
from pipeline.records.documents import id_of
from pipeline.rulings import UNPLACED

LISTS = {"date": "dates", "party": "parties", "amount": "amounts", "reference": "references"}
_NONE = Correspondence()


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a document is, apart from what it says."""

    sha256: str
    name: str
    parent: str | None = None
    children: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()


def identity_of(path: Path, shown: str, parent: str | None = None) -> Identity:
    """The identity of a file that no workspace knows."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Identity(sha256, shown.rpartition("/")[2], parent, (), (Sighting(shown, stamp(now())),))


def extraction_json(found: Extraction, identity: Identity) -> dict[str, Any]:
    """What `extract` says of a file."""
    answer = found.understanding.classification
    day = found.understanding.date
    about = {
        "kind": answer.kind,
        "kind_confidence": round(answer.confidence, 3),
        "language": answer.language,
        "title": answer.title,
        "date": day.isoformat() if day else None,
    }
    said = found.understanding
    answer_json = _document_json(identity, about, found.document, said.facts, ())
    return {**answer_json, **_bill_json(found.document, said.findings, said.lines)}


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """What `show` says of a document, with people's corrections in place."""
    summary = evidence.summary
    identity = Identity(summary.sha256, summary.name, summary.parent, summary.children, summary.sightings)
    about = {
        "kind": summary.kind,
        "kind_confidence": round(summary.kind_confidence, 3),
        "language": summary.language,
        "title": summary.title,
        "date": summary.date.isoformat() if summary.date else None,
    }
    answer = _document_json(identity, about, evidence.document, evidence.facts, summary.corrections)
    lines = lines_of_bill(evidence.document, summary.kind, evidence.facts)
    return {**answer, **_bill_json(evidence.document, evidence.findings, lines, evidence.answered)}


def history_json(
    evidence: Evidence,
    links: Iterable[Link],
    entries: Iterable[Entry],
    labels: Iterable[tuple[str, str]] = (),
    near_duplicates: Iterable[Likeness] = (),
    correspondence: Correspondence = _NONE,
    precedents: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """What `show` adds: state, marks, links, near-duplicates, who answers whom, and the audit entries.

    `kind_reasons` are the words that decided the kind, and the corrected documents that it is like.
    """
    summary = evidence.summary
    return {
        "state": summary.state,
        "reason": summary.reason,
        "marks": list(summary.marks),
        "kind_reasons": {"words": list(evidence.kind_why), "like": list(precedents)},
        "claims": list(summary.given_claims),
        "labels": [{"key": key, "value": value} for key, value in labels],
        "links": [link.as_json() for link in links],
        "near_duplicates": [found.as_json() for found in near_duplicates],
        "correspondence": correspondence.as_json(),
        "history": [entry.as_json() for entry in entries],
    }


def _document_json(
    identity: Identity,
    about: dict[str, Any],
    document: Document,
    facts: Sequence[Fact],
    corrections: Sequence[Correction],
) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in LISTS.values()}
    said = [c for c in corrections if c.field in LISTS and c.field != "amount"]  # sums are among the facts
    for fact in facts:
        if not any(_replaced(fact, correction) for correction in said):
            found[LISTS[fact.kind]].append(_fact_json(fact, document))
    for correction in said:
        found[LISTS[correction.field]].append(_correction_json(correction))
    return {
        "id": id_of(identity.sha256),
        "sha256": identity.sha256,
        "name": identity.name,
        "media_type": document.media_type,
        "parent": identity.parent,
        "children": list(identity.children),
        "sightings": [{"path": s.path, "received": s.received} for s in identity.sightings],
        **about,
        "pages": [_page_json(page, document) for page in document.pages],
        **found,
        "metadata": {m.key: document.text[m.start : m.end] for m in document.metadata},
        "notes": [*document.notes, *(f"page {p.number}: {note}" for p in document.pages for note in p.notes)],
    }


def _bill_json(
    document: Document,
    findings: Sequence[Finding],
    lines: Sequence[InvoiceLine],
    answered: Set[FindingName] | None = None,
) -> dict[str, list[dict[str, Any]]]:
    """What is wrong with the document's sums, and the lines of its bills, both in order of place."""
    return {
        "findings": [_finding_json(found, document, answered) for found in findings],
        "lines": [_line_json(line, document) for line in lines],
    }


def _finding_json(found: Finding, document: Document, answered: Set[FindingName] | None) -> dict[str, Any]:
    place = document.where(found.start, found.end)
    return {
        "code": found.code,
        "message": found.message(),
        "parts": dict(found.parts),
        "page": place.page,
        "box": place.box.as_list() if place.box else None,
        "raw": document.text[found.start : found.end],
        **({} if answered is None else {"settled": name_of(found) in answered}),
    }


def _line_json(line: InvoiceLine, document: Document) -> dict[str, Any]:
    place = line.place(document)
    return {
        "description": line.description,
        "quantity": _decimal(line.quantity),
        "unit": line.unit or None,
        "rate": _decimal(line.rate),
        "amount": _decimal(line.amount),
        "tax_rate": _decimal(line.tax_rate),
        "currency": line.currency,
        "page": place.page,
        "box": place.box.as_list() if place.box else None,
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _page_json(page: Page, document: Document) -> dict[str, Any]:
    unread = page.source == "ocr" and page.confidence is None  # nothing was recognised
    sure = 0.0 if unread else page.confidence
    return {
        "number": page.number,
        "width": round(page.width, 2),
        "height": round(page.height, 2),
        "text": document.text[page.start : page.end],
        "source": page.source,
        "engine": page.engine,
        "confidence": None if sure is None else round(sure, 3),
        "marks": [_mark_json(mark) for mark in page.marks],
    }


def _mark_json(mark: Mark) -> dict[str, Any]:
    return {"kind": mark.kind, "box": mark.box.as_list(), "confidence": mark.confidence}


def _fact_json(fact: Fact, document: Document) -> dict[str, Any]:
    place = document.where(fact.start, fact.end)
    placed = fact.rule != UNPLACED
    return {
        **_value_json(fact),
        "role": fact.role,
        "raw": document.text[fact.start : fact.end] if placed else "",
        "page": place.page if placed else None,
        "box": place.box.as_list() if place.box and placed else None,
        "confidence": round(fact.confidence, 3),
        "doubts": list(fact.doubts),
    }


def _value_json(fact: Fact) -> dict[str, Any]:
    value = fact.value
    if isinstance(value, Day):
        end = value.end.isoformat() if value.end else None
        return {"value": value.start.isoformat(), "end": end, "time": value.clock}
    if isinstance(value, Money):
        return {"value": format(value.amount, "f"), "currency": value.currency}
    return {"name" if fact.kind == "party" else "value": value}


def _replaced(fact: Fact, correction: Correction) -> bool:
    """A person's word replaces what was read in the same role; a date of the document, its reading as such."""
    return fact.kind == correction.field and fact.role == correction.role


def _correction_json(correction: Correction) -> dict[str, Any]:
    """A person's correction has no place on a page: its source is the person, named in the history."""
    value: dict[str, Any] = (
        {"name": correction.value} if correction.field == "party" else {"value": correction.value}
    )
    if correction.field == "date":
        value |= {"end": None, "time": None}
    return {
        **value,
        "role": correction.role,
        "raw": "",
        "page": None,
        "box": None,
        "confidence": 1.0,
        "doubts": [],
    }
