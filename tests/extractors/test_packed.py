"""tar, gz, bz2, xz and 7z: names, links, damage, passwords, bombs. All archives are made here."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.detect import media_type
from extractors.document import PageText
from extractors.errors import Corrupt, DocumentError, Empty, Encrypted, TooLarge, Unsupported
from extractors.limits import Limits
from extractors.readers import read as read_any
from extractors.readers.draft import Draft, Input

WORDS = b"notice of delay " * 40
SMALL = Limits(archive_members=3, archive_ratio=5, archive_grace=10_000, archive_bytes=200_000)


def read(folder: Path, data: bytes, name: str = "a.bin", limits: Limits | None = None) -> Draft:
    path = folder / "file"
    path.write_bytes(data)
    scratch = folder / "scratch"
    return read_any(Input(path, name, media_type(path, name), scratch, limits or Limits()))


def contents(draft: Draft) -> dict[str, bytes]:
    return {child.untrusted_name: child.path.read_bytes() for child in draft.children}


def listing(draft: Draft) -> str:
    return "".join(page.text for page in draft.pages if isinstance(page, PageText))


def tarred(members: dict[str | bytes, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in members.items():
            told = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
            info = tarfile.TarInfo(told)
            info.size, info.mtime = len(content), 1_678_786_200
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def special(kind: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("pointer")
        info.type, info.linkname = kind, "/etc/passwd"
        archive.addfile(info)
        good = tarfile.TarInfo("good.txt")
        good.size = len(WORDS)
        archive.addfile(good, io.BytesIO(WORDS))
    return buffer.getvalue()


def sevenzipped(members: dict[str, bytes], password: str | None = None, header: bool = False) -> bytes:
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password, header_encryption=header) as archive:
        for name, content in members.items():
            archive.writestr(content, name)
    return buffer.getvalue()


def plain(data: bytes) -> bytes:
    return data


def gzipped(data: bytes) -> bytes:
    """Without the time of day, so that the tests have the same names in all processes."""
    return gzip.compress(data, mtime=0)


PACKERS: list[Callable[[bytes], bytes]] = [plain, gzipped, bz2.compress, lzma.compress]


@pytest.mark.parametrize("pack", PACKERS)
def test_a_tape_archive_gives_its_files(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    draft = read(tmp_path, pack(tarred({"a/notice.txt": WORDS, "照片.txt": b"x"})), "a.tar.gz")
    assert contents(draft) == {"a/notice.txt": WORDS, "照片.txt": b"x"}
    assert "a/notice.txt\t640 bytes\t2023-03-14 09:30 UTC" in listing(draft)
    assert draft.notes == ()


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a\x00b", "x" * 300, "con\n.txt"]
)
def test_a_name_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    draft = read(tmp_path, tarred({name: WORDS}))
    assert [child.path.parent for child in draft.children] == [tmp_path / "scratch"]
    assert not list(tmp_path.parent.rglob("evil.txt"))


def test_a_7z_name_never_becomes_a_path(tmp_path: Path) -> None:
    data = sevenzipped({"a/evil.txt": WORDS, "good.txt": b"x"})
    harmful = data.replace("a/evil.txt".encode("utf-16-le"), "../vil.txt".encode("utf-16-le"))
    draft = read(tmp_path, data)
    assert contents(draft) == {"a/evil.txt": WORDS, "good.txt": b"x"}
    assert [child.path.parent for child in draft.children] == [tmp_path / "scratch"] * 2
    assert not list(tmp_path.parent.rglob("evil.txt"))
    assert isinstance(outcome(tmp_path, harmful), Draft | Corrupt)


def test_a_name_in_gbk_is_told(tmp_path: Path) -> None:
    raw = "现场照片与施工日志说明.txt".encode("gbk")
    draft = read(tmp_path, tarred({raw: WORDS}, tarfile.GNU_FORMAT))
    assert draft.children[0].untrusted_name == "现场照片与施工日志说明.txt"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_named_and_not_followed(tmp_path: Path, kind: bytes) -> None:
    draft = read(tmp_path, special(kind))
    assert contents(draft) == {"good.txt": WORDS}
    assert draft.notes == ("pointer: a link or device, not followed, not read",)


def test_a_cut_off_archive_gives_what_is_whole(tmp_path: Path) -> None:
    draft = read(tmp_path, tarred({"a.txt": WORDS, "b.txt": WORDS * 100})[: 3 * 512 + 3000])
    assert contents(draft) == {"a.txt": WORDS}
    assert any(note.endswith("not read") for note in draft.notes)


def test_a_damaged_header_in_the_middle_is_noted(tmp_path: Path) -> None:
    data = bytearray(tarred({"a.txt": WORDS, "b.txt": WORDS}))
    at = data.find(b"b.txt")
    data[at : at + 200] = b"\xff" * 200
    draft = read(tmp_path, bytes(data))
    assert contents(draft) == {"a.txt": WORDS}
    assert draft.notes == ("an entry is damaged; what follows was not read",)


@pytest.mark.parametrize(
    ("data", "name", "inner"),
    [
        (gzipped(WORDS), "diary.txt.gz", "diary.txt"),
        (bz2.compress(WORDS), "diary.txt.bz2", "diary.txt"),
        (lzma.compress(WORDS), "diary.txt.xz", "diary.txt"),
        (gzipped(WORDS), "DIARY.TXT.GZ", "DIARY.TXT"),
        (gzipped(WORDS), "../../up.txt.gz", "up.txt"),
        (gzipped(WORDS), ".gz", "content"),
        (gzipped(WORDS) + gzipped(WORDS), "two.gz", "two"),
    ],
)
def test_one_packed_file_is_one_child(tmp_path: Path, data: bytes, name: str, inner: str) -> None:
    draft = read(tmp_path, data, name)
    assert [child.untrusted_name for child in draft.children] == [inner]
    assert draft.children[0].path.read_bytes().startswith(WORDS)


@pytest.mark.parametrize("pack", [gzipped, bz2.compress, lzma.compress])
@pytest.mark.parametrize("content", [b"\0" * 5_000_000, tarred({"zeros": b"\0" * 5_000_000})])
def test_a_bomb_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes], content: bytes) -> None:
    with pytest.raises(TooLarge, match="archive_"):
        read(tmp_path, pack(content), limits=SMALL)


def test_a_bomb_behind_a_member_that_is_skipped_is_refused(tmp_path: Path) -> None:
    data = gzipped(tarred({"__MACOSX/x": b"\0" * 5_000_000, "a": b"x"}))
    with pytest.raises(TooLarge, match="archive_ratio"):
        read(tmp_path, data, limits=SMALL)


@pytest.mark.parametrize("make", [tarred, sevenzipped])
def test_too_many_members_are_refused(tmp_path: Path, make: Callable[..., bytes]) -> None:
    with pytest.raises(TooLarge, match="archive_members"):
        read(tmp_path, make({f"{n}.txt": b"x" for n in range(4)}), limits=SMALL)


def test_a_7z_bomb_is_refused_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="archive_"):
        read(tmp_path, sevenzipped({"zeros": b"\0" * 5_000_000}), limits=SMALL)


def test_a_7z_gives_its_files(tmp_path: Path) -> None:
    members = {"a/通知.txt": WORDS, "empty.txt": b"", "a/b.txt": b"x", ".DS_Store": b"x"}
    draft = read(tmp_path, sevenzipped(members))
    assert contents(draft) == {name: members[name] for name in ("a/通知.txt", "empty.txt", "a/b.txt")}
    assert "a/通知.txt\t640 bytes" in listing(draft)


@pytest.mark.parametrize("header", [False, True])
def test_a_7z_behind_a_password_is_encrypted(tmp_path: Path, header: bool) -> None:
    with pytest.raises(Encrypted):
        read(tmp_path, sevenzipped({"a.txt": WORDS}, "secret", header))


def test_a_7z_that_is_protected_in_part_gives_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "parts.7z"
    with py7zr.SevenZipFile(path, "w") as archive:
        archive.writestr(WORDS, "open.txt")
    with py7zr.SevenZipFile(path, "a", password="secret", filters=None) as archive:
        archive.writestr(WORDS, "closed.txt")
    draft = read(tmp_path, path.read_bytes())
    assert contents(draft) == {"open.txt": WORDS}
    assert draft.notes == ("closed.txt: protected with a password, not read",)


def test_a_damaged_7z_keeps_what_came_out_whole(tmp_path: Path) -> None:
    data = bytearray(sevenzipped({"a.txt": bytes(range(256)) * 40, "b.txt": WORDS}))
    data[60] ^= 0xFF
    assert isinstance(outcome(tmp_path, bytes(data)), Draft | Corrupt)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (gzipped(WORDS)[:30], Corrupt),
        (bz2.compress(WORDS)[:30], Corrupt),
        (lzma.compress(WORDS * 50)[:60], Corrupt),
        (gzipped(b""), Empty),
        (sevenzipped({"a.txt": WORDS})[:-20], Corrupt),
        (sevenzipped({}), Empty),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 60, Unsupported),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, data: bytes, error: type[DocumentError]) -> None:
    with pytest.raises(error) as caught:
        read(tmp_path, data)
    assert caught.value.remedy


def test_rar_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Unsupported) as caught:
        read(tmp_path, b"Rar!\x1a\x07\x01\x00" + b"\0" * 60, "a.rar")
    assert ".zip" in caught.value.remedy


def outcome(folder: Path, data: bytes) -> Draft | DocumentError:
    try:
        return read(folder, data)
    except DocumentError as error:
        return error


BASES = [
    tarred({"a.txt": WORDS, "b.txt": WORDS}),
    gzipped(tarred({"a.txt": WORDS})),
    sevenzipped({"a.txt": WORDS, "b.txt": bytes(range(256)) * 4}),
    lzma.compress(WORDS),
]


@settings(max_examples=150, deadline=None)
@given(
    base=st.sampled_from(BASES),
    cut=st.integers(1, 3000),
    changes=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=6),
)
def test_damage_ends_in_a_draft_or_a_named_error(
    tmp_path_factory: pytest.TempPathFactory, base: bytes, cut: int, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(base[: max(cut, 8)])
    for at, value in changes:
        data[at % len(data)] = value
    assert isinstance(outcome(tmp_path_factory.mktemp("d"), bytes(data)), Draft | DocumentError)


@pytest.mark.parametrize("pack", ["tgz", "gz", "7z"])
def test_a_file_inside_that_is_too_large_is_refused_by_the_name_of_the_limit(
    tmp_path: Path, pack: str
) -> None:
    film = tmp_path / "film.mov"
    film.write_bytes(bytes(3 * 2**20))
    data = io.BytesIO()
    if pack == "tgz":
        with tarfile.open(fileobj=data, mode="w:gz") as archive:
            archive.add(film, "film.mov")
    elif pack == "gz":
        data.write(gzip.compress(film.read_bytes()))
    else:
        with py7zr.SevenZipFile(data, "w") as archive:
            archive.write(film, "film.mov")
    with pytest.raises(TooLarge, match=r"larger than limits\.file_mib \(2\)"):
        read(tmp_path, data.getvalue(), limits=Limits(file_bytes=2 * 2**20))
