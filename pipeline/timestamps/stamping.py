"""Stamping the head of the audit and bundles, keeping what came back, and checking all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509

from pipeline.audit import Fault, Head, Witness
from pipeline.clock import stamp as written
from pipeline.errors import TimestampFailed, UsageError
from pipeline.matter import Matter
from pipeline.records import audit_log
from pipeline.settings import TimestampSettings
from pipeline.timestamps.authority import Ask, asking, proved
from pipeline.timestamps.bag import PROVES, STAMP, add_stamp, bundle_file, claim_of, stamps_in
from pipeline.timestamps.token import BadStamp, Stamp, read_certificates
from pipeline.workspace import write_atomically

STAMPED = "time stamped"
"""The action of the audit that tells of a stamp."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of time stamps: how many were looked at, what is wrong, and what a reader should know."""

    count: int = 0
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def asker(matter: Matter) -> Ask:
    """Asks the authority of the settings. Raises `UsageError` where none is set."""
    found = _settings(matter)
    return asking(found.url, found.seconds, roots_of(matter))


def roots_of(matter: Matter) -> tuple[x509.Certificate, ...]:
    """The certificates that the settings trust; none where they name no CA. Raises `UsageError`."""
    found = matter.settings.timestamp
    return read_roots(matter.workspace.root / found.ca) if found is not None and found.ca else ()


def read_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a CA file (PEM). Raises `UsageError`."""
    try:
        return read_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path.name} has no certificate that can be read: {error}", "Name the CA's file in PEM form."
        ) from error


def stamp_audit(matter: Matter) -> dict[str, Any]:
    """Have the audit's head stamped; returns `{"stamped", "file", "seq", "at", "authority", "note"}`.

    What is stamped and the stamp lie in `timestamps/`, so that anyone can check them with `openssl ts -verify`.
    Raises `UsageError`, `TimestampFailed`.
    """
    ask = asker(matter)
    with matter.reading() as tx:
        head = audit_log.head(tx)
    if not head.seq:
        raise UsageError("The audit has no entry yet.", "Take something in first.")
    data = f"{json.dumps(head.as_json())}\n".encode()
    raw = ask(data)
    found = proved(raw, data, roots_of(matter))
    stem = matter.workspace.timestamps / f"audit-{head.seq:08}"
    write_atomically(stem.with_suffix(".json"), data)
    write_atomically(stem.with_suffix(".tsr"), raw)
    name = f"{stem.name}.tsr"
    with matter.change() as change:
        change.note(STAMPED, "audit", file=name, entry=head.seq, token=_digest(raw), **_told(found))
    return {"stamped": "audit", "file": name, "seq": head.seq, **_told(found), "note": found.note}


def stamp_bundle(matter: Matter, bundle: Path) -> dict[str, Any]:
    """Have a finished bundle stamped (again); returns `{"stamped", "file", "at", "authority", "note"}`.

    Raises `UsageError` for what is no bundle, `TimestampFailed`.
    """
    claim, data = claim_of(bundle), bundle_file(bundle, PROVES)
    raw = asker(matter)(data)
    found = proved(raw, data, roots_of(matter))
    name = add_stamp(bundle, raw)
    _note_bundle(matter, claim, data, raw, found)
    return {"stamped": str(bundle), "file": name, **_told(found), "note": found.note}


class Sealing:
    """Stamps a bundle while it is built. A failure is kept and told, and the bundle is built all the same."""

    def __init__(self, matter: Matter) -> None:
        self._matter, self._ask = matter, asker(matter)
        self._roots = roots_of(matter)
        self._stamped: tuple[bytes, bytes, Stamp] | None = None
        self._failed: TimestampFailed | None = None

    def __call__(self, data: bytes) -> bytes | None:
        """The stamp of these bytes; None when there is none to be had."""
        try:
            raw = self._ask(data)
        except TimestampFailed as error:
            self._failed = error
            return None
        self._stamped = data, raw, proved(raw, data, self._roots)
        return raw

    def close(self, claim: str) -> dict[str, Any]:
        """Note the stamp in the audit; returns `{"file", "at", "authority", "note"}` or `{"error"}`."""
        if self._stamped is None:
            failed = self._failed or TimestampFailed("The bundle was not built as far as its stamp.")
            return {"error": failed.as_json()}
        found = self._stamped[2]
        _note_bundle(self._matter, claim, *self._stamped)
        return {"file": STAMP, **_told(found), "note": found.note}


def _note_bundle(matter: Matter, claim: str, data: bytes, raw: bytes, found: Stamp) -> None:
    with matter.change() as change:
        change.note(STAMPED, claim, bundle=_digest(data), token=_digest(raw), **_told(found))


def check_bundle_stamps(bundle: Path, roots: Sequence[x509.Certificate]) -> Checked:
    """Every stamp of a bundle against the bundle."""
    where = STAMP
    try:
        stamps = list(stamps_in(bundle))
        where = PROVES
        data = bundle_file(bundle, PROVES) if stamps else b""
    except UsageError as error:
        return Checked(1, (Fault(where, error.message),))
    return _checked([(name, raw, data) for name, raw in stamps], roots)


def check_audit_stamps(matter: Matter, roots: Sequence[x509.Certificate] | None = None) -> Checked:
    """Every stamp in `timestamps/`, and that none of which the audit tells is gone or was exchanged."""
    folder = matter.workspace.timestamps
    kept = [(path, path.with_suffix(".json")) for path in sorted(folder.glob("audit-*.tsr"))]
    whole = [(f"timestamps/{p.name}", p.read_bytes(), j.read_bytes()) for p, j in kept if j.is_file()]
    try:
        told = _checked(whole, roots_of(matter) if roots is None else roots)
    except UsageError as error:
        told = Checked(1, (Fault("settings.yaml: timestamp.ca", error.message),))
    lost = [
        Fault(f"timestamps/{p.name}", f"{j.name}, which it stamps, is missing")
        for p, j in kept
        if not j.is_file()
    ]
    return Checked(told.count + len(lost), (*told.faults, *lost, *_exchanged(matter)), told.notes)


def witnesses(folder: Path) -> Iterator[Witness]:
    """What stamped heads know of how far the audit had come."""
    for path in sorted(folder.glob("audit-*.json")):
        if path.with_suffix(".tsr").is_file():
            where = f"timestamps/{path.name}"
            try:
                yield Witness(where, Head.of(json.loads(path.read_bytes())))
            except (OSError, ValueError):
                yield Witness(where, None, "cannot be read: what was stamped is lost")


def _checked(stamps: Sequence[tuple[str, bytes, bytes]], roots: Sequence[x509.Certificate]) -> Checked:
    """(where, token, what it stands for), all checked by these roots."""
    faults, notes = [], []
    for where, raw, data in stamps:
        try:
            found = proved(raw, data, roots)
        except BadStamp as error:
            faults.append(Fault(where, str(error)))
            continue
        told = f"{where}: {written(found.at)} by {found.authority}"
        notes.append(f"{told}; {found.note}" if found.note else told)
    return Checked(len(stamps), tuple(faults), tuple(notes))


def _exchanged(matter: Matter) -> Iterator[Fault]:
    with matter.reading() as tx:
        told = [entry for entry in audit_log.entries(tx, {"audit"}) if entry.action == STAMPED]
    for entry in {str(entry.detail.get("file")): entry for entry in told}.values():
        name = Path(str(entry.detail.get("file"))).name
        path = matter.workspace.timestamps / name
        if not path.is_file():
            yield Fault(f"timestamps/{name}", f"is missing: entry {entry.seq} of the audit tells of it")
        elif _digest(path.read_bytes()) != entry.detail.get("token"):
            yield Fault(f"timestamps/{name}", f"is not the one of which entry {entry.seq} of the audit tells")


def _settings(matter: Matter) -> TimestampSettings:
    if (found := matter.settings.timestamp) is None:
        raise UsageError(
            "No time-stamp authority is set.",
            "Name one in settings.yaml: timestamp: {url: https://…, ca: ca.pem}.",
        )
    return found


def _told(found: Stamp) -> dict[str, str]:
    return {"at": written(found.at), "authority": found.authority}


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
