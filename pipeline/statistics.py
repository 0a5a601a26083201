"""The claims in figures: how many, for how much, in what state, and with how much evidence."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa

from pipeline.claims import Claim, qualified
from pipeline.clock import now
from pipeline.ledger import money
from pipeline.matter import Matter
from pipeline.records import heads, matters

Sums = Mapping[str, Decimal]
NO_CURRENCY = "unknown"
NOBODY = "unknown"
BANDS = (("under_3_months", 91), ("3_to_6_months", 182), ("6_to_12_months", 365), ("1_to_2_years", 730))
"""Ages of claims: names, and the days up to which each reaches."""
OLDEST, UNDATED = "over_2_years", "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """How many claims, and what they claim by currency."""

    count: int
    claimed: Sums

    def as_json(self) -> dict[str, Any]:
        """`{"count", "claimed": {currency: decimal string}}`."""
        return {"count": self.count, "claimed": _sums_json(self.claimed)}


@dataclass(frozen=True, slots=True)
class Age:
    """How many days ago a claim's first event began, and since when it is submitted; None where that is not known."""

    claim: str
    since_event: int | None
    since_submission: int | None

    @property
    def band(self) -> str:
        """The band of `BANDS` in which it is, by its first event."""
        if self.since_event is None:
            return UNDATED
        days = max(0, self.since_event)
        return next((name for name, most in BANDS if days <= most), OLDEST)

    def as_json(self) -> dict[str, Any]:
        """`{"claim", "days_since_event", "days_since_submission", "band"}`."""
        return {
            "claim": self.claim,
            "days_since_event": self.since_event,
            "days_since_submission": self.since_submission,
            "band": self.band,
        }


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures over claims. `by_kind` counts documents, each once; `by_event` the documents of every event, and
    `kinds_by_event` those by kind. Sums stand by currency and are never added over currencies. A claim of several
    respondents counts for each."""

    claims: int
    claimed: Sums
    by_type: Mapping[str, Group]
    by_status: Mapping[str, Group]
    documents: int
    by_kind: Mapping[str, int]
    by_event: Mapping[str, int]
    by_respondent: Mapping[str, Group] = field(default_factory=dict)
    by_age: Mapping[str, Group] = field(default_factory=dict)
    ages: tuple[Age, ...] = ()
    kinds_by_event: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    """Of claims and events, by their (qualified) ids."""

    def as_json(self) -> dict[str, Any]:
        """Clear keys; sums are decimal strings by currency."""
        return {
            "claims": self.claims,
            "claimed": _sums_json(self.claimed),
            "by_type": {name: group.as_json() for name, group in self.by_type.items()},
            "by_status": {name: group.as_json() for name, group in self.by_status.items()},
            "by_respondent": {name: group.as_json() for name, group in self.by_respondent.items()},
            "by_age": {name: group.as_json() for name, group in self.by_age.items()},
            "ages": [age.as_json() for age in self.ages],
            "evidence": {
                "documents": self.documents,
                "by_kind": dict(self.by_kind),
                "by_event": dict(self.by_event),
                "kinds_by_event": {event: dict(kinds) for event, kinds in self.kinds_by_event.items()},
            },
        }


def claims_statistics(matter: Matter, today: datetime.date | None = None) -> Statistics:
    """The figures of all claims in the records; ages are those of today."""
    with matter.reading() as tx:
        return figures_of(tx, matters.all_claims(tx), today or now().date())


def figures_of(tx: sa.Connection, claims: Sequence[Claim], today: datetime.date) -> Statistics:
    """The figures of these claims with their evidence in the records."""
    return statistics(claims, heads.standing(tx), heads.heads(tx), today)


class Pointing(Protocol):
    """A link, as far as it counts here."""

    @property
    def document(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def status(self) -> str: ...


class Counted(Protocol):
    """A document, as far as it counts here."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def given_claims(self) -> tuple[str, ...]: ...


def statistics(
    claims: Sequence[Claim], links: Iterable[Pointing], summaries: Iterable[Counted], today: datetime.date
) -> Statistics:
    """The figures of these claims. A document is evidence by a standing link to one of their events, or tied to one."""
    events = {qualified(claim.id, event.id): event.title for claim in claims for event in claim.events}
    standing = {
        (link.event, link.document) for link in links if link.status != "rejected" and link.event in events
    }
    linked = {document for _, document in standing}
    ids = {claim.id for claim in claims}
    evidence = {s.id: s for s in summaries if s.id in linked or not ids.isdisjoint(s.given_claims)}
    ages = {claim.id: _age(claim, today) for claim in claims}
    bands = [name for name, _ in BANDS] + [OLDEST, UNDATED]
    by_age = _groups((ages[claim.id].band, claim) for claim in claims)
    return Statistics(
        claims=len(claims),
        claimed=_sums(claims),
        by_type=_groups((claim.type, claim) for claim in claims),
        by_status=_groups((claim.status, claim) for claim in claims),
        documents=len(evidence),
        by_kind=dict(sorted(Counter(summary.kind for summary in evidence.values()).items())),
        by_event=dict.fromkeys(events, 0) | Counter(event for event, _ in standing),
        by_respondent=_groups((name, claim) for claim in claims for name in _respondents(claim)),
        by_age={band: by_age[band] for band in bands if band in by_age},
        ages=tuple(ages.values()),
        kinds_by_event=_kinds(events, standing, evidence),
        titles={claim.id: claim.title for claim in claims} | events,
    )


def _respondents(claim: Claim) -> Sequence[str]:
    """Against whom it is made: the respondents, else the insurers."""
    for role in ("respondent", "insurer"):
        if found := [party.name for party in claim.parties if party.role == role]:
            return list(dict.fromkeys(found))
    return [NOBODY]


def _age(claim: Claim, today: datetime.date) -> Age:
    first = min((event.start for event in claim.events), default=None)
    handed_in = min((h.date for h in claim.history if h.status == "submitted"), default=None)
    since_event, since_submission = ((today - day).days if day else None for day in (first, handed_in))
    return Age(claim.id, since_event, since_submission)


def _kinds(
    events: Iterable[str], standing: set[tuple[str, str]], evidence: Mapping[str, Counted]
) -> dict[str, dict[str, int]]:
    """How many documents of each kind every event has."""
    found: dict[str, Counter[str]] = {event: Counter() for event in events}
    for event, document in standing:
        if document in evidence:
            found[event][evidence[document].kind] += 1
    return {event: dict(sorted(kinds.items())) for event, kinds in found.items()}


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
