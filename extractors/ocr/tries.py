"""How hard to try with one engine: which languages, which way up, and which readying of the picture.

All pages are read once, in lists. That is enough for clean print. A page on which the engine is not sure of itself
is looked at on its own: turned upright, read in the other script, as one block, evenly lit, freed from specks and
from what is printed behind its writing; the reading that says the most with confidence is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractors.limits import Limits
from extractors.ocr import pictures
from extractors.ocr.choice import CUTTING, RECEIPT
from extractors.ocr.engine import Engine, Layout, OcrImage, Recognised
from extractors.ocr.geometry import turned
from extractors.ocr.light import cleared, enlarged, evened
from extractors.ocr.merit import (
    confidence,
    doubtful_share,
    han_share,
    letter_height,
    merit,
    total,
)
from extractors.ocr.options import OcrOptions
from extractors.ocr.prepared import Prepared, as_delivered, chained
from extractors.ocr.readied import SURE_BEARING

SOUND, SOUND_DOUBT, SOUND_TOTAL = 0.88, 0.08, 20
"""Mean confidence, share of doubtful words and amount of text with which one pass is enough."""
LOST = 0.6
"""Mean confidence below which the page may lie on its side or be in another script."""
OTHER_SCRIPT_DOUBT = 0.3
AS_GOOD, BETTER, FAR_BETTER = 0.97, 1.03, 1.3
"""How much another reading must say in proportion: where it is likelier beforehand, as likely, less likely."""
NO_HAN, SOME_HAN = 0.2, 0.05
"""Share of Han words up to which a page is not Chinese, and from which on it may have some Chinese."""
HARDLY_ANY = 10
"""Amount of text below which the picture may well hold no writing at all."""
LEAST_MERIT = 4.0
"""Merit from which on a reading can be no accident: a word."""
GLANCE_SIDE = 1600
"""Long side in pixels of a picture in which nothing was found, for the further looks at it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One reading of a page: from which picture, in which languages. Boxes refer to the picture as prepared."""

    found: Recognised
    prepared: Prepared
    languages: tuple[str, ...]

    @property
    def image(self) -> OcrImage:
        """The picture that was read."""
        return self.prepared.image


class Tries:
    """Readings of pages by one engine; `folder` takes the pictures made on the way."""

    def __init__(self, engine: Engine, options: OcrOptions, limits: Limits, folder: Path) -> None:
        self._engine, self._options, self._limits, self._folder = engine, options, limits, folder

    def read(self, pages: Sequence[Prepared], first: tuple[str, ...]) -> list[Attempt]:
        """The best reading of each page, beginning with the languages `first`."""
        return [each if self.enough(each) else self.harder(each) for each in self.once(pages, first)]

    def once(self, pages: Sequence[Prepared], languages: tuple[str, ...]) -> list[Attempt]:
        """The first reading of each page, all in one call of the engine."""
        if not pages:
            return []
        images = [page.image for page in pages]
        found = self._engine.recognise(images, languages, "page", self.seconds(len(images)))
        return [Attempt(each, page, languages) for each, page in zip(found, pages, strict=True)]

    def seconds(self, count: int = 1) -> float:
        """How long one call for `count` pages may take."""
        return self._limits.seconds + self._limits.seconds_per_page * count

    def enough(self, reading: Attempt) -> bool:
        """Whether the reading is as good as it gets. A Han model that found no Han has read the wrong script."""
        width, height = pictures.size(reading.image)
        sound = (confidence(reading.found) or 0.0) >= SOUND and doubtful_share(reading.found) <= SOUND_DOUBT
        if self._options.mode == "accurate" or not sound or total(reading.found) < SOUND_TOTAL:
            return False
        return height < RECEIPT * width and (self._is_latin(reading) or han_share(reading.found) > NO_HAN)

    def _is_latin(self, reading: Attempt) -> bool:
        return reading.languages == self._options.latin

    def harder(self, reading: Attempt) -> Attempt:
        """The best of the further readings of one page."""
        best = self._glanced(reading)
        lost = self.is_lost(best)
        bearing = self._engine.bearing(best.image, self.seconds()) if lost else None
        if bearing and bearing.turn and bearing.sure >= SURE_BEARING:
            best = self._turned(best, bearing.turn, "page")
        best = self._other_script(best)
        if lost and bearing is None and self.is_lost(best) and _is_cutting(best.image):
            best = self._turned_about(best)
        if self.enough(best):
            return best
        best = self._as_block(best)
        if self._options.mode == "accurate" and self._options.han and self._options.latin:
            best = self._better(best, self._again(best, best.image, self._options.languages))
        return best

    def _glanced(self, reading: Attempt) -> Attempt:
        """A photo without writing is not worth many looks at its full size."""
        if merit(reading.found) >= HARDLY_ANY:
            return reading
        small = as_delivered(pictures.fitted(reading.image, GLANCE_SIDE, self._folder))
        return replace(reading, prepared=chained(reading.prepared, small))

    def _again(
        self, reading: Attempt, image: OcrImage, languages: tuple[str, ...], layout: Layout = "page"
    ) -> Attempt:
        found = self._engine.recognise([image], languages, layout, self.seconds())[0]
        return replace(reading, found=found, languages=languages)

    def _better(self, old: Attempt, new: Attempt, by: float = BETTER) -> Attempt:
        return new if merit(new.found) > by * merit(old.found) else old

    @staticmethod
    def is_lost(reading: Attempt) -> bool:
        """Whether hardly anything was made out: the page may lie on its side, or be in another script."""
        return (confidence(reading.found) or 0.0) < LOST

    def _turned(self, reading: Attempt, turn: int, layout: Layout) -> Attempt:
        upright = chained(reading.prepared, turned(reading.image, turn, self._folder))
        return self._again(replace(reading, prepared=upright), upright.image, reading.languages, layout)

    def _turned_about(self, reading: Attempt) -> Attempt:
        """The way round in which a cutting says the most, where it is too small to tell without reading."""
        turns = [self._turned(reading, turn, "block") for turn in (90, 270, 180)]
        best = max(turns, key=lambda each: merit(each.found))
        return self._better(reading, best, FAR_BETTER) if merit(best.found) >= LEAST_MERIT else reading

    def _other_script(self, reading: Attempt) -> Attempt:
        """In the other script if that says far more, in both together if they say more."""
        options = self._options
        if not (options.han and options.latin):
            return reading
        layout: Layout = "block" if _is_cutting(reading.image) else "page"
        doubtful = doubtful_share(reading.found) >= OTHER_SCRIPT_DOUBT
        if not self._is_latin(reading):
            no_han = han_share(reading.found) <= NO_HAN
            if not (no_han or doubtful):
                return reading
            latin = self._again(reading, reading.image, options.latin, layout)
            return self._better(reading, latin, AS_GOOD if no_han else BETTER)
        return self._in_han(reading, layout) if doubtful else reading

    def _in_han(self, reading: Attempt, layout: Layout) -> Attempt:
        han = self._again(reading, reading.image, self._options.han, layout)
        if han_share(han.found) > NO_HAN:
            return self._better(reading, han, FAR_BETTER)
        if han_share(han.found, sure=0.8) >= SOME_HAN:
            return self._better(reading, self._again(reading, reading.image, self._options.languages, layout))
        return reading

    def _as_block(self, reading: Attempt) -> Attempt:
        """As one block of lines; with even light and larger letters; without specks."""
        if merit(reading.found) < HARDLY_ANY and not _is_cutting(reading.image):
            return reading
        best = self._better(reading, self._again(reading, reading.image, reading.languages, "block"))
        if self._is_latin(best) or self._options.mode == "accurate":
            best = self._better(best, self._again(best, self._lit(best), best.languages, "block"))
        clean = pictures.despeckled(reading.image, self._folder)
        if clean is not None:
            best = self._better(best, self._again(best, clean, best.languages, "block"))
        clear = cleared(best.image, self._folder) if self.is_lost(best) else None
        if clear is not None:
            best = self._better(best, self._again(best, clear.image, best.languages))
        return best

    def _lit(self, reading: Attempt) -> OcrImage:
        """The picture in even light, enlarged if its letters are small."""
        letters = letter_height(reading.found, pictures.size(reading.image)[1])
        even = evened(reading.image, self._folder, anyway=True)
        lit = even.image if even else reading.image
        large = enlarged(lit, self._folder, letters)
        return large.image if large else lit


def _is_cutting(image: OcrImage) -> bool:
    width, height = pictures.size(image)
    return width * height <= CUTTING
