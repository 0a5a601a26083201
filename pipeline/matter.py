"""An open matter: its workspace, settings, originals and records in one hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.audit import Head
from pipeline.originals import Originals
from pipeline.records import audit_log
from pipeline.records.store import BUSY_SECONDS, Records
from pipeline.settings import Settings, load
from pipeline.workspace import Workspace, find, write_atomically


class Change:
    """A transaction on the records; what it notes goes into the audit with it."""

    def __init__(self, tx: sa.Connection, actor: str) -> None:
        self.tx = tx
        self.actor = actor
        self.noted = False

    def note(self, action: str, subject: str, **detail: Any) -> None:
        """Add an entry to the audit."""
        audit_log.append(self.tx, self.actor, action, subject, detail)
        self.noted = True


class Matter:
    """Everything of one workspace, open for work by one person or service (`actor`)."""

    def __init__(self, workspace: Workspace, settings: Settings, records: Records, actor: str) -> None:
        self.workspace = workspace
        self.settings = settings
        self.records = records
        self.actor = actor
        self.originals = Originals(workspace.originals)
        self._one_writer = threading.Lock()

    @classmethod
    def open(cls, root: Path, actor: str, busy_seconds: float = BUSY_SECONDS) -> Matter:
        """The matter in this folder; `busy_seconds` is how long a transaction waits for other processes.

        Raises `NoWorkspace` and what its parts raise.
        """
        workspace = find(root)
        settings = load(workspace.settings_file)
        return cls(workspace, settings, Records(workspace.records_file, busy_seconds), actor)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """One transaction: all of it or nothing. After it, the audit's head is written beside the records."""
        with self._one_writer:
            with self.records.writing() as tx:
                change = Change(tx, self.actor)
                yield change
                head = audit_log.head(tx) if change.noted else None
            if head is not None:
                self._write_head(head)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the records."""
        with self.records.reading() as tx:
            yield tx

    def audit_head(self) -> Head | None:
        """The head as it was last written beside the records; None when there is none."""
        try:
            found: Mapping[str, Any] = json.loads(self.workspace.audit_head_file.read_text(encoding="utf-8"))
            return Head(int(found["seq"]), str(found["hash"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            return Head(-1, "unreadable")

    def close(self) -> None:
        """Let go of the records."""
        self.records.close()

    def __enter__(self) -> Matter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_head(self, head: Head) -> None:
        # Written after the commit: a crash in between leaves a head that is older than the chain, which is whole.
        write_atomically(
            self.workspace.audit_head_file, json.dumps({"seq": head.seq, "hash": head.hash}) + "\n"
        )
