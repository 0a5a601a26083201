"""Invisible text on the pages of a PDF: to be found, marked and copied, and never drawn."""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pikepdf import Dictionary, Name, Object, Page, Pdf

from pipeline.renditions import truetype
from pipeline.renditions.geometry import Matrix, Rect, View
from pipeline.renditions.glyphless import Glyphless, visible
from pipeline.renditions.lines import Run, runs
from pipeline.renditions.words import Line

_STEP = truetype.STEP / truetype.EM
_LEAST_STEPS = 2
"""pdfium takes equal characters that lie closer than 0.07 of their size for one that is drawn twice."""
_FULL = 40_000
"""Codes of a font after which the next page gets a new one; there can be 65,535."""


@dataclass(frozen=True, slots=True)
class Laid:
    """What lies on a page: how many characters, blanks included, and the SHA-256 of them in order (UTF-8)."""

    characters: int
    sha256: str


class Layer:
    """Text laid on pages of `pdf`, all in one font. Call `finish` when nothing more comes."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._font = Glyphless(pdf)

    def put(self, page: Page, lines: Iterable[Line], size: tuple[float, float], place: Matrix) -> Laid | None:
        """Lays the words of a page or picture of `size` points on `page`; None when there are none.

        `place` takes points counted from its bottom left, as it is seen, to the page's own. The text goes in
        front of what the page draws, where nothing has changed yet how text is drawn.
        """
        found = [run for each in runs(lines, *size) if (run := _seen(each)).parts]
        if not found:
            return None
        if len(self._font) > _FULL:
            self.finish()
            self._font = Glyphless(self._pdf)
        name = _named(page, self._font)
        drawn = "".join(self._drawn(run, name) for run in found)
        content = f"q {_numbers(place)} cm BT 3 Tr\n{drawn}ET Q\n".encode("ascii")
        packing = Dictionary(Filter=Name.FlateDecode)
        page.contents_add(self._pdf.make_stream(zlib.compress(content, 9), packing), prepend=True)
        return _laid("".join(part.text for run in found for part in run.parts))

    def put_over(self, page: Page, lines: Iterable[Line]) -> Laid | None:
        """Lays words whose boxes refer to the page itself, however it is turned or cropped."""
        view = View.of(page)
        return self.put(page, lines, (view.width, view.height), view.matrix)

    def put_at(self, page: Page, lines: Iterable[Line], rect: Rect) -> Laid | None:
        """Lays the words of a picture that stands upright at `rect` on the page."""
        x, y, wide, high = rect
        return self.put(page, lines, (wide, high), (1.0, 0.0, 0.0, 1.0, x, y))

    def finish(self) -> None:
        """Completes the font, if any text was laid."""
        if len(self._font):
            self._font.finish()

    def _drawn(self, run: Run, name: Name) -> str:
        """The run in PDF's operators (PDF 32000-1, 9.3 and 9.4): one string, if need be with leaps in it."""
        shown, at = "<", 0.0
        for char, start, end in _spread(run):
            if abs(start - at) >= _STEP:
                shown += f"> {_number(1000 * (at - start))} <"
                at = start
            steps = min(max(round((end - at) / _STEP), _LEAST_STEPS), truetype.GLYPHS)
            shown += f"{self._font.code(char, steps):04X}"
            at += steps * _STEP
        return f"{name} {_number(run.size)} Tf {_numbers(run.matrix)} Tm [{shown}>] TJ\n"


def _spread(run: Run) -> Iterator[tuple[str, float, float]]:
    """Each character of the run with its start and end, in sizes of the font; Han is twice as wide as others."""
    for part in run.parts:
        at, share = part.start / run.size, part.width / run.size / sum(map(_weight, part.text))
        for char in part.text:
            yield char, at, at + _weight(char) * share
            at += _weight(char) * share


def _weight(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _seen(run: Run) -> Run:
    """The run without characters that nobody sees."""
    parts = (replace(part, text=visible(part.text)) for part in run.parts)
    return replace(run, parts=tuple(part for part in parts if part.text))


def _named(page: Page, font: Glyphless) -> Name:
    """The name of the font on that page, whose resources other pages may share."""
    resources = _copied(page.obj.get("/Resources"))
    fonts = _copied(resources.get("/Font"))
    number = 0
    while f"/Unseen{number}" in fonts:
        number += 1
    name = Name(f"/Unseen{number}")
    fonts[name] = font.font
    resources.Font = fonts
    page.obj.Resources = resources
    return name


def _copied(shared: Object | None) -> Dictionary:
    return Dictionary(dict(shared.items())) if isinstance(shared, Dictionary) else Dictionary()


def _laid(text: str) -> Laid:
    return Laid(len(text), hashlib.sha256(text.encode("utf-8")).hexdigest())


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") for value in values)
