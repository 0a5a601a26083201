"""What a query means, ready for any engine: words are already folded and cut by the tokenizer."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Everything:
    """Every page."""


@dataclass(frozen=True, slots=True)
class And:
    """Pages that match all of `children`."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Pages that match any of `children`."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Pages that do not match `child`."""

    child: Node


@dataclass(frozen=True, slots=True)
class Part:
    """One place of a phrase. The term stands `offset` positions behind the phrase's first.

    `how` is "exact", "wild" (`term` holds `*` for any letters and `?` for one) or "fuzzy" (up to `edits`
    letters inserted, dropped, changed or swapped with their neighbour).
    """

    term: str
    offset: int = 0
    how: Literal["exact", "wild", "fuzzy"] = "exact"
    edits: int = 0

    @property
    def beginning(self) -> str:
        """What every term that it may stand for begins with."""
        return "" if self.how == "fuzzy" else re.split(r"[*?]", self.term)[0]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms of one field at given distances; a single word is a phrase of one part.

    `width` is the number of positions that a match covers.
    """

    field: str
    parts: tuple[Part, ...]
    width: int = 1


@dataclass(frozen=True, slots=True)
class Near:
    """All `phrases` in any order within one stretch that holds at most `slop` positions besides theirs."""

    field: str
    phrases: tuple[Phrase, ...]
    slop: int


@dataclass(frozen=True, slots=True)
class Keyword:
    """A value of the field equals `value`, both in their normal form (`fields.normal`); `wild` as in `Part`."""

    field: str
    value: str
    wild: bool = False


@dataclass(frozen=True, slots=True)
class DateRange:
    """The document's own date lies between the two, both included; None leaves a side open.

    A page of a document without a date never matches.
    """

    low: datetime.date | None = None
    high: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class AmountRange:
    """One of the page's amounts lies between the two; an `open` bound does not belong to the range."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False


Node: TypeAlias = Everything | And | Or | Not | Phrase | Near | Keyword | DateRange | AmountRange


def both(nodes: list[Node]) -> Node:
    """The conjunction of the nodes; of none of them, everything."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.children if isinstance(node, And) else [node]
    wanted = [node for node in flat if not isinstance(node, Everything)]
    if not wanted:
        return Everything()
    return wanted[0] if len(wanted) == 1 else And(tuple(wanted))


def either(nodes: list[Node]) -> Node:
    """The disjunction of the nodes; there must be at least one."""
    flat: list[Node] = []
    for node in nodes:
        flat += node.children if isinstance(node, Or) else [node]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))
