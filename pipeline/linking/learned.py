"""What people's verdicts say of the rules: in this workspace dates may tell less than usual, and references more.

The weights of each kind of reason are multiplied by a factor. The factors are those under which the verdicts are
likeliest (a logistic regression), held back to 1: a few verdicts change little, dozens matter. They depend on the set
of verdicts and on nothing else, not on their order. Whether people confirm more than they reject does not move them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evidence import Evidence
from pipeline.linking.scale import even
from pipeline.linking.view import Events
from pipeline.linking.weigh import Weights, against_rivals, said
from pipeline.links import Reason

KINDS = ("amount", "date", "kind", "party", "reference", "text")
LEAST, MOST = 0.5, 1.6
"""The bounds of a factor."""
STIFF, STIFF_LEVEL = 20.0, 0.5
"""How strongly factors are held to 1, and the level (which is not used) to 0."""
SLOPE = 1.5
"""How fast the odds of a link grow with its sum."""
SPOKE = 0.05
"""From this weight on a kind of reason spoke for a link."""
STEPS = 25

Verdicts = Mapping[tuple[str, str], bool]
"""(document, event) -> whether a person confirmed it."""
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Learned:
    """How much more or less than usual a kind of reason weighs, and of how many judged links it spoke for."""

    kind: str
    factor: float
    confirmed: int
    rejected: int

    def as_json(self) -> dict[str, Any]:
        """`{"kind", "factor", "confirmed", "rejected", "detail"}`."""
        return {
            "kind": self.kind,
            "factor": round(self.factor, 3),
            "confirmed": self.confirmed,
            "rejected": self.rejected,
            "detail": self.detail,
        }

    @property
    def detail(self) -> str:
        """For people: how much it weighs, and why."""
        judged = self.confirmed + self.rejected
        return (
            f"{self.kind} weighs {self.factor:.2f} of usual here: of {judged} judged links for which it spoke,"
            f" {self.confirmed} were confirmed and {self.rejected} rejected"
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A judged pair: the usual weight of each kind of reason, what else is in its sum, and the verdict."""

    weights: tuple[float, ...]
    rest: float
    confirmed: bool


def weights_of(learned: Iterable[Learned]) -> Weights:
    """The factors for weighing."""
    return Weights({one.kind: one.factor for one in learned})


def examples(documents_read: Iterable[Evidence], events: Events, verdicts: Verdicts) -> list[Example]:
    """The judged pairs, in order of document and event."""
    by_document: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for (document, event), confirmed in sorted(verdicts.items()):
        by_document[document].append((event, confirmed))
    found = []
    for evidence in sorted(documents_read, key=lambda one: one.id):
        usual = said(evidence, events)
        against = against_rivals(usual)
        for event, confirmed in by_document[evidence.id]:
            if event in usual:
                rest = sum(reason.weight for reason in against[event][len(usual[event]) :])
                found.append(Example(_by_kind(usual[event]), rest, confirmed))
    return found


def _by_kind(reasons: Iterable[Reason]) -> tuple[float, ...]:
    sums = dict.fromkeys(KINDS, 0.0)
    for reason in reasons:
        sums[reason.kind] += reason.weight
    return tuple(sums.values())


def learn(found: Iterable[Example]) -> list[Learned]:
    """The factors that these verdicts teach; none where there are no verdicts."""
    judged = list(found)
    if not judged:
        return []
    factors = _factors(judged)
    return [
        Learned(
            kind,
            round(float(min(MOST, max(LEAST, factors[at]))), 4),
            sum(one.confirmed for one in judged if one.weights[at] > SPOKE),
            sum(not one.confirmed for one in judged if one.weights[at] > SPOKE),
        )
        for at, kind in enumerate(KINDS)
    ]


def _factors(judged: list[Example]) -> Vector:
    """The likeliest factors, and behind them the level: Newton's method on a concave likelihood."""
    rows = np.array([[*one.weights, 1.0] for one in judged])
    rest = np.array([one.rest - even() for one in judged])
    wanted = np.array([one.confirmed for one in judged], dtype=float)
    usual = np.array([*(1.0 for _ in KINDS), 0.0])
    stiff = np.array([*(STIFF for _ in KINDS), STIFF_LEVEL])
    factors = usual.copy()
    for _ in range(STEPS):
        probability = 1.0 / (1.0 + np.exp(-np.clip(SLOPE * (rows @ factors + rest), -30.0, 30.0)))
        slope = SLOPE * rows.T @ (wanted - probability) - stiff * (factors - usual)
        bend = SLOPE**2 * (rows.T * (probability * (1.0 - probability))) @ rows + np.diag(stiff)
        step: Vector = np.linalg.solve(bend, slope)
        factors = factors + np.clip(step, -0.5, 0.5)
    answer: Vector = factors
    return answer
