"""Searchable text on every page that has text, whatever it came as; and a PDF that others find no fault with."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4

from extractors.document import Cell, Document, PageText, assemble
from extractors.errors import TimedOut, WorkerDied
from extractors.limits import Limits
from extractors.reading import OcrOptions, read_document
from extractors.workers import Workers
from pipeline.bundle import Exhibit, build, check
from pipeline.bundle.exhibits.ink import inks
from tests.pipeline.bundle_cases import MAIL, XLSX, case_of, exhibit, pdf, text_document
from tests.pipeline.scanned import LETTER, Sheet, document, page, picture, recognised, scan_pdf

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGES = [LETTER, ["关于工期延误的第二页", "The second page, 2nd item"]]


def _read(pages: int, media_type: str, size: tuple[float, float] = A4) -> Document:
    return document([page(recognised(lines, size), size) for lines in PAGES[:pages]], media_type)


def scan_in_pdf(folder: Path) -> Exhibit:
    path = scan_pdf(folder / "scan.pdf", [Sheet(), Sheet()])
    return exhibit(path, "application/pdf", document=_read(2, "application/pdf"))


def scan_in_tiff(folder: Path) -> Exhibit:
    path, side = folder / "scan.tif", picture(dpi=100, mode="1")
    side.save(path, save_all=True, append_images=[side.copy()], compression="group4", dpi=(100, 100))
    return exhibit(path, "image/tiff", document=_read(2, "image/tiff"))


def photo(folder: Path) -> Exhibit:
    path = folder / "photo.jpg"
    Image.new("RGB", (640, 480), "gray").save(path)
    return exhibit(path, "image/jpeg", document=_read(1, "image/jpeg", (640, 480)))


def typed_in_pdf(folder: Path) -> Exhibit:
    path = pdf(folder / "typed.pdf", ["Access to Area B is refused", "GC/L/0145 of 14 March 2023"])
    reading = read_document(path, path.name, folder, Limits(), OcrOptions())
    return exhibit(path, "application/pdf", document=reading.document)


def mail(folder: Path) -> Exhibit:
    path = folder / "mail.eml"
    path.write_text(MAIL, encoding="utf-8")
    return exhibit(path, "message/rfc822", document=text_document([MAIL], "message/rfc822"))


def letter(folder: Path) -> Exhibit:
    path = folder / "letter.docx"
    path.write_bytes(b"PK letter")
    pages = [
        "致：北港管理局\n\n关于B区场地移交延误的通知。",
        "Yours faithfully,\nHarbour Civil Ltd（港务土木）",
    ]
    return exhibit(path, DOCX, document=text_document(pages, DOCX))


def workbook(folder: Path) -> Exhibit:
    path, rows = (
        folder / "costs.xlsx",
        [["项目", "Amount"], ["窝工费", "1,250.00"], ["Idle plant", "86,400.00"]],
    )
    path.write_bytes(b"PK")
    text, cells = "", []
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            cells.append(Cell(0, at, column, len(text), len(text) + len(value)))
            text += value + ("\n" if column else "\t")
    read = assemble([PageText(text, 0, 0, cells=tuple(cells))], XLSX)
    return exhibit(path, XLSX, document=read)


FORMATS = (typed_in_pdf, scan_in_pdf, scan_in_tiff, photo, mail, letter, workbook)


def plain(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Exhibit]]:
    exhibits = [make(tmp_path_factory.mktemp(make.__name__)) for make in FORMATS]
    report = build(case_of(*exhibits), tmp_path_factory.mktemp("out") / "bundle")
    assert check(report.path).faults == ()
    return report.path, dict(zip((make.__name__ for make in FORMATS), exhibits, strict=True))


@pytest.mark.parametrize("name", [make.__name__ for make in FORMATS])
def test_the_bundle_says_page_by_page_what_the_document_says(
    bundle: tuple[Path, dict[str, Exhibit]], name: str
) -> None:
    folder, exhibits = bundle
    manifest = json.loads((folder / "data/manifest.json").read_text(encoding="utf-8"))
    one = exhibits[name]
    (told,) = (found for found in manifest["documents"] if found["name"] == one.name)
    read = one.read()
    assert read is not None
    file = pypdfium2.PdfDocument(folder / "data/bundle.pdf")
    shown = [file[at - 1].get_textpage().get_text_range() for at in told["page_map"]]
    file.close()
    assert len(shown) == len(read.pages)
    for at, text in enumerate(shown):
        assert plain(read.page_text(at + 1)) in plain(text)


def test_others_find_no_fault_with_the_pdf(bundle: tuple[Path, dict[str, Exhibit]]) -> None:
    path = bundle[0] / "data/bundle.pdf"
    with pikepdf.open(path) as file:
        assert file.check_pdf_syntax() == []
        assert "/Encrypt" not in file.trailer
    if shutil.which("qpdf"):
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, check=False)  # noqa: S607
        assert done.returncode == 0, done.stdout


def test_labels_and_bookmarks_are_the_page_numbers(bundle: tuple[Path, dict[str, Exhibit]]) -> None:
    path = bundle[0] / "data/bundle.pdf"
    file = pypdfium2.PdfDocument(path)
    assert [file.get_page_label(at) for at in range(len(file))] == [str(at + 1) for at in range(len(file))]
    marks = [(mark.get_title(), mark.get_dest()) for mark in file.get_toc()]
    assert len(marks) == 4 + len(FORMATS)
    for title, led in marks:
        assert led is not None
        assert title.endswith(f"page {led.get_index() + 1}")
    file.close()


def test_every_font_of_our_own_is_embedded_and_the_file_describes_itself(
    bundle: tuple[Path, dict[str, Exhibit]],
) -> None:
    with pikepdf.open(bundle[0] / "data/bundle.pdf") as file:
        theirs = {page.obj.objgen for page in file.pages if "/Body" in page.Resources.get("/XObject", {})}
        for side in file.pages:
            if side.obj.objgen in theirs:
                continue
            for font in side.Resources.Font.values():
                inner = font.DescendantFonts[0] if font.Subtype == "/Type0" else font
                assert "/FontFile2" in inner.FontDescriptor, font.BaseFont
        with file.open_metadata(update_docinfo=False) as xmp:
            assert xmp["dc:title"] == str(file.docinfo.Title) == "CLM-001 – Late possession of Area B"
            assert xmp["xmp:CreateDate"] == "2023-06-01T08:00:00Z"
            assert str(file.docinfo.CreationDate) == "D:20230601080000Z"
        assert file.Root.Lang == "en-GB"


def test_a_bundle_printed_ahead_by_several_threads_is_the_same(
    bundle: tuple[Path, dict[str, Exhibit]], tmp_path: Path
) -> None:
    """The order of printing is left to chance; the order of pages is not."""
    case = case_of(*bundle[1].values())
    limits = Limits()
    with Workers(2, limits) as workers:

        def run(function: Callable[..., Any], *args: Any, size: int, name: str) -> Any:
            return workers.submit(function, *args, seconds=limits.seconds_for(size), name=name).result()

        build(case, tmp_path / "bundle", run=run, ahead=2)
    for name in ("bundle.pdf", "manifest.json"):
        assert (tmp_path / "bundle/data" / name).read_bytes() == (bundle[0] / "data" / name).read_bytes()


def test_a_worker_that_dies_costs_one_document(tmp_path: Path) -> None:
    """What kills the worker while an exhibit is printed leaves its text, and all others as they are."""
    good, bad = typed_in_pdf(tmp_path), scan_in_pdf(tmp_path)

    def run(function: Callable[..., Any], *args: Any, size: int, name: str) -> Any:
        if name == bad.name:
            raise WorkerDied(f"{name}: the program that read it died")
        return function(*args)

    report = build(case_of(good, bad), tmp_path / "bundle", run=run)
    assert check(report.path).faults == ()
    assert len(report.notes) == 1
    assert "scan.pdf" in report.notes[0]


def test_margins_that_cannot_be_drawn_cost_nothing_but_the_free_place(tmp_path: Path) -> None:
    def run(function: Callable[..., Any], *args: Any, size: int, name: str) -> Any:
        if function is inks:
            raise TimedOut(name)
        return function(*args)

    report = build(case_of(typed_in_pdf(tmp_path)), tmp_path / "bundle", run=run)
    assert check(report.path).faults == ()
    assert report.notes == ()
