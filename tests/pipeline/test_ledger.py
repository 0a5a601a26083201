from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evidence import Evidence
from pipeline.ledger import Entry, ledger, money
from tests.pipeline.case_builder import CONTRACTOR, EMPLOYER, case, claim, event, evidence, link


def invoice(
    name: str, total: str, number: str | None = None, seller: str | None = "Dunlin Plant Ltd", **more: Any
) -> Evidence:
    """An invoice whose sum stands on its second page."""
    first = f"INVOICE\n{seller or ''}\n{number or ''}\n{more.pop('text', '')}"
    facts: list[tuple[Any, ...]] = [
        ("amount", "total", total, total.partition(" ")[0]),
        *more.pop("facts", ()),
    ]
    facts += [("reference", "invoice", number)] if number else []
    facts += [("party", "seller", seller)] if seller else []
    return evidence(name, first, f"Total {total.partition(' ')[0]}", kind="invoice", facts=facts, **more)


def rows(*documents: Evidence, **of_claim: Any) -> list[Entry]:
    return list(ledger(case(claim(event(), **of_claim), documents)).rows)


def test_the_json_is_that_of_the_contract() -> None:
    bill = invoice("i.pdf", "54180.00 USD", "DPH-0391", title="Hire of excavators", date="2023-03-31")
    found = ledger(case(claim(event(), amount=Decimal("60000")), [bill]))
    assert found.as_json() == {
        "claim": "CLM-1",
        "currency": "USD",
        "claimed": "60000.00",
        "evidenced": "54180.00",
        "difference": "5820.00",
        "rows": [
            {
                "event": "CLM-1/E1",
                "doc": bill.id,
                "page": 2,
                "description": "Hire of excavators: 54180.00",
                "amount": "54180.00",
                "currency": "USD",
                "counted": True,
                "why_not": None,
                "cost": "plant",
            }
        ],
        "totals": {"event": {"CLM-1/E1": "54180.00"}, "cost": {"plant": "54180.00"}},
    }


@pytest.mark.parametrize(
    ("first", "second", "why_not"),
    [
        ({"number": "A-0001"}, {"number": "A-0002"}, None),
        ({"number": "A-0001"}, {"number": "A-0001"}, "copy of a.pdf"),
        ({"number": "A-0O01"}, {"number": "A-0001"}, "copy of a.pdf"),  # as OCR reads it
        ({"number": "A-0001"}, {"number": "A-0001", "total": "99.00 USD"}, "same number as a.pdf"),
        ({"number": "A-0001"}, {"number": "A-0001", "total": "99.00 USD", "seller": "Other Ltd"}, None),
        ({"number": "A-0001"}, {"number": None}, "copy of a.pdf"),
        ({"number": None}, {"number": None, "seller": None}, "copy of a.pdf"),
        ({"number": None}, {"number": None, "seller": "Other Ltd"}, None),
        ({"number": None}, {"number": None, "date": "2023-04-30"}, None),
        ({"number": None}, {"number": None, "total": "99.00 USD"}, None),
        ({"number": None, "date": None}, {"number": None, "date": None}, None),
    ],
)
def test_nothing_is_counted_twice(first: dict[str, Any], second: dict[str, Any], why_not: str | None) -> None:
    defaults = {"total": "100.00 USD", "date": "2023-03-31"}
    one, two = invoice("a.pdf", **{**defaults, **first}), invoice("b.pdf", **{**defaults, **second})
    found = {row.doc: row for row in rows(one, two)}
    assert found[one.id].counted
    assert (found[two.id].counted, found[two.id].why_not) == (why_not is None, why_not)


def test_of_two_copies_the_confirmed_one_counts() -> None:
    one, two = (invoice(name, "100.00 USD", "A-0001") for name in ("a.pdf", "b.pdf"))
    links = [link(one), link(two, status="confirmed")]
    found = ledger(case(claim(event()), [one, two], links)).rows
    assert {row.doc: row.why_not for row in found} == {one.id: "copy of b.pdf", two.id: None}


def test_a_document_of_two_events_counts_once_for_the_stronger() -> None:
    bill = invoice("a.pdf", "100.00 USD")
    about = claim(event("E1"), event("E2"))
    found = ledger(case(about, [bill], [link(bill, "E1", score=0.6), link(bill, "E2", score=0.9)]))
    assert [(row.event, row.counted) for row in found.rows] == [("CLM-1/E2", True)]
    assert found.evidenced == 100


@pytest.mark.parametrize(
    ("document", "why_not"),
    [
        (invoice("a.pdf", "100.00 EUR"), "other currency (EUR)"),
        (invoice("a.pdf", "100.00"), "its currency is not stated"),
        (invoice("a.pdf", "100.00 USD", kind_confidence=0.4), "perhaps not an invoice"),
        (invoice("a.pdf", "100.00 USD", text="PRO FORMA"), "an offer or estimate, not an invoice"),
        (invoice("a.pdf", "100.00 USD", text="报价单"), "an offer or estimate, not an invoice"),
        (invoice("a.pdf", "100.00 USD", text="Statement of account"), "a statement of other invoices"),
        (
            invoice("a.pdf", "100.00 USD", date="2022-03-14"),
            "dated long before the event; confirm its link to count it",
        ),
        (
            invoice(
                "a.pdf",
                "100.00 USD",
                seller=None,
                text=f"银行回单\n付款人 {EMPLOYER}",
                facts=[("party", "buyer", EMPLOYER)],
            ),
            "paid by the other side, no cost",
        ),
        (
            invoice(
                "a.pdf",
                "100.00 USD",
                text="we claim 100.00",
                facts=[("amount", "claimed", "100.00 USD", "100.00")],
            ),
            "what is claimed, not an invoice",
        ),
    ],
)
def test_what_is_not_a_charge_in_the_claims_currency_is_shown_and_not_counted(
    document: Evidence, why_not: str
) -> None:
    assert rows(document)[0].why_not == why_not
    assert not any(row.counted for row in rows(document))


def test_an_old_bill_that_somebody_confirmed_and_a_slip_of_the_claimants_own_payment_count() -> None:
    old = invoice("a.pdf", "100.00 USD", date="2022-03-14")
    slip = invoice("b.pdf", "90.00 USD", text=f"收据\n{CONTRACTOR}", facts=[("party", "buyer", CONTRACTOR)])
    links = [link(old, status="confirmed"), link(slip)]
    assert [row.counted for row in ledger(case(claim(event()), [old, slip], links)).rows] == [True, True]


def test_invoices_of_one_batch_are_two_invoices() -> None:
    def tax_invoice(name: str, number: str) -> Evidence:
        code = ("reference", "invoice", "033002300111", None, {"why": "发票代码"})
        own = ("reference", "invoice", number, None, {"why": "发票号码"})
        return invoice(name, "100.00 USD", text=f"033002300111 {number}", facts=[code, own])

    found = rows(tax_invoice("a.pdf", "40827716"), tax_invoice("b.pdf", "40827717"))
    assert [row.counted for row in found] == [True, True]


def test_an_amount_without_currency_has_the_only_one_that_its_document_names() -> None:
    bill = invoice("a.pdf", "100.00", text="20.00", facts=[("amount", "line", "20.00 USD", "20.00")])
    assert [(row.currency, row.counted) for row in rows(bill)] == [("USD", True)]


def test_a_credit_note_takes_away() -> None:
    found = ledger(
        case(
            claim(event()),
            [
                invoice("a.pdf", "100.00 USD", "A-0001"),
                invoice("c.pdf", "30.00 USD", "C-0001", text="CREDIT NOTE"),
            ],
        )
    )
    assert found.evidenced == 70


def test_the_surest_total_is_the_sum_of_an_invoice() -> None:
    bill = evidence(
        "a.pdf",
        "Subtotal 90.00 Tax 9.00 Total 99.00 Total 199.00",
        kind="invoice",
        facts=[
            ("amount", "subtotal", "90.00 USD", "90.00"),
            ("amount", "tax", "9.00 USD", "9.00"),
            ("amount", "total", "99.00 USD", "99.00", {"confidence": 0.95}),
            ("amount", "total", "199.00 USD", "199.00", {"confidence": 0.4}),
        ],
    )
    assert [row.amount for row in rows(bill)] == [99]


def test_a_letter_claims_and_does_not_prove() -> None:
    bill = invoice("a.pdf", "100.00 USD")
    letter = evidence(
        "l.pdf",
        "We claim US$100.00 and US$250.00. You paid US$50.00. The contract sum is US$9,000.00.",
        facts=[
            ("amount", "claimed", "100.00 USD", "US$100.00"),
            ("amount", "claimed", "250.00 USD", "US$250.00"),
            ("amount", "paid", "50.00 USD", "US$50.00"),
            ("amount", "mentioned", "9000.00 USD", "US$9,000.00"),
        ],
    )
    found = ledger(case(claim(event()), [bill, letter]))
    assert found.evidenced == 100
    assert {str(row.amount): row.why_not for row in found.rows if row.doc == letter.id} == {
        "100.00": "evidenced by a.pdf",
        "250.00": "claimed, without an invoice for this sum",
        "50.00": "a payment, not a charge",
    }


def test_an_invoice_that_is_only_tied_to_the_claim_is_shown_without_event() -> None:
    bill = invoice("a.pdf", "100.00 USD")
    found = ledger(case(claim(event()), [bill], []))
    assert [(row.event, row.why_not) for row in found.rows] == [(None, "linked to no event")]


def test_a_claim_without_sum_or_currency_takes_the_currency_of_its_invoices() -> None:
    found = ledger(case(claim(event(), currency=None), [invoice("a.pdf", "100.00 CNY")]))
    assert (found.currency, found.claimed, found.difference, found.evidenced) == ("CNY", None, None, 100)
    assert found.as_json()["claimed"] is None


@pytest.mark.parametrize(
    ("value", "text"), [("0", "0.00"), ("7.5", "7.50"), ("1E+3", "1000.00"), ("0.125", "0.125")]
)
def test_money_is_a_plain_decimal_string(value: str, text: str) -> None:
    assert money(Decimal(value)) == text


@given(st.lists(st.decimals(1, 10**6, places=2), max_size=6), st.integers(0, 3))
def test_the_evidence_is_the_sum_of_different_invoices_however_many_copies_there_are(
    sums: list[Decimal], copies: int
) -> None:
    documents = [
        invoice(f"{n}-{copy}.pdf", f"{amount} USD", f"NO-{n:04d}")
        for n, amount in enumerate(sums)
        for copy in range(copies + 1)
    ]
    found = ledger(case(claim(event(), amount=Decimal(5)), documents))
    assert found.evidenced == sum(sums)
    assert found.difference == 5 - sum(sums)
    assert len(found.rows) == len(documents)
    assert all(row.counted == (row.why_not is None) for row in found.rows)
