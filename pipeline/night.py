"""What a night's run looks after besides taking in: retries, outdated steps, links, checks, the index, and a report."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractors.errors import recorded
from extractors.ocr.kept import READINGS, forget_unused
from index.errors import SearchError
from pipeline import harmless
from pipeline.audit import BEFORE_ALL, Fault, Head
from pipeline.clock import stamp as written
from pipeline.copies import find_copies
from pipeline.date_orders import settle_orders
from pipeline.errors import MatterError, OriginalsAway
from pipeline.indexing import expected_in_index, index_pending, open_search, reindex
from pipeline.ingest import ingest
from pipeline.ingest_report import Report
from pipeline.learning import learn_pending, relearn
from pipeline.linking import link_pending
from pipeline.matter import Matter
from pipeline.page_pictures import forget_pictures
from pipeline.partybook import bring_parties
from pipeline.records import arrivals, audit_log, documents, findings, matters
from pipeline.redo import reopen_outdated, understand_outdated
from pipeline.retrying import TakeIn, retry
from pipeline.timestamps.stamping import check_audit_stamps, stamp_audit
from pipeline.urgent import told, urgent
from pipeline.witnesses import audit_faults, reported
from pipeline.workspace import write_atomically

CYCLE = 30
"""Nights after which every original was hashed once."""
UNUSED = datetime.timedelta(days=90)
"""Kept readings and pictures of pages that were of no use for so long are deleted: they can be made anew."""
NOT_FOLLOWED = ("sidecar_fault", "unknown_claim")
"""Labels that tell of something a person said and that could not be done."""
DOUBTFUL = 0.6
"""Confidence below which a value is counted as doubtful."""


@dataclass
class Night:
    """What a night's run did and found."""

    started: datetime.datetime
    root: Path
    """The workspace's folder: paths in the report are told from there, so that it can be copied elsewhere."""
    taken_in: list[Report] = field(default_factory=list)
    retried: Report | None = None
    read_again: list[str] = field(default_factory=list)
    understood_again: list[str] = field(default_factory=list)
    kinds_learned: list[str] = field(default_factory=list)
    """The documents whose kind changed by what people said of documents like them."""
    newly_linked: list[str] = field(default_factory=list)
    originals_checked: int = 0
    faults: list[Fault] = field(default_factory=list)
    not_followed: list[tuple[str, str, str]] = field(default_factory=list)
    """(name, kind of trouble, what was said) of tonight's sidecars and folders that could not be followed."""
    index_rebuilt: bool = False
    doubtful: int = 0
    with_findings: int = 0
    """Documents whose own sums contradict each other."""
    documents: int = 0
    free_bytes: int = 0
    audit: Head = BEFORE_ALL
    """How far the audit had come when the report was written: the report is a witness of it."""

    @property
    def reports(self) -> list[Report]:
        return [*self.taken_in, *([self.retried] if self.retried else [])]

    @property
    def ok(self) -> bool:
        """Whether nothing failed and no check found a fault."""
        return not self.faults and not any(report.failed for report in self.reports)

    def as_json(self) -> dict[str, Any]:
        """Counts, and every failure and fault by name."""
        failed = [
            {**found, "path": found["path"].removeprefix(f"{self.root}/")}
            for report in self.reports
            for found in report.as_json()["failed"]
        ]
        return {
            "started": written(self.started),
            "ok": self.ok,
            "ingested": sum(len(report.ingested) for report in self.reports),
            "duplicates": sum(len(report.duplicates) for report in self.reports),
            "failed": failed,
            "read_again": len(self.read_again),
            "understood_again": len(self.understood_again),
            "kinds_learned": len(self.kinds_learned),
            "newly_linked": self.newly_linked,
            "originals_checked": self.originals_checked,
            "faults": [{"where": fault.where, "what": fault.what} for fault in self.faults],
            "not_followed": [
                {"path": name, "what": what, "said": said} for name, what, said in self.not_followed
            ],
            "index_rebuilt": self.index_rebuilt,
            "doubtful_values": self.doubtful,
            "with_findings": self.with_findings,
            "documents": self.documents,
            "free_bytes": self.free_bytes,
            "audit": self.audit.as_json(),
        }


def heal(matter: Matter, night: Night, take_in: TakeIn = ingest) -> None:
    """Try again what time may have healed, and what an older version read."""
    night.read_again = reopen_outdated(matter)
    with matter.reading() as tx:
        failed = [found for found in documents.summaries(tx) if found.state == "failed" and found.reason]
    healing = [found.id for found in failed if found.reason and recorded(**found.reason).heals]
    night.retried = retry(matter, healing, take_in=take_in)  # also finishes what an earlier run left open
    with matter.records.alone():
        night.understood_again = understand_outdated(matter)
        night.kinds_learned = sorted({*learn_pending(matter), *relearn(matter)})


def link_and_index(matter: Matter, night: Night) -> None:
    """Bring dates, copies, names, links and index up to date; a broken or differing index is built anew."""
    with matter.records.alone():
        _link_and_index(matter, night)


def _link_and_index(matter: Matter, night: Night) -> None:
    settle_orders(matter)
    find_copies(matter)
    bring_parties(matter)
    linked = {document for report in night.reports for document in report.linked}
    night.newly_linked = sorted({*linked, *link_pending(matter)})
    night.index_rebuilt = _index_is_broken(matter)
    index_pending(matter)  # builds a missing or damaged one anew
    if _index_differs(matter):
        reindex(matter)
        night.index_rebuilt = True


def _index_is_broken(matter: Matter) -> bool:
    try:
        with closing(open_search(matter)) as index:
            return not index.healthy()
    except SearchError:
        return True


def _index_differs(matter: Matter) -> bool:
    expected = expected_in_index(matter)
    try:
        with closing(open_search(matter)) as index:
            found = index.doc_ids()
            return not index.healthy() or bool(expected.missing(found) or expected.surplus(found))
    except SearchError:
        return True


def look_after(matter: Matter, night: Night) -> None:
    """Hash tonight's share of the originals, check the audit and the records, count what is doubtful, and tidy up."""
    with matter.reading() as tx:
        found = documents.summaries(tx)
        night.not_followed = arrivals.with_labels(tx, NOT_FOLLOWED, _taken_in(night))
        night.doubtful = documents.count_below(tx, DOUBTFUL)
        night.with_findings = findings.count_with_findings(tx)
    share = tonight([summary.sha256 for summary in found], night.started.date())
    night.faults += _originals_faults(matter, share)
    matter.originals.tidy()
    night.originals_checked, night.documents = len(share), len(found)
    night.faults += audit_faults(matter)
    night.faults += [Fault(matter.records.name, fault) for fault in matter.records.integrity_faults()]
    forget_unused(matter.workspace.ocr / READINGS, night.started - UNUSED)
    forget_pictures(matter.workspace.pictures, night.started - UNUSED)
    night.free_bytes = shutil.disk_usage(matter.workspace.root).free


def _originals_faults(matter: Matter, hashes: Iterable[str]) -> Iterator[Fault]:
    """What is wrong with these; one fault where none of them can be reached."""
    try:
        for sha256 in hashes:
            if fault := matter.originals.fault(sha256):
                yield Fault(f"original {sha256[:16]}", fault)
    except OriginalsAway as error:
        yield Fault("originals", f"{error.message} {error.remedy}")


def _taken_in(night: Night) -> set[str]:
    """The documents that came in tonight, known ones and failed ones too."""
    found: set[str] = set()
    for report in night.taken_in:
        found |= {outcome.document for outcome in report.ingested}
        found |= {taken.document for taken in report.duplicates}
        found |= {failure.document for failure in report.failed if failure.document}
    return found


def tonight(hashes: Iterable[str], date: datetime.date) -> list[str]:
    """The originals whose turn it is: by hash, so that each comes once in `CYCLE` nights whatever is added."""
    return [sha256 for sha256 in hashes if int(sha256[:8], 16) % CYCLE == date.toordinal() % CYCLE]


def stamp(matter: Matter, night: Night) -> None:
    """Have the audit's head time-stamped, where the settings want it; a failure is a fault of the night."""
    night.faults += check_audit_stamps(matter).faults
    if matter.settings.timestamp is None or not matter.settings.timestamp.nightly:
        return
    try:
        stamp_audit(matter)
    except MatterError as error:
        night.faults.append(Fault("time stamp", f"{error.message} {error.remedy}"))


def close(matter: Matter, night: Night) -> str:
    """Write the report into `reports/` and note the night in the audit; returns the report as Markdown."""
    with matter.reading() as tx:
        night.audit = audit_log.head(tx)
    text = markdown(matter, night)
    path = _unused(matter.workspace.root / "reports", f"nightly-{night.started:%Y%m%dT%H%M%SZ}")
    write_atomically(path, text)
    with matter.change() as change:
        summary = {key: value for key, value in night.as_json().items() if isinstance(value, int)}
        change.note("nightly run", "workspace", report=path.name, **summary)
    return text


def _unused(folder: Path, stem: str) -> Path:
    """A report never takes the place of another, whatever the clock says."""
    path, number = folder / f"{stem}.md", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.md"
    return path


def markdown(matter: Matter, night: Night) -> str:
    """The night for people: names, reasons and counts; no text of any document."""
    said = night.as_json()
    rows = [
        ("taken in", said["ingested"]),
        ("already known", said["duplicates"]),
        ("failed", len(said["failed"])),
        ("documents with new links", len(said["newly_linked"])),
        ("read or understood again", said["read_again"] + said["understood_again"]),
        ("kinds learned from corrections", said["kinds_learned"]),
        ("originals checked tonight", said["originals_checked"]),
        ("faults found", len(said["faults"])),
        ("doubtful values", said["doubtful_values"]),
        ("documents whose sums contradict each other", said["with_findings"]),
        ("documents in all", said["documents"]),
        ("free disk, GiB", round(said["free_bytes"] / 2**30, 1)),
    ]
    lines = [f"# Nightly run {said['started']}"]
    clocks = urgent(matter, night.started.date())
    lines += _section("Deadlines", [(found.event, told(found)) for found in clocks])
    lines += ["", "| | |", "| --- | ---: |"]
    lines += [f"| {what} | {count} |" for what, count in rows]
    if night.index_rebuilt:
        lines += ["", "The search index was broken and was built anew."]
    lines += _section("Failed", [(found["path"], found["reason"]) for found in said["failed"]])
    lines += _section("Faults", [(fault["where"], fault["what"]) for fault in said["faults"]])
    not_followed = [(name, f"{what}: {said}") for name, what, said in night.not_followed]
    lines += _section("Sidecars and folders not followed", not_followed)
    lines += _section("New links", _links(matter, night.newly_linked))
    return "\n".join([*lines, "", reported(night.audit)]).rstrip() + "\n"


def _links(matter: Matter, ids: Sequence[str]) -> list[tuple[str, str]]:
    with matter.reading() as tx:
        return [
            (found.name, ", ".join(link.event for link in matters.link_list(tx, document=found.id)))
            for found in documents.summaries(tx, ids)
        ]


def _section(heading: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    return [
        "",
        f"## {heading}",
        "",
        *(f"- {harmless.markdown(first)}: {harmless.markdown(second)}" for first, second in rows),
    ]
