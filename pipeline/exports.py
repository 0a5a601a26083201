"""Exports as the records tell of them: noted before a bundle gets its name, and again once it has it.

So there is no bundle under its final name that the audit does not know, wherever the process was killed. An export
that was left open is closed by a later command: by the bundle's own manifest, where it lies at its place.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import UsageError
from pipeline.matter import Change, Matter
from pipeline.papers.citing import bundle_at
from pipeline.records import matters
from pipeline.timestamps.bag import BROKEN

if TYPE_CHECKING:  # loading it takes a while, and every intake looks for open exports
    from pipeline.bundle import BundleReport
    from pipeline.bundle.numbering import HandedOver

COMMAND = "export"
_TOLD = ("documents", "pages", "withheld", "manifest", "series", "include_privileged")


def begin(
    matter: Matter,
    claim_id: str,
    report: BundleReport,
    included: list[str],
    series: str,
    include_privileged: bool = False,
) -> str:
    """Note that a bundle is about to get its name, and its numbers under `series`; returns the id of the run."""
    run = uuid.uuid4().hex
    told: dict[str, Any] = {"manifest": report.manifest, "pages": report.pages, "withheld": report.withheld}
    told |= {"series": series, "include_privileged": include_privileged}
    told["numbering"] = report.numbering.as_json() if report.numbering else None
    where = {"out": str(report.path), "zip": str(report.zip) if report.zip else None}
    where |= {"machine": matter.machine}
    with matter.change() as change:
        summary = {**told, **where, "claim": claim_id, "documents": included}
        matters.begin_run(change.tx, run, COMMAND, summary)
        change.note("exporting", claim_id, bundle=report.path.name, manifest=report.manifest)
    return run


def complete(matter: Matter, run: str) -> None:
    """Note that the bundle has its name."""
    with matter.change() as change:
        _complete(change, run, matters.open_runs(change.tx, COMMAND)[run])


def handed_over(matter: Matter, claim_id: str, series: str) -> HandedOver | None:
    """The numbering of the newest bundle of a claim in this series that was handed over."""
    from pipeline.bundle.numbering import (
        HandedOver,
    )  # loading it takes a while, and every intake looks for exports

    with matter.reading() as tx:
        for summary in matters.ended_runs(tx, COMMAND):
            if (summary.get("claim"), summary.get("series")) == (claim_id, series):
                return HandedOver.from_json(summary["numbering"], summary["manifest"])
    return None


def close_open(matter: Matter) -> None:
    """Close what a killed export of this machine left open. Only for the holder of the workspace's lock."""
    with matter.reading() as tx:
        waiting = matters.open_runs(tx, COMMAND)
    for run, summary in waiting.items():
        if summary.get("machine", "") != matter.machine:
            continue  # the bundle lies, or is being made, where it cannot be seen from here
        there = _is_there(summary)
        with matter.change() as change:
            if there:
                _complete(change, run, summary)
            else:
                matters.end_run(change.tx, run, {})
                change.note("export not finished", summary["claim"], manifest=summary["manifest"])


def _complete(change: Change, run: str, summary: Mapping[str, Any]) -> None:
    told = {key: summary[key] for key in _TOLD if key in summary}
    kept = {key: summary[key] for key in ("claim", "numbering") if key in summary}
    # where it went is no one's business: the workspace holds no foreign path
    matters.end_run(change.tx, run, {**told, **kept, **_numbers(summary)})
    change.note("exported", summary["claim"], **told)


def _numbers(summary: Mapping[str, Any]) -> dict[str, Any]:
    """By what the pages of the bundle go, so that papers can cite them; nothing where it has gone again."""
    out = Path(summary["out"])
    for place in (out, Path(summary["zip"])) if summary["zip"] else (out,):
        with contextlib.suppress(UsageError):
            return bundle_at(place).as_json()
    return {}


def _is_there(summary: Mapping[str, Any]) -> bool:
    """Whether the bundle of this very export lies at its place, as folder or as zip."""
    out = Path(summary["out"])
    try:
        if (manifest := out / "data" / "manifest.json").is_file():
            return _digest(manifest.read_bytes()) == str(summary["manifest"])
        if summary["zip"] and Path(summary["zip"]).is_file():
            with zipfile.ZipFile(summary["zip"]) as packed:
                found = packed.read(f"{out.name}/data/manifest.json")
            return _digest(found) == str(summary["manifest"])
    except (KeyError, *BROKEN):
        return False  # somebody put something else there
    return False


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
