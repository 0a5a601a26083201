"""A claim's links one by one, the events that the evidence suggests, and how the claim goes on."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from app.answers import SUGGESTED_BY, links_of, suggestions_of
from app.web.access import Handler, Present
from app.web.addresses import neighbours
from app.web.api import deciding
from app.web.forms import AnswerForm, StatusForm
from app.web.rendering import back_to, page
from app.web.scope import Seen
from pipeline.judgement import judge, take_stance
from pipeline.links import STANCES, Stance, Status
from pipeline.records import documents, matters

router = APIRouter()
ROWS = 40
STATUSES: tuple[Status, ...] = get_args(Status)


@router.get("/claims/{claim}/links")
def links(
    request: Request,
    scope: Seen,
    visitor: Present,
    claim: str,
    status: str = "",
    stance: str = "",
    event: str = "",
    offset: Annotated[int, Query(ge=0, le=10**8)] = 0,
) -> Response:
    """The links of a claim with their reasons, event by event, the best first. Raises `NotFound`."""
    wanted = scope.claim(claim)
    said = {"status": status if status in STATUSES else "", "stance": stance if stance in STANCES else ""}
    found = links_of(scope.matter, wanted, said["status"] or None, said["stance"] or None)
    found = sorted(
        (x for x in found if event in ("", x.event)), key=lambda x: (x.event, -x.score, x.document)
    )
    shown = found[offset : offset + ROWS]
    with scope.matter.reading() as tx:
        names = {one.id: one.name for one in documents.summaries(tx, {link.document for link in shown})}
        known = matters.claim(tx, wanted)
    asked: dict[str, Any] = {**said, "event": event}
    return page(
        request,
        visitor,
        "links.html",
        claim=known,
        links=shown,
        names=names,
        total=len(found),
        offset=offset,
        statuses=STATUSES,
        stances=STANCES,
        chosen=asked,
        **neighbours(f"/claims/{wanted}/links", asked, offset, ROWS, len(found)),
    )


@router.post("/links")
def answered(
    scope: Seen,
    _: Handler,
    doc: Annotated[str, Form()],
    event: Annotated[str, Form()],
    answer: Annotated[str, Form(max_length=20)],
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Confirm or reject a link, or say what its evidence does for the event (`clear` takes that back).

    Raises `NotFound`, `UsageError`.
    """
    document, wanted = scope.document(doc), scope.event(event)
    if answer in ("confirmed", "rejected"):
        judge(scope.matter, document, wanted, answer)
        return back_to(back, answer)
    said: Stance | None = next((one for one in STANCES if one == answer), None)
    take_stance(scope.matter, document, wanted, said)
    return back_to(back, "saved")


@router.get("/claims/{claim}/suggestions")
def suggestions(
    request: Request, scope: Seen, visitor: Present, claim: str, sort: str = SUGGESTED_BY[0]
) -> Response:
    """Dated happenings in the evidence that no event covers. Raises `NotFound`."""
    case = scope.case(claim)
    chosen = sort if sort in SUGGESTED_BY else SUGGESTED_BY[0]
    found = suggestions_of(scope.matter, case, chosen, scope.whole)
    return page(
        request,
        visitor,
        "suggestions.html",
        claim=case.claim,
        found=found,
        names={one.id: one.name for one in case.summaries},
        sort=chosen,
        sorts=SUGGESTED_BY,
    )


@router.post("/claims/{claim}/status")
def status(scope: Seen, visitor: Handler, claim: str, said: Annotated[StatusForm, Form()]) -> Response:
    """Note the claim's status, or take the last one back. Raises `NotFound`, `UsageError`."""
    deciding.status(claim, said, scope, visitor)
    return back_to(f"/claims/{scope.claim(claim)}#going-on", "saved")


@router.post("/claims/{claim}/responses")
def responses(scope: Seen, visitor: Handler, claim: str, said: Annotated[AnswerForm, Form()]) -> Response:
    """Note what the other side answered for an event, or take the last back. Raises `NotFound`, `UsageError`."""
    deciding.responses(claim, said.event, said, scope, visitor)
    return back_to(f"/claims/{scope.claim(claim)}#going-on", "saved")
