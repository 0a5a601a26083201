"""The sample documents: made the same every time, complete, and in the tree as the maker makes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from extractors.facts.fact import AMOUNT_ROLES, DATE_ROLES, PARTY_ROLES, REFERENCE_ROLES
from sample_docs import make
from sample_docs._blocks import parse, plain_lines
from sample_docs._fonts import FontMissing, _found
from sample_docs._spec import ROLES, Spec, events, expectation, specs

ROOT = Path(make.__file__).resolve().parent
DOCUMENTS = ROOT / "documents"
ALONE = [spec for spec in specs() if make.stands_alone(spec)]
# One of each form that needs little time to render.
QUICK = [
    "letters/MTC-L-0087 reply re Area 4.pdf",
    "letters/EI-027 Engineers Instruction.tif",
    "site-records/Daily report 126.png",
    "photos/deck july.jpg",
    "photos/DSCN0413.MOV",
    "site-records/DS_0042.WAV",
    "letters/ACL-L-0139 Proposal additional piles.docx",
    "contracts/Bill 4 Piling.xlsx",
    "mail/2023-07-11 Burst main at 2+340.eml",
    "misc/暴雨资料0810.zip",
    "misc/工资表2023-07.pdf",
    "letters/Ground investigation Pier 3.pdf",
    "misc/宏安保險覆函.txt",
    "letters/KBRA reply storm.rtf",
    "misc/材料价差计算表.csv",
]


def test_the_list_is_the_same_in_every_run() -> None:
    command = [sys.executable, str(ROOT / "make.py"), "--list"]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert first == second
    assert first.splitlines() == [spec.file for spec in ALONE]


@pytest.mark.parametrize("name", QUICK)
def test_the_same_text_gives_the_same_bytes(name: str) -> None:
    spec = next(s for s in specs() if s.file == name)
    make._rendered.cache_clear()
    first = make.rendered(spec)
    make._rendered.cache_clear()
    assert make.rendered(spec) == first


def test_only_writes_what_was_asked_for(tmp_path: Path) -> None:
    assert make.main(["--out", str(tmp_path), "--only", "misc/CV*"]) == 0
    written = sorted(p.name for p in tmp_path.rglob("*") if p.is_file())
    assert written == ["CV Marcus Dell.pdf", "CV Marcus Dell.pdf.expected.json"]


def test_sweep_removes_only_what_the_maker_wrote(tmp_path: Path) -> None:
    for name in ("old.pdf", "old.pdf.expected.json", "new.pdf", "new.pdf.expected.json", "notes.txt"):
        (tmp_path / name).write_text("{}")
    make.sweep(tmp_path, {"new.pdf"})
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new.pdf", "new.pdf.expected.json", "notes.txt"]


def test_the_tree_holds_every_document_and_its_expectation() -> None:
    named = {spec.file for spec in ALONE}
    files = {p.relative_to(DOCUMENTS).as_posix() for p in DOCUMENTS.rglob("*") if p.is_file()}
    assert files == named | {f"{name}.expected.json" for name in named}
    assert sum((DOCUMENTS / name).stat().st_size for name in named) < 15 * 2**20


@pytest.mark.parametrize("spec", ALONE, ids=lambda s: s.file)
def test_the_expectation_in_the_tree_is_that_of_the_text(spec: Spec) -> None:
    kept = json.loads((DOCUMENTS / f"{spec.file}.expected.json").read_text("utf-8"))
    if "error" in kept:
        assert kept == {"error": spec.expect["error"]}
        return
    source = next(s for s in specs() if s.file == spec.options.get("copy", spec.file))
    fresh = expectation(source, kept["pages"])
    assert {key: kept[key] for key in fresh} == fresh


@pytest.mark.parametrize("spec", [s for s in ALONE if s.form == "scan"][:12], ids=lambda s: s.file)
def test_the_marks_in_the_tree_are_those_that_are_drawn(spec: Spec) -> None:
    kept = json.loads((DOCUMENTS / f"{spec.file}.expected.json").read_text("utf-8"))
    assert kept["marks"] == make.scan_marks(spec)


def test_roles_are_those_of_the_extractors() -> None:
    known = {
        "dates": DATE_ROLES,
        "parties": PARTY_ROLES,
        "amounts": AMOUNT_ROLES,
        "references": REFERENCE_ROLES,
    }
    assert known == ROLES


def test_every_event_has_evidence_and_many_documents_have_no_event() -> None:
    told = [spec.expect.get("events", []) for spec in specs() if "error" not in spec.expect]
    counts = {event: sum(event in found for found in told) for event in events()}
    assert min(counts.values()) >= 4, counts
    assert sum(not found for found in told) >= 10


def test_children_are_described_with_their_parent() -> None:
    kept = json.loads((DOCUMENTS / "misc/暴雨资料0810.zip.expected.json").read_text("utf-8"))
    assert [child["name"] for child in kept["children"]] == [
        "基坑积水照片.jpg",
        "逐时降雨量.csv",
        "气象证明.pdf",
        "说明.txt",
    ]
    assert all(child["kind"] for child in kept["children"])


def test_the_duplicate_is_the_same_bytes() -> None:
    copy = next(spec for spec in ALONE if spec.form == "copy")
    assert (DOCUMENTS / copy.file).read_bytes() == (DOCUMENTS / copy.options["copy"]).read_bytes()


def test_the_register_is_whole() -> None:
    claims = yaml.safe_load((ROOT / "register.yaml").read_text("utf-8"))["claims"]
    assert [claim["id"] for claim in claims] == ["CLM-001", "CLM-002", "CLM-003"]
    for claim in claims:
        assert {"claimant", "respondent"} <= {party["role"] for party in claim["parties"]}
        assert all("date" in event or event["start"] <= event["end"] for event in claim["events"])


GOOD = {
    "kind": "invoice",
    "date": "2023-05-01",
    "language": "en",
    "parties": ["Dunlin = seller"],
    "contains": ["two pumps"],
}


def _spec(**changes: object) -> Spec:
    return Spec("x.pdf", "pdf", "Dunlin hires out two\npumps.", {**GOOD, **changes})


def test_a_good_expectation_passes() -> None:
    assert expectation(_spec(), 1)["parties"] == [{"name": "Dunlin", "role": "seller"}]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "bill"},
        {"date": "1 May 2023"},
        {"language": "german"},
        {"events": ["CLM-001/E99"]},
        {"parties": ["Dunlin = vendor"]},
        {"parties": ["Dunlin"]},
        {"parties": ["Somebody else = seller"]},
        {"contains": ["three pumps"]},
        {"amounts": ["many USD = total"]},
        {"colour": "red"},
    ],
)
def test_a_faulty_expectation_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        expectation(_spec(**changes), 1)


def test_a_missing_font_is_named_with_its_package() -> None:
    with pytest.raises(FontMissing, match=r"nowhere\.ttf is missing.*apt-get install fonts-none"):
        _found(Path("/nowhere.ttf"), "fonts-none")


def test_markup_becomes_plain_lines() -> None:
    blocks = parse("@title A\nB\n\none\ntwo\n\n@table grid w=1,2\nx | *y\n\n@to\nDear\n.\nSir\n\n中文\n相连")
    assert plain_lines(blocks) == [
        "A",
        "B",
        "",
        "one two",
        "",
        "x    y",
        "",
        "Dear",
        "",
        "Sir",
        "",
        "中文相连",
    ]


def test_an_unknown_directive_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown directive @titel"):
        make.typed(Spec("x.pdf", "pdf", "@titel A", {}))
