"""How documents and facts are written into rows, and read back as they were.

The rows are made by the worker that read the file: packed, a long document's words take a tenth of the memory, and
the one process that writes the records never holds them otherwise.
"""

from __future__ import annotations

import datetime
import json
import zlib
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from extractors.document import Box, Cell, Document, Mark, Meta, Page, Word
from extractors.extract import Understanding
from extractors.facts.date_order import order_evidence
from extractors.facts.dates import document_date
from extractors.facts.fact import Day, Fact, Money, Value
from extractors.facts.finding import Finding
from pipeline.correspondence.mention import Mention, mentions

PLACES = ("words", "cells")
"""The columns of a page that say where on the paper its text stands."""
_UNKNOWN = -1.0
_MENTION = tuple(field.name for field in fields(Mention))


Row = dict[str, Any]


@dataclass(frozen=True)
class ReadingRows:
    """What the step `read` found, without the document's id."""

    media_type: str
    text: Row
    pages: tuple[Row, ...]


@dataclass(frozen=True)
class UnderstandingRows:
    """What the steps `classify` and `facts` found, without the document's id."""

    about: Row
    """Columns of the table `documents`."""
    facts: tuple[Row, ...]
    order: Row | None
    """Of the table `date_orders`; None where no date says anything of the order of day and month."""
    speaks: Row
    """Columns of the table `kind_evidence`."""
    mentions: tuple[Row, ...]
    """What it says of documents."""
    ties: tuple[Row, ...] = ()
    """What it says of its parties' names."""


def reading_rows(read: Document) -> ReadingRows:
    """A document's text and pages as rows."""
    text = {
        "text": read.text,
        "title": read.title,
        "metadata": [[m.key, m.start, m.end] for m in read.metadata],
        "notes": list(read.notes),
    }
    return ReadingRows(read.media_type, text, tuple(_page_row(page) for page in read.pages))


def understanding_rows(found: Understanding, read: Document, told: str | None = None) -> UnderstandingRows:
    """A document's kind and facts as rows; `told` is the kind that it was told to be, where it was."""
    answer = found.classification
    about = {
        "kind": answer.kind,
        "kind_confidence": answer.confidence,
        "kind_why": [read.text[start:end] for start, end in answer.why],
        "language": answer.language,
        "title": answer.title,
        "date": own_date(found.facts),
        "findings": [_finding_row(each) for each in found.findings],
    }
    speaks = {"scores": list(answer.scores), "sketch": answer.sketch, "told": told, "precedents": []}
    rows = tuple(fact_row(n, fact) for n, fact in enumerate(found.facts))
    said = mention_rows(found.facts, read)
    ties = tuple({"position": n, **asdict(tie)} for n, tie in enumerate(found.ties))
    return UnderstandingRows(about, rows, _order_row(found.facts), speaks, said, ties)


def mention_rows(facts: Sequence[Fact], read: Document) -> tuple[Row, ...]:
    """What these facts of a document say of documents, as rows of the table `mentions`, without the document's id."""
    return tuple(mention_row(n, mention) for n, mention in enumerate(mentions(facts, read)))


def own_date(facts: Sequence[Fact]) -> str | None:
    """The document's own date among its facts, in ISO form."""
    day = document_date(facts)
    return day.isoformat() if day else None


def _order_row(facts: Sequence[Fact]) -> Row | None:
    evidence = order_evidence(facts)
    if not evidence.proved and not evidence.undecided:
        return None
    currencies = Counter(f.value.currency for f in facts if isinstance(f.value, Money) and f.value.currency)
    senders = {str(f.value) for f in facts if f.kind == "party" and f.role in ("sender", "seller")}
    return {
        "proved": evidence.proved,
        "undecided": evidence.undecided,
        "currency": min(currencies, key=lambda code: (-currencies[code], code), default=None),
        "senders": sorted(senders),
    }


def mention_row(position: int, mention: Mention) -> Row:
    """A mention as a row of the table `mentions`, without the document's id."""
    day = mention.day.isoformat() if mention.day else None
    return {"position": position, **asdict(mention), "day": day}


def mention_of(row: Mapping[Any, Any]) -> Mention:
    """The mention that was written as this row."""
    day = datetime.date.fromisoformat(row["day"]) if row["day"] else None
    return Mention(**{name: row[name] for name in _MENTION} | {"day": day})


def pack_words(words: Sequence[Word]) -> bytes:
    """Words as compressed columns: offsets as 32-bit integers, boxes and confidence as doubles."""
    offsets = array("i", (n for w in words for n in (w.start, w.end)))
    numbers = array(
        "d",
        (
            n
            for w in words
            for n in (
                w.box.x0,
                w.box.y0,
                w.box.x1,
                w.box.y1,
                _UNKNOWN if w.confidence is None else w.confidence,
            )
        ),
    )
    return zlib.compress(len(words).to_bytes(4, "little") + offsets.tobytes() + numbers.tobytes(), 3)


def unpack_words(packed: bytes) -> tuple[Word, ...]:
    """The words that `pack_words` was given."""
    raw = zlib.decompress(packed)
    count = int.from_bytes(raw[:4], "little")
    offsets, numbers = array("i"), array("d")
    cut = 4 + count * 2 * offsets.itemsize
    offsets.frombytes(raw[4:cut])
    numbers.frombytes(raw[cut:])
    return tuple(
        Word(
            offsets[2 * i],
            offsets[2 * i + 1],
            Box(*numbers[5 * i : 5 * i + 4]),
            None if numbers[5 * i + 4] == _UNKNOWN else numbers[5 * i + 4],
        )
        for i in range(count)
    )


def pack_cells(cells: Sequence[Cell]) -> bytes:
    """Cells as compressed JSON."""
    return zlib.compress(json.dumps([[c.table, c.row, c.column, c.start, c.end] for c in cells]).encode(), 3)


def unpack_cells(packed: bytes) -> tuple[Cell, ...]:
    """The cells that `pack_cells` was given."""
    return tuple(Cell(*numbers) for numbers in json.loads(zlib.decompress(packed)))


def _page_row(page: Page) -> Row:
    return {
        "number": page.number,
        "start": page.start,
        "end": page.end,
        "width": page.width,
        "height": page.height,
        "source": page.source,
        "engine": page.engine,
        "confidence": page.confidence,
        "words": pack_words(page.words),
        "cells": pack_cells(page.cells),
        "notes": list(page.notes),
        "marks": [[mark.kind, _sides(mark.box), mark.confidence] for mark in page.marks],
    }


def _sides(box: Box) -> list[float]:
    return [box.x0, box.y0, box.x1, box.y1]


def document_of(media_type: str, text: Mapping[Any, Any], pages: Sequence[Mapping[Any, Any]]) -> Document:
    """The document that was written as these rows."""
    return Document(
        text=text["text"],
        pages=tuple(page_of(row) for row in pages),
        media_type=media_type,
        metadata=tuple(Meta(*m) for m in text["metadata"]),
        notes=tuple(text["notes"]),
        title=text["title"],
    )


def page_of(row: Mapping[Any, Any]) -> Page:
    """The page that was written as this row."""
    return Page(
        number=row["number"],
        start=row["start"],
        end=row["end"],
        width=row["width"],
        height=row["height"],
        source=row["source"],
        engine=row["engine"],
        confidence=row["confidence"],
        words=unpack_words(row["words"]) if "words" in row else (),
        cells=unpack_cells(row["cells"]) if "cells" in row else (),
        notes=tuple(row["notes"]),
        marks=tuple(Mark(kind, Box(*sides), sure) for kind, sides, sure in row["marks"]),
    )


def fact_row(position: int, fact: Fact) -> Row:
    """A fact as a row of the table `facts`, without the document's id."""
    value, end, currency = _value_columns(fact.value)
    time = fact.value.time if isinstance(fact.value, Day) else None
    return {
        "position": position,
        "kind": fact.kind,
        "role": fact.role,
        "value": value,
        "value_end": end,
        "currency": currency,
        "time": time.isoformat() if time else None,
        "start": fact.start,
        "end": fact.end,
        "confidence": fact.confidence,
        "rule": fact.rule,
        "why": fact.why,
        "doubts": list(fact.doubts),
    }


def fact_of(row: Mapping[Any, Any]) -> Fact:
    """The fact that was written as this row."""
    return Fact(
        kind=row["kind"],
        role=row["role"],
        value=_value(row),
        start=row["start"],
        end=row["end"],
        confidence=row["confidence"],
        rule=row["rule"],
        why=row["why"],
        doubts=tuple(row["doubts"]),
    )


def _finding_row(found: Finding) -> Row:
    return {"code": found.code, "parts": dict(found.parts), "places": [list(place) for place in found.places]}


def finding_of(row: Mapping[str, Any]) -> Finding:
    """The finding that was written so."""
    places = tuple((start, end) for start, end in row["places"])
    return Finding(row["code"], tuple(row["parts"].items()), places)


def _value_columns(value: Value) -> tuple[str, str | None, str | None]:
    if isinstance(value, Day):
        return value.start.isoformat(), value.end.isoformat() if value.end else None, None
    if isinstance(value, Money):
        return str(value.amount), None, value.currency
    return value, None, None


def _value(row: Mapping[Any, Any]) -> Value:
    if row["kind"] == "date":
        end, time = row["value_end"], row["time"]
        return Day(
            datetime.date.fromisoformat(row["value"]),
            datetime.date.fromisoformat(end) if end else None,
            datetime.time.fromisoformat(time) if time else None,
        )
    if row["kind"] == "amount":
        return Money(Decimal(row["value"]), row["currency"])
    return str(row["value"])
