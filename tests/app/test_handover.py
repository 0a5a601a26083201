"""Bundles by the command line: numbers that were handed over, what stays out, volumes, and productions taken in."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from tests.conftest import Command


def id_of(claimtrail: Command, name: str) -> str:
    return next(found["id"] for found in claimtrail("list", "--json").json if found["name"] == name)


def manifest(bundle: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((bundle / "data/manifest.json").read_text(encoding="utf-8"))
    return value


def numbers(bundle: Path) -> dict[str, list[str]]:
    return {document["name"]: document["numbers"] for document in manifest(bundle)["documents"]}


def audit(claimtrail: Command, bundle: Path, action: str) -> list[dict[str, Any]]:
    claimtrail("export", "CLM-001", "--out", bundle, "--profile", "hk")
    lines = (bundle / "data/audit.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry for entry in map(json.loads, lines) if entry["action"] == action]


def test_numbers_that_were_handed_over_last(filled: Command, tmp_path: Path) -> None:
    def export(name: str, *options: str) -> dict[str, Any]:
        answer = filled("export", "CLM-001", "--out", tmp_path / name, "--profile", "hk", "--json", *options)
        assert filled("verify", tmp_path / name, "--json").json["faults"] == []
        found: dict[str, Any] = answer.json
        return found

    diary = id_of(filled, "施工日志.txt")
    filled("mark", diary, "privileged")
    assert export("one")["withheld"] == 1
    filled("mark", diary, "privileged", "--clear")
    filled("mark", id_of(filled, "L-0145.txt"), "without_prejudice")
    assert export("two")["withdrawn"] == 1
    filled("mark", id_of(filled, "L-0145.txt"), "without_prejudice", "--clear")
    assert export("three")["withdrawn"] == 0
    one, two, three = (numbers(tmp_path / name) for name in ("one", "two", "three"))
    assert (one, two) == ({"L-0145.txt": ["1", "2"]}, {"施工日志.txt": ["3", "4"]})
    assert three == one | two
    told = [change["change"] for change in manifest(tmp_path / "three")["since"]["changes"]]
    assert told == ["restored"]
    export("four", "--renumber")
    assert manifest(tmp_path / "four")["since"] is None
    other = filled("export", "CLM-001", "--out", tmp_path / "five", "--json").json
    assert (other["profile"], manifest(tmp_path / "five")["since"]) == ("uk", None)


def test_an_export_without_news_has_no_sheet_of_changes(filled: Command, tmp_path: Path) -> None:
    for name in ("one", "two"):
        filled("export", "CLM-001", "--out", tmp_path / name)
    assert numbers(tmp_path / "one") == numbers(tmp_path / "two")
    assert manifest(tmp_path / "two")["since"]["changes"] == []
    assert manifest(tmp_path / "two")["bundle"]["pages"] == manifest(tmp_path / "one")["bundle"]["pages"]


@pytest.mark.parametrize("mark", ["privileged", "without_prejudice"])
def test_what_is_withheld_is_counted_logged_and_included_only_when_asked(
    filled: Command, tmp_path: Path, mark: str
) -> None:
    filled("mark", id_of(filled, "L-0145.txt"), mark)
    answer = filled(
        "export", "CLM-001", "--out", tmp_path / "us", "--profile", "us", "--privilege-log", "--json"
    ).json
    assert (answer["exhibits"], answer["withheld"]) == (1, 1)
    with (tmp_path / "us/data/privilege-log.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["date"], row["author"], row["ground"]) == ("2023-03-16", "Harbour Civil Ltd", mark)
    assert "Northport Authority" in row["recipients"]
    everything = b"".join(p.read_bytes() for p in (tmp_path / "us").rglob("*") if p.is_file())
    assert b"L-0145" not in everything
    assert filled("verify", tmp_path / "us").status == 0
    with_it = filled("export", "CLM-001", "--out", tmp_path / "all", "--include-privileged", "--json").json
    assert (with_it["exhibits"], with_it["withheld"]) == (2, 0)
    told = [entry["detail"]["include_privileged"] for entry in audit(filled, tmp_path / "hk", "exported")]
    assert told == [False, True]


def test_an_export_that_was_not_handed_over_binds_nobody(
    filled: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(sys.modules["pipeline.bundle.build"], "_publish", fail)
        assert filled("export", "CLM-001", "--out", tmp_path / "one").status == 130
    filled("export", "CLM-001", "--out", tmp_path / "two")
    assert manifest(tmp_path / "two")["since"] is None


def test_forms_of_evidence_are_recorded(filled: Command, tmp_path: Path) -> None:
    letter = id_of(filled, "L-0145.txt")
    assert filled("mark", letter, "original", "--json").json["marks"] == ["original"]
    assert filled("mark", letter, "copy", "--json").json["marks"] == ["copy"]
    filled("confirm", id_of(filled, "施工日志.txt"), "CLM-001/E2", "--stance", "contradicts")
    filled("export", "CLM-001", "--out", tmp_path / "cn", "--profile", "cn", "--order", "element")
    with (tmp_path / "cn/data/index.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows["L-0145.txt"]["form"] == "复印件"
    assert rows["施工日志.txt"]["form"] == "电子数据"
    assert rows["施工日志.txt"]["purpose"].startswith("反驳塔吊故障停工")
    assert rows["L-0145.txt"]["source"] == "Harbour Civil Ltd"
    assert rows["L-0145.txt"]["purpose"].startswith("证明Access to Area B refused")
    assert (tmp_path / "cn/data/evidence-list.docx").is_file()
    assert filled("verify", tmp_path / "cn").status == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--profile", "xx"),
        ("--profile", "us", "--prefix", "A B"),
        ("--profile", "us", "--prefix", "王"),
        ("--profile", "us", "--prefix", "x" * 40),
        ("--profile", "uk", "--prefix", "A"),
        ("--order", "size"),
        ("--max-mb", "0"),
        ("--max-pages", "0"),
    ],
)
def test_wrong_wishes(claimtrail: Command, tmp_path: Path, options: tuple[str, ...]) -> None:
    answer = claimtrail("export", "CLM-001", "--out", tmp_path / "b", "--json", *options)
    assert answer.status == 2
    assert answer.json["error"]["hint"]
    assert not (tmp_path / "b").exists()


def test_volumes_and_a_production_that_comes_back(
    filled: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = filled(
        "export", "CLM-001", "--out", tmp_path / "us", "--profile", "us", "--max-pages", "1", "--json"
    ).json
    assert answer["volumes"] > 1
    produced = tmp_path / "us/data/production.dat"
    own = {document["sha256"] for document in manifest(tmp_path / "us")["documents"]}
    other = ["--workspace", str(tmp_path / "other")]
    assert run(["init", str(tmp_path / "other")]) == 0
    capsys.readouterr()
    assert run(["load", str(produced), "--json", *other]) == 0
    loaded = json.loads(capsys.readouterr().out)
    assert [found["bates"] for found in loaded["documents"]] == ["CLM-001-000000001", "CLM-001-000000002"]
    assert run(["list", "--json", *other]) == 0
    assert {found["sha256"] for found in json.loads(capsys.readouterr().out)} == own
    assert run(["search", "ref:CLM-001-000000002", "--json", *other]) == 0
    assert [hit["name"] for hit in json.loads(capsys.readouterr().out)["hits"]] == ["施工日志.txt"]


def test_a_file_that_is_no_load_file(claimtrail: Command, evidence_folder: Path) -> None:
    answer = claimtrail("load", evidence_folder / "leaflet.txt", "--json")
    assert (answer.status, answer.json["error"]["code"]) == (2, "load_file_unreadable")
