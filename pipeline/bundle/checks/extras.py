"""What stands beside the PDF: load files and what they name, the evidence list, the privilege log, the changes told."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pypdfium2
from docx import Document

from pipeline.bundle.checks.book import Book
from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.printed import carries, last_text, opened
from pipeline.bundle.checks.recorded import manifest_of, read_csv
from pipeline.loadfile.dat import Row, read_dat
from pipeline.loadfile.opt import Image, read_opt

_DAT, _OPT = "data/production.dat", "data/production.opt"
_LIST, _LOG = "data/evidence-list.docx", "data/privilege-log.csv"
_FILES = ("data/images/", "data/text/")
_LARGEST_LIST = 100 * 2**20
"""Bytes that the parts of an evidence list may unpack to."""
_TOLD = ["number", "date", "author", "recipients", "kind", "ground"]


def check_load_files(findings: Findings) -> None:
    """DAT and OPT name every document, number, file and page that the manifest does, and the files are theirs."""
    there = _DAT in findings.digests
    named: set[str] = set()
    if there:
        book = Book.of(findings.folder)
        rows = read_dat(findings.folder / _DAT)
        same = len(rows) == len(book.documents)
        findings.expect(same, _DAT, f"has {len(rows)} records for {len(book.documents)} documents")
        for row, document in zip(rows, book.documents, strict=False):
            named |= _check_row(findings, row, document)
        named |= _check_images(findings, read_opt(findings.folder / _OPT), book)
    for name in findings.digests:
        if name.startswith(_FILES) and name not in named:
            findings.fault(name, "is named by no load file")


def _check_row(findings: Findings, row: Row, document: Mapping[str, Any]) -> set[str]:
    """A record against its document; returns the text that it names."""
    numbers = document["numbers"]
    stated = {
        "begin": numbers[0],
        "end": numbers[-1],
        "sha256": document["sha256"],
        "pages": str(len(numbers)),
        "native": document["original"].removeprefix("data/").replace("/", "\\"),
    }
    for key, value in stated.items():
        found = row.known.get(key, "")
        where = f"{_DAT}, record {row.number}"
        findings.expect(found == value, where, f"says {found!r} where manifest.json says {value!r}")
    text = row.known.get("text", "").replace("\\", "/")
    if not text:
        return set()
    path = f"data/{text}"
    findings.expect(path in findings.digests, path, "is missing, and the load file names it")
    return {path}


def _check_images(findings: Findings, images: Sequence[Image], book: Book) -> set[str]:
    """Each page of each document has its image, which prints its number; returns the images named."""
    wanted = [(n, at == 0) for document in book.documents for at, n in enumerate(document["numbers"])]
    found = [(image.number, image.begins) for image in images]
    findings.expect(found == wanted, _OPT, "has not one line for each page of each document, in order")
    named = set()
    for image in images:
        path = f"data/{image.path.replace(chr(92), '/')}"
        named.add(path)
        if path not in findings.digests:
            findings.fault(path, "is missing, and the load file names it")
            continue
        with closing(pypdfium2.PdfDocument(findings.folder / path)) as pdf, opened(pdf, 1) as (page, text):
            stamp = last_text(page, text) or ""
            right = len(pdf) == 1 and carries(stamp, image.number)
            findings.expect(right, path, f"is not the page {image.number}: it prints {stamp!r}")
    return named


def check_evidence_list(findings: Findings) -> None:
    """The list to sign has the documents of the bundle, with their numbers and pages, in order."""
    if _LIST not in findings.digests:
        return
    path = findings.folder / _LIST
    if _unpacked(path) > _LARGEST_LIST:
        findings.fault(_LIST, "unpacks to far more than a list holds")
        return
    table = Document(str(path)).tables[0]
    rows = [
        [cell.text for cell in row.cells] for row in table.rows[1:] if len({id(c._tc) for c in row.cells}) > 1
    ]
    wanted = _list_rows(manifest_of(findings.folder))
    findings.expect(len(rows) == len(wanted), _LIST, f"has {len(rows)} rows for {len(wanted)} documents")
    for row, (tab, pages) in zip(rows, wanted, strict=False):
        findings.expect(
            (row[0], row[2]) == (tab, pages),
            _LIST,
            f"says {row[0]}, {row[2]} of document {tab}, pages {pages}",
        )


def _list_rows(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Number and pages of each row, in the order of pages."""
    found = [
        (d["pages"]["tab"], str(d["tab"]), _span(d["numbers"][0], d["numbers"][-1]))
        for d in manifest["documents"]
    ]
    found += [
        (g["pages"]["first"], str(g["tab"]), _span(g["numbers"]["first"], g["numbers"]["last"]))
        for g in manifest["withdrawn"]
    ]
    return [(tab, pages) for _, tab, pages in sorted(found)]


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def _unpacked(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def check_told(findings: Findings) -> None:
    """The privilege log has a line for each document withheld; changes are told of documents that are there."""
    manifest = manifest_of(findings.folder)
    if _LOG in findings.digests:
        rows = read_csv(findings.folder / _LOG)
        withheld = manifest["withheld"]
        findings.expect(
            len(rows) == withheld, _LOG, f"has {len(rows)} rows for {withheld} documents withheld"
        )
        plain = all(list(row) == _TOLD for row in rows)
        findings.expect(plain, _LOG, "tells more of what was withheld than its date, people, kind and ground")
    since = manifest.get("since") or {"changes": []}
    pages = {d["tab"]: (d["id"], d["pages"]["tab"]) for d in manifest["documents"]}
    pages |= {g["tab"]: (None, g["pages"]["first"]) for g in manifest.get("withdrawn", [])}
    for change in since["changes"]:
        stated = (change["document"], change["page"])
        where = f"data/manifest.json, change of tab {change['tab']}"
        findings.expect(
            pages.get(change["tab"]) == stated, where, "is not told of the page where that stands"
        )
    sheet = Book(manifest).front.get("changes", [])
    findings.expect(
        bool(sheet) == bool(since["changes"]), "data/manifest.json", "has changes without their sheet"
    )
