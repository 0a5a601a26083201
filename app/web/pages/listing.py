"""Every document that was taken in, the newest first, with its state."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.web.access import Present
from app.web.addresses import neighbours
from app.web.rendering import page
from app.web.scope import Seen
from pipeline.records import documents, glances

router = APIRouter()
ROWS = 50
STATES = ("ok", "partial", "failed", "open")


@router.get("/documents")
def listed(
    request: Request,
    scope: Seen,
    visitor: Present,
    name: Annotated[str, Query(max_length=300)] = "",
    state: str = "",
    offset: Annotated[int, Query(ge=0, le=10**8)] = 0,
) -> Response:
    """A stretch of the list; of a state, or with these letters in the name."""
    state = state if state in STATES else ""
    with scope.matter.reading() as tx:
        ids, total = glances.document_page(tx, name.strip(), state, scope.known(), ROWS, offset)
        found = {one.id: one for one in documents.summaries(tx, ids)}
    return page(
        request,
        visitor,
        "documents.html",
        rows=[found[one] for one in ids],
        total=total,
        offset=offset,
        name=name,
        state=state,
        states=STATES,
        **neighbours("/documents", {"name": name, "state": state}, offset, ROWS, total),
    )
