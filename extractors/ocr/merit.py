"""How good a reading is, told from its confidences; and what in it is noise."""

from __future__ import annotations

from statistics import median

from extractors.document import Piece, is_han
from extractors.ocr.engine import Line, Recognised

DOUBT = 0.4
"""Confidence up to which a word counts for nothing when two readings are compared."""
_HAN_WEIGHT = 2
"""A Han character says as much, and takes as much room, as two letters."""
NOISE = 0.3
"""Confidence below which a word that looks like noise is taken for noise."""
UNSURE = 0.6
FIRM, FIRM_WEIGHT, CERTAIN = 0.9, 3, 0.97
"""On a picture without lines of writing: the confidence from which on a word of so much weight is one, and from which
on a shorter one is."""


def weight(word: str) -> int:
    """How much a word says: its length, Han characters double."""
    return sum(_HAN_WEIGHT if is_han(char) else 1 for char in word)


def total(reading: Recognised) -> int:
    """How much all words say together."""
    return sum(weight(word) for word, _, _ in reading.words)


def merit(reading: Recognised) -> float:
    """How much the reading says that can be believed. Of two readings of one picture the higher is the better."""
    return sum(max(0.0, (confidence or 0.0) - DOUBT) * weight(word) for word, _, confidence in reading.words)


def confidence(reading: Recognised) -> float | None:
    """The mean confidence (0 to 1) by weight; None when nothing was read."""
    whole = total(reading)
    return sum((sure or 0.0) * weight(word) for word, _, sure in reading.words) / whole if whole else None


def doubtful_share(reading: Recognised) -> float:
    """The share of the reading (0 to 1) that stands in words more wrong than right; 1 when nothing was read."""
    whole = total(reading)
    return sum(weight(w) for w, _, sure in reading.words if (sure or 0.0) < 0.5) / whole if whole else 1.0


def han_share(reading: Recognised, sure: float = 0.7) -> float:
    """The share (0 to 1) of Han words among what was read with confidence `sure` or better."""
    words = [word for word, _, found in reading.words if (found or 0.0) >= sure]
    whole = sum(map(weight, words))
    return sum(weight(w) for w in words if any(map(is_han, w))) / whole if whole else 0.0


def letter_height(reading: Recognised, pixels: int) -> float | None:
    """The usual height of a word in pixels of a picture that is `pixels` high; None when too little was read."""
    heights = [
        (box.y1 - box.y0) * pixels for word, box, sure in reading.words if (sure or 0) > 0.5 and len(word) > 1
    ]
    return median(heights) if len(heights) >= 3 else None


def without_noise(reading: Recognised) -> Recognised:
    """The reading without what texture, folds and shadows were taken for.

    Words that look like noise and are hardly believed go; where hardly anything is believed, as in a photo of a
    wall, everything goes that is not.
    """
    kept = Recognised(tuple(_kept(line) for line in reading.lines))
    sure = sum(weight(w) for w, _, c in kept.words if (c or 0.0) >= UNSURE and weight(w) > 1)
    if sure >= 0.25 * total(kept):
        return _tidied(kept)
    firm = (tuple(p for p in line if (p[2] or 0.0) >= UNSURE and weight(p[0]) > 1) for line in kept.lines)
    return _tidied(Recognised(tuple(firm)))


def without_scenery(reading: Recognised) -> Recognised:
    """The reading of a picture that shows no lines of writing, without what its shapes were taken for.

    A sign or a plate in it is read with certainty; windows, leaves and faces give single letters and short gibberish.
    """
    return _tidied(Recognised(tuple(line if any(map(_is_firm, line)) else () for line in reading.lines)))


def _is_firm(piece: Piece) -> bool:
    word, _, sure = piece
    letters = sum(weight(char) for char in word if char.isalnum())
    return (sure or 0.0) >= (FIRM if letters >= FIRM_WEIGHT else CERTAIN) and letters > 0


def _kept(line: Line) -> Line:
    return tuple(piece for piece in line if not _is_noise(piece))


def _is_noise(piece: Piece) -> bool:
    word, _, sure = piece
    letters = sum(char.isalnum() for char in word)
    believed = sure or 0.0
    if not letters:
        return believed < 0.5
    return believed < NOISE and (weight(word) <= 2 or letters * 2 < len(word))


def _tidied(reading: Recognised) -> Recognised:
    """Without empty lines at the start, at the end and one after the other."""
    lines: list[Line] = []
    for line in reading.lines:
        if line or (lines and lines[-1]):
            lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return Recognised(tuple(lines))
