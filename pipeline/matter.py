"""An open matter: its workspace, settings, originals and records in one hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.audit import Head, Witness
from pipeline.errors import RecordsUnusable, WrongMatter
from pipeline.originals import Originals, open_originals
from pipeline.records import audit_log, identity
from pipeline.records.locations import Location
from pipeline.records.store import BUSY_SECONDS, Records
from pipeline.settings import Settings, load
from pipeline.workspace import Workspace, find, write_atomically


class Change:
    """A transaction on the records; what it notes goes into the audit with it."""

    def __init__(self, tx: sa.Connection, actor: str, outside: Witness) -> None:
        self.tx = tx
        self.actor = actor
        self.noted = False
        self._outside = outside

    def note(self, action: str, subject: str, **detail: Any) -> None:
        """Add an entry to the audit."""
        if not self.noted:
            audit_log.account(self.tx, self.actor, self._outside)
        audit_log.append(self.tx, self.actor, action, subject, detail)
        self.noted = True


class Matter:
    """Everything of one workspace, open for work by one person or service (`actor`)."""

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        records: Records,
        actor: str,
        one_writer: threading.Lock | None = None,
        later: Callable[[], None] | None = None,
        originals: Originals | None = None,
    ) -> None:
        self.workspace = workspace
        self.settings = settings
        self.records = records
        self.actor = actor
        self.originals: Originals = originals or open_originals(settings.originals, workspace.root)
        self._one_writer = one_writer or threading.Lock()
        self._later = later

    @classmethod
    def open(cls, root: Path, actor: str, busy_seconds: float = BUSY_SECONDS) -> Matter:
        """The matter in this folder; `busy_seconds` is how long a transaction waits for other processes.

        Raises `NoWorkspace` and what its parts raise.
        """
        workspace = find(root)
        settings = load(workspace.settings_file)
        records = Records(location(workspace, settings), busy_seconds)
        try:
            join(workspace, records)
        except BaseException:  # nobody else closes them
            records.close()
            raise
        return cls(workspace, settings, records, actor)

    @property
    def machine(self) -> str:
        """Which of the folders that share these records this one is; empty for records of its own."""
        return self.workspace.machine() if self.records.shared else ""

    def acting_as(self, actor: str, later: Callable[[], None] | None = None) -> Matter:
        """The same matter in the hand of another; it shares the records, and the one who opened it closes it.

        `later` sees to it that names, links and index are brought up to date by whoever holds the workspace's lock:
        the one who decides something then need not wait for that lock.
        """
        shared = (self._one_writer, later, self.originals)
        return Matter(self.workspace, self.settings, self.records, actor, *shared)

    def afterwards(self, work: Callable[[Matter], object]) -> None:
        """Do what follows from a change: at once, or leave it to whoever brings all of it up to date."""
        if self._later is None:
            with self.records.alone():
                work(self)
        else:
            self._later()

    @contextmanager
    def change(self) -> Iterator[Change]:
        """One transaction: all of it or nothing. After it, the audit's head is written beside the records."""
        with self._one_writer:
            with self.records.writing() as tx:
                change = Change(tx, self.actor, self._witness_for(tx))
                yield change
                head = audit_log.head(tx) if change.noted else None
            if head is not None:
                self._write_head(head)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the records."""
        with self.records.reading() as tx:
            yield tx

    def audit_witness(self) -> Witness:
        """How far the audit had come when its head was last written beside the records."""
        path = self.workspace.audit_head_file
        try:
            return Witness(path.name, Head.of(json.loads(path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            return Witness(path.name, None, "is missing; the next change of the records writes it anew")
        except (OSError, ValueError):
            return Witness(path.name, None, "cannot be read; the next change of the records writes it anew")

    def close(self) -> None:
        """Let go of the records."""
        self.records.close()

    def __enter__(self) -> Matter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _witness_for(self, tx: sa.Connection) -> Witness:
        """The witness beside the records; one that says "nothing yet" is put there before the first entry.

        So a head file that is missing later was taken away: no crash leaves an audit without one.
        """
        witness = self.audit_witness()
        if witness.head is None and (beginning := audit_log.head(tx)).seq == 0:
            self._write_head(beginning)
        return witness

    def _write_head(self, head: Head) -> None:
        # Written after the commit: a crash in between leaves a head that is older than the chain, which is whole.
        _write_head(self.workspace, head)


def _write_head(workspace: Workspace, head: Head) -> None:
    write_atomically(workspace.audit_head_file, json.dumps(head.as_json()) + "\n")


def location(workspace: Workspace, settings: Settings) -> Location:
    """Where the records of a workspace lie.

    Raises `WrongMatter` where the settings no longer say it, and `RecordsUnusable` where the file is gone: new, empty
    ones in its place would hide the loss.
    """
    if settings.records is not None:
        return settings.records.server()
    if workspace.matter is not None:
        raise WrongMatter(
            f"{workspace.root} shares the records of a server, and settings.yaml does not say which.",
            "Put records: {url: …} back into settings.yaml.",
        )
    if workspace.audit_head_file.exists() and not workspace.records_file.exists():
        raise RecordsUnusable(f"{workspace.records_file.name} is missing.")
    return workspace.records_file


def join(workspace: Workspace, records: Records) -> None:
    """See that records on a server are this folder's; a folder that has none yet joins them.

    The audit's head is written beside it then: from that day on this folder too is a witness.
    Raises `WrongMatter`.
    """
    if not records.shared:
        return
    with records.reading() as tx:
        matter, head = identity.matter_id(tx), audit_log.head(tx)
    if workspace.matter is None:
        if workspace.records_file.exists() and not _empty(workspace.records_file):
            hint = (
                "Move them with claimtrail copy, or name a new folder with claimtrail init DIR --records URL."
            )
            raise WrongMatter(f"{workspace.root} has records of its own.", hint)
        _write_head(workspace, head)
        workspace.join(matter)
    elif workspace.matter != matter:
        raise WrongMatter(f"{records.name} holds the records of another matter than {workspace.root}.")


def _empty(path: Path) -> bool:
    """Whether nothing was ever taken in here, as after `claimtrail init`."""
    own = Records(path)
    try:
        with own.reading() as tx:
            return identity.is_empty(tx)
    finally:
        own.close()
