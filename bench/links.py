"""How good links are: F1, mean average precision, and whether scores mean what they say."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.links_claims import MadeMatter
from pipeline.linking.scale import PROPOSED, score, total
from pipeline.linking.thread import Threads
from pipeline.linking.view import Events
from pipeline.linking.weigh import USUAL, Weights, weighed
from pipeline.links import Link

BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair of document and event with the sum of its weights, and whether it is right."""

    document: str
    event: str
    sum: float
    right: bool

    @property
    def score(self) -> float:
        return score(self.sum)


@dataclass(frozen=True, slots=True)
class Bin:
    """Links of about the same score: how many, what they score on average, and which share of them is right."""

    count: int
    said: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """`bins` by score; `ece` is the mean distance of score and share over the bins, `brier` that of score and truth
    squared. 0 is best for both."""

    bins: tuple[Bin, ...]
    ece: float
    brier: float


def judged(links: Iterable[Link], truth: frozenset[tuple[str, str]]) -> list[Judged]:
    """Links to every event, however low they score, held against the (document, event) pairs that are right."""
    return [
        Judged(one.document, one.event, total(one.reasons), (one.document, one.event) in truth)
        for one in links
    ]


def judged_matter(matter: MadeMatter, weights: Weights = USUAL) -> list[Judged]:
    """The pairs of a matter of our own making."""
    events = Events(matter.claims, matter.book)
    found = weighed(matter.papers, events, Threads({}, {}, {}), weights)
    return judged((link for links in found.values() for link in links), matter.truth)


def mean_average_precision(pairs: Iterable[Judged]) -> float:
    """Over the events with evidence: the mean, over its evidence, of the share of evidence down to there, best first.

    Pairs of the same sum stand in order of their document, so that the answer does not depend on chance.
    """
    by_event: dict[str, list[Judged]] = defaultdict(list)
    for pair in pairs:
        by_event[pair.event].append(pair)
    found = [_average_precision(ranked) for ranked in by_event.values() if any(p.right for p in ranked)]
    return math.fsum(found) / len(found) if found else 0.0


def _average_precision(pairs: Sequence[Judged]) -> float:
    ranked = sorted(pairs, key=lambda pair: (-pair.sum, pair.document))
    hits = [rank for rank, pair in enumerate(ranked, 1) if pair.right]
    return math.fsum(n / rank for n, rank in enumerate(hits, 1)) / len(hits)


def f1(pairs: Iterable[Judged]) -> float:
    """F1 of what would be proposed."""
    right = proposed = wanted = 0
    for pair in pairs:
        is_proposed = pair.score >= PROPOSED
        right += is_proposed and pair.right
        proposed += is_proposed
        wanted += pair.right
    return 2 * right / (proposed + wanted) if right else 0.0


def reliability(said: Iterable[tuple[float, bool]]) -> Reliability:
    """Of (score, right) pairs, those that score next to nothing left out: they are most, and say nothing."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, right in said:
        if probability >= 0.05:
            bins[min(BINS - 1, int(probability * BINS))].append((probability, right))
    count = sum(len(found) for found in bins.values()) or 1
    shown = tuple(
        Bin(len(found), _mean(p for p, _ in found), _mean(float(r) for _, r in found))
        for _, found in sorted(bins.items())
    )
    ece = math.fsum(one.count * abs(one.said - one.right) for one in shown) / count
    brier = math.fsum((p - r) ** 2 for found in bins.values() for p, r in found) / count
    return Reliability(shown, ece, brier)


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return math.fsum(found) / len(found)


def printed(found: Reliability) -> None:
    """Print it, a line for each bin."""
    for one in found.bins:
        print(f"    score {one.said:.2f}: {one.right:.2f} right of {one.count}")
    print(f"    ECE {found.ece:.3f}, Brier {found.brier:.3f}")
