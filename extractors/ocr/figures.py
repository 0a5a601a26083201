"""Figures that matter, looked at again: a doubtful number is read by the other engine from its own cutting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from extractors.document import Box, Piece
from extractors.errors import OcrFailed
from extractors.ocr.engine import Engine, OcrImage, Recognised
from extractors.ocr.options import OcrOptions

DOUBTFUL = 0.75
"""Confidence below which a figure is looked at again."""
DISPUTED = 0.3
"""The confidence of a figure on which the engines do not agree."""
AGREED = 0.85
"""The least confidence of a figure on which they do."""
MOST = 12
"""Cuttings of one page: a page full of doubt is doubtful as a whole."""
MARGIN = 0.6
"""Of a word's height, around its cutting."""
LEAST_HEIGHT = 40
_LONGER = 3
"""How many times as long another reading may be: a longer one is noise, or more than the figure."""
_FIGURE = re.compile(r"\d[\d.,:/年月日-]*\d|\d")


@dataclass(frozen=True, slots=True)
class _Spot:
    line: int
    word: int
    piece: Piece


def looked_at_again(
    reading: Recognised, image: OcrImage, other: Engine, options: OcrOptions, seconds: float, folder: Path
) -> tuple[Recognised, tuple[str, ...]]:
    """The reading with the confidence of doubtful figures raised or lowered, and a note on each that is disputed.

    What was read is not changed: which engine is right is for people to say.
    """
    spots = list(_doubtful(reading))
    if not spots or len(spots) > MOST:
        return reading, ()
    cuttings = _cut(image, [spot.piece[1] for spot in spots], folder)
    try:
        found = other.recognise(cuttings, options.languages, "block", seconds)
    except OcrFailed:
        return reading, ()
    verdicts = {(s.line, s.word): _verdict(s.piece, seen) for s, seen in zip(spots, found, strict=True)}
    lines = tuple(
        tuple(_marked(piece, verdicts.get((n, m))) for m, piece in enumerate(line))
        for n, line in enumerate(reading.lines)
    )
    disputed = [
        f"“{spot.piece[0]}” was read as “{verdict[1]}” by {other.name}"
        for spot, verdict in zip(spots, verdicts.values(), strict=True)
        if verdict and verdict[1]
    ]
    return Recognised(lines), tuple(disputed)


def _doubtful(reading: Recognised) -> Iterator[_Spot]:
    for n, line in enumerate(reading.lines):
        for m, piece in enumerate(line):
            if (piece[2] or 0.0) < DOUBTFUL and digits(piece[0]):
                yield _Spot(n, m, piece)


def digits(text: str) -> str:
    """The digits of a word, in order."""
    return "".join(char for char in text if char.isdecimal())


def _cut(image: OcrImage, boxes: Sequence[Box], folder: Path) -> list[OcrImage]:
    cuttings = []
    with Image.open(image.path) as picture:
        picture.load()
        for number, box in enumerate(boxes):
            cutting = _enlarged(picture.crop(_around(box, picture.width, picture.height)))
            path = folder / f"{image.path.stem}-figure{number}.png"
            cutting.save(path, compress_level=1)
            cuttings.append(OcrImage(path, image.page, image.dpi))
    return cuttings


def _around(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    margin = MARGIN * (box.y1 - box.y0) * height
    return (
        max(0, round(box.x0 * width - margin)),
        max(0, round(box.y0 * height - margin)),
        min(width, round(box.x1 * width + margin) + 1),
        min(height, round(box.y1 * height + margin) + 1),
    )


def _enlarged(cutting: Image.Image) -> Image.Image:
    factor = LEAST_HEIGHT / max(cutting.height, 1)
    if factor <= 1:
        return cutting
    return cutting.resize((max(1, round(cutting.width * factor)), LEAST_HEIGHT), Image.Resampling.BICUBIC)


def _verdict(piece: Piece, seen: Recognised) -> tuple[bool, str] | None:
    """Whether the other engine agrees, and what it read where it does not; None when it saw nothing like a figure."""
    other = "".join(word for word, _, _ in seen.words)
    if not digits(other) or len(other) > _LONGER * len(piece[0]) + _LONGER:
        return None
    agreed = digits(piece[0]) in (digits(other), *map(digits, _FIGURE.findall(other)))
    return agreed, "" if agreed else other[:40]


def _marked(piece: Piece, verdict: tuple[bool, str] | None) -> Piece:
    if verdict is None:
        return piece
    word, box, sure = piece
    return word, box, max(sure or 0.0, AGREED) if verdict[0] else min(sure or 0.0, DISPUTED)
