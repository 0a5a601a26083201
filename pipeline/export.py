"""From the records to a bundle: what was asked for, the numbers that were handed over, and the bundle itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from extractors.workers import Workers
from pipeline.bundle import BundleReport, Case, Runner, build
from pipeline.bundle.case import Progress
from pipeline.bundle.profile import profile as named
from pipeline.errors import UsageError
from pipeline.export_case import collect
from pipeline.exports import begin, close_open, complete, handed_over
from pipeline.matter import Matter
from pipeline.timestamps.stamping import Sealing

_PREFIX = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,28}[A-Za-z0-9])?")
_PRINTERS = 2
"""Workers that print exhibits: with more of them the one that binds and sets text would be waited for."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be asked of an export beside its profile.

    `order` is time, element or kind (None: the profile's own); `prefix` stands before Bates numbers (empty: the
    claim's id); `renumber` starts all numbers afresh; `max_mb` (millions of bytes) and `max_pages` cut volumes;
    `include_privileged` takes in what is marked privileged or without prejudice; `privilege_log` lists what was not.
    """

    order: str | None = None
    prefix: str = ""
    renumber: bool = False
    include_privileged: bool = False
    privilege_log: bool = False
    max_mb: float | None = None
    max_pages: int | None = None


PLAIN = Wishes()


def export(
    matter: Matter,
    claim_id: str,
    out: Path,
    profile: str = "uk",
    confirmed_only: bool = False,
    as_zip: bool = False,
    progress: Progress | None = None,
    timestamp: bool = False,
    highlight: bool = False,
    wishes: Wishes = PLAIN,
) -> dict[str, Any]:
    """Build the bundle of a claim.

    Returns `{"claim", "profile", "bundle", "zip", "pages", "volumes", "exhibits", "withheld", "withdrawn", "notes"}`.
    Numbers that were handed over before for the claim in this profile are kept, unless the wishes say otherwise. With
    `highlight` the words are marked on which its links rest. With `timestamp` also `"timestamp"`: the stamp of the
    authority that the settings name, or the error that kept the bundle from having one.
    """
    sealing = Sealing(matter) if timestamp else None
    close_open(matter)
    runs: list[str] = []

    def publishing(built: BundleReport) -> None:
        included = [exhibit.id for exhibit in case.exhibits]
        runs.append(begin(matter, claim_id, built, included, series(case), wishes.include_privileged))

    with matter.originals.held(), Workers(_PRINTERS, matter.settings.limits.limits()) as workers:
        case = _planned(matter, claim_id, profile, confirmed_only, wishes, highlight)
        report = build(case, out, as_zip, progress, publishing, _runner(matter, workers), _PRINTERS, sealing)
    for run in runs:
        complete(matter, run)
    answer = _answer(case, report)
    return answer if sealing is None else {**answer, "timestamp": sealing.close(claim_id)}


def _planned(
    matter: Matter, claim_id: str, profile: str, confirmed_only: bool, wishes: Wishes, highlight: bool
) -> Case:
    """The case with what was asked for, and with the numbers that were handed over before."""
    style = named(profile)
    prefix = _prefix(wishes.prefix or claim_id) if style.bates else ""
    if wishes.prefix and not style.bates:
        raise UsageError(f"Profile {profile} has no prefix.", "Leave --prefix out, or choose --profile us.")
    case = collect(
        matter, claim_id, profile, confirmed_only, highlight, wishes.include_privileged, wishes.privilege_log
    )
    if not case.exhibits:
        raise UsageError(
            f"Claim {claim_id} has no evidence to bundle.",
            "Take documents in, then claimtrail link; with --confirmed-only, confirm some links.",
        )
    largest = None if wishes.max_mb is None else int(wishes.max_mb * 10**6)
    case = replace(
        case, order=wishes.order or "", prefix=prefix, max_pages=wishes.max_pages, max_bytes=largest
    )
    return case if wishes.renumber else replace(case, before=handed_over(matter, claim_id, series(case)))


def series(case: Case) -> str:
    """What a numbering belongs to beside the claim: the profile, and the prefix where there is one."""
    return f"{case.profile} {case.prefix}".strip()


def _prefix(wanted: str) -> str:
    """The prefix of Bates numbers: letters and digits of ASCII, and signs between them."""
    if _PREFIX.fullmatch(wanted):
        return wanted
    raise UsageError(
        f"{wanted!r} cannot stand before Bates numbers.",
        "Give --prefix: up to 30 letters and digits, and . _ - between them, such as HCL.",
    )


def _runner(matter: Matter, workers: Workers) -> Runner:
    """Opens originals in a worker, with the limits under which they were read."""
    limits = matter.settings.limits.limits()

    def run(function: Callable[..., T], *args: Any, size: int, name: str) -> T:
        return workers.submit(function, *args, seconds=limits.seconds_for(size), name=name).result()

    return run


def _answer(case: Case, report: BundleReport) -> dict[str, Any]:
    return {
        "claim": case.claim_id,
        "profile": case.profile,
        "bundle": str(report.path),
        "zip": str(report.zip) if report.zip else None,
        "pages": report.pages,
        "volumes": report.volumes,
        "exhibits": report.exhibits,
        "withheld": report.withheld,
        "withdrawn": report.withdrawn,
        "notes": list(report.notes),
    }
