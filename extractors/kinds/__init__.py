"""Which of the nine kinds a document is, from transparent cues; says which words decided.

Choices where trades differ: a receipt, a payment certificate and a credit note are invoices; a purchase order,
an insurance policy and a bond are contracts, because they bind; a delivery note is a work record, because it
tells what happened on site; notices, memos, faxes and letters of claim are correspondence; a quotation is other.
A photograph of a document is that document.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.document import Document, Page
from extractors.facts.plain import Plain
from extractors.facts.segments import PageSegments, Segment, segments_of
from extractors.kinds.cues import KINDS
from extractors.kinds.evidence import Evidence, form_evidence, head_of, heading_evidence, phrase_evidence
from extractors.kinds.language import language_of
from extractors.kinds.title import title_of

__all__ = ["KINDS", "Classification", "classify"]

_NOTHING_SPEAKS = 1.2
"""The logit of "other" before any cue: a document without cues is other, with a low confidence."""
_CAPS = {"line": 5.0, "body": 3.0}
"""Beyond this sum, more cues of a place add a quarter of their weight: ten hints are not ten proofs."""
_PICTURES_ONLY = ("photo", "video")
_TAGS = ("Media title", "Media description", "Media comment")


@dataclass(frozen=True)
class Classification:
    """`confidence` is 0 to 1; `why` holds the slices of the text that decided, the strongest first."""

    kind: str
    confidence: float
    why: tuple[tuple[int, int], ...]
    language: str
    title: str | None


def classify(document: Document) -> Classification:
    """The kind, language and title of a document; a document without pages is "other" by its form alone."""
    pages = [segments_of(document, page) for page in _telling(document.pages)]
    head = head_of(pages[0]) if pages else ()
    headings = list(heading_evidence(document, head))
    evidence = [e for e, _ in headings] + list(_of_pages(document, pages))
    kind, confidence = _decide(evidence)
    heading = max((h for h in headings if h[0].kind == kind), key=lambda h: h[0].weight, default=None)
    return Classification(
        kind,
        round(confidence, 4),
        _why(evidence, kind),
        language_of(_written(document)),
        _title(document, pages, heading, kind),
    )


def _written(document: Document) -> str:
    """What people wrote: of a recording its tags and what can be read on its frames, not the labels of its sheet."""
    if not document.media_type.startswith(("video/", "audio/")):
        return document.text[: document.body_end]
    tags = (document.text[m.start : m.end] for m in document.metadata if m.key in _TAGS)
    frames = (document.text[page.start : page.end] for page in document.pages[1:])
    return "\n".join((*tags, *frames))


def _title(
    document: Document, pages: Sequence[PageSegments], heading: tuple[Evidence, Segment] | None, kind: str
) -> str | None:
    sure = heading[1] if heading and heading[0].weight >= 2 else None
    return title_of(document, pages[0], sure, kind) if pages else None


def _telling(pages: Sequence[Page]) -> list[Page]:
    """The pages that are read for cues: the first three and the last."""
    return list(pages) if len(pages) <= 4 else [*pages[:3], pages[-1]]


def _of_pages(document: Document, pages: Sequence[PageSegments]) -> Iterable[Evidence]:
    """Line openings and phrases, each once in a document; and the form."""
    first = pages[0].plain if pages else Plain("", 0)
    yield from form_evidence(document, first)
    best: dict[tuple[str, str], Evidence] = {}
    for page in pages:
        for evidence, phrase in phrase_evidence(page):
            key = (evidence.kind, phrase)
            if key not in best or evidence.weight > best[key].weight:
                best[key] = evidence
    yield from best.values()


def _decide(evidence: Sequence[Evidence]) -> tuple[str, float]:
    """The kind with the greatest sum, and its share by softmax."""
    scores = {kind: _score(kind, evidence) for kind in KINDS if kind not in _PICTURES_ONLY}
    scores["other"] += _NOTHING_SPEAKS
    for kind in _PICTURES_ONLY:
        if any(e.kind == kind for e in evidence):
            scores[kind] = _score(kind, evidence)
    best = max(scores, key=lambda k: scores[k])
    return best, 1 / sum(math.exp(min(s - scores[best], 0.0)) for s in scores.values())


def _score(kind: str, evidence: Sequence[Evidence]) -> float:
    total = 0.0
    for where in ("heading", "line", "body", "form"):
        part = sum(e.weight for e in evidence if e.kind == kind and e.where == where)
        cap = _CAPS.get(where, math.inf)
        total += part if part <= cap else cap + (part - cap) / 4
    return total


def _why(evidence: Sequence[Evidence], kind: str) -> tuple[tuple[int, int], ...]:
    own = sorted((e for e in evidence if e.kind == kind and e.place), key=lambda e: -e.weight)
    places = dict.fromkeys(e.place for e in own if e.place)
    return tuple(places)[:6]
