"""A copy that is being made: what it is of, so that it can be gone on with, and is never taken for a whole one."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.workspace import FOLDERS, FORM, MARKER, Workspace, is_half_written, write_atomically

UNFINISHED = "copy-unfinished.json"
LEFT = (
    *(
        "records.sqlite",
        "records.sqlite-wal",
        "records.sqlite-shm",
        "audit-head.json",
        MARKER,
        "machine.json",
    ),
    *("originals", "index", "scratch", "ocr", "pictures", "web", "prefect", "settings.yaml", UNFINISHED),
    *(".lock", ".lock-holder.json"),
)
"""What of a workspace's folder is not copied as it is: copied otherwise, derived, or of one folder alone."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A copy in the folder `root`, known by its id."""

    id: str
    root: Path

    def finish(self) -> None:
        """From now on the folder is a workspace."""
        write_atomically(self.root / MARKER, json.dumps({"form": FORM}) + "\n")
        (self.root / UNFINISHED).unlink(missing_ok=True)


def begin(source: Path, of: str, to: Path) -> Begun:
    """Begin a copy of the matter `of` in a new folder, or go on with one. Raises `UsageError` for any other folder."""
    _check(source, to)
    to.mkdir(parents=True, exist_ok=True)
    path = to / UNFINISHED
    if path.exists():
        known = _read(path)
        if known.get("of") != of:
            raise UsageError(f"{to} holds the beginning of a copy of another matter.", "Name a new folder.")
        return Begun(str(known["copy"]), to)
    if any(to.iterdir()):
        raise UsageError(f"{to} is not empty.", "Name a new folder.")
    made = uuid.uuid4().hex
    write_atomically(path, json.dumps({"copy": made, "of": of}) + "\n")
    return Begun(made, to)


def copy_files(source: Workspace, begun: Begun, besides: str) -> None:
    """Copy what people and the program keep beside the records; `besides` is a folder of local copies, which is not."""
    for folder in FOLDERS:
        (begun.root / folder).mkdir(exist_ok=True)
    for path in sorted(source.root.iterdir()):
        if path.name in LEFT or path.name == besides or is_half_written(path.name):
            continue
        target = begun.root / path.name
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True, copy_function=_copy_file)
        else:
            _copy_file(path, target)


def _copy_file(source: str | Path, target: str | Path) -> None:
    """A file as it is; nothing of one that went away meanwhile: people work on while a matter is copied."""
    path = Path(target)
    path.unlink(missing_ok=True)
    try:
        shutil.copy2(source, path, follow_symlinks=False)
    except FileNotFoundError:
        path.unlink(missing_ok=True)


def _check(source: Path, to: Path) -> None:
    if to.exists() and not to.is_dir():
        raise UsageError(f"{to} is a file.", "Name a new folder.")
    if (to / MARKER).exists():
        raise UsageError(f"{to} is a workspace already.", "Name a new folder.")
    here, there = source.resolve(), to.resolve()
    if there.is_relative_to(here) or here.is_relative_to(there):
        raise UsageError(f"{to} and {source} lie in each other.", "Name a folder elsewhere.")


def _read(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {"copy": str(known["copy"]), "of": str(known["of"])}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "Remove the folder and begin anew.") from error
