"""What a register that is imported again changes of claims' states, and where it differs from what people noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.claims import Claim, StatusChange
from pipeline.clock import now
from pipeline.matter import Change
from pipeline.records import courses


def follow_register(
    change: Change, before: Mapping[str, Claim], registered: Mapping[str, str], claims: Iterable[Claim]
) -> dict[str, list[dict[str, Any]]]:
    """Note the states that an import changed, and tell where the register and what people noted differ.

    `before` are the claims with the status that counted, `registered` what the register said until now. The newest
    word wins: a status that the register changes, else what people noted since. Returns `{"statuses", "differing"}`.
    """
    statuses, differing = [], []
    for claim in claims:
        known = before.get(claim.id)
        if known is None or known.status == claim.status:
            continue
        told = {"claim": claim.id, "register": claim.status}
        if registered[claim.id] == claim.status:
            differing.append({**told, "status": known.status})
            continue
        day = next((h.date for h in reversed(claim.history) if h.status == claim.status), now().date())
        courses.add_status(
            change.tx, claim.id, StatusChange(claim.status, day, actor=change.actor), by_register=True
        )
        change.note(
            "status changed by register",
            claim.id,
            status=claim.status,
            was=known.status,
            date=day.isoformat(),
        )
        statuses.append({**told, "was": known.status, "date": day.isoformat()})
    return {"statuses": statuses, "differing": differing}
