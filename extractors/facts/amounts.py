"""The sums of money of a document, each with its currency and role; the total is the total."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal

from extractors.document import Cell, Document
from extractors.facts.amount_currency import Currencies
from extractors.facts.amount_forms import Mention, mentions, worded
from extractors.facts.amount_labels import columns, squeezed, wording
from extractors.facts.amount_rows import Figure, Row, rows_of
from extractors.facts.amount_totals import Labelled, Sheet, item_lines, labelled
from extractors.facts.fact import Fact, Money
from extractors.facts.folding import folded
from extractors.facts.numerals import decimal_of

_REACH = 64
_NO_CURRENCY = "the document does not say which currency"
_GUESSED = "the currency is the one that the document names elsewhere"
_AMBIGUOUS = "the mark stands for several currencies"


def find(document: Document, kind: str) -> list[Fact]:
    """Facts of kind "amount" with `Money` values, in order of place; one at most has the role "total" by its label.

    Plain numbers are no money: a mark or name of money, a label (`Total`, 合计) or a table column of sums must
    say so. Of figures without a currency, `Money.currency` is the only one that the document names, else None.
    """
    original = document.text[: document.body_end]
    plain = folded(original)
    found = _apart([*mentions(plain, original), *worded(plain)])
    currencies = Currencies(original, plain, found)
    bill = kind == "invoice"
    rows = rows_of(document, plain)
    sheet = Sheet(rows, bill)
    roles = _roles(document, plain, sheet)
    facts = []
    for mention in found:
        item = roles.pop(mention.number, None)
        if item and item.figure.mended and item.figure.end > mention.end:
            facts.append(_from_figure(item, currencies.of(mention.mark)[0]))
        else:
            facts.append(_from_mention(plain, mention, currencies, item, _row_of(rows, mention)))
    facts += [_from_figure(item, currencies.only()) for item in roles.values()]
    return sorted(facts, key=lambda fact: fact.start)


def _apart(found: Iterable[Mention]) -> list[Mention]:
    """In order of place; of mentions that overlap, the first."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _roles(document: Document, plain: str, sheet: Sheet) -> dict[int, Labelled]:
    """The figures that rows and tables give a role, by their place."""
    roles = {item.figure.start: item for item in labelled(sheet)}
    for item in _cells(document, plain, roles):
        roles.setdefault(item.figure.start, item)
    if sheet.bill:
        for item in item_lines(sheet, roles):
            roles.setdefault(item.figure.start, item)
    return roles


def _row_of(rows: Sequence[Row], mention: Mention) -> Row | None:
    """The row in which a mention stands."""
    at = bisect_right(rows, mention.number, key=lambda row: row.start) - 1
    return rows[at] if at >= 0 and mention.number < rows[at].end else None


def _from_mention(
    plain: str, mention: Mention, currencies: Currencies, item: Labelled | None, row: Row | None
) -> Fact:
    code, said = currencies.of(mention.mark)
    role, why = (item.role, item.why) if item else _worded_role(plain, mention, row)
    doubts = () if said else (_AMBIGUOUS,)
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
    for role, ahead, behind in wording():
        if role == "total" and row and row.label and row.label.role != "total":
            continue
        match = ahead.search(lead) or (behind.match(tail) if behind else None)
        if match:
            return role, match[0].strip(" :,.(=")
    return "mentioned", ""


def _from_figure(item: Labelled, code: str | None) -> Fact:
    doubts = [_GUESSED if code else _NO_CURRENCY]
    if item.figure.mended:
        doubts.append("figures or spaces were mended")
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


def _cells(document: Document, plain: str, taken: dict[int, Labelled]) -> list[Labelled]:
    """The figures of table columns whose head says that they are sums."""
    found: list[Labelled] = []
    for page in document.pages:
        heads = _heads(plain, page.cells)
        for cell in page.cells:
            head = heads.get((cell.table, cell.column))
            if head is None or cell.row <= head.row:
                continue
            figure = _cell_figure(plain, cell)
            if figure and figure.start not in taken:
                found.append(Labelled(figure, "line", plain[head.start : head.end].strip(), 0.8))
    return found


def _heads(plain: str, cells: Sequence[Cell]) -> dict[tuple[int, int], Cell]:
    heads: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        if (
            cell.row <= 4
            and cell.end - cell.start <= 40
            and squeezed(plain[cell.start : cell.end]) in columns()
        ):
            heads.setdefault((cell.table, cell.column), cell)
    return heads


def _cell_figure(plain: str, cell: Cell) -> Figure | None:
    text = plain[cell.start : cell.end]
    shown = text.strip(" $€£¥rm")
    number = shown.strip("()").strip()
    from_text = text.find(number)
    value = _number(number)
    if value is None or from_text < 0:
        return None
    negative = shown.startswith("(") and shown.endswith(")")
    start = cell.start + from_text
    return Figure(-value if negative else value, start, start + len(number), "." in number)


def _number(text: str) -> Decimal | None:
    negative = text.startswith("-")
    value = decimal_of(text.lstrip("-")) if text and text.lstrip("-")[:1].isdigit() else None
    return -value if value is not None and negative else value
