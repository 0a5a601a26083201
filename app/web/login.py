"""Logging in and out: for the API and for the page alike."""

from __future__ import annotations

import math

from fastapi import Request, Response

from app.web.access import Visitor, cookie_name, state_of, visitor_of_session
from app.web.replies import LoginNeeded, TooManyTries
from pipeline import people


class WrongPassword(LoginNeeded):
    code = "wrong_password"
    hint = "Check both; whoever administers this workspace can set a new one: claimtrail users password NAME."


def log_in(request: Request, response: Response, name: str, password: str) -> Visitor:
    """Begin a new session, whatever the browser brought along. Raises `WrongPassword`, `TooManyTries`."""
    state = state_of(request)
    address = request.client.host if request.client else ""
    if wait := state.throttle.wait(name, address):
        raise TooManyTries(f"Too many tries; wait {math.ceil(wait)} seconds.", math.ceil(wait))
    if not people.verified(state.matter, name, password):
        state.throttle.failed(name, address)
        raise WrongPassword("Name and password do not fit.")
    state.throttle.succeeded(name, address)
    _end_old(request)
    secret = people.begin_session(state.matter.acting_as(name), name)
    response.set_cookie(
        cookie_name(state),
        secret,
        max_age=int(people.AT_MOST.total_seconds()),
        path="/",
        secure=state.options.secure,
        httponly=True,
        samesite="lax",
    )
    visitor = visitor_of_session(state, secret)
    assert visitor is not None  # noqa: S101  it has just begun
    return visitor


def log_out(request: Request, response: Response) -> None:
    """End the session, and have the browser forget it."""
    _end_old(request)
    response.delete_cookie(cookie_name(state_of(request)), path="/", secure=state_of(request).options.secure)


def local(path: str) -> str:
    """The path where it is one of this server, else the first page: a link must lead nobody elsewhere."""
    plain = path.startswith("/") and not path.startswith("//") and path.isascii() and path.isprintable()
    return path if plain and "\\" not in path else "/"


def _end_old(request: Request) -> None:
    state = state_of(request)
    if old := request.cookies.get(cookie_name(state)):
        people.end_session(state.matter, old)
