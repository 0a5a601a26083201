"""The folder that holds everything of a matter. No path inside it is absolute, so it can be copied elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock, Timeout

from pipeline.errors import NoWorkspace, UsageError, WorkspaceBusy, WorkspaceTooNew
from pipeline.processes import lives
from pipeline.yaml_text import loaded

FORM = 1
MARKER = "claimtrail.json"
MACHINE = "machine.json"
BEFOREHAND = frozenset({"settings.yaml", "lost+found"})
"""What a folder may hold that is to become a workspace: settings that are to hold from the start; a disk's own."""
FOLDERS = (
    *("originals", "index", "inbox", "quarantine", "reports", "scratch"),
    *("ocr", "timestamps", "pictures", "web"),
)
_HALF_WRITTEN = (
    (".", ".*.json.*"),
    (".", ".settings.yaml.*"),
    ("quarantine", "**/.*.reason.json.*"),
    ("reports", ".nightly-*.md.*"),
    ("timestamps", ".audit-*"),
)
_SHOWN = 50
"""Characters of a file's name that stand in that of its half-written form: with all of it, that may be too long."""
DEFAULT = "claimtrail-workspace"
SETTINGS_TEXT = """# Settings of this workspace. Everything has a default; docs/guide.md names all of them.
# ocr:
#   mode: auto          # fast | auto | accurate
# workers: 0            # 0: as many as the machine has cores
"""


def named_root(told: str | None) -> Path:
    """The folder that was told, else CLAIMTRAIL_WORKSPACE, else ./claimtrail-workspace."""
    return Path(told or os.environ.get("CLAIMTRAIL_WORKSPACE") or DEFAULT)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places in a workspace's folder."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / "settings.yaml"

    @property
    def records_file(self) -> Path:
        return self.root / "records.sqlite"

    @property
    def audit_head_file(self) -> Path:
        return self.root / "audit-head.json"

    @property
    def originals(self) -> Path:
        return self.root / "originals"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def checklists(self) -> Path:
        """Checklists of the matter's own; it need not be there."""
        return self.root / "checklists"

    @property
    def scratch(self) -> Path:
        return self.root / "scratch"

    @property
    def ocr(self) -> Path:
        """Readings of pages, kept so that reading them again costs nothing. Derived."""
        return self.root / "ocr"

    @property
    def pictures(self) -> Path:
        """Pictures of pages that were looked at. Derived."""
        return self.root / "pictures"

    @property
    def web(self) -> Path:
        """What the pages keep for a while: uploads until they are taken in, bundles to be fetched."""
        return self.root / "web"

    @property
    def timestamps(self) -> Path:
        """Stamped heads of the audit, each beside its stamp."""
        return self.root / "timestamps"

    @property
    def matter(self) -> str | None:
        """The id of the matter whose records on a server this folder has joined; None for records of its own."""
        return _marker(self.root).get("matter")

    def join(self, matter: str) -> None:
        """Note that this folder belongs to the matter with this id."""
        write_atomically(self.root / MARKER, json.dumps({**_marker(self.root), "matter": matter}) + "\n")

    def machine(self) -> str:
        """The id of this very folder among those that share a matter's records; a copy of it gets another."""
        path, place = self.root / MACHINE, self.root.stat().st_ino
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            if known["place"] == place:
                return str(known["id"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        made = uuid.uuid4().hex
        write_atomically(path, json.dumps({"id": made, "place": place}) + "\n")
        return made

    def sweep(self) -> None:
        """Remove what an interrupted run left unfinished. Only for the holder of the lock."""
        for left in self.scratch.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        for folder, name in _HALF_WRITTEN:
            for half_written in self.root.glob(f"{folder}/{name}"):
                if not _is_being_written(half_written.name):
                    half_written.unlink(missing_ok=True)


def init(root: Path) -> Workspace:
    """Make a workspace here; harmless when there is one. A folder that holds no more than `settings.yaml` becomes one
    by those settings. Raises `UsageError` for a file or a folder in other use.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file.", "Name a folder.")
    if root.exists() and not (root / MARKER).exists() and {p.name for p in root.iterdir()} - BEFOREHAND:
        raise UsageError(f"{root} is not empty and not a workspace.", "Name a new folder.")
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root)
    if not workspace.settings_file.exists():
        write_atomically(workspace.settings_file, SETTINGS_TEXT)
    if not (root / MARKER).exists():
        write_atomically(root / MARKER, json.dumps({"form": FORM}) + "\n")
    return workspace


def name_records(workspace: Workspace, url: str, schema: str | None = None) -> None:
    """Write into the settings that the records lie on a server. Raises `UsageError` where they say another place."""
    said: dict[str, str] = {"url": url} | ({"schema": schema} if schema else {})
    text = workspace.settings_file.read_text(encoding="utf-8")
    known = loaded(text) or {}
    if not isinstance(known, dict) or known.get("records", said) != said:
        raise UsageError(f"{workspace.settings_file} names other records.", "Correct records: there by hand.")
    if "records" not in known:
        line = yaml.safe_dump({"records": said}, allow_unicode=True, default_flow_style=None, width=10_000)
        write_atomically(workspace.settings_file, f"{text.rstrip()}\n{line}")


def is_workspace(root: Path) -> bool:
    """Whether this folder is a workspace, of whatever form."""
    try:
        return "form" in _marker(root) and (root / "originals").is_dir()
    except (OSError, ValueError, TypeError):
        return False


def find(root: Path) -> Workspace:
    """The workspace in this folder. Raises `NoWorkspace` when there is none."""
    try:
        form = int(_marker(root)["form"])
    except FileNotFoundError:
        raise NoWorkspace(f"There is no workspace in {root}.") from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise NoWorkspace(f"{root / MARKER} cannot be read: {error}") from error
    if form > FORM:
        raise WorkspaceTooNew(f"{root} has form {form}; this program knows form {FORM}.")
    for folder in FOLDERS:
        (root / folder).mkdir(exist_ok=True)
    return Workspace(root)


def _marker(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / MARKER).read_text(encoding="utf-8"))
    return found


@contextmanager
def working(workspace: Workspace, what: str, wait_seconds: float = 10.0) -> Iterator[None]:
    """Be the only process that changes this workspace.

    The lock is the operating system's, so it is gone when its holder is killed; what that left half-done is removed.
    Raises `WorkspaceBusy` naming who holds it.
    """
    lock, holder = FileLock(workspace.root / ".lock"), workspace.root / ".lock-holder.json"
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout:
        raise WorkspaceBusy(f"{workspace.root} is in use by {_holder(holder)}.") from None
    try:
        workspace.sweep()
        write_atomically(holder, json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "what": what}))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _holder(path: Path) -> str:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return f"claimtrail {found['what']} (process {found['pid']} on {found['host']})"
    except (OSError, ValueError, KeyError):
        return "another process"


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a small file (text as UTF-8) so that no one ever sees half of it, and it outlives a crash."""
    shown = (
        path.name if len(path.name) <= _SHOWN else path.name[-_SHOWN:]
    )  # with its end it is swept up (see above)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{shown}.{os.getpid()}-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        Path(temporary).replace(path)
    except BaseException:  # also an interruption leaves nothing half-written
        Path(temporary).unlink(missing_ok=True)
        raise


def is_half_written(name: str) -> bool:
    """Whether a file in the workspace's own folder is one that somebody is writing, or was when he was killed."""
    return any(folder == "." and fnmatch(name, pattern) for folder, pattern in _HALF_WRITTEN)


def _is_being_written(name: str) -> bool:
    """Whether the process that a half-written file is named for lives: some write without the workspace's lock."""
    writer = name.rpartition(".")[2].partition("-")[0]
    return writer.isdecimal() and lives(int(writer)) is True
