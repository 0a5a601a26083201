"""Pages from templates: everything is escaped, nothing undefined passes, no page holds code or styles of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.web.access import Visitor
from app.web.addresses import with_query
from app.web.login import local
from app.web.marked import marked
from app.web.wording import LANGUAGES, Speech, chosen, speech
from pipeline.harmless import terminal

LANGUAGE_COOKIE, THEME_COOKIE, NOTICE = "claimtrail_language", "claimtrail_theme", "done"
THEMES = ("auto", "light", "dark")
NOTICES = (
    "saved",
    "removed",
    "confirmed",
    "rejected",
    "undone",
    "corrected",
    "accepted",
    "trying",
    "unreadable",
    "marked",
    "unmarked",
)
"""What a page may be told to say that was done, by the query's parameter `done`."""
STATIC_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def page(
    request: Request, visitor: Visitor | None, template: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """The page that a template makes of these values, in the visitor's language and look."""
    said = request.cookies.get(THEME_COOKIE, THEMES[0])
    notice = request.query_params.get(NOTICE)
    around = {
        "t": speech_of(request),
        "visitor": visitor,
        "path": request.url.path,
        "here": here(request),
        "theme": said if said in THEMES else THEMES[0],
        "themes": THEMES,
        "languages": LANGUAGES,
        "notice": notice if notice in NOTICES else None,
    }
    text = _environment().get_template(template).render(around | values)
    return HTMLResponse(text, status, {"Vary": "Cookie, Accept-Language"})


def speech_of(request: Request) -> Speech:
    """The words in the visitor's language."""
    accepted = request.headers.get("accept-language", "")
    return speech(chosen(request.cookies.get(LANGUAGE_COOKIE), accepted))


def here(request: Request) -> str:
    """The path and query of a request."""
    query = [(key, value) for key, value in request.query_params.multi_items() if key != NOTICE]
    return with_query(request.url.path, query)


def back_to(target: str | None, notice: str | None = None, otherwise: str = "/") -> Response:
    """Send the browser to a page of ours; a target that is not one is not followed."""
    safe = local(target) if target else otherwise
    before, hash_sign, fragment = safe.partition("#")
    if notice:
        before += f"{'&' if '?' in before else '?'}{NOTICE}={notice}"
    return RedirectResponse(f"{before}{hash_sign}{fragment}", 303)


@cache
def static_files() -> Mapping[str, tuple[bytes, str, str]]:
    """The files that pages load: name -> (content, media type, tag of the content)."""
    found = {}
    for file in files(__package__).joinpath("static").iterdir():
        suffix = f".{file.name.rpartition('.')[2]}"
        if suffix in STATIC_TYPES:
            content = file.read_bytes()
            found[file.name] = content, STATIC_TYPES[suffix], hashlib.sha256(content).hexdigest()[:16]
    return found


def static(name: str) -> str:
    """The address of a file that pages load; it changes with its content, so browsers may keep it for ever."""
    return f"/static/{name}?v={static_files()[name][2]}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static, with_query=with_query, marked=marked)
    made.filters["segment"] = lambda value: quote(str(value), safe="")
    made.filters["seen"] = terminal  # no name of a file or title of a mail may look like another
    return made
