from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.errors import FileUnreachable, TooLarge
from pipeline.errors import OriginalDamaged
from pipeline.originals import FolderOriginals

LIMIT = 10 * 2**20


@given(st.binary(max_size=5000))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_kept_is_byte_for_byte_what_came(tmp_path: Path, content: bytes) -> None:
    source, originals = tmp_path / "source", FolderOriginals(tmp_path / "originals")
    source.write_bytes(content)
    kept = originals.keep(source, LIMIT)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.size == len(content)
    assert originals.checked(kept.sha256).read_bytes() == content


def test_originals_are_read_only_and_kept_once(tmp_path: Path) -> None:
    source, originals = tmp_path / "source", FolderOriginals(tmp_path / "originals")
    source.write_bytes(b"evidence")
    first, second = originals.keep(source, LIMIT), originals.keep(source, LIMIT)
    assert first == second
    assert originals.path(first.sha256).stat().st_mode & 0o222 == 0
    assert list(originals.hashes()) == [first.sha256]
    assert not list((tmp_path / "originals" / ".incoming").iterdir())


def test_a_damaged_original_is_noticed_and_healed_by_the_same_file(tmp_path: Path) -> None:
    source, originals = tmp_path / "source", FolderOriginals(tmp_path / "originals")
    source.write_bytes(b"evidence")
    kept = originals.keep(source, LIMIT)
    originals.path(kept.sha256).chmod(0o644)
    originals.path(kept.sha256).write_bytes(b"Evidence")
    with pytest.raises(OriginalDamaged, match="other bytes"):
        originals.checked(kept.sha256)
    originals.keep(source, LIMIT)
    assert originals.checked(kept.sha256).read_bytes() == b"evidence"


def test_a_missing_original_is_named(tmp_path: Path) -> None:
    originals = FolderOriginals(tmp_path)
    assert originals.fault("ab" * 32) == "is missing"


def test_a_missing_source_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(FileUnreachable, match=r"gone\.pdf"):
        FolderOriginals(tmp_path / "originals").keep(tmp_path / "gone.pdf", LIMIT)


def test_a_file_over_the_limit_is_refused_with_its_name(tmp_path: Path) -> None:
    source = tmp_path / "large.tif"
    source.write_bytes(b"x" * 2000)
    with pytest.raises(TooLarge, match=r"large\.tif.*file_mib"):
        FolderOriginals(tmp_path / "originals").keep(source, 1000)
    assert list(FolderOriginals(tmp_path / "originals").hashes()) == []


def test_a_file_that_is_too_large_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    source = tmp_path / "film.mov"
    with source.open("wb") as file:
        file.truncate(2**40)  # takes no room; reading it would take an hour
    with pytest.raises(TooLarge, match=r"film\.mov is larger than 10 MiB \(limits\.file_mib\)"):
        FolderOriginals(tmp_path / "originals").keep(source, LIMIT)


def test_what_we_made_ourselves_is_moved_and_not_copied(tmp_path: Path) -> None:
    made, originals = tmp_path / "child-00001", FolderOriginals(tmp_path / "originals")
    made.write_bytes(b"attachment")
    inode = made.stat().st_ino
    kept = originals.adopt(made)
    path = originals.checked(kept.sha256)
    assert (kept.size, path.read_bytes(), path.stat().st_ino) == (10, b"attachment", inode)
    assert not made.exists()
    assert path.stat().st_mode & 0o222 == 0
    made.write_bytes(b"attachment")
    assert originals.adopt(made) == kept
    assert path.stat().st_ino == inode
