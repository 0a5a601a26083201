"""Which frames of a film stand for it: few, unlike each other, spread over its length, neither dark nor blurred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.float32]
Grey = NDArray[np.uint8]

DARK, FLAT = 45.0, 5.0
"""Brightness (0 to 255) below which even the brightest spots of a black frame lie; least contrast of a frame."""
BLURRED, SHARP = 0.3, 0.7
"""Sharpness in proportion to the sharpest frame that shows the same: below is blurred, above is sharp."""
SAME = 0.08
"""Difference (0 to 1) of two small pictures up to which they show the same."""
APART, FULL_SPREAD = 0.25, 10.0
"""How much the film's whole length counts as a difference between two frames, if it runs so many seconds or longer."""
ENOUGH = 0.1
"""Difference (0 to 1) from which on a frame shows something that those chosen before do not."""


@dataclass(frozen=True, slots=True)
class Look:
    """A frame's time in seconds, small picture (values 0 to 1), brightest spots (0 to 255), contrast and sharpness."""

    seconds: float
    small: Small
    light: float
    contrast: float
    sharp: float

    @property
    def shows_something(self) -> bool:
        """Whether it is neither black nor of one colour."""
        return self.light >= DARK and self.contrast >= FLAT


def look_at(seconds: float, grey: Grey, small: Small) -> Look:
    """The look of a frame, given as a grey picture of some hundred pixels a side and a small one in colours."""
    levels = grey.astype(np.float32)
    edges = (
        4 * levels[1:-1, 1:-1] - levels[:-2, 1:-1] - levels[2:, 1:-1] - levels[1:-1, :-2] - levels[1:-1, 2:]
    )
    return Look(
        seconds,
        small,
        float(np.percentile(levels, 99)),
        float(levels.std()),
        float(edges.var()) if edges.size else 0.0,
    )


def chosen(looks: Sequence[Look], most: int) -> list[int]:
    """The places in `looks`, which are in order of time, of at most `most` frames that stand for the film; in order.

    The first is an early sharp one; each further one is that which differs most, in what it shows and when, from
    all before. A film that shows the same all the time is done with two or three.
    """
    shown = [at for at, look in enumerate(looks) if look.shows_something]
    if not shown or most < 1:
        return []
    worth = dict(zip(shown, _worth([looks[at] for at in shown]), strict=True))
    good = [at for at in shown if worth[at] >= BLURRED]
    picked = [next((at for at in good if worth[at] >= SHARP), good[0])]
    span = looks[good[-1]].seconds - looks[good[0]].seconds
    spread = APART * min(1.0, span / FULL_SPREAD) / max(span, 1e-6)
    apart = {at: _apart(looks[at], looks[picked[0]], spread) for at in good}
    while len(picked) < most:
        best = max(good, key=lambda at: apart[at] * worth[at])
        if apart[best] < ENOUGH:
            break
        picked.append(best)
        apart = {at: min(far, _apart(looks[at], looks[best], spread)) for at, far in apart.items()}
    return sorted(picked)


def _worth(looks: Sequence[Look]) -> list[float]:
    """How sharp each frame is, 0 to 1, in proportion to the sharpest of those that show the same: a bare wall has fewer
    edges than a board full of writing and is not blurred for that."""
    small = np.array([look.small.ravel() for look in looks])
    sharp = np.array([look.sharp for look in looks])
    best = [sharp[np.abs(small - one).mean(axis=1) < SAME].max() for one in small]
    return [float(own / top) if top > 0 else 1.0 for own, top in zip(sharp, best, strict=True)]


def _apart(one: Look, other: Look, spread: float) -> float:
    seen = float(np.abs(one.small - other.small).mean())
    return seen + spread * abs(one.seconds - other.seconds)
