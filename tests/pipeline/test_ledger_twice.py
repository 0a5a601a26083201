"""Nothing is counted twice: copies, rescans, orders, receipts, part payments, credit notes."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline import ledger_book
from pipeline.casefile import load_case
from pipeline.evidence import Evidence
from pipeline.judgement import import_claims
from pipeline.ledger import Ledger, ledger
from pipeline.matter import Matter
from pipeline.records.kinship import copies
from tests.pipeline.case_builder import case, claim, event, evidence, link
from tests.pipeline.test_ledger import invoice

NOW = datetime.datetime(2023, 6, 1, 8, tzinfo=datetime.UTC)


def bill(name: str, total: str = "100.00 USD", number: str | None = "A-0001", **more: Any) -> Evidence:
    return invoice(name, total, number, **{"date": "2023-03-31", **more})


def cites(number: str) -> tuple[str, str, str]:
    return ("reference", "invoice", number)


def of(*documents: Evidence, **more: Any) -> Ledger:
    return ledger(case(claim(event(), amount=Decimal(1000)), documents, **more))


def why(found: Ledger, *documents: Evidence) -> list[str | None]:
    reasons = {
        row.doc: row.why_not for row in found.rows if row.counted or row.why_not != "a payment, not a charge"
    }
    return [reasons[document.id] for document in documents]


@pytest.mark.parametrize(
    ("first", "second", "evidenced", "why_not"),
    [
        # a scan whose number OCR misread
        (bill("a.pdf", number="SB-1028"), bill("b.pdf", number="5B-I0Z8", date=None), 100, "copy of a.pdf"),
        # a receipt for an invoice: by its number, in part, or by seller and sum
        (bill("a.pdf"),
         bill("r.pdf", number="R-0077", text="OFFICIAL RECEIPT\nfor A-0001", facts=[cites("A-0001")]), 100,
         "a payment of a.pdf"),
        (bill("a.pdf"), bill("r.pdf", "40.00 USD", "R-0077", text="Receipt\nfor A-0001", facts=[cites("A-0001")]), 100,
         "a payment of a.pdf"),
        (bill("a.pdf"), bill("r.pdf", number="R-0077", text="收据", date="2023-05-01"), 100, "a payment of a.pdf"),
        (bill("a.pdf"), bill("r.pdf", number="R-0077", text="收据", seller="Another Ltd"), 200, None),
        # a shop's receipt with no invoice beside it proves the charge
        (bill("a.pdf"), bill("r.pdf", "7.00 USD", "R-0077", text="RECEIPT", seller="Another Ltd"), 107, None),
        # an order, and an invoice that only names its order
        (bill("a.pdf"), bill("o.pdf", number="PO-0042", text="Purchase Order"), 100,
         "an offer or estimate, not an invoice"),
        (bill("a.pdf"), bill("b.pdf", number="A-0002", text="Purchase order no. PO-4711"), 200, None),
        (bill("a.pdf"), bill("b.pdf", number="A-0002", text="as in our quotation Q-12"), 200, None),
        (bill("a.pdf"), bill("b.pdf", number="A-0002", text="PRO FORMA INVOICE"), 100,
         "an offer or estimate, not an invoice"),
        # a deposit invoice, and the final account that still holds its sum
        (
            bill("final.pdf", "100.00 USD", text="less deposit A-0009 40.00, to pay 60.00",
                 facts=[cites("A-0009"), ("amount", "line", "40.00 USD", "40.00"),
                        ("amount", "paid", "60.00 USD", "60.00")]),
            bill("deposit.pdf", "40.00 USD", "A-0009"), 100, "part of final.pdf",
        ),
        # the rest of it: both are charges
        (
            bill("rest.pdf", "60.00 USD", text="contract 100.00 less deposit A-0009 40.00",
                 facts=[cites("A-0009"), ("amount", "line", "40.00 USD", "40.00"),
                        ("amount", "line", "100.00 USD", "100.00")]),
            bill("deposit.pdf", "40.00 USD", "A-0009"), 100, None,
        ),
        # a credit note that names its invoice, and one told twice
        (bill("a.pdf"), bill("c.pdf", "30.00 USD", "A-0001", text="CREDIT NOTE"), 70, None),
        (bill("a.pdf"), bill("c.pdf", "100.00 USD", "A-0001", text="红字发票"), 0, None),
        (bill("c1.pdf", "30.00 USD", "C-0001", text="CREDIT NOTE"),
         bill("c2.pdf", "30.00 USD", "C-0001", text="CREDIT NOTE"),
         -30, "copy of c1.pdf"),
        (bill("a.pdf"), bill("b.pdf", number="A-0002", text="Ref: our letter on a credit note"), 200, None),
        (bill("a.pdf"), bill("s.pdf", number="S-0001", text="Statement of account"), 100,
         "a statement of other invoices"),
        # two bills of one sum
        (bill("a.pdf"), bill("b.pdf", number="A-0002"), 200, None),
    ],
)  # fmt: skip
def test_each_charge_counts_once(
    first: Evidence, second: Evidence, evidenced: int, why_not: str | None
) -> None:
    found = of(first, second)
    assert why(found, first, second) == [None, why_not]
    assert found.evidenced == evidenced
    assert found.difference == 1000 - evidenced
    assert all(row.page == 2 for row in found.rows if row.counted)  # where the sum stands


@pytest.mark.parametrize(
    ("kind", "role"),
    [("contract", "total"), ("other", "total"), ("work_record", "total"), ("correspondence", "claimed")],
)
def test_an_order_or_letter_with_the_sum_of_an_invoice_is_shown_and_not_counted(kind: str, role: str) -> None:
    charge = bill("a.pdf")
    order = evidence(
        "order.pdf", "Order over US$100.00", kind=kind, facts=[("amount", role, "100.00 USD", "US$100.00")]
    )
    found = of(charge, order)
    assert why(found, charge, order) == [None, "evidenced by a.pdf"]
    assert found.evidenced == 100


def test_a_photo_of_an_invoice_counts_once_whatever_was_misread_on_it() -> None:
    one, photo, other = (
        bill("a.pdf"),
        bill("photo.jpg", number=None, seller=None, date=None),
        bill("b.pdf", number="A-0002"),
    )
    alike = frozenset({(one.id, photo.id), (photo.id, one.id)})
    assert of(one, photo).evidenced == 200
    found = of(one, photo, other, copies=alike)
    assert why(found, one, photo, other) == [None, "copy of a.pdf", None]
    misread = bill("photo.jpg", "700.00 USD", None, date=None)
    assert of(one, misread, copies=alike).evidenced == 800  # another sum: a person has to look


def test_currencies_are_never_added_up() -> None:
    found = of(bill("a.pdf"), bill("b.pdf", "50.00 EUR", "B-0001"), bill("c.pdf", "7.00 CNY", "C-0001"))
    assert found.evidenced == 100
    assert sorted(row.why_not or "" for row in found.rows) == [
        "",
        "other currency (CNY)",
        "other currency (EUR)",
    ]


def test_copies_are_those_among_the_case(matter: Matter) -> None:
    import_claims(matter, [claim(event())])
    assert load_case(matter, "CLM-1").copies == frozenset()
    with matter.reading() as tx:
        assert copies(tx, []) == frozenset()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_workbook_recalculates_in_a_spreadsheet_program(tmp_path: Path) -> None:
    documents = [
        bill("crane.pdf", "54180.00 USD", "DPH-0391", title="Hire of crane"),
        bill("wages.pdf", "1200.50 USD", "DPH-0392", title="Wages"),
        bill("crane copy.pdf", "54180.00 USD", "DPH-0391", title="Hire of crane"),
        bill("credit.pdf", "80.25 USD", "C-0001", text="CREDIT NOTE", title="Credit note"),
    ]
    file = case(claim(event(), event("E2"), amount=Decimal(60000)), documents, [
        *(link(found) for found in documents[:3]), link(documents[3], "E2"),
    ])  # fmt: skip
    found = ledger(file)
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(ledger_book.as_workbook(found, file, NOW))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    out = tmp_path / "out"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    summary = load_workbook(out / "ledger.xlsx", data_only=True)["Summary"]
    told = {summary.cell(row, 1).value: summary.cell(row, 2).value for row in range(2, summary.max_row + 1)}
    assert told["evidenced"] == pytest.approx(float(found.evidenced)) == 55300.25
    assert told["difference"] == pytest.approx(4699.75)
    assert told["CLM-1/E1"] == pytest.approx(55380.50)
    assert told["CLM-1/E2"] == pytest.approx(-80.25)
    sheet = load_workbook(path)["Ledger"]
    assert sheet["D2"].hyperlink.location.startswith("Evidence!A")
    assert replace(found, rows=()).evidenced == 0
