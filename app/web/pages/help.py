"""The guide, whole or the parts of it that speak of something."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from app.web.access import Present
from app.web.files import INERT
from app.web.markdown import Section, sections
from app.web.rendering import page, speech_of
from pipeline.errors import NotFound

router = APIRouter()
_WITHIN = re.compile('href="#([^"]*)"')


@router.get("/help")
def guide(request: Request, visitor: Present, find: Annotated[str, Query(max_length=300)] = "") -> Response:
    """The user's guide; with `find`, the parts of it that hold all of these words."""
    language = speech_of(request).language
    words = find.casefold().split()
    whole = _guide(language)
    parts = [part for part in whole if all(word in part.plain.casefold() for word in words)]
    there = {part.anchor for part in parts}
    shown = [(part, Markup(_leading(part.body, there))) for part in parts]  # noqa: S704  our own guide, no raw HTML
    contents = [part for part in whole if part.level == 2]
    return page(request, visitor, "help.html", find=find, shown=shown, contents=contents)


@router.get("/help/pictures/{name}")
def picture(_: Present, name: str) -> Response:
    """A picture of the guide. Raises `NotFound`."""
    content = _pictures().get(name)
    if content is None:
        raise NotFound(f"There is no file {name!r}.", "Load the page again.")
    headers = {"Cache-Control": "max-age=3600", "Content-Security-Policy": INERT}
    return Response(content, media_type="image/webp", headers=headers)


def _leading(body: str, there: Collection[str]) -> str:
    """A part whose links lead to the whole guide where what they lead to is not `there`."""
    return _WITHIN.sub(lambda found: found[0] if found[1] in there else f'href="/help#{found[1]}"', body)


@cache
def _guide(language: str) -> list[Section]:
    name = "guide.zh.md" if language == "zh" else "guide.md"
    text = files("app.web").joinpath(name).read_text(encoding="utf-8")
    return sections(text, pictures="/help/pictures/")


@cache
def _pictures() -> dict[str, bytes]:
    folder = files("app.web").joinpath("pictures")
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name.endswith(".webp")}
