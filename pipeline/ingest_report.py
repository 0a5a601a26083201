"""What a run of intake did, file by file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from extractors.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was kept: `again` when it was known and needs no reading, `elsewhere` when another machine has it."""

    document: str
    shown: str
    again: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one document ended. `error` is None when it was read; `children` are the files found inside."""

    document: str
    shown: str
    kind: str = "other"
    pages: int = 0
    error: DocumentError | None = None
    children: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that did not end as a readable document, and why."""

    path: str
    error: DocumentError
    document: str | None = None


@dataclass
class Report:
    """What a run did; paths are as the person wrote them, files inside others follow after a slash."""

    run: str
    ingested: list[Outcome] = field(default_factory=list)
    duplicates: list[Taken] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    """Documents whose links changed."""
    quarantined: dict[str, str] = field(default_factory=dict)
    """Where failed files of the inbox were put, by path; relative to the workspace."""

    def learned(self, kinds: Mapping[str, str]) -> None:
        """Enter the kinds that were learned from documents alike, by id of the document."""
        self.ingested = [
            replace(outcome, kind=kinds.get(outcome.document, outcome.kind)) for outcome in self.ingested
        ]

    def as_json(self) -> dict[str, Any]:
        """The form of the contract."""
        return {
            "run": self.run,
            "ingested": [
                {"path": o.shown, "id": o.document, "kind": o.kind, "pages": o.pages} for o in self.ingested
            ],
            "duplicates": [{"path": taken.shown, "id": taken.document} for taken in self.duplicates],
            "failed": [
                {
                    "path": f.path,
                    "reason": f"{f.error.code}: {f.error.message}",
                    "quarantined": self.quarantined.get(f.path),
                }
                for f in self.failed
            ],
        }
