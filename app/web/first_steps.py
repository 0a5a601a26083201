"""From an empty workspace to the first bundle: what somebody who begins does next, as long as it was not all done."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request

from app.web.access import Visitor, state_of
from app.web.scope import Scope
from pipeline.claims import Claim
from pipeline.exports import COMMAND as EXPORT
from pipeline.records import glances, matters

STEPS = ("documents", "claim", "events", "links", "bundle")


@dataclass(frozen=True, slots=True)
class Step:
    """One of `STEPS`; `now`: the first that is not done. `besides` is another way to do it, where there is one."""

    name: str
    done: bool
    now: bool
    address: str
    besides: str | None = None


def first_steps(request: Request, scope: Scope, visitor: Visitor) -> tuple[Step, ...]:
    """The steps for somebody who may take them, until a bundle was built; else none.

    Who sees some claims only joins a matter that others began.
    """
    if not visitor.may("handler") or not scope.whole:
        return ()
    with scope.matter.reading() as tx:
        if glances.was_run(tx, EXPORT):
            return ()
    done, addresses = _state(request, scope)
    if done["bundle"]:
        return ()
    now = next(name for name in STEPS if not done[name])
    other = {"claim": "/claims#import"}
    return tuple(Step(name, done[name], name == now, addresses[name], other.get(name)) for name in STEPS)


def next_step(request: Request, scope: Scope, visitor: Visitor, claim: str = "") -> Step | None:
    """The step that comes next; where nothing else waits in a claim, that is its bundle."""
    if claim and visitor.may("handler"):
        with scope.matter.reading() as tx:
            found = matters.claim(tx, claim)
        if found.events:
            return Step("bundle", False, True, _page_of(found, "#bundle"))
    return next((step for step in first_steps(request, scope, visitor) if step.now), None)


def _state(request: Request, scope: Scope) -> tuple[dict[str, bool], dict[str, str]]:
    """Which steps are done, and where each is done."""
    with scope.matter.reading() as tx:
        claims = matters.all_claims(tx)
        read, judged = glances.is_any_read(tx), glances.is_any_judged(tx)
    building = any(row["kind"] == EXPORT for row in state_of(request).jobs.newest())
    bare = next((claim for claim in claims if not claim.events), None)
    first = bare or (claims[0] if claims else None)
    done = {
        "documents": read,
        "claim": bool(claims),
        "events": any(claim.events for claim in claims),
        "links": judged,
        "bundle": building,
    }
    segment = quote(first.id, safe="") if first else ""
    return done, {
        "documents": "/inbox",
        "claim": "/register",
        "events": f"/register/{segment}/events",
        "links": "/review",
        "bundle": _page_of(first, "#bundle") if first else "/claims",
    }


def _page_of(claim: Claim, part: str) -> str:
    return f"/claims/{quote(claim.id, safe='')}{part}"
