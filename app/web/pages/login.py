"""The page on which one logs in. It needs no script and nothing else of the pages."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.web.access import Present
from app.web.login import local, log_in, log_out
from app.web.replies import TooManyTries, WebError
from pipeline import people

router = APIRouter()

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · 登录 · claimtrail</title></head>
<body><main>
<h1>claimtrail</h1>
{problem}<form method="post" action="/login">
<input type="hidden" name="next" value="{next}">
<p><label for="name">Name <span lang="zh">用户名</span></label><br>
<input id="name" name="name" autocomplete="username" required autofocus></p>
<p><label for="password">Password <span lang="zh">密码</span></label><br>
<input id="password" name="password" type="password" autocomplete="current-password" required></p>
<p><button type="submit">Log in <span lang="zh">登录</span></button></p>
</form>
</main></body>
</html>
"""


@router.get("/login")
def page(next: str = "/") -> HTMLResponse:
    """The form."""
    return _page(next)


@router.post("/login")
def log_in_by_form(
    request: Request,
    name: Annotated[str, Form(max_length=people.LONGEST_NAME)] = "",
    password: Annotated[str, Form(max_length=people.LONGEST)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Log in, and on to where one wanted to go."""
    answer = RedirectResponse(local(next), 303)
    try:
        log_in(request, answer, name, password)
    except WebError as error:
        refused = _page(next, error.message)
        refused.status_code = error.status
        if isinstance(error, TooManyTries):
            refused.headers.update(error.headers)
        return refused
    return answer


@router.post("/logout")
def log_out_by_form(request: Request, _: Present) -> Response:
    """Log out."""
    answer = RedirectResponse("/login", 303)
    log_out(request, answer)
    return answer


def _page(wanted: str, problem: str = "") -> HTMLResponse:
    told = f'<p role="alert">{escape(problem)}</p>\n' if problem else ""
    return HTMLResponse(_PAGE.format(problem=told, next=escape(local(wanted))))
