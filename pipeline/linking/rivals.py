"""What a document says of one event speaks against others: most papers are about one event of one claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.links import Reason

APART, SAME_CLAIM, SAME_MOST = 0.7, 0.35, 1.5
"""Within a claim: by how much another event may weigh more and say nothing; how much of the rest counts; at most."""
DRAW, OTHER_CLAIM, OTHER_MOST = 0.4, 0.6, 2.0
"""Between claims: what a draw weighs (a picture of a day on which two claims have events), and the same as above."""
TELLING = 2.0
"""A rival that weighs less than this is none."""


def rival(event: str, sums: Mapping[str, float], ranked: Sequence[str]) -> Reason | None:
    """The reason against an event that the other events of a document make, if one does.

    `sums` are the document's sums by event, `ranked` its events from the greatest sum down.
    """
    own, claim = sums[event], event.partition("/")[0]
    worst, by = 0.0, ""
    for other in ranked:
        if other == event:
            continue
        if sums[other] < TELLING or sums[other] < own - DRAW / OTHER_CLAIM:
            break
        if (against := _against(sums[other] - own, other.partition("/")[0] == claim)) > worst:
            worst, by = against, other
    return Reason("text", -worst, f"it tells more of {by}") if worst else None


def _against(ahead: float, same_claim: bool) -> float:
    if same_claim:
        return min(SAME_MOST, SAME_CLAIM * max(0.0, ahead - APART))
    return min(OTHER_MOST, max(0.0, DRAW + OTHER_CLAIM * ahead))
