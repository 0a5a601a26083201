"""Unread ink: seals, rubber stamps and handwriting, found by colour and shape and by what OCR did not read.

OCR passes over them, and what a person signed, sealed or noted in the margin is often what a page is evidence of. A
seal is found even where it lies over words that were read; everything else only where OCR did not read it. A note that
looks like print, or a printed drawing that looks like a note, is rather left out: a flag that is often wrong is not
looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

import numpy as np
from PIL import Image

from extractors.document import UNREAD_INK, Box, Mark, MarkKind, Word
from extractors.ocr.mark_ink import Inks, Mask, inks_of
from extractors.ocr.mark_seals import seals, stamps
from extractors.ocr.mark_shapes import Place, apart, without
from extractors.ocr.mark_strokes import handwriting

LEAST_SIDE = 200
"""Pixels of the short side below which a picture is a cutting, and too coarse."""
READ = 0.6
"""Confidence of a word from which on its ink counts as read."""
LETTER, LETTERS = 3.2, (1.5, 8.0)
"""Millimetres of a word's height where the page does not tell, and what it may tell at least and at most."""
ENOUGH_WORDS = 5
"""Words from which on a page tells how high they are."""
MOST_MARKS = 40
"""Marks from which on a page is a drawing, or worn, and none of them says anything."""
_NAMES: dict[MarkKind, tuple[str, str]] = {
    "seal": ("a seal", "seals"),
    "stamp": ("a stamp", "stamps"),
    "handwriting": ("handwriting", "handwriting"),
}


def marks(picture: Image.Image, width: float, words: Sequence[Word]) -> tuple[Mark, ...]:
    """The unread ink of a page, from the top down.

    `picture` is the page in colour ("RGB") or grey ("L"), made as small as `SMALL_PIXELS` of the readers (A4 at 100
    dpi); `width` is the page's in points, `words` what was read. A page that is no sheet of paper, such as a photo of a
    place, has none.
    """
    inks = inks_of(picture, picture.width / width * 72) if min(picture.size) >= LEAST_SIDE else None
    if inks is None:
        return ()
    read = _read(words, inks)
    sealed = apart(seals(inks, read))
    stamped = apart(stamps(inks, without(inks.coloured, sealed), read))
    rest = without(inks.ink, [*sealed, *stamped])
    written = apart(handwriting(inks, rest, words, read, _letter(words, inks)))
    found = [
        *_marks("seal", sealed, inks),
        *_marks("stamp", stamped, inks),
        *_marks("handwriting", written, inks),
    ]
    if len(found) > MOST_MARKS:
        return ()
    return tuple(sorted(found, key=lambda mark: (mark.box.y0, mark.box.x0)))


def note(found: Iterable[Mark]) -> str | None:
    """What a page's notes say of its marks: "unread ink: a seal, 2 stamps"; None where there are none."""
    counts = Counter(mark.kind for mark in found)
    parts = [
        several if kind == "handwriting" or count == 1 else f"{count} {several}"
        for kind, count in sorted(counts.items())
        for several in (_NAMES[kind][count > 1],)
    ]
    return f"{UNREAD_INK}: {', '.join(parts)}" if parts else None


def _marks(kind: MarkKind, places: Iterable[Place], inks: Inks) -> list[Mark]:
    high, wide = inks.ink.shape
    return [
        Mark(
            kind,
            Box.clamped(place.left / wide, place.top / high, place.right / wide, place.low / high),
            round(min(0.99, place.sure), 2),
        )
        for place in places
    ]


def _read(words: Sequence[Word], inks: Inks) -> Mask:
    """Where words stand that were read; sides as coarse as readings are kept, so that a kept one says the same."""
    high, wide = inks.ink.shape
    mask = np.zeros((high, wide), dtype=np.uint8)
    for word in words:
        if word.confidence is None or round(word.confidence, 4) >= READ:
            x0, y0, x1, y1 = (round(side, 5) for side in (word.box.x0, word.box.y0, word.box.x1, word.box.y1))
            mask[int(y0 * high) : int(y1 * high) + 2, int(x0 * wide) : int(x1 * wide) + 2] = 1
    return mask


def _letter(words: Sequence[Word], inks: Inks) -> float:
    """The usual height of a word, in pixels; of words that run downwards, their width."""
    high, wide = inks.ink.shape
    sides = [(round(w.box.x1 - w.box.x0, 4) * wide, round(w.box.y1 - w.box.y0, 4) * high) for w in words]
    usual = median(map(min, sides)) if len(sides) >= ENOUGH_WORDS else LETTER * inks.scale
    return min(max(usual, LETTERS[0] * inks.scale), LETTERS[1] * inks.scale)
