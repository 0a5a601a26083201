"""What a bundle holds: parts, order, pages, numbers; and that there is a whole one or none."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import bagit
import pikepdf
import pypdfium2
import pytest

from pipeline.bundle import (
    BundleExists,
    Case,
    ChronologyRow,
    EmptyCase,
    ExhibitLink,
    OriginalChanged,
    UnknownProfile,
    build,
    check,
)
from tests.pipeline.bundle_cases import case_of, exhibit, pdf, small_case, text_document


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return small_case(tmp_path_factory.mktemp("originals"))


@pytest.fixture(scope="module")
def bundle(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(case, tmp_path_factory.mktemp("out") / "bundle", zip=True).path


def manifest(bundle: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((bundle / "data/manifest.json").read_text(encoding="utf-8"))
    return value


def page_text(bundle: Path, number: int) -> str:
    document = pypdfium2.PdfDocument(bundle / "data/bundle.pdf")
    try:
        return str(document[number - 1].get_textpage().get_text_range())
    finally:
        document.close()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_bag_is_valid_and_its_own_check_finds_nothing(bundle: Path) -> None:
    assert bagit.Bag(str(bundle)).validate()
    report = check(bundle)
    assert report.faults == ()
    assert report.checked > 100


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
def test_qpdf_finds_no_fault(bundle: Path) -> None:
    done = subprocess.run(["qpdf", "--check", bundle / "data/bundle.pdf"], capture_output=True, check=False)  # noqa: S607
    assert done.returncode == 0, done.stdout


def test_originals_are_byte_for_byte(bundle: Path, case: Case) -> None:
    originals = {e.id: e.original for e in case.exhibits}
    documents = manifest(bundle)["documents"]
    assert len(documents) == len(originals)
    for document in documents:
        assert (bundle / document["original"]).read_bytes() == originals[document["id"]].read_bytes()


def test_order_is_by_date_with_families_together(bundle: Path) -> None:
    names = [d["name"] for d in manifest(bundle)["documents"]]
    assert names == ["programme.pdf", "L-0145.pdf", "IMG_0012.jpg", "mail.eml", "costs.xlsx", "locked.pdf"]


def test_each_page_of_a_document_is_where_the_manifest_says(bundle: Path) -> None:
    by_name = {d["name"]: d for d in manifest(bundle)["documents"]}
    assert "second page" in page_text(bundle, by_name["L-0145.pdf"]["page_map"][1])
    assert "turned 270" in page_text(bundle, by_name["programme.pdf"]["page_map"][3])
    mail = page_text(bundle, by_name["mail.eml"]["page_map"][0])
    assert "发包人应于2023年3月14日之前移交B区场地" in mail.replace("\r\n", "")


def test_a_long_page_spills_over_and_the_next_is_still_found(tmp_path: Path) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("x")
    pages = ["\n".join(f"line {n} 记录" for n in range(200)), "the last page"]
    links = (ExhibitLink("CLM-001/E1", 2, 0.9, "confirmed"),)
    one = exhibit(path, "text/plain", document=text_document(pages), links=links)
    bundle = build(case_of(one), tmp_path / "bundle").path
    (document,) = manifest(bundle)["documents"]
    first, second = document["page_map"]
    assert second - first >= 3
    assert document["links"][0]["bundle_page"] == second
    assert "the last page" in page_text(bundle, second)
    assert check(bundle).ok


def test_links_say_the_bundles_page_and_rejected_ones_are_left_out(bundle: Path) -> None:
    by_name = {d["name"]: d for d in manifest(bundle)["documents"]}
    letter = by_name["L-0145.pdf"]
    assert [link["bundle_page"] for link in letter["links"]] == letter["page_map"]
    assert by_name["costs.xlsx"]["links"] == []


def test_encrypted_document_has_a_sheet_that_says_so(bundle: Path) -> None:
    locked = manifest(bundle)["documents"][-1]
    assert locked["pages"] == {"tab": locked["pages"]["tab"], "first": None, "last": None}
    assert "encrypted" in page_text(bundle, locked["pages"]["tab"])


def test_nothing_of_a_withheld_document_shows(bundle: Path) -> None:
    with zipfile.ZipFile(bundle.with_name("bundle.zip")) as archive:
        tables = archive.read("bundle/data/chronology.csv").decode("utf-8-sig")
    assert "Counsel" not in tables
    total = manifest(bundle)["bundle"]["pages"]
    assert not any("Counsel" in page_text(bundle, number) for number in range(1, total + 1))
    assert "1 privileged" in page_text(bundle, 1)


def test_tables_are_inert_and_agree_with_the_manifest(bundle: Path) -> None:
    (costs,) = [row for row in rows(bundle / "data/index.csv") if row["name"] == "costs.xlsx"]
    assert costs["description"] == "'=SUM(A1)"
    told = rows(bundle / "data/chronology.csv")
    assert [row["text"] for row in told] == ["Access refused", "停工", "王伟 gives notice"]
    letter = next(d for d in manifest(bundle)["documents"] if d["id"] == "letter")
    assert (told[0]["doc"], told[0]["page"]) == ("letter", "2")
    assert told[0]["bundle_pages"] == "; ".join(map(str, letter["page_map"]))


def test_zip_holds_the_same_files(bundle: Path) -> None:
    packed = bundle.with_name("bundle.zip")
    assert check(packed).faults == ()
    with zipfile.ZipFile(packed) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    files = {
        p.relative_to(bundle.parent).as_posix(): p.read_bytes() for p in bundle.rglob("*") if p.is_file()
    }
    assert held == files


def test_same_case_gives_same_bytes(case: Case, bundle: Path, tmp_path: Path) -> None:
    build(case, tmp_path / "bundle", zip=True)
    assert (tmp_path / "bundle.zip").read_bytes() == bundle.with_name("bundle.zip").read_bytes()


def test_bookmarks_labels_and_zoom(bundle: Path) -> None:
    documents = manifest(bundle)["documents"]
    with pikepdf.open(bundle / "data/bundle.pdf") as file, file.open_outline() as outline:
        assert [item.title for item in outline.root[:3]] == [
            "Title page – page 1",
            "Index – page 2",
            "Chronology – page 3",
        ]
        assert (
            outline.root[3].children[1].title
            == f"Tab 2: Refusal of access – page {documents[1]['pages']['tab']}"
        )
        for link in file.pages[1].Annots:
            assert link.Dest[1] == "/XYZ"
            assert link.Dest[4] is None
    document = pypdfium2.PdfDocument(bundle / "data/bundle.pdf")
    assert [document.get_page_label(n) for n in range(3)] == ["1", "2", "3"]
    document.close()


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file", "dead link", "zip"])
def test_an_existing_target_is_never_touched(case: Case, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind.endswith("folder"):
        out.mkdir()
        if kind == "folder":
            (out / "mine.txt").write_text("mine")
    elif kind == "dead link":
        out.symlink_to(tmp_path / "nowhere")
    else:
        (out if kind == "file" else tmp_path / "out.zip").write_text("mine")
    before = sorted(p.name for p in tmp_path.rglob("*"))
    with pytest.raises(BundleExists) as caught:
        build(case, out, zip=True)
    assert caught.value.remedy
    assert sorted(p.name for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("harm", ["changed", "missing"])
def test_a_damaged_original_stops_it_and_leaves_nothing_behind(tmp_path: Path, harm: str) -> None:
    one = exhibit(pdf(tmp_path / "letter.pdf", ["text"]), "application/pdf")
    one = dataclasses.replace(one, sha256="0" * 64) if harm == "changed" else one
    if harm == "missing":
        one = dataclasses.replace(one, original=tmp_path / "gone.txt", media_type="application/zip")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(OriginalChanged):
        build(case_of(one), out / "bundle", zip=True)
    assert list(out.iterdir()) == []


def test_interrupted_build_leaves_nothing_behind(case: Case, tmp_path: Path) -> None:
    def interrupt(done: int, total: int, what: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(case, tmp_path / "bundle", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_progress_comes_to_its_end(case: Case, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = build(case, tmp_path / "bundle", progress=lambda done, total, _: seen.append((done, total)))
    assert seen[-1] == (report.pages, report.pages)
    assert (0, len(case.exhibits)) in seen


def test_report_counts_what_is_there(case: Case, tmp_path: Path) -> None:
    report = build(case, tmp_path / "deep" / "bundle")
    assert report.exhibits == 6
    assert report.withheld == 1
    assert report.zip is None
    assert report.bytes == sum(p.stat().st_size for p in report.path.rglob("*") if p.is_file())
    assert [note.split(": ")[1] for note in report.notes] == ["locked.pdf"]
    assert os.access(report.path / "data/bundle.pdf", os.R_OK)


def test_wrong_cases(case: Case, tmp_path: Path) -> None:
    with pytest.raises(EmptyCase):
        build(case_of(), tmp_path / "a")
    with pytest.raises(UnknownProfile, match="uk"):
        build(dataclasses.replace(case, profile="../uk"), tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_long_front_matter_settles(tmp_path: Path) -> None:
    """Over a hundred tabs and an event that cites all of them: the front takes several pages."""
    path = pdf(tmp_path / "a.pdf", ["text"])
    links = (ExhibitLink("CLM-001/E1", 1, 0.5, "proposed"),)
    many = [
        exhibit(path, "application/pdf", id=f"d{n}", title=f"Letter {n}", links=links) for n in range(110)
    ]
    day = datetime.date(2023, 1, 1)
    told = tuple(ChronologyRow(day, None, None, f"d{n}", 1, f"Letter {n} " * 9) for n in range(40))
    event = ChronologyRow(day, None, "CLM-001/E1", None, None, "Everything")
    report = build(case_of(*many, chronology=(event, *told)), tmp_path / "bundle")
    sections = manifest(report.path)["bundle"]["sections"]
    assert sections["chronology"] - sections["index"] >= 4
    assert check(report.path).faults == ()
