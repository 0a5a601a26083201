"""Long lists of ids in parts that a statement can take: databases bound the number of its variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

SIZE = 500


def chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in their order, at most `SIZE` at a time."""
    return (ids[at : at + SIZE] for at in range(0, len(ids), SIZE))
