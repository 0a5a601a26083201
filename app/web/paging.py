"""Parts of long answers, and where the other parts are (RFC 8288)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query, Request
from fastapi.responses import Response

MOST, FARTHEST = 1000, 10**9
T = TypeVar("T")
Limit = Annotated[int, Query(ge=0, le=MOST, description="How many at most.")]
Offset = Annotated[int, Query(ge=0, le=FARTHEST, description="How many to pass over.")]


def part(found: Sequence[T], limit: int, offset: int, request: Request, response: Response) -> Sequence[T]:
    """The part that was asked for; sets the headers `Link` and `X-Total-Count`."""
    tell(request, response, len(found), limit, offset)
    return found[offset : offset + limit]


def tell(request: Request, response: Response, total: int, limit: int, offset: int) -> None:
    """Set `X-Total-Count`, and `Link` with the parts before and after this one."""
    response.headers["X-Total-Count"] = str(total)
    places = {}
    if limit and offset + limit < total:
        places["next"] = offset + limit
    if limit and offset:
        places["prev"] = max(0, min(offset, total) - limit)  # from beyond the end, its last part
    links = [f'<{_address(request, limit, at)}>; rel="{name}"' for name, at in places.items()]
    if links:
        response.headers["Link"] = ", ".join(links)


def _address(request: Request, limit: int, offset: int) -> str:
    asked = request.url.include_query_params(limit=limit, offset=offset)
    return f"{asked.path}?{asked.query}"
