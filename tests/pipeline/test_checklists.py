"""Checklists: what the evidence of each type of claim is to hold, and a workspace's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from pipeline.casefile import load_case
from pipeline.checklists import checklist, names
from pipeline.errors import ChecklistError
from pipeline.evidence import Evidence
from pipeline.gaps import gaps
from pipeline.judgement import import_claims
from pipeline.matter import Matter
from pipeline.register import CLAIM_TYPES, ClaimEntry
from tests.conftest import REGISTER, Command
from tests.pipeline.case_builder import case, claim, event, evidence


def lacking(claim_type: str, *documents: Evidence, folder: Path | None = None, **of_event: Any) -> list[str]:
    """The items that are missing, `/` before those of the whole claim."""
    found = gaps(case(claim(event(**of_event), type=claim_type), documents, checklists=folder))
    return [f"{'' if missing.event else '/'}{missing.item.item}" for missing in found.missing_items]


def test_every_type_of_claim_has_one_with_groups_and_items_in_both_languages() -> None:
    assert set(get_args(ClaimEntry.model_fields["type"].annotation)) == set(CLAIM_TYPES) == set(names())
    for name in names():
        needs = checklist(name)
        assert needs.each_event
        assert needs.documents
        assert len({item.item for item in needs.documents}) == len(needs.documents)
        for item in needs.documents:
            assert not item.name.zh.isascii()
            assert item.todo.en


@pytest.mark.parametrize(
    ("document", "item"),
    [
        (evidence("a.pdf", "机动车销售统一发票", kind="invoice"), "/purchase_invoice"),
        (evidence("a.pdf", "Vehicle Sales Invoice", kind="invoice", date="2023-05-01"), "/purchase_invoice"),
        (
            evidence("a.pdf", "Invoice", kind="invoice", date="2022-01-10"),
            "/purchase_invoice",
        ),  # before the defect
        (evidence("purchase-invoice.pdf", "Tax", kind="invoice"), "/purchase_invoice"),
        (evidence("a.pdf", "WARRANTY BOOKLET\nTerms", kind="contract"), "/warranty_booklet"),
        (evidence("a.pdf", "三包凭證", kind="other"), "/warranty_booklet"),
        (evidence("a.pdf", "维修工单", kind="work_record"), "repair_record"),
        (evidence("a.pdf", "Findings", kind="inspection_report"), "inspection_report"),
        (evidence("a.pdf", "Dear Sirs", kind="correspondence"), "notice_of_defect"),
    ],
)
def test_a_warranty_claims_documents_are_known_by_more_than_their_kind(document: Evidence, item: str) -> None:
    every = [
        "/purchase_invoice",
        "/warranty_booklet",
        "repair_record",
        "inspection_report",
        "notice_of_defect",
    ]
    assert lacking("warranty") == every
    assert lacking("warranty", document) == [each for each in every if each != item]


@pytest.mark.parametrize(
    "document",
    [
        evidence("a.pdf", "Repair invoice: labour and parts", kind="invoice", date="2023-04-01"),
        evidence("a.pdf", "Repair invoice: labour and parts", kind="invoice", date="2022-04-01"),
        evidence("a.pdf", "Invoice", kind="invoice", date="2023-04-01"),
        evidence("a.pdf", "Our sales invoice is lost", kind="correspondence"),
    ],
)
def test_what_is_no_purchase_invoice(document: Evidence) -> None:
    assert "/purchase_invoice" in lacking("warranty", document)


@pytest.mark.parametrize(
    ("claim_type", "of_event", "items"),
    [
        ("construction", {"title": "Storm floods the cofferdam"}, {"weather_record", "pictures"}),
        (
            "construction",
            {"title": "塔吊停工", "description": "因台风停工"},
            {"weather_record", "/programme"},
        ),
        ("construction", {"title": "Instructed variation"}, {"instruction"}),
        ("construction", {"title": "Quantities", "keywords": ("late drawings",)}, {"/programme"}),
        ("construction", {"title": "Brainstorm"}, set()),  # a whole word only
        ("insurance", {"title": "仓库火灾"}, {"official_certificate"}),
        ("insurance", {"title": "Hail"}, {"weather_record"}),
    ],
)
def test_what_an_event_is_about_calls_for_more(
    claim_type: str, of_event: dict[str, Any], items: set[str]
) -> None:
    plain = set(lacking(claim_type, title="Quantities"))
    assert set(lacking(claim_type, **of_event)) == plain | items


def test_gaps_tell_what_to_do_and_leave_kinds_as_they_were() -> None:
    found = gaps(case(claim(event(), type="warranty"), [])).as_json()
    assert [missing["kind"] for missing in found["missing_kinds"]] == [
        "invoice",
        "work_record",
        "inspection_report",
    ]
    first = found["missing_items"][0]
    assert (first["event"], first["item"], first["kind"]) == (None, "purchase_invoice", "invoice")
    assert set(first["name"]) == set(first["todo"]) == {"en", "zh"}


def test_a_notice_is_known_by_taking_the_step() -> None:
    said = (
        "Water main\nThis letter is our notice under Sub-Clauses 4.12 and 20.1. We shall claim time and Cost."
    )
    assert "notice_of_claim" in lacking("construction")
    assert "notice_of_claim" not in lacking("construction", evidence("a.pdf", "\n" * 700 + said))


def test_documents_of_no_claim_that_may_be_what_is_missing_are_named() -> None:
    loose = [evidence(f"{kind}.pdf", kind=kind).summary for kind in ("contract", "photo")]
    (missing,) = gaps(case(claim(event(), type="other"), [], loose=tuple(loose))).missing_items
    assert (missing.item.item, missing.perhaps) == ("contract", (loose[0].id,))


OWN = """\
each_event:
  - any_of: [photo]
documents:
  - item: logbook
    any_of: [work_record]
    name: {en: logbook, zh: 船舶日志}
    todo: {en: Ask the master., zh: 向船长索取。}
    words: {en: [logbook, deck log], zh: [航海日志]}
"""


def test_a_workspaces_own_checklist_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "construction.yaml").write_text(OWN, encoding="utf-8")
    assert lacking("construction", folder=tmp_path) == ["logbook"]
    assert lacking("construction", evidence("Deck Log 3.pdf", "", kind="work_record"), folder=tmp_path) == []
    assert lacking("other", folder=tmp_path) == ["/contract"]


def test_the_register_names_a_checklist(matter: Matter) -> None:
    import_claims(matter, [claim(event(), checklist="marine")])
    with pytest.raises(ChecklistError, match="no checklist 'marine'"):
        gaps(load_case(matter, "CLM-1"))
    matter.workspace.checklists.mkdir()
    (matter.workspace.checklists / "marine.yaml").write_text(OWN, encoding="utf-8")
    found = gaps(load_case(matter, "CLM-1"))
    assert found.checklist == "marine"
    assert [missing.kind for missing in found.missing_kinds] == ["photo"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[photo]", "[drawing]", "each_event.0.any_of.0: 'drawing' is no kind"),
        ("[work_record]", "[]", "documents.0.any_of"),
        ("item: logbook", "thing: logbook", "documents.0.item"),
        ("zh: 向船长索取。", "fr: x", "documents.0.todo"),
        ("each_event:", "each_event: [", "cannot be read"),
        ("item: logbook", "item: logbook\n    step: dance", "documents.0.step: 'dance' is no step"),
    ],
)
def test_a_fault_in_it_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "other.yaml").write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(ChecklistError) as caught:
        checklist("other", tmp_path)
    assert "checklists/other.yaml" in caught.value.message
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("language", "said"), [("en", "notice of claim: Find or send"), ("zh", "收录合同及专用条款")]
)
def test_the_command_says_what_to_do_in_both_languages(
    claimtrail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    from app import output

    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    claimtrail("claims", "import", tmp_path / "register.yaml")
    monkeypatch.setenv("CLAIMTRAIL_LANG", language)
    output.language.cache_clear()
    try:
        told = claimtrail("gaps", "CLM-001").out
    finally:
        output.language.cache_clear()
    assert said in told
    assert "→" in told
    (tmp_path / "matter" / "checklists").mkdir()
    (tmp_path / "matter" / "checklists" / "construction.yaml").write_text("each_event: 3", encoding="utf-8")
    wrong = claimtrail("gaps", "CLM-001", "--json")
    assert (wrong.status, wrong.json["error"]["code"]) == (2, "checklist")
