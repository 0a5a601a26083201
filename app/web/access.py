"""Who asks, and what they may see: the dependencies of every route.

`Opened` is the matter, with the visitor as its actor; `Present` is the visitor. `Handler` and `Admin` refuse those
whose role is less. A visitor of certain claims sees these and the documents that bear on them, and nothing else.
What asks nothing of the records is a coroutine: it needs no thread, to which every other dependency is handed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from app.web.replies import Forbidden, ForgedForm, LoginNeeded
from app.web.state import State
from pipeline import people
from pipeline.matter import Matter
from pipeline.people import ROLES, Role

SESSION, SECURE_SESSION = "claimtrail_session", "__Host-claimtrail_session"
"""How the cookie's name begins; browsers take one with __Host- over https only, and for this host only."""
LOGIN_PATHS = ("/login", "/api/v1/login")
"""What one may send without having logged in."""
CHECKED_LATER = (
    "/api/v1/documents",
    "/api/v1/extract",
    "/api/v1/productions",
    "/api/v1/verify",
    "/inbox",
    "/inbox/production",
    "/inbox/read",
    "/doctor/verify",
)
"""Whose forms are too large to be read before they are checked: the route does it."""
LARGEST = 8 * 2**20
"""Bytes of a request that is no upload: a register of thousands of claims is smaller."""
UNCHANGING = ("GET", "HEAD", "OPTIONS")
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "x-csrf-token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door. `claims` are those they may see, None means all. `csrf` goes into every form as the
    hidden field `csrf_token`, or into the header X-CSRF-Token. `by` is how they showed who they are."""

    name: str
    role: Role
    claims: frozenset[str] | None = None
    csrf: str = ""
    by: Literal["local", "session", "token"] = "local"

    def may(self, role: Role) -> bool:
        """Whether the visitor's role is at least this one."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, claim: str) -> bool:
        """Whether the visitor may see this claim."""
        return self.claims is None or claim in self.claims


def state_of(request: Request) -> State:
    """What the application keeps."""
    found = request.app.state.claimtrail
    assert isinstance(found, State)  # noqa: S101  put there by create_app
    return found


def visitor_of(request: Request) -> Visitor:
    """Who asks. Raises `LoginNeeded`."""
    state = state_of(request)
    said = request.headers.get("authorization")
    if said is not None:
        return _by_token(state, said)
    if not state.login_needed():
        return Visitor(state.local_name, "admin", None, state.secret)
    secret = request.cookies.get(cookie_name(state))
    visitor = visitor_of_session(state, secret) if secret else None
    if visitor is None:
        raise LoginNeeded("This needs a login.")
    return visitor


def visitor_of_session(state: State, secret: str) -> Visitor | None:
    """Whose session it is; None where it has ended or never was one."""
    found = people.of_session(state.matter, secret)
    if found is None:
        return None
    return Visitor(found["name"], found["role"], _claims(found["claims"]), found["csrf"], "session")


def cookie_name(state: State) -> str:
    """What the session's cookie is called: by the matter, so that servers of several on one host do not share it."""
    return f"{SECURE_SESSION if state.options.secure else SESSION}_{state.mark()}"


def _by_token(state: State, said: str) -> Visitor:
    kind, _, token = said.partition(" ")
    found = people.of_token(state.matter, token.strip()) if kind.casefold() == "bearer" else None
    if found is None:
        raise LoginNeeded("The token is not known, or has expired or was withdrawn.")
    return Visitor(found["name"], found["role"], _claims(found["claims"]), "", "token")


def _claims(said: list[str] | None) -> frozenset[str] | None:
    return None if said is None else frozenset(said)


Present = Annotated[Visitor, Depends(visitor_of)]


async def matter_of(request: Request, visitor: Present) -> Matter:
    """The matter, open for work by the visitor."""
    state = state_of(request)
    return state.matter.acting_as(visitor.name, state.jobs.update)


Opened = Annotated[Matter, Depends(matter_of)]


def _at_least(visitor: Visitor, role: Role) -> Visitor:
    if not visitor.may(role):
        raise Forbidden(f"This needs the role {role}; {visitor.name} is {visitor.role}.")
    return visitor


async def handler_of(visitor: Present) -> Visitor:
    """The visitor, who may change things."""
    return _at_least(visitor, "handler")


async def admin_of(visitor: Present) -> Visitor:
    """The visitor, who may do everything."""
    return _at_least(visitor, "admin")


Handler = Annotated[Visitor, Depends(handler_of)]
Admin = Annotated[Visitor, Depends(admin_of)]


async def unrestricted_of(visitor: Present) -> Visitor:
    """The visitor, who sees all claims: for what tells of the whole matter."""
    if visitor.claims is not None:
        raise Forbidden(f"This tells of the whole matter; {visitor.name} sees some claims only.")
    return visitor


Unrestricted = Annotated[Visitor, Depends(unrestricted_of)]


async def genuine(request: Request) -> None:
    """Refuses a change that a browser was tricked into: its form must carry the visitor's token."""
    path = request.url.path
    if request.method in UNCHANGING or path in LOGIN_PATHS:
        return
    visitor = await run_in_threadpool(visitor_of, request)
    given = request.headers.get(CSRF_HEADER)
    if given is None and not (path in CHECKED_LATER and has_form(request)):
        given = await _in_form(request)
    elif given is None:
        return
    check_token(request, visitor, given)


def check_token(request: Request, visitor: Visitor, given: str | None) -> None:
    """Raises `ForgedForm` where a browser sends a change without the visitor's token."""
    if visitor.by == "token" or not _from_browser(request):
        return
    if given is None or not secrets.compare_digest(given.encode(), visitor.csrf.encode()):
        raise ForgedForm("The form does not carry the token of this visit.")


def has_form(request: Request) -> bool:
    """Whether the request's body is a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().casefold() in FORMS


async def _in_form(request: Request) -> str | None:
    if not has_form(request) or not _from_browser(request):
        return None
    return await field_of(request, CSRF_FIELD)


async def field_of(request: Request, name: str) -> str | None:
    """A field of the request's form, as long as a request may be; None where it has none of that name."""
    said = (await request.form(max_part_size=LARGEST)).get(name)
    return said if isinstance(said, str) else None


def _from_browser(request: Request) -> bool:
    """Every browser says where a form comes from, or sends a cookie; a program need not."""
    return any(request.headers.get(name) for name in ("origin", "referer", "cookie", "sec-fetch-site"))
