"""The sums of money of a document, each with its currency and role; the total is the total."""

from __future__ import annotations

import weakref
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractors.document import Document
from extractors.facts.amount_capitals import capitals, differing, twinned
from extractors.facts.amount_cells import sheet_rows
from extractors.facts.amount_checks import Check, checks
from extractors.facts.amount_columns import with_columns
from extractors.facts.amount_currency import Currencies
from extractors.facts.amount_forms import Mention, mentions, worded
from extractors.facts.amount_items import items
from extractors.facts.amount_labels import withholding, wording
from extractors.facts.amount_rows import Row
from extractors.facts.amount_spans import with_spans
from extractors.facts.amount_totals import Labelled, Sheet, labelled, without_lone_net
from extractors.facts.amount_units import in_units, unit_at, units_of
from extractors.facts.amount_words import apart, mended
from extractors.facts.fact import Fact, Money
from extractors.facts.finding import Finding
from extractors.facts.folding import folded
from extractors.facts.invoice_lines import InvoiceLine, invoice_lines
from extractors.facts.line_checks import line_findings

_REACH = 64
_OF_WITHHELD = ("claimed", "paid")
"""The roles that a sum kept back or lent can have all the same."""
_NO_RATES = ("total", "subtotal", "claimed")
"""Roles that a sum per day or per ton cannot have, whatever its label says."""
_NO_CURRENCY = "the document does not say which currency"
_GUESSED = "the currency is the one that the document names elsewhere"
_AMBIGUOUS = "the mark stands for several currencies"


@dataclass(frozen=True)
class Study:
    """The sums of a document, what is wrong with them, and the lines of its bills."""

    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...]
    lines: tuple[InvoiceLine, ...]


_last: list[tuple[weakref.ref[Document], str, Study]] = []


def find(document: Document, kind: str) -> list[Fact]:
    """Facts of kind "amount" with `Money` values, in order of place; one at most has the role "total" by its label.

    Plain numbers are no money: a mark or name of money, a label (`Total`, 合计) or a table column of sums must
    say so. Of figures without a currency, `Money.currency` is the only one that the document names, else None.
    The total is what the paper asks to be paid, after retention and what was certified before; what it is made of
    is a subtotal. Sums per day or per ton, and what is kept back, are mentioned, `why` says as what.
    """
    return list(study_of(document, kind).facts)


def study_of(document: Document, kind: str) -> Study:
    """All that is to be known of a document's sums; that of the document asked for last is remembered."""
    if not _last or _last[0][0]() is not document or _last[0][1] != kind:
        _last[:] = [(weakref.ref(document), kind, _study(document, kind))]
    return _last[0][2]


def _study(document: Document, kind: str) -> Study:
    original = document.text[: document.body_end]
    plain = folded(original)
    tables = sheet_rows(document, plain)
    units, ends = units_of(plain), [page.end for page in document.pages]
    rows = without_lone_net(in_units(with_columns(document, plain, tables), units, ends))
    tables = in_units(tables, units, ends)
    figures = [(f.start, f.value) for row in rows for f in row.figures if f.decimals]
    found = mended(plain, capitals(plain, _mentions(plain, original), figures), figures)
    sheet = Sheet(rows, kind == "invoice")
    roles = _roles(sheet)
    seen = frozenset(page.number for page in document.pages if page.source == "ocr")
    said = checks(sheet, [row for row in tables if row.columns], roles, plain, seen)
    currencies = Currencies(original, plain, found)

    def stated(place: int) -> str | None:
        """The currency of a figure without a mark: that of its table, else the document's only one."""
        unit = unit_at(units, place, ends)
        return currencies.of(unit.mark)[0] if unit and unit.mark else currencies.only()

    facts = _facts(plain, found, rows, roles, said, currencies, stated)
    facts, wrong = twinned(plain, facts)
    wrong += [check.finding for check in said.values() if check.finding]
    wrong += apart(plain, facts, (f.value for row in rows for f in row.figures))
    lines = invoice_lines(document, plain, kind, facts)
    wrong += line_findings(document, lines, sheet, wrong)
    return Study(tuple(facts), tuple(sorted(wrong, key=lambda one: one.start)), lines)


def _facts(
    plain: str,
    found: Iterable[Mention],
    rows: Sequence[Row],
    roles: dict[int, Labelled],
    said: Mapping[int, Check],
    currencies: Currencies,
    stated: Callable[[int], str | None],
) -> list[Fact]:
    """The sums with a mark of money, and those with a role alone, in order of place."""
    facts, left = [], dict(roles)
    for mention in found:
        item = left.pop(mention.number, None)
        if mention.rate and item and item.role in _NO_RATES:
            item = None
        if item and item.figure.mended and (item.figure.pointed or item.figure.end > mention.end):
            fact = _from_figure(item, currencies.of(mention.mark)[0])
        else:
            fact = _from_mention(plain, mention, currencies, item, _row_of(rows, mention))
        facts.append(_weighed(fact, said.get(mention.number)))
    facts += [_weighed(_from_figure(item, stated(place)), said.get(place)) for place, item in left.items()]
    return sorted(facts, key=lambda fact: fact.start)


def _weighed(fact: Fact, check: Check | None) -> Fact:
    """The fact as arithmetic leaves it: borne out, or contradicted."""
    if check is None:
        return fact
    return differing(fact, check.finding.message()) if check.finding else replace(fact, why=check.why)


def _mentions(plain: str, original: str) -> list[Mention]:
    """All sums of the text with a mark or name of money, in order of place."""
    return with_spans(plain, _apart([*mentions(plain, original), *worded(plain)]))


def _apart(found: Iterable[Mention]) -> list[Mention]:
    """In order of place; of mentions that overlap, the first."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _roles(sheet: Sheet) -> dict[int, Labelled]:
    """The figures that rows and tables give a role, by their place."""
    known = labelled(sheet)
    return {item.figure.start: item for item in [*known, *items(sheet, known)]}


def _row_of(rows: Sequence[Row], mention: Mention) -> Row | None:
    """The row in which a mention stands."""
    at = bisect_right(rows, mention.number, key=lambda row: row.start) - 1
    return rows[at] if at >= 0 and mention.number < rows[at].end else None


def _from_mention(
    plain: str, mention: Mention, currencies: Currencies, item: Labelled | None, row: Row | None
) -> Fact:
    code, said = currencies.of(mention.mark)
    role, why = (item.role, item.why) if item else _worded_role(plain, mention, row)
    doubts = mention.doubts if said else (*mention.doubts, _AMBIGUOUS)
    confidence = mention.confidence if said else min(mention.confidence, 0.85)
    return Fact(
        "amount",
        role,
        Money(mention.amount, code),
        mention.start,
        mention.end,
        confidence,
        mention.rule,
        why,
        doubts,
    )


def _worded_role(plain: str, mention: Mention, row: Row | None) -> tuple[str, str]:
    """(role, words that decided it) of a sum in running text."""
    if mention.rate:
        return "mentioned", mention.rate
    lead = plain[max(0, mention.start - _REACH) : mention.start].rsplit("\n", 1)[-1]
    tail = plain[mention.end : mention.end + 32].split("\n", 1)[0]
    kept = withholding().search(lead)
    for role, ahead, behind in wording():
        if role == "total" and row and row.label and row.label.role != "total":
            continue
        match = ahead.search(lead) or (behind.match(tail) if behind else None)
        if match and (kept is None or role in _OF_WITHHELD):
            return role, match[0].strip(" :,.(=")
    return "mentioned", kept[0].strip(" :,.(=") if kept else ""


def _from_figure(item: Labelled, code: str | None) -> Fact:
    doubts = [_GUESSED if code else _NO_CURRENCY]
    if item.figure.mended:
        doubts.append("figures or spaces were mended")
    if item.figure.doubt:
        doubts.append(item.figure.doubt)
    confidence = round(min(item.confidence, 0.85) - 0.1 * item.figure.mended, 3)
    figure = item.figure
    value = Money(figure.value, code)
    return Fact(
        "amount",
        item.role,
        value,
        figure.start,
        figure.end,
        confidence,
        "sum by its label",
        item.why,
        tuple(doubts),
    )
