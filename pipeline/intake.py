"""What is to be taken in: files under the paths that a person named, each with the names it will be known by."""

from __future__ import annotations

import datetime
import fnmatch
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.errors import DocumentError, FileUnreachable
from pipeline.workspace import is_workspace

SYSTEM_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What desktops leave in folders by themselves; no one's evidence."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in.

    `shown` is its path as the person would write it; `sighting` is relative to what they named.
    """

    path: Path
    shown: str
    sighting: str
    claim: str | None = None
    """A claim to tie it to."""
    labels: tuple[tuple[str, str], ...] = ()
    """What a person said of it by folder or sidecar: party, source, note, unknown_claim."""
    received: datetime.datetime | None = None
    """When it was received, where a person said so; else it is now."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A path that cannot be taken in, and why."""

    shown: str
    error: DocumentError
    told: Found | None = None
    """What a sidecar without its file says: not lost when what was seen at that `sighting` is known."""


def discover(paths: Sequence[Path], exclude: Sequence[str] = ()) -> Iterator[Found | Lost]:
    """All files under these paths, folders in order of name; what cannot be taken in comes as `Lost`.

    A workspace that stands among the evidence is passed over: what it holds was taken in, or is the program's own.
    """
    for named in paths:
        if is_workspace(named):
            hint = (
                "Name the folder that holds the documents; what lies in its inbox: claimtrail watch --once."
            )
            yield Lost(readable(str(named)), FileUnreachable(f"{readable(str(named))} is a workspace.", hint))
        elif _is_folder(named):
            yield from _folder(named, exclude)
        else:
            yield _file(named, readable(named.name))


def count(paths: Sequence[Path], exclude: Sequence[str] = ()) -> int:
    """How many `discover` will yield, without a look at any file: for the progress."""
    return sum(_count(path, exclude) if _is_folder(path) and not is_workspace(path) else 1 for path in paths)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # in a folder that may not be looked into: it is told of this path alone
        return False


def _count(root: Path, exclude: Sequence[str]) -> int:
    return sum(_is_wanted(name, exclude) for _, files in _walk(root, []) for name in files)


def _walk(root: Path, problems: list[OSError]) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names of its files, in order; workspaces are left out."""
    for folder, names, files in os.walk(root, onerror=problems.append):
        names[:] = sorted(name for name in names if not is_workspace(Path(folder, name)))
        yield Path(folder), sorted(files)


def _is_wanted(name: str, exclude: Sequence[str]) -> bool:
    return name not in SYSTEM_FILES and not any(fnmatch.fnmatch(name, pattern) for pattern in exclude)


def _folder(root: Path, exclude: Sequence[str]) -> Iterator[Found | Lost]:
    problems: list[OSError] = []
    for folder, files in _walk(root, problems):
        for name in files:
            if _is_wanted(name, exclude):
                path = folder / name
                yield _file(path, readable(path.relative_to(root).as_posix()))
        while problems:
            error = problems.pop()
            yield Lost(readable(str(error.filename)), FileUnreachable(f"{error.filename}: {error.strerror}"))
    while problems:
        error = problems.pop()
        yield Lost(readable(str(error.filename)), FileUnreachable(f"{error.filename}: {error.strerror}"))


def _file(path: Path, sighting: str) -> Found | Lost:
    shown = readable(str(path))
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return Lost(shown, FileUnreachable(f"{shown}: {error.strerror}"))
    if not stat.S_ISREG(mode):
        return Lost(shown, FileUnreachable(f"{shown} is not a regular file.", "Copy its content to a file."))
    return Found(path, shown, sighting)


def modified(path: Path) -> datetime.datetime | None:
    """When the file system says a file was last changed, UTC; None where it does not say."""
    try:
        return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    except (OSError, OverflowError, ValueError):
        return None


def readable(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 and control characters become U+FFFD."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join("\ufffd" if ord(c) < 32 or ord(c) == 127 else c for c in text)
