"""The bag: its structure (RFC 8493), and every file's hash; nothing missing, nothing added."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import bagit

from pipeline.bundle.checks.finding import Findings
from pipeline.timestamps.bag import IS_STAMP

_LINE = re.compile(r"([0-9A-Fa-f]{64})[ \t]+\*?(.+)")
_REQUIRED = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
_TAG_MANIFEST = "tagmanifest-sha256.txt"

logging.getLogger("bagit").addHandler(logging.NullHandler())


def check_bag(findings: Findings) -> None:
    """Every file against the manifests, both ways; then the structure, by the bagit library."""
    missing = [name for name in _REQUIRED if not (findings.folder / name).is_file()]
    for name in missing:
        findings.fault(name, "is missing")
    stated = _stated(findings, "manifest-sha256.txt")
    tags = _stated(findings, _TAG_MANIFEST)
    found = dict(findings.files())
    for name, path in found.items():
        _check_file(findings, name, path, stated if name.startswith("data/") else tags)
    present = {_same(name) for name in found}
    for name in [*stated, *tags]:
        if _same(name) not in present:
            findings.fault(name, "is missing")
    _check_size(findings, found)
    if not findings.faults:
        _check_structure(findings)


def _check_file(findings: Findings, name: str, path: Path, stated: dict[str, str]) -> None:
    if path.is_symlink():
        findings.fault(name, "is a link to another file, not a file")
        return
    with path.open("rb") as file:
        digest = findings.digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    if name == _TAG_MANIFEST or IS_STAMP.fullmatch(name):
        return  # a stamp proves the manifest of tags, so that cannot name it; verify checks what it proves
    expected = stated.get(_same(name))
    if expected is None:
        findings.fault(name, "is no part of the bundle: no manifest names it")
    else:
        findings.expect(digest == expected, name, "was changed: its SHA-256 is not the one in the manifest")


def _stated(findings: Findings, manifest: str) -> dict[str, str]:
    """The hash that the manifest states for each path."""
    stated: dict[str, str] = {}
    for number, line in _lines(findings.folder / manifest):
        found = _LINE.fullmatch(line)
        where = f"{manifest}, line {number}"
        if found is None:
            findings.fault(where, "is not a hash and a path")
            continue
        name = _same(found[2])
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name:
            findings.fault(where, "names a path outside the bundle")
        elif name in stated:
            findings.fault(where, "names a file for the second time")
        else:
            stated[name] = found[1].lower()
    return stated


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    if path.is_file():
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), 1)


def _same(name: str) -> str:
    """File systems differ in how they compose accents; a name is the same in either form."""
    return unicodedata.normalize("NFC", name)


def _check_size(findings: Findings, found: dict[str, Path]) -> None:
    """Payload-Oxum: bytes and number of the payload's files."""
    oxum = [
        line[13:].strip()
        for _, line in _lines(findings.folder / "bag-info.txt")
        if line[:13] == "Payload-Oxum:"
    ]
    payload = [path for name, path in found.items() if name.startswith("data/") and not path.is_symlink()]
    actual = f"{sum(path.stat().st_size for path in payload)}.{len(payload)}"
    findings.expect(oxum == [actual], "bag-info.txt", f"Payload-Oxum is not {actual}")


def _check_structure(findings: Findings) -> None:
    try:
        bagit.Bag(str(findings.folder)).validate(completeness_only=True)
    except bagit.BagError as error:
        findings.fault("bagit.txt", f"is not a valid bag: {error}")
