"""Checking a workspace or a bundle: every hash, the audit chain, and that records, originals and index agree."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import SearchError
from pipeline.audit import Fault
from pipeline.bundle.check import check as check_bundle
from pipeline.errors import RecordsUnusable, UsageError
from pipeline.indexing import Expected, expected_in_index, open_search
from pipeline.matter import Matter
from pipeline.records import audit_log, documents, holds
from pipeline.timestamps.stamping import Checked, check_audit_stamps, check_bundle_stamps, read_roots
from pipeline.witnesses import audit_faults
from pipeline.workspace import MARKER

_STRANGE = (
    "where the originals are, {} more are kept, such as {}: of another matter that keeps its own there, "
    "or of an intake that was killed and not repeated"
)


@dataclass(frozen=True, slots=True)
class Verified:
    """How many things were checked, and what is wrong; nothing is wrong when `faults` is empty."""

    checked: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    """Time stamps that hold: when, by whom, and who vouches for that; and what is no fault but worth to know."""

    @property
    def ok(self) -> bool:
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """The form of the contract."""
        faults = [{"where": fault.where, "what": fault.what} for fault in self.faults]
        return {"ok": self.ok, "checked": self.checked, "faults": faults, "notes": list(self.notes)}


def verify(path: Path, against: Path | None = None, ca: Path | None = None) -> Verified:
    """Check what is at this path, by what it is; a workspace's audit also against that of a bundle made from it.

    `ca` is the PEM file of who must vouch for time stamps. Raises `UsageError` when it is neither.
    """
    roots = read_roots(ca) if ca is not None else None
    if (path / MARKER).is_file():
        try:
            with Matter.open(path, "verify") as matter:
                return _with_stamps(verify_workspace(matter, against), check_audit_stamps(matter, roots))
        except RecordsUnusable as error:
            return Verified(1, (Fault("records", f"{error.message} {error.remedy}"),))
    if against is not None:
        raise UsageError(f"{path} is no workspace.", "With --against, name the workspace, then the bundle.")
    if (path / "bagit.txt").exists() or (path / "data").is_dir() or zipfile.is_zipfile(path):
        report = check_bundle(path)
        found = Verified(report.checked, tuple(Fault(where, what) for where, what in report.faults))
        return _with_stamps(found, check_bundle_stamps(path, roots or ()))
    if path.is_file() and path.suffix.lower() == ".zip":
        return Verified(1, (Fault(path.name, "is no zip that can be read: damaged, or cut off on its way"),))
    raise UsageError(
        f"{path} is neither a bundle nor a workspace.", "Name the folder that export or init made."
    )


def _with_stamps(found: Verified, stamps: Checked) -> Verified:
    faults = (*found.faults, *stamps.faults)
    return Verified(found.checked + stamps.count, faults, (*found.notes, *stamps.notes))


def verify_workspace(matter: Matter, bundle: Path | None = None) -> Verified:
    """Check every original, the records, the audit chain and the index of a matter."""
    kept = set(
        matter.originals.hashes()
    )  # before the records: others may be taking in, and keep before they note
    with matter.reading() as tx:
        everything = documents.summaries(tx)
        entries, in_hand = audit_log.count(tx), holds.in_hand(tx)
    known = {found.sha256: found.id for found in everything}
    faults = [Fault(matter.records.name, fault) for fault in matter.records.integrity_faults()]
    faults += [
        Fault(f"original {document}", fault)
        for sha, document in known.items()
        if (fault := matter.originals.fault(sha))
    ]
    strange, notes = sorted(kept - known.keys()), tuple[str, ...]()
    if matter.settings.originals.url is None:
        faults += [Fault(f"original {sha[:16]}", "is not in the records") for sha in strange]
    elif strange:
        notes = (_STRANGE.format(len(strange), strange[0][:16]),)
    faults += audit_faults(matter, bundle)
    faults += [
        Fault(f"document {found.id}", "its steps are not finished: run claimtrail ingest again")
        for found in everything
        if found.state == "open" and found.id not in in_hand
    ]
    with matter.records.alone():  # so that no machine writes the index meanwhile
        faults += _index_faults(matter, expected_in_index(matter))
    return Verified(len(known) + entries + 2, tuple(faults), notes)


def _index_faults(matter: Matter, expected: Expected) -> Iterator[Fault]:
    try:
        with closing(open_search(matter)) as index:
            if not index.healthy():
                yield Fault("index", "is damaged: run claimtrail reindex")
                return
            found = index.doc_ids()
    except SearchError as error:
        yield Fault("index", error.message)
        return
    if missing := expected.missing(found):
        yield Fault(
            "index", f"lacks {len(missing)} documents, such as {min(missing)}: run claimtrail reindex"
        )
    if surplus := expected.surplus(found):
        yield Fault(
            "index", f"holds {len(surplus)} documents that the records do not: run claimtrail reindex"
        )
