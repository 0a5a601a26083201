"""The lines of receipts, which have no heads: words with a sum behind them, above the total."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from extractors.facts.amount_labels import Label, label_of, squeezed
from extractors.facts.line_columns import Entry, fits
from extractors.facts.line_grid import GridRow, Piece, texts
from extractors.facts.line_heads import is_carried, is_unit

_TIMES = re.compile(r"[x×*@]")
_LETTERS = re.compile(r"[a-z]{2,}|[一-鿿]")
_ENDS = ("total", "subtotal", "tax", "paid", "change", "withheld")
_NOT_LINES = (*_ENDS, "rounding", "count")
_MORE = 8
"""How many letters more than its label a row of a total may have."""
_MOST_COUNT = 10**5


def receipt_entries(rows: Iterable[GridRow]) -> Iterator[Entry]:
    """The lines of one page in their order. They end with the first total, tax or payment below a line."""
    above: GridRow | None = None
    sums: list[Decimal] = []
    for row in rows:
        label = foot_label(texts(piece for piece in row.pieces if piece.value is None))
        if label and label.role in _ENDS and label.strength >= 3 and sums and _sum(row):
            return
        amount = None if label else _sum(row)
        if amount is not None and sums and _is_total(row, amount):
            return
        if amount is None or is_carried(row.line):
            above = row if _LETTERS.search(row.line) and not label else None
            continue
        entry = _entry(row, amount)
        if not entry.words and above is not None:
            entry = entry.below(_description(above))
        if len(sums) > 1 and entry.amount == sum(sums):
            return  # a total, whatever it is called
        if entry.words:
            sums.append(entry.amount or Decimal(0))
            yield entry
        above = None


def _is_total(row: GridRow, amount: Piece) -> bool:
    """Whether the words right before a sum say that it is a total, whatever else stands in its row."""
    before = [piece for piece in row.pieces if piece.value is None and piece.end <= amount.start]
    label = foot_label(before[-1].text) if before else None
    return label is not None and label.role in ("total", "subtotal") and label.strength >= 3


def foot_label(words: str) -> Label | None:
    """The label of a row of a total, of tax or of a payment; None where the row is a line that has such a word."""
    label = label_of(words)
    if label is None or label.role not in _NOT_LINES:
        return None
    return label if len(squeezed(words)) <= len(label.words) + _MORE else None


def _sum(row: GridRow) -> Piece | None:
    """The figure with decimals at a row's end."""
    figures = [piece for piece in row.pieces if piece.value is not None and not piece.percent]
    last = figures[-1] if figures else None
    if last is None or not re.search(r"[.,]\d\d$", last.text):
        return None
    behind = [piece for piece in row.pieces if piece.start > last.end and len(piece.text) > 3]
    return None if behind else last


def _description(row: GridRow) -> Entry:
    words = tuple((piece.start, piece.end) for piece in _to_last_word(row.pieces))
    return Entry(texts(row.pieces), words, words)


def _to_last_word(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces up to the last one with letters."""
    words = list(pieces)
    while words and not _LETTERS.search(words[-1].text):
        words.pop()
    return words


def _entry(row: GridRow, amount: Piece) -> Entry:
    figures = [piece for piece in row.pieces if piece.value is not None and piece.start < amount.start]
    count, rate = _factors(row, figures, amount)
    used = {piece.start for piece in (count, rate, amount) if piece}
    first = min(used)
    words = [
        piece
        for piece in row.pieces
        if piece.start not in used and piece.start < amount.start and not is_unit(piece.text)
        if _LETTERS.search(piece.text) or piece.start < first
    ]
    words = _to_last_word(words)
    spans = sorted((p.start, p.end) for p in (*words, *(p for p in (count, rate, amount) if p)))
    return Entry(
        text=texts(words),
        words=tuple((piece.start, piece.end) for piece in words),
        spans=tuple(spans),
        quantity=count.value if count else None,
        unit=_unit_of(row, count) if rate else "",
        rate=rate.value if rate else None,
        amount=amount.value,
        sum=amount,
    )


def _unit_of(row: GridRow, count: Piece | None) -> str:
    """The unit of a count, which stands at it, or alone before or behind it."""
    if count and is_unit(count.unit):
        return count.unit
    at = row.pieces.index(count) if count else 0
    beside = [row.pieces[n] for n in (at - 1, at + 1) if count and 0 <= n < len(row.pieces)]
    return next((piece.text for piece in beside if piece.value is None and is_unit(piece.text)), "")


def _factors(row: GridRow, figures: list[Piece], amount: Piece) -> tuple[Piece | None, Piece | None]:
    """The count and the rate before a sum: two figures that make it, or `2 x 3.50` in either order."""
    total = amount.value or Decimal(0)
    for one in figures:
        for other in figures:
            if one.start < other.start and fits(one.value or Decimal(0), other.value or Decimal(0), total):
                return (one, other) if _is_count(one) or not _is_count(other) else (other, one)
    if len(figures) == 1 and _TIMES.search(row.line) and _is_count(figures[0]) and figures[0].unit == "x":
        return figures[0], None
    return None, None


def _is_count(piece: Piece) -> bool:
    return "." not in piece.text and "," not in piece.text and 0 < (piece.value or Decimal(0)) < _MOST_COUNT
