"""Stances: what evidence does for an event is for people to say; it outlives every re-run and goes into bundles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.app.test_commands import id_of
from tests.conftest import REGISTER, Command

pytestmark = pytest.mark.both_homes

EVENT = "CLM-001/E1"


def link_of(claimtrail: Command, doc: str, *options: str) -> dict[str, Any] | None:
    links = claimtrail("links", "CLM-001", *options, "--json").json
    return next((link for link in links if (link["doc"], link["event"]) == (doc, EVENT)), None)


def test_a_stance_is_null_until_somebody_takes_it(filled: Command) -> None:
    link = link_of(filled, id_of(filled, "L-0145.txt"))
    assert link is not None
    assert link["stance"] is None


def test_a_stance_outlives_what_is_done_anew(filled: Command, tmp_path: Path) -> None:
    stance = "neutral"
    doc = id_of(filled, "L-0145.txt")
    answer = filled("stance", doc[:8], EVENT, stance, "--json").json
    assert answer == {"doc": doc, "event": EVENT, "status": "proposed", "stance": stance}
    register = tmp_path / "register.yaml"
    register.write_text(REGISTER.replace("Area B refused", "Area B denied"), encoding="utf-8")
    filled("claims", "import", register)
    filled("link")
    filled("confirm", doc, EVENT)  # a verdict without a stance leaves it
    link = link_of(filled, doc)
    assert link is not None
    assert (link["status"], link["stance"]) == ("confirmed", stance)


def test_a_confirmation_can_say_it_and_it_can_be_taken_back(filled: Command) -> None:
    doc = id_of(filled, "L-0145.txt")
    assert filled("confirm", doc, EVENT, "--stance", "contradicts", "--json").json["stance"] == "contradicts"
    assert link_of(filled, doc, "--stance", "contradicts") is not None
    assert link_of(filled, doc, "--stance", "supports") is None
    assert filled("stance", doc, EVENT, "--clear", "--json").json["stance"] is None
    link = link_of(filled, doc, "--status", "confirmed")
    assert link is not None
    assert link["stance"] is None
    shown = filled("show", doc, "--json").json
    assert [e["action"] for e in shown["history"]][-3:] == ["confirmed", "stance", "stance cleared"]


def test_what_cannot_be_said(filled: Command) -> None:
    letter, leaflet = id_of(filled, "L-0145.txt"), id_of(filled, "leaflet.txt")
    filled("reject", letter, "CLM-001/E1")
    for arguments, says in (
        ([leaflet, EVENT, "supports"], "is not linked"),
        ([letter, EVENT, "supports"], "is not linked"),
        ([letter, EVENT], "What does it do"),
        ([letter, EVENT, "supports", "--clear"], "What does it do"),
        ([letter, EVENT, "perhaps"], "perhaps"),
        ([letter, "CLM-001/E9", "supports"], "has no event"),
    ):
        answer = filled("stance", *arguments, "--json")
        assert answer.status == 2
        assert says in answer.json["error"]["message"]


def test_bundles_and_people_see_it(filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "250")  # no word is broken across lines of the table
    doc = id_of(filled, "L-0145.txt")
    filled("stance", doc, EVENT, "contradicts")
    assert "contradicts" in filled("links", "CLM-001").out
    assert "contradicts" in filled("show", doc).out
    filled("export", "CLM-001", "--out", tmp_path / "b")
    manifest = json.loads((tmp_path / "b" / "data" / "manifest.json").read_text(encoding="utf-8"))
    (letter,) = (found for found in manifest["documents"] if found["id"] == doc)
    assert {link["stance"] for link in letter["links"] if link["event"] == EVENT} == {"contradicts"}
