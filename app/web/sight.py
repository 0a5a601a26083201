"""What a visitor of certain claims is shown: these, and the documents that bear on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa

from app.web.access import Visitor
from index.query import Filters
from pipeline.claims import Claim
from pipeline.errors import NotFound
from pipeline.evidence import Summary
from pipeline.links import Link
from pipeline.records import documents, matters

_NO_CLAIM = "\x00"
"""No claim is called so: a visitor who may see none finds nothing."""


def narrowed(filters: Filters, visitor: Visitor) -> Filters:
    """The filters of a search, narrowed to what the visitor may see."""
    if visitor.claims is None:
        return filters
    asked = {claim.casefold() for claim in filters.claims}
    seen = sorted(claim for claim in visitor.claims if not asked or claim.casefold() in asked)
    return replace(filters, claims=tuple(seen) or (_NO_CLAIM,))


def seen_claims(claims: Iterable[Claim], visitor: Visitor) -> list[Claim]:
    """The claims that the visitor may see."""
    return [claim for claim in claims if visitor.sees(claim.id)]


def seen_claim(tx: sa.Connection, visitor: Visitor, claim_id: str) -> Claim:
    """A claim. Raises `NotFound` also for one that the visitor may not see: nobody is told that it is there."""
    if not visitor.sees(claim_id):
        raise NotFound(f"There is no claim {claim_id!r}.", "See the list of claims.")
    return matters.claim(tx, claim_id)


def seen_links(links: Iterable[Link], visitor: Visitor) -> list[Link]:
    """The links to events of claims that the visitor may see."""
    return [link for link in links if visitor.sees(link.claim)]


def seen_document(tx: sa.Connection, visitor: Visitor, prefix: str) -> Summary:
    """A document by its id or the beginning of it. Raises `NotFound` also for one that the visitor may not see."""
    found = documents.summary(tx, documents.resolve(tx, prefix))
    if visitor.claims is None or not visitor.claims.isdisjoint(found.given_claims):
        return found
    links = matters.link_list(tx, document=found.id)
    if any(visitor.sees(link.claim) for link in links if link.status != "rejected"):
        return found
    raise NotFound(f"There is no document {prefix!r}.")
