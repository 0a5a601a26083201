"""The arithmetic of bills: quantity times rate makes the line, the lines make the total, net and tax make the total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, groupby

from extractors.facts.amount_certificates import SIGNS, certificates, reachable, tax_rates, terms_of
from extractors.facts.amount_rows import Figure, Row
from extractors.facts.amount_totals import CENT, Labelled, Sheet
from extractors.facts.finding import Finding, finding

_CENT = Decimal("0.011")
_ROUNDED = Decimal("0.055")
_HALF_CENT = Decimal("0.005")
_TAX_SHARE = Decimal("0.3")
_FEWEST = 2
_MOST_COUNTS = 3
"""Men times days times hours times rate: no more factors than that before a rate."""
_MOST_ROWS = 400
_EXTRAS = ("tax", "charge", "deduction", "withheld", "rounding")
_UNIT = re.compile(
    r" ?(m[23²³]?|t|kg|km|no|nos|pcs?|ea|each|days?|hours?|hrs?|weeks?|sets?|lots?|l|[一-鿿]{1,3}|㎡|m³)"
    r"(?![a-z\d一-鿿])"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill: how many of what unit, at what rate, and the sum that stands behind them."""

    quantities: tuple[Figure, ...]
    unit: str
    rate: Figure
    sum: Figure
    page: int

    @property
    def likely(self) -> bool:
        """Whether the sum is about the product, so that its figures were not misread or mistaken for others."""
        return any(alike(value, self.sum.value) for value in self._products())

    @property
    def product(self) -> Decimal | None:
        """Quantity times rate as it makes the sum; None where no choice of the counts does."""
        return next((value for value in self._products() if self._fits(value)), None)

    def _products(self) -> Iterator[Decimal]:
        """Of several counts, as men and days, all of them, or some."""
        for size in range(len(self.quantities), 0, -1):
            for chosen in combinations(self.quantities, size):
                value = self.rate.value
                for figure in chosen:
                    value *= figure.value
                yield value

    def _fits(self, value: Decimal) -> bool:
        """Whether the sum is that product, the rate rounded to cents and the sum to cents or whole units."""
        slack = _CENT + _HALF_CENT * max(abs(figure.value) for figure in self.quantities)
        whole = self.sum.value == self.sum.value.to_integral_value() and self.rate.value > 1
        return abs(value - self.sum.value) <= (max(slack, Decimal("0.5")) if whole else slack)

    def __str__(self) -> str:
        counts = " × ".join(f"{figure.value:f}" for figure in self.quantities)
        return f"{counts}{f' {self.unit}' if self.unit else ''} × {self.rate.value:f}"


def alike(one: Decimal, other: Decimal) -> bool:
    """Whether two sums are of one size: neither is more than twice the other."""
    low, high = sorted((abs(one), abs(other)))
    return high <= 2 * low


@dataclass(frozen=True, slots=True)
class Check:
    """What arithmetic says of a figure: `why`, where it bears it out, `finding`, where it contradicts it."""

    why: str = ""
    finding: Finding | None = None


def checks(
    sheet: Sheet, tables: Sequence[Row], known: Mapping[int, Labelled], plain: str, seen: frozenset[int]
) -> dict[int, Check]:
    """What arithmetic says of the figures of a document, by their place in the text.

    `tables` are the rows whose columns come from table cells, of whose heads there is no doubt; `known` are the
    figures that have a role, by place; `seen` are the pages that OCR read.
    """
    wrong = (
        *_totals(tables, terms_of(sheet)),
        *_net_and_tax(sheet, known),
        *tax_rates(sheet, known, plain),
        *certificates(sheet),
    )
    found = {finding.start: Check(finding=finding) for finding in wrong}
    sure = bill_lines(tables, plain)
    lines = [line for line in bill_lines(sheet.rows, plain) if line.sum.decimals]
    lines = [line for line in lines if line.page not in seen or line.likely]
    return found | _of_lines(lines, len(sure) == 1 and len(sure[0].quantities) == 1)


def bill_lines(rows: Sequence[Row], plain: str) -> list[Line]:
    """The rows that have a quantity, a rate and a sum, by the heads of a table or of columns of text."""
    return [line for row in rows if (line := _line(row, plain))]


def _line(row: Row, plain: str) -> Line | None:
    named = list(zip(row.figures, row.columns, strict=True)) if row.columns else []
    counts = [figure for figure, role in named if role == "count"]
    rates = [(figure, at) for at, (figure, role) in enumerate(named) if role == "rate"]
    if not 0 < len(counts) <= _MOST_COUNTS or not rates:
        return None
    rate, at = rates[0]
    sums = [figure for figure, role in named[at + 1 :] if role == "line"]
    if not sums:
        return None
    behind = _UNIT.match(plain, counts[0].end, min(row.end, counts[0].end + 12))
    return Line(tuple(counts), behind[1] if behind else "", rate, sums[0], row.page)


def _of_lines(lines: Sequence[Line], alone: bool) -> dict[int, Check]:
    """Where most lines are what they should be, one that is not is a finding; else the columns are something else.

    A line `alone` in a table with heads is one too.
    """
    sound = {line.sum.start: Check(why=str(line)) for line in lines if line.product is not None}
    wrong = [line for line in lines if line.product is None]
    if len(wrong) * 2 > len(sound) and not (alone and len(lines) == 1):
        return sound
    return sound | {line.sum.start: Check(finding=_said(line)) for line in wrong}


def _said(line: Line) -> Finding:
    made = line.rate.value
    for figure in line.quantities:
        made *= figure.value
    places = tuple((figure.start, figure.end) for figure in (line.sum, *line.quantities, line.rate))
    return finding("line_product", places, line=str(line), made=made.quantize(CENT), said=line.sum.value)


def _totals(tables: Sequence[Row], terms: Sequence[Decimal]) -> Iterator[Finding]:
    """The totals at the foot of a column of sums that are not what stands above them."""
    for _, rows in groupby(tables, key=lambda row: row.page):
        column = [(row, figure) for row in list(rows)[-_MOST_ROWS:] if (figure := _in_column(row))]
        yield from _foot(column, terms)


def _in_column(row: Row) -> Figure | None:
    """The figure of a row in the one column of sums; None where it has none or several such columns."""
    named = zip(row.figures, row.columns, strict=True) if row.columns else ()
    sums = [figure for figure, role in named if role == "line"]
    return sums[0] if len(sums) == 1 else None


def _foot(column: Sequence[tuple[Row, Figure]], terms: Sequence[Decimal]) -> Iterator[Finding]:
    items: list[Decimal] = []
    parts: list[Decimal] = []
    extras: list[Decimal] = []
    for row, figure in column:
        role = row.label.role if row.label and row.label.strength >= _FEWEST else ""
        if role in _EXTRAS:
            extras.append(figure.value if role == "rounding" else abs(figure.value) * SIGNS[role])
        elif role not in ("total", "subtotal"):
            items.append(figure.value)
        elif len(items) >= _FEWEST or len(parts) >= _FEWEST:
            made = sum(items, Decimal(0))
            if not _made_of(figure.value, items, parts, extras) and not reachable(made, terms, figure.value):
                yield finding("lines_total", ((figure.start, figure.end),), made=made, said=figure.value)
            parts.append(figure.value)
            items = [] if role == "subtotal" else items


def _made_of(
    value: Decimal, items: Sequence[Decimal], parts: Sequence[Decimal], extras: Sequence[Decimal]
) -> bool:
    """Whether the lines, the subtotals, or the last subtotal make it, with or without tax, charges and deductions."""
    bases = {sum(items, Decimal(0)), sum(parts, Decimal(0)), sum([*items, *parts], Decimal(0)), *parts[-1:]}
    return any(reachable(base, extras, value) for base in bases)


def _net_and_tax(sheet: Sheet, known: Mapping[int, Labelled]) -> Iterator[Finding]:
    """The total that one net sum and one tax do not make, where nothing else was added or taken off."""
    totals = [item for item in known.values() if item.role == "total"]
    nets, taxes = set(sheet.values("subtotal")), {value for value in sheet.values("tax") if value}
    if len(totals) != 1 or len(nets) != 1 or len(taxes) != 1 or any(map(sheet.says, _EXTRAS[1:])):
        return
    net, tax, total = nets.pop(), taxes.pop(), totals[0].figure.value
    if not 0 < tax <= net * _TAX_SHARE or total in (net, tax) or sheet.repeats[net + tax]:
        return
    if total not in sheet.values("total"):  # it was paid, or is the largest: what was to be paid is not known
        return
    if abs(net + tax - total) > _ROUNDED and sheet.bill:
        place = (totals[0].figure.start, totals[0].figure.end)
        yield finding("net_tax_total", (place,), net=net, tax=tax, made=net + tax, said=total)
