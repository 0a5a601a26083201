"""The register by hand: a claim's form, its events, and events that the documents tell of, to be taken with a click."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app.web.access import Handler, Opened, Unrestricted, state_of
from app.web.queue import intake_under_way
from app.web.rendering import back_to, page, speech_of
from app.web.scope import Seen
from pipeline.claims import Claim
from pipeline.errors import NotFound
from pipeline.matter import Matter
from pipeline.notice_rules import names as forms
from pipeline.records import matters
from pipeline.register import CLAIM_TYPES, PARTY_ROLES, body_of
from pipeline.register_form import free_claim_ids, write_claim, write_event
from pipeline.suggest import as_event, free_ids

router = APIRouter()
USUAL_ROLES = ("claimant", "respondent", "engineer")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "SGD", "AUD", "CAD", "AED", "JPY")
MOST_NAMES, MOST_SUGGESTIONS = 200, 20
WAIT_SECONDS = 1.0
"""How long the page waits for suggestions; what takes longer is shown when it is loaded again."""
Text = Annotated[str, Form(max_length=500)]
Texts = Annotated[list[str], Form()]


@router.get("/register")
def form(request: Request, matter: Opened, _: Handler, visitor: Unrestricted, claim: str = "") -> Response:
    """The form of a claim, or of a new one. Raises `NotFound`."""
    with matter.reading() as tx:
        claims = matters.all_claims(tx)
        found = matters.claim(tx, claim) if claim else None
    known = state_of(request).kept.parties().found
    names = [one.name for one in sorted(known, key=lambda one: (one.nature == "person", -one.documents))]
    body = body_of(found) if found else _blank(request, claims)
    parties = body["parties"] or [{"role": role, "name": ""} for role in USUAL_ROLES]
    return page(
        request,
        visitor,
        "register.html",
        new=found is None,
        claim=body,
        parties=[*parties, {"role": "other", "name": ""}],
        names=names[:MOST_NAMES],
        intake=None if found else intake_under_way(request),
        roles=PARTY_ROLES,
        types=CLAIM_TYPES,
        contracts=forms(),
        currencies=CURRENCIES,
    )


def _blank(request: Request, claims: Sequence[Claim]) -> dict[str, Any]:
    free = next(iter(free_claim_ids(claims)))
    title = speech_of(request)("register.first_title", id=free)
    usual: dict[str, Any] = {"type": "construction", "contract": "none", "currency": None, "amount": None}
    return {"id": free, "title": title, "references": [], "parties": [], **usual}


@router.post("/register")
def written(
    matter: Opened,
    _: Handler,
    __: Unrestricted,
    id: Text,
    title: Text,
    type: Text,
    contract: Text = "none",
    currency: Text = "",
    amount: Text = "",
    references: Text = "",
    role: Texts = [],  # noqa: B006  FastAPI copies it
    known: Texts = [],  # noqa: B006
    name: Texts = [],  # noqa: B006
    new: Annotated[bool, Form()] = False,
) -> Response:
    """Keep a claim as the form gives it. Raises `RegisterError`, `NotFound`."""
    given = {
        "id": id.strip(),
        "title": title.strip(),
        "type": type,
        "contract": contract,
        "currency": currency.strip().upper() or None,
        "amount": amount.replace(",", "").replace("，", "").strip() or None,
        "references": listed(references),
        "parties": _parties(role, known, name),
    }
    claim = write_claim(matter, given, new)
    segment = quote(claim, safe="")
    return back_to(f"/register/{segment}/events" if new else f"/claims/{segment}", "saved")


def _parties(roles: Iterable[str], known: Iterable[str], names: Iterable[str]) -> list[dict[str, str]]:
    """The rows of the form; a name that was written counts before one that was chosen. Empty rows are left out."""
    rows = zip_longest(roles, known, names, fillvalue="")
    named = ((role, name.strip() or chosen.strip()) for role, chosen, name in rows)
    return [{"role": role, "name": name} for role, name in named if name]


def listed(said: str) -> list[str]:
    """What stands in a field between commas, semicolons or line ends, of both scripts."""
    for mark in "，、；;\n":
        said = said.replace(mark, ",")
    return list(dict.fromkeys(part.strip() for part in said.split(",") if part.strip()))


@router.get("/register/{claim}/events")
def events(request: Request, scope: Seen, visitor: Handler, claim: str, event: str = "") -> Response:
    """The form of an event, and what the documents tell of that no event covers. Raises `NotFound`."""
    wanted = scope.claim(claim)
    found = _claim(scope.matter, wanted)
    chosen = found.event(event) if event else None
    if event and chosen is None:
        raise NotFound(f"{found.id} has no event {event!r}.", "See the claim's page.")
    told = state_of(request).kept.suggestions(found.id, scope.whole, WAIT_SECONDS)
    free = next(iter(free_ids(found)))
    taken = {(event.title, event.start) for event in found.events}
    open_ones = [one for one in (told.found if told else ()) if (one.title, one.date) not in taken]
    return page(
        request,
        visitor,
        "events.html",
        claim=found,
        event=chosen,
        free=free,
        waiting=told is None,
        old=told is not None and told.old,
        intake=intake_under_way(request),
        suggestions=[
            {**as_event(free, one), "sources": one.told, "score": one.score}
            for one in open_ones[:MOST_SUGGESTIONS]
        ],
    )


@router.post("/register/{claim}/events")
def event_written(
    scope: Seen,
    _: Handler,
    claim: str,
    id: Text,
    title: Text,
    start: Text,
    end: Text = "",
    aware: Text = "",
    description: Annotated[str, Form(max_length=5000)] = "",
    keywords: Annotated[str, Form(max_length=2000)] = "",
    references: Text = "",
    new: Annotated[bool, Form()] = False,
    more: Annotated[bool, Form()] = False,
) -> Response:
    """Keep an event as the form gives it; with `more`, back to the suggestions. Raises `RegisterError`, `NotFound`."""
    wanted = scope.claim(claim)
    given: Mapping[str, Any] = {
        "id": id.strip(),
        "title": title.strip(),
        "start": start,
        "end": end or None,
        "aware": aware or None,
        "description": description.strip(),
        "keywords": listed(keywords),
        "references": listed(references),
    }
    write_event(scope.matter, wanted, given, new)
    segment = quote(wanted, safe="")
    return back_to(f"/register/{segment}/events" if more else f"/claims/{segment}#events", "saved")


def _claim(matter: Matter, claim: str) -> Claim:
    with matter.reading() as tx:
        return matters.claim(tx, claim)
