"""The lines of bills as rows, from text, cells and boxes; with heads of both languages and without any."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import Box, Cell, Document, PageText, assemble, text_of_lines
from extractors.facts.amounts import study_of
from extractors.facts.invoice_lines import InvoiceLine

Shown = tuple[str, str | None, str, str | None, str]


def lines(document: Document, kind: str = "invoice") -> tuple[InvoiceLine, ...]:
    return study_of(document, kind).lines


def text(*pages: str) -> Document:
    return assemble([PageText(page, 595, 842) for page in pages], "text/plain")


def shown(found: tuple[InvoiceLine, ...]) -> list[Shown]:
    """(description, quantity, unit, rate, sum) of each."""
    return [
        (
            line.description,
            None if line.quantity is None else f"{line.quantity:f}",
            line.unit,
            None if line.rate is None else f"{line.rate:f}",
            f"{line.amount:f}",
        )
        for line in found
    ]


def cells(*rows: tuple[str, ...]) -> Document:
    """A sheet; its cells in a row are parted by tabs, empty ones are none."""
    body, found, at = "\n".join("\t".join(row) for row in rows), [], 0
    for number, row in enumerate(rows):
        for column, piece in enumerate(row):
            found += [Cell(0, number, column, at, at + len(piece))] if piece else []
            at += len(piece) + 1
    return assemble([PageText(body, 595, 842, cells=tuple(found))], "text/csv")


Placed = tuple[str, float]
"""A word and where it begins; a figure ends there."""


def laid(*pages: list[list[Placed]], source: str = "text") -> Document:
    """Pages of rows of words with boxes; figures are set to the right of their place."""
    made = []
    for rows in pages:
        placed = [[_box(word, x, 0.1 + 0.02 * number) for word, x in row] for number, row in enumerate(rows)]
        body, words = text_of_lines(placed)
        made.append(PageText(body, 595, 842, source=source, words=words))  # type: ignore[arg-type]
    return assemble(made, "application/pdf")


def _box(word: str, x: float, y: float) -> tuple[str, Box, None]:
    width = sum(0.014 if char > "⺀" else 0.008 for char in word)
    left = x - width if word[-1:].isdecimal() and "." in word else x
    return word, Box.clamped(left, y, left + width, y + 0.012), None


HEAD: list[Placed] = [("Item", 0.08), ("Description", 0.16), ("Qty", 0.5), ("Unit", 0.58), ("Rate", 0.68)]
HEAD = [*HEAD, ("Amount", 0.84)]


def test_a_typed_page_with_a_description_of_two_rows_goes_on_over_the_page() -> None:
    first = [
        [("INVOICE", 0.1)],
        HEAD,
        [
            ("1", 0.08),
            ("Crane", 0.16),
            ("hire", 0.22),
            ("2", 0.5),
            ("days", 0.58),
            ("850.00", 0.74),
            ("1,700.00", 0.9),
        ],
        [("with", 0.16), ("operator", 0.21)],
        [("2", 0.08), ("Pump", 0.16), ("3", 0.5), ("no.", 0.58), ("100.00", 0.74), ("300.00", 0.9)],
        [("Carried", 0.16), ("forward", 0.24), ("2,000.00", 0.9)],
    ]
    second = [
        [("Brought", 0.16), ("forward", 0.24), ("2,000.00", 0.9)],
        [("3", 0.08), ("Hose", 0.16), ("12", 0.5), ("m", 0.58), ("10.00", 0.74), ("120.00", 0.9)],
        [("Discount", 0.16), ("-20.00", 0.9)],
        [("Total", 0.16), ("USD", 0.24), ("2,100.00", 0.9)],
        [("Thank", 0.16), ("you", 0.24)],
    ]
    found = lines(laid(first, second))
    assert shown(found) == [
        ("Crane hire with operator", "2", "days", "850.00", "1700.00"),
        ("Pump", "3", "no", "100.00", "300.00"),
        ("Hose", "12", "m", "10.00", "120.00"),
        ("Discount", None, "", None, "-20.00"),
    ]
    document = laid(first, second)
    places = [line.place(document) for line in found]
    assert [place.page for place in places] == [1, 1, 2, 2]
    assert all(place.box is not None and place.box.y1 - place.box.y0 < 0.05 for place in places)
    assert {line.currency for line in found} == {"USD"}


def test_the_heads_of_chinese_bills_in_two_rows_and_rates_of_tax() -> None:
    page: list[list[Placed]] = [
        [("项目名称", 0.08), ("规格型号", 0.3), ("单位", 0.42), ("数量", 0.5), ("单价", 0.58), ("金额", 0.7)],
        [("税率", 0.8), ("税额", 0.9)],
        [
            ("螺纹钢", 0.08),
            ("HRB400E", 0.3),
            ("吨", 0.42),
            ("120", 0.5),
            ("4000.00", 0.64),
            ("480000.00", 0.76),
            ("13%", 0.8),
            ("62400.00", 0.96),
        ],
        [("合计", 0.08), ("¥480000.00", 0.76), ("¥62400.00", 0.96)],
    ]
    (line,) = lines(laid(page))
    assert shown((line,)) == [("螺纹钢 HRB400E", "120", "吨", "4000.00", "480000.00")]
    assert (line.tax_rate, line.tax, line.currency) == (13, Decimal("62400.00"), "CNY")


@pytest.mark.parametrize(
    ("head", "row", "wanted"),
    [
        (
            ("Item no.", "Description", "Unit", "Quantity", "Rate (US$)", "Amount (US$)"),
            ("4.2", "Bored piles", "m", "412", "560", "230720"),
            ("Bored piles", "412", "m", "560", "230720"),
        ),
        (
            ("Part No", "Particulars", "UOM", "Unit Price", "Qty", "VAT %", "Line Total"),
            ("P-7", "Brake pads", "set", "88.00", "4", "20%", "352.00"),
            ("Brake pads", "4", "set", "88.00", "352.00"),
        ),
        (
            ("序号", "项目名称", "计量单位", "工程量", "综合单价", "合价"),
            ("1", "旋挖钻机停置", "台班", "88", "5200", "457600"),
            ("旋挖钻机停置", "88", "台班", "5200", "457600"),
        ),
        (
            ("Resource", "Days", "Day rate", "Net amount"),
            ("Surveyor", "2.5", "400.00", "1,000.00"),
            ("Surveyor", "2.5", "", "400.00", "1000.00"),
        ),
        (
            ("Description", "Quantity", "Unit price", "Amount"),
            ("Return of hoses", "-2", "12.50", "(25.00)"),
            ("Return of hoses", "-2", "", "12.50", "-25.00"),
        ),
        (
            ("Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis"),
            ("Schalung", "10", "12,50", "125,00"),
            ("Schalung", "10", "", "12.50", "125.00"),
        ),
    ],
)
def test_tables_of_cells(head: tuple[str, ...], row: tuple[str, ...], wanted: Shown) -> None:
    assert shown(lines(cells(head, row))) == [wanted]


def test_heads_of_sections_and_totals_are_no_lines() -> None:
    head = ("Item", "Description", "Qty", "Rate", "Amount")
    found = lines(
        cells(
            ("", "Bill 4 Piling"),
            head,
            ("", "East abutment"),
            ("4.1", "Piles", "4", "100.00", "400.00"),
            ("", "Sub-total", "", "", "400.00"),
            ("", "West abutment"),
            ("4.2", "Cages", "2", "50.00", "100.00"),
            ("", "Total of Bill 4 to summary", "", "", "500.00"),
        )
    )
    assert shown(found) == [("Piles", "4", "", "100.00", "400.00"), ("Cages", "2", "", "50.00", "100.00")]


def test_a_sheet_that_counts_in_ten_thousands() -> None:
    head = ("项目", "数量", "单价（万元）", "金额（万元）")
    (line,) = lines(cells(head, ("清淤", "12", "1.5", "18")))
    assert (line.rate, line.amount, line.currency) == (15000, 180000, "CNY")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            "Bread 4.00\nTEH TARIK\n2 x 3.50 7.00\nMilo 3 @ 2.00 6.00\nSUBTOTAL 17.00\nTAX 1.02\nTOTAL 18.02\n",
            [
                ("Bread", None, "", None, "4.00"),
                ("TEH TARIK", "2", "", "3.50", "7.00"),
                ("Milo", "3", "", "2.00", "6.00"),
            ],
        ),
        (
            "Nails 2 kg 3.00 6.00\nMember discount -1.00\nTotal 5.00\nCash 10.00\nChange 5.00\n",
            [("Nails", "2", "kg", "3.00", "6.00"), ("Member discount", None, "", None, "-1.00")],
        ),
        (
            "Kaffee 3,50\nKuchen 4,00\nSaldo 7,50\nBar 10,00\n",
            [("Kaffee", None, "", None, "3.50"), ("Kuchen", None, "", None, "4.00")],
        ),
        ("Total 18.02\nCash 20.00\nChange 1.98\nThank you\n", []),
        ("Invoice 2023-118\nDate 31/03/2023\nTel 01994 555 0177\n", []),
    ],
)
def test_receipts_without_heads(body: str, wanted: list[Shown]) -> None:
    assert shown(lines(text(body))) == wanted


def test_other_documents_have_lines_only_under_full_heads() -> None:
    letter = "We paid for this:\nTaxi 40.00\nHotel 120.00\nTotal 160.00\n"
    claim = "Resource Days Rate Amount\nCrane 14 850.00 11,900.00\nTotal 11,900.00\n"
    assert lines(text(letter), "correspondence") == ()
    assert shown(lines(text(claim), "correspondence")) == [("Crane", "14", "", "850.00", "11900.00")]


def test_a_table_ends_with_its_page_where_no_line_follows() -> None:
    claim = "Description Qty Rate Amount\nCrane 14 850.00 11,900.00\n"
    letter = "12 The parties met 3 times and 4.50 was said\nClause 14.2 5.00\n"
    assert len(lines(text(claim, letter, letter))) == 1


money = st.integers(1, 999_999).map(lambda cents: Decimal(cents) / 100)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 999), money), min_size=1, max_size=6),
    st.permutations(["description", "quantity", "unit", "rate", "amount"]),
)
def test_every_order_of_columns_is_read(bill: list[tuple[int, Decimal]], order: list[str]) -> None:
    heads = {
        "description": "Description",
        "quantity": "Quantity",
        "unit": "Unit",
        "rate": "Unit price",
        "amount": "Amount",
    }
    rows = [
        {
            "description": f"Work {chr(97 + n)}{chr(97 + n)}",
            "quantity": str(q),
            "unit": "m3",
            "rate": f"{r:.2f}",
            "amount": f"{q * r:,.2f}",
        }
        for n, (q, r) in enumerate(bill)
    ]
    document = cells(
        tuple(heads[name] for name in order), *(tuple(row[name] for name in order) for row in rows)
    )
    assert [(line.quantity, line.rate, line.amount, line.unit) for line in lines(document)] == [
        (q, r, q * r, "m3") for q, r in bill
    ]


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet="0123456789.,'-() x@%$ \tQtyRateAmountDescription数量单价金额合计\n", max_size=160))
def test_no_text_breaks_it(body: str) -> None:
    for kind in ("invoice", "other"):
        document = text(body)
        for line in lines(document, kind):
            assert line.start < document.body_end
            assert line.place(document).page == 1
