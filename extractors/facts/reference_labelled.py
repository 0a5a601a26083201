"""Reference numbers behind labels: "Our ref: GC/L/0145", "Invoice #7", 合同编号：…, or in the cell below a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from extractors.document import Document
from extractors.facts.phrases import Hit, Phrases
from extractors.facts.plain import Plain, has_han, plain, vocabulary
from extractors.facts.reference_shapes import (
    NEXT,
    is_strong,
    like,
    plate_at,
    role_of_shape,
    value_at,
)
from extractors.facts.segments import PageSegments, Segment

_AFTER = re.compile(
    r"[.°º]{0,2}(?P<number> ?(?:: ?)?(?:(?:ref\.? |reference |letter |order )?"
    r"(?:no|nr|num|number|id|code|ref|reference|nummer)\b\.?(?: ?\(s\))?"
    r"|n[°º.]\.?|[#№°]|编号|号码|单号|代码|号(?=[ :])))?"
    r"(?P<note> ?\([^()\d]{1,24}\))?(?P<sep> ?\.?:? ?[:;=#]+| ?(?:is|was)\b|为|是| -(?= ))?[ .]*",
    re.IGNORECASE,
)
_NAME_OF_WORKS = re.compile(r"[A-Z]{1,2}\d{1,4}(?: [A-Z][a-z]+){1,4}\b")
"""A name with a road's number in it and no reference: `Contract: A57 Link Road`."""
_BY_KIND = {
    "correspondence": "letter",
    "invoice": "invoice",
    "inspection_report": "report",
    "contract": "contract",
    "work_record": "report",
}
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")
_LONGEST = 80
_NOISE = 3
"""So few letters behind a label with its value in the next column are noise."""
_SHORTEST_BESIDE = 3
"""A shorter number beside a label, in a text without layout, is more likely a count."""
_PAPERS = {
    **dict.fromkeys(("报告", "报告书", "认定书"), "report"),
    **dict.fromkeys(("合同", "协议", "协议书"), "contract"),
    **dict.fromkeys(("函", "通知书", "通知单", "联系单"), "letter"),
    **dict.fromkeys(("发票", "收据"), "invoice"),
}
"""What the last characters of a paper's name say its number is."""
_BARE_WORDS = frozenset(("no", "nr", "number", "编号"))
REF_WORDS = frozenset(("ref", "ref no", "reference no"))
"""Labels that do not say what the number is of."""


@dataclass(frozen=True, slots=True)
class Label:
    """The role of the number behind a label; `full` when the label itself says that a number follows."""

    role: str
    full: bool


@dataclass(frozen=True, slots=True)
class Numbered:
    """A reference number at `start:end` of the document; `why` are the words that decided."""

    role: str
    value: str
    start: int
    end: int
    confidence: float
    rule: str
    why: str


@cache
def labels() -> Phrases[Label]:
    """The labels of reference_labels.yaml."""
    loaded = vocabulary(Path(__file__).parent, "reference_labels.yaml")
    return Phrases(
        (phrase, Label(role, sort == "full"))
        for role, sorts in loaded.items()
        for sort, phrases in sorts.items()
        for phrase in phrases
    )


def labelled(document: Document, page: PageSegments, kind: str) -> Iterator[Numbered]:
    """The numbers behind labels on a page; those of role "ignore" mark what is no reference."""
    for segment, line in zip(page.segments, page.lines, strict=True):
        for hit in labels().find(line.lower):
            found = _value(document, page, segment, line, hit)
            if found:
                first = _numbered(hit, found, line, kind)
                yield first
                yield from _listed(first, found)


@dataclass(frozen=True, slots=True)
class _Value:
    text: Plain
    start: int
    end: int
    confidence: float


def _value(
    document: Document, page: PageSegments, segment: Segment, line: Plain, hit: Hit[Label]
) -> _Value | None:
    after = _AFTER.match(line.text, hit.end)
    if (
        after is None
        or line.text[max(0, hit.start - 1) : hit.start] in ("-", "/")
        or (hit.end < len(line.text) and line.lower[hit.end] in _LATIN and line.lower[hit.end - 1] in _LATIN)
    ):
        return None
    named = hit.what.full or after.group("number") is not None
    separated = after.group("sep") is not None
    rest = line.text[after.end() : after.end() + 40].strip(" .:_-")
    beside = page.after(segment) if 0 < len(rest) <= _NOISE else None
    if beside and named:
        value = _elsewhere(document, page, segment)
        if value and is_strong(value.text.text[value.start : value.end]) and not is_strong(rest):
            return value
    if rest:
        return _inline(line, after, hit)
    if not named:
        return None
    lone = hit.phrase in _BARE_WORDS and not separated
    found = _elsewhere(document, page, segment)
    if lone and (found is None or not _level(page, segment, found)):
        return None
    return found


def _level(page: PageSegments, segment: Segment, found: _Value) -> bool:
    """Whether a number that can hardly be anything else stands to the right of its label, on its line."""
    beside = page.after(segment)
    start, _ = found.text.span(found.start, found.end)
    strong = is_strong(found.text.text[found.start : found.end])
    return strong and beside is not None and beside.start <= start < beside.end


def _inline(line: Plain, after: re.Match[str], hit: Hit[Label]) -> _Value | None:
    at, numbered, separated = after.end(), after.group("number") is not None, after.group("sep") is not None
    named = hit.what.full or numbered
    if not named and separated and _NAME_OF_WORKS.match(line.text, at):
        return None
    plate = plate_at(line.text, at) if hit.what.role == "plate" else None
    span = plate or value_at(line.text, at, min(at + _LONGEST, len(line.text)))
    if span is None:
        return None
    value = line.text[slice(*span)]
    strong = is_strong(value)
    if has_han(value[0]) and not (named and separated) and not value.endswith("号"):
        return None
    if hit.what.role == "by_kind" and not (strong and _stands_alone(line, hit, separated)):
        return None
    if not named and not (separated and len(value) >= 3) and not (strong and span[0] - at <= 1):
        return None
    if not separated and not strong and not numbered and not _short_allowed(hit, value):
        return None
    return _Value(line, *span, 0.6 + 0.15 * named + 0.1 * separated + 0.1 * strong)


def _stands_alone(line: Plain, hit: Hit[Label], separated: bool) -> bool:
    """Whether "No." or 编号 is a label of its own and not the end of another one."""
    dotted = line.text[hit.end : hit.end + 1] == "."
    before = line.text[max(0, hit.start - 40) : hit.start]
    own = (
        not before.strip()
        or (has_han(hit.phrase) and before[-1] in " )")
        or _bracketed(line, hit) is not None
    )
    return (separated or dotted) and own


def _bracketed(line: Plain, hit: Hit[Label]) -> str | None:
    """The role of what a bracket gives the number of: `survey report (No. …)`, 公估报告（编号：…）."""
    before = line.lower[max(0, hit.start - 40) : hit.start].rstrip()
    if not before.endswith("("):
        return None
    before = before[:-1].rstrip()
    roles = [found.what.role for found in labels().find(before) if found.end == len(before)]
    roles = roles or [role for words, role in _PAPERS.items() if before.endswith(words)]
    return roles[-1] if roles and roles[-1] not in ("ignore", "by_kind") else None


def _short_allowed(hit: Hit[Label], value: str) -> bool:
    """ "Invoice No. 7" is a number; "contract of 2 parts" is none."""
    words = hit.phrase.split()
    return words[-1] in ("no", "number", "n", "id") or has_han(hit.phrase) or any(c.isalpha() for c in value)


def _elsewhere(document: Document, page: PageSegments, segment: Segment) -> _Value | None:
    """The value in the cell or segment to the right, else below."""
    places = [page.cell_near(segment, 0, 1), page.cell_near(segment, 1, 0)]
    near = (page.after(segment), page.below(segment))
    places += [(s.start, s.end) for s in near if s is not None]
    for place in places:
        if place is None:
            continue
        other = plain(document.text, *place)
        lead = len(other.text) - len(other.text.lstrip(" :."))
        span = value_at(other.text, lead, len(other.text))
        if span is None or len(other.text[span[1] :].strip()) > 12:
            continue
        strong = is_strong(other.text[slice(*span)])
        level = near[0] is not None and place[0] == near[0].start and span[1] - span[0] >= _SHORTEST_BESIDE
        if strong or level or page.page.words or page.page.cells:
            return _Value(other, *span, 0.75 + 0.1 * strong)
    return None


def _said(found: _Value) -> str:
    return found.text.text[found.start : found.end]


def _in_a_sentence(line: Plain, hit: Hit[Label]) -> bool:
    """Whether "ref" stands where words lead up to it: `claim submitted under ref WC/417` is not the paper's own."""
    return (
        line.lower[: hit.start]
        .rstrip()
        .endswith((" under", " with", " by", " as", " bearing", " your", " its", " of"))
    )


def _listed(first: Numbered, found: _Value) -> Iterator[Numbered]:
    """The numbers built alike behind the first one of a list: drawings A-101, A-102 and A-103."""
    text, at = found.text.text, found.end
    built = like(text[found.start : found.end])
    while any(c.isdigit() for c in built) and (more := NEXT.match(text, at)):
        if like(more.group("value")) != built or first.role == "ignore":
            return
        start, end = found.text.span(*more.span("value"))
        sure = round(first.confidence - 0.05, 2)
        yield replace(first, value=more.group("value"), start=start, end=end, confidence=sure)
        at = more.end()


def _numbered(hit: Hit[Label], found: _Value, line: Plain, kind: str) -> Numbered:
    role = hit.what.role
    of_what = _bracketed(line, hit) if role == "by_kind" else None
    if of_what:
        role = of_what
    elif hit.phrase in REF_WORDS and _in_a_sentence(line, hit):
        role = role_of_shape(_said(found)) or _BY_KIND.get(kind, role)
    elif role == "by_kind" or (hit.phrase in REF_WORDS and kind in _BY_KIND):
        role = _BY_KIND.get(kind, "other") if role == "by_kind" or kind != "invoice" else "other"
    value = _said(found)
    if role == "other":
        role = role_of_shape(value) or role
    start, end = found.text.span(found.start, found.end)
    why = line.text[hit.start : hit.end]
    return Numbered(role, value, start, end, round(found.confidence, 2), "reference.label", why)
