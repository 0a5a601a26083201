"""Videos and voice notes from the folder to the bundle, by the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Command
from tests.extractors.media_files import board, encrypted, film, moov_first, mp3, sound

TAGS = {"creationdate": "2023-03-20T09:12:00+0000", "model": "Nokia XR20", "comment": "Northport gate"}


@pytest.fixture
def taken(claimtrail: Command, register_file: Path, tmp_path: Path) -> Command:
    """The command line on a workspace that took in a folder of recordings."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    gate, yard = board("AREA B", "GATE LOCKED", "NO ENTRY"), 255 - board("THE YARD BEHIND", "IT IS EMPTY")
    walk = film([gate] * 6 + [yard] * 6, tags=TAGS)
    (folder / "VID_20230320_091200.mov").write_bytes(walk)
    (folder / "cut off.mov").write_bytes(moov_first(film([gate] * 6))[:60_000])
    (folder / "no end.mov").write_bytes(walk[:60_000])
    (folder / "locked.mov").write_bytes(encrypted(walk))
    (folder / "memo.mp3").write_bytes(mp3("Access to Area B", "2023-03-21"))
    (folder / "silence.wav").write_bytes(sound())
    claimtrail("claims", "import", register_file)
    answer = claimtrail("ingest", folder, "--json")
    assert answer.status == 1
    assert [(f["path"].rpartition("/")[2], "cut off" in f["reason"]) for f in answer.json["failed"]] == [
        ("no end.mov", True)
    ]
    return claimtrail


def test_recordings_are_found_linked_and_handed_over(taken: Command, tmp_path: Path) -> None:
    listed = {found["name"]: found for found in taken("list", "--json").json}
    walk = listed["VID_20230320_091200.mov"]
    assert (walk["kind"], walk["date"], walk["state"]) == ("video", "2023-03-20", "ok")
    assert (listed["memo.mp3"]["kind"], listed["memo.mp3"]["date"]) == ("other", "2023-03-21")
    assert listed["silence.wav"]["date"] is None
    for name, word in (("cut off.mov", "cut off"), ("locked.mov", "encrypted")):
        assert listed[name]["state"] == "partial"
        assert word in str(listed[name]["reason"])

    for query, page in (
        ("kind:video date:[2023-03-01 TO 2023-03-31]", 1),
        ('"GATE LOCKED"', 2),
        ("Nokia", 1),
        ("Northport gate", 1),
    ):
        hits = taken("search", query, "--json").json["hits"]
        assert (walk["id"], page) in {(hit["doc"], hit["page"]) for hit in hits}, query
    assert taken("search", "kind:video", "--from", "2023-03-21", "--json").json["total"] == 0

    shown = taken("show", walk["id"], "--json").json
    assert shown["metadata"]["Media device"] == "Nokia XR20"
    assert [page["source"] for page in shown["pages"]] == ["text", *["ocr"] * (len(shown["pages"]) - 1)]
    assert len(shown["pages"]) >= 3
    assert shown["pages"][1]["text"].startswith("00:00:00\n")
    assert "CLM-001/E1" in {link["event"] for link in shown["links"]}

    out = tmp_path / "bundle"
    assert taken("export", "CLM-001", "--out", out, "--json").status == 0
    assert taken("verify", out, "--json").json["ok"]
    with pypdfium2.PdfDocument(out / "data" / "bundle.pdf") as bundle:
        text = [page.get_textpage().get_text_range() for page in bundle]
    assert any("Device: Nokia XR20" in page for page in text)
    assert sum("VID_20230320_091200.mov · 00:00:0" in page for page in text) == len(shown["pages"]) - 1


def test_doctor_looks_at_the_libraries(claimtrail: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def videos() -> dict[str, object]:
        checks = claimtrail("doctor", "--json").json["checks"]
        return next(check for check in checks if check["name"] == "videos")

    assert videos()["ok"]
    assert "OpenCV 5" in str(videos()["detail"])
    for library in ("cv2", "pymediainfo"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, library, None)
            assert not videos()["ok"]
            assert "pip install" in str(videos()["remedy"])
