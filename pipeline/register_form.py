"""The register written by hand: one claim or one event at a time, as a form gives it.

What a form does not ask for (checklist, periods, responses, a status that was noted) stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from pipeline.claims import Claim
from pipeline.errors import RegisterError
from pipeline.judgement import catch_up, put_claims
from pipeline.matter import Matter
from pipeline.records import matters
from pipeline.register import claim_of

Body = dict[str, Any]
IN_FORM = "Correct what the message names; nothing was changed."


def write_claim(matter: Matter, given: Mapping[str, Any], new: bool) -> str:
    """Add a claim, or change what the form of one gives; returns its id. Raises `RegisterError`, `NotFound`.

    `given` has the register's keys. A party of the same name keeps the aliases that it had.
    """
    claim = str(given["id"])

    def altered(before: Body | None) -> Body:
        if new and before is not None:
            raise RegisterError(f"There is a claim {claim} already.", "Give it another id.")
        if not new and before is None:
            raise matters.no_claim(claim)
        known = before or {}
        parties = [_with_known(party, known.get("parties", ())) for party in given.get("parties", ())]
        return {**known, **given, "parties": parties}

    return _alter(matter, claim, altered)


def write_event(matter: Matter, claim: str, given: Mapping[str, Any], new: bool) -> str:
    """Add an event to a claim, or change one; returns its id. Raises `RegisterError`, `NotFound`."""
    event = str(given["id"])

    def altered(before: Body | None) -> Body:
        if before is None:
            raise matters.no_claim(claim)
        events = list(before.get("events", ()))
        at = next((n for n, one in enumerate(events) if one["id"] == event), None)
        if new and at is not None:
            raise RegisterError(f"There is an event {claim}/{event} already.", "Give it another id.")
        if at is None:
            events.append(dict(given))
        else:
            events[at] = {**events[at], **given}
        return {**before, "events": events}

    _alter(matter, claim, altered)
    return event


def free_claim_ids(claims: Iterable[Claim]) -> Iterator[str]:
    """Names for further claims: CLM-004, CLM-005 … behind CLM-001 to CLM-003."""
    taken = {claim.id for claim in claims}
    return (name for n in range(1, 100_000) if (name := f"CLM-{n:03d}") not in taken)


def _alter(matter: Matter, claim: str, altered: Callable[[Body | None], Body]) -> str:
    with matter.change() as change:
        before = matters.registered(change.tx, claim)
        put_claims(change, [_checked(altered(before))])
    matter.afterwards(catch_up)
    return claim


def _checked(body: Body) -> Claim:
    try:
        return claim_of(body)
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or body['id']}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()[:5]
        )
        raise RegisterError(f"{told}.", IN_FORM) from error


def _with_known(party: Mapping[str, Any], known: Iterable[Mapping[str, Any]]) -> Body:
    same = next((one for one in known if one["name"] == party["name"]), {})
    return {**same, **party}
