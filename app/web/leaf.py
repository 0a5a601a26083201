"""One page of a document as it is shown: where facts and found words stand, on the picture and in the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.web.wording import Speech
from extractors.document import Box, Document, Page, Word, words_within
from extractors.facts.fact import Day, Fact, Money
from index.errors import SearchError
from index.query import parse
from index.snippets import matching, wanted
from pipeline.evidence import Summary
from pipeline.records import documents, glances
from pipeline.rulings import SAID, is_said, written

SAME_LINE = 0.5
"""Two words stand in one line when they share so much of the lower one's height."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A fact as it is shown. `key` names it in the page; `boxes` are where it stands, one for each line."""

    key: str
    kind: str
    role: str
    raw: str
    value: str
    confidence: float
    doubts: tuple[str, ...]
    page: int
    why: str
    read: str = ""
    """The value as it was read, by which people say what it is; empty where it was not read at all."""
    settled: bool = False
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the page's text: within a fact (`key`), a word that was sought, or neither."""

    text: str
    key: str = ""
    kind: str = ""
    found: bool = False


@dataclass(frozen=True)
class Leaf:
    """A page with what is shown on it. `elsewhere` are the facts of the document's other pages."""

    page: Page
    pieces: tuple[Piece, ...]
    spots: tuple[Spot, ...]
    found: tuple[Box, ...]
    elsewhere: tuple[Spot, ...]
    document: Document


def leaf(
    tx: sa.Connection,
    summary: Summary,
    number: int,
    sought: str,
    t: Speech,
    besides: Sequence[tuple[int, int]] = (),
) -> Leaf:
    """Page `number` of a document, with what was sought on it and the slices `besides`. Raises `NotFound`."""
    document = documents.reading(tx, summary, placed=False)
    page = glances.one_page(tx, summary.id, number)
    read = {_place(fact): written(fact.value) for fact in documents.all_facts(tx, summary.id)}
    facts = [(f"f{n}", fact) for n, fact in enumerate(documents.said_facts(tx, summary, document))]
    here = [(key, fact) for key, fact in facts if document.page_at(fact.start).number == number]
    spans = list(_sought(document.text[page.start : page.end], sought))
    placed = [(page.start + start, page.start + end) for start, end in spans]
    placed = sorted([*placed, *(one for one in besides if page.start <= one[0] < page.end)])
    return Leaf(
        page=page,
        pieces=tuple(_pieces(document.text, page, here, placed)),
        spots=tuple(_spot(key, fact, document, page, t, read.get(_place(fact), "")) for key, fact in here),
        found=tuple(box for start, end in placed for box in lines(words_within(page.words, start, end))),
        elsewhere=tuple(
            _spot(key, fact, document, None, t)
            for key, fact in facts
            if document.page_at(fact.start).number != number
        ),
        document=document,
    )


def _place(fact: Fact) -> tuple[str, str, int, int]:
    return fact.kind, fact.role, fact.start, fact.end


def _spot(key: str, fact: Fact, document: Document, page: Page | None, t: Speech, read: str = "") -> Spot:
    return Spot(
        key=key,
        kind=fact.kind,
        role=fact.role,
        raw=" ".join(document.text[fact.start : fact.end].split()),
        value=said(fact, t),
        confidence=fact.confidence,
        doubts=fact.doubts,
        page=document.page_at(fact.start).number,
        why=fact.why or (SAID if is_said(fact) else fact.rule),
        read=read,
        settled=is_said(fact),
        boxes=lines(words_within(page.words, fact.start, fact.end)) if page else (),
    )


def side(fact: Fact, document: Document, t: Speech) -> Spot:
    """A fact as one side of a contradiction: without its place on the page, which may be another's."""
    return _spot("", fact, document, None, t, written(fact.value))


def said(fact: Fact, t: Speech) -> str:
    """A fact's value as people write it."""
    if isinstance(fact.value, Day):
        days = [t.date(fact.value.start)] + ([t.date(fact.value.end)] if fact.value.end else [])
        return " ".join(filter(None, (" – ".join(days), fact.value.clock)))
    if isinstance(fact.value, Money):
        return t.money(fact.value.amount, fact.value.currency)
    return fact.value


def lines(words: Sequence[Word]) -> tuple[Box, ...]:
    """A box for each line that the words stand in."""
    found: list[list[Box]] = []
    for word in words:
        if found and _level(found[-1][-1], word.box):
            found[-1].append(word.box)
        else:
            found.append([word.box])
    return tuple(box for line in found if (box := Box.around(line)) is not None)


def _level(one: Box, other: Box) -> bool:
    common = min(one.y1, other.y1) - max(one.y0, other.y0)
    return common > SAME_LINE * min(one.y1 - one.y0, other.y1 - other.y0) and other.x0 >= one.x0


def _sought(text: str, sought: str) -> Iterator[tuple[int, int]]:
    """The slices of a page's text that a query is about; none for one that cannot be read."""
    try:
        phrases = wanted(parse(sought)) if sought.strip() else ()
    except SearchError:
        return
    for span in matching(text, phrases):
        yield span.start, span.end


def _pieces(
    text: str, page: Page, facts: Iterable[tuple[str, Fact]], found: Sequence[tuple[int, int]]
) -> Iterator[Piece]:
    """The page's text in order. Of facts that overlap the first counts; what was sought may lie across them."""
    spans, at = [], page.start
    for key, fact in sorted(facts, key=lambda one: (one[1].start, -one[1].end)):
        if fact.start >= at and fact.end <= page.end:
            spans.append((fact.start, fact.end, key, fact.kind))
            at = fact.end
    at = page.start
    for start, end, key, kind in spans:
        yield from _cut(text, at, start, found)
        yield from _cut(text, start, end, found, key, kind)
        at = end
    yield from _cut(text, at, page.end, found)


def _cut(
    text: str, start: int, end: int, found: Sequence[tuple[int, int]], key: str = "", kind: str = ""
) -> Iterator[Piece]:
    at = start
    for first, last in found:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if at < first:
            yield Piece(text[at:first], key, kind)
        yield Piece(text[first:last], key, kind, True)
        at = last
    if at < end:
        yield Piece(text[at:end], key, kind)
