from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from pipeline import claim_report as claim_report_module
from pipeline.casefile import CaseFile
from pipeline.claim_report import LANGUAGES, Report, claim_report
from pipeline.wording import vocabulary
from tests.pipeline.case_builder import CONTRACTOR, case, claim, day, event, evidence, link

TODAY = day("2023-06-30")


def a_case() -> CaseFile:
    notice = evidence(
        "n.pdf",
        "Notice of claim\nUnder 20.1 we hereby give notice of a claim of US$500.00.",
        date="2023-03-20",
        sender=CONTRACTOR,
        title="Notice of claim",
        facts=[("amount", "claimed", "500.00 USD", "US$500.00")],
    )
    bill = evidence(
        "i.pdf",
        "cover",
        "Total 300.00",
        kind="invoice",
        facts=[("amount", "total", "300.00 USD", "300.00")],
        date="2023-04-01",
    )
    about = claim(
        event("E1", description="The gate was locked."),
        event("E2", "2023-05-01", title="Nothing proves this"),
        amount=Decimal(500),
    )
    return case(about, [notice, bill], [link(notice), link(bill, page=2, score=0.6)])


def statements(report: Report, section: int) -> list[tuple[str, str | None, int | None]]:
    return [(s.text, s.doc, s.page) for s in report.sections[section].statements]


def test_every_statement_names_its_document_and_page_or_none() -> None:
    found = a_case()
    notice, bill = found.evidence
    report = claim_report(found, TODAY)
    assert statements(report, 0)[2] == ("Amount claimed: 500.00 USD.", notice, 1)
    assert statements(report, 1)[0] == (f"claimant: {CONTRACTOR}", notice, 1)
    assert statements(report, 1)[1] == ("respondent: Northport Authority", None, None)
    assert statements(report, 2)[:2] == [
        ("2023-03-14: Access refused.", notice, 1),
        ("The gate was locked.", notice, 1),
    ]
    assert ("2023-05-01: Nothing proves this.", None, None) in statements(report, 2)
    assert statements(report, 3)[0][0].endswith("due 2023-04-11, done 2023-03-20, in time.")
    assert statements(report, 4)[0] == ("i.pdf: 300.00: 300.00 USD.", bill, 2)
    assert statements(report, 4)[-1][0] == "Claimed 500.00, evidenced 300.00, difference 200.00 USD."
    assert ("CLM-1/E2: no evidence.", None, None) in statements(report, 5)


def test_the_markdown_cites_exhibit_and_page_and_marks_what_has_no_source() -> None:
    text = claim_report(a_case(), TODAY).as_markdown()
    assert r"- The gate was locked. \[1, p. 1\]" in text
    assert r"- i.pdf: 300.00: 300.00 USD. \[2, p. 2\]" in text
    assert r"- 2023-05-01: Nothing proves this. \[no source\]" in text
    assert "- CLM-1/E2: no evidence.\n" in text
    assert "1\\. Notice of claim (2023-03-20)" in text


def test_every_citation_of_the_html_leads_to_an_exhibit() -> None:
    page = html.fromstring(claim_report(a_case(), TODAY).as_html().encode())
    targets = {link.get("href").removeprefix("#") for link in page.iter("a")}
    assert targets == {"exhibit-1", "exhibit-2"}
    assert targets <= {element.get("id") for element in page.iter()}


def test_a_report_in_chinese() -> None:
    report = claim_report(a_case(), TODAY, "zh")
    assert report.heading == "索赔报告（草稿）"
    assert "[证据1，第1页]" in report.as_html()
    assert "索赔意向通知（Sub-Clause 20.1）：期限2023-04-11，已于2023-03-20完成" in report.as_html()


@pytest.mark.parametrize(
    ("languages", "expected"), [(["zh", "zh", "en"], "zh"), (["en"], "en"), (["fr"], "en"), ([], "en")]
)
def test_the_language_is_that_of_most_of_the_evidence(languages: list[str], expected: str) -> None:
    documents = [evidence(f"{n}.pdf", "x", language=language) for n, language in enumerate(languages)]
    assert claim_report(case(claim(), documents), TODAY).language == expected


def test_privileged_documents_leave_no_trace() -> None:
    secret = evidence(
        "advice.pdf", "advice", marks=("privileged",), date="2023-03-14", title="Counsel's advice"
    )
    report = claim_report(case(claim(event()), [secret]), TODAY)
    assert "advice" not in report.as_markdown() + report.as_html() + str(report.as_json())


def test_the_words_of_all_languages_are_the_same_ones() -> None:
    words = vocabulary(Path(claim_report_module.__file__).with_suffix(".yaml"))
    holes = [
        {key: set(re.findall(r"{(\w+)}", text)) for key, text in words[name].items()} for name in LANGUAGES
    ]
    assert holes[0] == holes[1]


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_a_title_holds_the_html_is_one_report_and_no_markup_of_its_own(title: str) -> None:
    document = evidence("x.pdf", "x", date="2023-03-14", title=f"<script>{title}</script>")
    page = claim_report(case(claim(event()), [document]), TODAY).as_html()
    assert "<script" not in page
    assert page.count("<h1>") == 1
