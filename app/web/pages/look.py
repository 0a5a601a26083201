"""Language and look, chosen by links so that they work without scripts, and the files that pages load."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.access import state_of
from app.web.rendering import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, back_to, static_files
from app.web.wording import LANGUAGES
from pipeline.errors import NotFound

router = APIRouter()
YEAR = 365 * 24 * 3600


@router.get("/look")
def look(request: Request, language: str = "", theme: str = "", back: str = "/") -> Response:
    """Remember a choice, and go back."""
    answer = back_to(back)
    secure = state_of(request).options.secure
    for name, value, known in ((LANGUAGE_COOKIE, language, LANGUAGES), (THEME_COOKIE, theme, THEMES)):
        if value in known:
            answer.set_cookie(name, value, YEAR, httponly=True, samesite="lax", secure=secure)
    return answer


@router.get("/static/{name}")
def static_file(request: Request, name: str) -> Response:
    """A style sheet, script or picture of the pages."""
    if name not in static_files():
        raise NotFound(f"There is no file {name!r}.", "Load the page again.")
    content, media_type, tag = static_files()[name]
    held = "public, max-age=31536000, immutable" if request.query_params.get("v") == tag else "no-cache"
    headers = {"Cache-Control": held, "ETag": f'"{tag}"'}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
