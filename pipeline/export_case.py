"""What goes into a bundle: the case as the records have it, and which documents stay out."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from extractors.document import Document
from pipeline.audit import Entry
from pipeline.bundle import Case, CaseEvent, ChronologyRow, Exhibit, ExhibitLink, Sighting
from pipeline.bundle.case import Highlight, Withheld
from pipeline.casefile import CaseFile, load_case
from pipeline.chronology import chronology
from pipeline.claims import Claim, qualified
from pipeline.clock import now
from pipeline.evidence import Summary
from pipeline.highlights import highlights
from pipeline.judgement import FORMS
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.records import arrivals, audit_log, documents
from pipeline.searchable import words_of_document
from pipeline.withheld import withheld

_FROM, _TO = ("sender", "seller"), ("recipient", "buyer", "copied")


def collect(
    matter: Matter,
    claim_id: str,
    profile: str,
    confirmed_only: bool,
    highlight: bool = False,
    include_privileged: bool = False,
    privilege_log: bool = False,
) -> Case:
    """What goes into the bundle: documents with a standing link to the claim, or tied to it by a person.

    What is marked privileged or without prejudice stays out with its family, unless it is to be included.
    """
    file = load_case(matter, claim_id)
    links = _by_document(file.links, confirmed_only)
    with matter.reading() as tx:
        everything = {found.id: found for found in documents.summaries(tx)}
        tied = (one.id for one in everything.values() if claim_id in one.given_claims and not confirmed_only)
        wanted = sorted({*links, *tied})
        kept_out = {} if include_privileged else withheld(everything.values())
        staying = [document for document in wanted if document in kept_out]
        chosen = [everything[document] for document in wanted if document not in kept_out]
        audit = list(audit_log.entries(tx, {claim_id, *(found.id for found in chosen)}))
        head = audit_log.head(tx)
    touches = _touches(audit)
    exhibits = tuple(
        _exhibit(matter, file, found, links.get(found.id, ()), tuple(touches.get(found.id, ())))
        for found in chosen
    )
    case = _case(file, exhibits, tuple(entry.line() for entry in audit), profile, len(staying))
    if highlight:
        case = replace(case, exhibits=tuple(_marked(e, links.get(e.id, ())) for e in case.exhibits))
    log = tuple(_logged(file, everything[document], kept_out[document]) for document in staying)
    return replace(case, audit_head=head, withheld_log=log if privilege_log else None)


def _marked(exhibit: Exhibit, links: Sequence[Link]) -> Exhibit:
    """The exhibit with the words to be marked on it, found when its turn comes."""

    def found() -> Iterator[Highlight]:
        document = exhibit.read()
        return highlights(document, links) if document else iter(())

    return replace(exhibit, highlights=found)


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


def _logged(file: CaseFile, found: Summary, ground: str) -> Withheld:
    sender, recipients = _people(file, found)
    return Withheld(found.date, sender, recipients, found.kind, ground)


def _people(file: CaseFile, found: Summary) -> tuple[str, tuple[str, ...]]:
    """Who it comes from and to whom it goes, by the book of parties; what was not read is left empty."""
    evidence = file.evidence.get(found.id)
    if evidence is None:
        return "", ()
    parties = file.letter(evidence).parties
    names = {role: [name for said, name in parties if said == role] for role in (*_FROM, *_TO)}
    sender = next((names[role][0] for role in _FROM if names[role]), "")
    return sender, tuple(dict.fromkeys(name for role in _TO for name in names[role]))


def _form(found: Summary) -> str:
    """In what form the evidence is at hand: as a person recorded it; else images of paper are copies, the rest data."""
    if said := [form for form in FORMS if form in found.marks]:
        return said[0]
    on_paper = found.media_type == "application/pdf" or found.media_type.startswith("image/")
    return "copy" if on_paper else "electronic"


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


def _exhibit(
    matter: Matter, file: CaseFile, found: Summary, links: Iterable[Link], touches: tuple[str, ...]
) -> Exhibit:
    sender, recipients = _people(file, found)
    sender = sender or _said_source(matter, found)
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
        links=tuple(
            ExhibitLink(link.event, link.page, link.score, link.status, link.stance) for link in links
        ),
        parent=found.parent,
        children=found.children,
        custody=touches,
        failure=found.reason["message"] if found.reason else "",
        sender=sender,
        recipients=recipients,
        form=_form(found),
    )


def _said_source(matter: Matter, found: Summary) -> str:
    """Where it comes from by what a person said of it at intake: a party, else a source."""
    with matter.reading() as tx:
        said = dict(arrivals.label_list(tx, found.id))
    return said.get("party") or said.get("source") or ""


def _reader(matter: Matter, found: Summary) -> Callable[[], Document | None]:
    def read() -> Document | None:
        with matter.reading() as tx:
            document = documents.reading(tx, found)
        return document if document.pages else None

    return read
