"""What is written in a region: a network reads it column by column, and what it answers becomes characters.

The network is trained with CTC (Graves et al., ICML 2006): for each column, eight pixels wide, it gives the
probability of each character of its alphabet and of "none".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.ocr.detection import Floats, Grey, Network, Region, as_input

HEIGHT = 48
"""Height in pixels of the lines that the network reads."""
MIN_WIDTH, MAX_WIDTH = 160, 3200
"""Narrower lines are filled up with grey, wider ones are squeezed."""
FILLER = 127
_NONE = 0


@dataclass(frozen=True, slots=True)
class Char:
    """A character, the place of its middle as a fraction of its line's length, and its confidence (0 to 1)."""

    text: str
    at: float
    confidence: float


@dataclass(frozen=True, slots=True)
class LineReading:
    """What was read in one region, and the straightened picture of it, HEIGHT pixels high."""

    region: Region
    picture: Grey
    chars: tuple[Char, ...]

    @property
    def confidence(self) -> float:
        """The mean confidence of the characters; 0 when there are none."""
        return sum(char.confidence for char in self.chars) / len(self.chars) if self.chars else 0.0


def read_line(picture: Grey, region: Region, network: Network, alphabet: Sequence[str]) -> LineReading:
    """What stands in a region of the picture. `alphabet` names the network's answers; the first stands for none."""
    line = straightened(picture, region)
    return LineReading(region, line, read_strip(line, network, alphabet))


def read_strip(line: Grey, network: Network, alphabet: Sequence[str]) -> tuple[Char, ...]:
    """The characters in a straightened line."""
    width = line.shape[1]
    filled = np.full((HEIGHT, max(MIN_WIDTH, -(-width // 8) * 8)), FILLER, dtype=np.uint8)
    filled[:, :width] = line
    return decoded(network(as_input(filled))[0], alphabet, width / filled.shape[1])


def straightened(picture: Grey, region: Region) -> Grey:
    """The region as an upright picture, HEIGHT pixels high."""
    width, height = max(1, round(region.width)), max(1, round(region.height))
    across = min(MAX_WIDTH, max(8, math.ceil(width * HEIGHT / height)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(region.corners, target)
    cut = cv2.warpPerspective(
        picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    shrinks = height > HEIGHT
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cut, (across, HEIGHT), interpolation=way), dtype=np.uint8)


def decoded(answer: Floats, alphabet: Sequence[str], share: float) -> tuple[Char, ...]:
    """The characters of an answer of shape (columns, alphabet), of which the first `share` shows the line."""
    best = answer.argmax(axis=1)
    sure = answer[np.arange(len(best)), best]
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(starts[1:], len(best))
    scale = 1 / (len(best) * share)
    return tuple(
        Char(alphabet[best[start]], min(1.0, (start + end) / 2 * scale), float(sure[start:end].max()))
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        if best[start] != _NONE
    )
