from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.errors import NoWorkspace, UsageError, WorkspaceBusy, WorkspaceTooNew
from pipeline.workspace import find, init, working, write_atomically


def test_init_twice_changes_nothing(tmp_path: Path) -> None:
    init(tmp_path / "m")
    before = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*"))
    (tmp_path / "m" / "settings.yaml").write_text("workers: 1\n")
    init(tmp_path / "m")
    assert sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*")) == before
    assert (tmp_path / "m" / "settings.yaml").read_text() == "workers: 1\n"


def test_init_refuses_a_folder_in_other_use(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    with pytest.raises(UsageError, match="not empty"):
        init(tmp_path)


def test_init_keeps_settings_that_were_there_before(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("search_engine: tantivy\n")
    assert init(tmp_path).settings_file.read_text() == "search_engine: tantivy\n"
    assert find(tmp_path).root == tmp_path


def test_init_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "m").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        init(tmp_path / "m")


def test_find_names_the_missing_workspace(tmp_path: Path) -> None:
    with pytest.raises(NoWorkspace, match=str(tmp_path)):
        find(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"form": "x"}', "null"])
def test_find_refuses_a_broken_marker(tmp_path: Path, content: str) -> None:
    init(tmp_path / "m")
    (tmp_path / "m" / "claimtrail.json").write_text(content)
    with pytest.raises(NoWorkspace):
        find(tmp_path / "m")


def test_find_refuses_a_newer_form(tmp_path: Path) -> None:
    init(tmp_path / "m")
    (tmp_path / "m" / "claimtrail.json").write_text(json.dumps({"form": 99}))
    with pytest.raises(WorkspaceTooNew, match="99"):
        find(tmp_path / "m")


def test_one_process_works_at_a_time_and_the_other_is_told_who(tmp_path: Path) -> None:
    workspace = init(tmp_path / "m")
    code = (
        "import sys; from pathlib import Path; from pipeline.workspace import find, working\n"
        "with working(find(Path(sys.argv[1])), 'ingest'):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "m")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(WorkspaceBusy, match=rf"claimtrail ingest \(process {holder.pid}"):  # noqa: SIM117
            with working(workspace, "link", wait_seconds=0.1):
                pass
    finally:
        holder.kill()
        holder.communicate()
    with working(workspace, "link", wait_seconds=60):  # killed: the lock went with it
        assert (tmp_path / "m" / ".lock-holder.json").exists()


def test_a_copied_workspace_works(tmp_path: Path) -> None:
    init(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    shutil.rmtree(tmp_path / "a")
    assert find(tmp_path / "b").root == tmp_path / "b"


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "head.json"
    write_atomically(target, "old")

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_small_files_are_written_while_half_written_ones_are_swept_away(tmp_path: Path) -> None:
    workspace = init(tmp_path / "matter")
    ended = threading.Event()

    def sweep() -> None:
        while not ended.is_set():
            workspace.sweep()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for number in range(200):
            write_atomically(workspace.audit_head_file, f'{{"seq": {number}}}')
            assert workspace.audit_head_file.read_text() == f'{{"seq": {number}}}'
    finally:
        ended.set()
        sweeper.join()
