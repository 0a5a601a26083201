"""Where a bundle is cut into volumes: between documents, never within one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.bundle.plan import Volume


@dataclass(frozen=True, slots=True)
class Cut:
    """The most pages and bytes that a volume may have (None: any number), and what each item and the front weigh.

    Weights are estimates; whoever binds the volumes sees what they really take.
    """

    pages: int | None = None
    bytes: int | None = None
    weights: tuple[int, ...] = ()
    front: int = 0


def cut(limits: Cut, pages: int, starts: Sequence[int]) -> tuple[Volume, ...]:
    """The volumes for so many pages, where items begin at `starts`; what is larger alone than a volume stands alone."""
    if limits.pages is None and limits.bytes is None:
        return (Volume(1, "bundle.pdf", 1, pages),)
    order = sorted(range(len(starts)), key=lambda at: starts[at])
    begins, page_count, weight = [1], starts[order[0]] - 1, limits.front
    for place, at in enumerate(order):
        after = starts[order[place + 1]] if place + 1 < len(order) else pages + 1
        own, heavy = after - starts[at], limits.weights[at] if limits.weights else 0
        if page_count and _full(limits, page_count + own, weight + heavy):
            begins.append(starts[at])
            page_count = weight = 0
        page_count, weight = page_count + own, weight + heavy
    ends = [*(begin - 1 for begin in begins[1:]), pages]
    many = len(begins) > 1
    return tuple(
        Volume(n, f"bundle-{n}.pdf" if many else "bundle.pdf", first, last)
        for n, (first, last) in enumerate(zip(begins, ends, strict=True), 1)
    )


def _full(limits: Cut, pages: int, weight: int) -> bool:
    too_long = limits.pages is not None and pages > limits.pages
    return too_long or (limits.bytes is not None and weight > limits.bytes)
