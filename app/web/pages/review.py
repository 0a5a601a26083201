"""Review: what waits for a person, one after the other, with the page in view and a key for each answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from app.web.access import Handler, Present, state_of
from app.web.addresses import with_query
from app.web.answers import QUEUES, Answer, What, at_place, met
from app.web.first_steps import next_step
from app.web.leaf import leaf, said, side
from app.web.queue import intake_under_way
from app.web.rendering import back_to, page, speech_of
from app.web.scope import Scope, Seen
from app.web.wording import Speech
from extractors.facts.fact import Day
from extractors.facts.finding import Finding
from pipeline.claims import qualified
from pipeline.contradictions import answer_finding, clear_finding, sides
from pipeline.errors import AnsweredMeanwhile, NotFound, UsageError
from pipeline.evidence import name_of
from pipeline.judgement import correct, judge, rule
from pipeline.page_pictures import has_pictures
from pipeline.records import documents, matters, review
from pipeline.records.review import Doubt
from pipeline.rulings import written

router = APIRouter()
ANSWERS = {"confirm": "confirmed", "reject": "rejected"}
Undo = Annotated[list[str], Query(default_factory=list, max_length=100)]
Back = Annotated[str, Form(max_length=20_000)]
Undone = Annotated[list[str], Form(default_factory=list, max_length=100)]
Place = Annotated[int, Form(ge=0, le=10**6)]


@router.get("/review")
def reviewed(
    request: Request,
    scope: Seen,
    visitor: Present,
    undo: Undo,
    what: What = "links",
    claim: str = "",
    event: str = "",
    at: Annotated[int, Query(ge=0, le=10**6)] = 0,
    told: Annotated[str, Query(alias="met", max_length=2000)] = "",
) -> Response:
    """The one at place `at` of a queue, and how many there are; `undo` names what was answered before, the last behind,
    `met` what somebody else had answered first."""
    claims = scope.claims([scope.claim(claim)] if claim else []) if claim or not scope.whole else None
    one_event = (claim, event) if claim and event else None
    t = speech_of(request)
    with scope.matter.reading() as tx:
        left = review.counts(tx, claims, one_event, scope.known())
        at = min(at, max(0, left[what] - 1))
        one = _one(tx, scope, what, at, t, claims, one_event)
    updating = not one and what == "links" and state_of(request).jobs.updating()
    asked = {"claim": claim, "event": event}
    here = with_query("/review", asked)
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
        met=met(scope, told) if told else None,
        one=one,
        step=None if one or updating else next_step(request, scope, visitor, claim),
        updating=updating,
        intake=intake_under_way(request) if updating else None,
        zoom="fit",
        back=here,
        place=lambda name, number=0: at_place(here, name, number, undo),
    )


def _one(
    tx: sa.Connection,
    scope: Scope,
    what: What,
    at: int,
    t: Speech,
    claims: tuple[str, ...] | None,
    event: tuple[str, str] | None,
) -> dict[str, Any] | None:
    """What stands at a place of a queue, with its page; None where nothing does."""
    match what:
        case "links":
            return _link(tx, review.nth_link(tx, at, claims, event), t)
        case "facts":
            return _doubt(tx, review.nth_doubt(tx, at, scope.known()), t)
        case "findings":
            return _finding(tx, review.nth_finding(tx, at, scope.known()), t)
    return _failed(tx, review.nth_failed(tx, at, scope.known()))


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


def _finding(tx: sa.Connection, found: tuple[str, Finding] | None, t: Speech) -> dict[str, Any] | None:
    """A contradiction with its page, and the sums between which it is."""
    if found is None:
        return None
    summary, wrong = documents.summary(tx, found[0]), found[1]
    read = documents.reading(tx, summary, placed=False)
    facts = sides(wrong, documents.all_facts(tx, summary.id))
    number = read.page_at(wrong.start).number
    places = [*wrong.places, *((fact.start, fact.end) for fact in facts)]
    return {
        "doc": summary,
        "message": t.told(wrong.message()),
        "code": wrong.code,
        "parts": name_of(wrong)[1],
        "sides": [side(fact, read, t) for fact in facts],
        "number": number,
        "leaf": leaf(tx, summary, number, "", t, places),
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
    undo: Undone,
    doc: Annotated[str, Form()],
    event: Annotated[str, Form()],
    answer: Annotated[Literal["confirm", "reject"], Form()],
    back: Back = "/review",
    at: Place = 0,
) -> Response:
    """Confirm or reject a proposed link, and on to the next. Raises `NotFound`."""
    wanted, verdict = scope.document(doc), ANSWERS[answer]
    found = Answer("links", at, wanted, (scope.event(event), verdict))
    try:
        judge(scope.matter, wanted, event, verdict, first=True)
    except AnsweredMeanwhile:
        if not _is_own(scope, found, verdict):
            return _met(back, found, undo)
    return _onward(back, verdict, found, undo)


@router.post("/review/fact")
def answer_fact(
    scope: Seen,
    _: Handler,
    undo: Undone,
    doc: Annotated[str, Form()],
    kind: Annotated[Literal["date", "party", "amount", "reference"], Form()],
    role: Annotated[str, Form(max_length=40)],
    read: Annotated[str, Form(max_length=500)],
    answer: Annotated[Literal["accept", "fix", "reject"], Form()] = "fix",
    value: Annotated[str, Form(max_length=500)] = "",
    back: Back = "/review?what=facts",
    at: Place = 0,
) -> Response:
    """Say that a doubtful value is right, what it is, or that it is none, and on to the next. Raises `UsageError`."""
    wanted = scope.document(doc)
    text = {"accept": read, "fix": value.strip(), "reject": None}[answer]
    if text is None and (kind, role) == ("date", "document"):
        raise UsageError("A document's own date is not taken away here.", "Say which day it is.")
    found = Answer("facts", at, wanted, (kind, role, read))
    try:
        if text is None or (kind, role) not in review.SETTLED_BY_A_PERSON:
            rule(scope.matter, wanted, kind, role, read, text, first=True)
        elif kind == "date":
            correct(scope.matter, wanted, date=text, first=True)
        else:
            correct(scope.matter, wanted, parties=[f"{role}={text}"], first=True)
    except (AnsweredMeanwhile, NotFound):  # read anew meanwhile, it may not be there any more
        if not _is_own(scope, found, text):
            return _met(back, found, undo)
    except UsageError:
        return back_to(at_place(back, "facts", at, undo), "unreadable", "/review")
    return _onward(back, "corrected", found, undo)


@router.post("/review/finding")
def answer_contradiction(
    scope: Seen,
    _: Handler,
    undo: Undone,
    doc: Annotated[str, Form()],
    code: Annotated[str, Form(max_length=40)],
    parts: Annotated[str, Form(max_length=2000)],
    answer: Annotated[Literal["accept", "fix", "clear"], Form()] = "fix",
    which: Annotated[str, Form(max_length=200)] = "",
    value: Annotated[str, Form(max_length=500)] = "",
    back: Back = "/review?what=findings",
    at: Place = 0,
) -> Response:
    """Accept a contradiction as it is, or say what one of its sums is (`which`: its role and value); on to the next.

    Raises `UsageError`.
    """
    wanted, (role, _space, read) = scope.document(doc), which.partition(" ")
    if answer == "clear":
        clear_finding(scope.matter, wanted, code, parts)
        return back_to(back, "undone", "/review")
    found = Answer("findings", at, wanted, (code, parts))
    text = value.strip() if answer == "fix" else None
    try:
        answer_finding(scope.matter, wanted, code, parts, text, role or None, read or None, first=True)
    except (AnsweredMeanwhile, NotFound):
        if not _is_own(scope, found):
            return _met(back, found, undo)
    except UsageError:
        return back_to(at_place(back, "findings", at, undo), "unreadable", "/review")
    return _onward(back, "corrected" if text else "accepted", found, undo)


@router.post("/review/undo")
def undo_last(
    scope: Seen,
    _: Handler,
    undo: Undone,
    back: Back = "/review",
) -> Response:
    """Take the last answer back, and show what it was about. Raises `UsageError`."""
    *before, last = undo or [""]
    found = Answer.of(last)
    try:
        found.undo(scope)
    except (AnsweredMeanwhile, NotFound):
        return back_to(at_place(back, found.what, found.at, before, found), None, "/review")
    return back_to(at_place(back, found.what, found.at, before), "undone", "/review")


def _is_own(scope: Scope, found: Answer, *value: str | None) -> bool:
    """Whether the same person answered so already, as when a key is pressed twice; with the same `value`, if given."""
    with scope.matter.reading() as tx:
        stands = found.stands(tx, found.doc)
    return stands is not None and stands.is_by(scope.matter.actor, *value)


def _met(back: str, found: Answer, undo: list[str]) -> Response:
    return back_to(at_place(back, found.what, found.at, undo, found), None, "/review")


def _onward(back: str, notice: str, found: Answer, undo: list[str]) -> Response:
    """On to the next in the queue; back to a page that has no queue."""
    if not back.startswith("/review"):
        return back_to(back, notice)
    return back_to(at_place(back, found.what, found.at, [*undo, str(found)]), notice, "/review")
