from __future__ import annotations

import datetime
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from extractors.document import Document
from extractors.extract import Understanding
from extractors.kinds import Classification
from pipeline.casefile import load_case, loose_evidence
from pipeline.chronology import chronology
from pipeline.deadlines import deadlines
from pipeline.errors import NotFound
from pipeline.evidence import Correction, Evidence
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.originals import Original
from pipeline.records import arrivals, documents, matters
from pipeline.records.codec import reading_rows, understanding_rows
from pipeline.withheld import withheld
from tests.pipeline.case_builder import CONTRACTOR, ENGINEER, case, claim, day, event, evidence, link

NOTICE = evidence(
    "GC-L-0145.pdf",
    "Our ref GC/L/0145\nNotice of claim\nWe hereby give notice that we are entitled to more time.",
    date="2023-03-20",
    sender=CONTRACTOR,
    facts=[("reference", "letter", "GC/L/0145"), ("date", "document", "2023-03-20", "Our ref")],
)
OTHERS = {
    name: evidence(f"{name}.pdf", f"text of {name}") for name in ("tied", "loose", "elsewhere", "refused")
}
BEARING = evidence("scan.pdf", "Ref: MT/L/0190", facts=[("reference", "letter", "MT/L/0190")])

BOX = replace(evidence("box.zip", media_type="application/zip"), document=Document("", (), "application/zip"))


def write(matter: Matter, found: Evidence) -> None:
    """Put a document into the records as the steps would."""
    summary = found.summary
    understanding = Understanding(
        Classification(summary.kind, summary.kind_confidence, (), summary.language, summary.title),
        found.facts,
    )
    with matter.change() as change:
        documents.register(change.tx, Original(summary.sha256, 1), summary.name, 0)
        documents.replace_reading(change.tx, found.id, reading_rows(found.document))
        documents.replace_understanding(
            change.tx, found.id, understanding_rows(understanding, found.document)
        )
        documents.set_state(change.tx, found.id, summary.state)


@pytest.fixture
def filled_matter(matter: Matter) -> Matter:
    for found in (NOTICE, *OTHERS.values(), BEARING, BOX):
        write(matter, found)
    with matter.change() as change:
        tx = change.tx
        matters.put_claims(tx, [claim(event()), claim(event(), id="CLM-2")])
        arrivals.tie(tx, OTHERS["tied"].id, "CLM-1")
        arrivals.tie(tx, BEARING.id, "CLM-2")
        documents.set_children(tx, BOX.id, [(OTHERS["loose"].id, "loose.pdf")])
        matters.replace_links(tx, NOTICE.id, [link(NOTICE)], ["CLM-1"])
        matters.replace_links(tx, OTHERS["refused"].id, [link(OTHERS["refused"])], ["CLM-1"])
        matters.set_verdict(tx, OTHERS["refused"].id, "CLM-1/E1", "rejected", "me")
        elsewhere = Link(OTHERS["elsewhere"].id, 1, "CLM-2/E1", 0.8, ())
        matters.replace_links(tx, elsewhere.document, [elsewhere], ["CLM-2"])
    return matter


def test_a_case_is_what_the_records_have_of_a_claim(filled_matter: Matter) -> None:
    found = load_case(filled_matter, "CLM-1")
    assert found.claim == claim(event())
    assert found.evidence.keys() == {NOTICE.id, OTHERS["tied"].id}
    assert found.evidence[NOTICE.id].document.text == NOTICE.document.text
    assert [one.document for one in found.links] == [NOTICE.id]
    assert [one.document for one in found.rejected] == [OTHERS["refused"].id]
    assert {one.id for one in found.loose} == {OTHERS["loose"].id, OTHERS["refused"].id}
    assert {"mtl0190", "scanpdf", "loosepdf"} <= found.known
    assert not any("0145" in known for known in found.known)
    assert [one.id for one in found.tied_only()] == [OTHERS["tied"].id]
    assert {one.document.text for one in loose_evidence(filled_matter, found)} == {
        OTHERS["loose"].document.text,
        OTHERS["refused"].document.text,
    }


def test_the_rules_work_on_what_was_loaded(filled_matter: Matter) -> None:
    found = load_case(filled_matter, "CLM-1")
    notice = deadlines(found, datetime.date(2023, 6, 30))[0]
    assert (notice.status, notice.done_evidence and notice.done_evidence.doc) == ("met", NOTICE.id)
    assert [row.doc for row in chronology(found)] == [NOTICE.id, NOTICE.id]


def test_what_lies_in_a_privileged_box_of_no_claim_is_not_shown(filled_matter: Matter) -> None:
    tied = OTHERS["tied"].id
    with filled_matter.change() as change:
        documents.set_children(change.tx, BOX.id, [(tied, "tied.pdf")])
        matters.set_mark(change.tx, BOX.id, "privileged", "me")
    found = load_case(filled_matter, "CLM-1")
    assert tied in found.evidence
    assert tied not in found.without_privileged().evidence


def test_an_unknown_claim_is_named(filled_matter: Matter) -> None:
    with pytest.raises(NotFound, match="CLM-404"):
        load_case(filled_matter, "CLM-404")


def test_a_link_to_an_event_that_the_register_dropped_does_not_stand(filled_matter: Matter) -> None:
    with filled_matter.change() as change:
        matters.put_claims(change.tx, [claim(event("E9"))])
    assert load_case(filled_matter, "CLM-1").links == ()


@pytest.mark.parametrize(
    ("name", "role"),
    [
        (CONTRACTOR, "claimant"),
        ("harbour civil ltd.", "claimant"),
        ("HCL", "claimant"),
        ("港務土木工程有限公司", "claimant"),
        ("Harbour Civil Ltd (Site Agent)", "claimant"),
        ("Morven Tait", "engineer"),
        ("Harbour Civi1 Ltd", "claimant"),  # as OCR reads it
        ("务土木工程有限公司", "claimant"),
        ("南港土石工程有限公司", None),
        ("Ltd", None),
        ("Somebody Else Ltd", None),
        ("", None),
    ],
)
def test_who_is_meant_by_a_name(name: str, role: str | None) -> None:
    party = case(claim(), []).party(name)
    assert (party.role if party else None) == role


def test_a_persons_correction_of_the_sender_wins() -> None:
    corrected = (Correction("party", "sender", ENGINEER, "me", "2024-01-01T00:00:00Z"),)
    found = replace(NOTICE, summary=replace(NOTICE.summary, corrections=corrected))
    assert [p.role for p in case(claim(), []).senders(found)] == ["engineer"]
    assert [p.role for p in case(claim(), []).senders(NOTICE)] == ["claimant"]


MARKED = {"marks": ("privileged",)}
FAMILIES: list[tuple[dict[str, dict[str, Any]], str]] = [
    ({"mail": MARKED | {"children": ("photo",)}, "photo": {}, "other": {}}, "mail photo"),
    ({"zip": {"children": ("mail",)}, "mail": {"children": ("advice", "invoice")}, "advice": MARKED, "invoice": {}},
     "advice mail zip"),
    # the forwarded mail is in the family of both that are marked: whoever forwards it hands the advice over
    ({"advice": MARKED, "sent": MARKED | {"children": ("mail",)}, "mail": {"children": ("advice",)},
      "forwarded": {"children": ("mail",)}}, "advice forwarded mail sent"),
    ({"one": MARKED | {"children": ("two",)}, "two": {"children": ("one",)}}, "one two"),
    ({"one": {"children": ("two",)}, "two": {}}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("family", "hidden"), FAMILIES)
def test_what_must_not_be_shown_takes_its_family_along_in_whatever_order_it_came_in(
    family: dict[str, dict[str, Any]], hidden: str
) -> None:
    for order in permutations(family):
        summaries = [replace(evidence(name, name).summary, id=name, **family[name]) for name in order]
        assert " ".join(sorted(withheld(summaries))) == hidden


def test_what_is_inside_a_privileged_mail_of_no_claim_is_left_out() -> None:
    found = case(claim(event()), [NOTICE], withheld=frozenset({NOTICE.id})).without_privileged()
    assert (found.evidence, found.links) == ({}, ())


def test_privileged_documents_can_be_left_out() -> None:
    secret = evidence("advice.pdf", "advice", marks=("privileged",), date="2023-03-14")
    found = case(claim(event()), [NOTICE, secret], loose=(secret.summary,)).without_privileged()
    assert (found.evidence.keys(), [one.document for one in found.links], found.loose) == (
        {NOTICE.id},
        [NOTICE.id],
        (),
    )
    assert day("2023-03-14") in [row.date for row in chronology(found)]
    assert secret.id not in {row.doc for row in chronology(found)}
