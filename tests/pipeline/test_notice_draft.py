"""Draft notices: by the rule of each contract form, in both languages; no fact without its page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from pipeline.casefile import CaseFile
from pipeline.claims import Party
from pipeline.errors import NoNotice, NotFound
from pipeline.notice_draft import Notice, notice_draft
from pipeline.papers.markdown_form import as_markdown
from pipeline.papers.paper import Table
from tests.conftest import Command
from tests.pipeline.case_builder import (
    CONTRACTOR,
    EMPLOYER,
    ENGINEER,
    PARTIES,
    case,
    claim,
    day,
    event,
    evidence,
    link,
)

TODAY = day("2023-03-20")


def a_case(contract: str = "fidic-1999", given: bool = False, **more: Any) -> CaseFile:
    diary = evidence(
        "d.pdf",
        "Daily report\nThe gate to Area B was locked and the rig stood idle.",
        kind="work_record",
        date="2023-03-14",
        facts=[],
        title="Daily report",
    )
    bill = evidence(
        "i.pdf",
        "Total 300.00",
        kind="invoice",
        date="2023-03-15",
        facts=[("amount", "total", "300.00 USD", "300.00")],
    )
    documents = [diary, bill]
    if given:
        letter = "Notice of claim\nWe hereby give notice of a claim under Sub-Clause 20.1."
        documents.append(
            evidence("n.pdf", letter, date="2023-03-17", sender=CONTRACTOR, title="Notice of claim")
        )
    happened = event(
        "E1",
        aware="2023-03-15",
        keywords=("gate", "Area B", "rig", "idle"),
        description=more.pop("description", ""),
    )
    about = claim(happened, event("E2", "2023-05-01", title="Nothing proves this"), contract=contract, **more)
    return case(about, documents, [link(found) for found in documents])


def head(found: Notice) -> dict[str, str]:
    table = next(block for block in found.paper.sections[0].blocks if isinstance(block, Table))
    return {row[0].text: row[1].text for row in table.rows}


FORMS = {
    "fidic-1999": ("Notice of claim", "Sub-Clause 20.1", "2023-04-12", ENGINEER, EMPLOYER),
    "fidic-2017": ("Notice of claim", "Sub-Clause 20.2.1", "2023-04-12", ENGINEER, EMPLOYER),
    "gf-2017-0201": ("Notice of intention to claim", "Sub-Clause 19.1(1)", "2023-04-12", ENGINEER, EMPLOYER),
    "nec4": ("Notification of a compensation event", "Clause 61.3", "2023-05-10", ENGINEER, None),
    "prc-insurance": ("Notice of an insured event", "article 21", None, EMPLOYER, None),
    "warranty": ("Notice of a defect", "Warranty terms", None, EMPLOYER, None),
}


@pytest.mark.parametrize("contract", FORMS)
def test_each_form_has_its_title_clause_addressee_and_last_day(contract: str) -> None:
    title, clause, due, to, copy = FORMS[contract]
    found = notice_draft(a_case(contract), "E1", TODAY, "en")
    assert title in found.paper.title
    assert clause in found.paper.sections[1].statements[0].text
    assert (found.due.isoformat() if found.due else None) == due
    assert (found.to, head(found)["To"], head(found).get("Copy to")) == ((to,), to, copy)
    assert head(found)["From"] == CONTRACTOR
    told = " ".join(found.paper.notes)
    assert f"due by {due}" in told if due else "without delay" in told


@pytest.mark.parametrize("contract", FORMS)
def test_each_form_in_chinese_has_no_english_sentence(contract: str) -> None:
    found = notice_draft(a_case(contract), "E1", TODAY, "zh")
    text = as_markdown(found.paper)
    own = r"Daily report|The gate to Area B was locked and the rig stood idle|Access refused|Total"
    names = "|".join([CONTRACTOR, EMPLOYER, ENGINEER])
    rest = re.sub(rf"{own}|{names}|\S+\.pdf|FIDIC|NEC4|CLM|USD|GF|periods", "", text)
    assert not re.search(r"[A-Za-z]{3,}", rest), rest
    assert "通知" in found.paper.title or "通知" in text


def test_no_fact_stands_without_its_page() -> None:
    found = notice_draft(a_case(), "E1", TODAY, "en")
    diary, bill = a_case().evidence
    told = {s["text"]: (s["doc"], s["page"]) for s in found.as_json()["statements"]}
    assert told["2023-03-14: Access refused."] == (diary, 1)
    quoted = "2023-03-14, Daily report: “The gate to Area B was locked and the rig stood idle.”"
    assert told[quoted] == (diary, 1)
    assert told["i.pdf: 300.00: 300.00 USD."] == (bill, 1)
    assert told["Additional payment: ⟦amount, or “to be determined”⟧."] == (None, None)
    assert "within" not in " ".join(told)
    assert any("2023-04-26" in text for text in told)  # particulars: 42 days from awareness


def test_a_description_that_no_page_bears_out_does_not_go_out() -> None:
    wild = notice_draft(a_case(description="The Authority bribed the landowner."), "E1", TODAY, "en")
    assert "bribed" not in as_markdown(wild.paper)
    proved = notice_draft(a_case(description="The gate to Area B was locked."), "E1", TODAY, "en")
    assert "The gate to Area B was locked. \\[Exhibit 1, p. 1\\]" in as_markdown(proved.paper)


def test_an_event_without_evidence_is_marked_throughout() -> None:
    text = as_markdown(notice_draft(a_case(), "E2", TODAY, "en").paper)
    assert "2023-05-01: Nothing proves this. **\\[no source\\]**" in text
    assert "We became aware of the event on 2023-05-01. **\\[no source\\]**" in text
    assert "**\\[No evidence is linked to this event yet: link it, or enclose it\\]**" in text


@pytest.mark.parametrize(
    ("today", "given", "told"),
    [
        ("2023-04-02", False, "due by 2023-04-12 (Sub-Clause 20.1): 10 days are left"),
        ("2023-04-12", False, "0 days are left"),
        ("2023-04-13", False, "was due by 2023-04-12 (Sub-Clause 20.1), 1 days ago"),
        ("2023-04-02", True, "holds a notice of 2023-03-17"),
    ],
)
def test_the_drafting_notes_tell_what_the_clock_says(today: str, given: bool, told: str) -> None:
    found = notice_draft(a_case(given=given), "E1", day(today), "en")
    assert told in " ".join(found.paper.notes)
    assert (found.given is not None) == given


def test_periods_of_the_register_count() -> None:
    found = notice_draft(a_case("warranty", periods=(("notice", 10), ("particulars", 7))), "E1", TODAY, "en")
    assert found.due == day("2023-03-25")
    assert "within 7 days of this notice" in as_markdown(found.paper)


def test_who_is_not_in_the_register_is_a_blank() -> None:
    found = notice_draft(a_case(parties=PARTIES[1:2]), "E1", TODAY, "en")
    assert head(found)["To"] == "⟦Engineer⟧"
    assert head(found)["From"] == "⟦Claimant⟧"
    insured = (*PARTIES[:2], Party("insurer", "Hongan Insurance"))
    assert notice_draft(a_case("prc-insurance", parties=insured), "E1", TODAY, "zh").to == (
        "Hongan Insurance",
    )


def test_no_notice_is_drafted_where_the_form_asks_for_none() -> None:
    with pytest.raises(NoNotice, match="sets no notice"):
        notice_draft(a_case("none"), "E1", TODAY, "en")


def test_an_employer_gives_notice_to_the_contractor() -> None:
    employer = (
        Party("claimant", EMPLOYER, contract_role="employer"),
        Party("respondent", CONTRACTOR),
        PARTIES[2],
    )
    found = notice_draft(a_case(parties=employer), "E1", TODAY, "en")
    assert (found.clause, found.to, found.due) == ("Sub-Clause 2.5", (CONTRACTOR,), None)
    assert head(found)["Copy to"] == ENGINEER


def test_no_such_event() -> None:
    with pytest.raises(NotFound, match="no event 'E9'"):
        notice_draft(a_case(), "E9", TODAY, "en")


def test_privileged_documents_leave_no_trace() -> None:
    secret = evidence(
        "s.pdf", "The gate to Area B, our advice.", date="2023-03-14", title="Advice", marks=("privileged",)
    )
    found = case(claim(event("E1", keywords=("gate", "Area B", "advice"))), [secret])
    assert "dvice" not in as_markdown(notice_draft(found, "E1", TODAY, "en").paper)


def test_the_command_writes_a_notice_and_refuses_kindly(filled: Command, tmp_path: Path) -> None:
    for name in ("n.docx", "n.html", "n.md"):
        assert filled("notice", "CLM-001/E1", "--language", "zh", "--out", tmp_path / name).status == 0
    assert Document(str(tmp_path / "n.docx")).paragraphs[0].text == "索赔意向通知书"
    told = filled("notice", "CLM-001/E1", "--today", "2023-04-01", "--json").json
    assert (told["clause"], told["due"], told["to"]) == ("Sub-Clause 20.1", "2023-04-11", ["⟦Engineer⟧"])
    assert "# Notice of claim" in filled("notice", "CLM-001/E1").out
    for wrong in ("CLM-001/E9", "CLM-009/E1", "CLM-001"):
        answer = filled("notice", wrong, "--json")
        assert (answer.status, answer.json["error"]["code"]) == (2, "not_found")
