"""Whether a PDF's text layer says what the page shows.

A font may lack the table that tells what its glyphs mean (PDF 32000-1, 9.10): the page looks right and its text
is noise. Such a layer must not be used; the page goes through OCR.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

MIN_CHARS = 8
MAX_UNMAPPED = 0.3
MAX_NOISE = 0.12
MIN_LETTERS = 0.35
MAX_HIGH_LATIN = 0.5
MIN_VOWELS = 0.12
MIN_ODD, MIN_LATIN = 30, 300
MAX_SCRIPTS = 4

_RUNS = re.compile(r"([^\w\s])\1{2,}")
"""Leaders, rules and boxes made of one sign: they are no sign of noise."""
_VOWELS = frozenset("aeiouyAEIOUY")


def fault(text: str, unmapped: float) -> str | None:
    """Why the text cannot be what the page shows; None when it may well be.

    `unmapped` is the share of characters whose font does not tell what they mean.
    """
    chars = "".join(text.split())
    if len(chars) < MIN_CHARS:
        return None
    if unmapped > MAX_UNMAPPED and not _reads_well(text):
        return "its font does not say what the characters are"
    if _count(Counter(chars), _is_noise) > MAX_NOISE * len(chars):
        return "it holds characters without a meaning"
    chars = _RUNS.sub(r"\1", chars)
    counts = Counter(chars)
    if len(chars) >= 50 and _count(counts, str.isalnum) < MIN_LETTERS * len(chars):
        return "it is mostly signs"
    return _odd_letters(Counter({char: count for char, count in counts.items() if char.isalpha()}))


def _count(counts: Counter[str], is_meant: Callable[[str], bool]) -> int:
    """How many of the characters are meant; each is looked at once, however often it occurs."""
    return sum(count for char, count in counts.items() if is_meant(char))


def _is_noise(char: str) -> bool:
    return char == "\ufffd" or unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs")


def _reads_well(text: str) -> bool:
    """Words of usual length made of letters: a font may be without a table and its codes still be right."""
    words = re.findall(r"\S+", text)
    sound = [w for w in words if w.strip(".,;:()").isalpha() and 2 <= len(w) <= 15 and _VOWELS & set(w)]
    return len(sound) > 0.6 * len(words)


def _odd_letters(letters: Counter[str]) -> str | None:
    total = letters.total()
    if total < MIN_ODD:
        return None
    if _count(letters, lambda c: "\x80" <= c <= "\xff") > MAX_HIGH_LATIN * total:
        return "its letters are read in a wrong encoding"
    latin = _count(letters, str.isascii)
    if latin > MIN_LATIN and _count(letters, _VOWELS.__contains__) < MIN_VOWELS * latin:
        return "its letters form no words"
    scripts = Counter[str]()
    for char, count in letters.items():
        scripts[_script(char)] += count
    if sum(count > 0.03 * total for count in scripts.values()) > MAX_SCRIPTS:
        return "it mixes scripts that do not go together"
    return None


def _script(char: str) -> str:
    """A letter's script: the first word of its Unicode name; the Japanese and full-width ones go with Han."""
    name = unicodedata.name(char, "UNKNOWN").split(maxsplit=1)[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA", "FULLWIDTH", "HALFWIDTH", "KANGXI", "BOPOMOFO") else name
