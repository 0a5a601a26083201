"""Who may log in, in which role, and what they see."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app.web.access import Admin, Opened, Unrestricted
from app.web.api.people import Name, Password
from app.web.forms import TokenForm, UserForm
from app.web.rendering import back_to, page
from pipeline import people
from pipeline.records import matters

router = APIRouter()
PATH = "/users"


@router.get(PATH)
def users(request: Request, matter: Opened, visitor: Admin, _: Unrestricted) -> Response:
    """The users, and the forms to add and change them."""
    return _shown(request, matter, visitor)


def _shown(request: Request, matter: Opened, visitor: Admin, token: str = "", of: str = "") -> Response:
    with matter.reading() as tx:
        claims = [claim.id for claim in matters.all_claims(tx)]
    found = people.listed(matter)
    return page(
        request, visitor, "users.html", users=found, claims=claims, roles=people.ROLES, token=token, of=of
    )


@router.post(PATH)
def add(matter: Opened, _: Admin, __: Unrestricted, said: Annotated[UserForm, Form()]) -> Response:
    """Add a user; without a password they get in by tokens only. Raises `UsageError`, `NotFound`."""
    people.add(matter, said.name, said.role, said.password, said.claims)
    return back_to(PATH, "saved")


@router.post(PATH + "/change")
def change(
    matter: Opened,
    _: Admin,
    __: Unrestricted,
    name: Annotated[Name, Form()],
    role: Annotated[people.Role, Form()],
    claims: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI makes a new one each time
) -> Response:
    """Change a user's role and claims; none of them means all. Raises `NotFound`."""
    people.change_user(matter, name, role, [claim for claim in claims if claim])
    return back_to(PATH, "saved")


@router.post(PATH + "/remove")
def remove(matter: Opened, _: Admin, __: Unrestricted, name: Annotated[Name, Form()]) -> Response:
    """Remove a user; sessions and tokens end at once. Raises `NotFound`."""
    people.remove(matter, name)
    return back_to(PATH, "removed")


@router.post(PATH + "/password")
def password(
    matter: Opened,
    _: Admin,
    __: Unrestricted,
    name: Annotated[Name, Form()],
    given: Annotated[Password, Form(alias="password")],
) -> Response:
    """Give a user a new password; their sessions end. Raises `NotFound`, `UsageError`."""
    people.set_password(matter, name, given)
    return back_to(PATH, "saved")


@router.post(PATH + "/token")
def token(
    request: Request,
    matter: Opened,
    visitor: Admin,
    _: Unrestricted,
    said: Annotated[TokenForm, Form()],
) -> Response:
    """Make a token, and show it this once. Raises `NotFound`."""
    made = people.new_token(matter, said.name, said.label, said.days)
    return _shown(request, matter, visitor, made, said.name)


@router.post(PATH + "/withdraw")
def withdraw(
    matter: Opened, _: Admin, __: Unrestricted, name: Annotated[Name, Form()], label: Annotated[Name, Form()]
) -> Response:
    """Withdraw a user's tokens of a label. Raises `NotFound`."""
    people.withdraw_token(matter, name, label)
    return back_to(PATH, "removed")
