"""Documents that want something fetched, sent or read from elsewhere: a server on this machine counts who comes."""

from __future__ import annotations

import ctypes
import io
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from extractors.limits import Limits
from extractors.ocr.policy import OcrOptions
from extractors.workers import Workers
from pipeline.loose import extract_files
from tests.extractors import test_epub, test_office, test_opendocument, test_pptx
from tests.waiting import soon

PRIVATE = "what only this machine knows"
WORDS = "Access to Area B was refused"


class Server:
    """Counts the connections that it gets."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


def doctype(url: str, secret: str) -> str:
    """A document type that fetches a definition and puts a file of the machine in."""
    return (
        f'<!DOCTYPE x SYSTEM "{url}/x.dtd" [<!ENTITY % p SYSTEM "{url}/p.dtd"> %p; <!ENTITY e SYSTEM "{secret}">'
        f'<!ENTITY f SYSTEM "{url}/e">]>'
    )


def html(url: str, secret: str) -> bytes:
    return (
        f'<html><head><link rel="stylesheet" href="{url}/a.css"><meta http-equiv="refresh" content="0;url={url}/r">'
        f'<base href="{url}/"><script src="{url}/s.js"></script></head><body background="{url}/b.png">'
        f'<img src="{url}/pixel.png"><iframe src="{url}/f"></iframe><object data="{secret}"></object>'
        f"<p>{WORDS}</p></body></html>"
    ).encode()


def mail(url: str, secret: str) -> bytes:
    body = html(url, secret).decode()
    external = f'message/external-body; access-type=URL; URL="{url}/body"\n\nContent-Type: text/plain\n\n'
    return (
        f"From: a@example.com\nSubject: x\nList-Unsubscribe: <{url}/u>\nDisposition-Notification-To: a@example.com\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
        f"Content-Type: text/html\n\n{body}\n--b\nContent-Type: {external}"
        f"--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nATTACH:{url}/a\nEND:VCALENDAR\n--b--\n"
    ).encode()


def docx(url: str, _secret: str) -> bytes:
    links = "".join(
        f'<Relationship Id="x{n}" Type="{test_office.OFFICE}/{kind}" Target="{url}/{kind}" TargetMode="{mode}"/>'
        for mode in ("External", "Internal")
        for n, kind in enumerate(("image", "attachedTemplate", "aFChunk", "oleObject", "hyperlink", "frame"))
    )
    data = test_office.docx_of(test_office.paragraph(WORDS))
    rels = f'<Relationships xmlns="{test_office.PACKAGE}/relationships">{links}</Relationships>'
    return with_members(data, {"word/_rels/document.xml.rels": rels})


def with_members(data: bytes, members: dict[str, str]) -> bytes:
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            if info.filename not in members:
                new.writestr(info, old.read(info))
        for name, content in members.items():
            new.writestr(name, content)
    return buffer.getvalue()


def entity_docx(url: str, secret: str) -> bytes:
    body = f"<w:p><w:r><w:t>&e;&f;{WORDS}</w:t></w:r></w:p>"
    return test_office.docx_of(body, head=f"<!--{'x' * 9000}-->{doctype(url, secret)}")


def entity_odt(url: str, secret: str) -> bytes:
    content = test_opendocument.content("text", f"<text:p>&e;&f;{WORDS}</text:p>")
    return test_opendocument.packed("text", {"content.xml": doctype(url, secret) + content})


def entity_fodt(url: str, secret: str) -> bytes:
    kind = f'office:mimetype="{test_opendocument.MIME}text"'
    content = test_opendocument.content("text", f"<text:p>&e;&f;{WORDS}</text:p>")
    content = content.replace("office:document-content", "office:document").replace(
        "<office:document ", f"<office:document {kind} ", 1
    )
    return f'<?xml version="1.0"?>{doctype(url, secret)}{content}'.encode()


def linked_odt(url: str, _secret: str) -> bytes:
    link = 'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href'
    image = f'<draw:frame><draw:image {link}="{url}/i.png"/></draw:frame>'
    section = f'<text:section><text:section-source {link}="{url}/s.odt"/>'
    return test_opendocument.odt(f"<text:p>{WORDS}{image}</text:p>{section}</text:section>")


def entity_xlsx(url: str, secret: str) -> bytes:
    sheet = (
        f'{doctype(url, secret)}<worksheet xmlns="{test_office.S}"><sheetData><row r="1"><c r="A1" t="inlineStr">'
        f'<is><t>&e;&f;{WORDS}</t></is></c><c r="B1"><f>WEBSERVICE("{url}/w")</f><v>1</v></c></row></sheetData>'
        "</worksheet>"
    )
    return with_members(test_office.sheet_of(""), {"xl/worksheets/s.xml": sheet})


def linked_xlsx(url: str, _secret: str) -> bytes:
    cells = f'<c r="A1" t="str"><f>WEBSERVICE("{url}/w")&amp;[1]x!A1</f><v>{WORDS}</v></c>'
    return test_office.sheet_of(f'<row r="1">{cells}</row>', externalLink=f'<x r="{url}/book.xlsx"/>')


def entity_pptx(url: str, secret: str) -> bytes:
    return test_pptx.deck([doctype(url, secret) + test_pptx.slide(test_pptx.shape(f"&e;&f;{WORDS}"))])


def entity_epub(url: str, secret: str) -> bytes:
    parts = test_epub.whole("one")
    page = f'{doctype(url, secret)}<html><body><p>{WORDS}&e;&f;</p><img src="{url}/i.png"/></body></html>'
    return test_epub.book({**parts, "OPS/one .xhtml": page})


def svg(url: str, secret: str) -> bytes:
    picture = f'<image href="{url}/i.png"/><use href="{url}/u.svg#a"/><text>&e;&f;{WORDS}</text>'
    return f'<?xml version="1.0"?>{doctype(url, secret)}<svg xmlns="http://www.w3.org/2000/svg">{picture}</svg>'.encode()


def rtf(url: str, _secret: str) -> bytes:
    field = rf'{{\field{{\*\fldinst INCLUDEPICTURE "{url}/i.png" \\d}}{{\fldrslt x}}}}'
    linked = r"{\object\objautlink\objupdate{\*\objclass htmlfile}}"
    return rf"{{\rtf1\ansi {{\*\template {url}/t.dotm}}{field}{linked} {WORDS}\par}}".encode()


def pdf(url: str, secret: str) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.new() as made:
        page = made.add_blank_page(page_size=(595, 842))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources = Dictionary(Font=Dictionary(F=made.make_indirect(font)))
        page.Contents = made.make_stream(f"BT /F 12 Tf 72 700 Td ({WORDS}) Tj ET".encode())
        file = Dictionary(Type=Name.Filespec, FS=Name.URL, F=String(f"{url}/f"))
        acts = [
            Dictionary(S=Name.URI, URI=String(f"{url}/uri")),
            Dictionary(S=Name.GoToR, F=file, D=Array([0, Name.Fit])),
            Dictionary(S=Name.SubmitForm, F=file),
            Dictionary(S=Name.ImportData, F=String(secret)),
            Dictionary(S=Name.Launch, F=String("/bin/sh"), Win=Dictionary(F=String("calc.exe"))),
            Dictionary(S=Name.JavaScript, JS=String(f'app.launchURL("{url}/js"); this.getURL("{url}/g")')),
        ]
        made.Root.OpenAction = acts[-1]
        made.Root.AA = Dictionary(WC=acts[2])
        page.AA = Dictionary(O=acts[0], C=acts[4])
        page.Annots = Array(
            [
                made.make_indirect(
                    Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=act)
                )
                for act in acts
            ]
        )
        made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), acts[-1]])))
        made.save(buffer)
    return buffer.getvalue()


def shortcut(url: str, secret: str) -> bytes:
    return f"[InternetShortcut]\r\nURL={url}/u\r\nIconFile={secret}\r\nNote={WORDS}\r\n".encode()


def playlist(url: str, _secret: str) -> bytes:
    return f"#EXTM3U\n#EXTINF:1,{WORDS}\n{url}/a.mp4\n".encode()


FILES: dict[str, Callable[[str, str], bytes]] = {
    "page.html": html,
    "mail.eml": mail,
    "linked.docx": docx,
    "entity.docx": entity_docx,
    "entity.odt": entity_odt,
    "entity.fodt": entity_fodt,
    "linked.odt": linked_odt,
    "entity.xlsx": entity_xlsx,
    "linked.xlsx": linked_xlsx,
    "entity.pptx": entity_pptx,
    "entity.epub": entity_epub,
    "picture.svg": svg,
    "field.rtf": rtf,
    "acts.pdf": pdf,
    "link.url": shortcut,
    "list.m3u": playlist,
}
REFUSED = {"entity.docx", "entity.odt", "entity.fodt", "entity.xlsx", "entity.pptx"}
"""Office files that declare a document type."""


def test_nothing_is_fetched_and_no_file_of_the_machine_gets_in(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(PRIVATE, encoding="utf-8")
    folder = tmp_path / "files"
    folder.mkdir()
    for name, make in FILES.items():
        (folder / name).write_bytes(make(f"http://127.0.0.1:{server.port}", secret.as_uri()))
    answers = extract_files([(path, path.name) for path in sorted(folder.iterdir())], Limits(), OcrOptions())
    texts = {
        a["name"]: "\n".join(p["text"] for p in a["pages"])
        for a in answers
        if "pages" in a and not a["parent"]
    }
    assert server.visits == 0
    assert PRIVATE not in str(answers)
    assert set(FILES) - set(texts) <= REFUSED
    assert all(WORDS in text for text in texts.values())
    socket.create_connection(("127.0.0.1", server.port)).close()
    assert soon(lambda: server.visits == 1)  # it does count


def by_a_program(port: int) -> int:
    """A program that a reader starts, as Tesseract and LibreOffice are, tries to reach the server."""
    code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode


def by_a_library(port: int) -> int:
    """A library in C tries, which Python's audit does not see."""
    libc = ctypes.CDLL(None)
    address = struct.pack("=H", socket.AF_INET) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + bytes(8)
    return int(libc.connect(libc.socket(socket.AF_INET, socket.SOCK_STREAM, 0), address, 16))


def _has_namespaces() -> bool:
    if sys.platform != "linux":
        return False
    options = ["--net"] if os.getuid() == 0 else ["--map-current-user", "--net"]
    try:
        command = [shutil.which("unshare") or "", *options, "true"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.mark.skipif(not _has_namespaces(), reason="the system gives no process a network of its own")
@pytest.mark.parametrize("attempt", [by_a_program, by_a_library])
def test_no_program_and_no_library_gets_out(server: Server, attempt: Callable[[int], int]) -> None:
    with Workers(1, Limits()) as workers:
        failed = workers.submit(attempt, server.port, seconds=30, name="letter.pdf").result(60)
    assert failed
    assert server.visits == 0
    assert attempt(server.port) == 0  # from outside it works
