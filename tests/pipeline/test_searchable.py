"""Scans that are searched: in the bundle, in what `show --searchable` writes, and in what `verify` checks."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.cli import run
from extractors.errors import WorkerDied
from pipeline.bundle import BundleReport, Exhibit, build, check
from pipeline.bundle.exhibits.press import here
from pipeline.bundle.exhibits.printing import Job, print_pdf, print_pictures
from pipeline.bundle.profile import profile
from pipeline.renditions.scans import Scan, write_searchable
from pipeline.renditions.words import words_of, write_words
from tests.conftest import REGISTER, Answer, Command
from tests.pipeline import scanned
from tests.pipeline.bundle_cases import case_of, exhibit, pdf
from tests.pipeline.scanned import LETTER, Sheet, by_pdfium, by_plumber, page, places, recognised, scan_pdf
from tests.pipeline.test_bundle_check import reseal

LINES = [page(recognised([line])).text.strip() for line in LETTER]


def scan(path: Path, sheets: tuple[Sheet, ...] = (Sheet(),), **details: Any) -> Exhibit:
    """An exhibit whose pages were all recognised."""
    read = scanned.document([page(recognised(LETTER, sheet.seen), sheet.seen) for sheet in sheets])
    return exhibit(scan_pdf(path, sheets), "application/pdf", document=read, **details)


def bundled(tmp_path: Path, one: Exhibit) -> tuple[BundleReport, dict[str, Any]]:
    """The sound bundle of an exhibit, and what its manifest says of it."""
    report = build(case_of(one), tmp_path / "bundle")
    assert check(report.path).faults == ()
    manifest = json.loads((report.path / "data/manifest.json").read_text(encoding="utf-8"))
    return report, manifest["documents"][0]


def test_scans_in_a_bundle_are_searched_on_their_stamped_pages(tmp_path: Path) -> None:
    sheets = (Sheet(), Sheet((0, 0, 900, 1000), (150, 120, 745, 962), 90))
    report, said = bundled(tmp_path, scan(tmp_path / "scan.pdf", sheets))
    whole = report.path / "data/bundle.pdf"
    for number, sheet in zip(said["page_map"], sheets, strict=True):
        assert by_pdfium(whole, number - 1).splitlines() == [*LINES, f"Page {number}"]
        found = dict(places(whole, number - 1))
        for line in recognised(LETTER, sheet.seen):
            for word, box, _ in line:
                if len(word) > 3:
                    assert np.allclose(found[word].as_list(), box.as_list(), atol=0.01)
    assert [page["bundle_page"] for page in said["recognised"]] == said["page_map"]


def test_typed_exhibits_get_no_layer(tmp_path: Path) -> None:
    report, said = bundled(tmp_path, exhibit(pdf(tmp_path / "a.pdf", ["typed"]), "application/pdf"))
    assert said["recognised"] == []
    assert by_pdfium(report.path / "data/bundle.pdf", said["page_map"][0] - 1).count("typed") == 1


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_words_on_a_photo_lie_where_the_photo_shows_them(tmp_path: Path, orientation: int) -> None:
    size, exif = (400.0, 300.0) if orientation < 5 else (300.0, 400.0), Image.Exif()
    (word, box, _), *_ = recognised(["MARKED"], size)[0]
    upright = Image.new("L", (int(size[0]), int(size[1])), 200)
    corners = box.x0 * size[0], box.y0 * size[1], box.x1 * size[0], box.y1 * size[1]
    ImageDraw.Draw(upright).rectangle(corners, fill=0)
    exif[274] = orientation
    stored = upright.rotate({1: 0, 3: 180, 6: 90}[orientation], expand=True)
    stored.save(tmp_path / "a.jpg", exif=exif)
    read = scanned.document([page(recognised([word], size), size)], "image/jpeg")
    report, said = bundled(tmp_path, exhibit(tmp_path / "a.jpg", "image/jpeg", document=read))
    number = said["page_map"][0] - 1
    seen = scanned.rendered(report.path / "data/bundle.pdf", number).mean(axis=2)
    place = dict(places(report.path / "data/bundle.pdf", number))[word]
    high, wide = seen.shape
    inside = seen[
        int(place.y0 * high) + 3 : int(place.y1 * high) - 2,
        int(place.x0 * wide) + 3 : int(place.x1 * wide) - 2,
    ]
    assert inside.size > 100
    assert inside.max() < 60


def test_a_damaged_pdf_that_becomes_pictures_is_searched_with_all_of_its_words(tmp_path: Path) -> None:
    path = scan_pdf(tmp_path / "scan.pdf", (Sheet(), Sheet()))
    read = scanned.document([page(recognised(LETTER[1:]), typed=recognised(LETTER[:1]))])
    report, said = bundled(tmp_path, exhibit(path, "application/pdf", document=read))
    assert "pictures" in said["note"]
    first, second = said["page_map"]
    text = by_pdfium(report.path / "data/bundle.pdf", first - 1)
    assert all(line in text for line in LINES)
    assert [page["bundle_page"] for page in said["recognised"]] == [first]
    assert by_pdfium(report.path / "data/bundle.pdf", second - 1) == f"Page {second}"


def test_an_exhibit_whose_printing_kills_its_worker_costs_only_its_pages(tmp_path: Path) -> None:
    def dying(function: Callable[..., Any], *args: Any, size: int, name: str) -> Any:
        if name == "bad.pdf":
            raise WorkerDied(f"{name}: the program that read it died (SIGSEGV)")
        return here(function, *args, size=size, name=name)

    bad, good = scan(tmp_path / "bad.pdf"), exhibit(pdf(tmp_path / "a.pdf", ["good"]), "application/pdf")
    report = build(case_of(bad, good), tmp_path / "bundle", run=dying)
    assert check(report.path).faults == ()
    assert [note for note in report.notes if "bad.pdf" in note and "SIGSEGV" in note]
    with pypdfium2.PdfDocument(report.path / "data/bundle.pdf") as file:
        told = " ".join(page.get_textpage().get_text_range() for page in file)
    assert "good" in told
    assert "The sum claimed" in told, "what was read of it stands in place of its pages"


@pytest.mark.parametrize("kind", ["application/pdf", "image/tiff"])
def test_a_full_disk_is_no_fault_of_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "scan"
    if kind == "application/pdf":
        scan_pdf(path)
    else:
        scanned.picture().save(path, "TIFF")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    read = scanned.document([page(recognised(LETTER))], kind)
    words = write_words(words_of(read), tmp_path / "words")
    monkeypatch.setattr(pikepdf.Pdf, "save", full)
    with pytest.raises(OSError, match="No space"):
        write_searchable(Scan(path, kind, "0" * 64, "scan", words, 10**8), tmp_path / "out.pdf")
    job = Job(path, "scan", words, tmp_path, profile("uk"))
    with pytest.raises(OSError, match="No space"):
        (print_pdf if kind == "application/pdf" else print_pictures)(job)


def without_layer(file: pikepdf.Pdf, at: int) -> None:
    file.pages[at].Contents = file.make_stream(b"/Body Do\n" + file.pages[at].Contents[-1].read_bytes())


def with_another_word(file: pikepdf.Pdf, at: int) -> None:
    layer = file.pages[at].Contents[0]
    layer.write(layer.read_bytes().replace(b"<0001", b"<0002"))


def with_another_meaning(file: pikepdf.Pdf, at: int) -> None:
    table = file.pages[at].Resources.Font["/Unseen0"].ToUnicode
    table.write(table.read_bytes().replace(b"<0001> <0052>", b"<0001> <0042>"))


def made_visible(file: pikepdf.Pdf, at: int) -> None:
    layer = file.pages[at].Contents[0]
    layer.write(layer.read_bytes().replace(b"3 Tr", b"0 Tr"))


@pytest.mark.parametrize("harm", [without_layer, with_another_word, with_another_meaning, made_visible])
def test_a_bundle_that_cannot_be_searched_as_it_should_is_noticed(
    tmp_path: Path, harm: Callable[[pikepdf.Pdf, int], None]
) -> None:
    report, said = bundled(tmp_path, scan(tmp_path / "scan.pdf"))
    path, number = report.path / "data/bundle.pdf", said["page_map"][0]
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        harm(file, number - 1)
        file.save(path)
    reseal(report.path)
    assert [(f.where, f.what[:18]) for f in check(report.path).faults] == [
        (f"data/bundle.pdf, page {number}", "cannot be searched")
    ]


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A printed notice as a JPEG, a scan of it as a PDF, a typed PDF, a mail, and a PDF that cannot be read."""
    folder = tmp_path_factory.mktemp("letters")
    image = Image.new("L", (1240, 700), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.truetype("DejaVuSans.ttf", 34)
    for number, line in enumerate(("NOTICE OF DELAY", "Access to Area B was refused on", "14 March 2023.")):
        draw.text((120, 90 + 80 * number), line, font=font, fill=0)
    image.save(folder / "notice.jpg", dpi=(150, 150), quality=90)
    image.save(folder / "scan.pdf", resolution=150)
    pdf(folder / "typed.pdf", ["A letter that was typed, about access to Area C"])
    (folder / "mail.eml").write_text("From: a@example\nSubject: Delay\n\nWe were delayed.", encoding="utf-8")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    return folder


@pytest.fixture(scope="module")
def taken_in(letters: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has the letters, tied to a claim."""
    root = tmp_path_factory.mktemp("taken") / "matter"
    (letters.parent / "register.yaml").write_text(REGISTER, encoding="utf-8")
    at = ["--workspace", str(root)]
    assert run(["init", str(root)]) == 0
    assert run(["claims", "import", str(letters.parent / "register.yaml"), *at]) == 0
    assert run(["ingest", str(letters), "--claim", "CLM-001", "--ocr", "fast", *at]) == 1
    return root


@pytest.fixture
def show(claimtrail: Command, taken_in: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Runs `show --searchable` for the document of that name, with more arguments."""
    monkeypatch.setenv("CLAIMTRAIL_WORKSPACE", str(taken_in))
    ids = {found["name"]: found["id"] for found in claimtrail("list", "--json").json}
    return lambda name, *arguments: claimtrail("show", ids[name], "--searchable", *arguments)


def test_show_writes_searchable_renditions_of_scans(
    show: Callable[..., Answer], taken_in: Path, tmp_path: Path
) -> None:
    for name in ("notice.jpg", "scan.pdf"):
        out = tmp_path / f"{name}.out.pdf"
        answer = show(name, "--original", out, "--json")
        assert (answer.status, answer.json["name"]) == (0, name)
        assert "invisible text" in answer.err
        for text in (by_pdfium(out), by_plumber(out)):
            assert "Access to Area B was refused" in text
    for kept in (taken_in / "originals").glob("??/*"):
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.name


def test_show_writes_what_needs_no_recognising_too(
    show: Callable[..., Answer], letters: Path, tmp_path: Path
) -> None:
    assert "searchable already" in show("typed.pdf", "--original", tmp_path / "t.pdf").err
    assert (tmp_path / "t.pdf").read_bytes() == (letters / "typed.pdf").read_bytes()
    assert "set from its text" in show("mail.eml", "--original", tmp_path).err
    assert "We were delayed." in by_pdfium(tmp_path / "mail.searchable.pdf")


def test_show_refuses_what_it_cannot_write(show: Callable[..., Answer], tmp_path: Path) -> None:
    (tmp_path / "there.pdf").write_text("mine")
    for name, code, arguments in (
        ("notice.jpg", "usage", ()),
        ("notice.jpg", "usage", ("--original", tmp_path / "there.pdf")),
        ("notice.jpg", "usage", ("--original", tmp_path / "nowhere" / "out.pdf")),
        ("bad.pdf", "corrupt", ("--original", tmp_path / "bad.pdf")),
    ):
        assert show(name, *arguments, "--json").json["error"]["code"] == code
    assert (tmp_path / "there.pdf").read_text() == "mine"
    assert not (tmp_path / "bad.pdf").exists()


def test_a_bundle_is_made_by_workers_and_searched_throughout(taken_in: Path, tmp_path: Path) -> None:
    assert run(["export", "CLM-001", "--out", str(tmp_path / "b"), "--workspace", str(taken_in)]) == 0
    assert check(tmp_path / "b").faults == ()
    documents = json.loads((tmp_path / "b/data/manifest.json").read_text(encoding="utf-8"))["documents"]
    (said,) = [found["recognised"] for found in documents if found["name"] == "notice.jpg"]
    assert "Access to Area B" in by_pdfium(tmp_path / "b/data/bundle.pdf", said[0]["bundle_page"] - 1)
