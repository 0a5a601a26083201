"""`python -m bench.links_scale [WORKSPACE]`: fit the map from sums of weights to scores, and write `scale.yaml`.

It is fitted on claims of our own making, and with a workspace that holds the samples on these too, both counting
the same. Nothing else is looked at. Before it is written, it is tested claim by claim: the scores of a claim's links
are those of a map that was fitted without that claim.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from bench.links import Judged, judged_matter, mean_average_precision, printed, reliability
from bench.links_claims import made_matter
from pipeline.linking import scale

SEEDS = range(40)
KNOTS = (-1.0, 0.0, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 4.0, 5.0, 6.5)
"""The sums at which the map is fitted; between them it is straight in the logit."""
PRIOR = 2.0
"""Made-up pairs at each knot that say what one would expect there, so that no few pairs make a certainty."""
RISE = 1.02
"""By how much the odds grow at least from knot to knot, so that a greater sum is always a greater score."""
HEAD = "# Sums of weights and how likely a link with that sum is right, fitted by `python -m bench.links_scale`.\n"

Weighted = tuple[Judged, float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, test, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.links_scale", description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    given = parser.parse_args(arguments)
    made = [_named(pair, seed) for seed in SEEDS for pair in judged_matter(made_matter(seed))]
    samples = _samples(given.workspace) if given.workspace else []
    pairs = _balanced(made, samples)
    print(f"made: {len(made)} pairs, MAP {mean_average_precision(made):.3f}; samples: {len(samples)} pairs")
    print("claim by claim, each by a map that was fitted without it:")
    printed(reliability(_left_out(pairs, samples or made)))
    if not given.dry:
        lines = "".join(f"  - [{at}, {p:.4f}]\n" for at, p in zip(KNOTS, fitted(pairs), strict=True))
        Path(scale.__file__).with_suffix(".yaml").write_text(f"{HEAD}knots:\n{lines}", encoding="utf-8")


def _named(pair: Judged, seed: int) -> Judged:
    return Judged(f"{seed} {pair.document}", f"{seed} {pair.event}", pair.sum, pair.right)


def _samples(workspace: Path) -> list[Judged]:
    from bench.__main__ import judged_samples

    return judged_samples(workspace)


def _balanced(made: Sequence[Judged], samples: Sequence[Judged]) -> list[Weighted]:
    """The pairs with weights by which the right ones of the samples count as much as those that were made."""
    right = sum(pair.right for pair in samples)
    share = sum(pair.right for pair in made) / right if right else 1.0
    return [*((pair, 1.0) for pair in made), *((pair, share) for pair in samples)]


def _left_out(pairs: Sequence[Weighted], tested: Sequence[Judged]) -> Iterable[tuple[float, bool]]:
    for claim in sorted({_claim(pair) for pair in tested}):
        rest = [(pair, weight) for pair, weight in pairs if _claim(pair) != claim]
        probability = by(KNOTS, fitted(rest))
        yield from ((probability(pair.sum), pair.right) for pair in tested if _claim(pair) == claim)


def _claim(pair: Judged) -> str:
    return pair.event.partition("/")[0]


def fitted(pairs: Iterable[Weighted]) -> list[float]:
    """The probabilities at the knots, rising: shares of right pairs about each knot, pooled where they would fall."""
    right, every = [0.0] * len(KNOTS), [0.0] * len(KNOTS)
    for pair, weight in pairs:
        for at, part in _parts(pair.sum):
            every[at] += weight * part
            right[at] += weight * part * pair.right
    guess = [1 / (1 + math.exp(-1.5 * (at - 2.3))) for at in KNOTS]
    shares = [(r + PRIOR * g) / (n + PRIOR) for r, n, g in zip(right, every, guess, strict=True)]
    return _rising(_pooled(shares, [n + PRIOR for n in every]))


def _parts(weight: float) -> list[tuple[int, float]]:
    """The knots beside a sum, and how much of it belongs to each."""
    if weight <= KNOTS[0]:
        return [(0, 1.0)]
    if weight >= KNOTS[-1]:
        return [(len(KNOTS) - 1, 1.0)]
    at = next(n for n, (low, high) in enumerate(pairwise(KNOTS)) if low <= weight <= high)
    part = (weight - KNOTS[at]) / (KNOTS[at + 1] - KNOTS[at])
    return [(at, 1.0 - part), (at + 1, part)]


def _pooled(shares: Sequence[float], counts: Sequence[float]) -> list[float]:
    """Shares that never fall: neighbours that would are pooled (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for share, count in zip(shares, counts, strict=True):
        pools.append((share, count, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (s0, c0, n0), (s1, c1, n1) = pools[-2:]
            pools[-2:] = [((s0 * c0 + s1 * c1) / (c0 + c1), c0 + c1, n0 + n1)]
    return [share for share, _, length in pools for _ in range(length)]


def _rising(shares: Sequence[float]) -> list[float]:
    odds = [share / (1 - share) for share in (min(0.999, max(0.0005, s)) for s in shares)]
    for at in range(1, len(odds)):
        odds[at] = max(odds[at], odds[at - 1] * RISE)
    return [odd / (1 + odd) for odd in odds]


def by(knots: Sequence[float], probabilities: Sequence[float]) -> Callable[[float], float]:
    """The map through these knots."""
    logits = [math.log(p / (1 - p)) for p in probabilities]
    return lambda weight: scale.through(weight, knots, logits)


if __name__ == "__main__":
    main()
