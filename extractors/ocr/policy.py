"""Which engine reads a page, decided page by page: the fast one where it suffices, the better one where it pays.

`fast` is one pass of the fast engine. `auto` begins with it where the picture may be clean Latin print, which it reads
as well in a third of the time, and gives every other page to the better engine: Chinese, receipts, cuttings, and those
on which the fast one is not quite sure of itself. `accurate` reads all pages with the better engine; what even that
is not sure of is tried with the other. Where only one engine is there, or one is named, it tries harder on its own (see
`tries`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from math import ceil
from pathlib import Path

from extractors.errors import InstallationError, OcrFailed
from extractors.limits import Limits
from extractors.ocr import engine, engines, pictures
from extractors.ocr.engine import Engine, OcrImage, PageReading, Recognised
from extractors.ocr.figures import looked_at_again
from extractors.ocr.merit import confidence, doubtful_share, han_share, merit, total, without_noise
from extractors.ocr.options import OcrOptions
from extractors.ocr.slots import slot
from extractors.ocr.tries import NO_HAN, Attempt, Tries, is_snippet

VERSION = "2"
"""To be raised with every change that makes readings other than before: kept readings count no more then."""
FAST, BEST = "tesseract", "rapidocr"
FIRST_PAGES, LIST_LENGTH = 2, 8
"""The first pages are read before the others: they tell which script the rest of the document is likely to have."""
RECEIPT = 1.7
"""Height to width from which on a picture is a receipt."""
CLEAN, CLEAN_DOUBT, CLEAN_TOTAL = 0.95, 0.01, 20
"""Mean confidence, share of doubtful words and amount of text from which on the fast engine reads as well as the
better one. On pages with 0.9 to 0.95 it misses two to twenty words in a hundred that the other finds (bench/ocr.py)."""
POOR = 0.8
"""Confidence of the better engine below which the fast one may have seen more."""
AS_GOOD = 0.9
"""How much the better engine's reading must say in proportion to be preferred: it is the likelier to be right."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The engines that there are for the policy to choose from; either may be missing, not both."""

    fast: Engine | None
    best: Engine | None

    @property
    def alone(self) -> Engine | None:
        """The only engine, where there is only one."""
        return None if self.fast and self.best else self.fast or self.best

    @property
    def both(self) -> tuple[Engine, Engine]:
        """The fast one and the better one. Raises an InstallationError where there are not two."""
        if self.fast is None or self.best is None:
            raise InstallationError("there are not two OCR engines")
        return self.fast, self.best

    @property
    def versions(self) -> tuple[str, ...]:
        """Names and versions."""
        return tuple(named(each) for each in (self.fast, self.best) if each is not None)


def named(reader: Engine) -> str:
    """Name and version, such as "tesseract 5.3.0"."""
    return f"{reader.name} {reader.version}"


def readers_for(options: OcrOptions) -> Readers:
    """The engines that these options allow and that this machine has for all the languages.

    Raises the fast engine's InstallationError when there is none.
    """
    if options.engine != "auto":
        return Readers(engine(options.engine), None)
    best = _if_there(BEST, options)
    if best is None:
        return Readers(engine(FAST), None)
    fast = _if_there(FAST, options)
    return Readers(fast, None if fast is not None and options.mode == "fast" else best)


def _if_there(name: str, options: OcrOptions) -> Engine | None:
    if name not in engines():
        return None
    try:
        engine(name).check(options.languages)
    except InstallationError:
        return None
    return engine(name)


def recognise(
    images: Sequence[OcrImage], readers: Readers, options: OcrOptions, limits: Limits
) -> Iterator[PageReading]:
    """What stands in each image, in order; boxes refer to the images as given.

    Raises what the engines raise: a page that cannot be read is never an empty page.
    """
    plan = _Plan(readers, options, limits)
    with ThreadPoolExecutor(max(1, options.slots)) as threads:

        def read(portion: Sequence[OcrImage]) -> Iterator[PageReading]:
            return chain.from_iterable(threads.map(plan.read, _lists(portion, options.slots)))

        try:
            first = list(read(images[: FIRST_PAGES if plan.learns else 0]))
            plan.learn(first)
            yield from first
            yield from read(images[len(first) :])
        finally:
            threads.shutdown(cancel_futures=True)


def _lists(images: Sequence[OcrImage], slots: int) -> list[Sequence[OcrImage]]:
    """The images in lists that are read side by side: long ones, since an engine takes time to start."""
    length = max(1, min(LIST_LENGTH, ceil(len(images) / max(1, slots))))
    return [images[at : at + length] for at in range(0, len(images), length)]


class _Plan:
    """How the pages of one document are read. `_languages` are those to begin with, learnt from the pages before."""

    def __init__(self, readers: Readers, options: OcrOptions, limits: Limits) -> None:
        self._readers, self._options, self._limits = readers, options, limits
        self._languages = options.latin or options.han

    @property
    def learns(self) -> bool:
        """Whether how later pages are read depends on what earlier ones say."""
        return self._options.mode != "fast" and bool(self._options.han and self._options.latin)

    def read(self, images: Sequence[OcrImage]) -> list[PageReading]:
        """The readings of some pages, at least one."""
        shared = self._options.shared
        with (
            slot(shared / "slots" if shared else None, self._options.slots),
            tempfile.TemporaryDirectory(dir=images[0].path.parent) as folder,
        ):
            return self._read(images, Path(folder))

    def _read(self, images: Sequence[OcrImage], folder: Path) -> list[PageReading]:
        if (alone := self._readers.alone) is not None:
            tries = Tries(alone, self._options, self._limits, folder)
            if self._options.mode == "fast":
                found = tries.once(images, self._options.languages)
            else:
                found = tries.read(images, self._languages)
            return [_reading(each, alone, ()) for each in found]
        fast, best = self._readers.both
        return _Both(fast, best, self._options, self._limits, folder).read(images, self._languages)

    def learn(self, readings: Sequence[PageReading]) -> None:
        """Begin with Han from now on if most of these pages are in it."""
        if self.learns:
            in_han = sum(han_share(reading.found) > NO_HAN for reading in readings)
            self._languages = self._options.han if in_han * 2 > len(readings) else self._options.latin


class _Both:
    """Pages that two engines share."""

    def __init__(self, fast: Engine, best: Engine, options: OcrOptions, limits: Limits, folder: Path) -> None:
        self._fast, self._best, self._options, self._folder = fast, best, options, folder
        self._tries = Tries(fast, options, limits, folder)

    def read(self, images: Sequence[OcrImage], languages: tuple[str, ...]) -> list[PageReading]:
        """The better reading of each image."""
        may_be_clean = self._options.mode == "auto" and languages == self._options.latin
        plain = [image for image in images if may_be_clean and not _is_hard(image)]
        once = dict(zip((image.page for image in plain), self._tries.once(plain, languages), strict=True))
        return [self._chosen(image, once.get(image.page)) for image in images]

    def _chosen(self, image: OcrImage, first: Attempt | None) -> PageReading:
        if first is None:
            return self._by_best(Attempt(Recognised(()), image, ()), "not clean Latin print")
        if _is_clean(first):
            return self._settled(first, self._fast, "clean print")
        sure = confidence(first.found)
        why = f"{self._fast.name} was not sure ({sure:.2f})" if sure else f"{self._fast.name} found nothing"
        return self._by_best(first, why)

    def _by_best(self, first: Attempt, why: str) -> PageReading:
        try:
            (found,) = self._best.recognise(
                [first.image], self._options.languages, "page", self._tries.seconds()
            )
        except OcrFailed as error:
            return self._alone(first, f"{self._best.name} failed: {error.code}")
        if (confidence(found) or 0.0) < POOR and not first.languages:
            (first,) = self._tries.once([first.image], self._options.languages)
        second = Attempt(found, first.image, self._options.languages)
        if merit(found) >= AS_GOOD * merit(first.found):
            return self._settled(second, self._best, why)
        return self._settled(first, self._fast, f"{why}, but said more than {self._best.name}")

    def _alone(self, first: Attempt, why: str) -> PageReading:
        """What the fast engine makes of a page at which the other broke down."""
        if not first.languages:
            (first,) = self._tries.once([first.image], self._options.languages)
        return _reading(self._tries.harder(first), self._fast, (why,))

    def _settled(self, chosen: Attempt, by: Engine, why: str) -> PageReading:
        other = self._best if by is self._fast else self._fast
        found, notes = looked_at_again(
            chosen.found, chosen.image, other, self._options, self._tries.seconds(), self._folder
        )
        return _reading(Attempt(found, chosen.image, chosen.languages, chosen.turn), by, (why, *notes))


def _reading(chosen: Attempt, by: Engine, reasons: tuple[str, ...]) -> PageReading:
    return PageReading(without_noise(pictures.turned_back(chosen.found, chosen.turn)), named(by), reasons)


def _is_clean(first: Attempt) -> bool:
    sure = (confidence(first.found) or 0.0) >= CLEAN and doubtful_share(first.found) <= CLEAN_DOUBT
    return sure and total(first.found) >= CLEAN_TOTAL


def _is_hard(image: OcrImage) -> bool:
    width, height = pictures.size(image)
    return is_snippet(image) or height > RECEIPT * width
