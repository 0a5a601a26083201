"""What an OCR engine is: pictures in, lines of words with boxes and confidences out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from extractors.document import Box, Piece

Layout = Literal["page", "block"]
"""How a picture is laid out: "page" with columns and blocks to be found, or one "block" of lines (a receipt)."""

Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class OcrImage:
    """A picture to read. `page` is the number that messages name; `dpi` its pixels per inch."""

    path: Path
    page: int
    dpi: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """What stands in one picture: its lines in reading order; an empty line ends a paragraph.

    Boxes are fractions of the picture, confidences 0 to 1. No lines: nothing is written there.
    """

    lines: tuple[Line, ...]

    @property
    def words(self) -> tuple[Piece, ...]:
        """All words, in order."""
        return tuple(piece for line in self.lines for piece in line)

    def within(self, area: Box) -> Recognised:
        """The reading of a cutting, its boxes put where they are on all of the picture, of which it is `area`."""
        wide, high = area.x1 - area.x0, area.y1 - area.y0

        def put(box: Box) -> Box:
            x0, x1 = (area.x0 + x * wide for x in (box.x0, box.x1))
            y0, y1 = (area.y0 + y * high for y in (box.y0, box.y1))
            return Box.clamped(x0, y0, x1, y1)

        return Recognised(
            tuple(tuple((word, put(box), sure) for word, box, sure in line) for line in self.lines)
        )


@dataclass(frozen=True, slots=True)
class PageReading:
    """What stands on a page, by which engine ("tesseract 5.3.0"), and for which reasons in this way."""

    found: Recognised
    engine: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bearing:
    """How a picture lies: `turn` degrees (0, 90, 180, 270) clockwise make it upright; `sure` is 0 upwards, from
    about 2 on it can be trusted. `script` is the writing it seems to hold ("Latin", "Han", …)."""

    turn: int
    sure: float
    script: str


class Engine(Protocol):
    """An OCR engine. Whatever fails raises; an empty page means that nothing is written on it."""

    name: str

    @property
    def version(self) -> str:
        """The engine's own version. Raises an InstallationError when it is missing."""

    def check(self, languages: Sequence[str]) -> None:
        """Raises an InstallationError when the engine or one of the languages is missing."""

    def recognise(
        self, images: Sequence[OcrImage], languages: Sequence[str], layout: Layout, seconds: float
    ) -> list[Recognised]:
        """What stands in each image, in order. Raises OcrFailed naming the page, TimedOut after `seconds`."""

    def bearing(self, image: OcrImage, seconds: float) -> Bearing | None:
        """How the image lies, told without reading it; None when too little is written on it."""
