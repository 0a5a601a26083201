"""Originals at fsspec addresses: a server that speaks S3, and what fsspec has for tests."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from extractors.errors import TooLarge
from pipeline.addresses import without_secrets
from pipeline.errors import OriginalDamaged, OriginalsAway, PackageMissing, UsageError
from pipeline.originals import Originals, open_originals
from pipeline.originals.fetched import RECENT, Fetched
from pipeline.originals.incoming import ABANDONED
from pipeline.originals.store import Store
from pipeline.originals.stored import StoredOriginals
from pipeline.settings import OriginalsSettings, load
from tests.object_store import ObjectStore

LIMIT = 40 * 2**20


def at(url: str, root: Path, options: dict[str, Any] | None = None, cache: int = 2**30) -> StoredOriginals:
    return StoredOriginals(Store(url, options or {}), Fetched(root / "fetched", cache))


@pytest.fixture
def bucket(object_store: ObjectStore) -> str:
    return object_store.bucket()


@pytest.fixture
def s3(object_store: ObjectStore, bucket: str, tmp_path: Path) -> StoredOriginals:
    return at(f"s3://{bucket}/team/northport", tmp_path, object_store.options)


@pytest.fixture(params=["s3", "memory", "file"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if request.param == "s3":
        store: ObjectStore = request.getfixturevalue("object_store")
        yield f"s3://{store.bucket()}/a/b", store.options
    elif request.param == "file":
        yield f"file://{tmp_path}/there", {}
    else:
        yield f"memory://{tmp_path.name}", {}


def source(tmp_path: Path, content: bytes = b"evidence") -> Path:
    path = tmp_path / "source.pdf"
    path.write_bytes(content)
    return path


def local(originals: StoredOriginals, sha256: str) -> Path:
    """The copy on this machine."""
    return originals._fetched.path(sha256)


@pytest.mark.parametrize(
    "content", [b"", b"evidence", os.urandom(9 * 2**20)], ids=["empty", "small", "large"]
)
def test_what_is_kept_comes_back_byte_for_byte(
    address: tuple[str, dict[str, Any]], tmp_path: Path, content: bytes
) -> None:
    here, there = (at(address[0], tmp_path / name, address[1]) for name in ("here", "there"))
    assert list(here.hashes()) == []
    kept = here.keep(source(tmp_path, content), LIMIT)
    assert (kept.sha256, kept.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert there.fault(kept.sha256) is None
    assert not local(there, kept.sha256).exists()  # checking keeps nothing here
    with there.lent(kept.sha256) as path:  # another machine
        assert path.read_bytes() == content
        assert path.stat().st_mode & 0o222 == 0
    assert list(there.hashes()) == [kept.sha256]
    assert here.keep(source(tmp_path, content), LIMIT) == kept
    here.sweep()
    assert not list(tmp_path.rglob(".incoming/*"))


def test_an_original_that_is_not_there_is_damaged(
    address: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    originals = at(*[address[0], tmp_path, address[1]])
    assert originals.fault("ab" * 32) == "is missing"
    with pytest.raises(OriginalDamaged, match="abab is missing"):
        originals.checked("ab" * 32)


def test_a_damaged_copy_is_fetched_again_and_a_damaged_original_is_told_and_healed(
    s3: StoredOriginals, object_store: ObjectStore, bucket: str, tmp_path: Path
) -> None:
    kept = s3.keep(source(tmp_path), LIMIT)
    local(s3, kept.sha256).chmod(0o644)
    local(s3, kept.sha256).write_bytes(b"Evidence")
    assert s3.checked(kept.sha256).read_bytes() == b"evidence"
    key = f"team/northport/{kept.sha256[:2]}/{kept.sha256}"
    object_store.client.put_object(Bucket=bucket, Key=key, Body=b"Evidence")
    local(s3, kept.sha256).unlink()
    with pytest.raises(OriginalDamaged, match="other bytes"):
        s3.checked(kept.sha256)
    assert not local(s3, kept.sha256).exists()
    assert "other bytes" in str(s3.fault(kept.sha256))
    s3.keep(source(tmp_path), LIMIT)
    assert s3.fault(kept.sha256) is None


def test_what_is_whole_is_never_written_again(
    s3: StoredOriginals, object_store: ObjectStore, bucket: str, tmp_path: Path
) -> None:
    kept = s3.keep(source(tmp_path), LIMIT)
    key = f"team/northport/{kept.sha256[:2]}/{kept.sha256}"
    before = object_store.client.head_object(Bucket=bucket, Key=key)["LastModified"]
    s3.keep(source(tmp_path), LIMIT)
    s3._store.put(source(tmp_path, b"other bytes"), f"{kept.sha256[:2]}/{kept.sha256}")  # the bucket refuses
    assert object_store.client.head_object(Bucket=bucket, Key=key)["LastModified"] == before
    assert s3.fault(kept.sha256) is None


def test_machines_that_keep_the_same_file_at_once_keep_it_once(
    object_store: ObjectStore, bucket: str, tmp_path: Path
) -> None:
    made, kept = source(tmp_path, os.urandom(100_000)), []
    machines = [at(f"s3://{bucket}", tmp_path / str(n), object_store.options) for n in range(3)]
    threads = [threading.Thread(target=lambda m=m: kept.append(m.keep(made, LIMIT))) for m in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 3
    assert len(set(kept)) == 1
    assert list(machines[0].hashes()) == [kept[0].sha256]
    assert machines[0].fault(kept[0].sha256) is None


def test_what_we_made_is_taken_over_and_what_is_too_large_is_not(s3: StoredOriginals, tmp_path: Path) -> None:
    made = source(tmp_path, b"attachment")
    kept = s3.adopt(made)
    assert not made.exists()
    assert s3.checked(kept.sha256).read_bytes() == b"attachment"
    with pytest.raises(TooLarge):
        s3.keep(source(tmp_path, b"x" * 2000), 1000)
    assert list(s3.hashes()) == [kept.sha256]


def test_a_store_that_does_not_keep_what_it_is_given_is_named(tmp_path: Path) -> None:
    class Forgetful(Store):
        def put(self, source: Path, name: str, anew: bool = False) -> None:
            source.chmod(0o644)
            source.write_bytes(source.read_bytes()[:-1])
            super().put(source, name, anew)

    originals = StoredOriginals(Forgetful(f"memory://{tmp_path.name}", {}), Fetched(tmp_path / "f", 2**20))
    with pytest.raises(OriginalsAway, match="which has other bytes"):
        originals.keep(source(tmp_path), LIMIT)


def test_a_store_that_is_away_is_no_fault_of_the_original(
    object_store: ObjectStore, bucket: str, tmp_path: Path
) -> None:
    nobody = {**object_store.options, "endpoint_url": "http://127.0.0.1:9"}
    away = [
        (at("s3://no-such-bucket/x", tmp_path, object_store.options), "there is no bucket no-such-bucket"),
        (at(f"s3://{bucket}/x", tmp_path, nobody), "EndpointConnectionError"),
        (at("nosuchscheme://x", tmp_path), "cannot be used"),
        (open_originals(OriginalsSettings(url=str(tmp_path / "not mounted")), tmp_path), "is not there"),
    ]
    for originals, said in away:
        asked = (
            lambda o: o.fault("ab" * 32),
            lambda o: o.checked("ab" * 32),
            lambda o: o.keep(source(tmp_path), LIMIT),
            lambda o: o.examine(),
        )
        for ask in asked:
            with pytest.raises(OriginalsAway, match=said):
                ask(originals)


def test_a_package_that_is_missing_is_named_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(PackageMissing) as raised:
        at("s3://bucket", tmp_path).fault("ab" * 32)
    assert "claimtrail[team]" in raised.value.remedy


def test_a_stumbling_store_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.originals.store.PAUSES", (0.0, 0.0))
    originals = at(f"memory://{tmp_path.name}", tmp_path)
    kept, files = originals.keep(source(tmp_path), LIMIT), originals._store._files
    failures = [TimeoutError("slow"), ConnectionResetError("gone")]
    opened = files.open

    def stumbling(*arguments: Any, **options: Any) -> Any:
        if failures:
            raise failures.pop()
        return opened(*arguments, **options)

    monkeypatch.setattr(files, "open", stumbling)
    assert originals.fault(kept.sha256) is None
    failures.extend([TimeoutError("slow")] * 3)
    with pytest.raises(OriginalsAway, match="TimeoutError"):
        originals.fault(kept.sha256)


def test_a_place_that_moves_nothing_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved, hurried = MemoryFileSystem.mv, []

    def refusing(files: MemoryFileSystem, source: str, target: str, **more: Any) -> None:
        if hurried:
            files.pipe_file(target, hurried.pop())  # another machine is quicker
        if files.exists(target):
            raise OSError(17, "STATUS_OBJECT_NAME_COLLISION")
        moved(files, source, target, **more)

    monkeypatch.setattr(MemoryFileSystem, "mv", refusing)
    monkeypatch.setattr("pipeline.originals.store.PAUSES", (0.0, 0.0))
    originals = at(url := f"memory://{tmp_path.name}-moves", tmp_path)
    hurried.append(b"evidence")
    kept = originals.keep(source(tmp_path), LIMIT)
    MemoryFileSystem().pipe_file(f"{url.partition('//')[2]}/{kept.sha256[:2]}/{kept.sha256}", b"Evidence")
    assert originals.fault(kept.sha256) is not None
    assert originals.keep(source(tmp_path), LIMIT) == kept
    assert originals.fault(kept.sha256) is None
    assert Store(url, {}).names(".incoming") == []


def test_uploads_that_nobody_goes_on_with_are_swept(tmp_path: Path) -> None:
    originals = at(f"file://{tmp_path}/there", tmp_path)
    incoming, now = tmp_path / "there" / ".incoming", int(time.time())
    incoming.mkdir(parents=True)
    for name in (f"{now - int(ABANDONED) - 60}-host-1-aa", f"{now}-host-1-bb", "strange"):
        (incoming / name).write_bytes(b"half")
    originals.sweep()
    assert [path.name for path in incoming.iterdir()] == [f"{now}-host-1-bb"]
    assert list(originals.hashes()) == []


def filled(tmp_path: Path, cache: int, count: int = 4) -> tuple[StoredOriginals, list[Path]]:
    """Copies of 1,000 bytes each, the first used longest ago."""
    originals, paths = at(f"memory://{tmp_path.name}", tmp_path, cache=2**30), []
    for number in range(count):
        kept = originals.keep(source(tmp_path, bytes([number]) * 1000), LIMIT)
        paths.append(local(originals, kept.sha256))
        os.utime(paths[-1], (time.time() - RECENT - 100 + number,) * 2)
    originals._fetched.limit = cache
    return originals, paths


def test_copies_are_kept_below_their_size_the_longest_unused_going_first(tmp_path: Path) -> None:
    originals, paths = filled(tmp_path, cache=3000)
    originals.tidy()
    assert [path.exists() for path in paths] == [False, False, True, True]
    assert originals.checked(paths[0].name).read_bytes() == bytes(1000)


def test_a_new_copy_makes_room_for_itself(tmp_path: Path) -> None:
    originals, paths = filled(tmp_path, cache=3000)
    originals.keep(source(tmp_path, b"n" * 1000), LIMIT)
    assert [path.exists() for path in paths] == [False, False, False, True]


def test_copies_in_use_stay(tmp_path: Path) -> None:
    originals, paths = filled(tmp_path, cache=1000)
    old = time.time() - RECENT - 1000
    with originals.lent(paths[0].name) as lent:
        os.utime(lent, (old, old))
        Fetched(originals._fetched.root, 1000).tidy()
        assert [path.exists() for path in paths] == [True, False, False, False]
    originals, paths = filled(tmp_path, cache=1000)
    with originals.held():
        Fetched(originals._fetched.root, 1000).tidy()
        assert all(path.exists() for path in paths)
    for path in paths:
        os.utime(path)  # named to somebody just now
    originals.tidy()
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("s3://bucket/prefix", "s3://bucket/prefix"),
        ("sftp://me:secret@host:22/a", "sftp://host:22/a"),
        ("at ftp://me:secr@t@host/x and so on", "at ftp://host/x and so on"),
        ("https://host/x?X-Amz-Signature=abc tail", "https://host/x tail"),
    ],
)
def test_secrets_in_addresses_are_not_told(said: str, shown: str) -> None:
    assert without_secrets(said) == shown


@pytest.mark.parametrize(
    "text", ["originals: {url: ''}", "originals: {cache_mib: 0}", "originals: {path: x}", "originals: s3://x"]
)
def test_settings_that_cannot_be_meant_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(UsageError, match="originals"):
        load(tmp_path / "settings.yaml")


def test_folders_are_folders_whether_as_path_or_address(tmp_path: Path) -> None:
    shared = tmp_path / "with space"
    shared.mkdir()
    for url in (str(shared), "with space", f"file://{tmp_path}/with%20space"):
        originals: Originals = open_originals(OriginalsSettings(url=url), tmp_path)
        kept = originals.keep(source(tmp_path), LIMIT)
        assert (shared / kept.sha256[:2] / kept.sha256).read_bytes() == b"evidence"
