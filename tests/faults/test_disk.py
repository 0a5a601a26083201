"""A full disk and a folder that may not be written to: a named error, nothing lost, and the next run mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.cli import run
from flows.night import spend
from pipeline.errors import ClaimtrailError, named
from pipeline.inbox import waiting
from pipeline.matter import Matter
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


@pytest.mark.parametrize("leave", [0, 60_000])
@pytest.mark.parametrize("by", ["watch", "night"])
def test_disk_full_while_the_inbox_is_drained(
    mount: Mount, claimtrail: Command, evidence_folder: Path, leave: int, by: str
) -> None:
    root = mount("6m")
    (root / "settings.yaml").write_text("watch: {flow_runs: false, settle_seconds: 0.1}\n")
    shutil.copytree(evidence_folder, root / "inbox", dirs_exist_ok=True)
    claimtrail("list")
    ballast = fill(root, leave)
    if by == "watch":
        answer = claimtrail("watch", "--once", "--json")
        assert answer.status == 2
        assert error_of(answer)["code"] == "disk_full"
    else:
        with pytest.raises((ClaimtrailError, OSError)) as raised, Matter.open(root, "nightly") as matter:
            spend(matter)
        assert code_of(raised.value) == "disk_full"
    ballast.unlink()
    assert claimtrail("watch", "--once").status == 0
    assert len(claimtrail("list", "--json").json) == 3
    assert claimtrail("search", "*", "--json").json["total"] == 3
    assert waiting(root / "inbox") == []
    assert verify(root).faults == ()


def code_of(error: BaseException) -> str:
    if isinstance(error, OSError):
        return named(error).code
    assert isinstance(error, ClaimtrailError)
    return error.code


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


def test_a_folder_for_the_bundle_that_cannot_be_written_to(
    mount: Mount, filled: Command, tmp_path: Path
) -> None:
    root = mount("1m")
    remount(root, "ro")
    workspace = ("--workspace", tmp_path / "matter")
    answer = filled("export", "CLM-001", "--out", root.parent / "bundle", *workspace, "--json")
    assert answer.status == 2
    assert error_of(answer)["code"] == "not_writable"
    remount(root, "rw")
    assert filled("export", "CLM-001", "--out", root.parent / "bundle", *workspace).status == 0
    assert verify(root.parent / "bundle").faults == verify(tmp_path / "matter").faults == ()


def test_an_inbox_that_cannot_be_written_to(
    mount: Mount, claimtrail: Command, evidence_folder: Path, tmp_path: Path
) -> None:
    """Evidence is taken in all the same; that it cannot be put away is named; later it is put away."""
    root = mount("1m")
    init(matter := tmp_path / "matter")
    (matter / "settings.yaml").write_text("watch: {flow_runs: false, settle_seconds: 0.1}\n")
    shutil.copytree(evidence_folder, inbox := root.parent / "scanner")
    remount(root, "ro")
    command = ("watch", "--once", "--inbox", inbox, "--workspace", matter, "--json")
    answer = claimtrail(*command)
    assert answer.status == 2
    assert error_of(answer)["code"] == "not_writable"
    assert claimtrail("search", "*", "--workspace", matter, "--json").json["total"] == 3
    remount(root, "rw")
    answer = claimtrail(*command)
    assert (answer.status, len(answer.json["duplicates"])) == (0, 3)
    assert len(list((inbox / ".done").rglob("*.txt"))) == 3
    assert verify(matter).faults == ()


def test_evidence_in_a_folder_that_cannot_be_written_to(
    mount: Mount, claimtrail: Command, evidence_folder: Path, tmp_path: Path
) -> None:
    root = mount("1m")
    init(matter := tmp_path / "matter")
    shutil.copytree(evidence_folder, source := root.parent / "evidence")
    remount(root, "ro")
    answer = claimtrail("ingest", source, "--workspace", matter, "--json")
    assert (answer.status, len(answer.json["ingested"])) == (0, 3)


def test_init_where_nothing_can_be_written(mount: Mount, capsys: pytest.CaptureFixture[str]) -> None:
    root = mount("1m")
    remount(root, "ro")
    assert run(["init", str(root.parent / "other")]) == 2
    assert "other" in capsys.readouterr().err
