"""custody.csv, where a bundle has one: every row is an entry of the audit, and no entry on a document is left out."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from pipeline.bundle.checks.finding import Findings
from pipeline.bundle.checks.recorded import manifest_of, read_csv
from pipeline.harmless import cell

CUSTODY = "data/custody.csv"
_SAME = (("hash", "hash"), ("at", "at"), ("actor", "actor"), ("action", "action"))


def check_custody(findings: Findings) -> None:
    """Row by row against audit.jsonl and manifest.json. Bundles of earlier versions have none."""
    manifest = manifest_of(findings.folder)
    stated = manifest.get("custody")
    if stated is None:
        return
    path = findings.folder / CUSTODY
    if not path.is_file():
        findings.fault(CUSTODY, "is missing")
        return
    rows = read_csv(path)
    findings.expect(
        len(rows) == stated["rows"], CUSTODY, f"has not the {stated['rows']} rows that manifest.json counts"
    )
    lines = (findings.folder / "data" / "audit.jsonl").read_text(encoding="utf-8").split("\n")
    audit = {str(entry["seq"]): entry for entry in map(json.loads, filter(None, lines))}
    known = {str(document["id"]): document for document in manifest["documents"]}
    for number, row in enumerate(rows, 2):
        fault = _fault(row, audit.get(row["entry"]), known.get(row["document"]))
        findings.expect(fault is None, f"{CUSTODY}, line {number}", fault or "")
    told = Counter((row["document"], row["entry"]) for row in rows)
    for (document, entry), times in told.items():
        if times > 1:
            findings.fault(CUSTODY, f"tells of entry {entry} on {document} {times} times")
    for seq, entry in audit.items():
        if entry["subject"] in known and (entry["subject"], seq) not in told:
            findings.fault(CUSTODY, f"leaves out entry {seq} on {entry['subject']}")


def _fault(row: dict[str, str], entry: dict[str, Any] | None, document: dict[str, Any] | None) -> str | None:
    """What a row says wrongly."""
    if document is None:
        return "is about a document that is not in the bundle"
    if entry is None:
        return "rests on an entry that audit.jsonl does not hold"
    if (row["tab"], row["sha256"]) != (cell(document["tab"]), cell(document["sha256"])):
        return "names another tab or hash than manifest.json"
    if entry["subject"] != document["id"] and document["id"] not in (entry["detail"].get("documents") or ()):
        return "rests on an entry that is not about its document"
    if any(row[column] != cell(entry[key]) for column, key in _SAME):
        return "differs from the entry on which it rests"
    return None
