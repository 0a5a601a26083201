"""One file in; a document with its kind and its facts out. The three steps can also be taken one by one."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from extractors.document import Document
from extractors.facts import dates, find_facts
from extractors.facts.amounts import study_of
from extractors.facts.date_order import Hint
from extractors.facts.dates import document_date
from extractors.facts.fact import Fact
from extractors.facts.finding import Finding
from extractors.facts.folding import folded
from extractors.facts.invoice_lines import InvoiceLine, invoice_lines
from extractors.facts.misread import as_sure_as_read
from extractors.facts.party_tie import Tie
from extractors.facts.party_ties import ties
from extractors.kinds import Classification, classify
from extractors.limits import Limits
from extractors.picture_hash import PictureHash
from extractors.readers.draft import Child
from extractors.reading import OcrOptions, read_document

READ_VERSION = 3
CLASSIFY_VERSION = 4
FACTS_VERSION = 8


@dataclass(frozen=True)
class Understanding:
    """What a document is and says."""

    classification: Classification
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    ties: tuple[Tie, ...] = ()

    @property
    def date(self) -> datetime.date | None:
        """The document's own date."""
        return document_date(self.facts)


@dataclass(frozen=True)
class Extraction:
    """All that one file yields; `children` lie in the scratch folder, `pictures` are hashes by number of page."""

    document: Document
    children: tuple[Child, ...]
    understanding: Understanding
    pictures: tuple[tuple[int, PictureHash], ...] = ()


def understand(document: Document, told: str | None = None) -> Understanding:
    """Kind, facts, findings and lines of bills of a document that was read, of the kind it was `told` to be if any."""
    classification = classify(document, told)
    facts = find_facts(document, classification.kind)
    sums = study_of(document, classification.kind)
    return Understanding(classification, facts, sums.findings, sums.lines, ties(document, facts))


def lines_of_bill(document: Document, kind: str, facts: Iterable[Fact]) -> tuple[InvoiceLine, ...]:
    """The lines of the bills of a document whose facts are known."""
    plain = folded(document.text[: document.body_end])
    return invoice_lines(document, plain, kind, [fact for fact in facts if fact.kind == "amount"])


def dates_again(document: Document, kind: str, hint: Hint | None) -> tuple[Fact, ...]:
    """The dates of a document of this kind, the undecided ones read in the order in which others are written."""
    return tuple(as_sure_as_read(document, fact) for fact in dates.find(document, kind, hint))


def extract(path: Path, untrusted_name: str, scratch: Path, limits: Limits, ocr: OcrOptions) -> Extraction:
    """Read a file and understand it. Raises a `DocumentError` when it cannot be read."""
    reading = read_document(path, untrusted_name, scratch, limits, ocr)
    return Extraction(reading.document, reading.children, understand(reading.document), reading.pictures)
