"""Logging in and out, who one is, and the users."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.web import models
from app.web.access import Admin, Opened, Present, Unrestricted
from app.web.login import log_in, log_out
from pipeline import people

router = APIRouter(tags=["people"], responses=models.REFUSALS)

Name = Annotated[str, Field(min_length=1, max_length=people.LONGEST_NAME)]
Password = Annotated[str, Field(max_length=people.LONGEST)]
_STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Credentials(BaseModel):
    """Who wants to log in."""

    model_config = _STRICT

    name: Name
    password: Password


class NewUser(BaseModel):
    """A user to be added; no password: tokens only; no claims: all of them."""

    model_config = _STRICT

    name: Name
    role: people.Role = "viewer"
    claims: Annotated[list[Name], Field(max_length=1000)] = []
    password: Password | None = None


class Changes(BaseModel):
    """What of a user is to be changed; an empty list of claims means all."""

    model_config = _STRICT

    role: people.Role | None = None
    claims: Annotated[list[Name], Field(max_length=1000)] | None = None


class NewPassword(BaseModel):
    model_config = _STRICT

    password: Password


class NewToken(BaseModel):
    """What the token is for, and for how many days it holds (default: until it is withdrawn)."""

    model_config = _STRICT

    label: Name = "api"
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


@router.post("/login", responses=models.ok(models.VisitorAnswer))
def login(said: Credentials, request: Request, response: Response) -> Any:
    """Log in; sets the session's cookie."""
    visitor = log_in(request, response, said.name, said.password)
    return _visitor_json(visitor.name, visitor.role, visitor.claims, visitor.csrf)


@router.post("/logout", status_code=204)
def logout(request: Request, response: Response, _: Present) -> None:
    """End the session."""
    log_out(request, response)


@router.get("/visitor", responses=models.ok(models.VisitorAnswer))
def who(visitor: Present) -> Any:
    """Who one is, and what one may see."""
    return _visitor_json(visitor.name, visitor.role, visitor.claims, visitor.csrf)


def _visitor_json(name: str, role: str, claims: frozenset[str] | None, csrf: str) -> dict[str, Any]:
    return {
        "name": name,
        "role": role,
        "claims": None if claims is None else sorted(claims),
        "csrf_token": csrf,
    }


@router.get("/users")
def users(matter: Opened, _: Admin, __: Unrestricted) -> list[dict[str, Any]]:
    """All users: `claimtrail users list`."""
    return people.listed(matter)


@router.post("/users", status_code=201)
def add(said: NewUser, matter: Opened, _: Admin, __: Unrestricted) -> dict[str, Any]:
    """Add a user: `claimtrail users add`."""
    return people.add(matter, said.name, said.role, said.password, said.claims)


@router.post("/users/{name}")
def change(name: str, said: Changes, matter: Opened, _: Admin, __: Unrestricted) -> dict[str, Any]:
    """Change a user's role or claims: `claimtrail users change`."""
    return people.change_user(matter, name, said.role, said.claims)


@router.delete("/users/{name}")
def remove(name: str, matter: Opened, _: Admin, __: Unrestricted) -> dict[str, Any]:
    """Remove a user; sessions and tokens end at once: `claimtrail users remove`."""
    return people.remove(matter, name)


@router.post("/users/{name}/password")
def password(name: str, said: NewPassword, matter: Opened, _: Admin, __: Unrestricted) -> dict[str, Any]:
    """Give a user a new password; their sessions end: `claimtrail users password`."""
    return people.set_password(matter, name, said.password)


@router.post("/users/{name}/tokens", status_code=201)
def token(name: str, said: NewToken, matter: Opened, _: Admin, __: Unrestricted) -> dict[str, Any]:
    """Make a token for a program; it is shown this once: `claimtrail users token`."""
    return {"name": name, "label": said.label, "token": people.new_token(matter, name, said.label, said.days)}


@router.delete("/users/{name}/tokens/{label}")
def withdraw(name: str, label: str, matter: Opened, _: Admin, __: Unrestricted) -> dict[str, Any]:
    """Withdraw a user's tokens of a label: `claimtrail users token --withdraw`."""
    return {"name": name, "label": label, "withdrawn": people.withdraw_token(matter, name, label)}
