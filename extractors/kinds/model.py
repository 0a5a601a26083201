"""Two small linear models of kinds, over hashed n-grams and over layout, and how they are weighed against the cues.

They were trained on texts of our own (`python -m bench.kinds_train`), and their weights lie beside them in
`model.npz`: one small integer for each n-gram's bucket and kind, one number for each number of a layout and its square.
The weighing (a conditional logit: one weight for each sort of evidence, one offset for each kind) was fitted on texts
of families that the models had not seen, so that a confidence of 0.8 is right about eight times in ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from extractors.kinds.cues import KINDS
from extractors.kinds.grams import BUCKETS, Grams

FILE = Path(__file__).parent / "model.npz"
TEXT_KINDS = tuple(kind for kind in KINDS if kind not in ("photo", "video"))
"""The kinds that a text can tell; pictures and recordings are told by their form."""
ENOUGH = 250
"""Different n-grams from which on the models' word counts in full."""
FEWEST_NAMED, FEWEST_SKETCHED = 150, 75
"""Different n-grams from which on words of the model are named as reasons, and documents are compared."""
SKETCH = 1024
"""Numbers in a document's sketch."""
SORTS = 5
"""Sorts of evidence: headings, words, form, n-grams, layout."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Weighing:
    """How much each sort of evidence counts, and each kind's `offset`."""

    heading: float
    words: float
    form: float
    model: float
    layout: float
    offset: Numbers


@dataclass(frozen=True)
class Model:
    """`weights[bucket, kind]` times `scale[kind]` is what an n-gram speaks for a kind."""

    weights: NDArray[np.int8]
    scale: Numbers
    intercept: Numbers
    layout: Numbers
    """For each number of a layout and then for each one's square what it speaks for each kind."""
    layout_intercept: Numbers
    weighing: Weighing
    rarity: NDArray[np.uint8]
    """For each n-gram's bucket the square of its inverse document frequency among sorts of papers, to 255."""
    made_of: str
    """The fingerprint of the texts that it was trained on."""

    def speaks(self, grams: Grams) -> Numbers:
        """A logit for each of `TEXT_KINDS`, their mean 0; all 0 where there is no text."""
        bucket, value = features(grams)
        if not len(bucket):
            return np.zeros(len(TEXT_KINDS))
        return centred((value @ self.weights[bucket]) * self.scale + self.intercept, len(bucket))

    def laid_out(self, layout: Numbers, grams: Grams) -> Numbers:
        """As `speaks`, of a layout."""
        return centred(squared(layout) @ self.layout + self.layout_intercept, grams.different)

    @staticmethod
    def knows(grams: Grams) -> bool:
        """Whether there is enough text for the model's word to count in full."""
        return grams.different >= FEWEST_NAMED

    def share(self, grams: Grams, kind: str) -> Numbers:
        """How much each n-gram speaks for `kind`, beyond what it speaks for kinds on the whole; as long as `grams`."""
        bucket, value = features(grams)
        own = self.weights[bucket] * self.scale
        beyond = (own[:, TEXT_KINDS.index(kind)] - own.mean(axis=1)) * value
        counts = grams.counts
        table = np.zeros(BUCKETS)
        table[bucket] = beyond / counts[bucket]
        found: Numbers = table[grams.bucket] * amount(len(bucket))
        return found


def amount(different: int) -> float:
    """How far the models' word counts, by how many different n-grams there are: 0 to 1. A line or two say little."""
    return min(1.0, different / ENOUGH) ** 2


def centred(raw: Numbers, different: int) -> Numbers:
    """Logits with their mean taken off, as far as they count."""
    found: Numbers = (raw - raw.mean()) * amount(different)
    return found


def squared(layout: Numbers) -> Numbers:
    """The numbers of a layout and their squares: some of nothing and a lot of it are not one line."""
    return np.concatenate([layout, layout**2], axis=-1)


def features(grams: Grams) -> tuple[NDArray[np.int64], Numbers]:
    """The buckets that occur, and their values: the logarithm of how often, all of length 1 together."""
    counts = grams.counts
    bucket = np.flatnonzero(counts)
    value = np.log1p(counts[bucket])
    length = float(np.sqrt(value @ value))
    return bucket, value / length if length else value


def sketch(grams: Grams) -> bytes:
    """The document's n-grams in `SKETCH` signed bytes, by which the likeness of two documents can be told.

    An n-gram counts by its rarity among sorts of papers: what makes a form itself, not what makes it English.
    N-grams are added up by the low bits of their hash with a sign from a higher one (a count sketch), so that the
    cosine of two sketches is about that of the n-grams themselves. Empty where there are too few n-grams to tell.
    """
    bucket, value = features(grams)
    if len(bucket) < FEWEST_SKETCHED:
        return b""
    value = value * model().rarity[bucket]
    signed = np.where(bucket & SKETCH, value, -value)
    summed = np.bincount(bucket % SKETCH, weights=signed, minlength=SKETCH)
    largest = float(np.abs(summed).max()) or 1.0
    return np.round(summed * (127 / largest)).astype(np.int8).tobytes()


@cache
def model() -> Model:
    """The model that comes with the program. Raises OSError where the installation is damaged."""
    with np.load(FILE, allow_pickle=False) as held:
        first, second, third, fourth, fifth, *offset = (float(number) for number in held["weighing"])
        weighing = Weighing(first, second, third, fourth, fifth, np.array(offset))
        scale, intercept, layout, laid = (
            held[name].astype(np.float64) for name in ("scale", "intercept", "layout", "layout_intercept")
        )
        return Model(
            held["weights"], scale, intercept, layout, laid, weighing, held["rarity"], str(held["made_of"])
        )
