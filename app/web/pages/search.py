"""The search page: one box, filters beside it, hits by page, their course over time, CSV, saved searches."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app.web.access import Opened, Present, state_of
from app.web.api.finding import asks_of_claims
from app.web.asked import LIMIT, Asked
from app.web.charts import times
from app.web.marked import plain
from app.web.rendering import back_to, page
from app.web.replies import Forbidden
from app.web.scope import Scope, Seen
from extractors.kinds import KINDS
from index.entry import SORTS, Results
from index.errors import FilterError, QueryError
from index.query import parse
from pipeline.harmless import csv_text
from pipeline.matter import Matter
from pipeline.page_pictures import has_pictures
from pipeline.records import documents, likenesses, matters, searches

router = APIRouter()
MOST_ROWS = 10_000
"""Hits in a CSV file."""
COLUMNS = ("doc", "page", "kind", "date", "name", "title", "claims", "events", "text")


@router.get("/search")
def search(request: Request, scope: Seen, visitor: Present) -> Response:
    """Hits for what the address asks; the form alone when it asks for nothing."""
    asked = Asked.of(request)
    with scope.matter.reading() as tx:
        around: dict[str, Any] = {
            "claims": scope.ids(claim.id for claim in matters.all_claims(tx)),
            "saved": searches.saved_list(tx, visitor.name),
        }
    around |= {"asked": asked, "kinds": KINDS, "sorts": SORTS, "limit": LIMIT, "save_as": asked.kept()}
    try:
        found = _found(request, scope, asked, LIMIT, asked.offset)
    except (QueryError, FilterError) as error:
        at = error.position if isinstance(error, QueryError) else None
        return page(request, visitor, "search.html", 400, **around, error=error, at=at, found=None)
    hits = _hits(scope.matter, found)
    return page(
        request,
        visitor,
        "search.html",
        **around,
        error=None,
        found=found,
        hits=hits,
        facets=found.facets.as_json(),
        times=times(found.facets.month),
        before=asked.address(offset=max(0, asked.offset - LIMIT)) if asked.offset else None,
        after=asked.address(offset=asked.offset + LIMIT) if asked.offset + LIMIT < found.total else None,
    )


@router.get("/search.csv")
def search_csv(request: Request, scope: Seen) -> Response:
    """The hits as CSV, at most `MOST_ROWS` of them. Raises `QueryError`, `FilterError`."""
    found = _found(request, scope, Asked.of(request), MOST_ROWS, 0)
    rows = (
        (
            hit.doc,
            hit.page,
            hit.kind,
            hit.date,
            hit.name,
            hit.title,
            " ".join(hit.claims),
            " ".join(hit.events),
            plain(hit.snippet),
        )
        for hit in found.hits
    )
    text = "\ufeff" + csv_text(COLUMNS, rows)  # the mark tells spreadsheet programs that it is UTF-8
    headers = {"Content-Disposition": 'attachment; filename="hits.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/search/saved")
def save(
    matter: Opened, visitor: Present, name: Annotated[str, Form()], query: Annotated[str, Form()]
) -> Response:
    """Keep a search under a name. Raises `UsageError`."""
    with matter.change() as change:
        searches.save(change.tx, visitor.name, name, query)
    return back_to(f"/search?{query}", "saved")


@router.post("/search/saved/{search_id}/remove")
def forget(
    matter: Opened, visitor: Present, search_id: int, back: Annotated[str, Form()] = "/search"
) -> Response:
    """Remove a saved search."""
    with matter.change() as change:
        searches.forget(change.tx, visitor.name, search_id)
    return back_to(back, "removed")


def _found(request: Request, scope: Scope, asked: Asked, limit: int, offset: int) -> Results:
    """What may be seen of the answer. Raises `QueryError`, `FilterError`, and `Forbidden` where a query asks of claims
    that somebody who sees only some of them may not ask of."""
    filters = asked.filters()
    if not scope.whole:
        if asks_of_claims(parse(asked.query)) or len(scope.events(filters.events)) < len(filters.events):
            raise Forbidden(
                "A query of yours cannot name claims or events.", "Choose one of your claims instead."
            )
        filters = replace(filters, claims=scope.claims(filters.claims))
    index = state_of(request).search()
    return scope.results(index.search(asked.query, filters, limit=limit, offset=offset, sort=asked.sort))


def _hits(matter: Matter, found: Results) -> list[dict[str, object]]:
    """The hits with what the records say of their documents."""
    ids = {hit.doc for hit in found.hits}
    with matter.reading() as tx:
        summaries = {summary.id: summary for summary in documents.summaries(tx, ids)}
        copied = likenesses.with_likenesses(tx, ids)
    return [
        {
            "hit": hit,
            "near": hit.doc in copied,
            "pictured": hit.doc in summaries and has_pictures(summaries[hit.doc].media_type, hit.page),
            "state": summaries[hit.doc].state if hit.doc in summaries else "ok",
        }
        for hit in found.hits
    ]
