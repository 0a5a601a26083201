"""ZIP archives: names, damage, passwords, bombs. Archives are made here, and then broken byte by byte."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, Encrypted, TooLarge
from extractors.limits import Limits
from extractors.readers import archive, ole
from extractors.readers.draft import Draft, Input

WORDS = b"notice of delay " * 40


def read(folder: Path, data: bytes, limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    return archive.read(Input(path, "a.zip", "application/zip", folder / "scratch", limits or Limits()))


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in members:
            info = zipfile.ZipInfo(name, (2023, 3, 14, 9, 30, 0))
            info.compress_type = method
            file.writestr(info, content)
    return buffer.getvalue()


def with_raw_name(raw: bytes, content: bytes = WORDS, extra: bytes = b"", flags: int = 0) -> bytes:
    """An archive of one stored member whose name is these bytes."""
    common = struct.pack(
        "<HHHHHIIIHH",
        20,
        flags,
        0,
        0x4BC0,
        0x566E,
        zlib.crc32(content),
        len(content),
        len(content),
        len(raw),
        len(extra),
    )
    local = b"PK\3\4" + common + raw + extra + content
    central = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + raw + extra
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def with_method(data: bytes, method: int) -> bytes:
    """The archive of `with_raw_name`, said to be packed in another way."""
    return data.replace(struct.pack("<HHH", 20, 0, 0), struct.pack("<HHH", 20, 0, method))


def marked_encrypted(data: bytes, name: str) -> bytes:
    """Sets the encryption bit of one member, in its own header and in the directory."""
    changed = bytearray(data)
    for signature, flag_at, name_at in ((b"PK\3\4", 6, 30), (b"PK\1\2", 8, 46)):
        at = data.find(signature)
        while at >= 0:
            if data[at + name_at :].startswith(name.encode()):
                changed[at + flag_at] |= 1
            at = data.find(signature, at + 1)
    return bytes(changed)


def outcome_of(folder: Path, data: bytes, limits: Limits | None = None) -> Draft | DocumentError:
    try:
        return read(folder, data, limits)
    except DocumentError as error:
        return error


def names_of(draft: Draft) -> list[str]:
    return [child.untrusted_name for child in draft.children]


def test_every_member_becomes_a_child_and_the_page_lists_them(tmp_path: Path) -> None:
    draft = read(
        tmp_path, zipped([("letters/L-0145.txt", WORDS), ("照片.jpg", b"\xff\xd8\xff"), ("letters/", b"")])
    )
    assert names_of(draft) == ["letters/L-0145.txt", "照片.jpg"]
    assert [child.path.read_bytes() for child in draft.children] == [WORDS, b"\xff\xd8\xff"]
    (page,) = draft.pages
    assert isinstance(page, PageText)
    assert page.text == (
        "a.zip: 2 files\nletters/L-0145.txt\t640 bytes\t2023-03-14 09:30\n照片.jpg\t3 bytes\t2023-03-14 09:30\n"
    )


@pytest.mark.parametrize(
    ("raw", "extra", "flags", "expected"),
    [
        ("现场照片/第三标段.jpg".encode("gbk"), b"", 0, "现场照片/第三标段.jpg"),
        ("工程變更通知.pdf".encode("big5"), b"", 0, "工程變更通知.pdf"),
        ("现场照片.jpg".encode(), b"", 0, "现场照片.jpg"),
        ("现场照片.jpg".encode(), b"", 0x800, "现场照片.jpg"),
        ("Müller.pdf".encode("cp437"), b"", 0, "Müller.pdf"),
        (b"plain.pdf", b"", 0, "plain.pdf"),
        (b"x.jpg", struct.pack("<HHBI", 0x7075, 5 + 10, 1, zlib.crc32(b"x.jpg")) + "照片.jpg".encode(), 0, "照片.jpg"),
        (b"x.jpg", struct.pack("<HHBI", 0x7075, 5 + 10, 1, 1) + "照片.jpg".encode(), 0, "x.jpg"),
    ],
)  # fmt: skip
def test_names(tmp_path: Path, raw: bytes, extra: bytes, flags: int, expected: str) -> None:
    assert names_of(read(tmp_path, with_raw_name(raw, extra=extra, flags=flags))) == [expected]


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "C:\\evil.exe", "a/../../b", "~/.ssh/config", "con"]
)
def test_names_are_never_paths(tmp_path: Path, name: str) -> None:
    draft = read(tmp_path, zipped([(name, WORDS)]))
    assert names_of(draft) == [name]
    assert draft.children[0].path.parent == tmp_path / "scratch"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "scratch"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_two_children(tmp_path: Path) -> None:
    draft = read(tmp_path, zipped([("a.txt", b"first"), ("a.txt", b"second")]))
    assert [child.path.read_bytes() for child in draft.children] == [b"first", b"second"]
    assert draft.notes == ("a.txt: stands in the archive more than once",)


def test_what_only_operating_systems_use_is_left_out(tmp_path: Path) -> None:
    clutter = ["__MACOSX/._a.txt", "x/.DS_Store", "Thumbs.db", "desktop.ini"]
    draft = read(tmp_path, zipped([("a.txt", WORDS), *((name, WORDS) for name in clutter)]))
    assert names_of(draft) == ["a.txt"]
    assert draft.notes == ("4 files that only the operating system uses were left out",)


def test_an_empty_member_is_not_passed_over(tmp_path: Path) -> None:
    draft = read(tmp_path, zipped([("a.txt", WORDS), ("empty.txt", b""), ("", WORDS)]))
    assert names_of(draft) == ["a.txt", "empty.txt", "(no name)"]


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_ways_of_packing(tmp_path: Path, method: int) -> None:
    assert read(tmp_path, zipped([("a", WORDS)], method)).children[0].path.read_bytes() == WORDS


def test_a_damaged_member_costs_only_itself(tmp_path: Path) -> None:
    data = bytearray(zipped([("bad.txt", WORDS), ("good.txt", b"intact")], zipfile.ZIP_STORED))
    data[data.find(WORDS)] ^= 0xFF
    draft = read(tmp_path, bytes(data))
    assert names_of(draft) == ["good.txt"]
    assert [note for note in draft.notes if note.startswith("bad.txt: ") and "CRC" in note]
    assert len(list((tmp_path / "scratch").iterdir())) == 1


def test_members_with_a_password_are_noted_and_the_others_read(tmp_path: Path) -> None:
    data = marked_encrypted(zipped([("secret.pdf", WORDS), ("open.txt", b"words")]), "secret.pdf")
    draft = read(tmp_path, data)
    assert names_of(draft) == ["open.txt"]
    assert draft.notes == ("secret.pdf: protected with a password, not read",)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Empty),
        (zipped([]), Empty),
        (zipped([("folder/", b"")]), Empty),
        (zipped([("a", b"")]), Empty),
        (marked_encrypted(zipped([("a", WORDS)]), "a"), Encrypted),
        (zipped([("a", WORDS)])[:-22], Corrupt),
        (zipped([("a", WORDS)])[:60], Corrupt),
        (zipped([("a", WORDS)], zipfile.ZIP_STORED).replace(b"notice", b"NOTICE"), Corrupt),
        (b"PK\3\4" + bytes(100), Corrupt),
        (b"PK\5\6" + b"\xff" * 18, Corrupt),
        (with_method(with_raw_name(b"a"), 98), Corrupt),
        (zipped([(str(n), b"x") for n in range(12)]), TooLarge),
        (zipped([("big", bytes(300_000))], zipfile.ZIP_STORED), TooLarge),
        (zipped([("bomb", bytes(150_000))]), TooLarge),
    ],
)  # fmt: skip
def test_refused_by_name(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    limits = Limits(archive_members=10, archive_bytes=200_000, archive_grace=100_000)
    with pytest.raises(error, match=r"^a\.zip: ."):
        read(tmp_path, data, limits)


def overlapping(copies: int, unpacked: int) -> bytes:
    """Many entries of the directory point to the same packed bytes, so that it unpacks to much more than it is."""
    body = zlib.compress(bytes(unpacked), 9)[2:-4]
    common = struct.pack(
        "<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(bytes(unpacked)), len(body), unpacked, 1, 0
    )
    local = b"PK\3\4" + common + b"a" + body
    entry = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<HHHHIIH", 0, 0, copies, copies, len(entry) * copies, len(local), 0)
    return local + entry * copies + b"PK\5\6" + end


def test_overlapping_members_do_not_fill_the_disk(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, overlapping(200, 1_000_000), Limits(archive_grace=1_000_000))
    written = sum(path.stat().st_size for path in (tmp_path / "scratch").glob("*"))
    assert written <= 4_000_000
    assert isinstance(outcome, DocumentError) or outcome.notes


def test_a_directory_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    entry = b"PK\1\2" + bytes(42)
    data = (
        entry * 60_000 + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 60_000, 60_000, len(entry) * 60_000, 0, 0)
    )
    with pytest.raises(TooLarge, match="directory"):
        read(tmp_path, data, Limits(archive_members=10))


SOUND = zipped([("a.txt", WORDS), ("b/图.jpg", b"\xff\xd8\xff" * 9), ("c", b"")])


@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_no_damage_can_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(SOUND)
    for position, value in changes:
        data[position] = value
    outcome = outcome_of(tmp_path_factory.mktemp("zip"), bytes(data))
    if isinstance(outcome, DocumentError):
        assert outcome.message.startswith("a.zip: ")
    else:
        assert outcome.children


@pytest.mark.parametrize(
    ("data", "media_type", "error"),
    [
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "application/CDFV2", Encrypted),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "application/encrypted", Encrypted),
        (b"", "application/CDFV2", Empty),
    ],
)
def test_compound_files(tmp_path: Path, data: bytes, media_type: str, error: type[DocumentError]) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(error, match=r"^k\.docx: "):
        ole.read(Input(path, "k.docx", media_type, tmp_path, Limits()))


SMALL_FILES = Limits(file_bytes=5 * 2**20)
LARGE = bytes(6 * 2**20)


def test_a_file_inside_that_is_too_large_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    draft = read(
        tmp_path, zipped([("film.mov", LARGE), ("letter.txt", WORDS)], zipfile.ZIP_STORED), SMALL_FILES
    )
    assert [child.untrusted_name for child in draft.children] == ["letter.txt"]
    assert "film.mov: larger than limits.file_mib (5) allows, not read" in draft.notes


def test_an_archive_of_nothing_but_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"film\.mov inside is larger than limits\.file_mib \(5\)"):
        read(tmp_path, zipped([("film.mov", LARGE)], zipfile.ZIP_STORED), SMALL_FILES)


def test_a_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    data = zipped([("letter.txt", WORDS), *((f"{n}.txt", bytes(2**20)) for n in range(60))])
    with pytest.raises(TooLarge, match="archive_ratio"):
        read(tmp_path, data)
    assert not (tmp_path / "scratch").exists()
