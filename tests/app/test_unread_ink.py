"""Seals and signatures from intake to `show`."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.samples import overlap
from tests.conftest import Command
from tests.extractors.marked_pages import Sheet


@pytest.fixture
def sealed(claimtrail: Command, tmp_path: Path) -> tuple[Command, str, list[float]]:
    """A workspace with a scan that was sealed and signed; the id, and where the seal is."""
    sheet = Sheet(150).text(22, 40, "Notice of claim for late possession", 6)
    box = sheet.seal(140, 120)
    sheet.signature(40, 120)
    sheet.picture.save(tmp_path / "notice.png", dpi=(150, 150))
    (taken,) = claimtrail("ingest", tmp_path / "notice.png", "--ocr", "fast", "--json").json["ingested"]
    return claimtrail, taken["id"], box.as_list()


def test_marks_are_shown_after_intake(sealed: tuple[Command, str, list[float]], tmp_path: Path) -> None:
    claimtrail, document, box = sealed
    shown = claimtrail("show", document, "--json").json
    found = {mark["kind"]: mark for mark in shown["pages"][0]["marks"]}
    assert set(found) == {"seal", "handwriting"}
    assert set(found["seal"]) == {"kind", "box", "confidence"}
    assert overlap(found["seal"]["box"], box) > 0.9
    assert 0.5 < found["seal"]["confidence"] < 1
    assert shown["state"] == "ok"
    (extracted,) = claimtrail("extract", tmp_path / "notice.png", "--ocr", "fast", "--json").json
    assert extracted["pages"][0]["marks"] == shown["pages"][0]["marks"]


def test_marks_are_told_in_words(sealed: tuple[Command, str, list[float]]) -> None:
    claimtrail, document, _ = sealed
    (line,) = [line for line in claimtrail("show", document).out.splitlines() if "unread ink" in line]
    assert line.startswith("  ! Page 1: ")
    assert "seal 57,34–76,47 %" in line
    assert "handwriting" in line


def test_a_text_has_no_marks(filled: Command) -> None:
    document = filled("list", "--json").json[0]["id"]
    assert filled("show", document, "--json").json["pages"][0]["marks"] == []
    assert "unread ink" not in filled("show", document).out
