"""Tesseract, through pytesseract. Pages are handed over in lists, so that its models are loaded once a list."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import pytesseract

from extractors.document import Box, Piece
from extractors.errors import OcrFailed, TesseractMissing, TimedOut
from extractors.ocr.engine import Bearing, Layout, Line, OcrImage, Recognised

_SEGMENTATION = {"page": 3, "block": 6}
"""Tesseract's --psm: 3 finds columns and blocks, 6 takes the picture for one block of lines."""
_WORD_LEVEL = 5
_COLUMNS = 12
_FOLDER = re.compile(r'in "(.+?)"')
_LANGUAGE_ERRORS = ("Failed loading language", "Error opening data file", "couldn't load any languages")

Row = tuple[tuple[int, int, int], tuple[int, int, int, int], float, str]
"""(block, paragraph, line), (left, top, width, height) in pixels, confidence 0 to 100, word."""


class Tesseract:
    """The Tesseract engine (5.x)."""

    name = "tesseract"

    def __init__(self) -> None:
        # Its threads slow it down (several workers run side by side); it reads this when it starts.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")

    @cached_property
    def version(self) -> str:
        """Such as "5.3.0". Raises TesseractMissing."""
        try:
            return str(pytesseract.get_tesseract_version())
        except (pytesseract.TesseractNotFoundError, SystemExit) as error:
            raise TesseractMissing("Tesseract is not installed") from error

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages that are installed."""
        try:
            return frozenset(pytesseract.get_languages())
        except pytesseract.TesseractNotFoundError as error:
            raise TesseractMissing("Tesseract is not installed") from error

    def check(self, languages: Sequence[str]) -> None:
        """Raises TesseractMissing when the program or one of the languages is missing."""
        missing = [language for language in languages if language not in self.languages]
        if not self.version or missing:
            raise TesseractMissing(f"Tesseract {self.version} lacks the languages: {', '.join(missing)}")

    def recognise(
        self, images: Sequence[OcrImage], languages: Sequence[str], layout: Layout, seconds: float
    ) -> list[Recognised]:
        """What stands in each image, in order. Raises OcrFailed naming the page, TimedOut, TesseractMissing."""
        if not images:
            return []
        try:
            return self._listed(images, languages, layout, seconds)
        except OcrFailed:
            if len(images) == 1:
                raise
        return [self.recognise([image], languages, layout, seconds)[0] for image in images]

    def _listed(
        self, images: Sequence[OcrImage], languages: Sequence[str], layout: Layout, seconds: float
    ) -> list[Recognised]:
        with tempfile.TemporaryDirectory(dir=images[0].path.parent) as folder:
            listing = Path(folder) / "pages.txt"
            listing.write_text("".join(f"{image.path}\n" for image in images), encoding="utf-8")
            config = f"--psm {_SEGMENTATION[layout]} --dpi {_dpi(images)}"
            answer = _called(
                images,
                pytesseract.image_to_data,
                str(listing),
                lang="+".join(languages),
                config=config,
                timeout=seconds,
                output_type=pytesseract.Output.BYTES,
            )
        pages = _pages(answer.decode("utf-8", "replace"))
        if len(pages) != len(images):
            raise OcrFailed(f"{_named(images)}: Tesseract answered for {len(pages)} of {len(images)} pages")
        return pages

    def bearing(self, image: OcrImage, seconds: float) -> Bearing | None:
        """How the image lies; None when Tesseract finds too few characters to tell."""
        try:
            found = _called(
                [image],
                pytesseract.image_to_osd,
                str(image.path),
                config=f"--dpi {_dpi([image])}",
                timeout=seconds,
                output_type=pytesseract.Output.DICT,
            )
        except OcrFailed:
            return None
        return Bearing(int(found["rotate"]), float(found["orientation_conf"]), str(found["script"]))


def engine() -> Tesseract:
    """The engine."""
    return Tesseract()


def models() -> dict[str, Path]:
    """The files of the languages that are installed, by language. Raises TesseractMissing."""
    command = [pytesseract.pytesseract.tesseract_cmd, "--list-langs"]
    try:
        said = subprocess.run(command, capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TesseractMissing("Tesseract is not installed") from error
    first, *names = (said.stdout + said.stderr).decode("utf-8", "replace").splitlines() or [""]
    folder = _FOLDER.search(first)
    files = {name.strip(): Path(folder[1] if folder else "", f"{name.strip()}.traineddata") for name in names}
    return {name: path for name, path in files.items() if path.is_file()}


def _called(images: Sequence[OcrImage], function: Any, *args: Any, timeout: float, **options: Any) -> Any:
    """pytesseract's answer, its errors told in ours."""
    try:
        return function(*args, timeout=timeout, **options)
    except pytesseract.TesseractNotFoundError as error:
        raise TesseractMissing("Tesseract is not installed") from error
    except pytesseract.TesseractError as error:
        if any(sign in error.message for sign in _LANGUAGE_ERRORS):
            raise TesseractMissing(f"Tesseract lacks a language: {options.get('lang', 'osd')}") from error
        raise OcrFailed(f"{_named(images)}: Tesseract failed (status {error.status})") from error
    except RuntimeError as error:  # what pytesseract raises when the time is up
        raise TimedOut(f"{_named(images)}: OCR took longer than {timeout:.0f} seconds") from error
    except (OSError, KeyError, ValueError) as error:
        raise OcrFailed(f"{_named(images)}: Tesseract left no answer ({type(error).__name__})") from error


def _named(images: Sequence[OcrImage]) -> str:
    numbers = [image.page for image in images]
    return f"page {numbers[0]}" if len(numbers) == 1 else f"pages {numbers[0]} to {numbers[-1]}"


def _dpi(images: Sequence[OcrImage]) -> int:
    return round(min(max(images[0].dpi, 70), 600))


def _pages(table: str) -> list[Recognised]:
    """Tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    rows = [line.split("\t", _COLUMNS - 1) for line in table.splitlines()[1:]]
    rows = [row for row in rows if len(row) == _COLUMNS]
    return [_page(list(page)) for _, page in groupby(rows, key=lambda row: row[1])]


def _page(rows: list[list[str]]) -> Recognised:
    width, height = max(int(rows[0][8]), 1), max(int(rows[0][9]), 1)
    words = [_row(r) for r in rows if int(r[0]) == _WORD_LEVEL and float(r[10]) >= 0 and r[11].strip()]
    return Recognised(tuple(_lines(words, width, height)))


def _row(row: list[str]) -> Row:
    block, paragraph, line = int(row[2]), int(row[3]), int(row[4])
    left, top, width, height = (int(v) for v in row[6:10])
    return (block, paragraph, line), (left, top, width, height), float(row[10]), row[11].strip()


def _lines(words: list[Row], width: int, height: int) -> Iterator[Line]:
    last: tuple[int, int] | None = None
    for (block, paragraph, _), line in groupby(words, key=lambda w: w[0]):
        if last is not None and last != (block, paragraph):
            yield ()
        last = (block, paragraph)
        yield tuple(_piece(row, width, height) for row in line)


def _piece(row: Row, width: int, height: int) -> Piece:
    _, (left, top, across, down), confidence, word = row
    box = Box.clamped(left / width, top / height, (left + across) / width, (top + down) / height)
    return word, box, min(confidence, 100.0) / 100
