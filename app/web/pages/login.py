"""The page on which one logs in. It needs no script and nothing else of the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.web.access import Present
from app.web.addresses import with_query
from app.web.login import local, log_in, log_out
from app.web.rendering import page, speech_of
from app.web.replies import TooManyTries, WebError
from pipeline import people

router = APIRouter()


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:
    """The form."""
    return _form(request, next)


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
        refused = _form(request, next, speech_of(request).told(error.message), error.status, name)
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


def _form(request: Request, wanted: str, problem: str = "", status: int = 200, name: str = "") -> Response:
    told = {"wanted": local(wanted), "here": with_query("/login", {"next": local(wanted)})}
    return page(request, None, "login.html", status, problem=problem, name=name, **told)
