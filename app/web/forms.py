"""What the API takes as JSON, as the forms of pages send it: with fields left empty, and their own beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.web.api.deciding import Answered, StatusSaid, ValueSaid
from app.web.api.people import Name, NewToken, NewUser
from app.web.api.work import Bundle


class FromForm(BaseModel):
    """Takes a form: what is empty was not said, and fields that belong to the page alone are passed over."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _said(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {key: value for key, value in given.items() if value not in ("", [""])}


class BundleForm(Bundle, FromForm):
    """How a bundle is built."""


class StatusForm(StatusSaid, FromForm):
    """A claim's status."""


class AnswerForm(Answered, FromForm):
    """What the other side answered for an event."""

    event: Annotated[str, Field(max_length=500)]


class ValueForm(ValueSaid, FromForm):
    """What a value is."""

    back: str = ""


class UserForm(NewUser, FromForm):
    """A new user."""


class TokenForm(NewToken, FromForm):
    """A new token."""

    name: Name
