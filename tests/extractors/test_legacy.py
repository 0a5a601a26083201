"""Old Office files: their text without LibreOffice, and with a program in its place that works, fails or hangs."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Encrypted, TooLarge, Unsupported
from extractors.limits import Limits
from extractors.readers import read as read_any
from extractors.readers.doc_text import without_fields
from extractors.readers.draft import Draft, Input
from tests.extractors.compound_files import Tree, compound
from tests.waiting import alive, soon


def read(folder: Path, data: bytes, limits: Limits | None = None, name: str = "a.doc") -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return read_any(Input(path, name, media_type(path, name), scratch, limits or Limits()))


def outcome(folder: Path, data: bytes) -> Draft | DocumentError:
    try:
        return read(folder, data)
    except DocumentError as error:
        return error


def texts(draft: Draft) -> list[str]:
    return [page.text for page in draft.pages if isinstance(page, PageText)]


@pytest.fixture(autouse=True)
def no_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing but /bin and a folder of our own on the path: no LibreOffice that may be installed here."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


# --- .doc


def doc(pieces: list[tuple[str, bool]], flags: int = 0, counts: list[int] | None = None) -> bytes:
    """A Word 97 document: pieces of text, each as one byte a character (True) or two."""
    main, table, at = bytearray(0x600), bytearray(), 0
    positions, places = [0], b""
    for text, narrow in pieces:
        raw = text.encode("cp1252") if narrow else text.encode("utf-16-le")
        at = len(main)
        main += raw + b"\0" * (len(raw) % 2)
        positions.append(positions[-1] + len(text))
        places += struct.pack("<HIH", 0, at * 2 | 0x40000000 if narrow else at, 0)
    plc = struct.pack(f"<{len(positions)}I", *positions) + places
    table += b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<HH", main, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", main, 0x0A, 0x0200 | flags)
    parts = counts or [positions[-1]]
    struct.pack_into("<8i", main, 0x4C, *parts, *[0] * (8 - len(parts)))
    struct.pack_into("<II", main, 0x1A2, 0, len(table))
    return compound({"WordDocument": bytes(main), "1Table": bytes(table)})


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ([("Notice of delay\r", True)], "Notice of delay"),
        ([("施工", False), (" Notice ", True), ("延期\r", False)], "施工 Notice 延期"),
        ([("a\x0bb\x1ec\x1fd\r", True)], "a\nb-cd"),
        ([("see \x13 HYPERLINK \x14the letter\x15.\r", True)], "see the letter."),
        ([("\x08picture\x01\r", True)], "picture"),
    ],
)
def test_the_text_of_a_doc_is_found(tmp_path: Path, pieces: list[tuple[str, bool]], shown: str) -> None:
    draft = read(tmp_path, doc(pieces))
    assert [text.strip() for text in texts(draft)] == [shown]
    assert draft.notes[0] == "text only, without pictures and layout: LibreOffice is not installed"


def test_a_doc_has_pages_and_tables(tmp_path: Path) -> None:
    table = "Intro\rItem\x07Amount\x07\x07Delay\x07\x07\x07Cost\x07100.00\x07\x07After\r\x0cNext page\r"
    draft = read(tmp_path, doc([(table, True)]))
    first = draft.pages[0]
    assert isinstance(first, PageText)
    assert [(c.row, c.column, first.text[c.start : c.end]) for c in first.cells] == [
        (0, 0, "Item"),
        (0, 1, "Amount"),
        (1, 0, "Delay"),
        (2, 0, "Cost"),
        (2, 1, "100.00"),
    ]
    assert [text.split()[0] for text in texts(draft)] == ["Intro", "Next"]


def test_notes_and_heads_stand_behind_the_text(tmp_path: Path) -> None:
    draft = read(tmp_path, doc([("Body\rA footnote\rHead\r", True)], counts=[5, 11, 5]))
    assert texts(draft)[0].strip().split("\n") == ["Body", "A footnote", "Head"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x13x\x14b\x15c", "abc"),
        ("a\x13x\x15c", "ac"),
        ("a\x13x\x13y\x14z\x15w\x14b\x15c", "abc"),
        ("a\x13x\x14b\x13y\x14z\x15\x15c", "abzc"),
        ("a\x15b\x14c", "abc"),
        ("a\x13never ends", "a"),
    ],
)
def test_fields_show_their_results(text: str, shown: str) -> None:
    assert without_fields(text) == shown


@pytest.mark.parametrize(
    ("data", "limits", "error"),
    [
        (doc([("x\r", True)], flags=0x0100), Limits(), Encrypted),
        (doc([("words " * 50, True)]), Limits(text_chars=100), TooLarge),
        (doc([("\r", True)]), Limits(), Unsupported),
        (compound({"WordDocument": b"\xec\xa5\xc1\0" + bytes(2000)}), Limits(), Corrupt),
        (compound({"WordDocument": b"short"}), Limits(), Corrupt),
        (doc([("x\r", True)])[:900], Limits(), DocumentError),
    ],
)
def test_a_doc_that_cannot_be_read_says_why(
    tmp_path: Path, data: bytes, limits: Limits, error: type[DocumentError]
) -> None:
    with pytest.raises(error):
        read(tmp_path, data, limits)


def test_without_text_the_hint_names_libreoffice(tmp_path: Path) -> None:
    with pytest.raises(Unsupported) as caught:
        read(tmp_path, doc([("\r", True)]))
    assert "apt-get install" in caught.value.remedy
    assert "libreoffice-writer" in caught.value.remedy


def test_files_put_into_an_old_document_are_children(tmp_path: Path) -> None:
    native = bytes(6) + b"../bill.pdf\0C:\\bill.pdf\0" + bytes(4) + struct.pack("<I", 2) + b"x\0"
    native += struct.pack("<I", 5) + b"%PDF-" + bytes(8)
    tree: Tree = {
        "Workbook": workbook([]),
        "MBD1": {"CONTENTS": b"%PDF-1.4"},
        "MBD2": {"\x01Ole10Native": native},
        "MBD3": {"\x01Ole10Native": b"broken"},
    }
    draft = read(tmp_path, compound(tree), name="a.xls")
    assert [(c.untrusted_name, c.path.read_bytes()) for c in draft.children] == [
        ("embedded", b"%PDF-1.4"),
        ("../bill.pdf", b"%PDF-"),
    ]
    assert {child.path.parent for child in draft.children} == {tmp_path / "scratch"}


# --- .ppt


def record(kind: int, content: bytes, instance: int = 0, container: bool = False) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if container else 0), kind, len(content)) + content


def chars(text: str) -> bytes:
    return record(0x0FA0, text.encode("utf-16-le"))


def ppt(slides: list[tuple[str, str, str]], token: int = 0xE391C05F) -> bytes:
    """A presentation of slides, each with outline text, text in a shape, and notes."""
    data, places = b"", {}
    listed = notes_listed = b""
    for number, (outline, shape, notes) in enumerate(slides, 1):
        listed += record(0x03F3, struct.pack("<IIiII", 10 + number, 0, 1, 255 + number, 0)) + chars(outline)
        places[10 + number] = len(data)
        data += record(
            0x03EE, record(0xF00D, record(0x0FA8, shape.encode("latin-1")), container=True), container=True
        )
        if notes:
            notes_listed += record(0x03F3, struct.pack("<IIiII", 50 + number, 0, 0, 0, 0))
            places[50 + number] = len(data)
            atom = record(0x03F1, struct.pack("<II", 255 + number, 0))
            data += record(0x03F0, atom + record(0xF00D, chars(notes), container=True), container=True)
    places[1] = len(data)
    lists = record(0x0FF0, listed, 0, True) + record(0x0FF0, notes_listed, 2, True)
    data += record(0x03E8, lists, container=True)
    directory = len(data)
    pairs = b"".join(struct.pack("<II", 1 << 20 | key, place) for key, place in places.items())
    data += record(0x1772, pairs)
    edit = len(data)
    data += record(0x0FF5, struct.pack("<IIIIIII", 0, 0, 0, directory, 1, 0, 0))
    user = record(0x0FF6, struct.pack("<IIIIHH", 20, token, edit, 0, 0, 0))
    return compound({"PowerPoint Document": data, "Current User": user})


def test_the_slides_of_a_ppt_are_pages(tmp_path: Path) -> None:
    draft = read(tmp_path, ppt([("标题\rTitle", "in a shape", "spoken"), ("Two", "*", "")]))
    assert texts(draft) == ["标题\nTitle\nin a shape\n\nNotes:\nspoken\n", "Two\n"]


def test_a_ppt_with_damaged_lists_still_gives_its_text(tmp_path: Path) -> None:
    whole = ppt([("Title", "in a shape", "")])
    data = whole.replace(
        struct.pack("<II", 20, 0xE391C05F) + whole[whole.find(struct.pack("<II", 20, 0xE391C05F)) + 8 :][:4],
        struct.pack("<III", 20, 0xE391C05F, 0x7FFFFFFF),
    )
    assert data != whole
    assert "in a shape" in texts(read(tmp_path, data))[0]


def test_a_ppt_behind_a_password_is_encrypted(tmp_path: Path) -> None:
    with pytest.raises(Encrypted):
        read(tmp_path, ppt([("Title", "x", "")], token=0xF3D1C4DF))


# --- .xls: a workbook of the oldest record form that xlrd reads (BIFF8), in a compound file


def biff(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def xls(cells: list[tuple[int, int, str | float]], hidden: int = 0, protected: bool = False) -> bytes:
    return compound({"Workbook": workbook(cells, hidden, protected)})


def workbook(cells: list[tuple[int, int, str | float]], hidden: int = 0, protected: bool = False) -> bytes:
    begin = struct.pack("<HHHHII", 0x0600, 5, 0, 1996, 0, 6)
    formats = biff(0x00E0, struct.pack("<HH", 0, 14) + bytes(16)) + biff(
        0x00E0, struct.pack("<HH", 0, 0) + bytes(16)
    )
    fonts = biff(0x0031, struct.pack("<HHHHHBBBB", 200, 0, 0, 400, 0, 0, 0, 0, 0) + b"\x01\x00A") * 5
    lock = biff(0x002F, bytes(54)) if protected else b""
    name = "费用"
    sheet_name = bytes([len(name), 1]) + name.encode("utf-16-le")

    def book(at: int) -> bytes:
        bound = biff(0x0085, struct.pack("<IBB", at, hidden, 0) + sheet_name)
        return biff(0x0809, begin) + lock + fonts + formats + bound + biff(0x000A, b"")

    body = biff(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1996, 0, 6))
    for row, column, value in cells:
        if isinstance(value, str):
            text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            body += biff(0x0204, struct.pack("<HHH", row, column, 1) + text)
        else:
            body += biff(0x0203, struct.pack("<HHHd", row, column, 0, value))
    return (book(len(book(0))) + body + biff(0x000A, b"")).ljust(4096, b"\0")


def test_the_cells_of_an_xls_are_found(tmp_path: Path) -> None:
    draft = read(tmp_path, xls([(0, 0, "日期"), (0, 2, "Amount"), (1, 0, 44999.0)]), name="a.xls")
    assert texts(draft) == ["费用\n日期\t\tAmount\n2023-03-14\n"]
    (page,) = draft.pages
    assert isinstance(page, PageText)
    assert [(c.row, c.column) for c in page.cells] == [(0, 0), (0, 2), (1, 0)]


def test_a_hidden_sheet_is_read_and_noted(tmp_path: Path) -> None:
    assert (
        "sheet 费用 is hidden; it was read"
        in read(tmp_path, xls([(0, 0, "x")], hidden=1), name="a.xls").notes
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (xls([(0, 0, "x")], protected=True), Encrypted),
        (xls([]), Unsupported),
        (compound({"Workbook": b"\x09\x08" + bytes(5000)}), Corrupt),
    ],
)
def test_an_xls_that_cannot_be_read_says_why(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error):
        read(tmp_path, data, name="a.xls")


# --- LibreOffice


def office(folder: Path, script: str) -> None:
    """A program of the name soffice. `$out` and `$given` are what it was told."""
    path = folder / "soffice"
    head = (
        '#!/bin/sh\nPATH=/bin:/usr/bin\nwhile [ $# -gt 1 ]; do [ "$1" = --outdir ] && out="$2"; shift; done\n'
    )
    path.write_text(f'{head}given="$1"\nmkdir -p "$out"\n{script}\n', encoding="utf-8")
    path.chmod(0o755)


def docx_bytes(folder: Path) -> Path:
    from docx import Document

    document = Document()
    document.add_paragraph("by way of LibreOffice")
    path = folder / "ready.docx"
    document.save(str(path))
    return path


WORDS = doc([("found without it\r", True)])


def test_libreoffice_is_used_where_it_is(tmp_path: Path, no_office: Path) -> None:
    office(no_office, f'cp {docx_bytes(tmp_path)} "$out/given.docx"')
    draft = read(tmp_path, WORDS)
    assert texts(draft)[0].strip() == "by way of LibreOffice"
    assert draft.media_type == "application/msword"
    assert draft.notes[0] == "read by way of LibreOffice"
    assert not (tmp_path / "scratch" / "libreoffice" / "profile").exists()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 0", "LibreOffice could not open it"),
        ("exit 7", "LibreOffice ended with status 7"),
        ("kill -SEGV $$", "LibreOffice ended with status -11"),
        (': > "$out/given.docx"', "LibreOffice could not open it"),
        ('echo noise > "$out/given.docx"', "what LibreOffice made of it cannot be read (corrupt)"),
    ],
)
def test_when_libreoffice_fails_the_text_is_found_without_it(
    tmp_path: Path, no_office: Path, script: str, why: str
) -> None:
    office(no_office, script)
    draft = read(tmp_path, WORDS)
    assert texts(draft)[0].strip() == "found without it"
    assert draft.notes[0] == f"text only, without pictures and layout: {why}"


def test_a_libreoffice_that_hangs_is_ended_with_all_it_started(tmp_path: Path, no_office: Path) -> None:
    told = tmp_path / "pid"
    office(no_office, f"sleep 600 & echo $! > {told}.new; mv {told}.new {told}\nwait")
    for seconds in (2, 20, 60):
        draft = read(tmp_path, WORDS, Limits(seconds=seconds))
        assert f"took longer than {seconds * 0.6:.0f} seconds" in draft.notes[0]
        if told.exists():  # else the machine was so busy that it had not begun
            break
    process = int(told.read_text())
    assert soon(lambda: not alive(process))


def test_libreoffice_gets_no_macros_no_links_and_no_environment(
    tmp_path: Path, no_office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_OF_THE_USER", "x")
    office(
        no_office, f'env > {tmp_path}/env; cp "$HOME/user/registrymodifications.xcu" {tmp_path}/xcu; exit 1'
    )
    read(tmp_path, WORDS)
    told = (tmp_path / "env").read_text()
    assert "TOKEN_OF_THE_USER" not in told
    assert "http_proxy=http://127.0.0.1:9" in told
    assert "DisableMacrosExecution" in (tmp_path / "xcu").read_text()


BASES = [
    doc([("Item\x07Amount\x07\x07延期\r", False)]),
    ppt([("Title", "shape", "said")]),
    xls([(0, 0, "x"), (1, 1, 2.0)]),
]


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from(BASES),
    cut=st.integers(600, 12_000),
    changes=st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 255)), max_size=8),
)
def test_damage_ends_in_a_draft_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, base: bytes, cut: int, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(base[:cut])
    for at, value in changes:
        data[at % len(data)] = value
    assert isinstance(outcome(tmp_path_factory.mktemp("d"), bytes(data)), Draft | DocumentError)
