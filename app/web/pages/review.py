"""Review: what waits for a person, one after the other, with the page in view and a key for each answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from app.web.access import Handler, Present, state_of
from app.web.addresses import with_query
from app.web.first_steps import next_step
from app.web.leaf import leaf, said
from app.web.queue import intake_under_way
from app.web.rendering import back_to, page, speech_of
from app.web.scope import Seen
from app.web.wording import Speech
from extractors.facts.fact import Day
from pipeline.claims import qualified
from pipeline.errors import UsageError
from pipeline.judgement import correct, judge, rule, take_back, unrule, withdraw
from pipeline.page_pictures import has_pictures
from pipeline.records import documents, matters, review
from pipeline.records.review import Doubt
from pipeline.rulings import RELIED_ON, written

router = APIRouter()
What = Literal["links", "facts", "failed"]
QUEUES: tuple[What, ...] = ("links", "facts", "failed")
ANSWERS = {"confirm": "confirmed", "reject": "rejected"}


@router.get("/review")
def reviewed(
    request: Request,
    scope: Seen,
    visitor: Present,
    what: What = "links",
    claim: str = "",
    event: str = "",
    at: Annotated[int, Query(ge=0, le=10**6)] = 0,
    undo: Annotated[str, Query(max_length=1000)] = "",
) -> Response:
    """The one at place `at` of a queue, and how many there are; `undo` names what was answered last."""
    claims = scope.claims([scope.claim(claim)] if claim else []) if claim or not scope.whole else None
    one_event = (claim, event) if claim and event else None
    t = speech_of(request)
    with scope.matter.reading() as tx:
        left = {
            "links": review.count_links(tx, claims, one_event),
            "facts": review.count_doubts(tx, scope.known()),
            "failed": review.count_failed(tx, scope.known()),
        }
        at = min(at, max(0, left[what] - 1))
        if what == "links":
            one = _link(tx, review.nth_link(tx, at, claims, one_event), t)
        elif what == "facts":
            one = _doubt(tx, review.nth_doubt(tx, at, scope.known()), t)
        else:
            one = _failed(tx, review.nth_failed(tx, at, scope.known()))
    updating = not one and what == "links" and state_of(request).jobs.updating()
    step = None if one or updating else next_step(request, scope, visitor, claim)
    asked = {"what": what if what != "links" else None, "claim": claim, "event": event}
    return page(
        request,
        visitor,
        "review.html",
        what=what,
        queues=QUEUES,
        left=left,
        at=at,
        claim=claim,
        event=event,
        undo=undo,
        one=one,
        step=step,
        updating=updating,
        intake=intake_under_way(request) if updating else None,
        zoom="fit",
        queue=lambda name: with_query("/review", {**asked, "what": name if name != "links" else None}),
        back=with_query("/review", {**asked, "at": at or None}),
        skip=with_query("/review", {**asked, "at": at + 1}) if at + 1 < left[what] else None,
        previous=with_query("/review", {**asked, "at": at - 1 or None}) if at else None,
    )


def _link(tx: sa.Connection, found: tuple[str, str] | None, t: Speech) -> dict[str, Any] | None:
    """A proposed link with its event, and its page with what speaks for it."""
    if found is None:
        return None
    summary = documents.summary(tx, found[0])
    link = next(link for link in matters.link_list(tx, document=summary.id) if link.event == found[1])
    claim = matters.claim(tx, link.claim)
    spoken = [(r.start, r.end) for r in link.reasons if r.start is not None and r.end is not None]
    number = min(max(link.page, 1), max(summary.page_count, 1))
    return {
        "doc": summary,
        "link": link,
        "claim": claim,
        "event": next((e for e in claim.events if qualified(claim.id, e.id) == link.event), None),
        "number": number,
        "leaf": leaf(tx, summary, number, "", t, spoken) if summary.page_count else None,
        "pictured": has_pictures(summary.media_type, number) and summary.page_count > 0,
    }


def _doubt(tx: sa.Connection, found: Doubt | None, t: Speech) -> dict[str, Any] | None:
    """A doubtful value with its page."""
    if found is None:
        return None
    summary = documents.summary(tx, found.document)
    fact = found.fact
    read = documents.reading(tx, summary, placed=False)
    own_day = (
        fact.value.start.isoformat() if isinstance(fact.value, Day) and fact.role == "document" else None
    )
    number = read.page_at(fact.start).number
    return {
        "doc": summary,
        "fact": fact,
        "raw": " ".join(read.text[fact.start : fact.end].split()),
        "said": said(fact, t),
        "value": own_day or written(fact.value),
        "read": written(fact.value),
        "is_day": own_day is not None,
        "number": number,
        "leaf": leaf(tx, summary, number, "", t, [(fact.start, fact.end)]),
        "pictured": has_pictures(summary.media_type, number),
    }


def _failed(tx: sa.Connection, found: str | None) -> dict[str, Any] | None:
    return (
        None
        if found is None
        else {"doc": documents.summary(tx, found), "number": 1, "leaf": None, "pictured": False}
    )


@router.post("/review/link")
def answer_link(
    scope: Seen,
    _: Handler,
    doc: Annotated[str, Form()],
    event: Annotated[str, Form()],
    answer: Annotated[Literal["confirm", "reject"], Form()],
    back: Annotated[str, Form()] = "/review",
) -> Response:
    """Confirm or reject a proposed link, and on to the next. Raises `NotFound`."""
    found = judge(scope.matter, scope.document(doc), scope.event(event), ANSWERS[answer])
    return _onward(back, ANSWERS[answer], f"link {found['doc']} {found['event']}")


@router.post("/review/fact")
def answer_fact(
    scope: Seen,
    _: Handler,
    doc: Annotated[str, Form()],
    kind: Annotated[Literal["date", "party", "amount", "reference"], Form()],
    role: Annotated[str, Form(max_length=40)],
    read: Annotated[str, Form(max_length=500)],
    answer: Annotated[Literal["accept", "fix", "reject"], Form()] = "fix",
    value: Annotated[str, Form(max_length=500)] = "",
    back: Annotated[str, Form()] = "/review?what=facts",
) -> Response:
    """Say that a doubtful value is right, what it is, or that it is none, and on to the next.

    Raises `NotFound`, `UsageError`.
    """
    wanted, said = scope.document(doc), read if answer == "accept" else value.strip()
    if answer == "reject":
        if (kind, role) == ("date", "document"):
            raise UsageError("A document's own date is not taken away here.", "Say which day it is.")
        rule(scope.matter, wanted, kind, role, read, None)
    elif (kind, role) not in review.SETTLED_BY_A_PERSON:
        rule(scope.matter, wanted, kind, role, read, said)
    elif kind == "date":
        correct(scope.matter, wanted, date=said)
    else:
        correct(scope.matter, wanted, parties=[f"{role}={said}"])
    return _onward(back, "corrected", f"fact {wanted} {kind} {role} {read}")


@router.post("/review/undo")
def undo(
    scope: Seen, _: Handler, said: Annotated[str, Form()], back: Annotated[str, Form()] = "/review"
) -> Response:
    """Take the last answer back. Raises `NotFound`, `UsageError`."""
    match said.split(" ", 4):
        case ["link", doc, event]:
            withdraw(scope.matter, scope.document(doc), scope.event(event))
        case ["fact", doc, kind, role, read] if kind in RELIED_ON:
            wanted = scope.document(doc)
            if (kind, role) in review.SETTLED_BY_A_PERSON:
                take_back(scope.matter, wanted, kind, role)
            unrule(scope.matter, wanted, kind, role, read)
        case _:
            raise UsageError("There is nothing to take back.", "Look at the document.")
    return back_to(back, "undone", "/review")


def _onward(back: str, notice: str, undoing: str) -> Response:
    path, _, query = back.partition("?")
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith("undo=")]
    address = path + (f"?{'&'.join(pairs)}" if pairs else "")
    undone = with_query("", {"undo": undoing}).removeprefix("?")
    return back_to(f"{address}{'&' if pairs else '?'}{undone}", notice, "/review")
