"""custody.csv: what was done with every document of the bundle, each line with the audit entry that proves it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.bundle.case import Case
from pipeline.bundle.plan import Plan
from pipeline.touches import COLUMNS, touches

FILE = "data/custody.csv"
__all__ = ["COLUMNS", "FILE", "custody_record", "custody_rows"]


def custody_rows(case: Case, plan: Plan) -> Iterator[tuple[object, ...]]:
    """The rows of custody.csv, tab by tab in order of the audit."""
    audit = [json.loads(line) for line in case.audit]
    for tab in plan.tabs:
        for t in touches(audit, tab.exhibit.id):
            head = (tab.number, tab.exhibit.id, tab.exhibit.sha256)
            yield (*head, t.entry, t.at, t.actor, t.process, t.action, t.detail, t.hash)


def custody_record(case: Case, plan: Plan) -> dict[str, Any]:
    """What manifest.json says of it."""
    return {"file": FILE, "rows": sum(1 for _ in custody_rows(case, plan))}
