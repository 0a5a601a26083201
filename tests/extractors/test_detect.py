"""What a file is, told from its bytes."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from extractors.detect import DOCX, PPTX, XLSX, media_type, suffix_note, suffix_of
from extractors.errors import Empty, Encrypted, FileUnreachable

MAIL = b"Received: from a.example by b.example\r\nFrom: a@example.com\r\nSubject: Notice\r\n\r\nDear Sirs\r\n"
MEMO = b"To: The Engineer\nFrom: Site office\n\nWe refer to your letter.\n"
MBOX = b"From a@example.com Mon Mar 13 10:00:00 2023\nFrom: a@example.com\nSubject: x\n\nhello\n"
PAGE = b"<!DOCTYPE html><html><body><p>Notice</p></body></html>"
TABLE = b"date,amount\n2023-03-14,100.00\n2023-03-15,200.00\n"


def zipped(*names: str, mimetype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>" * 10)
    return buffer.getvalue()


def picture(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), "white").save(buffer, kind)
    return buffer.getvalue()


def compound(*streams: str) -> bytes:
    """A compound file ([MS-CFB]) of four sectors whose root holds empty streams of these names."""
    header = bytearray(b"\xff" * 512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    versions = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header[8:76] = bytes(16) + versions + struct.pack("<9I", 0, 1, 1, 0, 4096, *[0xFFFFFFFE, 0] * 2)
    header[76:80] = struct.pack("<I", 0)
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    entries = [entry("Root Entry", 5, child=1)]
    for number, name in enumerate(streams, 1):
        entries.append(entry(name, 2, right=number + 1 if number < len(streams) else 0xFFFFFFFF))
    return bytes(header) + table + b"".join(entries).ljust(512, b"\0")


def entry(name: str, kind: int, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    coded = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(coded), kind, 1, 0xFFFFFFFF, right, child)
    return (coded.ljust(64, b"\0") + links).ljust(128, b"\0")


CASES = [
    (b"%PDF-1.7\n1 0 obj\n", "a.pdf", "application/pdf"),
    (b"\r\n\r\njunk before it\n%PDF-1.4\n1 0 obj\nendobj\n", "a.pdf", "application/pdf"),
    (zipped("[Content_Types].xml", "word/document.xml"), "a.docx", DOCX),
    (zipped("[Content_Types].xml", "xl/workbook.xml"), "a.bin", XLSX),
    (zipped("[Content_Types].xml", "ppt/presentation.xml"), "a.docx", PPTX),
    (zipped("letter.txt"), "a.zip", "application/zip"),
    (zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "a.odt",
     "application/vnd.oasis.opendocument.text"),
    (zipped("x", mimetype="\0\0"), "a.zip", "application/zip"),
    (compound("WordDocument", "1Table"), "a.doc", "application/msword"),
    (compound("Workbook"), "a.xls", "application/vnd.ms-excel"),
    (compound("__properties_version1.0"), "a.msg", "application/vnd.ms-outlook"),
    (picture("PNG"), "a.jpg", "image/png"),
    (picture("JPEG"), "a.jpg", "image/jpeg"),
    (picture("TIFF"), "a.tif", "image/tiff"),
    (picture("WEBP"), "a.webp", "image/webp"),
    (picture("GIF"), "a.gif", "image/gif"),
    (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "a.heic", "image/heic"),
    (MAIL, "a.eml", "message/rfc822"),
    (MAIL, "a.txt", "message/rfc822"),
    (b"\xef\xbb\xbf" + MAIL, "noname", "message/rfc822"),
    (b"Subject: hi\n\n<html><body>x</body></html>", "a.eml", "message/rfc822"),
    (b"Received: from mx.example.org\n\nbody", "noname", "message/rfc822"),
    (b"Date: 16 March 2023\n\nTo: Northport Authority\nWe claim.\n", "letter.txt", "text/plain"),
    (b"Subject: delay\n\nDear Sirs\n", "letter", "text/plain"),
    (MEMO, "a.txt", "text/plain"),
    (MBOX, "a.mbox", "application/mbox"),
    (MBOX, "a.eml", "message/rfc822"),
    (PAGE, "a.html", "text/html"),
    (PAGE, "a.txt", "text/html"),
    (b"<p>only a piece</p> of a page", "a.htm", "text/html"),
    (b"# Notice\n\nSee <br> in the `<html>` guide\n", "a.md", "text/plain"),
    (TABLE, "a.csv", "text/csv"),
    (b"one column\nonly\n", "a.csv", "text/csv"),
    (b"{\\rtf1\\ansi Notice}", "a.doc", "text/rtf"),
    ("我方收到贵方来函。".encode("gb18030"), "a.txt", "text/plain"),
    ("Baubeginn für Los 3\r\n".encode("utf-16"), "a.txt", "text/plain"),
    (b"\x07\x00\x1f\x9d" * 300, "a.txt", "application/octet-stream"),
    (b"PAYMENT CERTIFICATE No. 7\n\nProject: Northport\n", "certificate.txt", "text/plain"),
    (b"PAYMENT CERTIFICATE No. 7,1250.00\n", "certificate.csv", "text/csv"),
    (b"PAYMENT CERTIFICATE No. 7\n", "certificate.plt", "application/vnd.hp-HPGL"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "name", "expected"), CASES, ids=[f"{c[1]}-{i}" for i, c in enumerate(CASES)]
)
def test_type_is_told_from_the_content(tmp_path: Path, data: bytes, name: str, expected: str) -> None:
    file = tmp_path / "stored"
    file.write_bytes(data)
    assert media_type(file, name) == expected


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(Empty, match=r"letter\.pdf"):
        media_type(tmp_path / "x", "letter.pdf")


def test_an_office_file_behind_a_password_is_encrypted(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(compound("EncryptedPackage", "EncryptionInfo"))
    with pytest.raises(Encrypted):
        media_type(tmp_path / "x", "a.docx")


@pytest.mark.parametrize("missing", ["none", "."])
def test_what_is_no_file_is_unreachable(tmp_path: Path, missing: str) -> None:
    with pytest.raises(FileUnreachable):
        media_type(tmp_path / missing, "a.pdf")


@pytest.mark.parametrize("cut", [8, 40, 76, 200, 511, 512, 600, 1100])
def test_a_damaged_compound_file_is_no_reason_to_fail(tmp_path: Path, cut: int) -> None:
    (tmp_path / "x").write_bytes(compound("Workbook")[:cut])
    assert "/" in media_type(tmp_path / "x", "a.xls")


def test_a_compound_file_that_goes_in_circles_ends(tmp_path: Path) -> None:
    data = bytearray(compound("Other", "Another"))
    struct.pack_into("<I", data, 512 + 4, 1)
    struct.pack_into("<I", data, 1024 + 2 * 128 + 0x48, 1)
    (tmp_path / "x").write_bytes(data)
    assert media_type(tmp_path / "x", "a.xls") == "application/x-ole-storage"


def far_directory(path: Path, list_again: bool = False) -> None:
    """A compound file of 200 MB whose directory lies where only the lists behind the head lead to.

    The head names 109 sectors of the allocation table, which tell of the first 13,952 sectors; part 156 of the table
    tells of sector 20,000. `list_again`: the list of further parts leads to itself and names none.
    """
    free, end, directory = 0xFFFFFFFF, 0xFFFFFFFE, 20_000
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 110, directory, 0, 4096)
    head += struct.pack("<IIII", end, 0, 2, 1) + struct.pack("<109I", *[1] * 109)
    named = [free] * 127 if list_again else [3] * 127
    part = [free] * 128
    part[directory % 128 : directory % 128 + 2] = [directory + 1, end]
    with path.open("wb") as file:
        for sector, data in (
            (-1, head),
            (2, struct.pack("<128I", *named, 2 if list_again else end)),
            (3, struct.pack("<128I", *part)),
            (directory, entry("Root Entry", 5, child=4) + bytes(384)),
            (directory + 1, entry("WordDocument", 2)),
        ):
            file.seek((sector + 1) * 512)
            file.write(data)
        file.truncate(200 * 2**20)


def test_the_type_of_a_large_compound_file_takes_no_memory(tmp_path: Path) -> None:
    far_directory(tmp_path / "x")
    media_type(tmp_path / "x", "a.doc")  # what is loaded once does not count
    tracemalloc.start()
    found = media_type(tmp_path / "x", "a.doc")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == "application/msword"
    assert peak < 2**20


def test_lists_that_lead_to_themselves_end(tmp_path: Path) -> None:
    far_directory(tmp_path / "x", list_again=True)
    assert media_type(tmp_path / "x", "a.doc") == "application/x-ole-storage"


@pytest.mark.parametrize(
    ("kind", "name", "lies"),
    [
        ("image/jpeg", "scan.PDF", True),
        ("application/pdf", "scan.pdf", False),
        ("text/rtf", "letter.doc", False),
        ("application/pdf", "letter", False),
        ("application/pdf", "letter.v2", False),
        ("message/rfc822", "mail.txt", False),
        ("text/plain", r"C:\mails\notice.eml", True),
    ],
)
def test_a_suffix_that_lies_is_noted(kind: str, name: str, lies: bool) -> None:
    note = suffix_note(kind, name)
    assert (note is not None) is lies
    if note is not None:
        assert kind in note
        assert suffix_of(name) in note


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=3000), name=st.text(max_size=12))
def test_any_bytes_have_a_type(tmp_path: Path, data: bytes, name: str) -> None:
    file = tmp_path / "stored"
    file.write_bytes(data)
    assert "/" in media_type(file, name)
