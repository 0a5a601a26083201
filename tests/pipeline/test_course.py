"""The course of a claim: its states and the other side's answers, as people and the register tell them."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import course
from pipeline.claims import Claim, StatusChange
from pipeline.clock import now
from pipeline.course import respond, set_status, undo_response, undo_status
from pipeline.errors import NotFound, RegisterError, UsageError
from pipeline.judgement import import_claims
from pipeline.matter import Matter
from pipeline.records import audit_log, courses, matters
from pipeline.register import STATUSES, body_of, claim_of, read_register
from pipeline.urgent import urgent
from tests.conftest import LETTER, REGISTER, Command
from tests.pipeline.case_builder import CONTRACTOR, case, claim, day, event, evidence

pytestmark = pytest.mark.both_homes

Said = list[tuple[str, str]]


def stored(matter: Matter, claim_id: str = "CLM-1") -> Claim:
    with matter.reading() as tx:
        return matters.claim(tx, claim_id)


def registered(matter: Matter, status: str = "open", **more: object) -> dict[str, object]:
    return dict(import_claims(matter, [claim(event(), status=status, **more)]))


def actions(matter: Matter) -> list[str]:
    with matter.reading() as tx:
        return [entry.action for entry in audit_log.entries(tx)]


def test_a_status_is_kept_with_day_evidence_and_who_noted_it(matter: Matter) -> None:
    registered(matter)
    answer = set_status(matter, "CLM-1", "submitted", day("2023-05-01"), note="by hand")
    assert answer == {
        "claim": "CLM-1",
        "status": "submitted",
        "history": [
            {
                "status": "submitted",
                "date": "2023-05-01",
                "evidence": None,
                "note": "by hand",
                "actor": "tester",
                "seen": False,
            }
        ],
        "warnings": [],
    }
    assert stored(matter).status == "submitted"
    assert actions(matter)[-1] == "status set"


NEWEST: list[tuple[Said, str, str | None]] = [
    ([("submitted", "2023-05-01"), ("rejected", "2023-08-01")], "rejected", None),
    # an older state completes the history
    (
        [("rejected", "2023-08-01"), ("submitted", "2023-05-01")],
        "rejected",
        "submitted of 2023-05-01 completes the history; rejected is newer and stands",
    ),
    # of one day the one that was noted last
    ([("submitted", "2023-05-01"), ("closed", "2023-05-01")], "closed", None),
    ([("accepted", "2023-05-01")], "accepted", "accepted does not usually follow open"),
    (
        [("closed", "2023-05-01"), ("open", "2023-06-01")],
        "open",
        "open does not usually follow closed",
    ),
    (
        [("submitted", "2023-05-01"), ("submitted", "2023-05-02")],
        "submitted",
        "A was submitted already",
    ),
    (
        [("submitted", "2023-03-01")],
        "submitted",
        "2023-03-01 is before the claim's first event (2023-03-14)",
    ),
]


def test_the_newest_day_counts_and_odd_steps_are_warned_of(matter: Matter) -> None:
    names = "ABCDEFG"[: len(NEWEST)]
    import_claims(matter, [claim(event(), id=name) for name in names])
    for name, (said, status, warning) in zip(names, NEWEST, strict=True):
        answers = [set_status(matter, name, each, day(date)) for each, date in said]
        assert answers[-1]["status"] == stored(matter, name).status == status
        warnings = [told.replace(f"{name} was", "A was") for told in answers[-1]["warnings"]]
        assert warnings == ([warning] if warning else [])
        dates = [change["date"] for change in answers[-1]["history"]]
        assert dates == sorted(dates)


def test_the_newest_word_wins_between_register_and_people(matter: Matter) -> None:
    assert registered(matter)["statuses"] == []
    set_status(matter, "CLM-1", "rejected", day("2023-08-01"))
    # the register still says "open": what was noted since stands, and it is said
    told = registered(matter)
    assert told["differing"] == [{"claim": "CLM-1", "register": "open", "status": "rejected"}]
    assert stored(matter).status == "rejected"
    # the register changes: that is newer
    told = registered(matter, "arbitration")
    assert told["statuses"] == [
        {"claim": "CLM-1", "register": "arbitration", "was": "rejected", "date": now().date().isoformat()}
    ]
    assert stored(matter).status == "arbitration"
    assert stored(matter).history[-1].seen
    # and what is noted after that is newer still, though its day is before the import
    set_status(matter, "CLM-1", "closed", day("2023-09-01"))
    assert stored(matter).status == "closed"
    assert registered(matter, "closed")["statuses"] == []
    assert "status changed by register" in actions(matter)


def test_a_registers_history_dates_its_changes(matter: Matter) -> None:
    registered(matter)
    history = (StatusChange("submitted", day("2023-05-01")), StatusChange("rejected", day("2023-07-03")))
    told = registered(matter, "rejected", history=history)
    assert told["statuses"] == [
        {"claim": "CLM-1", "register": "rejected", "was": "open", "date": "2023-07-03"}
    ]
    found = [(change.status, change.date.isoformat()) for change in stored(matter).history]
    assert found == [("submitted", "2023-05-01"), ("rejected", "2023-07-03")]


def test_a_status_can_be_taken_back_and_the_registers_not(matter: Matter) -> None:
    registered(matter)
    set_status(matter, "CLM-1", "submitted", day("2023-05-01"))
    set_status(matter, "CLM-1", "rejected", day("2023-06-01"))
    assert undo_status(matter, "CLM-1")["status"] == "submitted"
    assert undo_status(matter, "CLM-1")["status"] == "open"
    with pytest.raises(NotFound):
        undo_status(matter, "CLM-1")
    assert actions(matter)[-2:] == ["status taken back"] * 2


def test_an_answer_is_kept_for_its_event(matter: Matter) -> None:
    registered(matter, amount=Decimal(100))
    answer = respond(matter, "CLM-1/E1", "part_accepted", day("2023-06-01"), Decimal("80.50"), note="phone")
    assert answer["responses"] == [
        {
            "answer": "part_accepted",
            "date": "2023-06-01",
            "amount": "80.50",
            "currency": "USD",
            "evidence": None,
            "note": "phone",
            "actor": "tester",
        }
    ]
    assert stored(matter).events[0].responses[0].amount == Decimal("80.50")
    respond(matter, "CLM-1/E1", "more_information", day("2023-05-01"))
    assert [r.answer for r in stored(matter).events[0].responses] == ["more_information", "part_accepted"]
    assert len(undo_response(matter, "CLM-1/E1")["responses"]) == 1
    registered(matter, title="Another title", amount=Decimal(100))
    assert [r.answer for r in stored(matter).events[0].responses] == ["part_accepted"]  # outlives an import


ODD: list[tuple[str, str, str | None, str | None, str | None]] = [
    ("rejected", "2023-06-01", "5", None, "a rejected claim with a sum; part_accepted may be meant"),
    ("accepted", "2023-03-01", None, None, "2023-03-01 is before the event (2023-03-14)"),
    ("accepted", "2023-06-01", "101", None, "101 is more than is claimed (100)"),
    ("accepted", "2023-06-01", "101", "EUR", None),
]


def test_odd_answers_are_warned_of(matter: Matter) -> None:
    registered(matter, amount=Decimal(100))
    for answer, date, amount, currency, warning in ODD:
        told = respond(matter, "CLM-1/E1", answer, day(date), Decimal(amount) if amount else None, currency)
        assert told["warnings"] == ([warning] if warning else [])


def test_what_cannot_be_noted_is_refused_and_changes_nothing(matter: Matter) -> None:
    registered(matter)
    tomorrow = now().date() + datetime.timedelta(days=1)
    for wrong in (
        lambda: set_status(matter, "CLM-1", "won"),
        lambda: set_status(matter, "CLM-1", "closed", tomorrow),
        lambda: respond(matter, "CLM-1", "accepted"),
        lambda: respond(matter, "CLM-1/E1", "perhaps"),
        lambda: respond(matter, "CLM-1/E1", "accepted", tomorrow),
        lambda: respond(matter, "CLM-1/E1", "accepted", amount=Decimal(1), currency="dollars"),
    ):
        with pytest.raises(UsageError):
            wrong()
    for missing in (
        lambda: set_status(matter, "CLM-2", "closed"),
        lambda: set_status(matter, "CLM-1", "closed", evidence="abcdef"),
        lambda: respond(matter, "CLM-1/E9", "accepted"),
        lambda: undo_response(matter, "CLM-1/E1"),
    ):
        with pytest.raises(NotFound):
            missing()
    assert stored(matter).history == ()
    assert set(course.USUAL) == set(STATUSES)


def test_an_accepted_event_and_a_closed_claim_are_not_urgent(matter: Matter) -> None:
    today = day("2023-04-20")
    import_claims(matter, [claim(event(), event("E2"))])
    assert {found.event for found in urgent(matter, today)} == {"CLM-1/E1", "CLM-1/E2"}
    respond(matter, "CLM-1/E1", "more_information", day("2023-04-01"))
    assert {found.event for found in urgent(matter, today)} == {"CLM-1/E1", "CLM-1/E2"}
    respond(matter, "CLM-1/E1", "accepted", day("2023-04-10"))
    assert {found.event for found in urgent(matter, today)} == {"CLM-1/E2"}
    set_status(matter, "CLM-1", "closed", day("2023-04-12"))
    assert urgent(matter, today) == []


def test_that_nobody_objected_is_not_urgent(matter: Matter, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = evidence("n.pdf", "Notice of claim\nWe claim.", date="2023-03-20", sender=CONTRACTOR)
    about = claim(event(), contract="fidic-2017")
    monkeypatch.setattr("pipeline.urgent.load_case", lambda *_: case(about, [notice]))
    import_claims(matter, [about])
    for today, steps in (("2023-04-03", ["objection"]), ("2023-04-04", [])):
        assert [found.step for found in urgent(matter, day(today))] == steps


@given(
    st.lists(st.tuples(st.sampled_from(STATUSES), st.dates(day("2023-01-01"), day("2023-12-31"))), max_size=6)
)
def test_what_people_note_counts_by_its_day(said: list[tuple[str, datetime.date]]) -> None:
    noted = [(StatusChange(status, date), False) for status, date in said]
    newest = max(enumerate(said), key=lambda item: (item[1][1], item[0]), default=None)
    assert courses._current("open", noted) == (newest[1][0] if newest else "open")
    after = [*noted, (StatusChange("arbitration", day("2020-01-01")), True)]
    assert courses._current("open", after) == "arbitration"


HISTORY = """\
    history:
      - {status: submitted, date: 2023-05-01, evidence: L-0150.pdf}
"""
RESPONSES = """\
        responses:
          - {answer: rejected, date: 2023-06-01, amount: "0", note: "no float"}
        instructed: true
"""


FULL = REGISTER.replace(
    "    references: [C-2023/017]\n", "    references: [C-2023/017]\n    checklist: own\n" + HISTORY
).replace("        references: [GC/L/0145]\n", "        references: [GC/L/0145]\n" + RESPONSES)


def test_a_register_tells_history_and_responses(tmp_path: Path) -> None:
    path = tmp_path / "register.yaml"
    path.write_text(FULL, encoding="utf-8")
    (found,) = read_register(path)
    assert found.history == (StatusChange("submitted", day("2023-05-01"), "L-0150.pdf"),)
    assert (found.status, found.checklist) == ("submitted", "own")  # no status but that of its history
    (said,) = found.events[0].responses
    assert (said.answer, said.amount, found.events[0].instructed) == ("rejected", Decimal(0), True)
    assert claim_of(body_of(found)) == found
    plain = replace(found, history=(), checklist=None, events=found.events[1:])
    assert not {"history", "checklist"} & set(body_of(plain))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: submitted", "status: won"),
        ("date: 2023-05-01", "date: soon"),
        ("answer: rejected", "answer: maybe"),
        ("checklist: own", "checklist: ../own"),
        ("instructed: true", "instructed: perhaps"),
    ],
)
def test_a_fault_in_them_is_named_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "register.yaml"
    path.write_text(FULL.replace(old, new), encoding="utf-8")
    with pytest.raises(RegisterError) as caught:
        read_register(path)
    line = next(n for n, text in enumerate(FULL.splitlines(), 1) if old in text)
    assert f"line {line}: " in caught.value.message
    assert old.partition(":")[0] in caught.value.message


def test_the_commands_note_show_and_refuse(
    claimtrail: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "L-0145.txt").write_text(LETTER, encoding="utf-8")
    claimtrail("claims", "import", tmp_path / "register.yaml")
    claimtrail("ingest", tmp_path / "L-0145.txt")
    doc = claimtrail("list", "--json").json[0]["id"]
    told = claimtrail(
        "claims", "status", "CLM-001", "accepted", "--date", "2023-05-01", "--evidence", doc[:6]
    )
    assert (told.status, "accepted does not usually follow open" in told.err) == (0, True)
    answer = ("--answer", "part_accepted", "--date", "2023-06-01", "--amount", "80,000")
    assert claimtrail("claims", "respond", "CLM-001/E1", *answer).status == 0
    shown = claimtrail("claims", "show", "CLM-001", "--json").json
    assert (shown["status"], shown["history"][0]["evidence"]) == ("accepted", doc)
    assert shown["events"][0]["responses"][0]["amount"] == "80000"
    assert shown["events"][1]["responses"] == []
    monkeypatch.setenv("COLUMNS", "200")
    words = claimtrail("claims", "show", "CLM-001").out
    assert "accepted in part" in words
    again = claimtrail("claims", "import", tmp_path / "register.yaml")
    assert "set by people" in again.err
    assert claimtrail("claims", "list", "--json").json[0]["status"] == "accepted"
    due = claimtrail("deadlines", "CLM-001", "--today", "2023-06-30").out
    assert "the right to claim may be lost (Sub-Clause 20.1)" in due
    assert "missed_" not in due
    assert "step_" not in due
    for wrong in (("status", "CLM-001"), ("respond", "CLM-001/E1"), ("status", "CLM-001", "open", "--undo")):
        assert claimtrail("claims", *wrong).status == 2
    assert claimtrail("claims", "status", "CLM-001", "--undo", "--json").json["status"] == "open"
    assert claimtrail("claims", "respond", "CLM-001/E1", "--undo", "--json").json["responses"] == []
