"""Bundles by profile: what each prints and lists, volumes, what changed since; and that every harm is told."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pikepdf
import pypdfium2
import pytest
from docx import Document

from pipeline.bundle import BundleReport, Case, ExhibitLink, build, check
from pipeline.bundle.case import Withheld
from tests.pipeline.bundle_cases import case_of, exhibit, pdf, small_case
from tests.pipeline.test_bundle_check import reseal

PROFILES = ("uk", "hk", "cn", "us")


def with_profile(case: Case, name: str, **more: Any) -> Case:
    return dataclasses.replace(case, profile=name, prefix="HCL" if name == "us" else "", **more)


def later(case: Case, built: BundleReport, folder: Path) -> Case:
    """The case a week on: a letter more, the programme withdrawn, the mail under another title."""
    late = pdf(folder / "late.pdf", ["a late letter", "its second page"])
    kept = [e for e in case.exhibits if e.name != "programme.pdf"]
    kept = [dataclasses.replace(e, title="Notice of delay") if e.id == "mail" else e for e in kept]
    new = exhibit(late, "application/pdf", id="late", title="Late letter", date=datetime.date(2023, 3, 15))
    made = case.made_at + datetime.timedelta(days=7)
    return dataclasses.replace(case, exhibits=(*kept, new), before=built.numbering, made_at=made)


class Bundles:
    """The bundles of this module's tests, each built once."""

    def __init__(self, root: Path) -> None:
        (root / "originals").mkdir()
        self.root, self.case = root, small_case(root / "originals")
        self._built: dict[str, tuple[Case, BundleReport]] = {}

    def first(self, name: str, **more: Any) -> BundleReport:
        return self._build(f"{name}-{sorted(more)}", lambda: with_profile(self.case, name, **more))[1]

    def second(self, name: str) -> BundleReport:
        first = self.first(name)
        case = with_profile(self.case, name)
        return self._build(f"{name}-again", lambda: later(case, first, self.root / "originals"))[1]

    def _build(self, key: str, case: Callable[[], Case]) -> tuple[Case, BundleReport]:
        if key not in self._built:
            found = case()
            self._built[key] = found, build(found, self.root / key)
        return self._built[key]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Bundles:
    return Bundles(tmp_path_factory.mktemp("bundles"))


def manifest(bundle: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((bundle / "data/manifest.json").read_text(encoding="utf-8"))
    return value


def numbers(bundle: Path) -> dict[str, list[str]]:
    return {document["id"]: document["numbers"] for document in manifest(bundle)["documents"]}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def page_text(path: Path, page: int) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[page - 1].get_textpage().get_text_range())
    finally:
        document.close()


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_is_a_valid_bag_without_a_fault(bundles: Bundles, name: str, again: bool) -> None:
    built = bundles.second(name) if again else bundles.first(name)
    assert check(built.path).faults == ()
    assert bagit.Bag(str(built.path)).validate()
    if shutil.which("qpdf"):
        command = ["qpdf", "--check", built.path / "data/bundle.pdf"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "front", "first", "corner"),
    [
        ("uk", ["1", "2", "3"], "4", ("right", "bottom")),
        ("hk", ["i", "ii", "iii"], "1", ("right", "top")),
        ("cn", ["i", "ii", "iii"], "1", ("centre", "bottom")),
        ("us", ["i", "ii", "iii"], "HCL-000000001", ("right", "bottom")),
    ],
)
def test_numbers_and_where_they_stand(
    bundles: Bundles, name: str, front: list[str], first: str, corner: tuple[str, str]
) -> None:
    path = bundles.first(name).path / "data/bundle.pdf"
    document = pypdfium2.PdfDocument(path)
    try:
        assert [document.get_page_label(at) for at in range(4)] == [*front, first]
        page = document[3]
        text = page.get_textpage()
        found = text.search(first)
        boxes = []
        while (hit := found.get_next()) is not None:
            boxes.append(text.get_charbox(hit[0]))
        wide, high = page.get_size()
        sides = {"right": lambda x: x > wide * 0.7, "centre": lambda x: wide * 0.4 < x < wide * 0.6}
        edges = {"top": lambda y: y > high * 0.92, "bottom": lambda y: y < high * 0.08}
        assert any(sides[corner[0]](box[0]) and edges[corner[1]](box[1]) for box in boxes)
    finally:
        document.close()


def test_bates_numbers_run_over_every_page_of_every_document(bundles: Bundles) -> None:
    found = [label for labels in numbers(bundles.first("us").path).values() for label in labels]
    assert found == [f"HCL-{n:09}" for n in range(1, len(found) + 1)]
    locked = manifest(bundles.first("us").path)["documents"][-1]
    assert locked["pages"]["first"] is None
    assert len(locked["numbers"]) == 1


@pytest.mark.parametrize("name", PROFILES)
def test_a_second_bundle_keeps_numbers_and_tells_what_changed(bundles: Bundles, name: str) -> None:
    before, after = numbers(bundles.first(name).path), numbers(bundles.second(name).path)
    told = manifest(bundles.second(name).path)
    gone = before.keys() - after.keys()
    assert {key: after[key] for key in before.keys() - gone} == {
        key: before[key] for key in before.keys() - gone
    }
    assert not set(after["late"]) & {label for labels in before.values() for label in labels}
    changed = {(change["change"], change["document"]) for change in told["since"]["changes"]}
    assert changed == {("added", "late"), ("changed", "mail"), ("withdrawn", None)}
    (gap,) = told["withdrawn"]
    (programme,) = gone
    assert gap["numbers"] == {"first": before[programme][0], "last": before[programme][-1]}
    sheet = page_text(bundles.second(name).path / "data/bundle.pdf", told["bundle"]["front"]["changes"][0])
    assert "Notice of delay" in sheet
    assert "programme" not in sheet


def test_late_documents_in_their_place_or_at_the_end(bundles: Bundles) -> None:
    assert numbers(bundles.second("hk").path)["late"] == ["9-1", "9-2", "9-3"]
    for name in ("uk", "cn", "us"):
        assert list(numbers(bundles.second(name).path))[-1] == "late"


def test_a_withdrawn_document_leaves_no_trace_but_its_numbers(bundles: Bundles) -> None:
    for name in PROFILES:
        path = bundles.second(name).path
        for part in path.rglob("*"):
            if part.suffix in {".csv", ".json", ".dat", ".opt"}:
                assert "programme" not in part.read_text(encoding="utf-8-sig"), part
        kept = [row for row in rows(path / "data/index.csv") if not row["id"]]
        assert len(kept) == 1


def test_a_sheet_that_would_outgrow_its_page_is_brief_and_keeps_it(tmp_path: Path) -> None:
    letter = pdf(tmp_path / "letter.pdf", ["text"])
    short = exhibit(letter, "application/pdf", id="a", date=datetime.date(2023, 1, 1))
    other = exhibit(pdf(tmp_path / "other.pdf", ["other"]), "application/pdf", id="b")
    first = build(case_of(short, other), tmp_path / "one")
    long = dataclasses.replace(short, custody=tuple(f"touched {n}" for n in range(90)))
    second = build(case_of(long, other, before=first.numbering), tmp_path / "two")
    assert numbers(second.path) == numbers(first.path)
    assert check(second.path).faults == ()
    assert manifest(second.path)["since"]["changes"] == []
    assert len(manifest(second.path)["documents"][0]["custody"]) == 90


@pytest.mark.parametrize(
    ("order", "groups"),
    [
        ("time", [""] * 6),
        ("element", ["CLM-001/E1  Access refused", *["CLM-001/E2  停工"] * 2, *["No event"] * 3]),
        ("kind", ["Correspondence", "Photo", *["Other"] * 4]),
    ],
)
def test_orders_and_their_headings(bundles: Bundles, order: str, groups: list[str]) -> None:
    built = build(with_profile(bundles.case, "hk", order=order), bundles.root / f"order-{order}")
    assert [document["group"] for document in manifest(built.path)["documents"]] == groups
    assert check(built.path).faults == ()
    text = "".join(page_text(built.path / "data/bundle.pdf", 2).split())
    assert all("".join(group.split()) in text for group in groups)


def test_the_chinese_list_tells_source_purpose_and_form(bundles: Bundles) -> None:
    case = with_profile(bundles.case, "cn", order="element")
    sent = [
        dataclasses.replace(e, sender="北港管理局", form="electronic") if e.id == "mail" else e
        for e in case.exhibits
    ]
    against = ExhibitLink("CLM-001/E1", 1, 0.9, "confirmed", "contradicts")
    sent = [dataclasses.replace(e, links=(*e.links, against)) if e.id == "mail" else e for e in sent]
    built = build(dataclasses.replace(case, exhibits=tuple(sent)), bundles.root / "list")
    word = Document(str(built.path / "data/evidence-list.docx"))
    heads = [cell.text for cell in word.tables[0].rows[0].cells]
    assert heads == ["序号", "证据名称", "页码", "来源", "证明目的", "原件/复印件"]
    (mail,) = [[c.text for c in row.cells] for row in word.tables[0].rows if "关于B区" in row.cells[1].text]
    assert mail[3] == "北港管理局"
    assert mail[4].splitlines() == [
        "反驳Access refused（2023年3月14日至2023年4月30日）",
        "证明停工（2023年3月20日）",
    ]
    assert mail[5] == "电子数据"
    lines = "\n".join(paragraph.text for paragraph in word.paragraphs)
    for wanted in ("提交人（签名或盖章）", "提交日期", "共6份", "Harbour Civil Ltd", "1份未列入"):
        assert wanted in lines
    index = page_text(built.path / "data/bundle.pdf", 2)
    assert "证据目录" in index
    assert check(built.path).faults == ()


def test_volumes_are_cut_between_documents_and_link_to_each_other(bundles: Bundles) -> None:
    built = bundles.first("uk", max_pages=8)
    book = manifest(built.path)["bundle"]
    assert built.volumes == len(book["volumes"]) == 4
    assert [v["last"] - v["first"] + 1 for v in book["volumes"]] == [3, 6, 7, 5]
    assert check(built.path).faults == ()
    assert numbers(built.path) == numbers(bundles.first("uk").path)
    with pikepdf.open(built.path / book["volumes"][0]["file"]) as pdf:
        leads = [(str(n.A.F), int(n.A.D[0])) for n in pdf.pages[1].Annots if "/A" in n]
    assert leads[0] == ("bundle-2.pdf", 0)
    starts = {d["pages"]["tab"] for d in manifest(built.path)["documents"]}
    assert {v["first"] for v in book["volumes"][1:]} <= starts
    document = pypdfium2.PdfDocument(built.path / "data/bundle-2.pdf")
    assert document.get_page_label(0) == str(book["volumes"][1]["first"])
    document.close()


def test_volumes_by_size_keep_to_it_or_say_which_does_not(tmp_path: Path) -> None:
    noise = [exhibit(_noise(tmp_path / f"{n}.png", n), "image/png", id=f"p{n}") for n in range(6)]
    whole = build(case_of(*noise), tmp_path / "whole")
    size = (whole.path / "data/bundle.pdf").stat().st_size
    built = build(case_of(*noise, max_bytes=size // 2), tmp_path / "cut")
    assert built.volumes > 1
    assert all(path.stat().st_size <= size // 2 for path in (built.path / "data").glob("bundle-*.pdf"))
    assert check(built.path).faults == ()
    assert built.notes == ()
    tiny = build(case_of(*noise, max_bytes=1000), tmp_path / "tiny")
    assert sum("larger than asked for" in note for note in tiny.notes) == tiny.volumes


def _noise(path: Path, seed: int) -> Path:
    import numpy as np
    from PIL import Image

    pixels = np.random.default_rng(seed).integers(0, 255, (120, 120, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_load_files_and_texts(bundles: Bundles) -> None:
    data = bundles.first("us").path / "data"
    raw = (data / "production.dat").read_bytes()
    assert raw.startswith("\ufeffþBEGBATESþ\x14þENDBATESþ".encode())
    mail = next(line for line in raw.decode("utf-8-sig").splitlines() if "mail.eml" in line)
    assert "þHCL-000000009þ\x14þHCL-000000009þ\x14þHCL-000000009þ\x14þHCL-000000012þ" in mail
    assert "王伟" in (data / "text/HCL-000000009.txt").read_text(encoding="utf-8-sig")
    lines = (data / "production.opt").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == [
        "HCL-000000001,VOL001,images\\HCL-000000001.pdf,Y,,,5",
        "HCL-000000002,VOL001,images\\HCL-000000002.pdf,,,,",
    ]


def test_a_privilege_log_tells_nothing_of_contents(tmp_path: Path) -> None:
    one = exhibit(pdf(tmp_path / "a.pdf", ["text"]), "application/pdf")
    held = Withheld(
        datetime.date(2023, 3, 1), "Counsel LLP", ("Harbour", "北港"), "correspondence", "privileged"
    )
    case = case_of(one, profile="us", prefix="A", withheld=1, withheld_log=(held,))
    built = build(case, tmp_path / "out")
    (row,) = rows(built.path / "data/privilege-log.csv")
    assert row == {
        "number": "1",
        "date": "2023-03-01",
        "author": "Counsel LLP",
        "recipients": "Harbour; 北港",
        "kind": "correspondence",
        "ground": "privileged",
    }
    assert check(built.path).faults == ()


SCRIPT = """
import sys, dataclasses, hashlib
from pathlib import Path
from pipeline.bundle import build
from tests.pipeline.test_bundle_profiles import later, with_profile
from tests.pipeline.bundle_cases import small_case
root, kept = Path(sys.argv[1]), Path(sys.argv[2])
(root / "o").mkdir(parents=True)
case = small_case(root / "o")
same = [(e, hashlib.sha256((kept / e.name).read_bytes()).hexdigest()) for e in case.exhibits]
same = [
    dataclasses.replace(e, id=e.id if e.parent or e.children else e.name, sha256=digest, original=kept / e.name)
    for e, digest in same
]
case = dataclasses.replace(case, exhibits=tuple(same))
for name in ("cn", "us"):
    first = build(with_profile(case, name, order="element"), root / name, zip=True)
    again = later(with_profile(case, name, order="element", max_pages=6), first, root / "o")
    build(again, root / f"{name}-again", zip=True)
"""


def test_the_same_input_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    (kept := tmp_path / "kept").mkdir()
    small_case(kept)
    made = []
    for zone, seed in (("UTC", "1"), ("Asia/Shanghai", "77")):
        root = tmp_path / seed
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())}
        subprocess.run([sys.executable, "-c", SCRIPT, root, kept], env=environment, check=True)
        made.append({path.name: path.read_bytes() for path in root.glob("*.zip")})
    assert made[0].keys() == {"cn.zip", "cn-again.zip", "us.zip", "us-again.zip"}
    assert made[0] == made[1]


def in_json(change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        path = bundle / "data/manifest.json"
        value = json.loads(path.read_text(encoding="utf-8"))
        change(value)
        path.write_text(json.dumps(value), encoding="utf-8")

    return act


def in_bytes(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        path = bundle / name
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, 1))

    return act


def in_pdf(name: str, change: Callable[[pikepdf.Pdf], Any]) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        with pikepdf.open(bundle / "data" / name, allow_overwriting_input=True) as file:
            change(file)
            file.save(bundle / "data" / name)

    return act


def in_list(change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def act(bundle: Path) -> None:
        path = bundle / "data/evidence-list.docx"
        word = Document(str(path))
        change(word)
        word.save(str(path))

    return act


def swap_images(bundle: Path) -> None:
    one, other = (bundle / f"data/images/HCL-{n:09}.pdf" for n in (1, 2))
    a, b = one.read_bytes(), other.read_bytes()
    one.write_bytes(b)
    other.write_bytes(a)


def drop_row(word: Any) -> None:
    word.tables[0]._tbl.remove(word.tables[0].rows[2]._tr)


def swap_stamps(file: pikepdf.Pdf) -> None:
    file.pages[4].Contents[-1].write(file.pages[5].Contents[-1].read_bytes())


def other_file(file: pikepdf.Pdf) -> None:
    note = next(n for n in file.pages[1].Annots if "/A" in n)
    note.A.F = "elsewhere.pdf"


def other_page(file: pikepdf.Pdf) -> None:
    note = [n for n in file.pages[1].Annots if "/A" in n][1]
    note.A.D[0] = 1


def launch(file: pikepdf.Pdf) -> None:
    note = next(n for n in file.pages[1].Annots if "/A" in n)
    note.A.S = pikepdf.Name.Launch


def other_labels(file: pikepdf.Pdf) -> None:
    file.Root.PageLabels.Nums[-1].St = 5


def rename(document: int, numbers: list[str]) -> Callable[[Any], None]:
    return lambda told: told["documents"][document].update(numbers=numbers)


HARMS: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "hk: another number stamped": ("hk again", in_pdf("bundle.pdf", swap_stamps), "data/bundle.pdf, page 5"),
    "hk: other page labels": ("hk again", in_pdf("bundle.pdf", other_labels), "data/bundle.pdf, page"),
    "hk: numbers changed": ("hk again", in_json(rename(0, ["7"] * 9)), "data/manifest.json"),
    "hk: numbers kept free reused": (
        "hk again",
        in_json(lambda m: m["withdrawn"][0]["numbers"].update(first="9-1")),
        "data/manifest.json",
    ),
    "hk: a change left out": (
        "hk again",
        in_json(lambda m: m["since"]["changes"].pop()),
        "data/bundle.pdf, changes",
    ),
    "hk: a change of another tab": (
        "hk again",
        in_json(lambda m: m["since"]["changes"][0].update(tab=4)),
        "data/manifest.json, change of tab 4",
    ),
    "hk: all changes left out": (
        "hk again",
        in_json(lambda m: m["since"].update(changes=[])),
        "data/manifest.json",
    ),
    "hk: a withdrawn tab left out": ("hk again", in_json(lambda m: m["withdrawn"].clear()), "data/index.csv"),
    "cn: a row of the list dropped": ("cn", in_list(drop_row), "data/evidence-list.docx"),
    "cn: other pages in the list": (
        "cn",
        in_list(lambda w: w.tables[0].rows[1].cells[2].paragraphs[0].runs[0].clear().add_text("9–12")),
        "data/evidence-list.docx",
    ),
    "cn: no list": ("cn", lambda b: (b / "data/evidence-list.docx").unlink(), "data/evidence-list.docx"),
    "us: another number in the DAT": (
        "us",
        in_bytes("data/production.dat", b"HCL-000000006", b"HCL-000000007"),
        "data/production.dat, record 2",
    ),
    "us: another hash in the DAT": (
        "us",
        lambda b: in_bytes("data/production.dat", manifest(b)["documents"][0]["sha256"].encode(), b"0" * 64)(
            b
        ),
        "data/production.dat, record 1",
    ),
    "us: a page left out of the OPT": (
        "us",
        in_bytes("data/production.opt", b"HCL-000000002,VOL001,images\\HCL-000000002.pdf,,,,\r\n", b""),
        "data/production.opt",
    ),
    "us: images swapped": ("us", swap_images, "data/images/HCL-000000001.pdf"),
    "us: an image gone": (
        "us",
        lambda b: (b / "data/images/HCL-000000003.pdf").unlink(),
        "data/images/HCL-000000003.pdf",
    ),
    "us: a text gone": (
        "us",
        lambda b: (b / "data/text/HCL-000000009.txt").unlink(),
        "data/text/HCL-000000009.txt",
    ),
    "us: a text added": ("us", lambda b: (b / "data/text/x.txt").write_text("x"), "data/text/x.txt"),
    "us: no DAT": ("us", lambda b: (b / "data/production.dat").unlink(), "data/production.dat"),
    "volumes: link to another file": (
        "volumes",
        in_pdf("bundle-1.pdf", other_file),
        "data/bundle-1.pdf, page 2",
    ),
    "volumes: link to another page": (
        "volumes",
        in_pdf("bundle-1.pdf", other_page),
        "data/bundle-1.pdf, page 2",
    ),
    "volumes: link that starts a program": (
        "volumes",
        in_pdf("bundle-1.pdf", launch),
        "data/bundle-1.pdf, page 2",
    ),
    "volumes: one gone": ("volumes", lambda b: (b / "data/bundle-3.pdf").unlink(), "data/bundle-3.pdf"),
    "volumes: bookmarks gone": (
        "volumes",
        in_pdf("bundle-2.pdf", lambda f: f.Root.__delitem__("/Outlines")),
        "data/bundle-1.pdf, bookmarks",
    ),
    "volumes: begins elsewhere": (
        "volumes",
        in_json(lambda m: m["bundle"]["volumes"][1].update(first=5)),
        "data/manifest.json",
    ),
}


@pytest.mark.parametrize("harm", HARMS)
def test_every_harm_behind_right_hashes_is_told(bundles: Bundles, tmp_path: Path, harm: str) -> None:
    which, act, where = HARMS[harm]
    name, _, again = which.partition(" ")
    if which == "volumes":
        sound = bundles.first("uk", max_pages=8)
    else:
        sound = bundles.second(name) if again else bundles.first(name)
    bundle = Path(shutil.copytree(sound.path, tmp_path / "bundle"))
    act(bundle)
    reseal(bundle)
    faults = check(bundle).faults
    assert any(
        re.match(re.escape(where) + r"(?![-\w.])|" + re.escape(where) + r" \d", fault.where)
        for fault in faults
    ), faults
    assert not any("SHA-256 is not the one in the manifest" in fault.what for fault in faults)
