"""The rules: every module here that defines `reasons(view, event)` is one; a new rule is a new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache

from pipeline.linking.view import DocumentView, EventView
from pipeline.links import Reason

Rule = Callable[[DocumentView, EventView], Iterable[Reason]]


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in order of their file names."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    return tuple(module.reasons for module in modules)
