"""A document's title, as it stands in the document: its subject line, else its heading. Never made up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from extractors.document import Document
from extractors.facts.plain import plain
from extractors.facts.segments import Segment

_SUBJECT = re.compile(
    r"^[#*\s]*(?:subject|subj|re|sub|regarding|title|topic|主题|事由|标题|会议名称|会议主题|议题)"
    r" ?: ?[*\s]*(?P<title>\S.*)$",
    re.IGNORECASE,
)
_SUBJECT_BARE = re.compile(r"^(?:re|subject)[ .-]{1,3}(?P<title>[A-Z].{8,})$", re.IGNORECASE)
_ABOUT = re.compile(
    r"^关于.{2,60}(?:函|通知|报告|请示|批复|意见|说明|纪要|回复|答复|申请|公告|决定|通报|事宜)$"
)
_NOT_A_TITLE = re.compile(
    r"^[\d\W_]*$|^page \d|^第 ?\d+ ?页|@|www\.|https?:|^(?:tel|fax|phone|电话|传真|地址|date|日期)\b", re.I
)
_GREETING = re.compile(r"^(?:dear |gentlemen|to whom it may concern)", re.IGNORECASE)
_LEAD = re.compile(r"^(?:contract|re)\b[^:]{0,30}: ?", re.IGNORECASE)
_LONGEST = 120
_FIRST = 6


def title_of(document: Document, head: Sequence[Segment], heading: Segment | None) -> str | None:
    """The title: `heading` is the segment that told the kind, `head` the first segments of the document."""
    if document.media_type.startswith("message/") and document.title:
        return _tidy(document.title)
    return _subject(document, head) or _heading(document, head, heading) or _first_line(document, head)


def _subject(document: Document, head: Sequence[Segment]) -> str | None:
    for at, segment in enumerate(head):
        line = plain(document.text, segment.start, segment.end)
        found = _SUBJECT.match(line.text) or _SUBJECT_BARE.match(line.text)
        if found:
            start, end = line.span(*found.span("title"))
            return _tidy(document.text[start:end])
        if re.fullmatch(r"(?:subject|re|主题|事由) ?:?", line.lower) and at + 1 < len(head):
            return _tidy(document.text[head[at + 1].start : head[at + 1].end])
    return _after_greeting(document, head)


def _after_greeting(document: Document, head: Sequence[Segment]) -> str | None:
    """The short line between "Dear Sirs," and the letter's first sentence."""
    lines = [document.text[s.start : s.end] for s in head]
    for greeting, line in pairwise(lines):
        if _GREETING.match(greeting) and len(line) <= _LONGEST and line[-1].isalnum():
            following = lines[lines.index(line) + 1 :][:1]
            if not following or following[0][:1].isupper() or not following[0][:1].isalpha():
                return _tidy(_LEAD.sub("", line))
    return None


def _heading(document: Document, head: Sequence[Segment], heading: Segment | None) -> str | None:
    for segment in head:
        if _ABOUT.match(plain(document.text, segment.start, segment.end).text):
            return _tidy(document.text[segment.start : segment.end])
    return _tidy(document.text[heading.start : heading.end]) if heading else None


def _first_line(document: Document, head: Sequence[Segment]) -> str | None:
    """The first line set in larger letters than the rest, or marked as a heading (Markdown)."""
    heights = sorted(s.box.y1 - s.box.y0 for s in head if s.box)
    usual = heights[len(heights) // 2] if heights else 0.0
    for segment in head[:_FIRST]:
        text = document.text[segment.start : segment.end]
        large = segment.box is not None and (segment.box.y1 - segment.box.y0) > 1.35 * usual
        if (large or text.startswith("# ")) and _like_a_title(text):
            return _tidy(text)
    return None


def _like_a_title(text: str) -> bool:
    letters = sum(1 for c in text if c.isalpha())
    return letters >= 4 and letters >= 0.7 * len(text.replace(" ", "")) and not _NOT_A_TITLE.search(text)


def _tidy(text: str) -> str | None:
    line = " ".join(text.split()).strip("#*_ ")
    if len(line) > _LONGEST:
        line = line[:_LONGEST].rsplit(" ", 1)[0] + "…"
    return line if len(line) >= 2 and not _NOT_A_TITLE.search(line) else None
