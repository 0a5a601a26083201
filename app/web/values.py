"""Forms of values that the API takes, so tight that whatever fits the description is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, GetCoreSchemaHandler


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text that is one of these, where they are known only when the program runs."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """As pydantic checks and describes it: an enumeration."""
        literal: Any = Literal
        return handler.generate_schema(literal[self.values])


@dataclass(frozen=True, slots=True)
class TextOf:
    """A value that is sent as text of such a pattern, and made by `make` from it."""

    make: Callable[[str], Any]
    pattern: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        """As pydantic checks and describes it: a string."""
        return handler.generate_schema(Annotated[str, Field(pattern=self.pattern), AfterValidator(self.make)])


def one_given(*names: str) -> dict[str, Any]:
    """For the description of a form: that at least one of these fields says something."""

    def given(name: str) -> dict[str, Any]:
        kinds = {"minItems": 1} if name.endswith("s") else {"type": "string"}
        return {"required": [name], "properties": {name: kinds}}

    return {"anyOf": [given(name) for name in names]}


def either(name: str, undo: str) -> dict[str, Any]:
    """For the description of a form: that it says either something, or that what was said last is taken back."""
    said = {"required": [name], "properties": {name: {"type": "string"}, undo: {"const": False}}}
    back = {"required": [undo], "properties": {name: {"type": "null"}, undo: {"const": True}}}
    return {"anyOf": [said, back]}


def at_most_one(name: str, *flags: str) -> dict[str, Any]:
    """For the description of a form: that it has a value for `name`, or one of the flags, or none of these."""
    nothing = {name: {"type": "null"}}
    shapes: list[dict[str, Any]] = [{flag: {"const": False} for flag in flags}]
    for wanted in flags:
        others = {flag: {"const": False} for flag in flags if flag != wanted}
        shapes.append({**nothing, **others, wanted: {"const": True}})
    return {"anyOf": [{"properties": shape} for shape in shapes]}
