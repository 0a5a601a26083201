"""The bundle for programs: index.csv, chronology.csv and manifest.json."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pipeline import harmless
from pipeline.bundle.case import Case
from pipeline.bundle.changes import changes
from pipeline.bundle.chronicle import entries
from pipeline.bundle.plan import Gap, Plan, Tab
from pipeline.bundle.profile import Profile
from pipeline.bundle.purpose import form_of, purpose_of, source_of
from pipeline.bundle.tabsheet import gap_text

INDEX_COLUMNS = (
    "tab",
    "date",
    "description",
    "name",
    "kind",
    "page",
    "first",
    "last",
    "id",
    "sha256",
    "original",
    "volume",
    "source",
    "purpose",
    "form",
    "group",
)
CHRONOLOGY_COLUMNS = ("date", "end", "event", "doc", "page", "text", "tab", "bundle_pages")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV that Excel opens as it is: UTF-8 with a byte-order mark, CRLF (RFC 4180)."""
    path.write_bytes(harmless.csv_text(columns, rows).encode("utf-8-sig", errors="replace"))


def index_rows(case: Case, plan: Plan, profile: Profile) -> Iterable[Sequence[object]]:
    """The rows of index.csv, in order of pages; numbers as they are printed.

    `page` is where the tab begins, `first` and `last` are the document's own pages. Numbers that are kept free have a
    row that says so and names no document.
    """
    for row in plan.rows:
        if isinstance(row, Gap):
            says = gap_text(plan, row, profile)
            yield (row.number, None, says, "", "", plan.label(row.sheet), *[None] * 5, row.volume, *[""] * 4)
            continue
        e = row.exhibit
        head = (row.number, e.date, e.heading, e.name, e.kind, plan.label(row.sheet))
        own = (plan.label(row.first), plan.label(row.last)) if row.first else (None, None)
        told = (source_of(e, profile), purpose_of(case, row, profile), form_of(e, profile), row.group)
        yield (*head, *own, e.id, e.sha256, row.original, row.volume, *told)


def chronology_rows(case: Case, plan: Plan) -> Iterable[Sequence[object]]:
    """The rows of chronology.csv: the contract's columns, then where the bundle shows it, in numbers as printed."""
    for entry in entries(case, plan):
        r = entry.row
        tab = plan.by_id[r.doc].number if r.doc else None
        pages = "; ".join(map(plan.label, entry.pages))
        yield r.date, r.end, r.event, r.doc, r.page, r.text, tab, pages


def manifest(case: Case, plan: Plan, data: Path) -> dict[str, Any]:
    """manifest.json: the claim, where the bundle's parts are, and every document with its pages and history.

    Pages are counted from 1 through all volumes; `labels` and `numbers` are what they print.
    """
    return {
        "format": 1,
        "profile": case.profile,
        "made_at": _time(case.made_at),
        "claim": _claim(case),
        "withheld": case.withheld,
        "bundle": _bundle(plan, data),
        "audit": _audit(case),
        "since": _since(case, plan),
        "documents": [_document(tab) for tab in plan.tabs],
        "withdrawn": [_gap(gap) for gap in plan.gaps],
    }


def _bundle(plan: Plan, data: Path) -> dict[str, Any]:
    volumes = [
        {
            "file": f"data/{volume.file}",
            "sha256": sha256(data / volume.file),
            "first": volume.first,
            "last": volume.last,
        }
        for volume in plan.volumes
    ]
    return {
        "file": volumes[0]["file"],
        "sha256": volumes[0]["sha256"],
        "pages": plan.pages,
        "sections": {
            "title": plan.front[0],
            "index": plan.index,
            "chronology": plan.chronology,
            "documents": plan.documents,
        },
        "front": _front(plan),
        "volumes": volumes,
    }


def _front(plan: Plan) -> dict[str, Any]:
    """The pages of each part in front, and what they print."""
    sizes, found, at = plan.sizes, {}, 0
    for name in ("title", "index", "chronology", "changes"):
        size = getattr(sizes, name)
        found[name], at = list(plan.front[at : at + size]), at + size
    found["blank"] = list(plan.front[at:])
    return {**found, "labels": {str(page): plan.label(page) for page in plan.front}}


def _since(case: Case, plan: Plan) -> dict[str, Any] | None:
    """The bundle before, and what has changed since."""
    if case.before is None:
        return None
    told = [
        {
            "change": change.what,
            "tab": change.tab,
            "document": change.document,
            "page": change.page,
            "was": dict(change.was),
            "now": dict(change.now),
        }
        for change in changes(plan, case.before)
    ]
    return {"made_at": case.before.made_at, "manifest": case.before.manifest, "changes": told}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "tab": gap.number,
        "pages": {"first": gap.sheet, "last": gap.last},
        "numbers": {"first": gap.first_label, "last": gap.last_label},
        "moved": gap.moved,
        "volume": gap.volume,
    }


def _audit(case: Case) -> dict[str, Any]:
    """The part of the audit that is in the bundle, and how far the whole of it had come."""
    own = {"file": "data/audit.jsonl", "entries": len(case.audit), "last": last_hash(case.audit)}
    return {**own, "head": case.audit_head.as_json() if case.audit_head else None}


def _claim(case: Case) -> dict[str, Any]:
    return {
        "id": case.claim_id,
        "title": case.title,
        "type": case.type,
        "status": case.status,
        "currency": case.currency,
        "amount": None if case.amount is None else str(case.amount),
        "parties": [{"role": role, "name": name} for role, name in case.parties],
        "events": [
            {"id": e.id, "title": e.title, "start": _date(e.start), "end": _date(e.end)} for e in case.events
        ],
    }


def _document(tab: Tab) -> dict[str, Any]:
    e = tab.exhibit
    return {
        "tab": tab.number,
        "id": e.id,
        "sha256": e.sha256,
        "name": e.name,
        "title": e.title,
        "kind": e.kind,
        "date": _date(e.date),
        "media_type": e.media_type,
        "parent": e.parent,
        "children": list(e.children),
        "original": tab.original,
        "sightings": [{"path": seen.path, "received": _time(seen.received)} for seen in e.sightings],
        "custody": list(e.custody),
        "pages": {"tab": tab.sheet, "first": tab.first, "last": tab.last if tab.first else None},
        "page_map": tab.map,
        "numbers": list(tab.labels),
        "volume": tab.volume,
        "group": tab.group,
        "form": e.form,
        "recognised": [
            {"bundle_page": page, "characters": laid.characters, "sha256": laid.sha256}
            for page, laid in tab.laid.items()
        ],
        "note": tab.body.note,
        "links": [
            {
                "event": link.event,
                "page": link.page,
                "bundle_page": tab.page(link.page),
                "score": round(link.score, 3),
                "status": link.status,
                "stance": link.stance,
            }
            for link in tab.links
        ],
    }


def write_json(path: Path, value: object) -> None:
    """Indented UTF-8 JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def last_hash(audit: Sequence[str]) -> str | None:
    """The hash that the last entry carries, if there is one that does."""
    found = json.loads(audit[-1]).get("hash") if audit else None
    return str(found) if found else None


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _date(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None


def _time(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
