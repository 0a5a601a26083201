"""Pictures of pages: ours, never the original itself; named by its hash, so browsers may keep them."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from app.web.access import Opened, Present, state_of
from app.web.sight import seen_document
from pipeline.page_pictures import MEDIA_TYPE, picture_tag

router = APIRouter()


@router.get("/documents/{doc}/pages/{number}/{size}.webp")
def page_picture(
    request: Request,
    matter: Opened,
    visitor: Present,
    doc: str,
    number: int,
    size: Literal["small", "page", "large"],
) -> Response:
    """The picture of a page. Raises `NotFound` for a page that has none, and what drawing it raises."""
    with matter.reading() as tx:
        found = seen_document(tx, visitor, doc)
    tag = f'"{picture_tag(found, number, size)}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=604800, immutable"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    kept = state_of(request).pictures.picture(found, number, size)
    return FileResponse(kept, media_type=MEDIA_TYPE, headers=headers)
