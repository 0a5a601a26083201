"""What a profile or an export adds to the bundle besides its PDF: an evidence list to sign, load files, a log."""

from __future__ import annotations

from pathlib import Path

from pipeline.bundle.case import Case
from pipeline.bundle.evidence_list import write_evidence_list
from pipeline.bundle.loadfiles import write_load_files
from pipeline.bundle.plan import Plan
from pipeline.bundle.profile import Profile
from pipeline.bundle.tables import write_csv

LOG_COLUMNS = ("number", "date", "author", "recipients", "kind", "ground")


def add_extras(case: Case, plan: Plan, profile: Profile, data: Path) -> None:
    """Writes them below the bundle's `data` folder; its volumes lie there already."""
    if "evidence-list" in profile.extras:
        write_evidence_list(case, plan, profile, data / "evidence-list.docx")
    if "load-files" in profile.extras:
        write_load_files(plan, data)
    if case.withheld_log is not None:
        rows = [
            (number, held.date, held.author, "; ".join(held.recipients), held.kind, held.ground)
            for number, held in enumerate(case.withheld_log, 1)
        ]
        write_csv(data / "privilege-log.csv", LOG_COLUMNS, rows)
