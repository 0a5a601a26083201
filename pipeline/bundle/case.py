"""What a bundle is made of: plain data, filled from the records by whoever exports. Nothing here knows a database."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from extractors.document import Box, Document
from pipeline.audit import Head
from pipeline.bundle.numbering import HandedOver
from pipeline.renditions.words import PageWords, words_of

Reading = Document | Callable[[], Document | None] | None
"""What was read from a file; a function fetches it only when its turn comes, so that a large case stays small."""

Progress = Callable[[int, int, str], None]
"""Told (steps done, steps in all, what is being done now)."""


class Sighting(NamedTuple):
    """Where a file was found, and when it was taken in (aware, UTC)."""

    path: str
    received: datetime.datetime


class ExhibitLink(NamedTuple):
    """A page of a document that bears on an event; `page` None means the document as a whole."""

    event: str
    page: int | None
    score: float
    status: str
    stance: str | None = None
    """What a person says it does for the event: supports, contradicts or neutral."""


class Highlight(NamedTuple):
    """Words of page `page` (from 1) of a document that tie it to an event.

    `boxes` are where they stand, a box for each line, empty where the document has no layout; they are then the
    occurrence number `nth` (from 0) of `words` on the page.
    """

    event: str
    page: int
    words: str
    boxes: tuple[Box, ...] = ()
    nth: int = 0


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """An event of the claim; `id` is qualified (`CLM-001/E1`)."""

    id: str
    title: str
    start: datetime.date
    end: datetime.date | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class ChronologyRow:
    """A line of the chronology; `event` (qualified) or `doc` may be None, `page` is a page of the document."""

    date: datetime.date | None
    end: datetime.date | None
    event: str | None
    doc: str | None
    page: int | None
    text: str


@dataclass(frozen=True)
class Exhibit:
    """A document of the bundle. `original` is its bytes as received, and is only read.

    `document` is what was read from it, and None where nothing could be; `failure` says why. A PDF or a picture is
    shown from its own bytes, and searched by its `words`; where they are not given, by those of its `document`, which
    it needs for nothing else. `custody` are lines for people on what was done with it. `form` is `original`, `copy` or
    `electronic`: in what form the evidence is at hand. `highlights` are the words to be marked, where that is wanted.
    """

    id: str
    sha256: str
    name: str
    original: Path
    media_type: str
    kind: str = "other"
    title: str = ""
    date: datetime.date | None = None
    sightings: tuple[Sighting, ...] = ()
    document: Reading = None
    words: Callable[[], Iterable[PageWords]] | None = None
    links: tuple[ExhibitLink, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    custody: tuple[str, ...] = ()
    failure: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    form: str = "copy"
    highlights: Callable[[], Iterable[Highlight]] | None = None

    def read(self) -> Document | None:
        """What was read from the file, fetched now if need be."""
        return self.document() if callable(self.document) else self.document

    def page_words(self) -> Iterable[PageWords]:
        """The words of its pages, one page at a time where that is possible."""
        if self.words is not None:
            return self.words()
        document = self.read()
        return () if document is None else words_of(document)

    @property
    def heading(self) -> str:
        """Its title, or its name where it has none."""
        return " ".join(self.title.split()) or self.name

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What the index tells of it, as text, so that a later bundle can say what has changed."""
        day = self.date.isoformat() if self.date else ""
        return (("date", day), ("kind", self.kind), ("title", self.heading))


@dataclass(frozen=True, slots=True)
class Withheld:
    """A document that was kept out, as a privilege log tells of it: never by its contents, its title or its name."""

    date: datetime.date | None
    author: str
    recipients: tuple[str, ...]
    kind: str
    ground: str


@dataclass(frozen=True)
class Case:
    """A claim and its evidence, as they go into a bundle.

    `audit` are the entries that bear on the claim, a JSON object each, as they were written. `audit_head` is the
    newest entry of the whole audit, which the bundle's receiver can hold against the workspace one day. `withheld`
    counts the documents that were kept out as privileged or without prejudice; `withheld_log` tells of each, where a
    privilege log is wanted. `order` is one of `order.ORDERS`, or empty for the profile's own; `prefix` stands before
    Bates numbers. `before` is the numbering that was handed over last, which this bundle keeps. A volume has at most
    `max_pages` pages and `max_bytes` bytes. `made_at` (aware, UTC) is every date inside the bundle
    that is not the evidence's own, so that the same case gives the same bytes.
    """

    claim_id: str
    title: str
    type: str
    status: str
    made_at: datetime.datetime
    currency: str | None = None
    amount: Decimal | None = None
    parties: tuple[tuple[str, str], ...] = ()
    events: tuple[CaseEvent, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    chronology: tuple[ChronologyRow, ...] = ()
    audit: tuple[str, ...] = ()
    audit_head: Head | None = None
    profile: str = "uk"
    withheld: int = 0
    withheld_log: tuple[Withheld, ...] | None = None
    order: str = ""
    prefix: str = ""
    before: HandedOver | None = None
    max_pages: int | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was built: the folder, its zip if one was wanted, pages of all volumes, bytes of the folder.

    `manifest` is the SHA-256 of its manifest.json, which names this very bundle. `notes` name the documents that
    could not be shown as they are, and say how they are represented. `numbering` is what the next bundle must keep.
    """

    path: Path
    zip: Path | None
    pages: int
    exhibits: int
    bytes: int
    withheld: int
    manifest: str
    notes: tuple[str, ...] = ()
    volumes: int = 1
    withdrawn: int = 0
    numbering: HandedOver | None = None
