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
    "data/index.csv",
    "data/chronology.csv",
    "data/manifest.json",
    "data/audit.jsonl",
}
_EXTRA = {
    "cn": {"data/evidence-list.docx"},
    "us": {"data/production.dat", "data/production.opt"},
}
_OPTIONAL = {"data/privilege-log.csv", "data/custody.csv"}
"""What not every bundle has; those of earlier versions have no custody.csv."""
_LOADED = ("data/images/", "data/text/")
"""Which of these belong to the load files is seen when those are read."""
_ENTRY = {"seq", "at", "actor", "action", "subject", "detail", "previous", "hash"}


def manifest_of(folder: Path) -> dict[str, Any]:
    """The bundle's manifest.json. Raises OSError or ValueError when it cannot be read."""
    value = json.loads((folder / "data" / "manifest.json").read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object")
    return value


def shown_pages(manifest: dict[str, Any]) -> set[int]:
    """The bundle's pages that show the documents' own, without the sheets in front of them."""
    ranges = (document["pages"] for document in manifest["documents"] if document["pages"]["first"])
    return {page for pages in ranges for page in range(pages["first"], pages["last"] + 1)}


def check_parts(findings: Findings) -> None:
    """All parts are there; every original is what the manifest says, and there are no others."""
    manifest = manifest_of(findings.folder)
    parts = _PARTS | extra_parts(manifest)
    for name in sorted(parts - findings.digests.keys()):
        findings.fault(name, "is missing")
    volumes = manifest["bundle"].get("volumes", [manifest["bundle"]])
    named = {str(volume["file"]) for volume in volumes}
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
        known = name in parts or name in named or name in _OPTIONAL or name.startswith(_LOADED)
        if name.startswith("data/") and not known:
            findings.fault(name, "belongs to no document")
    for volume in volumes:
        pdf = findings.digests.get(str(volume["file"]))
        findings.expect(
            pdf == volume["sha256"], str(volume["file"]), "is not the one that manifest.json names"
        )


def extra_parts(manifest: dict[str, Any]) -> set[str]:
    """The further files that a bundle of this profile has."""
    return _EXTRA.get(str(manifest.get("profile")), set())


def check_index(findings: Findings) -> None:
    """index.csv says the same as manifest.json: a row per document, and one for numbers kept free."""
    manifest = manifest_of(findings.folder)
    rows = read_csv(findings.folder / "data" / "index.csv")
    documents = [row for row in rows if row["id"]]
    stated = manifest["documents"]
    findings.expect(
        len(documents) == len(stated),
        "data/index.csv",
        f"has {len(documents)} rows for {len(stated)} documents",
    )
    for row, document in zip(documents, stated, strict=False):
        wanted = _index_row(document)
        # as CSV writes what a spreadsheet program might run
        same = all(row[key] == cell(value) for key, value in wanted.items())
        findings.expect(same, f"data/index.csv, tab {row['tab']}", "differs from manifest.json")
    free = [(row["tab"], row["page"]) for row in rows if not row["id"]]
    kept = [(str(g["tab"]), str(g["numbers"]["first"])) for g in manifest.get("withdrawn", [])]
    findings.expect(
        sorted(free) == sorted(kept), "data/index.csv", "has other withdrawn tabs than manifest.json"
    )


def _index_row(document: dict[str, Any]) -> dict[str, Any]:
    """What index.csv must say of a document."""
    pages = document["pages"]
    first, last, page = pages["first"], pages["last"], pages["tab"]
    if numbers := document.get("numbers"):
        first = numbers[first - page] if first else None
        page, last = numbers[0], numbers[-1] if last else None
    return {
        "tab": document["tab"],
        "page": page,
        "first": first,
        "last": last,
        "sha256": document["sha256"],
        "original": document["original"],
    }


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
