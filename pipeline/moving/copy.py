"""A matter with all that is known of it in a new workspace: compared, verified, and noted on both sides.

The order matters. Files beside the records first, so that no report knows more of the audit than the copy has; then all
rows in one transaction, with the entry that tells of the copy; then originals and the index; what makes the folder a
workspace last. So a copy that was interrupted is gone on with, and nobody takes it for a whole one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from index.engines import DEFAULT_ENGINE
from pipeline.audit import Entry, Fault, Head
from pipeline.errors import UsageError
from pipeline.indexing import SHARED_ENGINES, engine_name, mark_indexed, write_anew
from pipeline.matter import Matter
from pipeline.moving.begun import Begun, begin, copy_files
from pipeline.moving.originals import copy_originals
from pipeline.originals.opened import OWN, folder_of
from pipeline.pace import Progress, silent, stage
from pipeline.records import audit_log, identity, transfer
from pipeline.records.store import Records
from pipeline.records.tables import jobs, sessions
from pipeline.settings import Settings, load
from pipeline.settings_text import changed
from pipeline.witnesses import audit_faults
from pipeline.workspace import Workspace, working, write_atomically

COPIED_FROM, COPIED_TO = "copied from", "copied to"
"""Actions of the entries with which the audit goes on in the copy, and in what it was made of."""
SUBJECT = "workspace"


@dataclass(frozen=True)
class Places:
    """Where the copy keeps what; each is a setting as settings.yaml has it, and None the workspace's own folder."""

    records: Mapping[str, Any] | None = None
    originals: Mapping[str, Any] | None = None
    search: str | None = None
    """The search engine; None for the one that the matter has."""


@dataclass
class Copied:
    """What was copied, as it stood at the entry `at` of the audit, and what is wrong with it."""

    root: Path
    id: str
    at: Head
    rows: dict[str, int]
    originals: int = 0
    moved: bool = True
    """Whether originals were copied; else both use the same place."""
    indexed: int = 0
    left: dict[str, int] = field(default_factory=dict)
    """Rows that stayed behind, by table."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """`{"ok", "workspace", "copy", "audit", "rows", "originals", "indexed", "left_behind", "faults"}`."""
        return {
            "ok": self.ok,
            "workspace": str(self.root),
            "copy": self.id,
            "audit": self.at.as_json(),
            "rows": self.rows,
            "originals": {"count": self.originals, "copied": self.moved},
            "indexed": self.indexed,
            "left_behind": self.left,
            "faults": [{"where": fault.where, "what": fault.what} for fault in self.faults],
        }


def copy_matter(matter: Matter, to: Path, places: Places, progress: Progress = silent) -> Copied:
    """Copy a matter into the new folder `to`, or go on with a copy that was interrupted.

    Raises `UsageError` for a folder or a database in other use, `CopyDiffers` when the rows are not the same on both
    sides, and what records, originals and index raise. What is wrong with single originals or the audit is told in
    what it returns.
    """
    with working(matter.workspace, "copy"):
        with matter.reading() as tx:
            of = identity.matter_id(tx)
        begun = begin(matter.workspace.root, of, to)
        settings = _settings(matter, begun, places)
        copy_files(matter.workspace, begun, matter.settings.originals.cache)
        with _opened(begun, settings, matter.actor) as copy:
            done = _rows(matter, copy, begun, progress)
            _originals(matter, copy, done, progress)
            done.indexed = len(write_anew(copy, _engine(matter, places), stage(progress, "indexing")))
            mark_indexed(copy)
            done.faults += audit_faults(copy)
        _note(matter, done)
        begun.finish()
        return done


def _settings(matter: Matter, begun: Begun, places: Places) -> Settings:
    """The matter's settings with the copy's places, written into its folder. Raises `UsageError`."""
    path = matter.workspace.settings_file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    changes: dict[str, Any] = {
        "records": dict(places.records) if places.records else None,
        "originals": dict(places.originals) if places.originals else None,
        "search_engine": _engine(matter, places),
        "search_schema": None,  # the copy's index must not take the place of this one's
    }
    target = Workspace(begun.root).settings_file
    write_atomically(target, changed(text, changes))
    return load(target)


def _engine(matter: Matter, places: Places) -> str:
    """The copy's search engine: the same, unless that one needs a server which the copy has not."""
    same = places.search or engine_name(matter)
    has_server = places.records or places.search or matter.settings.search_url
    return same if has_server or same not in SHARED_ENGINES else DEFAULT_ENGINE


@contextmanager
def _opened(begun: Begun, settings: Settings, actor: str) -> Iterator[Matter]:
    """The copy, which is no workspace yet. Raises what the records raise."""
    workspace = Workspace(begun.root)
    where = settings.records.server() if settings.records else workspace.records_file
    records = Records(where)
    try:
        yield Matter(workspace, settings, records, actor)
    finally:
        records.close()


def _rows(matter: Matter, copy: Matter, begun: Begun, progress: Progress) -> Copied:
    """All rows in one transaction of either side, with the entry of the copy; or what an earlier try did of that."""
    with matter.reading() as source, copy.records.writing() as target:
        entry = _entry(target, COPIED_FROM, begun.id)
        if entry is None:
            if transfer.is_filled(target):
                raise UsageError(f"{copy.records.name} holds a matter already.", "Name an empty database.")
            entry = _transferred(matter, source, copy, target, begun, progress)
        head = audit_log.head(target)
    write_atomically(copy.workspace.audit_head_file, json.dumps(head.as_json()) + "\n")
    detail = entry.detail
    at = Head(detail["at"], entry.previous)
    return Copied(begun.root, begun.id, at, dict(detail["rows"]), left=dict(detail["left"]))


def _transferred(
    matter: Matter,
    source: sa.Connection,
    copy: Matter,
    target: sa.Connection,
    begun: Begun,
    progress: Progress,
) -> Entry:
    tallies = transfer.transfer(source, target, stage(progress, "copying"))
    left = {table.name: transfer.count(source, table) for table in (sessions, jobs)}
    detail = {
        "copy": begun.id,
        "from": matter.records.name,
        "at": audit_log.head(target).seq,
        "rows": {name: tally.rows for name, tally in tallies.items()},
        "digests": {name: tally.digest for name, tally in tallies.items()},
        "left": {name: rows for name, rows in left.items() if rows},
    }
    audit_log.append(target, copy.actor, COPIED_FROM, SUBJECT, detail)
    made = _entry(target, COPIED_FROM, begun.id)
    assert made is not None  # noqa: S101  it was just written
    return made


def _entry(tx: sa.Connection, action: str, copy_id: str) -> Entry | None:
    """The entry that tells of this copy."""
    found = audit_log.of_action(tx, action)
    return next((entry for entry in found if entry.detail.get("copy") == copy_id), None)


def _originals(matter: Matter, copy: Matter, done: Copied, progress: Progress) -> None:
    with copy.reading() as tx:
        hashes = transfer.shas(tx)
    done.originals, done.moved = len(hashes), _place(matter) != _place(copy)
    if done.moved:
        tell = stage(progress, "copying_originals")
        done.faults += copy_originals(hashes, matter.originals, copy.originals, tell)


def _place(matter: Matter) -> tuple[str, Any]:
    """Where a matter's originals are, comparable with that of another."""
    said, root = matter.settings.originals, matter.workspace.root
    if said.url is None:
        return str((root / OWN).resolve()), None
    if folder := folder_of(said.url):
        return str((root / folder).resolve()), None
    return said.url.rstrip("/"), said.options.get("endpoint_url")


def _note(matter: Matter, done: Copied) -> None:
    """The entry in what was copied, once."""
    with matter.change() as change:
        if _entry(change.tx, COPIED_TO, done.id) is None:
            change.note(COPIED_TO, SUBJECT, copy=done.id, at=done.at.seq, faults=len(done.faults))
