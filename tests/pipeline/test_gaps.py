from __future__ import annotations

from typing import Any

import pytest

from pipeline.evidence import Correction, Evidence
from pipeline.gaps import Gaps, gaps
from tests.pipeline.case_builder import case, claim, event, evidence, link


def letter(number: str, text: str = "", cites: list[str] | None = None, **more: Any) -> Evidence:
    """A letter that bears a number and cites others."""
    body = f"Our ref: {number}\n{text}\n" + "\n".join(f"we refer to {cited}" for cited in cites or [])
    facts = [("reference", "letter", value) for value in (number, *(cites or []))]
    return evidence(more.pop("name", f"scan {number[-2:]}.pdf"), body, facts=facts, date="2023-03-16", **more)


def missing(*documents: Evidence, **more: Any) -> list[str]:
    return [found.number for found in gaps(case(claim(event()), documents, **more)).missing_references]


@pytest.mark.parametrize(
    ("claim_type", "kinds", "expected"),
    [
        ("construction", ["correspondence", "minutes", "invoice"], []),
        ("construction", ["correspondence"], ["work_record", "invoice"]),
        ("warranty", ["invoice", "work_record"], ["inspection_report"]),
        ("insurance", ["video"], ["correspondence", "inspection_report", "invoice"]),
        ("other", ["minutes"], []),
        ("other", ["photo"], ["correspondence"]),
    ],
)
def test_kinds_that_an_event_lacks(claim_type: str, kinds: list[str], expected: list[str]) -> None:
    documents = [evidence(f"{kind}.pdf", kind, kind=kind) for kind in kinds]
    found = gaps(case(claim(event(), type=claim_type), documents))
    assert [missing.as_json() for missing in found.missing_kinds] == [
        {"event": "CLM-1/E1", "kind": kind} for kind in expected
    ]


def test_events_without_evidence_and_evidence_without_event() -> None:
    linked, tied, loose = (evidence(f"{name}.pdf", name) for name in ("linked", "tied", "loose"))
    about = claim(event("E1"), event("E2"))
    found = gaps(case(about, [linked, tied], [link(linked)], loose=(loose.summary,)))
    assert found.events_without_evidence == ("CLM-1/E2",)
    assert found.unlinked_documents == (tied.id, loose.id)


def test_letters_that_are_cited_and_not_there() -> None:
    held = letter("GC/L/0145", cites=["GC/L/0150", "MT-0007", "GC/L/0150"])
    found = gaps(case(claim(event()), [held])).as_json()
    assert found["missing_references"] == ["GC/L/0150", "MT-0007"]
    assert found["reference_sources"][0] == {
        "reference": "GC/L/0150",
        "doc": held.id,
        "page": 1,
        "why": "cited in scan 45.pdf",
    }


@pytest.mark.parametrize(
    "held",
    [
        {"documents": [letter("GC/L/0145", cites=["GC/L/0190"]), letter("GC/L/0190")]},
        {"documents": [letter("GC/L/0145", cites=["gc-l 0190"]), letter("GC/L/0190")]},
        {"documents": [letter("GC/L/0145", cites=["GC/L/0190"])], "known": frozenset({"gcl0190"})},
        {"documents": [letter("GC/L/0145", cites=["L150"])], "known": frozenset({"l150"})},
        {"documents": [letter("GC/L/0145", cites=["No. 5"])]},
        {"documents": [letter("GC/L/0145")]},
        {
            "documents": [letter("GC/L/0145", cites=["MT-0007"])],
            "loose": (evidence("MT-0007 x.pdf").summary,),
        },
    ],
    ids=[
        "held",
        "written otherwise",
        "held for another claim",
        "held by a short number",
        "no number to tell by",
        "its own",
        "by the name of its file",
    ],
)
def test_letters_that_are_not_missing(held: dict[str, Any]) -> None:
    documents = held.pop("documents")
    assert missing(*documents, **held) == []


def test_a_number_after_your_ref_is_the_other_sides() -> None:
    text = "Your ref: GC/L/0145\nOur ref: MT/0088"
    facts = [("reference", "letter", "GC/L/0145"), ("reference", "letter", "MT/0088")]
    assert missing(evidence("reply.pdf", text, facts=facts)) == ["GC/L/0145"]
    assert missing(evidence("reply.pdf", text, facts=facts), letter("GC/L/0145")) == []


def test_the_name_of_a_file_tells_its_number() -> None:
    text = "We refer to GC/L/0145."
    facts = [("reference", "letter", "GC/L/0145")]
    assert missing(evidence("GC-L-0145 Refusal.pdf", text, facts=facts)) == []
    assert missing(evidence("minutes.pdf", text, facts=facts, kind="minutes")) == ["GC/L/0145"]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (["GC/L/0145", "GC/L/0147"], ["GC/L/0146"]),
        (["GC/L/0145", "GC/L/0148"], ["GC/L/0146", "GC/L/0147"]),
        (["GC/L/0145", "GC/L/0190"], []),  # letters about something else
        (["GC/L/0145", "GC/L/0146"], []),
        (["GC/L/0099", "GC/L/0101"], ["GC/L/0100"]),
        (["GC/L/0145", "MT/L/0147"], []),
        (["函-2023-009", "函-2023-011"], ["函-2023-010"]),
    ],
)
def test_holes_in_a_series(numbers: list[str], expected: list[str]) -> None:
    assert missing(*(letter(number) for number in numbers)) == expected


def test_a_hole_that_the_matter_fills_elsewhere_is_none() -> None:
    assert missing(letter("GC/L/0145"), letter("GC/L/0147"), known=frozenset({"gcl0146"})) == []


def doubts(**more: Any) -> Gaps:
    text = "Dated 3/4/2023, received 4.4.2023, sum 100.00, seen 5.4.2023"
    facts = [
        (
            "date",
            "document",
            "2023-04-03",
            "3/4/2023",
            {"doubts": ("day and month could be the other way round",), "confidence": 0.6},
        ),
        ("date", "received", "2023-04-04", "4.4.2023", {"confidence": 0.3}),
        ("date", "mentioned", "2023-04-05", "5.4.2023", {"confidence": 0.1, "doubts": ("OCR",)}),
        ("amount", "total", "100.00 USD", "100.00", {"confidence": 0.9}),
    ]
    return gaps(case(claim(event()), [evidence("d.pdf", text, facts=facts, **more)]))


def test_doubtful_facts_in_roles_that_count() -> None:
    found = doubts().as_json()["doubtful_facts"]
    assert [(f["page"], f["kind"], f["value"], f["why"]) for f in found] == [
        (1, "date", "2023-04-03", "day and month could be the other way round"),
        (1, "date", "2023-04-04", "confidence 0.30"),
    ]


def test_what_a_person_corrected_is_no_longer_in_doubt() -> None:
    corrected = (Correction("date", "document", "2023-03-04", "me", "2024-01-01T00:00:00Z"),)
    assert [f.value for f in doubts(corrections=corrected).doubtful_facts] == ["2023-04-04"]


def test_undated_documents() -> None:
    dated, undated = evidence("a.pdf", "a", date="2023-01-01"), evidence("b.pdf", "b")
    assert gaps(case(claim(event()), [dated, undated])).undated == (undated.id,)


def test_a_claim_without_anything_has_every_gap_and_no_fault() -> None:
    assert gaps(case(claim(), [])).as_json() == {
        "events_without_evidence": [],
        "missing_kinds": [],
        "unlinked_documents": [],
        "missing_references": [],
        "doubtful_facts": [],
        "undated": [],
        "reference_sources": [],
        "missing_items": [],
        "checklist": "construction",
    }
