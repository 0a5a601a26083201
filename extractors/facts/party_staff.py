"""Who acts for which company: signature blocks, lists of people at a meeting, mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from extractors.facts.fact import Fact
from extractors.facts.party_tie import Name, NamedPage, Tie
from extractors.word_lists import word_list

_BLOCK = 160
"""A company and its signatory stand so near to each other, in characters."""
_AFFILIATED = re.compile(
    r"(?: ?[(（,，:：/、-] ?| of | for | from | representing |\s?[—–]\s?|\t+| {2,}| \| )(?:the )?"
)
_LISTED = re.compile(r"[、,，;； \w㐀-鿿]{0,40}")
_ADDRESS = re.compile(r"[<(\[ ]{0,3}[\w.+\-]{1,64}@(?P<domain>[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4})")


@cache
def _public() -> frozenset[str]:
    """Mail domains that belong to nobody in particular."""
    return frozenset(word_list(Path(__file__).with_suffix(".yaml"))["public"])


def staff(pages: Sequence[NamedPage], parties: Sequence[Fact]) -> Iterator[Tie]:
    """A tie for each person whom the paper puts beside a company, and for each name with its mail domain."""
    by_place = {(fact.start, fact.end): fact for fact in parties}
    for named in pages:
        for person in (name for name in named.names if name.person):
            company = _signs_for(named, person, by_place) or _beside(named, person)
            if company:
                yield Tie("staff", person.text, company.text, person.start, person.end)
        yield from _domains(named)


def _signs_for(named: NamedPage, person: Name, by_place: dict[tuple[int, int], Fact]) -> Name | None:
    """The company in whose name a letter is signed, right above or below the signatory."""
    own = by_place[person.start, person.end]
    if own.rule != "party.signature":
        return None
    block = named.within(max(named.page.page.start, person.start - _BLOCK), person.end + _BLOCK)
    signed = [n for n in block if n.company and _signature(by_place.get((n.start, n.end)), own)]
    return min(signed, key=lambda n: abs(n.start - person.start), default=None)


def _signature(fact: Fact | None, own: Fact) -> bool:
    return fact is not None and fact.role == own.role and fact.rule in ("party.signature", "party.label")


def _beside(named: NamedPage, person: Name) -> Name | None:
    """The company behind a person's name ("A. Lim (Harbour Civil Ltd)"), or before it ("港务土木：陆维新")."""
    source = named.page.source
    companies = named.within(person.end, min(person.end + 90, named.page.page.end))
    for name in companies:
        between = source[person.end : name.start]
        if name.company and "\n" not in between:
            return name if _AFFILIATED.fullmatch(between) else None
    before = [
        n for n in named.within(max(named.page.page.start, person.start - 90), person.start) if n.company
    ]
    if before:
        between = source[before[-1].end : person.start]
        if between[:1] in (":", "：") and _LISTED.fullmatch(between[1:]):
            return before[-1]
    return None


def _domains(named: NamedPage) -> Iterator[Tie]:
    source = named.page.source
    for name in named.names:
        match = _ADDRESS.match(source, name.end) or _ADDRESS.match(source, name.start)
        domain = match.group("domain").lower() if match else ""
        if match and domain not in _public():
            yield Tie("domain", name.text, domain, name.start, match.end())
