"""How documents and facts are written into rows, and read back as they were."""

from __future__ import annotations

import datetime
import json
import zlib
from array import array
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from extractors.document import Box, Cell, Document, Meta, Page, Word
from extractors.facts.fact import Day, Fact, Money, Value

_UNKNOWN = -1.0


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


def page_row(document: str, page: Page) -> dict[str, Any]:
    """A page as a row of the table `pages`."""
    return {
        "document": document,
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
    }


def text_row(document: str, read: Document) -> dict[str, Any]:
    """A document's string as a row of the table `texts`."""
    return {
        "document": document,
        "text": read.text,
        "title": read.title,
        "metadata": [[m.key, m.start, m.end] for m in read.metadata],
        "notes": list(read.notes),
    }


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
        words=unpack_words(row["words"]),
        cells=unpack_cells(row["cells"]),
        notes=tuple(row["notes"]),
    )


def fact_row(document: str, position: int, fact: Fact) -> dict[str, Any]:
    """A fact as a row of the table `facts`."""
    value, end, currency = _value_columns(fact.value)
    return {
        "document": document,
        "position": position,
        "kind": fact.kind,
        "role": fact.role,
        "value": value,
        "value_end": end,
        "currency": currency,
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


def _value_columns(value: Value) -> tuple[str, str | None, str | None]:
    if isinstance(value, Day):
        return value.start.isoformat(), value.end.isoformat() if value.end else None, None
    if isinstance(value, Money):
        return str(value.amount), None, value.currency
    return value, None, None


def _value(row: Mapping[Any, Any]) -> Value:
    if row["kind"] == "date":
        end = row["value_end"]
        return Day(
            datetime.date.fromisoformat(row["value"]), datetime.date.fromisoformat(end) if end else None
        )
    if row["kind"] == "amount":
        return Money(Decimal(row["value"]), row["currency"])
    return str(row["value"])
