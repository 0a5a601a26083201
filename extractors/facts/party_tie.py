"""The names of a document by place, and what ties names together.

A tie is evidence and no verdict: whether two names mean one party is decided over all documents, elsewhere.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from extractors.document import Document
from extractors.facts.fact import Fact
from extractors.facts.party_names import in_one_line
from extractors.facts.party_nature import nature
from extractors.facts.party_whole import companies_of
from extractors.facts.segments import PageSegments, segments_of

TieKind = Literal["number", "defined", "pair", "initials", "staff", "domain"]


@dataclass(frozen=True, slots=True)
class Name:
    """A party's name at `start:end` of the document, in one line; `company` says that it has a company's form."""

    start: int
    end: int
    text: str
    company: bool
    person: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """What `document.text[start:end]` says of the party `name`.

    number: it is registered under `other`, by the rules of `scheme` (`sure`: its check character is right).
    defined: it is called `other` there. pair: `other` is its name in another script. initials: `other` stands in the
    text and is made of its initials. staff: the person `name` acts for the company `other`. domain: it writes from
    the mail domain `other`.
    """

    kind: TieKind
    name: str
    other: str
    start: int
    end: int
    scheme: str = ""
    sure: bool = False


@dataclass(frozen=True)
class NamedPage:
    """A page with the names on it, in order of place."""

    page: PageSegments
    names: tuple[Name, ...]
    first: bool
    last: bool

    def before(self, offset: int, reach: int) -> Name | None:
        """The last name that ends at most `reach` characters before a place of the document."""
        at = bisect_right(self.names, offset, key=lambda n: n.end) - 1
        return self.names[at] if at >= 0 and offset - self.names[at].end <= reach else None

    def within(self, start: int, end: int) -> tuple[Name, ...]:
        """The names that lie in a slice of the document."""
        first = bisect_left(self.names, start, key=lambda n: n.start)
        last = bisect_right(self.names, end, key=lambda n: n.end)
        return self.names[first:last]


def named_pages(document: Document, parties: Sequence[Fact]) -> list[NamedPage]:
    """The pages with the names of all parties on them, those of companies in running text included."""
    pages = [segments_of(document, page) for page in document.pages]
    names = {(f.start, f.end): Name(f.start, f.end, str(f.value), False, _is_person(f)) for f in parties}
    for place in companies_of(pages):
        known = names.get((place.start, place.end))
        text = known.text if known else in_one_line(document.text[place.start : place.end])
        names[place.start, place.end] = Name(place.start, place.end, text, True)
    ordered = _without_inner(sorted(names.values(), key=lambda n: (n.start, -n.end)))
    return [
        NamedPage(
            page,
            tuple(n for n in ordered if page.page.start <= n.start < page.page.end),
            number == 0,
            number == len(pages) - 1,
        )
        for number, page in enumerate(pages)
    ]


def _without_inner(names: Sequence[Name]) -> list[Name]:
    kept: list[Name] = []
    for name in names:
        if not kept or name.end > kept[-1].end:
            kept.append(name)
    return kept


def _is_person(fact: Fact) -> bool:
    return nature(str(fact.value), (fact.rule,), (fact.why,)) == "person"
