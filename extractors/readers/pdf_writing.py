"""Whether a text looks like writing, or like characters that were exchanged for others one by one.

A table that tells the meaning of a font's glyphs (ToUnicode, PDF 32000-1, 9.10.3) may be wrong: then the characters
are sound and the words are none. This is suspicion only; what the page shows decides.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from extractors.word_lists import word_list

MIN_PAIRS, COMMON_PAIRS = 60, 0.6
"""Pairs of Latin letters from which on a text can be told, and the share of common ones below which it is none."""
MIN_HAN, COMMON_HAN = 24, 0.75
"""Han characters from which on a text can be told, and the share of usual ones below which it is none."""
MIN_HAN_PAIRS, KNOWN_HAN_PAIRS = 80, 0.01
"""Pairs of Han characters from which on some of the known ones must be among them, and their least share."""
MIN_SPACED, SPACED = 24, 0.6
"""Latin words from which on, and share of single letters among them with which, a text is s p a c e d  o u t."""
MAX_CHARS = 2000
"""Characters that are looked at: more of them would tell no more."""

_LATIN_WORD = re.compile(r"[A-Za-z]+")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")


def unlike(text: str) -> str | None:
    """Why the text can hardly be writing; None when it may well be, or is too short to tell."""
    text = text[:MAX_CHARS]
    words = _LATIN_WORD.findall(text)
    if len(words) >= MIN_SPACED and sum(len(word) == 1 for word in words) > SPACED * len(words):
        return "its words are spaced out letter by letter"
    latin = [a + b for word in words if len(word) > 2 for a, b in pairwise(word.lower())]
    if len(latin) >= MIN_PAIRS and sum(pair in _common("latin") for pair in latin) < COMMON_PAIRS * len(
        latin
    ):
        return "its letters form no words"
    runs = _HAN_RUN.findall(text)
    han = "".join(runs)
    if len(han) >= MIN_HAN and sum(map(_is_usual, han)) < COMMON_HAN * len(han):
        return "its characters are seldom ones"
    pairs = [a + b for run in runs for a, b in pairwise(run)]
    if len(pairs) >= MIN_HAN_PAIRS and sum(p in _common("han") for p in pairs) < KNOWN_HAN_PAIRS * len(pairs):
        return "its characters form no words"
    return None


@cache
def _common(script: str) -> frozenset[str]:
    data = word_list(Path(__file__).with_name("writing.yaml"))
    return frozenset(str(data[script]).split())


@cache
def _is_usual(char: str) -> bool:
    """Whether it is of the first level of GB 2312 (3,755 characters by use) or of Big5 (5,401)."""
    for coding, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            if first <= char.encode(coding)[0] <= last:
                return True
        except UnicodeEncodeError:
            continue
    return False
