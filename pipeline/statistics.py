"""The claims in figures: how many, for how much, in what state, and with how much evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline.claims import Claim, qualified
from pipeline.evidence import Summary
from pipeline.ledger import money
from pipeline.links import Link
from pipeline.matter import Matter
from pipeline.records import documents, matters

Sums = Mapping[str, Decimal]
NO_CURRENCY = "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """How many claims, and what they claim by currency."""

    count: int
    claimed: Sums

    def as_json(self) -> dict[str, Any]:
        """`{"count", "claimed": {currency: decimal string}}`."""
        return {"count": self.count, "claimed": _sums_json(self.claimed)}


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures over claims. `by_kind` counts documents, each once; `by_event` the documents of every event."""

    claims: int
    claimed: Sums
    by_type: Mapping[str, Group]
    by_status: Mapping[str, Group]
    documents: int
    by_kind: Mapping[str, int]
    by_event: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Clear keys; sums are decimal strings by currency."""
        return {
            "claims": self.claims,
            "claimed": _sums_json(self.claimed),
            "by_type": {name: group.as_json() for name, group in self.by_type.items()},
            "by_status": {name: group.as_json() for name, group in self.by_status.items()},
            "evidence": {
                "documents": self.documents,
                "by_kind": dict(self.by_kind),
                "by_event": dict(self.by_event),
            },
        }


def claims_statistics(matter: Matter) -> Statistics:
    """The figures of all claims in the records."""
    with matter.reading() as tx:
        return statistics(matters.all_claims(tx), matters.link_list(tx), documents.summaries(tx))


def statistics(claims: Sequence[Claim], links: Iterable[Link], summaries: Iterable[Summary]) -> Statistics:
    """The figures of these claims. A document is evidence by a standing link to one of their events, or tied to one."""
    events = {qualified(claim.id, event.id): 0 for claim in claims for event in claim.events}
    standing = {
        (link.event, link.document) for link in links if link.status != "rejected" and link.event in events
    }
    linked = {document for _, document in standing}
    ids = {claim.id for claim in claims}
    evidence = [s for s in summaries if s.id in linked or not ids.isdisjoint(s.given_claims)]
    return Statistics(
        claims=len(claims),
        claimed=_sums(claims),
        by_type=_groups((claim.type, claim) for claim in claims),
        by_status=_groups((claim.status, claim) for claim in claims),
        documents=len(evidence),
        by_kind=dict(sorted(Counter(summary.kind for summary in evidence).items())),
        by_event=events | Counter(event for event, _ in standing),
    )


def _groups(entries: Iterable[tuple[str, Claim]]) -> dict[str, Group]:
    members: dict[str, list[Claim]] = defaultdict(list)
    for name, claim in entries:
        members[name].append(claim)
    return {name: Group(len(found), _sums(found)) for name, found in sorted(members.items())}


def _sums(claims: Iterable[Claim]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for claim in claims:
        if claim.amount is not None:
            sums[claim.currency or NO_CURRENCY] += claim.amount
    return dict(sorted(sums.items()))


def _sums_json(sums: Sums) -> dict[str, str]:
    return {currency: money(value) for currency, value in sums.items()}
