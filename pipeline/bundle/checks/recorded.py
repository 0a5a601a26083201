"""What the bundle says of itself: manifest.json against the files, the tables against it, the audit entry by entry."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.audit import digest
from pipeline.bundle.checks.finding import Findings
from pipeline.harmless import cell

_PARTS = {
    "data/bundle.pdf",
    "data/index.csv",
    "data/chronology.csv",
    "data/manifest.json",
    "data/audit.jsonl",
}
_CUSTODY = "data/custody.csv"
"""Bundles of earlier versions have none."""
_ORIGINALS = "data/originals/"
_ENTRY = {"seq", "at", "actor", "action", "subject", "detail", "previous", "hash"}


def manifest_of(folder: Path) -> dict[str, Any]:
    """The bundle's manifest.json. Raises OSError or ValueError when it cannot be read."""
    value = json.loads((folder / "data" / "manifest.json").read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value


def check_parts(findings: Findings) -> None:
    """All parts are there; every original is what the manifest says, and there are no others."""
    for name in sorted(_PARTS - findings.digests.keys()):
        findings.fault(name, "is missing")
    manifest = manifest_of(findings.folder)
    named = set()
    for document in manifest["documents"]:
        name = str(document["original"])
        named.add(name)
        actual = findings.digests.get(name)
        if actual is None:
            findings.fault(name, f"is missing: the original of {document['id']}")
        else:
            findings.expect(
                actual == document["sha256"], name, "is not the document that manifest.json names"
            )
    for name in findings.digests:
        if name.startswith("data/") and name not in {*_PARTS, _CUSTODY} and name not in named:
            findings.fault(name, "belongs to no document")
    pdf = findings.digests.get("data/bundle.pdf")
    findings.expect(
        pdf == manifest["bundle"]["sha256"], "data/bundle.pdf", "is not the one that manifest.json names"
    )


def check_index(findings: Findings) -> None:
    """index.csv says the same as manifest.json."""
    documents = manifest_of(findings.folder)["documents"]
    rows = read_csv(findings.folder / "data" / "index.csv")
    findings.expect(
        len(rows) == len(documents), "data/index.csv", f"has {len(rows)} rows for {len(documents)} documents"
    )
    for row, document in zip(rows, documents, strict=False):
        pages = document["pages"]
        stated = [
            document["tab"],
            pages["tab"],
            pages["first"],
            pages["last"],
            document["sha256"],
            document["original"],
        ]
        found = [row[key] for key in ("tab", "page", "first", "last", "sha256", "original")]
        same = found == [
            cell(value) for value in stated
        ]  # as CSV writes what a spreadsheet program might run
        findings.expect(same, f"data/index.csv, tab {row['tab']}", "differs from manifest.json")


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a table of the bundle."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def check_audit(findings: Findings) -> None:
    """Each entry carries the hash of what it says; entries are in order; none is cut off at the end."""
    text = (findings.folder / "data" / "audit.jsonl").read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        findings.fault("data/audit.jsonl", "ends in the middle of a line")
    entries = list(_entries(findings, text.split("\n")))
    stated = manifest_of(findings.folder)["audit"]
    last = entries[-1]["hash"] if entries else None
    whole = len(entries) == stated["entries"] and last == stated["last"]
    findings.expect(
        whole, "data/audit.jsonl", f"has not the {stated['entries']} entries that manifest.json counts"
    )
    if (head := stated.get("head")) and entries:
        known = head["seq"] > entries[-1]["seq"] or head == {"seq": entries[-1]["seq"], "hash": last}
        findings.expect(known, "data/audit.jsonl", "goes on after the end that manifest.json states")
    for before, after in pairwise(entries):
        where = f"data/audit.jsonl, entry {after['seq']}"
        findings.expect(after["seq"] > before["seq"], where, "is not in its order")
        if after["seq"] == before["seq"] + 1:
            findings.expect(
                after["previous"] == before["hash"], where, "does not follow from the entry before it"
            )


def _entries(findings: Findings, lines: Iterable[str]) -> Iterable[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        where = f"data/audit.jsonl, line {number}"
        try:
            entry = json.loads(line)
        except ValueError:
            findings.fault(where, "is not a JSON object")
            continue
        if not isinstance(entry, dict) or entry.keys() != _ENTRY or not isinstance(entry["seq"], int):
            findings.fault(where, "is not an entry of the audit")
            continue
        findings.expect(digest(entry) == entry["hash"], where, "was changed after it was written")
        yield entry
