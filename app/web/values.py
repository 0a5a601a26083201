"""Forms of values that the API takes, so tight that whatever fits the description is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text that is one of these, where they are known only when the program runs."""

    values: tuple[str, ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """As pydantic checks and describes it: an enumeration."""
        return core_schema.literal_schema(list(self.values))
