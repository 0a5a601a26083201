"""Which sentence of the evidence tells of an event, and which page bears a statement out: by words that they share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extractors.document import is_han
from index.words import tokens
from pipeline.casefile import CaseFile
from pipeline.claims import Event
from pipeline.evidence import Evidence
from pipeline.wording import sentences, shown

MOST = 6
"""Documents that are quoted for an event at most, the best links first."""
SHORTEST, LONGEST = 12, 400
"""Letters of a quotation; a Han character counts as two."""
FEWEST = 3
"""Words that a quotation shares with the event at least."""
BORNE_OUT = 0.5
"""Share of a statement's words that a page must hold to be cited for it."""
_HEAD_LINE = re.compile(
    r"(?im)^\s*(from|to|cc|bcc|date|sent|subject|发件人|收件人|抄送|主题|发送时间)\s*[:：]"
)
"""Of a mail's head, which names things and tells nothing."""
_QUOTED = ("correspondence", "minutes", "work_record", "inspection_report", "contract", "other")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence in the words of a document, and its page."""

    evidence: Evidence
    page: int
    text: str


@lru_cache(maxsize=4096)
def terms(text: str) -> frozenset[str]:
    """The words of a text that mean something: those of three letters or more, numbers, and pairs of Han characters."""
    found = [token[0] for token in tokens(text)]
    words = {
        term for term in found if not is_han(term[0]) and (len(term) > 2 or any(c.isdigit() for c in term))
    }
    pairs = {a + b for a, b in pairwise(found) if is_han(a[0]) and is_han(b[0])}
    return frozenset(words | pairs)


def quotations(case: CaseFile, event: Event) -> list[Quotation]:
    """What the evidence itself says of an event: the most telling sentence of each document, by date."""
    wanted = terms(" ".join((event.title, event.description, *event.keywords)))
    told = (
        _most_telling(found, wanted) for found in case.evidence_of(event) if found.summary.kind in _QUOTED
    )
    unique: dict[str, Quotation] = {}
    for found in told:
        if found is not None and len(unique) < MOST:
            unique.setdefault(found.text, found)
    order = {found.id: n for n, found in enumerate(case.in_order())}
    return sorted(unique.values(), key=lambda quotation: order[quotation.evidence.id])


def _most_telling(found: Evidence, wanted: frozenset[str]) -> Quotation | None:
    document = found.document
    ranked = [
        (len(terms(document.text[start:end]) & wanted), -start, start, end)
        for start, end in sentences(document)
        if SHORTEST <= _length(document.text[start:end]) <= LONGEST
        and not _HEAD_LINE.search(document.text[start:end])
    ]
    shared, _, start, end = max(ranked, default=(0, 0, 0, 0))
    if shared < FEWEST:
        return None
    return Quotation(found, document.page_at(start).number, shown(document.text[start:end]))


def _length(text: str) -> int:
    return sum(2 if is_han(char) else 1 for char in text)


def bearing_out(case: CaseFile, event: Event, statement: str) -> tuple[str, int] | None:
    """The page of the event's evidence that holds most of the words of a statement, if it holds enough of them."""
    wanted = terms(statement)
    ranked = [
        (share, -order, found.id, page)
        for order, found in enumerate(case.evidence_of(event))
        for page, share in _shares(found, wanted)
    ]
    share, _, document, page = max(ranked, default=(0.0, 0, "", 0))
    return (document, page) if share >= BORNE_OUT else None


def _shares(found: Evidence, wanted: frozenset[str]) -> Iterator[tuple[int, float]]:
    for page in found.document.pages:
        text = found.document.text[page.start : page.end]
        if wanted:
            yield page.number, len(terms(text) & wanted) / len(wanted)
