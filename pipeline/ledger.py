"""What the evidence shows of the sum claimed. Every row cites its page; nothing is counted twice."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from extractors.facts.fact import Fact, Money
from index.words import compact
from pipeline.casefile import CaseFile
from pipeline.costs import OTHER, kind_of_cost
from pipeline.evidence import Evidence
from pipeline.links import Link
from pipeline.notices import sign
from pipeline.numbers import numbers_of
from pipeline.rulings import SAID, is_said, written
from pipeline.wording import every_word, shown, vocabulary

CENT = Decimal("0.01")
SUMS = ("total", "subtotal")
"""Roles of the sum of an invoice, the best first."""
TOLD = ("claimed", "total", "paid")
"""Roles of sums that other documents tell of."""
_ACROSS = ("respondent", "insurer")
_LOOKALIKES = str.maketrans("oilsbz", "011582")
SURE = 0.5
"""Confidence of a document's kind below which its sum does not count until a person says what it is."""
LONG_BEFORE = datetime.timedelta(days=62)
"""A bill so much older than its event is no loss of it, as a rule: the purchase, or a service of the year before."""
HEAD = 400
"""Characters of a document in which it says what it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sum in a document. `counted` says whether it is part of the sum evidenced, `why_not` why it is not; `cost` is
    the kind of cost (`costs.yaml`)."""

    event: str | None
    doc: str
    page: int
    description: str
    amount: Decimal
    currency: str | None
    counted: bool
    why_not: str | None
    cost: str = OTHER

    def as_json(self) -> dict[str, Any]:
        """The form of the contract, and the kind of cost."""
        return {
            "event": self.event,
            "doc": self.doc,
            "page": self.page,
            "description": self.description,
            "amount": money(self.amount),
            "currency": self.currency,
            "counted": self.counted,
            "why_not": self.why_not,
            "cost": self.cost,
        }


@dataclass(frozen=True, slots=True)
class Ledger:
    """The sum claimed beside the sum evidenced, in `currency`; `claimed` is None where the register names no sum."""

    claim: str
    currency: str | None
    claimed: Decimal | None
    rows: tuple[Entry, ...]

    @property
    def evidenced(self) -> Decimal:
        """The sum of the rows that count."""
        return sum((row.amount for row in self.rows if row.counted), Decimal(0))

    @property
    def difference(self) -> Decimal | None:
        """Claimed less evidenced: what is still to be proved."""
        return None if self.claimed is None else self.claimed - self.evidenced

    def totals(self, by: Literal["event", "cost"]) -> dict[str, Decimal]:
        """The sums that count, by event or by kind of cost; all are in the ledger's currency."""
        found: dict[str, Decimal] = {}
        for row in self.rows:
            if row.counted:
                key = str(row.event if by == "event" else row.cost)
                found[key] = found.get(key, Decimal(0)) + row.amount
        return found

    def as_json(self) -> dict[str, Any]:
        """The form of the contract, and the totals."""
        return {
            "claim": self.claim,
            "currency": self.currency,
            "claimed": None if self.claimed is None else money(self.claimed),
            "evidenced": money(self.evidenced),
            "difference": None if self.difference is None else money(self.difference),
            "rows": [row.as_json() for row in self.rows],
            "totals": {
                "event": {key: money(value) for key, value in self.totals("event").items()},
                "cost": {key: money(value) for key, value in self.totals("cost").items()},
            },
        }


def money(value: Decimal) -> str:
    """A decimal string with two decimals or, where the source has them, more."""
    return format(value.quantize(CENT) if value == value.quantize(CENT) else value, "f")


@dataclass(frozen=True, slots=True)
class _Bill:
    """What tells one invoice from another."""

    numbers: frozenset[str]
    seller: str
    day: datetime.date | None
    amount: Decimal
    currency: str | None

    def same_as(self, other: _Bill) -> str | None:
        """Why it is the other once more, or None. What takes away is never what it takes away from."""
        if (self.amount < 0) != (other.amount < 0):
            return None
        if self.numbers and other.numbers:
            if not self.numbers & other.numbers or not (self.same_seller(other) or self.same_sum(other)):
                return None
            return "copy of" if self.same_sum(other) else "same number as"
        dated = self.day is not None and self.day == other.day
        return "copy of" if dated and self.same_sum(other) and self.same_seller(other) else None

    def same_sum(self, other: _Bill) -> bool:
        """Whether both are over the same sum."""
        return (self.amount, self.currency) == (other.amount, other.currency)

    def same_seller(self, other: _Bill) -> bool:
        """Whether both may be of one seller."""
        return not self.seller or not other.seller or self.seller == other.seller


@dataclass(frozen=True, slots=True)
class _Charge:
    """A document of kind invoice, its sum, and what tells it from others."""

    found: Evidence
    fact: Fact
    value: Money
    bill: _Bill


def ledger(case: CaseFile) -> Ledger:
    """The ledger of a claim: sums of its invoices, then sums that other documents tell of, which never count."""
    sums = [(found, fact, value) for found in _best_first(case) for fact, value in _bill_sums(found)]
    currency = case.claim.currency or _commonest(value.currency for _, _, value in sums)
    charges = [_Charge(found, fact, value, _bill(case, found, value)) for found, fact, value in sums]
    counted: list[_Charge] = []
    why: dict[str, str | None] = {}
    for charge in charges:
        reason = _why_no_bill(case, charge.found, charge.bill, currency) or _why_twice(case, charge, counted)
        why[charge.found.id] = reason
        if reason is None:
            counted.append(charge)
    for charge in list(counted):
        if (whole := next((other for other in counted if _contains(other, charge)), None)) is not None:
            why[charge.found.id] = f"part of {whole.found.summary.name}"
            counted.remove(charge)
    order = {found.id: n for n, found in enumerate(case.in_order())}
    rows = [_entry(case, charge.found, charge.fact, charge.value, why[charge.found.id]) for charge in charges]
    rows.sort(key=lambda row: order[row.doc])
    told = [row for found in case.in_order() for row in _told(case, found, counted)]
    return Ledger(case.claim.id, currency, case.claim.amount, (*rows, *told))


def _bill(case: CaseFile, found: Evidence, value: Money) -> _Bill:
    numbers = _alike(numbers_of(found))
    return _Bill(numbers, _seller(case, found), found.summary.date, value.amount, value.currency)


def _contains(whole: _Charge, part: _Charge) -> bool:
    """Whether an invoice names an earlier one by number and sum and deducts it from its own sum, which still
    holds it: a final account over 1,000 that names the deposit invoice over 400 and 600 as the rest."""
    names = whole is not part and bool(part.bill.numbers & _cited(whole.found))
    if not names or whole.bill.amount <= part.bill.amount or part.bill.amount <= 0:
        return False
    sums = {abs(value.amount) for _, value in whole.found.sums()}
    rest, gross = whole.bill.amount - part.bill.amount, whole.bill.amount + part.bill.amount
    return part.bill.amount in sums and rest in sums and gross not in sums


def _cited(found: Evidence) -> frozenset[str]:
    return _alike(compact(value) for _, value in found.names("reference"))


def _best_first(case: CaseFile) -> list[Evidence]:
    """Invoices in the order in which the better copy comes first: confirmed, with text of its own, by name; receipts
    come after what they are receipts for."""

    def key(found: Evidence) -> tuple[bool, bool, bool, bool, str, str]:
        link = case.best_link(found.id)
        scanned = any(page.source == "ocr" for page in found.document.pages)
        return (
            _calls_itself(found, "receipt"),
            link is None,
            link is not None and link.status != "confirmed",
            scanned,
            found.summary.name,
            found.id,
        )

    return sorted((found for found in case.evidence.values() if found.summary.kind == "invoice"), key=key)


def _bill_sums(found: Evidence) -> list[tuple[Fact, Money]]:
    """The sum of an invoice: its surest total, the largest where several are as sure."""
    for role in SUMS:
        sums = [(fact, value) for fact, value in found.sums() if fact.role == role]
        if sums:
            fact, value = max(sums, key=lambda s: (round(s[0].confidence, 1), abs(s[1].amount), -s[0].start))
            return [
                (fact, replace(value, amount=_signed(found, value.amount), currency=_currency(found, value)))
            ]
    return []


def _signed(found: Evidence, amount: Decimal) -> Decimal:
    """A credit note takes away."""
    return -abs(amount) if _calls_itself(found, "credit") else amount


def _currency(found: Evidence, value: Money) -> str | None:
    """The amount's currency; else the only one that the document names."""
    if value.currency is not None:
        return value.currency
    named = {other.currency for _, other in found.sums()} - {None}
    return named.pop() if len(named) == 1 else None


def _seller(case: CaseFile, found: Evidence) -> str:
    names = [c.value for c in found.summary.corrections if c.field == "party" and c.role == "seller"]
    names += [
        name for role in ("seller", "sender") for fact, name in found.names("party") if fact.role == role
    ]
    return compact(case.book.name_of(names[0])) if names else ""


def _alike(numbers: Iterable[str]) -> frozenset[str]:
    """Numbers without the differences that OCR makes (O and 0, I and 1, S and 5, B and 8, Z and 2)."""
    return frozenset(number.translate(_LOOKALIKES) for number in numbers)


def _why_no_bill(case: CaseFile, found: Evidence, bill: _Bill, currency: str | None) -> str | None:
    if case.best_link(found.id) is None:
        return "linked to no event"
    if _is_claim(case, found, bill.amount):
        return "what is claimed, not an invoice"
    if found.summary.kind_confidence < SURE:
        return "perhaps not an invoice"
    if _calls_itself(found, "offer") or _calls_itself(found, "pro_forma"):
        return "an offer or estimate, not an invoice"
    if _calls_itself(found, "statement"):
        return "a statement of other invoices"
    if _calls_itself(found, "receipt") and _paid_across(case, found):
        return "paid by the other side, no cost"
    if _is_long_before(case, found, bill):
        return "dated long before the event; confirm its link to count it"
    if bill.currency is None:
        return "its currency is not stated"
    return None if bill.currency == currency else f"other currency ({bill.currency})"


def _is_long_before(case: CaseFile, found: Evidence, bill: _Bill) -> bool:
    """Whether a bill that nobody has confirmed is so old that the event can hardly have caused it."""
    link = case.best_link(found.id)
    start = next((e.start for e in case.claim.events if link and link.event == case.name_of(e)), None)
    proposed = link is not None and link.status != "confirmed"
    return proposed and start is not None and bill.day is not None and bill.day < start - LONG_BEFORE


def _paid_across(case: CaseFile, found: Evidence) -> bool:
    """Whether a slip shows what the respondent or insurer paid: money that came in, nothing that was spent."""
    payers = {case.party(name) for fact, name in found.names("party") if fact.role == "buyer"} - {None}
    return bool(payers) and all(party is not None and party.role in _ACROSS for party in payers)


def _is_claim(case: CaseFile, found: Evidence, amount: Decimal) -> bool:
    """Whether it is a letter of claim with a table of sums: it gives notice or particulars, or says that it claims."""
    says = any(fact.role == "claimed" and value.amount == amount for fact, value in found.sums())
    return says or any(sign(case, found, step) is not None for step in ("notice", "particulars"))


def _why_twice(case: CaseFile, charge: _Charge, counted: Sequence[_Charge]) -> str | None:
    is_receipt, cited = _calls_itself(charge.found, "receipt"), _cited(charge.found)
    for other in counted:
        name, bill = other.found.summary.name, other.bill
        if (how := charge.bill.same_as(bill)) is not None:
            return f"{how} {name}"
        same_sum = charge.bill.same_sum(bill)
        if same_sum and case.are_alike(charge.found.id, other.found.id):
            return f"copy of {name}"
        if is_receipt and (cited & bill.numbers or (same_sum and charge.bill.same_seller(bill))):
            return f"a payment of {name}"
    return None


def _calls_itself(found: Evidence, what: str) -> bool:
    """Whether the head of the document calls it a credit note, an offer, a statement or a receipt: in a line
    of its own, or before the head speaks of an invoice at all."""
    lines = [found.summary.title or "", *found.document.text[:HEAD].splitlines()]
    folded = [compact(line) for line in lines]
    words, bills = _names(what), _names("bill")
    if what == "pro_forma" or any(line in words for line in folded):
        return any(word in line for word in words for line in folded)
    head = "".join(folded)
    first = min((head.index(word) for word in words if word in head), default=None)
    billed = min((head.index(word) for word in bills if word in head), default=len(head))
    if first is None or first > billed:
        return False
    return what != "offer" or billed == len(head) or not any(_is_label(line, words) for line in folded)


def _is_label(line: str, words: Sequence[str]) -> bool:
    """Whether a line only names the order or quotation that is billed: "Purchase order no. 4711"."""
    return any(line.startswith(word) and any(char.isdigit() for char in line) for word in words)


@cache
def _names(what: str) -> tuple[str, ...]:
    words = vocabulary(Path(__file__).with_suffix(".yaml"))[what]
    return tuple(compact(word) for word in every_word(words))


def _told(case: CaseFile, found: Evidence, counted: Sequence[_Charge]) -> list[Entry]:
    """Sums claimed or paid that a document tells of, each once, in its strongest role."""
    told: dict[tuple[Decimal, str | None], tuple[Fact, Money]] = {}
    for role in ("claimed", "paid") if found.summary.kind == "invoice" else TOLD:
        for fact, value in found.sums():
            if fact.role == role:
                told.setdefault((value.amount, value.currency), (fact, value))
    return [
        _entry(case, found, fact, value, _why_told(fact, value, counted)) for fact, value in told.values()
    ]


def _why_told(fact: Fact, value: Money, counted: Sequence[_Charge]) -> str:
    if fact.role == "paid":
        return "a payment, not a charge"
    for charge in counted:
        if charge.bill.amount == value.amount and value.currency in (None, charge.bill.currency):
            return f"evidenced by {charge.found.summary.name}"
    return "claimed, without an invoice for this sum" if fact.role == "claimed" else "not an invoice"


def _entry(case: CaseFile, found: Evidence, fact: Fact, value: Money, why_not: str | None) -> Entry:
    link: Link | None = case.best_link(found.id)
    return Entry(
        event=link.event if link else None,
        doc=found.id,
        page=found.page_of(fact),
        description=_description(found, fact),
        amount=value.amount,
        currency=value.currency,
        counted=why_not is None,
        why_not=why_not,
        cost=kind_of_cost(
            shown(_line_of(found, fact)), found.summary.title or "", found.document.text[:HEAD]
        ),
    )


def _line_of(found: Evidence, fact: Fact) -> str:
    """The line in which the sum stands."""
    text = found.document.text
    end = text.find("\n", fact.end)
    return text[text.rfind("\n", 0, fact.start) + 1 : end if end >= 0 else None]


def _description(found: Evidence, fact: Fact) -> str:
    """What the document is called and how it writes the sum, or how a person says that it is."""
    told = found.document.text[fact.start : fact.end]
    if is_said(fact):
        told = f"{written(fact.value)} ({SAID})"
    return f"{shown(found.summary.title or found.summary.name)}: {shown(told)}"


def _commonest(currencies: Iterable[str | None]) -> str | None:
    found = Counter(currency for currency in currencies if currency is not None)
    return found.most_common(1)[0][0] if found else None
