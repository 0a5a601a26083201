"""Which of the figures of an invoice or receipt is its total: by its label, by arithmetic, and by what repeats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property, partial

from extractors.facts.amount_labels import is_lone
from extractors.facts.amount_rows import Figure, Row

CENT = Decimal("0.01")
_CENT = Decimal("0.011")
_ROUNDED = Decimal("0.05")
_TAX_SHARE = Decimal("0.3")
"""Above this share of the net sum, two figures that add up to a third are not taken for net sum and tax."""
_LARGEST = 14
"""How many of the largest figures without a label are weighed."""
_STILL = re.compile(r"balance|amountdue|totaldue")
_OWED = re.compile(r"balance|due|pay|paid|rounded|应付|实付|应收|实收")
_PREPAID = re.compile(r"deposit|voucher|保证金|points|member$")
_MOST = 60
"""How many sums of one role are weighed against each other, the last of the document."""
_LEAST = 2.0
"""Points that a figure needs to be the total without further ado."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A figure with the role that its row gives it; `why` holds the label, `confidence` how sure the choice is."""

    figure: Figure
    role: str
    why: str
    confidence: float


@dataclass(frozen=True)
class Sheet:
    """The sums of a document by what their labels say."""

    rows: Sequence[Row]
    bill: bool
    """Whether the document is an invoice or receipt, so that whole numbers can be sums too."""

    @cached_property
    def by_role(self) -> dict[str, list[Decimal]]:
        """The last figures of the labelled rows."""
        found: dict[str, list[Decimal]] = {}
        for row in self.rows:
            if row.label:
                found.setdefault(row.label.role, []).extend(f.value for f in self.sums(row)[-1:])
        return {role: values[-_MOST:] for role, values in found.items()}

    def values(self, *roles: str) -> list[Decimal]:
        """The last figures of the rows labelled so."""
        return [value for role in roles for value in self.by_role.get(role, ())]

    def says(self, role: str) -> bool:
        """Whether any row is labelled so, with or without a figure."""
        return role in self.by_role

    @cached_property
    def owed(self) -> set[Decimal]:
        """What labels say is still to be paid: the total less what was paid before."""
        rows = [
            row
            for row in self.rows
            if row.label and row.label.role == "total" and _STILL.search(row.label.words)
        ]
        return {figure.value for row in rows for figure in self.sums(row)[-1:]}

    @cached_property
    def discounts(self) -> list[Decimal]:
        """What the price was lowered by, without what was paid before."""
        rows = [
            row
            for row in self.rows
            if row.label and row.label.role == "deduction" and not _PREPAID.search(row.label.words)
        ]
        return [abs(figure.value) for row in rows for figure in self.sums(row)[-1:] if figure.value][-_MOST:]

    @cached_property
    def repeats(self) -> Counter[Decimal]:
        """How often each sum stands on the sheet."""
        return Counter(f.value for row in self.rows for f in row.figures if f.decimals and not row.aside)

    @cached_property
    def large(self) -> list[Decimal]:
        """The largest sums, the largest first."""
        return sorted((v for v in self.repeats if v > 0), reverse=True)[:_LARGEST]

    @cached_property
    def credit(self) -> bool:
        """Whether the paper gives money back and writes so: all that labels call totals is below nothing, and more."""
        totals = [value for value in self.values("total") if value]
        below = sum(count for value, count in self.repeats.items() if value < 0)
        return bool(totals) and all(value < 0 for value in totals) and below > 1  # one alone may be a dash

    @cached_property
    def running(self) -> set[Decimal]:
        """What the lines without a label come to, after each of them from the second on."""
        sums, total, count = set(), Decimal(0), 0
        for row in self.rows:
            if row.label is None and row.figures and row.figures[-1].decimals:
                total, count = total + row.figures[-1].value, count + 1
                if count > 1:
                    sums.add(total)
        return sums

    @cached_property
    def in_cents(self) -> bool:
        """Whether sums are written with decimals here, so that whole numbers are counts."""
        return sum(self.repeats.values()) >= 3

    def sums(self, row: Row) -> list[Figure]:
        """The figures of a row that can be sums of money."""
        total = row.label is not None and row.label.role == "total" and row.label.strength >= 3
        whole = self.bill and total and not self.in_cents
        figures = [
            f for f in row.figures if f.decimals or (whole and not f.mended and len(str(f.value)) <= 7)
        ]
        granted = [f for f in figures if row.column_of(f) in ("line", "assessed")] if total else []
        return granted or figures


def without_lone_net(rows: Sequence[Row]) -> list[Row]:
    """The rows without the label "Net" where none names a tax: there it may be what is left after a discount."""
    if any(row.label and row.label.role == "tax" for row in rows):
        return list(rows)
    return [replace(row, label=None) if row.label and is_lone(row.label) else row for row in rows]


def labelled(sheet: Sheet) -> list[Labelled]:
    """The figures of a document with the roles total, subtotal, tax and paid, and what is kept back as mentioned.

    There is one total at most.
    """
    total = _total(sheet)
    found = [total] if total else []
    taken = {total.figure.start} if total else set()
    for row in sheet.rows:
        role = _labelled_role(row, total)
        for figure in sheet.sums(row)[-1:] if role and row.label else ():
            if figure.start not in taken and figure.value and not _passes(sheet, role, figure, total):
                taken.add(figure.start)
                words = row.label.words if row.label else ""
                found.append(Labelled(figure, role, words, 0.75 if row.aside else 0.85))
    return found


def _labelled_role(row: Row, total: Labelled | None) -> str:
    """The role that a row's label gives its last figure; totals beside the total itself are those of a part."""
    if row.label is None:
        return ""
    if row.label.role == "total":
        return "subtotal" if total and row.label.strength >= 3 and not _OWED.search(row.label.words) else ""
    if row.label.role == "withheld":
        return "mentioned"
    return row.label.role if row.label.role in ("subtotal", "tax", "paid") else ""


def _passes(sheet: Sheet, role: str, figure: Figure, total: Labelled | None) -> bool:
    """Whether a subtotal is none, since it is not below the total though nothing was kept back of it."""
    whole = role == "subtotal" and total is not None and not sheet.says("withheld")
    return whole and total is not None and abs(figure.value) >= abs(total.figure.value)


def _total(sheet: Sheet) -> Labelled | None:
    """The figure with the most points. Without a label that says total, only a bill has one."""
    best: tuple[float, Labelled] | None = None
    sign = -1 if sheet.credit else 1
    for points, figure, why in _candidates(sheet):
        if figure.value * sign > 0 and (best is None or points > best[0]):
            confidence = max(0.3, min(0.97, 0.5 + 0.06 * points))
            best = points, Labelled(figure, "total", why, round(confidence, 3))
    if best and not sheet.bill and best[0] < _LEAST:
        return None
    return best[1] if best else None


def _candidates(sheet: Sheet) -> Iterator[tuple[float, Figure, str]]:
    """(points, figure, words that speak for it) of all that may be the total."""
    evidence = cache(partial(_evidence, sheet))
    for place, row in enumerate(sheet.rows):
        late = 0.4 * place / len(sheet.rows)
        if row.label is not None and row.label.role == "total":
            aside = 0.3 if row.aside else 0.0
            for rank, figure in enumerate(reversed(sheet.sums(row))):
                points = row.label.strength - 0.6 * rank - aside + (0.4 if figure.decimals else -1.0)
                points += 1.5 if rank == 0 and _sum_of_others(row, figure) else 0.0
                yield points + late + evidence(figure.value), figure, row.label.words
        elif sheet.bill:
            fine = -0.8 if row.label is None else -0.5 if row.label.role == "paid" else -3.0
            for figure in row.figures:
                if figure.decimals and figure.value in sheet.large:
                    net = 2.0 if figure.value in sheet.values("subtotal") else 0.0
                    size = float(figure.value / sheet.large[0])
                    yield fine - net + 1.5 * size + late + evidence(figure.value), figure, "what adds up"


def _sum_of_others(row: Row, figure: Figure) -> bool:
    """Net, tax and total side by side: the last is the sum of the others."""
    others = [f.value for f in row.figures if f is not figure and f.decimals]
    return len(others) >= 2 and _same(sum(others, Decimal(0)), figure.value)


def _evidence(sheet: Sheet, value: Decimal) -> float:
    """Points for what adds up to the value, and for its being the largest or written twice."""
    points = _of_payment(sheet, value) + _of_tax(sheet, value) + _of_rounding(sheet, value)
    points += _of_withholding(sheet, value) + _of_deductions(sheet, value)
    points += 0.8 * min(max(sheet.repeats[value] - 1, 0), 2)
    points += 2.0 if value in sheet.running and not sheet.says("subtotal") and not sheet.says("tax") else 0.0
    totals = sheet.values("total")
    if (totals and value >= max(totals)) or (not totals and sheet.large and value == sheet.large[0]):
        points += 0.6
    return points


def _of_payment(sheet: Sheet, value: Decimal) -> float:
    """Cash less change is the total; what a card paid is too."""
    paid, change = sheet.values("paid"), sheet.values("change")
    less = [*paid, *map(abs, sheet.values("deduction"))]
    if value in sheet.values("total") and any(p and value - p in sheet.owed for p in less):
        return 2.5
    if any(c and value + c in paid for c in change):
        return 3.5
    if value in paid and not any(change):
        return 1.5
    largest = sheet.large[0] if sheet.large else Decimal(0)
    given = [*paid, largest] if sheet.says("paid") or sheet.says("change") else []
    if any(p > value >= p / 5 and sheet.repeats[p - value] and p != 2 * value for p in given):
        return 2.0 if value >= largest / 2 or sheet.repeats[value] > 1 else 1.0
    return 0.0


def _of_tax(sheet: Sheet, value: Decimal) -> float:
    """The net sum and the tax make the total."""
    subtotals, extras = sheet.values("subtotal"), [e for e in sheet.values("tax", "charge") if e > 0]
    if any(_same(s + e, value) for s in subtotals for e in [*extras, sum(extras, Decimal(0))] if e > 0):
        return 2.5
    if any(s < value <= s * (1 + _TAX_SHARE) and sheet.repeats[value - s] for s in subtotals):
        return 2.0
    if not sheet.says("tax") or value not in sheet.large:
        return 0.0
    net = [s for s in sheet.large if s < value and value - s <= s * _TAX_SHARE]
    return 1.0 if any(sheet.repeats[value - s] for s in net) else 0.0


def _of_withholding(sheet: Sheet, value: Decimal) -> float:
    """What is left of the work done after retention, the advance and earlier certificates."""
    kept = [abs(k) for k in sheet.values("withheld") if k]
    if not kept:
        return 0.0
    gross = [g for g in sheet.values("subtotal", "total") if g > value]
    return 3.0 if any(_same(g - less, value) for g in gross for less in (sum(kept), *kept)) else 0.0


def _of_deductions(sheet: Sheet, value: Decimal) -> float:
    """What is left of the sum of the lines, as a label or their sum tells it, after discounts and rounding."""
    less = sheet.discounts
    if not less or value not in sheet.repeats:
        return 0.0
    odd = [abs(r) for r in sheet.values("rounding") if r]
    gross = [g for g in (*sheet.values("subtotal", "total"), *sheet.running) if g > value]
    sums = {sum(less), *less, sum(less) + sum(odd)}
    return 3.0 if any(_same(g - d, value) for g in gross for d in sums) else 0.0


def _of_rounding(sheet: Sheet, value: Decimal) -> float:
    """The total after rounding to five cents: next to the total before it, where a line speaks of rounding."""
    if not sheet.says("rounding"):
        return 0.0
    near = [t for t in sheet.values("total", "subtotal") if 0 < abs(t - value) <= _ROUNDED]
    near += [t for t in sheet.large if 0 < abs(t - value) <= _ROUNDED]
    if not near:
        return 0.0
    even = value % _ROUNDED == 0 and any(t % _ROUNDED for t in near)
    return 5.0 if even else 0.0


def _same(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < _CENT
