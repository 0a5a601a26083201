"""Which figure of a row stands in which column, and what the row then says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.facts.line_grid import GridRow, Piece, texts
from extractors.facts.line_heads import NUMBERS, Head, is_unit

_CENT = Decimal("0.011")
_HALF_CENT = Decimal("0.0051")
_FURTHEST = 8.0
"""How many heights of its row a figure may stand beside its head."""
_ADJACENT = 0.9
"""Within so many heights a figure belongs to the words before it: `Pump 50 kW`."""
_LONGEST_UNIT, _LONGEST_ITEM = 9, 10
_PERCENT_HEADS = ("tax_rate", "discount")
_WORDED = ("description", "spec")
_ANY = re.compile(r"\w")
Placed = dict[str, Piece]


def fits(quantity: Decimal, rate: Decimal, amount: Decimal) -> bool:
    """Whether a sum is the product, the rate rounded to cents and the sum to cents or whole units."""
    whole = amount == amount.to_integral_value() and abs(rate) > 1
    slack = _CENT + _HALF_CENT * abs(quantity)
    return abs(abs(quantity * rate) - abs(amount)) <= (max(slack, Decimal("0.5")) if whole else slack)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says; `words` are the slices of its description, `spans` all that was read."""

    text: str = ""
    words: tuple[tuple[int, int], ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    quantity: Decimal | None = None
    unit: str = ""
    unit_at: tuple[int, int] | None = None
    rate: Decimal | None = None
    amount: Decimal | None = None
    sum: Piece | None = None
    tax_rate: Decimal | None = None
    tax: Decimal | None = None
    item: bool = False
    exact: bool = False
    """Whether it was read from the cells of a table, where a whole number in a column of sums is a sum."""
    discounted: bool = False

    @property
    def sound(self) -> bool:
        """Whether quantity times rate is the sum."""
        if self.quantity is None or self.rate is None or self.amount is None:
            return False
        return fits(self.quantity, self.rate, self.amount)

    def continued(self, other: Entry) -> Entry:
        """The line with more words of its description behind its own."""
        return replace(self, words=(*self.words, *other.words), spans=(*self.spans, *other.spans))

    def below(self, other: Entry) -> Entry:
        """The line with words that stand above it before its own."""
        return replace(self, words=(*other.words, *self.words), spans=(*other.spans, *self.spans))


def entry_of(row: GridRow, heads: Sequence[Head]) -> Entry:
    """What a row below these heads says."""
    figures = [piece for piece in row.pieces if piece.value is not None]
    ways = [_by_place(row, figures, heads), _by_order(row, heads)] if row.columns else [_by_order(row, heads)]
    placed = next((way for way in ways if _sound(way)), ways[0])
    return _entry(row, heads, _completed(figures, heads, placed))


def _completed(figures: Sequence[Piece], heads: Sequence[Head], placed: Placed) -> Placed:
    """With the count and the rate of tax whose heads were not read, where the row itself tells them."""
    roles, used = {head.role for head in heads}, {piece.start for piece in placed.values()}
    left = [piece for piece in figures if piece.start not in used and piece.value is not None]
    rate, total = placed.get("rate"), placed.get("amount")
    if "quantity" not in roles and rate and total:
        counts = [p for p in left if p.start < rate.start and _sound({**placed, "quantity": p})]
        placed = {**placed, "quantity": counts[-1]} if counts else placed
    percents = [piece for piece in left if piece.percent]
    if not roles & {*_PERCENT_HEADS} and "tax" in roles and len(percents) == 1:
        placed = {**placed, "tax_rate": percents[0]}
    return placed


def _by_place(row: GridRow, figures: Sequence[Piece], heads: Sequence[Head]) -> Placed:
    """Each figure under the head that is nearest to it, each head once."""
    height = row.y1 - row.y0
    pairs = sorted(
        (_distance(head, figure), abs(head.x0 + head.x1 - figure.x0 - figure.x1), at, number)
        for number, figure in enumerate(figures)
        for at, head in enumerate(heads)
        if _can_hold(head, figure)
    )
    placed: Placed = {}
    taken: set[int] = set()
    for gap, _, at, number in pairs:
        if gap > _FURTHEST * height or number in taken or heads[at].role in placed:
            continue
        taken.add(number)
        if gap > 0 and _within_words(row, figures[number]):
            continue
        placed[heads[at].role] = figures[number]
    return placed


def _distance(head: Head, piece: Piece) -> float:
    return max(0.0, head.x0 - piece.x1, piece.x0 - head.x1)


def _can_hold(head: Head, figure: Piece) -> bool:
    if figure.percent:
        return head.role in _PERCENT_HEADS
    return head.role in (*NUMBERS, "item", "code")


def _within_words(row: GridRow, figure: Piece, most: float = _ADJACENT) -> bool:
    """Whether a figure is part of the words before it."""
    near = most * (row.y1 - row.y0)
    return any(p.value is None and 0 <= figure.x0 - p.x1 < near and not is_unit(p.text) for p in row.pieces)


def _by_order(row: GridRow, heads: Sequence[Head]) -> Placed:
    """The figures at a row's end for the heads of figures, both from the right."""
    tail = list(_tail(row))
    plain = [piece for piece in tail if not piece.percent]
    roles = [head.role for head in heads if head.role in NUMBERS]
    placed = {role: piece for piece in tail if piece.percent for role in roles if role in _PERCENT_HEADS}
    if placed or not any(piece.percent for piece in tail):
        spare = len(roles) - len(plain)
        roles = [role for role in roles if role not in _PERCENT_HEADS or (spare <= 0 and role not in placed)]
    for role, piece in zip(reversed(roles), reversed(plain), strict=False):
        placed.setdefault(role, piece)
    return placed


def _tail(row: GridRow) -> Iterator[Piece]:
    """The figures behind the last words that are no unit."""
    tail: list[Piece] = []
    for piece in reversed(row.pieces):
        if (
            piece.value is None
            and not is_unit(piece.text)
            and piece.text not in ("@", "x", "*", "×", "=", "-")
        ):
            if tail:
                break
            continue
        if piece.value is not None:
            tail.append(piece)
    return reversed(tail)


def _sound(placed: Placed) -> bool:
    values = [placed[role].value for role in ("quantity", "rate", "amount") if role in placed]
    known = [value for value in values if value is not None]
    return len(known) == 3 and fits(known[0], known[1], known[2])


def _entry(row: GridRow, heads: Sequence[Head], placed: Placed) -> Entry:
    total = placed.get("amount") or placed.get("gross")
    words, unit = _words(row, heads, placed)
    quantity = placed.get("quantity")
    behind = quantity.unit if quantity and is_unit(quantity.unit) else ""
    spans = [(p.start, p.end) for p in (*words, *placed.values(), *([unit] if unit else []))]
    return Entry(
        text=texts(words),
        words=tuple((p.start, p.end) for p in words),
        spans=tuple(sorted(spans)),
        quantity=quantity.value if quantity else None,
        unit=behind if unit is None else unit.text,
        unit_at=(unit.start, unit.end) if unit else None,
        rate=placed["rate"].value if "rate" in placed else None,
        amount=total.value if total else None,
        sum=total,
        tax_rate=_per_cent(placed.get("tax_rate")),
        tax=placed["tax"].value if "tax" in placed else None,
        item="item" in placed,
        exact=row.cells,
        discounted="discount" in placed,
    )


def _per_cent(piece: Piece | None) -> Decimal | None:
    if piece is None or piece.value is None:
        return None
    return piece.value * 100 if not piece.percent and 0 < piece.value < 1 else piece.value


def _words(row: GridRow, heads: Sequence[Head], placed: Placed) -> tuple[list[Piece], Piece | None]:
    """(the pieces of the description, that of the unit)."""
    used = {piece.start for piece in placed.values()}
    numbers = [piece for role, piece in placed.items() if role in NUMBERS]
    first = min((piece.x0 for piece in numbers), default=float("inf"))
    words: list[Piece] = []
    unit: Piece | None = None
    for piece in row.pieces:
        if piece.start in used or piece.percent or not _ANY.search(piece.text):
            continue
        role = _role_of(row, piece, heads)
        if unit is None and piece.value is None and _is_unit(piece, role, placed):
            unit = piece
        elif role in _WORDED or (role == "" and piece.x0 < first and not _is_stray(row, piece, words)):
            words.append(piece)
    return words, unit


def _is_stray(row: GridRow, piece: Piece, words: Sequence[Piece]) -> bool:
    """Whether a figure stands for itself between the words and the columns of figures."""
    return (
        piece.value is not None
        and row.columns
        and bool(words)
        and not _within_words(row, piece, 2 * _ADJACENT)
    )


def _is_unit(piece: Piece, role: str, placed: Placed) -> bool:
    quantity = placed.get("quantity")
    behind = quantity is not None and piece.start - quantity.end in (0, 1) and is_unit(piece.text)
    return behind or (role == "unit" and len(piece.text) <= _LONGEST_UNIT)


def _role_of(row: GridRow, piece: Piece, heads: Sequence[Head]) -> str:
    """The head under which words stand; "" where that is not told from their place, as left of all figures."""
    if not row.columns:
        return ""
    nearest = min(heads, key=lambda head: (_distance(head, piece), abs(head.x0 - piece.x0)), default=None)
    if nearest is None:
        return ""
    if nearest.role in ("item", "code") and (len(piece.text) > _LONGEST_ITEM or " " in piece.text):
        return ""
    if nearest.role in (*NUMBERS, "unit", "period") and _distance(nearest, piece) > 0:
        return ""
    return nearest.role
