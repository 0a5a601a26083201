"""From a sum of weights to a score that means what it says: of the links that score 0.8, eight in ten are right.

The map is data (`scale.yaml`), fitted by `python -m bench.links_scale` on claims of our own making.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from extractors.word_lists import word_list
from pipeline.links import Reason

PROPOSED = 0.5
"""From this score on a link is proposed."""
LEAST, MOST = 0.001, 0.999


def total(reasons: Iterable[Reason]) -> float:
    """The sum of the weights."""
    return sum([reason.weight for reason in reasons])


def score(weight: float) -> float:
    """How likely (0 to 1) a link with this sum of weights is right; it never falls as the sum rises."""
    return through(weight, *_knots())


def through(weight: float, sums: Sequence[float], logits: Sequence[float]) -> float:
    """The score by a map whose logit is straight between these knots, and goes on beyond the last ones."""
    at = min(max(bisect_left(sums, weight), 1), len(sums) - 1)
    (x0, x1), (y0, y1) = sums[at - 1 : at + 1], logits[at - 1 : at + 1]
    logit = y0 + (y1 - y0) * (weight - x0) / (x1 - x0)
    return min(MOST, max(LEAST, 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))))


@cache
def even() -> float:
    """The sum of weights at which a link is as likely right as wrong."""
    sums, logits = _knots()
    for (x0, y0), (x1, y1) in pairwise(zip(sums, logits, strict=True)):
        if y0 <= 0.0 <= y1:
            return x0 + (x1 - x0) * (0.0 - y0) / (y1 - y0)
    raise ValueError("scale.yaml never crosses one half")


@cache
def _knots() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Sums of weights with the logits of their scores, both rising."""
    knots = word_list(Path(__file__).with_suffix(".yaml"))["knots"]
    sums = tuple(float(weight) for weight, _ in knots)
    return sums, tuple(math.log(float(p) / (1.0 - float(p))) for _, p in knots)
