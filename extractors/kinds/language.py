"""The language of a text, from its script and its most frequent words."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

from extractors.word_lists import word_list

_SCRIPTS = {
    "zh": re.compile(r"[㐀-䶿一-鿿]"),
    "ja": re.compile(r"[ぁ-ヺ]"),
    "ko": re.compile(r"[가-힣]"),
    "ru": re.compile(r"[Ѐ-ӿ]"),
    "ar": re.compile(r"[ء-ي]"),
    "th": re.compile(r"[ก-๎]"),
}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 20_000
_HAN_PER_WORD = 2.0
"""A Latin word says about as much as two Han characters; a text with more of these is Chinese."""


@cache
def _stop_words() -> dict[str, list[str]]:
    """Word -> languages in which it is frequent."""
    loaded: dict[str, list[str]] = word_list(Path(__file__).parent / "language.yaml")
    by_word: dict[str, list[str]] = {}
    for language, words in loaded.items():
        for word in words:
            by_word.setdefault(str(word), []).append(language)
    return by_word


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language that most of `text` is in; "und" where it cannot be told."""
    head = text[:_ENOUGH]
    counts = {code: len(script.findall(head)) for code, script in _SCRIPTS.items()}
    words = [w.lower() for w in _WORD.findall(head) if w[0] < "Ѐ"]
    script = _by_script(counts, len(words))
    return script or _by_words(words)


def _by_script(counts: dict[str, int], latin: int) -> str | None:
    if counts["ja"] >= 3 and counts["ja"] * 8 >= counts["zh"]:
        counts = counts | {"ja": counts["ja"] + counts["zh"], "zh": 0}
    code, number = max(counts.items(), key=lambda c: c[1])
    return code if number and number >= latin * _HAN_PER_WORD else None


def _by_words(words: list[str]) -> str:
    known = _stop_words()
    score = Counter[str]()
    for word in words:
        for language in known.get(word, ()):
            score[language] += 1
    if not score:
        return "und"
    (best, top), *others = score.most_common(2)
    return best if not others or top > others[0][1] or best == "en" else "und"
