"""Which of the nine kinds a document is, from transparent cues and small trained models; says which words decided.

Choices where trades differ: a receipt, a bank's slip of a payment, a payment certificate and a credit note are
invoices; a purchase order, a priced bill, an insurance policy with its endorsements and a bond are contracts, because
they bind; a delivery note is a work record, because it tells what happened on site; notices, memos, faxes and letters
of claim are correspondence; a quotation, an empty or filled-in form, a court's paper and a bank's account are other.
Whoever examined and judged wrote an inspection report (also the police's finding after an accident, an assessor's list
of damage, a list of defects); whoever did the work and noted it wrote a work record, even where it names a fault. A
number of people who spoke and what they agreed are minutes, whatever it is called; a letter that recounts them is not.
A photograph of a document is that document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractors.document import Document, Page
from extractors.facts.plain import Plain
from extractors.facts.segments import PageSegments, Segment, segments_of
from extractors.kinds.cues import KINDS
from extractors.kinds.decision import decide, reasons
from extractors.kinds.evidence import Evidence, form_evidence, head_of, heading_evidence, phrase_evidence
from extractors.kinds.grams import grams_of
from extractors.kinds.language import language_of
from extractors.kinds.model import TEXT_KINDS, sketch
from extractors.kinds.title import title_of

__all__ = ["KINDS", "TEXT_KINDS", "Classification", "classify", "evidence_of"]

_TAGS = ("Media title", "Media description", "Media comment")


@dataclass(frozen=True)
class Classification:
    """`confidence` is 0 to 1 and calibrated; `why` holds the slices of the text that decided, the strongest first.

    `scores` (a logit for each of `TEXT_KINDS`, or empty) and `sketch` (empty where there is too little text) are what
    a later look needs to decide anew by what people said of documents alike.
    """

    kind: str
    confidence: float
    why: tuple[tuple[int, int], ...]
    language: str
    title: str | None
    scores: tuple[float, ...] = ()
    sketch: bytes = b""


def classify(document: Document, told: str | None = None) -> Classification:
    """The kind, language and title of a document; a document without pages is "other" by its form alone.

    `told` is the kind that somebody said it is of: title, reasons and confidence are then of that kind.
    """
    pages = telling_pages(document)
    headings, evidence = evidence_of(document, pages)
    plains = [page.plain for page in pages]
    grams = grams_of(plains)
    decision = decide(evidence, grams, plains, told)
    kind = decision.kind
    heading = max((h for h in headings if h[0].kind == kind), key=lambda h: h[0].weight, default=None)
    return Classification(
        kind,
        round(decision.confidence, 4),
        reasons(kind, evidence, grams, plains),
        language_of(_written(document)),
        _title(document, pages, heading, kind),
        decision.scores,
        sketch(grams),
    )


def telling_pages(document: Document) -> list[PageSegments]:
    """The pages that are read for a document's kind, in segments."""
    return [segments_of(document, page) for page in _telling(document.pages)]


def evidence_of(
    document: Document, pages: Sequence[PageSegments]
) -> tuple[list[tuple[Evidence, Segment]], list[Evidence]]:
    """What the headings say, each with its line; and all that the cues say."""
    headings = list(heading_evidence(document, head_of(pages[0]) if pages else ()))
    return headings, [e for e, _ in headings] + list(_of_pages(document, pages))


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
