"""Which engine reads a page, decided page by page: the fast one where it suffices, the better one where it pays.

A look at the picture comes first (`signals`). `auto` begins with the fast engine where the picture may be clean Latin
print, which it reads as well in a third of the time, and gives every other page to the better engine at once: Chinese,
receipts, photos, cuttings (`choice` has the reasons), and in a second step those on which the fast one is not quite
sure of itself. `fast` is one pass of the fast engine, over pages made ready for it (`readied`). `accurate` reads all
pages with the better engine; what even that is not sure of is tried with the other. Where only one engine is there, or
one is named, it tries harder on its own (see `tries`).
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Self

from extractors.errors import InstallationError, OcrFailed
from extractors.limits import Limits
from extractors.ocr import engine, engines, pictures
from extractors.ocr.choice import first_languages, is_blank, only_languages, why_better
from extractors.ocr.engine import Engine, OcrImage, PageReading
from extractors.ocr.figures import looked_at_again
from extractors.ocr.merit import confidence, doubtful_share, merit, total, without_noise, without_scenery
from extractors.ocr.options import OcrOptions
from extractors.ocr.patches import patched
from extractors.ocr.prepared import Prepared, as_delivered, restored
from extractors.ocr.readied import readied, upright
from extractors.ocr.signals import Signals, signals_of
from extractors.ocr.slots import slot
from extractors.ocr.tries import Attempt, Tries

VERSION = "4"
"""To be raised with every change that makes readings other than before: kept readings count no more then."""
FAST, BEST = "tesseract", "rapidocr"
LIST_LENGTH = 8
"""Pages at most that are read in one call of the fast engine, for which it starts once."""
CLEAN, CLEAN_DOUBT, CLEAN_TOTAL = 0.94, 0.01, 20
"""Mean confidence, share of doubtful words and amount of text from which on the fast engine reads as well as the
better one. On other pages with 0.9 and more it misses two to twenty words in a hundred (bench/ocr.py)."""
SOUND, SOUND_DOUBT = 0.9, 0.03
"""Mean confidence and share of doubtful words of a reading with its doubtful places mended that needs nothing more."""
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
        named_one = engine(options.engine)
        return Readers(None, named_one) if options.engine == BEST else Readers(named_one, None)
    fast = _if_there(FAST, options)
    if fast is not None and options.mode == "fast":
        return Readers(fast, None)
    best = _if_there(BEST, options)
    return Readers(engine(FAST) if best is None else fast, best)


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
    with Stream(readers, options, limits) as stream:
        stream.add_all(images)
        yield from map(stream.reading, images)


class Stream:
    """Pages that are read side by side, the first of them while others are still to come.

    They are read in lists, since an engine takes time to start: short ones where that keeps all slots busy.
    """

    def __init__(self, readers: Readers, options: OcrOptions, limits: Limits) -> None:
        self._plan, self._slots = _Plan(readers, options, limits), max(1, options.slots)
        self._threads = ThreadPoolExecutor(self._slots)
        self._list: list[OcrImage] = []
        self._read: dict[Path, tuple[Future[list[PageReading]], int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """What was not begun is not read any more."""
        self._threads.shutdown(cancel_futures=True)

    def add(self, image: OcrImage, of: int) -> None:
        """One of at most `of` images of a document; it is read soon."""
        self._take(image, ceil(of / (2 * self._slots)))

    def add_all(self, images: Sequence[OcrImage]) -> None:
        """All images that are still to come, without those that were added before."""
        new = [image for image in images if image.path not in self._read and image not in self._list]
        length = ceil((len(self._list) + len(new)) / self._slots)
        for image in new:
            self._take(image, length)
        self._begin()

    def reading(self, image: OcrImage) -> PageReading:
        """What stands in an image that was added. Raises what the engines raise."""
        future, number = self._read[image.path]
        return future.result()[number]

    def _take(self, image: OcrImage, length: int) -> None:
        self._list.append(image)
        if len(self._list) >= min(LIST_LENGTH, length):
            self._begin()

    def _begin(self) -> None:
        if self._list:
            future = self._threads.submit(self._plan.read, self._list)
            self._read |= {image.path: (future, number) for number, image in enumerate(self._list)}
            self._list = []


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the pages of one document are read."""

    readers: Readers
    options: OcrOptions
    limits: Limits

    def read(self, images: Sequence[OcrImage]) -> list[PageReading]:
        """The readings of some pages."""
        shared = self.options.shared
        with (
            slot(shared / "slots" if shared else None, self.options.slots),
            tempfile.TemporaryDirectory(dir=images[0].path.parent) as folder,
        ):
            return self._read(images, Path(folder))

    def _read(self, images: Sequence[OcrImage], folder: Path) -> list[PageReading]:
        best = self.readers.best
        if self.readers.fast is None and best is not None:
            tries = Tries(best, self.options, self.limits, folder)
            return _read_alone(tries, best, [as_delivered(image) for image in images], self.options)
        if self.readers.alone is not None:
            return _Ready(self.readers.alone, self.options, self.limits, folder).read(images)
        fast, best = self.readers.both
        return _Both(fast, best, self.options, self.limits, folder).read(images)


def _read_alone(
    tries: Tries, reader: Engine, pages: Sequence[Prepared], options: OcrOptions
) -> list[PageReading]:
    """What the only engine makes of pages that need no preparation."""
    if options.mode == "fast":
        found = tries.once(pages, options.languages)
    else:
        found = tries.read(pages, options.latin or options.han)
    return [_reading(each, reader, ()) for each in found]


class _Ready:
    """Pages that the fast engine reads alone, each made ready for it and in the languages that it shows."""

    def __init__(self, fast: Engine, options: OcrOptions, limits: Limits, folder: Path) -> None:
        self._fast, self._options, self._folder = fast, options, folder
        self._tries = Tries(fast, options, limits, folder)

    def read(self, images: Sequence[OcrImage]) -> list[PageReading]:
        """The reading of each image."""
        once = self._options.mode == "fast"
        languages = only_languages if once else first_languages
        pages, groups = [], defaultdict[tuple[str, ...], list[int]](list)
        for number, image in enumerate(images):
            seen = signals_of(image)
            pages.append(self._page(image, seen))
            groups[languages(seen, self._options)].append(number)
        found: dict[int, Attempt] = {}
        read = self._tries.once if once else self._tries.read
        for group, numbers in groups.items():
            found |= zip(numbers, read([pages[number] for number in numbers], group), strict=True)
        return [_reading(found[number], self._fast, ()) for number in range(len(images))]

    def _page(self, image: OcrImage, seen: Signals) -> Prepared:
        return upright(
            readied(image, seen, self._folder), seen, self._fast, self._tries.seconds(), self._folder
        )


@dataclass(frozen=True, slots=True)
class _Page:
    """A page to read, and what its picture tells."""

    image: OcrImage
    seen: Signals


class _Both:
    """Pages that two engines share."""

    def __init__(self, fast: Engine, best: Engine, options: OcrOptions, limits: Limits, folder: Path) -> None:
        self._fast, self._best, self._options, self._folder = fast, best, options, folder
        self._tries = Tries(fast, options, limits, folder)

    def read(self, images: Sequence[OcrImage]) -> list[PageReading]:
        """The better reading of each image."""
        pages = [_Page(image, signals_of(image)) for image in images]
        whys = {page.image.page: self._why_better(page) for page in pages}
        plain = [page for page in pages if whys[page.image.page] is None]
        firsts = self._tries.once([self._readied(page) for page in plain], self._options.latin)
        once = dict(zip((page.image.page for page in plain), firsts, strict=True))
        return [self._chosen(page, once.get(page.image.page), whys[page.image.page]) for page in pages]

    def _why_better(self, page: _Page) -> str | None:
        if self._options.mode == "accurate":
            return "as asked"
        return (
            why_better(page.seen, pictures.size(page.image))
            if self._options.latin
            else "no Latin script asked for"
        )

    def _readied(self, page: _Page) -> Prepared:
        return readied(page.image, page.seen, self._folder)

    def _chosen(self, page: _Page, first: Attempt | None, why: str | None) -> PageReading:
        if first is None:
            return self._by_best(page, None, why or "")
        if not first.found.words and is_blank(page.seen):
            return _reading(first, self._fast, ("blank",))
        mended = self._mended(page, first)
        if mended is not None:
            return mended
        sure = confidence(first.found)
        why = f"{self._fast.name} was not sure ({sure:.2f})" if sure else f"{self._fast.name} found nothing"
        return self._by_best(page, first, why)

    def _mended(self, page: _Page, first: Attempt) -> PageReading | None:
        """The fast engine's reading with its doubtful places read by the better one; None where all of the page has to
        be read by that."""
        if total(first.found) < CLEAN_TOTAL or not first.prepared.is_in_place:
            return self._settled(first, self._fast, "clean print") if _is_clean(first) else None
        try:
            found = patched(
                first.found,
                page.image,
                self._best,
                self._options.languages,
                self._tries.seconds(),
                self._folder,
            )
        except OcrFailed as error:
            return self._alone(page, first, f"{self._best.name} failed: {error.code}")
        whole = Attempt(found.reading, as_delivered(page.image), first.languages) if found else first
        if found is None or not _is_sound(whole):
            return None
        if not found.places:
            return self._settled(whole, self._fast, "clean print")
        places = f"{found.places} doubtful place{'' if found.places == 1 else 's'} read by {self._best.name}"
        notes = (f"“{new}” was read as “{old}” by {self._fast.name}" for new, old in found.disputed)
        return _reading(whole, self._fast, (f"clean print, {places}",), tuple(notes))

    def _by_best(self, page: _Page, first: Attempt | None, why: str) -> PageReading:
        try:
            (found,) = self._best.recognise(
                [page.image], self._options.languages, "page", self._tries.seconds()
            )
        except OcrFailed as error:
            return self._alone(page, first, f"{self._best.name} failed: {error.code}")
        if not page.seen.writing:
            found = without_scenery(found)
        second = Attempt(found, as_delivered(page.image), self._options.languages)
        if first is None and (confidence(found) or 0.0) < POOR:
            first = self._first(page)
        if first is None or merit(found) >= AS_GOOD * merit(first.found):
            return self._settled(second, self._best, why)
        return self._settled(first, self._fast, f"{why}, but said more than {self._best.name}")

    def _first(self, page: _Page) -> Attempt:
        """What the fast engine makes of a page in all the languages."""
        return self._tries.once([self._readied(page)], self._options.languages)[0]

    def _alone(self, page: _Page, first: Attempt | None, why: str) -> PageReading:
        """What the fast engine makes of a page at which the other broke down."""
        return _reading(self._tries.harder(first or self._first(page)), self._fast, (why,))

    def _settled(self, chosen: Attempt, by: Engine, why: str) -> PageReading:
        other = self._best if by is self._fast else self._fast
        found, notes = looked_at_again(
            chosen.found, chosen.image, other, self._options, self._tries.seconds(), self._folder
        )
        return _reading(Attempt(found, chosen.prepared, chosen.languages), by, (why,), notes)


def _reading(
    chosen: Attempt, by: Engine, reasons: tuple[str, ...], notes: tuple[str, ...] = ()
) -> PageReading:
    prepared = chosen.prepared
    found = without_noise(restored(chosen.found, prepared))
    return PageReading(found, named(by), (*reasons, *prepared.how, *notes))


def _is_sound(found: Attempt) -> bool:
    return (confidence(found.found) or 0.0) >= SOUND and doubtful_share(found.found) <= SOUND_DOUBT


def _is_clean(first: Attempt) -> bool:
    sure = (confidence(first.found) or 0.0) >= CLEAN and doubtful_share(first.found) <= CLEAN_DOUBT
    return sure and total(first.found) >= CLEAN_TOTAL
