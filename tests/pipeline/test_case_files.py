"""What is handed over of a claim besides the bundle: chronology as picture and table, deadlines as calendar, ledger as
workbook."""

from __future__ import annotations

import csv
import datetime
import io
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline import ledger_book, timeline
from pipeline.calendar_file import calendar
from pipeline.casefile import CaseFile
from pipeline.chronology import Row, chronology
from pipeline.costs import kind_of_cost
from pipeline.deadlines import deadlines
from pipeline.ledger import Ledger, ledger
from tests.pipeline.case_builder import case, claim, day, event, evidence, link
from tests.pipeline.test_ledger import invoice

NOW = datetime.datetime(2023, 6, 1, 8, 0, tzinfo=datetime.UTC)
SVG = "{http://www.w3.org/2000/svg}"


def rows(*documents: tuple[str, str, str]) -> list[Row]:
    found = [evidence(name, text, date=date, title=text) for name, text, date in documents]
    linked = [link(each) for each in found]
    return chronology(case(claim(event(end="2023-04-30")), found, linked))


def test_the_picture_has_a_bar_for_each_event_and_a_point_for_each_document() -> None:
    found = rows(("a.pdf", "Refusal <b>of</b> access", "2023-03-14"), ("b.pdf", "到场会议", "2023-04-02"))
    picture = ElementTree.fromstring(timeline.as_svg(found, "CLM-1 & <more>"))  # noqa: S314  our own
    bars = [each for each in picture.iter(f"{SVG}rect") if each.get("class") == "e"]
    points = sorted(float(each.get("cx", "0")) for each in picture.iter(f"{SVG}circle"))
    assert (len(bars), len(points)) == (1, 2)
    assert float(bars[0].get("width", "0")) > points[1] - points[0] > 0
    told = [title.text or "" for title in picture.iter(f"{SVG}title")]
    assert told[0] == "CLM-1 & <more>"
    assert any(
        "2023-03-14" in each and "Refusal <b>of</b> access" in each and ", 1]" in each for each in told
    )


def test_a_page_shows_picture_and_table_and_nothing_in_it_acts() -> None:
    page = timeline.as_html(rows(("a.pdf", "<script>alert(1)</script>", "2023-03-14")), "CLM-1")
    assert "<script" not in page
    assert page.count("<tr") == 3
    assert "<svg" in page


@given(
    st.lists(
        st.tuples(st.dates(), st.none() | st.integers(0, 4000), st.booleans(), st.text(max_size=30)),
        max_size=30,
    )
)
def test_every_course_has_a_picture(found: list[tuple[datetime.date, int | None, bool, str]]) -> None:
    def end(start: datetime.date, days: int | None) -> datetime.date | None:
        left = (datetime.date.max - start).days
        return None if days is None else start + datetime.timedelta(days=min(days, left))

    course = [Row(d, end(d, n), "C/E" if own else None, "ab", 1, text) for d, n, own, text in found]
    picture = ElementTree.fromstring(timeline.as_svg(course, "x"))  # noqa: S314
    assert len(list(picture.iter(f"{SVG}g"))) == len(course)
    for shape in picture.iter(f"{SVG}circle"):
        assert timeline.LEFT <= float(shape.get("cx", "0")) <= timeline.WIDTH


def test_the_chronology_as_csv_runs_nothing() -> None:
    (head, *lines) = csv.reader(
        io.StringIO(timeline.as_csv([Row(day("2023-03-14"), None, None, "a", 1, "=1+1")]))
    )
    assert (tuple(head), lines) == (timeline.COLUMNS, [["2023-03-14", "", "", "a", "1", "'=1+1", ""]])


def test_a_deadline_to_come_is_a_day_that_warns_and_one_met_is_not() -> None:
    notice = evidence(
        "n.pdf",
        "Harbour Civil Ltd\nNotice of claim\nWe hereby give notice of claim under Sub-Clause 20.1.",
        kind="correspondence",
        date="2023-04-01",
        facts=[("party", "sender", "Harbour Civil Ltd")],
        title="Notice of claim",
    )
    text = notice.document.text
    assert text
    found = deadlines(case(claim(event()), [notice], [link(notice)]), day("2023-04-10"))
    made = icalendar.Calendar.from_ical(calendar(found, NOW))
    entries = {str(entry["uid"]): entry for entry in made.walk("VEVENT")}
    assert set(entries) == {f"CLM-1/E1/{deadline.step}@claimtrail" for deadline in found}
    for deadline in found:
        entry = entries[f"CLM-1/E1/{deadline.step}@claimtrail"]
        assert entry["dtstart"].dt == deadline.due
        assert deadline.clause in str(entry["summary"])
        assert len(entry.walk("VALARM")) == (0 if deadline.done else 2)
    assert calendar(found, NOW) == calendar(found, NOW)


def claimed() -> tuple[Ledger, CaseFile]:
    bills = [
        invoice("crane.pdf", "54180.00 USD", "DPH-0391", title="Hire of crane", date="2023-03-31"),
        invoice("=cmd.pdf", "1200.50 USD", "DPH-0392", title="Wages of the idle crew", date="2023-04-30"),
        invoice("crane copy.pdf", "54180.00 USD", "DPH-0391", title="Hire of crane", date="2023-03-31"),
    ]
    file = case(claim(event(), amount=Decimal(60000)), bills, [link(bill) for bill in bills])
    return ledger(file), file


def _sum(sheet: Worksheet, formula: str, summary: Worksheet) -> Decimal:
    """What a spreadsheet program makes of one of our formulas."""
    amounts, *conditions = re.findall(r"Ledger!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+)(?:,(\"yes\"|A\d+))?", formula)
    total = Decimal(0)
    for row in range(int(amounts[1]), int(amounts[2]) + 1):
        wanted = (summary[c[3]].value if c[3].startswith("A") else c[3].strip('"') for c in conditions)
        if all(sheet[f"{c[0]}{row}"].value == value for c, value in zip(conditions, wanted, strict=True)):
            total += Decimal(str(sheet[f"{amounts[0]}{row}"].value))
    return total


def test_the_workbook_adds_up_by_formulas_what_the_ledger_counts(tmp_path: Path) -> None:
    found, file = claimed()
    path = tmp_path / "ledger.xlsx"
    path.write_bytes(ledger_book.as_workbook(found, file, NOW))
    book = load_workbook(path)
    summary, sheet, cited = book["Summary"], book["Ledger"], book["Evidence"]
    told = {summary.cell(row, 1).value: summary.cell(row, 2).value for row in range(2, summary.max_row + 1)}
    assert told["claimed"] == 60000
    assert told["difference"] == "=B2-B3"
    assert _sum(sheet, told["evidenced"], summary) == found.evidenced == Decimal("55380.50")
    for key, value in {**found.totals("event"), **found.totals("cost")}.items():
        assert _sum(sheet, told[key], summary) == value
    assert found.totals("cost") == {"plant": Decimal("54180.00"), "labour": Decimal("1200.50")}
    for row in range(2, sheet.max_row + 1):
        name = sheet.cell(row, 4)
        assert name.hyperlink is not None
        target = cited[str(name.hyperlink.location).rpartition("!")[2]]
        assert target.value == name.value
        assert name.data_type == "s"
    assert {cited.cell(row, 6).value for row in range(2, cited.max_row + 1)} == {
        each.summary.sha256 for each in file.evidence.values()
    }


def test_the_ledger_as_csv_runs_nothing() -> None:
    found, file = claimed()
    lines = list(csv.DictReader(io.StringIO(ledger_book.as_csv(found, file))))
    assert [line["counted"] for line in lines].count("yes") == 2
    assert {line["document"] for line in lines} == {"crane.pdf", "crane copy.pdf", "'=cmd.pdf"}


@pytest.mark.parametrize(
    ("description", "kind"),
    [
        ("Idle time of 2 excavators, 14 days", "plant"),
        ("窝工工人 20 人 × 15 日", "labour"),
        ("Replacement of gearbox incl. oil", "repair"),
        ("更换变速箱总成", "repair"),
        ("Ready-mix concrete C30", "materials"),
        ("Latest instructions", "other"),
        ("检测费", "testing"),
        ("现场管理费", "time_related"),
        ("律师费", "legal"),
        ("", "other"),
    ],
)
def test_the_kind_of_cost_is_told_by_words(description: str, kind: str) -> None:
    assert kind_of_cost(description) == kind
