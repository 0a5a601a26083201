"""What a document says about its parties' names: short names, names in two languages, numbers, who works for whom."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.document import Document
from extractors.facts.fact import Fact
from extractors.facts.party_defined import defined
from extractors.facts.party_numbered import numbered
from extractors.facts.party_staff import staff
from extractors.facts.party_tie import Tie, named_pages

_MOST = 400
"""Ties that are kept of one document; a directory of companies is no evidence of their names."""


def ties(document: Document, facts: Sequence[Fact]) -> tuple[Tie, ...]:
    """The ties of a document's parties, in order of place; `facts` are those that were found in it."""
    parties = [fact for fact in facts if fact.kind == "party"]
    if not parties:
        return ()
    pages = named_pages(document, parties)
    every = (*staff(pages, parties), *numbered(pages, parties), *defined(pages, parties))
    found = {(tie.kind, tie.name, tie.other): tie for tie in reversed(every)}
    return tuple(sorted(found.values(), key=lambda tie: (tie.start, tie.end, tie.kind, tie.other)))[:_MOST]
