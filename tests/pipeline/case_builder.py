"""Case files made by hand for tests: documents from text, facts from the slices in which they stand."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from extractors.document import PageText, assemble
from extractors.facts.fact import Day, Fact, Money, Value
from pipeline.casefile import CaseFile
from pipeline.claims import Claim, Event, Party
from pipeline.evidence import Evidence, Summary
from pipeline.links import Link
from pipeline.parties import Book

CONTRACTOR, EMPLOYER, ENGINEER = "Harbour Civil Ltd", "Northport Authority", "Morven Tait LLP"
PARTIES = (
    Party("claimant", CONTRACTOR, ("HCL", "港务土木工程有限公司")),
    Party("respondent", EMPLOYER, ("北港管理局",)),
    Party("engineer", ENGINEER, ("衡正监理有限公司",)),
)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def claim(*events: Event, **more: Any) -> Claim:
    values: dict[str, Any] = {
        "id": "CLM-1",
        "title": "Late possession of Area B",
        "type": "construction",
        "status": "open",
        "contract": "fidic-1999",
        "currency": "USD",
        "parties": PARTIES,
    }
    return Claim(**{**values, **more}, events=events)


def event(id: str = "E1", start: str = "2023-03-14", **more: Any) -> Event:
    dates = {key: day(more.pop(key)) for key in ("end", "aware") if more.get(key)}
    return Event(id=id, title=more.pop("title", "Access refused"), start=day(start), **dates, **more)


def value_of(kind: str, value: Any) -> Value:
    if kind == "date":
        start, _, end = str(value).partition("/")
        return Day(day(start), day(end) if end else None)
    if kind == "amount":
        number, _, currency = str(value).partition(" ")
        return Money(Decimal(number), currency or None)
    return str(value)


def fact(text: str, kind: Any, role: str, value: str, raw: str | None = None, **more: Any) -> Fact:
    """A fact where `raw` (else the value) first stands in the text; one that stands nowhere is a fault of the test."""
    start = text.index(raw or value)
    end = start + len(raw or value)
    return Fact(kind, role, value_of(kind, value), start, end, more.pop("confidence", 0.9), "test", **more)


def evidence(
    name: str,
    *pages: str,
    kind: str = "correspondence",
    date: str | None = None,
    facts: Sequence[tuple[Any, ...]] = (),
    sender: str | None = None,
    **summary: Any,
) -> Evidence:
    """A document; `facts` are the arguments of `fact` after the text, with its keywords as a last dict."""
    texts = [f"{sender}\n{page}" if sender and n == 0 else page for n, page in enumerate(pages or ("",))]
    document = assemble([PageText(text, 595, 842) for text in texts], "application/pdf")
    found = [
        fact(
            document.text,
            *(part for part in f if not isinstance(part, dict)),
            **(f[-1] if isinstance(f[-1], dict) else {}),
        )
        for f in facts
    ]
    if sender:
        found.append(fact(document.text, "party", "sender", sender))
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    values: dict[str, Any] = {
        "size": 1,
        "depth": 0,
        "state": "ok",
        "reason": None,
        "media_type": "application/pdf",
        "page_count": len(texts),
        "kind_confidence": 0.9,
        "language": "en",
        "title": None,
    }
    about = Summary(
        id=sha256[:16],
        sha256=sha256,
        name=name,
        kind=kind,
        date=day(date) if date else None,
        **{**values, **summary},
    )
    return Evidence(about, document, tuple(sorted(found, key=lambda f: f.start)))


def link(
    found: Evidence, event_id: str = "E1", page: int = 1, score: float = 0.9, status: Any = "proposed"
) -> Link:
    return Link(found.id, page, f"CLM-1/{event_id}", score, (), status)


def case(
    about: Claim, documents: Sequence[Evidence], links: Sequence[Link] | None = None, **more: Any
) -> CaseFile:
    """The case of these documents, each linked to E1 unless links are given."""
    standing = tuple(link(found) for found in documents) if links is None else tuple(links)
    return CaseFile(
        about, standing, {found.id: found for found in documents}, book=Book.of([about], {}), **more
    )
