"""The lines of a bill against each other and against its sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractors.document import Document
from extractors.facts.amount_certificates import reachable, terms_of
from extractors.facts.amount_checks import alike
from extractors.facts.amount_rows import Figure, Row
from extractors.facts.amount_totals import CENT, Sheet
from extractors.facts.finding import Finding, finding
from extractors.facts.invoice_lines import InvoiceLine
from extractors.facts.line_columns import fits

_FEWEST = 2


def line_findings(
    document: Document, lines: Sequence[InvoiceLine], sheet: Sheet, known: Sequence[Finding]
) -> Iterator[Finding]:
    """What is wrong with the lines that tables with heads say, beside what is `known` already.

    Where most lines are quantity times rate, one that is not is wrong; where all are, and no sum stands between them
    that is none of theirs, they must make a subtotal or total.
    """
    places = {one.places[0][0] for one in known}
    checked = [line for line in lines if line.quantity is not None and line.rate is not None]
    wrong = [line for line in checked if not line.discounted and not _is_made(line)]
    misread = [
        line for line in wrong if document.page_at(line.start).source == "ocr" and not _is_likely(line)
    ]
    if misread:
        return
    if wrong and 2 * len(wrong) <= len(checked) - len(wrong):
        yield from (_product(line) for line in wrong if line.sum_at[0] not in places)
    elif (
        not wrong
        and len(checked) == len(lines) >= _FEWEST
        and not any(one.code == "lines_total" for one in known)
    ):
        yield from _total(lines, sheet)


def _is_made(line: InvoiceLine) -> bool:
    product = fits(line.quantity or Decimal(0), line.rate or Decimal(0), line.amount)
    with_tax = line.tax is not None and fits(
        line.quantity or Decimal(0), line.rate or Decimal(0), line.amount - line.tax
    )
    return product or with_tax


def _is_likely(line: InvoiceLine) -> bool:
    return alike((line.quantity or Decimal(0)) * (line.rate or Decimal(0)), line.amount)


def _product(line: InvoiceLine) -> Finding:
    quantity, rate = line.quantity or Decimal(0), line.rate or Decimal(0)
    unit = f" {line.unit}" if line.unit else ""
    said = f"{quantity:f}{unit} × {rate:f}"
    made = (quantity * rate).quantize(CENT)
    return finding("line_product", (line.sum_at,), line=said, made=made, said=line.amount)


def _total(lines: Sequence[InvoiceLine], sheet: Sheet) -> Iterator[Finding]:
    last = max(line.sum_at[1] for line in lines)
    first = min(line.start for line in lines)
    sums = {line.sum_at[0] for line in lines}
    foot = next((row for row in sheet.rows if row.start >= last and _says_sum(row) and sheet.sums(row)), None)
    made = sum((line.amount for line in lines), Decimal(0))
    if foot is None or _has_strangers(sheet, first, last, foot, sums) or sheet.repeats[made]:
        return
    extras = terms_of(sheet)
    extras.append(sum((line.tax for line in lines if line.tax is not None), Decimal(0)))
    said = sheet.sums(foot)[-1]
    stated = {figure.value for row in sheet.rows if _says_sum(row) for figure in row.figures}
    if not any(reachable(made, extras, value) for value in stated):
        yield finding("lines_total", ((said.start, said.end),), made=made, said=said.value)


def _says_sum(row: Row) -> bool:
    return row.label is not None and row.label.role in ("subtotal", "total") and row.label.strength >= _FEWEST


def _has_strangers(sheet: Sheet, first: int, last: int, foot: Row, sums: set[int]) -> bool:
    """Whether a sum of a row without a label, from the first line to the total, belongs to no line."""
    between = [row for row in sheet.rows if first <= row.start < foot.start and row.label is None]
    return any(not _belongs(row.figures, sums, whole=row.start > last) for row in between)


def _belongs(figures: Sequence[Figure], sums: set[int], whole: bool) -> bool:
    money = any(figure.decimals or whole for figure in figures)
    return not money or any(figure.start in sums for figure in figures)
