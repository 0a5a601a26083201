"""What people and programs ask of the server: every kind of page, and the lists of the API."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from urllib.parse import quote

from bench.web_inputs import COMPANIES
from bench.web_matter import Known

QUERIES = (
    "delay",
    "notice contract",
    '"notice of delay"',
    "delay*",
    "工期延误",
    "possession OR access",
    "date:2023-03",
    "party:harbour",
    "*",
)
Address = Callable[[Known, random.Random], str]


def _document(rest: str = "", prefix: str = "/documents") -> Address:
    return lambda known, chance: f"{prefix}/{chance.choice(known.documents)[0]}{rest}"


def _page(known: Known, chance: random.Random) -> str:
    document, pages = chance.choice(known.documents)
    return f"/documents/{document}?page={chance.randint(1, pages)}&find=delay"


def _claim(rest: str = "", prefix: str = "/claims") -> Address:
    return lambda known, chance: f"{prefix}/{chance.choice(known.claims)}{rest}"


def _search(path: str, rest: str = "") -> Address:
    return lambda _, chance: f"{path}?query={quote(chance.choice(QUERIES))}{rest}"


def _filtered(path: str) -> Address:
    def address(known: Known, chance: random.Random) -> str:
        more = (
            f"claim={chance.choice(known.claims)}",
            "kind=correspondence",
            "from=2023-03&to=2023-08",
            "min_amount=1000",
            f"party={quote(chance.choice(COMPANIES))}",
        )
        return f"{path}?query={quote(chance.choice(QUERIES))}&{chance.choice(more)}"

    return address


def _offset(path: str, most: int) -> Address:
    def address(_: Known, chance: random.Random) -> str:
        return f"{path}{'&' if '?' in path else '?'}offset={chance.randrange(most)}"

    return address


def _queue(what: str, share: Callable[[Known], int]) -> Address:
    return lambda known, chance: f"/review?what={what}&at={chance.randrange(max(1, share(known)))}"


def _fixed(path: str) -> Address:
    return lambda _known, _chance: path


_API = "/api/v1"
PAGES: Mapping[str, Address] = {
    "home": _fixed("/"),
    "search": _search("/search"),
    "search, filtered": _filtered("/search"),
    "search, far down": _search("/search", "&offset=200"),
    "documents": _fixed("/documents"),
    "documents, far down": _offset("/documents", 2000),
    "documents, by name": _fixed("/documents?name=report"),
    "documents, failed": _fixed("/documents?state=failed"),
    "document": _document(),
    "document, a page": _page,
    "review, links": _queue("links", lambda known: known.links // 2),
    "review, facts": _queue("facts", lambda _: 100),
    "review, failed": _queue("failed", lambda known: known.failed),
    "claims": _fixed("/claims"),
    "claim": _claim(),
    "inbox": _fixed("/inbox"),
    "parties": _fixed("/parties"),
    "parties, found": _fixed("/parties?find=marine"),
    "settings": _fixed("/settings"),
    "doctor": _fixed("/doctor"),
    "help": _fixed("/help"),
}
LISTS: Mapping[str, Address] = {
    "api search": _filtered(f"{_API}/search"),
    "api documents": _offset(f"{_API}/documents", 2000),
    "api documents, by date": _fixed(f"{_API}/documents?sort=-date&kind=correspondence"),
    "api document": _document(prefix=f"{_API}/documents"),
    "api text": _document("/text", f"{_API}/documents"),
    "api claims": _fixed(f"{_API}/claims"),
    "api stats": _fixed(f"{_API}/claims/stats"),
    "api claim": _claim(prefix=f"{_API}/claims"),
    "api links": _claim("/links?limit=100", f"{_API}/claims"),
    "api chronology": _claim("/chronology", f"{_API}/claims"),
    "api deadlines": _claim("/deadlines", f"{_API}/claims"),
    "api deadlines, all": _fixed(f"{_API}/deadlines"),
    "api ledger": _claim("/ledger", f"{_API}/claims"),
    "api gaps": _claim("/gaps", f"{_API}/claims"),
    "api parties": _fixed(f"{_API}/parties"),
    "api runs": _fixed(f"{_API}/runs"),
    "api jobs": _fixed(f"{_API}/jobs"),
}
ROUTES: Mapping[str, Address] = {**PAGES, **LISTS}
WEIGHTS: Mapping[str, int] = {
    "search": 6,
    "search, filtered": 6,
    "document": 8,
    "document, a page": 8,
    "home": 4,
    "claim": 4,
}
"""How much more often people ask for these than for the others."""
