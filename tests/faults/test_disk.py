"""A full disk and a folder that may not be written to: a named error, nothing lost, and the next run mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import run
from pipeline.verify import verify
from pipeline.workspace import init
from tests.conftest import Command

Mount = Callable[[str], Path]


@pytest.fixture
def mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mount]:
    """Mounts a small file system in memory, with a workspace on it that commands use without being told."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting needs root")
    disk = tmp_path / "disk"
    disk.mkdir()

    def mounted(size: str) -> Path:
        command = ["/bin/mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no file system can be mounted here")
        init(root := disk / "matter")
        monkeypatch.setenv("CLAIMTRAIL_WORKSPACE", str(root))
        monkeypatch.setenv("CLAIMTRAIL_USER", "tester")
        return root

    yield mounted
    subprocess.run(["/bin/umount", "-l", str(disk)], capture_output=True, check=False)


def remount(root: Path, options: str) -> None:
    subprocess.run(["/bin/mount", "-o", f"remount,{options}", str(root.parent)], check=True)


def fill(root: Path, leave: int) -> Path:
    """A file that takes up all but `leave` bytes of the disk."""
    ballast = root.parent / "ballast"
    free = shutil.disk_usage(root).free
    ballast.write_bytes(b"\0" * max(0, free - leave))
    return ballast


def error_of(answer) -> dict[str, str]:
    error = answer.json["error"]
    assert error["message"]
    assert error["hint"]
    assert "Traceback" not in answer.err
    return error


@pytest.mark.parametrize("leave", [0, 8_192, 40_000, 90_000, 140_000])
def test_disk_full_during_ingest(
    mount: Mount, claimtrail: Command, evidence_folder: Path, register_file: Path, leave: int
) -> None:
    root = mount("6m")
    assert claimtrail("claims", "import", register_file).status == 0
    ballast = fill(root, leave)
    answer = claimtrail("ingest", evidence_folder, "--json")
    if leave < 20_000 or answer.status:
        assert answer.status == 2
        assert error_of(answer)["code"] == "disk_full"
    ballast.unlink()
    assert claimtrail("ingest", evidence_folder, "--json").status == 0
    assert len(claimtrail("list", "--json").json) == 3
    assert claimtrail("search", "*", "--json").json["total"] == 3
    assert verify(root).faults == ()


@pytest.mark.parametrize("command", ["reindex", "link"])
def test_disk_full_while_the_index_is_written(
    mount: Mount, claimtrail: Command, evidence_folder: Path, register_file: Path, command: str
) -> None:
    root = mount("6m")
    claimtrail("claims", "import", register_file)
    assert claimtrail("ingest", evidence_folder).status == 0
    ballast = fill(root, leave=0)
    answer = claimtrail(command, "--json")
    assert answer.status == 2
    assert error_of(answer)["code"] == "disk_full"
    ballast.unlink()
    assert claimtrail("search", "*", "--json").json["total"] == 3
    assert claimtrail(command).status == 0
    assert verify(root).faults == ()


def test_disk_full_during_export(
    mount: Mount, claimtrail: Command, evidence_folder: Path, register_file: Path
) -> None:
    root = mount("6m")
    claimtrail("claims", "import", register_file)
    claimtrail("ingest", evidence_folder)
    ballast = fill(root, leave=60_000)
    out = root.parent / "bundle"
    answer = claimtrail("export", "CLM-001", "--out", out, "--zip", "--json")
    assert answer.status == 2
    assert error_of(answer)["code"] == "disk_full"
    assert not out.exists()
    assert sorted(p.name for p in root.parent.iterdir()) == ["ballast", "matter"]
    ballast.unlink()
    assert claimtrail("export", "CLM-001", "--out", out, "--json").status == 0
    assert verify(out).faults == ()


READERS = [("search", "Area"), ("list",), ("links", "CLM-001"), ("gaps", "CLM-001")]
WRITERS = [("ingest", "EVIDENCE"), ("link",), ("reindex",), ("watch", "--once"), ("retry", "--all")]


def test_a_workspace_that_cannot_be_written_to(
    mount: Mount, claimtrail: Command, evidence_folder: Path, register_file: Path
) -> None:
    root = mount("6m")
    claimtrail("claims", "import", register_file)
    claimtrail("ingest", evidence_folder)
    for command in (*READERS, *WRITERS):
        arguments = [str(evidence_folder) if word == "EVIDENCE" else word for word in command]
        remount(root, "ro")
        answer = claimtrail(*arguments, "--json")
        remount(root, "rw")
        assert answer.status == 2, command
        assert error_of(answer)["code"] == "not_writable", command
        assert claimtrail(*arguments).status == 0
    assert verify(root).faults == ()


def test_init_where_nothing_can_be_written(mount: Mount, capsys: pytest.CaptureFixture[str]) -> None:
    root = mount("1m")
    remount(root, "ro")
    assert run(["init", str(root.parent / "other")]) == 2
    assert "other" in capsys.readouterr().err
