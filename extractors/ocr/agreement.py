"""Whether a page's text layer says what OCR reads in a part of the page.

Compared are pairs of neighbouring characters within words, figures and runs of Han characters: so it does not matter
in which order lines come, and a layer whose words are spaced out or doubled does not agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

from extractors.document import Box, PageText
from extractors.ocr.engine import Recognised
from extractors.ocr.merit import confidence

Verdict = Literal["agrees", "differs", "unclear"]

BELIEVED, DOUBTFUL = 0.7, 0.5
"""Mean confidence of a sample from which on it can be a witness, and of a word below which it is left out."""
LEAST_PAIRS, LEAST_FIGURES = 8, 4
"""Pairs of characters, and of digits, from which on they tell something."""
ALIKE, SEEN, FIGURES = 0.65, 0.6, 0.6
"""Share of pairs that both have, of those read that the layer has, and of the read pairs of digits that it has."""
FOREIGN = 0.5
"""Share of letters in scripts that OCR is not asked to read from which on it is no witness."""

_TOKEN = re.compile(r"[a-z]+|\d+|[\u3400-\u9fff]+")
_SPLIT = re.compile(r"(?<=\d)[.,'\s](?=\d)")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


def verdict(layer: PageText, part: Box, found: Recognised) -> Verdict:
    """Whether what was found in `part` of the page is what the layer says there; "unclear" where too little was."""
    inside = [layer.text[w.start : w.end] for w in layer.words if _is_within(w.box, part)]
    said, seen = _pairs(inside), _pairs(word for word, _, sure in found.words if (sure or 0.0) >= DOUBTFUL)
    if (confidence(found) or 0.0) < BELIEVED or seen.total() < LEAST_PAIRS or _is_foreign("".join(inside)):
        return "unclear"
    both = said & seen
    alike = 2 * both.total() >= ALIKE * (said.total() + seen.total())
    figures = _figures(seen)
    if figures >= LEAST_FIGURES and _figures(both) < FIGURES * figures:
        return "differs"
    return "agrees" if alike and both.total() >= SEEN * seen.total() else "differs"


def _is_within(box: Box, part: Box) -> bool:
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return part.x0 <= x <= part.x1 and part.y0 <= y <= part.y1


def _pairs(words: Iterable[str]) -> Counter[str]:
    """The pairs by number; letters count without their accents, which OCR often drops."""
    text = unicodedata.normalize("NFKD", " ".join(words)).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = _HAN_GAP.sub("", _SPLIT.sub("", text))
    return Counter(a + b for token in _TOKEN.findall(text) for a, b in pairwise(token))


def _figures(pairs: Counter[str]) -> int:
    return sum(count for pair, count in pairs.items() if pair.isdigit())


def _is_foreign(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    known = sum(char < "\u0250" or "\u3400" <= char <= "\u9fff" for char in letters)
    return len(letters) - known > FOREIGN * len(letters)
