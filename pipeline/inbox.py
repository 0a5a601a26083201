"""The inbox: what lies there whole, what people say of it by folder and sidecar, and where it goes afterwards.

`inbox/CLM-001/…` ties a file to a claim of the register. The folder below it is the party that it came from, the one
below that the source; deeper ones are part of the source. `name.ext.yaml` beside `name.ext` may say
`claim`, `received`, `source`, `party` and `note`; what it says wins over the folders (see `pipeline.sidecars`).
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline import sidecars
from pipeline.errors import SidecarAlone
from pipeline.intake import SYSTEM_FILES, Found, Lost, readable
from pipeline.long_names import fitting, is_there
from pipeline.sidecars import Sidecar
from pipeline.workspace import write_atomically

DONE = ".done"
PARTIAL_ENDINGS = (
    ".part",
    ".partial",
    ".tmp",
    ".temp",
    ".crdownload",
    ".download",
    ".filepart",
    ".opdownload",
)
PARTIAL_BEGINNINGS = ("~$", ".~", ".#", "._")
REASON = ".reason.json"
SIDECAR_PATIENCE = 10
"""How many settle times a sidecar waits for its file before it is taken alone."""


@dataclass(frozen=True, slots=True)
class State:
    """What the folder says of a file and its sidecar: unchanged over the settle time, the file is whole."""

    size: int
    modified: int
    sidecar: tuple[int, int] | None = None


class Settling:
    """Remembers since when each file has not changed; a file is whole after `seconds` without a change.

    A sidecar without its file is given longer, and as long as a partial download of that file lies there.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: dict[Path, tuple[State, float]] = {}

    def whole(self, paths: Sequence[Path], now: float) -> list[Path]:
        """Those of `paths` that have not changed for long enough, by a clock that only goes forward."""
        states = {path: state for path in paths if (state := state_of(path)) is not None}
        self._since = {path: self._known(path, state, now) for path, state in states.items()}
        return [path for path, (_, since) in self._since.items() if self._enough(path, now - since)]

    def _enough(self, path: Path, seconds: float) -> bool:
        if seconds < self._seconds or not sidecars.is_alone(path):
            return seconds >= self._seconds
        return seconds >= SIDECAR_PATIENCE * self._seconds and not _is_coming(path)

    def is_unchanged(self, path: Path) -> bool:
        """Whether a file is still as it was at the last look at all of them."""
        return path in self._since and state_of(path) == self._since[path][0]

    def _known(self, path: Path, state: State, now: float) -> tuple[State, float]:
        before = self._since.get(path)
        return before if before is not None and before[0] == state else (state, now)


def _is_coming(sidecar: Path) -> bool:
    """Whether a part of the file that it speaks of is there already."""
    whole = sidecar.name.removesuffix(sidecars.ENDING).casefold()
    parts = {*(whole + end for end in PARTIAL_ENDINGS), *(start + whole for start in PARTIAL_BEGINNINGS)}
    try:
        return any(path.name.casefold() in parts for path in sidecar.parent.iterdir())
    except OSError:
        return False


def state_of(path: Path) -> State | None:
    """The state of a file that can be opened; None for one that cannot, or is gone."""
    try:
        with path.open("rb"):
            found = path.stat()
    except OSError:
        return None
    return State(found.st_size, found.st_mtime_ns, _sidecar_state(path))


def _sidecar_state(path: Path) -> tuple[int, int] | None:
    try:
        found = sidecars.beside(path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def waiting(inbox: Path) -> list[Path]:
    """The files in the inbox that are to be taken in, in order of name; not partial ones, nor sidecars of others."""
    found: list[Path] = []
    for folder, names, files in os.walk(inbox):
        names[:] = sorted(name for name in names if not name.startswith("."))
        paths = [Path(folder) / name for name in sorted(files) if not _is_passed_over(name)]
        present = {path.name for path in paths}
        found += [path for path in paths if not _is_sidecar(path, present)]
    return found


def _is_passed_over(name: str) -> bool:
    lower = name.casefold()
    return name in SYSTEM_FILES or lower.endswith(PARTIAL_ENDINGS) or lower.startswith(PARTIAL_BEGINNINGS)


def _is_sidecar(path: Path, present: set[str]) -> bool:
    return path.suffix == sidecars.ENDING and path.name.removesuffix(sidecars.ENDING) in present


def described(path: Path, inbox: Path, claims: Sequence[str]) -> Found | Lost:
    """A file of the inbox with what its folders and its sidecar say; `claims` are those of the register.

    A sidecar that cannot be read is a finding on the document (label `sidecar_fault`), not a reason to leave it out.
    One that is alone is lost, unless its file was taken in before.
    """
    if sidecars.is_alone(path):
        return _alone(path, inbox, claims)
    relative = PurePosixPath(path.relative_to(inbox).as_posix())
    said, fault = _sidecar(path, inbox)
    found = _merged(_by_folder(relative.parts[:-1], claims), said)
    return _found(path, str(relative), found, fault, claims)


def _alone(path: Path, inbox: Path, claims: Sequence[str]) -> Lost:
    of = path.with_name(path.name.removesuffix(sidecars.ENDING)).relative_to(inbox).as_posix()
    told = _found(path, of, *sidecars.read(path), claims)
    error = SidecarAlone(f"{told.shown} speaks of {told.sighting.rpartition('/')[2]}, which is not there.")
    return Lost(told.shown, error, told)


def _found(path: Path, sighting: str, found: Sidecar, fault: str | None, claims: Sequence[str]) -> Found:
    labels = [(key, value) for key in ("party", "source", "note") if (value := getattr(found, key))]
    claim = _claim(found.claim, claims) if found.claim else None
    if found.claim and claim is None:
        labels.append(("unknown_claim", readable(found.claim)))
    if fault:
        labels.append(("sidecar_fault", fault))
    return Found(path, readable(str(path)), readable(sighting), claim, tuple(labels), _moment(found.received))


def _by_folder(folders: Sequence[str], claims: Sequence[str]) -> Sidecar:
    """Folders without a claim before them are the source alone: someone else's order of things."""
    if not folders:
        return Sidecar()
    if _claim(folders[0], claims) is None and len(folders) == 1 and not _looks_like_claim(folders[0]):
        return Sidecar(source=readable(folders[0]))
    party, source = (*folders[1:2], "")[0], "/".join(folders[2:])
    return Sidecar(claim=folders[0], party=readable(party) or None, source=readable(source) or None)


def _looks_like_claim(name: str) -> bool:
    return any(char.isdigit() for char in name) and not any(char.isspace() for char in name)


def _merged(folder: Sidecar, said: Sidecar) -> Sidecar:
    return folder.model_copy(update=said.model_dump(exclude_none=True))


def _claim(name: str, claims: Sequence[str]) -> str | None:
    return next((claim for claim in claims if claim.casefold() == name.casefold()), None)


def _moment(said: datetime.datetime | datetime.date | None) -> datetime.datetime | None:
    if said is None:
        return None
    if not isinstance(said, datetime.datetime):
        said = datetime.datetime(said.year, said.month, said.day, tzinfo=datetime.UTC)
    return said if said.tzinfo else said.replace(tzinfo=datetime.UTC)


def _sidecar(path: Path, inbox: Path) -> tuple[Sidecar, str | None]:
    """What the sidecar says, and what is wrong with it.

    A crash in the middle of putting away leaves it in `.done/` without its file: then it still counts.
    """
    sidecar, done = sidecars.beside(path), inbox / DONE / path.relative_to(inbox)
    if not is_there(sidecar) and not done.exists():
        sidecar = sidecars.beside(done)
    return sidecars.read(sidecar) if is_there(sidecar) and sidecar.is_file() else (Sidecar(), None)


def put_away(path: Path, inbox: Path) -> None:
    """Move a file that was taken in, and its sidecar, to `.done/`, keeping its folders."""
    _move(path, inbox / DONE / path.relative_to(inbox))


def discard(path: Path) -> None:
    """Delete a file that was taken in, and its sidecar, which would else be taken for a document."""
    if _has_sidecar(path):
        sidecars.beside(path).unlink()
    path.unlink()


def quarantine(path: Path, inbox: Path, quarantined: Path, reason: dict[str, str | None]) -> Path:
    """Move a failed file, and its sidecar, to the quarantine, with a `.reason.json` beside it; returns where it is."""
    target = _free(quarantined / path.relative_to(inbox), is_there(sidecars.beside(path)), len(REASON))
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(reason, ensure_ascii=False, indent=1) + "\n"
    write_atomically(target.with_name(target.name + REASON), text)  # a crash after it only does it again
    return _move(path, target)


def release(quarantined: Path, inbox: Path, documents: Container[str | None]) -> None:
    """Take out of the quarantine what was read after all: the files go to `.done/`, their reasons away."""
    for reason, path in _reasons(quarantined):
        if _document_of(reason) in documents:
            if path.exists():  # else it was a sidecar, and went with its file
                _move(path, inbox / DONE / path.relative_to(quarantined))
            reason.unlink()


def held_back(quarantined: Path) -> list[dict[str, str | None]]:
    """What lies in the quarantine: its path there (`file`) and its reason: `code`, `message`, `hint`, `document`.

    A reason that cannot be read is told without them.
    """
    found = []
    for reason, path in _reasons(quarantined):
        try:
            said = json.loads(reason.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            said = {}
        told = (
            {key: said.get(key) for key in ("code", "message", "hint", "document")}
            if isinstance(said, dict)
            else {}
        )
        found.append({"file": readable(str(path.relative_to(quarantined))), **told})
    return found


def forget_reasons(quarantined: Path) -> None:
    """Remove the reasons of files that are not there: written before a move that then did not happen."""
    for reason, path in _reasons(quarantined):
        if not path.exists():
            reason.unlink()


def _reasons(quarantined: Path) -> list[tuple[Path, Path]]:
    """The reasons in the quarantine, each with the file it is about; not files that merely have such a name."""
    return [
        (path, path.with_name(path.name.removesuffix(REASON)))
        for path in sorted(quarantined.rglob(f"*{REASON}"))
        if not is_there(path.with_name(path.name + REASON))
    ]


def _document_of(reason: Path) -> str | None:
    try:
        found = json.loads(reason.read_text(encoding="utf-8"))["document"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def _has_sidecar(path: Path) -> bool:
    """Whether a sidecar lies beside a file: a folder may bear such a name."""
    sidecar = sidecars.beside(path)
    return is_there(sidecar) and sidecar.is_file()


def _move(path: Path, wanted: Path) -> Path:
    has_sidecar = _has_sidecar(path)
    target = _free(wanted, has_sidecar)
    target.parent.mkdir(parents=True, exist_ok=True)
    if has_sidecar:
        shutil.move(sidecars.beside(path), sidecars.beside(target))
    shutil.move(path, target)  # a rename, or a copy where the inbox lies on another file system
    return target


def _free(wanted: Path, with_sidecar: bool, room: int = 0) -> Path:
    """A name that is not taken, by a file or by the sidecar that goes with it: `scan.pdf`, `scan (2).pdf`, …

    It is cut where names made from it would be too long: a sidecar's, or one with `room` bytes more.
    """
    room = max(room, len(sidecars.ENDING) if with_sidecar else 0)
    number, target = 1, wanted.with_name(fitting(wanted.name, room=room))
    while target.exists() or (with_sidecar and sidecars.beside(target).exists()):
        number += 1
        target = wanted.with_name(fitting(wanted.name, f" ({number})", room))
    return target


def tidy(inbox: Path, folders: Sequence[Path]) -> None:
    """Remove folders that became empty by putting their files away; the inbox itself and its first level stay."""
    for folder in sorted(set(folders), key=lambda path: -len(path.parts)):
        while folder != inbox and inbox in folder.parents and folder.parent != inbox:
            try:
                folder.rmdir()
            except OSError:
                break
            folder = folder.parent
