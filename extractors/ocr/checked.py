"""Every engine behind one guard: whatever it raises or answers, a page comes out sound, or the failure is named."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from extractors.document import Piece
from extractors.errors import ClaimtrailError, OcrFailed
from extractors.ocr.engine import Bearing, Engine, Layout, OcrImage, Recognised

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Checked:
    """An engine whose answers are not trusted: a library may raise anything, or give text that cannot be stored."""

    def __init__(self, engine: Engine) -> None:
        self.name = engine.name
        self._engine = engine

    @property
    def version(self) -> str:
        """The engine's own version. Raises an InstallationError when it is missing."""
        return self._engine.version

    def check(self, languages: Sequence[str]) -> None:
        """Raises an InstallationError when the engine or one of the languages is missing."""
        self._engine.check(languages)

    def recognise(
        self, images: Sequence[OcrImage], languages: Sequence[str], layout: Layout, seconds: float
    ) -> list[Recognised]:
        """What stands in each image, in order. What the engine raises that is none of our errors becomes OcrFailed."""
        if not images:
            return []
        try:
            found = [_sound(each) for each in self._engine.recognise(images, languages, layout, seconds)]
        except (ClaimtrailError, MemoryError):
            raise
        except (
            Exception
        ) as error:  # an engine is anybody's; of several pictures each is tried alone, and told
            if len(images) == 1:
                raise self._failed(images, type(error).__name__) from error
            return [self.recognise([image], languages, layout, seconds)[0] for image in images]
        if len(found) != len(images):
            raise self._failed(images, f"{len(found)} answers for {len(images)} pictures")
        return found

    def bearing(self, image: OcrImage, seconds: float) -> Bearing | None:
        """How the image lies; None when too little is written on it."""
        try:
            return self._engine.bearing(image, seconds)
        except (ClaimtrailError, MemoryError):
            raise
        except Exception as error:  # as above
            raise self._failed([image], type(error).__name__) from error

    def _failed(self, images: Sequence[OcrImage], how: str) -> OcrFailed:
        pages = " to ".join(dict.fromkeys(str(image.page) for image in (images[0], images[-1])))
        return OcrFailed(f"page {pages}: {self.name} failed ({how})")


def _sound(reading: Recognised) -> Recognised:
    """The reading with text that can be stored, and confidences between 0 and 1."""
    lines = ([_piece(piece) for piece in line] for line in reading.lines)
    return Recognised(tuple(tuple(piece for piece in line if piece[0]) for line in lines))


def _piece(piece: Piece) -> Piece:
    word, box, confidence = piece
    return _UNPRINTABLE.sub("\ufffd", word.strip()), box, _share(confidence)


def _share(confidence: float | None) -> float | None:
    if confidence is None:
        return None
    return 0.0 if math.isnan(confidence) else min(max(confidence, 0.0), 1.0)
