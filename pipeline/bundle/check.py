"""Checking a bundle: everything read back, independently of what built it."""

from __future__ import annotations

import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from extractors.limits import Limits
from pipeline.bundle.checks.bagged import check_bag
from pipeline.bundle.checks.finding import CheckReport, Findings
from pipeline.bundle.checks.kept import CUSTODY, check_custody
from pipeline.bundle.checks.laid import check_laid
from pipeline.bundle.checks.linked import check_links
from pipeline.bundle.checks.printed import check_printed
from pipeline.bundle.checks.recorded import check_audit, check_index, check_parts

_STEPS = (
    ("bagit.txt", check_bag),
    ("data/manifest.json", check_parts),
    ("data/index.csv", check_index),
    ("data/audit.jsonl", check_audit),
    (CUSTODY, check_custody),
    ("data/bundle.pdf", check_printed),
    ("data/bundle.pdf", check_links),
    ("data/bundle.pdf", check_laid),
)


def check(bundle: Path) -> CheckReport:
    """Every hash, page number, link, bookmark, recognised page and audit entry of a bundle (a folder, or its zip).

    Damage, however bad, is named in the report and never raised.
    """
    if bundle.is_dir():
        return _check_folder(bundle)
    findings = Findings(bundle)
    if not bundle.is_file():
        findings.fault(bundle.name, "is not there")
    elif not zipfile.is_zipfile(bundle):
        findings.fault(bundle.name, "is neither a folder nor a whole zip file")
    else:
        findings.attempt(bundle.name, _check_zip)
    return CheckReport(findings.checked, tuple(findings.faults))


def _check_folder(folder: Path) -> CheckReport:
    findings = Findings(folder)
    for where, step in _STEPS:
        findings.attempt(where, step)
    return CheckReport(findings.checked, tuple(dict.fromkeys(findings.faults)))


def _check_zip(findings: Findings) -> None:
    """Unpacks beside nothing of the user's, with limits, and checks what came out."""
    with zipfile.ZipFile(findings.folder) as archive, tempfile.TemporaryDirectory() as scratch:
        entries = archive.infolist()
        problem = _unsafe(entries, findings.folder.stat().st_size)
        if problem:
            findings.fault(findings.folder.name, problem)
            return
        archive.extractall(scratch)
        (top,) = Path(scratch).iterdir()
        report = _check_folder(top)
        findings.checked += report.checked
        findings.faults += report.faults


def _unsafe(entries: list[zipfile.ZipInfo], size: int) -> str | None:
    """Why the archive must not be unpacked, if so."""
    names = [entry.filename for entry in entries]
    limits = Limits()
    if sum(entry.file_size for entry in entries) > limits.archive_grace + size * limits.archive_ratio:
        return "unpacks to far more than a bundle holds"
    if len(set(names)) != len(names):
        return "holds a name twice"
    if len({PurePosixPath(name).parts[:1] for name in names}) != 1:
        return "does not hold one folder"
    if any(PurePosixPath(n).is_absolute() or ".." in PurePosixPath(n).parts or "\\" in n for n in names):
        return "names files outside its folder"
    if any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
        return "holds links"
    return None
