"""Who asks, and what they may see: the dependencies of every route.

`Opened` is the matter, with the visitor as its actor; `Present` is the visitor. `Handler` and `Admin` refuse those
whose role is less. A visitor of certain claims sees these and the documents that bear on them, and nothing else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from app.web.replies import Forbidden, ForgedForm
from app.web.state import State
from pipeline.matter import Matter

Role = Literal["viewer", "handler", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "handler", "admin")
UNCHANGING = ("GET", "HEAD", "OPTIONS")
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "x-csrf-token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the door. `claims` are those they may see, None means all. `csrf` goes into every form as the
    hidden field `csrf_token`, or into the header X-CSRF-Token."""

    name: str
    role: Role
    claims: frozenset[str] | None = None
    csrf: str = ""

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
    """Who asks."""
    state = state_of(request)
    return Visitor("local", "admin", None, state.secret)


Present = Annotated[Visitor, Depends(visitor_of)]


def matter_of(request: Request, visitor: Present) -> Matter:
    """The matter, open for work by the visitor."""
    return state_of(request).matter.acting_as(visitor.name)


Opened = Annotated[Matter, Depends(matter_of)]


def _at_least(visitor: Visitor, role: Role) -> Visitor:
    if not visitor.may(role):
        raise Forbidden(f"This needs the role {role}; {visitor.name} is {visitor.role}.")
    return visitor


def handler_of(visitor: Present) -> Visitor:
    """The visitor, who may change things."""
    return _at_least(visitor, "handler")


def admin_of(visitor: Present) -> Visitor:
    """The visitor, who may do everything."""
    return _at_least(visitor, "admin")


Handler = Annotated[Visitor, Depends(handler_of)]
Admin = Annotated[Visitor, Depends(admin_of)]


async def genuine(request: Request, visitor: Present) -> None:
    """Refuses a change that a browser was tricked into: its form must carry the visitor's token."""
    if request.method in UNCHANGING or not _from_browser(request):
        return
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").partition(";")[0].strip() in FORMS:
        said = (await request.form()).get(CSRF_FIELD)
        given = said if isinstance(said, str) else None
    if given is None or not secrets.compare_digest(given.encode(), visitor.csrf.encode()):
        raise ForgedForm("The form does not carry the token of this visit.")


def _from_browser(request: Request) -> bool:
    """Every browser says where a form comes from, or sends a cookie; a program need not."""
    return any(request.headers.get(name) for name in ("origin", "referer", "cookie", "sec-fetch-site"))
