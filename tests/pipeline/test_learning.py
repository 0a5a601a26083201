"""Kinds learned from corrections: likeness is needed, a person's own word wins, what is undone is forgotten."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from extractors.document import PageText, assemble
from extractors.extract import understand
from extractors.kinds import KINDS, classify
from pipeline.clock import now
from pipeline.learning import Examples, relearn
from pipeline.matter import Matter
from pipeline.night import Night, heal, link_and_index
from pipeline.records import documents
from pipeline.records.precedents import KindEvidence
from tests.conftest import DIARY, LETTER, Command, say

NAMES = ["R. Holt", "Ana Ruiz", "Bo Lund", "T. Quist", "Mia Falk", "J. Orr"]
TOOLS = [
    "angle grinder 230",
    "laser level",
    "core drill with stand",
    "torque wrench",
    "cable detector",
    "hoist 500",
]


def slip(number: int) -> str:
    """A form of a firm's own that no rule knows."""
    chance = random.Random(number)  # noqa: S311
    return f"""\
Harbour Civil Ltd
TOOL ISSUE SLIP
Slip {chance.randrange(1000, 9999)}
Issued to: {chance.choice(NAMES)}
Tool: {chance.choice(TOOLS)}
Asset tag: HC-{chance.randrange(100, 999)}
Purpose: to be used at wall {chance.randrange(1, 9)} only
Condition when issued: good / fair
Condition when returned: good / fair / broken
The borrower keeps the tool clean and hands it back at the end of the shift.
Storekeeper: P. Marsh
"""


def files(folder: Path, numbers: range) -> list[Path]:
    found = []
    for number in numbers:
        path = folder / f"slip{number}.txt"
        path.write_text(slip(number), encoding="utf-8")
        found.append(path)
    return found


def ids(claimtrail: Command) -> dict[str, str]:
    return {found["name"]: found["id"] for found in claimtrail("list", "--json").json}


def night(workspace: Path) -> Night:
    with Matter.open(workspace, "nightly") as matter:
        found = Night(now(), workspace)
        heal(matter, found)
        link_and_index(matter, found)
        return found


def documents_of(claimtrail: Command, prefix: str) -> list[str]:
    return [one for name, one in sorted(ids(claimtrail).items()) if name.startswith(prefix)]


def shown(claimtrail: Command, document: str) -> Any:
    return claimtrail("show", document, "--json").json


def test_new_documents_alike_are_called_what_a_person_called_one(claimtrail: Command, tmp_path: Path) -> None:
    claimtrail("ingest", *files(tmp_path, range(1)))
    (first,) = documents_of(claimtrail, "slip")
    before = shown(claimtrail, first)["kind"]
    claimtrail("correct", first, "--kind", "work_record")
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    taken = claimtrail("ingest", *files(tmp_path, range(1, 3)), tmp_path / "letter.txt", "--json").json
    assert before == "other"
    assert sorted(found["kind"] for found in taken["ingested"]) == [
        "correspondence",
        "work_record",
        "work_record",
    ]
    for name in ("slip1.txt", "slip2.txt"):
        answer = shown(claimtrail, ids(claimtrail)[name])
        (like,) = answer["kind_reasons"]["like"]
        assert (answer["kind"], like["doc"], like["name"]) == ("work_record", first, "slip0.txt")
        assert (like["kind"], like["by"]) == ("work_record", "tester")
        assert 0.6 < like["likeness"] <= 1
        assert 0.5 < answer["kind_confidence"] < 1
    printed = claimtrail("show", ids(claimtrail)["slip1.txt"]).out
    assert f"like slip0.txt ({first}" in printed
    assert "tester called it work_record" in printed
    assert shown(claimtrail, ids(claimtrail)["letter.txt"])["kind_reasons"]["like"] == []


def test_documents_already_there_follow_at_night_and_back_again(
    claimtrail: Command, workspace: Path, tmp_path: Path
) -> None:
    claimtrail("ingest", *files(tmp_path, range(4)))
    first, *others = documents_of(claimtrail, "slip")
    claimtrail("correct", first, "--kind", "work_record")
    assert [shown(claimtrail, other)["kind"] for other in others] == ["other"] * 3
    assert set(others) <= set(night(workspace).kinds_learned)
    assert [shown(claimtrail, other)["kind"] for other in others] == ["work_record"] * 3
    assert claimtrail("search", "kind:work_record", "--json").json["total"] == 4
    history = shown(claimtrail, others[0])["history"]
    assert night(workspace).kinds_learned == []
    assert shown(claimtrail, others[0])["history"] == history
    claimtrail("correct", first, "--kind", "auto")
    assert shown(claimtrail, first)["kind"] == "other"
    assert set(others) <= set(night(workspace).kinds_learned)
    assert [shown(claimtrail, other)["kind"] for other in others] == ["other"] * 3
    assert claimtrail("search", "kind:work_record", "--json").json["total"] == 0


def test_one_odd_correction_does_not_turn_what_is_sure_but_two_do(
    claimtrail: Command, workspace: Path, tmp_path: Path
) -> None:
    for number in range(4):
        (tmp_path / f"diary{number}.txt").write_text(
            DIARY.replace("8月7日", f"8月{number + 8}日"), encoding="utf-8"
        )
    claimtrail("ingest", *sorted(tmp_path.glob("diary*.txt")))
    first, second, *others = documents_of(claimtrail, "diary")
    claimtrail("correct", first, "--kind", "minutes")
    night(workspace)
    assert [shown(claimtrail, other)["kind"] for other in others] == ["work_record"] * 2
    assert shown(claimtrail, first)["kind"] == "minutes"
    claimtrail("correct", second, "--kind", "minutes")
    night(workspace)
    assert [shown(claimtrail, other)["kind"] for other in others] == ["minutes"] * 2
    claimtrail("correct", first, "--kind", "work_record")
    claimtrail("correct", second, "--kind", "work_record")
    night(workspace)
    assert [shown(claimtrail, other)["kind"] for other in others] == ["work_record"] * 2


def test_a_persons_own_word_wins_and_the_facts_are_of_that_kind(
    matter: Matter, claimtrail: Command, tmp_path: Path
) -> None:
    claimtrail("ingest", *files(tmp_path, range(3)))
    first, second, third = documents_of(claimtrail, "slip")
    claimtrail("correct", first, "--kind", "work_record")
    claimtrail("correct", second, "--kind", "work_record")
    claimtrail("correct", third, "--kind", "invoice")
    relearn(matter)
    assert shown(claimtrail, third)["kind"] == "invoice"
    for document, kind in ((first, "work_record"), (third, "invoice")):
        with matter.reading() as tx:
            held = documents.evidence(tx, documents.summary(tx, document))
        found = understand(held.document, kind)
        assert held.facts == found.facts
        assert held.summary.title == found.classification.title


def test_what_was_learned_outlives_a_new_version_of_the_rules(
    matter: Matter, claimtrail: Command, workspace: Path, tmp_path: Path
) -> None:
    claimtrail("ingest", *files(tmp_path, range(2)))
    first, second = documents_of(claimtrail, "slip")
    claimtrail("correct", first, "--kind", "work_record")
    night(workspace)
    with matter.change() as change:
        documents.undo(change.tx, "classify")
    assert len(night(workspace).understood_again) == 2
    assert [shown(claimtrail, one)["kind"] for one in (first, second)] == ["work_record"] * 2


def test_a_picture_without_words_is_corrected_and_teaches_nothing(
    claimtrail: Command, workspace: Path, tmp_path: Path
) -> None:
    say(workspace, "ocr: {languages: [eng], mode: fast}\n")
    for number, shade in enumerate((90, 120)):
        Image.new("RGB", (320, 240), (shade, 60, 40)).save(tmp_path / f"photo{number}.png")
    claimtrail("ingest", *sorted(tmp_path.glob("photo*.png")))
    first, second = documents_of(claimtrail, "photo")
    claimtrail("correct", first, "--kind", "inspection_report")
    night(workspace)
    assert shown(claimtrail, first)["kind"] == "inspection_report"
    assert shown(claimtrail, second)["kind"] == "photo"
    claimtrail("correct", first, "--kind", "auto")
    assert shown(claimtrail, first)["kind"] == "photo"


def evidence(document: str, text: str) -> KindEvidence:
    found = classify(assemble([PageText(text, 595, 842)], "text/plain"))
    return KindEvidence(document, found.kind, found.scores, found.sketch, None, ())


SLIPS = [evidence(f"slip{number}", slip(number)) for number in range(5)]
UNLIKE = evidence("letter", LETTER)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(KINDS)), max_size=8), st.randoms())
def test_the_answer_depends_on_the_corrections_that_stand_and_on_no_order(
    said: list[tuple[int, str]], chance: random.Random
) -> None:
    stand = {SLIPS[at].document: kind for at, kind in said}
    shuffled = list(stand.items())
    chance.shuffle(shuffled)
    sketches = {each.document: each.sketch for each in SLIPS}
    here, there = Examples(stand, sketches), Examples(dict(shuffled), sketches)
    found = here.decide(SLIPS[4])
    assert found == there.decide(SLIPS[4])
    assert here.decide(UNLIKE) is None
    if found is None:
        assert not stand
    else:
        assert found.kind in {*stand.values(), SLIPS[4].kind}
        assert 0 < found.confidence < 1
        assert {one for one, _ in found.by} <= {one for one, kind in stand.items() if kind == found.kind}


def test_a_document_is_no_example_for_itself() -> None:
    alone = Examples({"slip0": "photo"}, {"slip0": SLIPS[0].sketch})
    assert alone.decide(SLIPS[0]) is None
    assert alone.decide(replace(SLIPS[0], document="copy")) is not None


@pytest.mark.parametrize("text", ["", "Only a line.", "一行"])
def test_too_little_text_is_like_nothing(text: str) -> None:
    found = evidence("short", text)
    assert found.sketch == b""
    assert Examples({"slip0": "minutes"}, {"slip0": SLIPS[0].sketch}).decide(found) is None
    assert Examples({"short": "minutes"}, {"short": found.sketch}).decide(SLIPS[0]) is None
