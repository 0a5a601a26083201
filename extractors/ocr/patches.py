"""The places of a page that the fast engine is not sure of, or passed over, read by the better one.

A page of print with a table, a few lines in another script or a faint stamp is read well but for these: reading all of
it again would cost three times as much as it did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extractors.document import Box, Piece
from extractors.ocr.engine import Engine, Line, OcrImage, Recognised
from extractors.ocr.figures import DISPUTED, digits
from extractors.ocr.ink import Ink, Marks, ink_of, pieces_of
from extractors.ocr.merit import merit
from extractors.ocr.pictures import loaded
from extractors.ocr.skew import letter_size
from extractors.ocr.splicing import spliced

BELIEVED = 0.8
"""Confidence from which on a word is left as it is."""
UNSURE = 0.5
"""Confidence below which a word is none where no letter stands."""
MOST, MOST_PLACES = 0.4, 60
"""Share of the page's letters in such places, and their number, beyond which all of the page is better read again."""
LOW = 0.5
"""Share of the usual size of letters below which what is not read is a dot or a speck."""
ACROSS, DOWN = 2.6, 0.3
"""Sizes of a letter between two that belong to one place; a 一 between two may be taken for a rule."""
MARGIN = 0.6
"""Sizes of a letter around a place."""
AS_GOOD = 0.9
"""How much the other reading must say in proportion to be preferred."""
SAME = 0.3
"""Share of a word's area on a believed one from which on it is the same word."""


@dataclass(frozen=True, slots=True)
class Patched:
    """A reading, in how many places it is the better engine's, and for each figure there that the fast one had read
    otherwise, as if it had been sure, how both read it (new, old)."""

    reading: Recognised
    places: int
    disputed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of the picture, in pixels."""

    left: int
    top: int
    right: int
    low: int

    def on(self, width: int, height: int) -> Box:
        """The part of a picture of that size, in fractions of it."""
        return Box(self.left / width, self.top / height, self.right / width, self.low / height)

    def holds(self, box: Box, width: int, height: int) -> bool:
        x, y = (box.x0 + box.x1) / 2 * width, (box.y0 + box.y1) / 2 * height
        return self.left <= x <= self.right and self.top <= y <= self.low


def patched(
    reading: Recognised,
    image: OcrImage,
    better: Engine,
    languages: Sequence[str],
    seconds: float,
    folder: Path,
) -> Patched | None:
    """The reading with its doubtful places as `better` reads them, in boxes of `image`; None where they are too many.

    Raises what the engine raises.
    """
    grey = loaded(image)
    ink = ink_of(grey)
    if not len(ink.letters):
        return Patched(reading, 0)
    places = _doubtful_places(reading, ink, grey.shape)
    if places is None:
        return None
    reading = _without_rules(reading, ink)
    if not places:
        return Patched(reading, 0)
    cuttings = [_cut(image, grey, place, number, folder) for number, place in enumerate(places)]
    found = better.recognise(cuttings, languages, "block", seconds)
    return _merged(reading, places, found, grey.shape)


def _doubtful_places(reading: Recognised, ink: Ink, shape: tuple[int, ...]) -> list[_Place] | None:
    """Where letters stand that no believed word covers; None where they are too many."""
    letters, size = ink.letters, letter_size(ink)
    high, wide = ink.lettered.shape
    covered = np.zeros((high, wide), dtype=bool)
    for line in reading.lines:
        for _, box, _ in _believed(line):
            covered[
                int(box.y0 * high) : int(box.y1 * high) + 2, int(box.x0 * wide) : int(box.x1 * wide) + 2
            ] = True
    middles_x, middles_y = letters[:, 0] + letters[:, 2] // 2, letters[:, 1] + letters[:, 3] // 2
    open_ = letters[~covered[middles_y, middles_x] & (np.maximum(letters[:, 2], letters[:, 3]) >= LOW * size)]
    if len(open_) > MOST * len(letters):
        return None
    boxes, _ = pieces_of(_joined(open_, (high, wide), size))
    if len(boxes) > MOST_PLACES:
        return None
    return [_place(box.tolist(), size * MARGIN, ink.step, shape) for box in boxes]


def _believed(line: Line) -> Iterator[Piece]:
    """The words that are left as they are. A dash among doubtful words is none of them: it may be the numeral 一."""
    for before, piece, behind in zip((None, *line), line, (*line[1:], None), strict=False):
        around = [piece] if any(map(str.isalnum, piece[0])) else [p for p in (before, piece, behind) if p]
        if all((sure or 0.0) >= BELIEVED for _, _, sure in around):
            yield piece


def _without_rules(reading: Recognised, ink: Ink) -> Recognised:
    """Without what the lines of a table were taken for: no letter stands there."""
    high, wide = ink.lettered.shape
    letters = np.zeros((high, wide), dtype=bool)
    letters[ink.letters[:, 1] + ink.letters[:, 3] // 2, ink.letters[:, 0] + ink.letters[:, 2] // 2] = True

    def stands(piece: Piece) -> bool:
        word, box, sure = piece
        if "|" not in word and (sure or 0.0) >= (UNSURE if any(map(str.isalnum, word)) else BELIEVED):
            return True
        part = letters[
            int(box.y0 * high) : int(box.y1 * high) + 1, int(box.x0 * wide) : int(box.x1 * wide) + 1
        ]
        return bool(part.any())

    return Recognised(tuple(tuple(filter(stands, line)) for line in reading.lines))


def _joined(letters: NDArray[Any], shape: tuple[int, int], size: float) -> Marks:
    mask = np.zeros(shape, dtype=np.uint8)
    for left, top, width, height in letters[:, :4].tolist():
        mask[top : top + height, left : left + width] = 1
    reach = (max(1, round(ACROSS * size)) | 1, max(1, round(DOWN * size)) | 1)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones(reach[::-1], np.uint8)), dtype=np.uint8)


def _place(box: Sequence[int], margin: float, step: int, shape: tuple[int, ...]) -> _Place:
    left, top, width, height = box[:4]
    return _Place(
        max(0, round((left - margin) * step)),
        max(0, round((top - margin) * step)),
        min(shape[1], round((left + width + margin) * step)),
        min(shape[0], round((top + height + margin) * step)),
    )


def _cut(image: OcrImage, grey: NDArray[Any], place: _Place, number: int, folder: Path) -> OcrImage:
    path = folder / f"{image.path.stem}-place{number}.tif"
    Image.fromarray(np.ascontiguousarray(grey[place.top : place.low, place.left : place.right])).save(path)
    return OcrImage(path, image.page, image.dpi)


def _merged(
    reading: Recognised, places: Sequence[_Place], found: Sequence[Recognised], shape: tuple[int, ...]
) -> Patched:
    height, width = shape[:2]
    sure = [piece for line in reading.lines for piece in _believed(line)]
    known = set(map(id, sure))
    gone: set[int] = set()
    more: list[Line] = []
    disputed: list[tuple[str, str]] = []
    count = 0
    for place, seen in zip(places, found, strict=True):
        old = [p for p in reading.words if id(p) not in known and place.holds(p[1], width, height)]
        lines = seen.within(place.on(width, height)).lines
        new = [tuple(p for p in line if not _is_among(p, sure)) for line in lines]
        if any(new) and merit(Recognised(tuple(new))) >= AS_GOOD * merit(Recognised((tuple(old),))):
            gone |= set(map(id, old))
            more += [tuple(_disputed(piece, old, disputed) for piece in line) for line in new if line]
            count += 1
    left = [(line, tuple(piece for piece in line if id(piece) not in gone)) for line in reading.lines]
    kept = [rest for line, rest in left if rest or not line]
    return Patched(Recognised(spliced(kept, more, shape)), count, tuple(disputed))


def _disputed(piece: Piece, old: Sequence[Piece], disputed: list[tuple[str, str]]) -> Piece:
    """The word, with the confidence of a disputed one if its figures were read otherwise before."""
    word, box, sure = piece
    before = [p for p in old if (p[2] or 0.0) >= UNSURE and _is_among(p, [piece]) and digits(p[0])]
    if not before or digits(word) == digits("".join(p[0] for p in before)) or not digits(word):
        return piece
    disputed.append((word, " ".join(p[0] for p in before)))
    return word, box, min(sure or 0.0, DISPUTED)


def _is_among(piece: Piece, others: Sequence[Piece]) -> bool:
    box = piece[1]
    area = (box.x1 - box.x0) * (box.y1 - box.y0)
    return any(box.common(other) >= SAME * area for _, other, _ in others)
