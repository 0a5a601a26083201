"""Gathers what speaks for each kind in a document: headings, line openings, phrases, form."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.document import Document
from extractors.facts.plain import Plain, has_han, plain
from extractors.facts.segments import PageSegments, Segment
from extractors.kinds.cues import CueHit, Where, cue_phrases, misread_heading
from extractors.kinds.structure import signs

_HEAD_SEGMENTS = 14
_HEAD_CHARS = 12_000
_LONG_LINE = 90
_LARGE = 1.35
_SUBJECT_OPENINGS = (
    "re:",
    "re ",
    "subject",
    "sub:",
    "主题",
    "事由",
    "ref",
    "enclosure",
    "附件",
    "encl",
    "attach",
)
_SENTENCE = re.compile(r"[。；]|，.*，|[a-z] [a-z]+ [a-z]+ [a-z]+.*[.;]$")
_CONTRACT_NUMBER = re.compile(r"(?:sub-?)?contract(?: (?:no|ref|number)\.?)? ?:? ?(?=\S*\d)(?=\S*[/\-])\S+")
"""A paper that names its contract is none."""
_GREETINGS = ("dear ", "尊敬的", "to whom it may")
_BULLETS = " \t#*-_>•●○·=.([<|1234567890、一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something that speaks for `kind` with `weight`; `place` is its slice of the document."""

    kind: str
    weight: float
    where: Where | str
    place: tuple[int, int] | None


def head_of(page: PageSegments) -> tuple[Segment, ...]:
    """The segments of a first page that may be its heading: the first ones, and those in large letters."""
    order = [page.segments[at] for row in page.rows for at in row]
    first = tuple(order[:_HEAD_SEGMENTS])
    heights = sorted(s.box.y1 - s.box.y0 for s in page.segments if s.box)
    if not heights:
        return first
    large = heights[len(heights) // 2] * _LARGE
    return first + tuple(s for s in order[_HEAD_SEGMENTS:80] if s.box and s.box.y1 - s.box.y0 > large)


def heading_evidence(document: Document, head: Sequence[Segment]) -> Iterator[tuple[Evidence, Segment]]:
    """What the heading lines say, each with its line; the first heading counts full, later ones less."""
    share = 1.0
    lines = [plain(document.text, s.start, s.end) for s in head]
    following = {(s.line, s.column): s for s in head if s.column}
    for segment, line in zip(head, lines, strict=True):
        if line.lower.startswith(_GREETINGS):
            break
        found = (
            []
            if _is_label(document, following.get((segment.line, segment.column + 1)))
            else list(_of_heading(line))
        )
        for evidence in found:
            yield Evidence(evidence.kind, evidence.weight * share, "heading", evidence.place), segment
        if any(e.weight >= 3 for e in found):
            share *= 0.5
    if share == 1.0:
        yield from _misread(head, lines)


def _is_label(document: Document, beside: Segment | None) -> bool:
    """Whether a line is the label of a number beside it ("Contract    C-2023/017") and so no heading."""
    return beside is not None and any(c.isdigit() for c in document.text[beside.start : beside.end])


def _of_heading(line: Plain) -> Iterator[Evidence]:
    text = line.lower
    if len(text) > _LONG_LINE or _SENTENCE.search(text):
        return
    named = _CONTRACT_NUMBER.match(text)
    first = named.end() if named else 0
    found = (h for h in cue_phrases().find(text) if h.start >= first)
    hits = [h for h in found if any(c.where == "heading" for c in h.what)]
    if not hits:
        return
    subject = 0.25 if text.lstrip(_BULLETS).startswith(_SUBJECT_OPENINGS) else 1.0
    best = max(hits, key=lambda h: _fit(text, h) * max(c.weight for c in h.what) + h.start * 1e-3)
    for cue in best.what:
        if cue.where == "heading":
            yield Evidence(
                cue.kind, cue.weight * _fit(text, best) * subject, "heading", line.span(best.start, best.end)
            )


def _fit(text: str, hit: CueHit) -> float:
    """How much a phrase is what the line says: all of it, its end or beginning, or a word inside."""
    letters = sum(1 for c in text if c.isalnum())
    own = sum(1 for c in text[hit.start : hit.end] if c.isalnum())
    part = _part(text, hit)
    if own * 2 >= letters or part.strip() == hit.phrase:
        return 1.0
    rest = text[hit.end :].lstrip(" )]>:.")
    ends = not rest or not rest[0].isalpha() or rest.startswith(("no", "for ", "of ", "编号"))
    begins = not text[: hit.start].strip(_BULLETS)
    if has_han(hit.phrase):
        return 0.9 if ends else 0.25
    return 0.85 if (begins or ends) and text.count(" ") <= 9 else 0.3


def _part(text: str, hit: CueHit) -> str:
    """The part of a heading, between dashes, in which a phrase stands."""
    start, end = text.rfind(" - ", 0, hit.start), text.find(" - ", hit.end)
    return text[start + 3 if start >= 0 else 0 : end if end >= 0 else len(text)]


def _misread(head: Sequence[Segment], lines: Sequence[Plain]) -> Iterator[tuple[Evidence, Segment]]:
    short = [n for n, ln in enumerate(lines) if len(ln.text) <= 45 and not _CONTRACT_NUMBER.match(ln.lower)]
    found = misread_heading(lines[at].lower for at in short)
    if found:
        at, cue, likeness = found
        segment = head[short[at]]
        weight = cue.weight * (0.55 + 2 * (likeness - 0.8))
        yield Evidence(cue.kind, weight, "heading", (segment.start, segment.end)), segment


def phrase_evidence(page: PageSegments) -> Iterator[tuple[Evidence, str]]:
    """What line openings and phrases of a page say, each with its phrase."""
    text = page.plain
    starts = [s.start for s in page.segments]
    for hit in cue_phrases().find(text.lower[:_HEAD_CHARS]):
        place = text.span(hit.start, hit.end)
        opens = _opens(page.source, starts, place[0])
        for cue in hit.what:
            if cue.where == "body" or (cue.where == "line" and opens):
                yield Evidence(cue.kind, cue.weight, cue.where, place), hit.phrase


def _opens(text: str, starts: Sequence[int], place: int) -> bool:
    """Whether a segment begins at `place`, but for bullets and numbers."""
    at = bisect_left(starts, place + 1) - 1
    return at >= 0 and place - starts[at] <= 6 and not text[starts[at] : place].strip(_BULLETS)


def form_evidence(document: Document, first: Plain) -> Iterator[Evidence]:
    """What the form of the document says."""
    for sign in signs(document, first):
        yield Evidence(sign.kind, sign.weight, "form", sign.place)
