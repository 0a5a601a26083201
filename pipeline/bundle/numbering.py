"""Numbers that last: which numbers documents had in the bundle handed over before, and which ones new documents get.

A number is a tuple: (88,) for page 88, (88, 1) for the first page inserted behind it. Numbers that were handed over
once are never given to anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Number = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The pages of a document as they were handed over: `sheet` pages of its tab sheet, then `leaves` of its own.

    `facts` are what the bundle told of it (date, kind, title). `gone`: the document no longer stands there.
    """

    tab: int
    document: str
    sheet: int
    leaves: int
    first: Number
    facts: tuple[tuple[str, str], ...] = ()
    gone: bool = False

    @property
    def pages(self) -> int:
        """How many numbers it holds."""
        return self.sheet + self.leaves

    @property
    def last(self) -> Number:
        """Its last number."""
        return following(self.first, self.pages - 1)

    def as_json(self) -> dict[str, Any]:
        """As the records keep it."""
        plain = {"tab": self.tab, "document": self.document, "sheet": self.sheet, "leaves": self.leaves}
        return {**plain, "first": list(self.first), "facts": dict(self.facts), "gone": self.gone}


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The numbering of the bundle that was handed over last for a claim in a profile.

    `front` are the numbers of the pages in front, where these are counted with the others; `manifest` is the SHA-256 of
    that bundle's manifest.json, `made_at` its time as that says it.
    """

    made_at: str
    manifest: str
    front: tuple[int, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def newest(self) -> int:
        """The highest whole number that was ever given to a page."""
        return max((*self.front, *(block.last[0] for block in self.blocks)), default=0)

    def as_json(self) -> dict[str, Any]:
        """As the records keep it, without the manifest that the records name anyhow."""
        return {
            "made_at": self.made_at,
            "front": list(self.front),
            "blocks": [block.as_json() for block in self.blocks],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any], manifest: str) -> HandedOver:
        """What `as_json` wrote."""
        blocks = tuple(
            Block(
                b["tab"],
                b["document"],
                b["sheet"],
                b["leaves"],
                tuple(b["first"]),
                tuple(sorted(b["facts"].items())),
                b["gone"],
            )
            for b in told["blocks"]
        )
        return cls(told["made_at"], manifest, tuple(told["front"]), blocks)


def following(number: Number, steps: int = 1) -> Number:
    """The number so many places on: 88-1, 88-2."""
    return (*number[:-1], number[-1] + steps)


def standing(before: HandedOver | None) -> dict[str, Block]:
    """Each document's newest block; one that is gone may come back to it."""
    blocks = sorted(before.blocks if before else (), key=lambda block: block.tab)
    return {block.document: block for block in blocks}


def positions(
    known: Sequence[Number], free: Sequence[bool], wanted: Sequence[int | None]
) -> list[tuple[bool, int]]:
    """The order of pages when new documents are inserted by rank: (is new, index) for all, in their order.

    `known` are the last numbers of what stands, in order, `free` whether these are only kept free; `wanted` goes
    through all documents in the order they would have now: the index of one that stands, None for a new one. A new one
    comes behind the one before it, behind numbers kept free there, and behind whatever was inserted there earlier.
    """
    placed: list[tuple[bool, int]] = [(False, at) for at in range(len(known))]
    behind, new = -1, 0
    for item in wanted:
        if item is not None:
            behind = placed.index((False, item))
            continue
        at = behind + 1
        if behind < 0 or not placed[behind][0]:
            at = _behind_inserts(placed, known, free, at, known[placed[behind][1]] if behind >= 0 else (0,))
        placed.insert(at, (True, new))
        behind, new = at, new + 1
    return placed


def _behind_inserts(
    placed: Sequence[tuple[bool, int]], known: Sequence[Number], free: Sequence[bool], at: int, anchor: Number
) -> int:
    """The place behind what was inserted behind `anchor`, and behind numbers kept free."""
    while at < len(placed) and not placed[at][0]:
        item = placed[at][1]
        if free[item]:
            anchor = known[item]
        elif not _inside(known[item], anchor):
            break
        at += 1
    return at


def _inside(number: Number, anchor: Number) -> bool:
    return len(number) > len(anchor) and number[: len(anchor)] == anchor


def inserted(before: Number, after: Number | None) -> Number:
    """The number for the first page of what is inserted behind number `before`, where `after` is what follows.

    At the end the numbers simply go on; behind something inserted they go on in its row, unless that goes on itself.
    """
    if after is None:
        return (before[0] + 1,)
    row = len(before) - 1
    goes_on = len(after) > row and after[:row] == before[:row]
    return (*before, 1) if row == 0 or goes_on else following(before)


def numbered(
    fixed: Sequence[tuple[Number, Number] | None], counts: Sequence[int], newest: int, insert: bool
) -> list[Number]:
    """The first number of each item in order: `fixed` (first, last) where it has one, else what `counts` pages get."""
    found: list[Number] = []
    last: Number = (0,)
    for held, after, count in zip(fixed, _next_fixed(fixed), counts, strict=True):
        if held is not None:
            found.append(held[0])
            last = held[1]
            continue
        first = inserted(last, after) if insert else (newest + 1,)
        found.append(first)
        last = following(first, max(count, 1) - 1)
        newest = max(newest, last[0])
    return found


def _next_fixed(fixed: Sequence[tuple[Number, Number] | None]) -> list[Number | None]:
    """For each item the first number of the next one behind it that has one."""
    found: list[Number | None] = []
    after: Number | None = None
    for held in reversed(fixed):
        found.append(after)
        after = held[0] if held is not None else after
    return found[::-1]


def carried(before: HandedOver | None, now: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks of a new bundle, and those of the old one whose documents no longer stand there."""
    blocks = {block.tab: replace(block, gone=True) for block in (before.blocks if before else ())}
    blocks |= {block.tab: block for block in now}
    return tuple(blocks[tab] for tab in sorted(blocks))
