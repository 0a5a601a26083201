"""OCR engines that fail on purpose, each in its own way."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from extractors.document import Box
from extractors.limits import Limits
from extractors.ocr.checked import Checked
from extractors.ocr.engine import Bearing, Layout, Line, OcrImage, Recognised
from extractors.ocr.options import OcrOptions
from extractors.ocr.policy import Readers, recognise

BOX = Box(0.1, 0.1, 0.2, 0.12)


class Fake:
    """Answers nothing for each picture; what the others do instead is in `answer`."""

    name = "fake"
    version = "1"

    def check(self, _languages: Sequence[str]) -> None:
        return

    def recognise(
        self, images: Sequence[OcrImage], _languages: Sequence[str], _layout: Layout, _seconds: float
    ) -> list[Recognised]:
        return [Recognised(self.answer()) for _ in images]

    def answer(self) -> tuple[Line, ...]:
        return ()

    def bearing(self, _image: OcrImage, _seconds: float) -> Bearing | None:
        return None


class Crashing(Fake):
    def answer(self) -> tuple[Line, ...]:
        os.abort()


class Hanging(Fake):
    def answer(self) -> tuple[Line, ...]:
        time.sleep(600)
        return ()


class Raising(Fake):
    def answer(self) -> tuple[Line, ...]:
        raise RuntimeError("a secret of the document")

    def bearing(self, _image: OcrImage, _seconds: float) -> Bearing | None:
        raise KeyError("a secret of the document")


class Misplacing(Fake):
    def answer(self) -> tuple[Line, ...]:
        return ((("Notice", Box(0.5, 0.5, 1.7, float("nan")), 0.9),),)


class Silent(Fake):
    def recognise(
        self, _images: Sequence[OcrImage], _languages: Sequence[str], _layout: Layout, _seconds: float
    ) -> list[Recognised]:
        return []


class BadText(Fake):
    def answer(self) -> tuple[Line, ...]:
        words = [("No\x00tice", 0.9), ("\ud800of", float("nan")), ("claim\n", 7.5), (" \t", 0.9), ("B", -1.0)]
        return (tuple((word, BOX, sure) for word, sure in words),)


def read_with(fake: type[Fake], path: Path) -> int:
    """The number of words on a page that such an engine read, told by a worker."""
    found = recognise([OcrImage(path, 1, 150)], Readers(Checked(fake()), None), OcrOptions(), Limits())
    return sum(len(each.found.words) for each in found)
