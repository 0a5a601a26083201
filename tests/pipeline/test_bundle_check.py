"""The check of a bundle: every kind of tampering is noticed, and no damage is too bad to be named."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf

from pipeline.bundle import build, check
from tests.pipeline.bundle_cases import audit_line, small_case


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    case = small_case(tmp_path_factory.mktemp("originals"))
    return build(case, tmp_path_factory.mktemp("out") / "bundle", zip=True).path


@pytest.fixture
def bundle(sound: Path, tmp_path: Path) -> Path:
    """A bundle of its own for a test to harm."""
    return Path(shutil.copytree(sound, tmp_path / "bundle"))


def reseal(bundle: Path) -> None:
    """Makes all hashes of the bag right again, as a careful forger would."""
    record = bundle / "data/manifest.json"
    manifest = json.loads(record.read_text(encoding="utf-8"))
    manifest["bundle"]["sha256"] = digest(bundle / "data/bundle.pdf")
    record.write_text(json.dumps(manifest), encoding="utf-8")
    files = sorted(p for p in (bundle / "data").rglob("*") if p.is_file())
    info = bundle / "bag-info.txt"
    kept = [line for line in info.read_text().splitlines() if not line.startswith("Payload-Oxum")]
    size = sum(p.stat().st_size for p in files)
    info.write_text("\n".join([*kept, f"Payload-Oxum: {size}.{len(files)}"]) + "\n")
    write_manifest(bundle, "manifest-sha256.txt", files)
    tags = [bundle / name for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")]
    write_manifest(bundle, "tagmanifest-sha256.txt", tags)


def write_manifest(bundle: Path, name: str, files: list[Path]) -> None:
    lines = [f"{digest(path)}  {path.relative_to(bundle).as_posix()}\n" for path in files]
    (bundle / name).write_text("".join(lines), encoding="utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def original(bundle: Path) -> Path:
    return bundle / "data/originals/0002-L-0145.pdf"


def test_resealing_alone_is_no_harm(bundle: Path) -> None:
    reseal(bundle)
    assert check(bundle).faults == ()


PLAIN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a byte of an original": (lambda b: flip(original(b)), "data/originals/0002-L-0145.pdf"),
    "a byte of the pdf": (lambda b: flip(b / "data/bundle.pdf"), "data/bundle.pdf"),
    "a byte of a table": (lambda b: flip(b / "data/chronology.csv"), "data/chronology.csv"),
    "a byte of the audit": (lambda b: flip(b / "data/audit.jsonl"), "data/audit.jsonl"),
    "a byte of bag-info": (lambda b: flip(b / "bag-info.txt"), "bag-info.txt"),
    "a byte of the manifest": (lambda b: flip(b / "manifest-sha256.txt"), "manifest-sha256.txt"),
    "original gone": (lambda b: original(b).unlink(), "data/originals/0002-L-0145.pdf"),
    "pdf gone": (lambda b: (b / "data/bundle.pdf").unlink(), "data/bundle.pdf"),
    "manifest.json gone": (lambda b: (b / "data/manifest.json").unlink(), "data/manifest.json"),
    "tag manifest gone": (lambda b: (b / "tagmanifest-sha256.txt").unlink(), "tagmanifest-sha256.txt"),
    "bagit.txt gone": (lambda b: (b / "bagit.txt").unlink(), "bagit.txt"),
    "data gone": (lambda b: shutil.rmtree(b / "data"), "data/bundle.pdf"),
    "file added": (lambda b: (b / "data/originals/0009-x.pdf").write_text("x"), "data/originals/0009-x.pdf"),
    "file added on top": (lambda b: (b / "note.txt").write_text("x"), "note.txt"),
    "file renamed": (lambda b: original(b).rename(original(b).with_name("x.pdf")), "data/originals/x.pdf"),
    "pdf cut off": (lambda b: (b / "data/bundle.pdf").write_bytes(b"%PDF-1.7"), "data/bundle.pdf"),
    "path outside": (
        lambda b: (b / "manifest-sha256.txt").open("a").write("0" * 64 + "  data/../../x\n"),
        "manifest-sha256.txt, line 13",
    ),
}


@pytest.mark.parametrize("harm", PLAIN)
def test_plain_tampering_is_noticed(bundle: Path, harm: str) -> None:
    act, where = PLAIN[harm]
    act(bundle)
    report = check(bundle)
    assert not report.ok
    assert where in {fault.where for fault in report.faults}


def test_a_link_in_place_of_a_file_is_noticed(bundle: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.pdf"
    original(bundle).rename(outside)
    original(bundle).symlink_to(outside)
    assert [f.what for f in check(bundle).faults if "link" in f.what]


def in_pdf(change: Callable[[Pdf], Any]) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        with pikepdf.open(bundle / "data/bundle.pdf", allow_overwriting_input=True) as file:
            change(file)
            file.save(bundle / "data/bundle.pdf")

    return act


def in_json(change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        path = bundle / "data/manifest.json"
        value = json.loads(path.read_text(encoding="utf-8"))
        change(value)
        path.write_text(json.dumps(value), encoding="utf-8")

    return act


def in_text(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        path = bundle / name
        path.write_bytes(change(path.read_bytes().decode()).encode())

    return act


def swap_pages(file: Pdf) -> None:
    page = file.pages[5]
    del file.pages[5]
    file.pages.insert(6, page)


def print_other_number(file: Pdf) -> None:
    stamp = file.pages[6].Contents[-1]
    stamp.write(stamp.read_bytes().replace(b"(Page 7)", b"(Page 8)"))


def hide_number(file: Pdf) -> None:
    file.pages[6].contents_add(b"q 1 g 0 0 5000 5000 re f Q")


def move_number_away(file: Pdf) -> None:
    stamp = file.pages[8].Contents[-1]
    stamp.write(b"q 1 0 0 1 9000 0 cm " + stamp.read_bytes() + b" Q")


def retarget(page: int, link: int) -> Callable[[Pdf], None]:
    def act(file: Pdf) -> None:
        file.pages[page].Annots[link].Dest[0] = file.pages[7].obj

    return act


def lead_outside(file: Pdf) -> None:
    note = file.pages[1].Annots[0]
    del note["/Dest"]
    note.A = Dictionary(S=Name.URI, URI="http://example.com")


def retitle(file: Pdf) -> None:
    with file.open_outline() as outline:
        outline.root[1].title = "Index – page 3"


def drop_bookmark(file: Pdf) -> None:
    with file.open_outline() as outline:
        del outline.root[3].children[0]


def relabel(file: Pdf) -> None:
    file.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(S=Name.r)]))


def script(file: Pdf) -> None:
    file.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def swap_originals(bundle: Path) -> None:
    first, second = original(bundle), next((bundle / "data/originals").glob("0003*"))
    a, b = first.read_bytes(), second.read_bytes()
    first.write_bytes(b)
    second.write_bytes(a)


CAREFUL: dict[str, tuple[Callable[[Path], Any], str]] = {
    "pages in another order": (in_pdf(swap_pages), "data/bundle.pdf, page 6"),
    "another number printed": (in_pdf(print_other_number), "data/bundle.pdf, page 7"),
    "number painted over": (in_pdf(hide_number), "data/bundle.pdf, page 7"),
    "number out of sight": (in_pdf(move_number_away), "data/bundle.pdf, page 9"),
    "last page dropped": (in_pdf(lambda f: f.pages.__delitem__(-1)), "data/bundle.pdf"),
    "page added": (in_pdf(lambda f: f.add_blank_page()), "data/bundle.pdf"),
    "index row leads elsewhere": (in_pdf(retarget(1, 0)), "data/bundle.pdf, page 2"),
    "index number leads elsewhere": (in_pdf(retarget(1, 1)), "data/bundle.pdf, page 2"),
    "chronology leads elsewhere": (in_pdf(retarget(2, 0)), "data/bundle.pdf, page 3"),
    "link leads outside": (in_pdf(lead_outside), "data/bundle.pdf, page 2"),
    "links gone": (in_pdf(lambda f: f.pages[1].obj.__delitem__("/Annots")), "data/bundle.pdf, index"),
    "bookmark with a wrong number": (in_pdf(retitle), "data/bundle.pdf, bookmark 2"),
    "bookmark gone": (in_pdf(drop_bookmark), "data/bundle.pdf, bookmarks"),
    "page labels": (in_pdf(relabel), "data/bundle.pdf, page 1"),
    "script": (in_pdf(script), "data/bundle.pdf"),
    "originals swapped": (swap_originals, "data/originals/0002-L-0145.pdf"),
    "original added": (
        lambda b: (b / "data/originals/0009-x.pdf").write_text("x"),
        "data/originals/0009-x.pdf",
    ),
    "audit cut": (
        in_text("data/audit.jsonl", lambda t: t.splitlines(keepends=True)[0]),
        "data/audit.jsonl",
    ),
    "audit goes on after its end": (
        in_text("data/manifest.json", lambda t: t.replace('"head": null', '"head": {"seq": 8, "hash": ""}')),
        "data/audit.jsonl",
    ),
    "audit emptied": (in_text("data/audit.jsonl", lambda _: ""), "data/audit.jsonl"),
    "audit cut in a line": (in_text("data/audit.jsonl", lambda t: t[:-9]), "data/audit.jsonl, line 2"),
    "audit entry changed": (
        in_text("data/audit.jsonl", lambda t: t.replace("anna", "otto", 1)),
        "data/audit.jsonl, line 1",
    ),
    "audit out of order": (
        in_text("data/audit.jsonl", lambda t: "".join(reversed(t.splitlines(keepends=True)))),
        "data/audit.jsonl",
    ),
    "audit entries that do not follow": (
        in_text("data/audit.jsonl", lambda t: audit_line(8, "0" * 64) + "\n" + t.splitlines()[1] + "\n"),
        "data/audit.jsonl, entry 9",
    ),
    "index.csv changed": (
        in_text("data/index.csv", lambda t: t.replace("data/originals/0002", "data/originals/0003")),
        "data/index.csv, tab 2",
    ),
    "chronology.csv cites another page": (
        in_text("data/chronology.csv", lambda t: t.rstrip() + "; 4\r\n"),
        "data/bundle.pdf, chronology",
    ),
    "document left out of the manifest": (
        in_json(lambda m: m["documents"].pop()),
        "data/originals/0006-locked.pdf",
    ),
    "page map changed": (
        in_json(lambda m: m["documents"][1].update(page_map=[1, 2])),
        "data/manifest.json, tab 2",
    ),
    "tab page changed": (
        in_json(lambda m: m["documents"][1]["pages"].update(tab=5)),
        "data/manifest.json, tab 2",
    ),
    "manifest.json of another kind": (
        in_text("data/manifest.json", lambda _: '{"bundle": {}, "documents": 3}'),
        "data/manifest.json",
    ),
}


@pytest.mark.parametrize("harm", CAREFUL)
def test_tampering_with_all_hashes_made_right_is_noticed(bundle: Path, harm: str) -> None:
    act, where = CAREFUL[harm]
    act(bundle)
    reseal(bundle)
    report = check(bundle)
    assert where in {fault.where for fault in report.faults}
    assert not any("SHA-256 is not the one in the manifest" in fault.what for fault in report.faults)


def test_faults_come_as_pairs_and_once(bundle: Path) -> None:
    flip(original(bundle))
    faults = check(bundle).faults
    assert len(set(faults)) == len(faults)
    assert all(where and what for where, what in faults)


@pytest.mark.parametrize(
    "kind", ["nothing", "empty folder", "text file", "cut zip", "zip of two", "zip slip", "bomb"]
)
def test_what_is_no_bundle_is_named(sound: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing.zip"
    if kind == "empty folder":
        path.mkdir()
    elif kind == "text file":
        path.write_text("hello")
    elif kind == "cut zip":
        path.write_bytes(sound.with_name("bundle.zip").read_bytes()[:-4000])
    elif kind != "nothing":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            names = {"zip of two": ["a/x", "b/x"], "zip slip": ["../x"], "bomb": ["a/bomb"]}[kind]
            for name in names:
                archive.writestr(name, b"\0" * (200_000_000 if kind == "bomb" else 1))
    report = check(path)
    assert not report.ok
    assert not (tmp_path.parent / "x").exists()


def test_tampered_zip_is_noticed(bundle: Path, tmp_path: Path) -> None:
    flip(original(bundle))
    packed = shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path, "bundle")
    assert "data/originals/0002-L-0145.pdf" in {fault.where for fault in check(Path(packed)).faults}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_damage_raises_and_none_goes_unnoticed(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    bundle = Path(shutil.copytree(sound, tmp_path_factory.mktemp("harmed") / "bundle"))
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    piece = data.draw(st.binary(max_size=40))
    after = (
        before[:at] + piece if data.draw(st.booleans()) else before[:at] + piece + before[at + len(piece) :]
    )
    path.write_bytes(after)
    assert check(bundle).ok == (after == before)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_damage_raises_behind_right_hashes(
    sound: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    bundle = Path(shutil.copytree(sound, tmp_path_factory.mktemp("harmed") / "bundle"))
    path = bundle / data.draw(st.sampled_from(["data/bundle.pdf", "data/index.csv", "data/audit.jsonl"]))
    before = path.read_bytes()
    at = data.draw(st.integers(0, len(before) - 1))
    path.write_bytes(before[:at] + data.draw(st.binary(min_size=1, max_size=400)) + before[at:])
    reseal(bundle)
    assert not any("cannot be checked: Recursion" in what for _, what in check(bundle).faults)
