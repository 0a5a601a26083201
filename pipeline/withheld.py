"""Documents that must not be shown to the other side: those that people marked so, and their families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipeline.evidence import Summary

WITHHOLDING = ("privileged", "without_prejudice")
"""Marks of documents that must not be shown to the other side."""
FAMILY = "family of a withheld document"


def withheld(summaries: Iterable[Summary]) -> dict[str, str]:
    """Why documents stay out, by id: their mark, or `FAMILY` for what is inside a marked one, and for what holds one,
    because a mail's bytes hold its attachment's. What else a holder holds does not stay out with it.
    """
    known = {found.id: found for found in summaries}
    marked = {one.id: mark for one in known.values() for mark in WITHHOLDING if mark in one.marks}
    if not marked:
        return {}
    holders: dict[str, list[str]] = defaultdict(list)
    for found in known.values():
        for child in found.children:
            holders[child].append(found.id)
    inside = {one.id: one.children for one in known.values()}
    family = _reached(marked, inside) | _reached(marked, holders)
    return {**dict.fromkeys(sorted(family), FAMILY), **marked}


def _reached(begin: Iterable[str], ways: Mapping[str, Sequence[str]]) -> set[str]:
    """Everything to which these ways lead from the beginning on, however far."""
    reached, waiting = set[str](), list(begin)
    while waiting:
        found = set(ways.get(waiting.pop(), ())) - reached
        reached |= found
        waiting += found
    return reached
