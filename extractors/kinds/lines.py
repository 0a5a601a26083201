"""The lines at the head of a document as a reader sees them: pieces that touch are one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from extractors.document import Box, is_han
from extractors.facts.party_forms import companies_in
from extractors.facts.party_labelled import labels as party_labels
from extractors.facts.party_names import is_address
from extractors.facts.plain import Plain, plain
from extractors.facts.reference_labelled import labels as number_labels
from extractors.facts.segments import PageSegments, Segment

_LINES = 40
_LOOKED_AT = 300
"""Characters of a line that are looked at to see what it is."""
_TOUCH = 0.5
"""Pieces nearer than half a letter's height are one line, whatever OCR made of the boxes."""
_WHITE = re.compile(r"\s+")
_NO_WORDS = re.compile(
    r"[\d\W_]*$|page \d|第 ?\d+ ?页|.*(?:@|www\.|https?:)|(?:tel|fax|phone|电话|传真|地址|邮编)\b|received\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_DATED = re.compile(
    r"(?:date|dated|日期|时间)?[ :.]*(?:\w{3,9}day,? )?"
    r"(?:\d{4}[-/.年] ?\d{1,2}|\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/. ,]+\d{2,4}"
    r"|[a-z]{3,9} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}(?:st|nd|rd|th) [a-z]{3,9} \d{4})[^a-z]{0,14}$",
    re.IGNORECASE,
)
_HEAD_LABELS = re.compile(
    r"(?:date|ref|our ref|your ref|to|from|cc|attn|attention|client|site|project|page|place|where|present|no"
    r"|工程名称|项目名称|日期)\b ?[.:]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class HeadLine:
    """A line, or a column of one, at the head of a page."""

    source: str
    start: int
    end: int
    first: Segment
    alone: bool
    """Whether nothing else stands on its row."""

    @cached_property
    def text(self) -> str:
        """The line, without the spaces that stand between Han characters."""
        return joined(self.source[self.start : self.end])

    @cached_property
    def plain(self) -> Plain:
        """Its plain form."""
        return plain(self.source, self.start, self.end)

    @property
    def box(self) -> Box | None:
        """Where its first piece stands."""
        return self.first.box

    @cached_property
    def is_company(self) -> bool:
        """Whether it is a name and little else."""
        named = companies_in(self.plain)
        return any(c.end - c.start >= 0.6 * len(self.plain.text) for c in named)

    @cached_property
    def is_label(self) -> bool:
        """Whether it is, or begins with, the label of a name, a number or a date."""
        low = self.plain.lower.strip(" #*")
        party, number = party_labels().at_start(low[:60]), number_labels().at_start(low[:60])
        after = [low[hit.end :].lstrip(" .") for hit in (party, number) if hit]
        return any(not rest or rest[0] in ":#" for rest in after) or bool(
            (number and number.what.full) or _HEAD_LABELS.fullmatch(low) or re.match(r"[^:]{1,12}:$", low)
        )

    @cached_property
    def tells(self) -> bool:
        """Whether it may be a title: words, and no company, address, date, label or telephone."""
        text = self.plain.text.strip(" #*")[:_LOOKED_AT]
        letters = sum(1 for c in text if c.isalpha())
        return (
            letters >= 4
            and letters >= 0.5 * len(text.replace(" ", ""))
            and not (
                _NO_WORDS.match(text) or _DATED.match(text) or is_address(text) or _POSTCODE.search(text)
            )
            and not (self.is_label or self.is_company)
        )


def joined(text: str) -> str:
    """A text in one line; between Han characters no spaces."""
    words = _WHITE.sub(" ", text).strip()
    return "".join(
        c for at, c in enumerate(words) if c != " " or not (is_han(words[at - 1]) and is_han(words[at + 1]))
    )


def head_lines(page: PageSegments) -> list[HeadLine]:
    """The first lines of a page, from the top and from left to right."""
    return [line for row in page.rows[:_LINES] for line in _of_row(page, [page.segments[at] for at in row])]


def _of_row(page: PageSegments, row: list[Segment]) -> Iterator[HeadLine]:
    groups: list[list[Segment]] = []
    for segment in row:
        if groups and _touch(groups[-1][-1], segment):
            groups[-1].append(segment)
        else:
            groups.append([segment])
    for group in groups:
        yield HeadLine(page.source, group[0].start, group[-1].end, group[0], len(groups) == 1)


def _touch(left: Segment, right: Segment) -> bool:
    if left.box is None or right.box is None or right.start < left.end:
        return False
    return right.box.x0 - left.box.x1 < _TOUCH * (right.box.y1 - right.box.y0)
