"""Bates numbers: what stands before the digits, and the digits with their zeros."""

from __future__ import annotations

import re
from collections.abc import Iterator

BATES = "bates"
"""The label that holds the numbers of a document that came in a production."""
_TO = " – "
_NUMBER = re.compile(r"(.*?)([0-9]{1,18})\Z", re.DOTALL)
_MOST_PAGES = 100_000


def numbers(begin: str, end: str) -> Iterator[str]:
    """The numbers from one to another: `ABC-09` to `ABC-11` are three; where they do not go on, the two as they are."""
    first, last = _NUMBER.match(begin), _NUMBER.match(end)
    if (
        first is None
        or last is None
        or first[1] != last[1]
        or not 0 <= int(last[2]) - int(first[2]) < _MOST_PAGES
    ):
        yield from dict.fromkeys((begin, end))
        return
    for number in range(int(first[2]), int(last[2]) + 1):
        yield f"{first[1]}{number:0{len(first[2])}}"


def span(begin: str, end: str) -> str:
    """The first and the last number, as the label has them."""
    return begin if begin == end else f"{begin}{_TO}{end}"


def spanned(span: str) -> Iterator[str]:
    """All numbers of a span."""
    begin, to, end = span.partition(_TO)
    return numbers(begin, end if to else begin)
