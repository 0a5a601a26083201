"""Locks, crashes, damage, and rebuilding while others search."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.engines import engine_names, engine_of, is_built
from index.entry import PageEntry
from index.errors import IndexDamaged, IndexLocked, IndexMissing, SearchError, UnknownEngine
from tests.index.places import SERVED, address_of, kept_states, open_index, rebuild


def pages(doc: str, text: str, count: int = 1) -> list[PageEntry]:
    return [PageEntry(doc, number, text, f"{doc}.txt") for number in range(1, count + 1)]


@pytest.fixture
def path(engine: str, tmp_path: Path) -> Path:
    with rebuild(tmp_path, engine) as batch:
        batch.replace("a", pages("a", "alpha common", 3))
        batch.replace("b", pages("b", "beta common", 2))
    return tmp_path


def test_there_is_an_engine_for_each_file() -> None:
    assert "whoosh" in engine_names()


def test_the_default_engine_is_whoosh(tmp_path: Path) -> None:
    with rebuild(tmp_path):
        pass
    assert engine_of(tmp_path) == "whoosh"


def test_an_unknown_engine_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match="whoosh"), rebuild(tmp_path, "elastic"):
        pass


def test_a_missing_index_says_what_to_do(tmp_path: Path) -> None:
    assert not is_built(tmp_path)
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(IndexMissing) as caught:
            open_index(folder)
        assert "claimtrail reindex" in caught.value.as_json()["hint"]


def test_reopening_and_moving(path: Path, engine: str) -> None:
    assert is_built(path)
    moved = path.parent / f"elsewhere-{engine}"
    shutil.copytree(path, moved)
    shutil.rmtree(path)
    index = open_index(moved)
    assert (index.count(), index.search("common").total) == (5, 5)
    assert str(path) not in (moved / "index.json").read_text()


def test_one_process_sees_what_another_wrote(path: Path) -> None:
    index = open_index(path)
    assert index.search("gamma").total == 0
    with open_index(path).writer() as batch:
        batch.replace("c", pages("c", "gamma"))
    assert index.search("gamma").total == 1


def test_a_rebuilt_index_replaces_the_old_one_at_once(path: Path, engine: str) -> None:
    index = open_index(path)
    with rebuild(path, engine) as batch:
        batch.replace("c", pages("c", "common gamma"))
        assert index.search("common").total == 5
    assert index.search("common").total == 1
    assert index.doc_ids() == {"c"}
    assert kept_states(path) == 1
    with index.writer() as batch:
        batch.delete("c")
    assert open_index(path).count() == 0


def test_who_held_the_old_index_while_it_was_rebuilt_is_answered_by_it_or_by_the_new_one(
    path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    index: Any = open_index(path)
    held = index._current()
    monkeypatch.setattr("index.engines._sweep", lambda *_: None)  # as just before the old one's files go
    with rebuild(path, engine) as batch:
        batch.replace("c", pages("c", "common gamma"))
    assert index.search("gamma").total == 1
    monkeypatch.setattr(index, "_current", lambda: held)
    assert (index.search("common").total, index.doc_ids()) in ((1, {"c"}), (5, {"a", "b"}))


def test_a_failed_rebuild_leaves_the_old_index(path: Path, engine: str) -> None:
    index = open_index(path)

    def fail() -> None:
        with rebuild(path, engine) as batch:
            batch.replace("c", pages("c", "gamma"))
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    assert index.search("common").total == open_index(path).count() == 5
    assert kept_states(path) == 1


def test_a_second_writer_is_told_to_wait(path: Path, engine: str) -> None:
    index, other = open_index(path), open_index(path)
    with index.writer():
        started = time.monotonic()
        with pytest.raises(IndexLocked) as caught, other.writer(timeout=0.3):
            pass
        assert time.monotonic() - started > 0.2
        with pytest.raises(IndexLocked), rebuild(path, engine, timeout=0.1):
            pass
        assert other.search("common").total == 5
    assert "try again" in caught.value.remedy
    with other.writer(timeout=60) as batch:
        batch.delete("a")


def test_a_second_writer_gets_its_turn(path: Path) -> None:
    def write(number: int) -> None:
        with open_index(path).writer(timeout=120) as batch:
            batch.replace(f"t{number}", pages(f"t{number}", "thread"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert open_index(path).search("thread").total == 4


def test_searching_in_several_threads_while_one_writes(path: Path) -> None:
    index = open_index(path)
    faults: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            total = index.search("common OR version*").total
            if total != 5:
                faults.append(total)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(10):
        with index.writer() as batch:
            batch.replace("a", pages("a", f"version{number}", 3))
    done.set()
    for thread in threads:
        thread.join()
    assert faults == []


WRITER = """
import sys
from pathlib import Path
from index.engine import Address, Backing
from index.engines import open_index
from index.entry import PageEntry
address = Address(*sys.argv[2:]) if sys.argv[2:] else None
index = open_index(Path(sys.argv[1]), Backing(address=address))
for version in range(10_000):
    with index.writer() as batch:
        for doc in ("a", "b", "c"):
            text = f"common version{version} " + " ".join(f"w{version}x{n}" for n in range(200))
            batch.replace(doc, [PageEntry(doc, page, text, "x.txt") for page in (1, 2, 3)])
    print(version, flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.07])
def test_killed_in_the_middle_of_a_commit(path: Path, delay: float) -> None:
    """Whenever it dies, all pages are of one version; the next writer is not kept waiting by the dead one."""
    address = address_of(path)
    place = [address.url, address.schema] if address else []
    command = [sys.executable, "-c", WRITER, str(path), *place]
    writer = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    assert writer.stdout is not None
    for _ in range(3):
        last = int(writer.stdout.readline())
    time.sleep(delay)
    writer.send_signal(signal.SIGKILL)
    last = max([last, *(int(line) for line in writer.stdout.read().split())])
    writer.wait()
    writer.stdout.close()
    index = open_index(path)
    assert index.healthy()
    assert index.count() == index.search("common", limit=20).total == 9
    versions = [index.search(f"version{number}", limit=0).total for number in (last, last + 1)]
    assert sorted(versions) == [0, 9]
    with index.writer(timeout=60) as batch:
        batch.replace("a", pages("a", "after"))
    assert open_index(path).search("after").total == 1


def _truncate_all(path: Path) -> None:
    for file in path.glob("pages-*/*"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _empty_all(path: Path) -> None:
    for file in path.glob("pages-*/*"):
        file.write_bytes(b"")


def _garble_all(path: Path) -> None:
    for file in path.glob("pages-*/*"):
        file.write_bytes(b"\x80garbage" * 50)


def _remove_folder(path: Path) -> None:
    for folder in path.glob("pages-*"):
        shutil.rmtree(folder)


def _remove_some(path: Path) -> None:
    for file in sorted(path.glob("pages-*/*"))[::2]:
        file.unlink()


def _garble_pointer(path: Path) -> None:
    (path / "index.json").write_text("{")


def _point_outside(path: Path) -> None:
    (path / "index.json").write_text(json.dumps({"engine": "whoosh", "schema": 1, "folder": "../other"}))


def _other_schema(path: Path) -> None:
    pointer = json.loads((path / "index.json").read_text())
    (path / "index.json").write_text(json.dumps(pointer | {"schema": -1}))


def _other_engine(path: Path) -> None:
    pointer = json.loads((path / "index.json").read_text())
    (path / "index.json").write_text(json.dumps(pointer | {"engine": "gone"}))


DAMAGE_TO_FILES = [_truncate_all, _empty_all, _garble_all, _remove_folder, _remove_some]
DAMAGE = [
    *DAMAGE_TO_FILES,
    _garble_pointer,
    _point_outside,
    _other_schema,
    _other_engine,
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_and_mended_by_rebuilding(
    path: Path, engine: str, damage: Callable[[Path], None]
) -> None:
    if engine == SERVED and damage in DAMAGE_TO_FILES:
        pytest.skip("the index has no files")
    damage(path)
    with pytest.raises(IndexDamaged) as caught:
        open_index(path).search("common")
    assert "claimtrail reindex" in caught.value.remedy
    assert "alpha" not in caught.value.message
    with rebuild(path, engine) as batch:
        batch.replace("a", pages("a", "mended"))
    index = open_index(path)
    assert index.search("mended").total == 1
    assert index.healthy()


def test_damage_to_any_one_file_is_noticed(
    path: Path, engine: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Cutting a file in half is noticed by opening, by a search, or at the latest by the examination of all."""
    if engine == SERVED:
        pytest.skip("the index has no files")
    for file in _data_files(path):
        copy = tmp_path_factory.mktemp("copy") / "index"
        shutil.copytree(path, copy)
        damaged = copy / file.relative_to(path)
        damaged.write_bytes(damaged.read_bytes()[: damaged.stat().st_size // 2])
        try:
            assert not open_index(copy).healthy(), file.name
        except SearchError as error:
            assert error.code == "index_damaged", file.name  # noqa: PT017


def _data_files(path: Path) -> Iterator[Path]:
    return (
        file for file in path.glob("pages-*/*") if file.stat().st_size and "lock" not in file.name.lower()
    )
