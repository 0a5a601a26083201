"""What is kept back of the work done, and tax at its rate: whether the sums of a certificate or bill follow from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations

from extractors.facts.amount_rows import Figure, Row
from extractors.facts.amount_totals import CENT, Labelled, Sheet
from extractors.facts.finding import Finding, finding

_ROUNDED = Decimal("0.055")
_PER_LINE = Decimal("0.011")
"""Tax that was rounded line by line may be so much off for each line."""
_PERCENT = re.compile(r"(\d{1,2}(?:\.\d{1,3})?) ?%")
_MOST_TERMS = 8
SIGNS = {"withheld": -1, "deduction": -1, "paid": -1, "tax": 1, "charge": 1, "rounding": 1}
"""Whether a labelled row adds to the sum above it or takes off."""


def tax_rates(sheet: Sheet, known: Mapping[int, Labelled], plain: str) -> Iterator[Finding]:
    """The tax that is not its rate of the net sum, on a bill with one net sum, one rate and one tax."""
    rows = [row for row in sheet.rows if row.label and row.label.role == "tax" and sheet.sums(row)]
    rates = {rate for row in rows for rate in _PERCENT.findall(plain, row.start, row.end)}
    nets = {value for value in sheet.values("subtotal") if value}
    taxes = {value for value in sheet.values("tax") if value}
    if not sheet.bill or len(rows) != 1 or len(rates) != 1 or len(nets) != 1 or len(taxes) != 1:
        return
    rate, net, tax, figure = rates.pop(), nets.pop(), taxes.pop(), sheet.sums(rows[0])[-1]
    totals = {item.figure.value for item in known.values() if item.role == "total"}
    if (
        figure.mended
        or len(set(_PERCENT.findall(plain))) != 1
        or not any(_near(net + tax, t) for t in totals)
    ):
        return
    made = (net * Decimal(rate) / 100).quantize(CENT)
    if tax < net and abs(made - tax) > _ROUNDED + _PER_LINE * len(sheet.rows):
        yield finding("tax_rate", ((figure.start, figure.end),), rate=rate, net=net, made=made, said=tax)


def certificates(sheet: Sheet) -> Iterator[Finding]:
    """What a certificate says is to be paid, where the work done less what is kept back leaves another sum.

    All figures between the two must have labels; a sum that any choice of them makes is sound.
    """
    for first, last in _statements(sheet):
        rows = sheet.rows[first : last + 1]
        figures = [sheet.sums(row)[-1:] for row in rows]
        if not all(figures) or any(row.label is None or row.figures[0].mended for row in rows):
            continue
        gross, said = figures[0][0], figures[-1][0]
        terms = list(_terms(rows[1:-1], figures[1:-1]))
        if terms and not reachable(gross.value, terms, said.value):
            yield _missed(gross, said, terms)


def _statements(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """(row of the work done, row of what is to be paid) about rows of what is kept back."""
    kept = [at for at, row in enumerate(sheet.rows) if row.label and row.label.role == "withheld"]
    if not kept:
        return
    roles = [row.label.role if row.label else "" for row in sheet.rows]
    firsts = [at for at in range(kept[0]) if roles[at] in ("subtotal", "total")]
    lasts = [at for at in range(kept[-1] + 1, len(roles)) if roles[at] == "total"]
    if firsts and lasts:
        yield firsts[-1], lasts[0]


def _terms(rows: Sequence[Row], figures: Sequence[Sequence[Figure]]) -> Iterator[Decimal]:
    for row, found in zip(rows, figures, strict=True):
        if row.label and row.label.role in SIGNS:
            yield abs(found[0].value) * SIGNS[row.label.role]


def terms_of(sheet: Sheet) -> list[Decimal]:
    """All that the labelled rows of a document add to its sums or take off."""
    rows = [row for row in sheet.rows if row.label and row.label.role in SIGNS]
    found = [(row, sheet.sums(row) or [f for f in row.figures if row.column_of(f) == "line"]) for row in rows]
    return [
        SIGNS[row.label.role] * abs(figures[-1].value)
        for row, figures in found
        if row.label and figures and figures[-1].value
    ]


def reachable(base: Decimal, terms: Sequence[Decimal], said: Decimal) -> bool:
    """Whether some of what is added and taken off make of `base` what a sum says; too many are not tried."""
    if len(terms) > _MOST_TERMS:
        return True
    sizes = range(len(terms) + 1)
    return any(_near(base + sum(chosen), said) for size in sizes for chosen in combinations(terms, size))


def _missed(gross: Figure, said: Figure, terms: Sequence[Decimal]) -> Finding:
    less = " ".join(f"{'+' if term > 0 else '−'} {abs(term):f}" for term in terms)
    places = ((said.start, said.end), (gross.start, gross.end))
    made = gross.value + sum(terms)
    return finding("certificate", places, gross=gross.value, less=less, made=made, said=said.value)


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _ROUNDED
