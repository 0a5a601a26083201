"""Facts: every module of this folder that defines `find(document, kind)` is a finder; a new one is a new file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache

from extractors.document import Document
from extractors.facts.fact import Fact
from extractors.facts.misread import as_sure_as_read

Finder = Callable[[Document, str], Iterable[Fact]]


@cache
def finders() -> tuple[Finder, ...]:
    """The finders, in order of their file names."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    return tuple(module.find for module in modules if hasattr(module, "find"))


def find_facts(document: Document, kind: str) -> tuple[Fact, ...]:
    """All facts of a document of this kind, in order of their place in the text."""
    facts = [as_sure_as_read(document, fact) for find in finders() for fact in find(document, kind)]
    return tuple(sorted(facts, key=lambda f: (f.start, f.end, f.kind, f.role)))
