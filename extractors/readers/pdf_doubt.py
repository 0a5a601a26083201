"""Which part of a PDF page's text must be looked at on the page before it is believed, and which part to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pypdfium2.raw as pdfium_c

from extractors.document import Box, Word
from extractors.readers import pdf_ink, pdf_writing
from extractors.readers.pdf_content import Content, Picture
from extractors.readers.pdf_fonts import Fonts
from extractors.readers.pdf_ink import Shot
from extractors.readers.pdf_text import Layer, address

STRIP, PADDING = 0.2, 0.006
"""Height of the strip of the page that is looked at, and what is added to it on all sides (shares of the page)."""
FIGURES = 3
"""Letters that a figure in question counts for besides itself, when it is chosen where to look."""
LEAST_LAID = 20
"""Letters and digits of a layer over a picture below which it says too little: the picture is read."""
LEAST_PICTURE = 0.03
"""Share of a page from which on a picture on it may hold writing that is worth reading."""
LEAST_LETTERS, LEFT_OUT = 60, 0.35
"""Letters in a picture that the text layer leaves out, and their share among all, from which on they are missing."""
LAID = "the text lies unseen over what the page shows"


@dataclass(frozen=True, slots=True)
class Question:
    """Why a layer is in question, and where on the page to look."""

    reason: str
    sample: Box


def of_laid(layer: Layer, laid: frozenset[int], left_out: Sequence[Box]) -> Question | None:
    """The question whether words over a picture are what it shows; None when they are too few.

    `left_out` are letters of the picture that they leave out: if there are many, that is where to look.
    """
    words = [layer.words[n] for n in sorted(laid)]
    if _amount(layer.text, words) < LEAST_LAID:
        return None
    if left_out:
        return Question(f"{LAID}, and leaves a part of it out", _strip(layer.text, _as_words(left_out)))
    return Question(LAID, _strip(layer.text, words))


def of_fonts(layer: Layer, fonts: Fonts) -> Question | None:
    """The question whether words in fonts that are contradicted are what the page shows; None without such words."""
    asked: dict[int, str | None] = {}
    reasons: dict[int, str] = {}
    for painted in dict.fromkeys(layer.painted):
        font = pdfium_c.FPDFTextObj_GetFont(layer.objects[painted]) if painted else None
        if font:
            key = address(font)
            if key not in asked:
                asked[key] = fonts.doubt(font)
            if why := asked[key]:
                reasons[painted] = why
    if not reasons:
        return None
    words = [word for word, painted in zip(layer.words, layer.painted, strict=True) if painted in reasons]
    return Question(f"its font: {min(reasons.values())}", _strip(layer.text, words))


def of_writing(layer: Layer) -> Question | None:
    """The question whether text that looks like none is what the page shows."""
    why = pdf_writing.unlike(layer.text)
    return Question(why, _strip(layer.text, layer.words)) if why and layer.words else None


def pictures_to_look_at(drawn: Content) -> list[Picture]:
    """Those that are large enough to hold writing."""
    return [picture for picture in drawn.pictures if picture.area >= LEAST_PICTURE]


def left_out(shot: Shot, box: Box, words: Sequence[Word]) -> list[Box]:
    """The letters within the box that no word stands on, if they are many; else none."""
    letters = shot.letters(box)
    if len(letters) < LEAST_LETTERS:
        return []
    missing = pdf_ink.uncovered(letters, [word.box for word in words])
    return missing if len(missing) >= max(LEAST_LETTERS, LEFT_OUT * len(letters)) else []


def _amount(text: str, words: Sequence[Word]) -> int:
    return sum(char.isalnum() for word in words for char in text[word.start : word.end])


def _as_words(boxes: Sequence[Box]) -> list[Word]:
    return [Word(0, 0, box) for box in boxes]


def _strip(text: str, words: Sequence[Word]) -> Box:
    """The part of the page that holds most of the words in question: a band across it, or down it if they run so.

    Figures count several times: few of them tell, and a wrong one does more harm than a wrong word.
    """
    upright = sum(w.box.y1 - w.box.y0 > 2 * (w.box.x1 - w.box.x0) for w in words) * 2 > len(words)
    spans = sorted(_span(word.box, upright) for word in words)
    weights = {_span(word.box, upright): 0 for word in words}
    for word in words:
        said = text[word.start : word.end]
        weights[_span(word.box, upright)] += max(
            1, len(said) + FIGURES * sum(char.isdigit() for char in said)
        )
    first, last = _densest(spans, weights)
    low, high = max(0.0, first - PADDING), min(1.0, last + PADDING)
    return Box(low, 0.0, high, 1.0) if upright else Box(0.0, low, 1.0, high)


def _span(box: Box, upright: bool) -> tuple[float, float]:
    return (box.x0, box.x1) if upright else (box.y0, box.y1)


def _densest(
    spans: Sequence[tuple[float, float]], weights: Mapping[tuple[float, float], int]
) -> tuple[float, float]:
    """The stretch of at most STRIP that holds the most; the longest of the first span if that is longer."""
    distinct = sorted(set(spans))
    best, found = -1, distinct[0]
    start = total = 0
    for low, high in distinct:
        total += weights[low, high]
        while distinct[start][0] < high - STRIP and distinct[start] != (low, high):
            total -= weights[distinct[start]]
            start += 1
        if total > best:
            best, found = total, (distinct[start][0], max(s[1] for s in (distinct[start], (low, high))))
    return found
