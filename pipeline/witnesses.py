"""Checking the audit against all that knows how far it had come: the head beside the records, the row in them, the
reports of nights, heads that were time-stamped, and a bundle that was handed over.

Whoever holds the workspace can take each of the first four away; a bundle lies with someone else.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.audit import Fault, Head, Witness, check
from pipeline.errors import UsageError
from pipeline.matter import Matter
from pipeline.records import audit_log
from pipeline.timestamps.bag import BROKEN
from pipeline.timestamps.stamping import witnesses as stamped

LARGEST = 2**28
"""Bytes of a file in a bundle above which it is not read."""
_REPORTED = re.compile(r"^The audit stood at entry ([1-9]\d*), hash ([0-9a-f]{64})\.$", re.MULTILINE)


def audit_faults(matter: Matter, bundle: Path | None = None) -> list[Fault]:
    """What is wrong with the audit of a matter. Raises `UsageError` for a bundle that has no audit to compare."""
    # Before the entries: another process may be at work, and its newest entry is not in what is read of the chain.
    witnesses = [matter.audit_witness(), *_reports(matter.workspace.root / "reports")]
    witnesses += stamped(matter.workspace.timestamps)
    if bundle is not None:
        witnesses += _bundle(bundle)
    with matter.reading() as tx:
        witnesses.append(Witness(matter.records.name, audit_log.noted_head(tx)))
        return check(audit_log.entries(tx), witnesses)


def reported(head: Head) -> str:
    """The line by which a report is a witness; empty where there is no audit yet."""
    return f"The audit stood at entry {head.seq}, hash {head.hash}." if head.seq else ""


def _reports(folder: Path) -> Iterator[Witness]:
    for path in sorted(folder.glob("nightly-*.md")):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        for seq, digest in _REPORTED.findall(text):
            yield Witness(f"reports/{path.name}", Head(int(seq), digest))


def _bundle(path: Path) -> list[Witness]:
    """Every entry of the audit that went out with a bundle, and how far the whole audit had come then."""
    try:
        lines = [json.loads(line) for line in _text(path, "audit.jsonl").splitlines() if line]
        ends = json.loads(_text(path, "manifest.json"))["audit"].get("head")
        heads = [Head.of(found) for found in [*lines, *([ends] if ends else [])]]
    except (ValueError, KeyError, TypeError, AttributeError, *BROKEN) as error:
        raise UsageError(
            f"{path} has no audit that can be read.", "Name a bundle that export made."
        ) from error
    return [Witness(path.name, head) for head in heads]


def _text(bundle: Path, name: str) -> str:
    if bundle.is_dir():
        path = bundle / "data" / name
        _limit(path.stat().st_size)
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(bundle) as packed:
        inside = next((one for one in packed.infolist() if one.filename.endswith(f"/data/{name}")), None)
        if inside is None:
            raise ValueError(f"holds no {name}")
        _limit(inside.file_size)
        return packed.read(inside).decode("utf-8")


def _limit(size: int) -> None:
    if size > LARGEST:
        raise ValueError("is larger than the audit of a bundle")
