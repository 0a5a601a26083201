from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from pipeline.casefile import CaseFile
from pipeline.claim_report import Report, claim_report
from pipeline.claims import Response
from pipeline.gaps import gaps
from pipeline.papers.citing import Bundled, bundled
from pipeline.papers.paper import Statement, Table
from tests.conftest import Command
from tests.pipeline.case_builder import CONTRACTOR, EMPLOYER, case, claim, day, event, evidence, link

TODAY = day("2023-06-30")


def a_case() -> CaseFile:
    notice = evidence(
        "n.pdf",
        "Notice of claim\nUnder 20.1 we hereby give notice of a claim of US$500.00. The gate to Area B was locked.",
        date="2023-03-20",
        sender=CONTRACTOR,
        title="Notice of claim",
        facts=[("amount", "claimed", "500.00 USD", "US$500.00"), ("reference", "clause", "20.1")],
    )
    bill = evidence(
        "i.pdf",
        "cover",
        "Total 300.00",
        kind="invoice",
        facts=[("amount", "total", "300.00 USD", "300.00")],
        date="2023-04-01",
    )
    answer = evidence("a.pdf", "We disagree.", date="2023-04-03", sender=EMPLOYER, title="Your claim")
    about = claim(
        event(
            "E1",
            description="The gate to Area B was locked.",
            keywords=("gate",),
            references=("Clause 20.1",),
        ),
        event("E2", "2023-05-01", title="Nothing proves this", description="Nobody saw it coming."),
        amount=Decimal(500),
    )
    return case(
        about, [notice, bill, answer], [link(notice), link(bill, page=2, score=0.6), link(answer, score=0.5)]
    )


def section(report: Report, heading: str) -> list[tuple[str, str | None, int | None]]:
    found = next(s for s, written in report.paper.headings() if heading in written)
    return [(s.text, s.doc, s.page) for s in found.statements]


def table(report: Report, heading: str) -> list[list[str]]:
    found = next(s for s, written in report.paper.headings() if heading in written)
    rows = next(block for block in found.blocks if isinstance(block, Table)).rows
    return [[_shown(report, cell) for cell in row] for row in rows]


def _shown(report: Report, cell: Statement) -> str:
    source = report.paper.source(cell)
    return cell.text or (source.text if source else "")


def test_the_summary_names_parties_and_sum_with_their_pages() -> None:
    found = a_case()
    notice, _, answer = found.evidence
    told = section(claim_report(found, TODAY), "Summary")
    assert (f"Claimant: {CONTRACTOR}.", notice, 1) in told
    assert (f"Respondent: {EMPLOYER}.", answer, 1) in told
    assert ("Engineer: Morven Tait LLP.", None, None) in told
    assert ("Amount claimed: 500.00 USD.", notice, 1) in told
    assert table(claim_report(found, TODAY), "Summary") == [
        ["E1", "Access refused", "2023-03-14", "in time", "3", "300.00"],
        ["E2", "Nothing proves this", "2023-05-01", "missing", "0", "–"],
    ]


def test_an_event_is_told_from_cause_to_loss() -> None:
    found = a_case()
    notice, bill, answer = found.evidence
    told = section(claim_report(found, TODAY), "E1 Access refused")
    assert told == [
        ("2023-03-14: Access refused.", notice, 1),
        ("The gate to Area B was locked.", notice, 1),
        ("2023-03-20, Notice of claim: “The gate to Area B was locked.”", notice, 1),
        ("The claimant was aware of the event on 2023-03-14.", None, None),
        ("Notice of claim (Sub-Clause 20.1): due by 2023-04-11; given on 2023-03-20, in time.", notice, 1),
        (
            "Detailed claim (Sub-Clause 20.1): was due by 2023-04-25; no document shows that it was given.",
            None,
            None,
        ),
        ("The claim for this event rests on Clause 20.1.", notice, 1),
        ("2023-03-20, Notice of claim: names clauses 20.1.", notice, 1),
        (f"2023-04-03, {EMPLOYER} wrote: Your claim.", answer, 1),
        ("Evidenced for this event: 300.00 USD (documents: 1).", None, None),
        ("i.pdf: 300.00: 300.00 USD.", bill, 2),
    ]


def test_what_no_document_proves_is_marked_and_what_is_missing_is_said() -> None:
    told = section(claim_report(a_case(), TODAY), "E2 Nothing")
    text = claim_report(a_case(), TODAY).as_markdown()
    assert all(doc is None for _, doc, _ in told)
    assert "2023-05-01: Nothing proves this. **\\[no source\\]**" in text
    assert "Nobody saw it coming. **\\[no source\\]**" in text
    assert "The evidence holds no response of the other side to this event.\n" in text
    assert "No loss from this event is evidenced.\n" in text
    assert "- CLM-1/E2: no evidence.\n" in text


def test_deadlines_loss_chronology_and_exhibits_are_tables_that_cite() -> None:
    report = claim_report(a_case(), TODAY)
    assert table(report, "Notices")[0] == [
        *("E1", "Notice of claim", "Sub-Clause 20.1", "2023-03-14", "2023-04-11", "2023-03-20", "in time"),
        "[Exhibit 1, p. 1]",
    ]
    assert table(report, "Loss") == [
        ["1", "E1", "i.pdf: 300.00", "Other", "300.00", "USD", "[Exhibit 2, p. 2]"],
        ["", "", "Total evidenced", "", "300.00", "USD", ""],
    ]
    assert ["2023-05-01", "E2", "Nothing proves this", ""] in table(report, "Chronology")
    assert [row[:4] for row in table(report, "Exhibits")] == [
        ["1", "Notice of claim", "n.pdf", "2023-03-20"],
        ["2", "Invoice: i.pdf", "i.pdf", "2023-04-01"],
        ["3", "Your claim", "a.pdf", "2023-04-03"],
    ]


def a_bundle(found: CaseFile, path: Path | None = None) -> Bundled:
    ids = list(found.evidence)
    documents = [
        {"id": ids[0], "page_map": [7], "pages": {"tab": 6}},
        {"id": ids[1], "page_map": [9, 10], "pages": {"tab": 8}, "numbers": ["HCL-08", "HCL-09", "HCL-10"]},
        {"id": ids[2], "page_map": [], "pages": {"tab": 11}},
    ]
    volumes = [
        {"file": "data/bundle-1.pdf", "first": 1, "last": 7},
        {"file": "data/bundle-2.pdf", "first": 8, "last": 11},
    ]
    manifest = {"profile": "uk", "made_at": "2023-06-01T08:00:00Z", "documents": documents}
    manifest["bundle"] = {"pages": 11, **({"volumes": volumes} if path else {})}
    return bundled(manifest, "bundle-1", path)


def test_pages_are_those_of_the_bundle_where_the_document_is_in_it() -> None:
    found = a_case()
    report = claim_report(found, TODAY, bundle=a_bundle(found))
    text = report.as_markdown()
    assert "page of the bundle “bundle-1” (profile uk, made on 2023-06-01)" in text
    assert "The gate to Area B was locked. \\[7\\]" in text
    assert "i.pdf: 300.00: 300.00 USD. \\[HCL-10\\]" in text
    assert "wrote: Your claim. \\[Exhibit 3, p. 1\\]" in text
    assert table(report, "Exhibits")[1][6] == "HCL-09–HCL-10"
    assert report.as_json()["bundle"] == {"name": "bundle-1", "profile": "uk"}


def test_citations_lead_into_a_bundle_whose_place_is_known(tmp_path: Path) -> None:
    found = a_case()
    (tmp_path / "the bundle" / "data").mkdir(parents=True)
    for volume in ("bundle-1.pdf", "bundle-2.pdf"):
        (tmp_path / "the bundle" / "data" / volume).write_bytes(b"%PDF")
    (tmp_path / "papers").mkdir()
    report = claim_report(found, TODAY, "en", a_bundle(found, tmp_path / "the bundle"), tmp_path / "papers")
    page = html.fromstring(report.as_html().encode())
    links = {a.get("href") for a in page.iter("a") if "cite" in (a.get("class") or "")}
    assert {"../the%20bundle/data/bundle-1.pdf#page=7", "../the%20bundle/data/bundle-2.pdf#page=3"} <= links
    assert {link for link in links if link.startswith("#")} == {"#exhibit-3"}


def test_every_citation_of_the_html_leads_to_an_exhibit() -> None:
    page = html.fromstring(claim_report(a_case(), TODAY).as_html().encode())
    targets = {a.get("href").removeprefix("#") for a in page.iter("a")}
    assert {"exhibit-1", "exhibit-2", "exhibit-3"} <= targets
    assert targets <= {element.get("id") for element in page.iter()}


def test_a_report_in_chinese_has_no_english_sentence() -> None:
    report = claim_report(a_case(), TODAY, "zh")
    assert report.paper.title == "索赔报告（CLM-1）"
    text = report.as_markdown()
    assert (
        "索赔意向通知（第20.1款）：期限为2023-04-11，已于2023-03-20作出，未逾期。 \\[证据1，第1页\\]" in text
    )
    assert "发票：i.pdf" in text
    assert not re.search(r"\b(due|claim for|evidence|missing|invoice|Sub-Clause|correspondence)\b", text)


@pytest.mark.parametrize(
    ("languages", "expected"), [(["zh", "zh", "en"], "zh"), (["en"], "en"), (["fr"], "en"), ([], "en")]
)
def test_the_language_is_that_of_most_of_the_evidence(languages: list[str], expected: str) -> None:
    documents = [evidence(f"{n}.pdf", "x", language=language) for n, language in enumerate(languages)]
    assert claim_report(case(claim(), documents), TODAY).paper.language == expected


def test_privileged_documents_leave_no_trace() -> None:
    secret = evidence(
        "advice.pdf", "advice", marks=("privileged",), date="2023-03-14", title="Counsel's advice"
    )
    inside = evidence("draft.pdf", "advice, a draft", date="2023-03-14", title="Draft of the advice")
    mail = replace(secret, summary=replace(secret.summary, children=(inside.id,)))
    for documents in ([secret], [mail, inside]):
        report = claim_report(case(claim(event()), documents), TODAY)
        assert "advice" not in report.as_markdown() + report.as_html() + str(report.as_json())
        withheld = f"withheld as privileged or without prejudice, and not used here: {len(documents)}."
        assert withheld in report.as_markdown()


def test_the_head_of_a_mail_is_no_quotation() -> None:
    mail = evidence(
        "m.eml",
        "From: anna@harbour.example\nSubject: Access refused at Area B gate, locked gate\n\n"
        "Access was refused: the gate of Area B is locked.",
        date="2023-03-14",
    )
    found = case(claim(event(keywords=("Area B", "gate", "locked"))), [mail])
    quoted = [text for text, _, _ in section(claim_report(found, TODAY), "E1") if "“" in text]
    assert len(quoted) == 1
    assert "the gate of Area B is locked." in quoted[0]
    assert "From:" not in quoted[0]


def test_a_description_is_cited_to_a_page_that_bears_it_out_only() -> None:
    other = evidence("o.pdf", "Something else entirely.", date="2023-03-14")
    found = case(claim(event(description="The landowner kept the gate of Area B locked.")), [other])
    assert ("The landowner kept the gate of Area B locked.", None, None) in section(
        claim_report(found, TODAY), "E1"
    )


@settings(max_examples=20)
@given(st.text(min_size=1).filter(str.strip))
def test_whatever_a_title_holds_the_html_is_one_report_and_no_markup_of_its_own(title: str) -> None:
    document = evidence("x.pdf", "x", date="2023-03-14", title=f"<script>{title}</script>")
    page = claim_report(case(claim(event()), [document]), TODAY).as_html()
    assert "<script" not in page
    assert page.count("<h1>") == 1


def test_the_command_writes_each_form_and_cites_the_bundle_exported_last(
    filled: Command, tmp_path: Path
) -> None:
    before = filled("report", "CLM-001", "--language", "en").out
    assert "\\[Exhibit 1, p. 1\\]" in before
    assert filled("export", "CLM-001", "--out", tmp_path / "bundle").status == 0
    told = filled("report", "CLM-001", "--language", "en", "--json").json
    assert told["bundle"] == {"name": "bundle", "profile": "uk"}
    pages = {
        d["id"]: d["page_map"]
        for d in json.loads((tmp_path / "bundle/data/manifest.json").read_text())["documents"]
    }
    statements = [s for part in told["sections"] for s in part["statements"] if s["doc"]]
    assert statements
    assert all(s["cite"] == f"[{pages[s['doc']][s['page'] - 1]}]" for s in statements)
    for name in ("r.docx", "r.html", "r.md"):
        out = tmp_path / name
        assert (
            filled(
                "report", "CLM-001", "--bundle", tmp_path / "bundle", "--language", "zh", "--out", out
            ).status
            == 0
        )
        assert out.stat().st_size > 1000
    assert "bundle/data/bundle.pdf#page=" in (tmp_path / "r.html").read_text()
    assert filled("report", "CLM-001", "--out", tmp_path / "r.html").status == 2
    assert filled("report", "CLM-001", "--bundle", tmp_path, "--json").json["error"]["code"] == "usage"


def test_recorded_answers_are_told_with_their_document() -> None:
    refusal = evidence("r.pdf", "We refuse.", date="2023-05-02", sender=EMPLOYER, title="Refusal")
    answers = (
        Response("part_accepted", day("2023-04-20"), Decimal(120), "USD", note="By telephone."),
        Response("rejected", day("2023-05-02"), evidence=refusal.id),
    )
    found = case(claim(event(responses=answers)), [refusal])
    told = section(claim_report(found, TODAY), "E1")
    partly = (
        "On 2023-04-20 the other side accepted the claim for this event in part: 120.00 USD. By telephone."
    )
    assert (partly, None, None) in told
    assert ("On 2023-05-02 the other side rejected the claim for this event.", refusal.id, 1) in told
    assert not [text for text, _, _ in told if "no response" in text or "wrote: Refusal" in text]


@pytest.mark.parametrize(("language", "told"), [("en", "may be barred"), ("zh", "可能丧失索赔权")])
def test_what_follows_from_a_missed_notice_is_said(language: str, told: str) -> None:
    report = claim_report(case(claim(event()), []), TODAY, language)
    assert any(told in text for text, _, _ in section(report, "E1"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_checklist_looks_for_is_an_open_point(language: str) -> None:
    found = case(claim(event(), type="warranty"), [])
    wanted = gaps(found).missing_items
    heading = {"en": "Open points", "zh": "待补事项"}[language]
    told = [text for text, _, _ in section(claim_report(found, TODAY, language), heading)]
    assert wanted
    assert all(any(item.item.todo.in_language(language) in text for text in told) for item in wanted)
