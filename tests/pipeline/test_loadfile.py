"""Load files: ours read back equal, foreign ones understood, broken and hostile ones named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from extractors.errors import Corrupt, Unsupported
from pipeline.bundle import build
from pipeline.bundle.loadfiles import _joined
from pipeline.loadfile.dat import read_dat
from pipeline.loadfile.errors import LoadFileUnreadable
from pipeline.loadfile.images import one_file
from pipeline.loadfile.load import load
from pipeline.loadfile.numbers import numbers, span, spanned
from pipeline.loadfile.opt import by_document, read_opt
from pipeline.loadfile.production import parents, produced
from pipeline.matter import Matter
from pipeline.records import arrivals, documents
from tests.conftest import say
from tests.pipeline.bundle_cases import case_of, exhibit, pdf, text_document

T, Q = "\x14", "þ"


def dat(*rows: tuple[str, ...], part: str = T, quote: str = Q) -> str:
    return "".join(part.join(f"{quote}{v}{quote}" for v in row) + "\r\n" for row in rows)


HEAD, ROW = ("Bates Beg", "Bates End", "Custodian"), ("A-1", "A-3", "Müller; 王")


@pytest.mark.parametrize(
    "data",
    [
        dat(HEAD, ROW).encode("utf-8-sig"),
        dat(HEAD, ROW).encode(),
        dat(HEAD, ROW).encode("utf-16"),
        dat(HEAD, ("A-1", "A-3", "Müller; Wang")).encode("cp1252"),
        dat(HEAD, ROW, part="¶").encode(),
        dat(HEAD, ROW, part=",", quote='"').encode(),
        dat(HEAD, ROW, part="\t", quote="").encode(),
        dat(HEAD, ROW, part="|", quote="").encode(),
        dat(HEAD, ROW, part="|", quote="^").encode(),
        dat(HEAD, ROW).replace("\r\n", "\n").encode(),
        dat(HEAD, ROW).rstrip().encode(),
        dat(("BEGDOC", "END_DOC#"[:-1], "Custodian"), ROW).encode(),
        dat(("Control Number", "End Bates", "Custodian"), ROW).encode(),
        (dat(HEAD, ROW) + "\r\n\r\n").encode(),
    ],
)
def test_dialects(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(data)
    (row,) = read_dat(path)
    assert (row.known["begin"], row.known["end"]) == ("A-1", "A-3")
    assert row.fields["Custodian"].startswith("Müller; ")


def test_lines_and_quotes_within_values(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    path.write_text(dat(HEAD, ("A-1", "A-1", "one®two\nthree þthornþ end")), encoding="utf-8")
    (row,) = read_dat(path)
    assert row.fields["Custodian"] == "one\ntwo\nthree þthornþ end"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        dat(("Custodian", "Subject"), ("a", "b")).encode(),
        dat(HEAD, ("A-1", "A-3")).encode(),
        dat(HEAD, (*ROW, "more")).encode(),
        dat(HEAD).encode() + "þa\r\n".encode() * 20_000,
        dat(HEAD).encode() + b"\xc3\xbeA-1\xc3\xbe\x14\xc3\xbecut o",
    ],
)
def test_what_is_no_load_file_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(data)
    with pytest.raises(LoadFileUnreadable):
        read_dat(path)
    with pytest.raises(LoadFileUnreadable):
        read_dat(tmp_path / "none.dat")


VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("dat") / "x.dat"
    lines = [("BEGBATES", "ONE", "TWO"), *((f"A{at}", *row) for at, row in enumerate(rows))]
    path.write_bytes("".join(f"{_joined(line)}\r\n" for line in lines).encode("utf-8-sig"))
    plain = [tuple(" ".join(v.replace("®", "(R)").split()) for v in row) for row in rows]
    assert [(row.fields["ONE"], row.fields["TWO"]) for row in read_dat(path)] == plain


@pytest.mark.parametrize(
    ("begin", "end", "all_of_them"),
    [
        ("A-009", "A-011", ["A-009", "A-010", "A-011"]),
        ("A1", "A1", ["A1"]),
        ("A1", "B2", ["A1", "B2"]),
        ("A9", "A1", ["A9", "A1"]),
        ("A1", "A99999999999", ["A1", "A99999999999"]),
        ("none", "none", ["none"]),
        ("2023.0001.05", "2023.0001.06", ["2023.0001.05", "2023.0001.06"]),
    ],
)
def test_numbers(begin: str, end: str, all_of_them: list[str]) -> None:
    assert list(numbers(begin, end)) == all_of_them
    assert list(spanned(span(begin, end))) == all_of_them


def test_images_of_each_document(tmp_path: Path) -> None:
    path = tmp_path / "x.opt"
    path.write_text('A1,V,.\\i\\1.tif,Y,,,2\nA2,V,".\\i\\2,2.tif",,,,\n\nA3,V,.\\i\\3.tif,y,,,1\n')
    found = by_document(read_opt(path))
    assert {key: [image.path for image in images] for key, images in found.items()} == {
        "A1": [".\\i\\1.tif", ".\\i\\2,2.tif"],
        "A3": [".\\i\\3.tif"],
    }
    path.write_text("A1,V\n")
    with pytest.raises(LoadFileUnreadable, match="line 1"):
        read_opt(path)


FIELDS = (
    "BegDoc",
    "EndDoc",
    "BegAttach",
    "EndAttach",
    "NativePath",
    "TextPath",
    "FileName",
    "Subject",
    "SHA256",
)


def test_a_folder_that_happens_to_be_called_data_opens_nothing_around_it(tmp_path: Path) -> None:
    (folder := tmp_path / "data").mkdir()
    (tmp_path / "secret.txt").write_text("not part of the production")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/x.txt").write_text("nor this")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    rows = [
        ("A1", "secret.txt"),
        ("A2", r"elsewhere\x.txt"),
        ("A3", r"link\x.txt"),
        ("A4", str(tmp_path / "secret.txt")),
    ]
    (folder / "x.dat").write_text(dat(("BegBates", "NativeLink"), *rows), encoding="utf-8")
    assert [found.native for found in produced(folder / "x.dat")] == [None] * 4


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A production of another system: DAT in a folder of its own, natives, pictures of pages, paths of its own kind."""
    root = tmp_path / "Prod 1" / "VOL001"
    for folder in ("DATA", "NATIVES", "IMAGES", "TEXT"):
        (root / folder).mkdir(parents=True)
    mail = "From: a@b.example\nTo: c@d.example\nSubject: Access\n\nAccess to Area B was refused on 14 March 2023.\n"
    (root / "NATIVES/X0001.eml").write_text(mail)
    for number in (2, 3):
        Picture.new("1", (60, 80), number % 2).save(root / f"IMAGES/X000{number}.tif", dpi=(200, 200))
    (root / "TEXT/X0004.txt").write_text("Site diary of 14 March 2023: no access.")
    (tmp_path / "secret.txt").write_text("not part of the production")
    rows = [
        (
            "X0001",
            "X0001",
            "X0001",
            "X0003",
            r"D:\Export\VOL001\NATIVES\x0001.EML",
            "",
            "Access.eml",
            "Access",
            "0" * 64,
        ),
        ("X0002", "X0003", "X0001", "X0003", "", "", "plan.tif", "", ""),
        ("X0004", "X0004", "", "", "", r".\TEXT\X0004.txt", "", "Diary", ""),
        ("X0005", "X0005", "", "", r"..\..\..\secret.txt", "", "", "", ""),
    ]
    (root / "DATA/load.dat").write_bytes(dat(FIELDS, *rows).encode("utf-16"))
    lines = [
        "X0002,VOL001,\\\\server\\share\\VOL001\\IMAGES\\X0002.tif,Y,,,2",
        "X0003,VOL001,IMAGES\\X0003.tif,,,,",
    ]
    (root / "DATA/load.opt").write_text("\r\n".join(lines))
    return root / "DATA/load.dat"


def test_files_of_a_foreign_production_are_found_and_none_outside_it(foreign: Path) -> None:
    mail, plan, diary, outside = produced(foreign)
    assert mail.native is not None
    assert mail.native.name == "X0001.eml"
    assert [path.name for path in plan.images] == ["X0002.tif", "X0003.tif"]
    assert diary.text is not None
    assert (outside.native, outside.missing) == (None, (r"..\..\..\secret.txt",))
    assert parents([mail, plan, diary, outside]) == {"X0002": "X0001"}


def test_a_foreign_production_is_taken_in(foreign: Path, matter: Matter) -> None:
    loaded = load(matter, foreign)
    assert loaded.records == 4
    assert set(loaded.numbers) == {"X0001", "X0002", "X0004"}
    (failure,) = loaded.report.failed
    assert (failure.path, failure.error.code) == ("X0005", "unreachable")
    assert loaded.families == 1
    assert any("SHA-256" in note for note in loaded.notes)
    with matter.reading() as tx:
        found = {number: documents.summary(tx, id_) for number, id_ in loaded.numbers.items()}
        labels = dict(arrivals.label_list(tx, loaded.numbers["X0002"]))
    assert found["X0001"].name == "Access.eml"
    assert found["X0002"].page_count == 2
    assert found["X0002"].parent == found["X0001"].id
    assert (labels["bates"], labels["field.filename"]) == ("X0002 – X0003", "plan.tif")
    again = load(matter, foreign)
    assert (again.numbers, len(again.report.duplicates)) == (loaded.numbers, 3)


def test_files_that_cannot_be_taken_in_fail_by_themselves(
    tmp_path: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(workspace, "limits: {file_mib: 1}")
    (tmp_path / "large.txt").write_bytes(b"x" * (2**20 + 1))
    (tmp_path / "good.txt").write_text("Access to Area B was refused on 14 March 2023.")
    (tmp_path / "torn.txt").write_text("on a disk that fails")
    opened = Path.open

    def failing(path: Path, *arguments: Any, **more: Any) -> Any:
        if path.name == "torn.txt":
            raise OSError(5, "Input/output error")
        return opened(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", failing)
    head = ("BegBates", "BegAttach", "NativeLink", "Custodian")
    rows = [(f"A{at}", "A1", f"{name}.txt", "Li") for at, name in enumerate(("good", "large", "torn"), 1)]
    (tmp_path / "x.dat").write_text(dat(head, *rows), encoding="utf-8")
    with Matter.open(workspace, "tester") as matter:
        loaded = load(matter, tmp_path / "x.dat")
        assert [failure.error.code for failure in loaded.report.failed] == ["too_large", "unreachable"]
        assert (list(loaded.numbers), loaded.families) == (["A1"], 0)
        with matter.reading() as tx:
            assert dict(arrivals.label_list(tx, loaded.numbers["A1"]))["field.custodian"] == "Li"


def test_our_own_production_comes_back_equal(tmp_path: Path, matter: Matter) -> None:
    (folder := tmp_path / "o").mkdir()
    (folder / "note.txt").write_text("Access to Area B was refused.")
    mail = exhibit(
        pdf(folder / "mail.pdf", ["one", "two"]),
        "application/pdf",
        id="m",
        title="Þorn® title",
        sender="北港",
        children=("n",),
    )
    note = exhibit(
        folder / "note.txt",
        "text/plain",
        id="n",
        parent="m",
        document=text_document(["Access to Area B was refused."]),
    )
    built = build(case_of(mail, note, profile="us", prefix="HCL"), tmp_path / "out")
    dat_file = built.path / "data/production.dat"
    first, second = produced(dat_file)
    said = dict(first.said)
    assert (said["TITLE"], said["FROM"], said["PGCOUNT"]) == ("Þorn(R) title", "北港", "2")
    assert (first.sha256, second.sha256) == (mail.sha256, note.sha256)
    loaded = load(matter, dat_file)
    assert loaded.notes == []
    with matter.reading() as tx:
        found = {n: documents.summary(tx, id_) for n, id_ in loaded.numbers.items()}
    assert [(n, f.sha256, f.name) for n, f in found.items()] == [
        ("HCL-000000001", mail.sha256, "mail.pdf"),
        ("HCL-000000003", note.sha256, "note.txt"),
    ]
    assert found["HCL-000000001"].children == (found["HCL-000000003"].id,)


def _pdf_page(path: Path) -> Path:
    return pdf(path, [path.stem])


def _picture(path: Path) -> Path:
    Picture.new("RGB", (30, 40), "red").save(path)
    return path


@pytest.mark.parametrize(("suffix", "make"), [(".pdf", _pdf_page), (".tif", _picture), (".png", _picture)])
def test_pages_are_put_together_without_loss(
    tmp_path: Path, suffix: str, make: Callable[[Path], Path]
) -> None:
    pages = [make(tmp_path / f"p{n}{suffix}") for n in range(3)]
    made = one_file(pages, tmp_path)
    if suffix == ".pdf":
        with pikepdf.open(made) as file:
            assert len(file.pages) == 3
    else:
        with Picture.open(made) as picture:
            assert picture.n_frames == 3
            assert picture.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    before = made.read_bytes()
    assert one_file(pages, tmp_path).read_bytes() == before
    assert one_file(pages[:1], tmp_path) == pages[0]


def test_pages_that_cannot_be_put_together(tmp_path: Path) -> None:
    good, bad = _picture(tmp_path / "a.tif"), tmp_path / "b.tif"
    bad.write_bytes(b"no picture")
    with pytest.raises(Corrupt):
        one_file([good, bad], tmp_path)
    with pytest.raises(Unsupported):
        one_file([good, _pdf_page(tmp_path / "c.pdf")], tmp_path)
