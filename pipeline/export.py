"""From the records to a bundle: which documents go in, and what is told of each."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from extractors.document import Document
from extractors.workers import Workers
from pipeline.audit import Entry
from pipeline.bundle import (
    BundleReport,
    Case,
    CaseEvent,
    ChronologyRow,
    Exhibit,
    ExhibitLink,
    Runner,
    Sighting,
    build,
)
from pipeline.bundle.case import Progress
from pipeline.casefile import CaseFile, load_case
from pipeline.chronology import chronology
from pipeline.claims import Claim, qualified
from pipeline.clock import now
from pipeline.errors import UsageError
from pipeline.evidence import Summary
from pipeline.exports import begin, close_open, complete
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.records import audit_log, documents
from pipeline.searchable import words_of_document
from pipeline.timestamps.stamping import Sealing

PRIVILEGED = "privileged"
T = TypeVar("T")


def export(
    matter: Matter,
    claim_id: str,
    out: Path,
    profile: str = "uk",
    confirmed_only: bool = False,
    as_zip: bool = False,
    progress: Progress | None = None,
    timestamp: bool = False,
) -> dict[str, Any]:
    """Build the bundle of a claim; returns `{"claim", "bundle", "zip", "pages", "exhibits", "withheld", "notes"}`.

    With `timestamp` also `"timestamp"`: the stamp of the authority that the settings name, or the error that kept the
    bundle from having one.
    """
    sealing = Sealing(matter) if timestamp else None
    close_open(matter)
    case = collect(matter, claim_id, profile, confirmed_only)
    if not case.exhibits:
        raise UsageError(
            f"Claim {claim_id} has no evidence to bundle.",
            "Take documents in, then claimtrail link; with --confirmed-only, confirm some links.",
        )
    included = [exhibit.id for exhibit in case.exhibits]
    runs: list[str] = []

    def publishing(built: BundleReport) -> None:
        runs.append(begin(matter, claim_id, built, included))

    with Workers(1, matter.settings.limits.limits()) as workers:
        report = build(case, out, as_zip, progress, publishing, _runner(matter, workers), sealing)
    for run in runs:
        complete(matter, run)
    answer = _answer(case, report)
    return answer if sealing is None else {**answer, "timestamp": sealing.close(claim_id)}


def _runner(matter: Matter, workers: Workers) -> Runner:
    """Opens originals in a worker, with the limits under which they were read."""
    limits = matter.settings.limits.limits()

    def run(function: Callable[..., T], *args: Any, size: int, name: str) -> T:
        return workers.submit(function, *args, seconds=limits.seconds_for(size), name=name).result()

    return run


def _answer(case: Case, report: BundleReport) -> dict[str, Any]:
    return {
        "claim": case.claim_id,
        "bundle": str(report.path),
        "zip": str(report.zip) if report.zip else None,
        "pages": report.pages,
        "exhibits": report.exhibits,
        "withheld": report.withheld,
        "notes": list(report.notes),
    }


def collect(matter: Matter, claim_id: str, profile: str, confirmed_only: bool) -> Case:
    """What goes into the bundle: documents with a standing link to the claim, or tied to it by a person."""
    file = load_case(matter, claim_id)
    links = _by_document(file.links, confirmed_only)
    tied = set() if confirmed_only else _tied(matter, claim_id)
    with matter.reading() as tx:
        everything = {found.id: found for found in documents.summaries(tx)}
        wanted = sorted({*links, *tied})
        withheld = _withheld(everything) & set(wanted)
        chosen = [everything[document] for document in wanted if document not in withheld]
        audit = list(audit_log.entries(tx, {claim_id, *(found.id for found in chosen)}))
        head = audit_log.head(tx)
    touches = _touches(audit)
    exhibits = tuple(
        _exhibit(matter, found, links.get(found.id, ()), tuple(touches.get(found.id, ()))) for found in chosen
    )
    case = _case(file, exhibits, tuple(entry.line() for entry in audit), profile, len(withheld))
    return replace(case, audit_head=head)


def _touches(audit: Iterable[Entry]) -> dict[str, list[str]]:
    """What was done with each document after it came in, a line each."""
    found: dict[str, list[str]] = defaultdict(list)
    for entry in audit:
        if entry.action not in ("taken in", "seen"):
            found[entry.subject].append(f"{entry.at} {entry.action} ({entry.actor})")
    return found


def _by_document(links: Iterable[Link], confirmed_only: bool) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.status == "confirmed" or (link.status == "proposed" and not confirmed_only):
            found[link.document].append(link)
    return found


def _tied(matter: Matter, claim_id: str) -> set[str]:
    with matter.reading() as tx:
        return {found.id for found in documents.summaries(tx) if claim_id in found.given_claims}


def _withheld(everything: dict[str, Summary]) -> set[str]:
    """Privileged documents, what is inside them, and what holds them: a mail's bytes hold its attachment's."""
    withheld = {found.id for found in everything.values() if PRIVILEGED in found.marks}
    waiting = [(document, step) for document in withheld for step in (_inside, _around)]
    while waiting:
        document, step = waiting.pop()
        for other in step(document, everything):
            if (other, step) not in waiting and other not in withheld:
                withheld.add(other)
                waiting.append((other, step))
    return withheld


def _inside(document: str, everything: dict[str, Summary]) -> Sequence[str]:
    return everything[document].children


def _around(document: str, everything: dict[str, Summary]) -> Sequence[str]:
    return [found.id for found in everything.values() if document in found.children]


def _case(
    file: CaseFile, exhibits: tuple[Exhibit, ...], audit: tuple[str, ...], profile: str, withheld: int
) -> Case:
    claim, included = file.claim, {exhibit.id for exhibit in exhibits}
    return Case(
        claim_id=claim.id,
        title=claim.title,
        type=claim.type,
        status=claim.status,
        made_at=now().replace(microsecond=0),
        currency=claim.currency,
        amount=claim.amount,
        parties=tuple((party.role, party.name) for party in claim.parties),
        events=_events(claim),
        exhibits=exhibits,
        chronology=_chronology(file, included),
        audit=audit,
        profile=profile,
        withheld=withheld,
    )


def _events(claim: Claim) -> tuple[CaseEvent, ...]:
    return tuple(
        CaseEvent(qualified(claim.id, event.id), event.title, event.start, event.end, event.description)
        for event in claim.events
    )


def _chronology(file: CaseFile, included: set[str]) -> tuple[ChronologyRow, ...]:
    """The chronology without what was left out; an event stays even when its proof does not."""
    rows = []
    for row in chronology(file):
        kept = row.doc in included
        if kept or row.event is not None:
            rows.append(
                ChronologyRow(
                    row.date,
                    row.end,
                    row.event,
                    row.doc if kept else None,
                    row.page if kept else None,
                    row.text,
                )
            )
    return tuple(rows)


def _exhibit(matter: Matter, found: Summary, links: Iterable[Link], touches: tuple[str, ...]) -> Exhibit:
    return Exhibit(
        id=found.id,
        sha256=found.sha256,
        name=found.name,
        original=matter.originals.checked(found.sha256),
        media_type=found.media_type,
        kind=found.kind,
        title=found.title or "",
        date=found.date,
        sightings=tuple(
            Sighting(s.path, datetime.datetime.fromisoformat(s.received)) for s in found.sightings
        ),
        document=_reader(matter, found),
        words=partial(words_of_document, matter, found.id),
        links=tuple(ExhibitLink(link.event, link.page, link.score, link.status) for link in links),
        parent=found.parent,
        children=found.children,
        custody=touches,
        failure=found.reason["message"] if found.reason else "",
    )


def _reader(matter: Matter, found: Summary) -> Callable[[], Document | None]:
    def read() -> Document | None:
        with matter.reading() as tx:
            document = documents.reading(tx, found)
        return document if document.pages else None

    return read
