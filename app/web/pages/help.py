"""The guide, whole or the parts of it that speak of something."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.web.access import Present
from app.web.markdown import Section, sections
from app.web.rendering import page

router = APIRouter()


@router.get("/help")
def guide(request: Request, visitor: Present, find: Annotated[str, Query(max_length=300)] = "") -> Response:
    """The user's guide; with `find`, the parts of it that hold all of these words."""
    words = find.casefold().split()
    parts = [part for part in _guide() if all(word in part.plain.casefold() for word in words)]
    shown = [(part, Markup(part.body)) for part in parts]  # noqa: S704  made from our own guide, without raw HTML
    return page(
        request, visitor, "help.html", find=find, shown=shown, contents=[p for p in _guide() if p.level == 2]
    )


@cache
def _guide() -> list[Section]:
    return sections(files("app.web").joinpath("guide.md").read_text(encoding="utf-8"))
