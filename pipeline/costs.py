"""Kinds of cost: what a charge is for, told from the words with which its document describes it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from extractors.document import is_han
from index.words import fold
from pipeline.wording import every_word, vocabulary

OTHER = "other"


def kind_of_cost(*descriptions: str) -> str:
    """`labour`, `plant`, `repair`, …, `other` (`costs.yaml`), by the first of the descriptions that tells."""
    for description in descriptions:
        folded = fold(description)
        hits = [(hit.start(), kind) for kind, words in _words() if (hit := words.search(folded))]
        if hits:
            return min(hits)[1]
    return OTHER


@cache
def _words() -> tuple[tuple[str, re.Pattern[str]], ...]:
    loaded = vocabulary(Path(__file__).with_suffix(".yaml"))
    return tuple(
        (kind, re.compile("|".join(map(_whole, every_word(words))))) for kind, words in loaded.items()
    )


def _whole(word: str) -> str:
    """A pattern of the word: Han characters anywhere, others as a whole word, also in the plural."""
    folded = re.escape(fold(word))
    return folded if is_han(word[0]) else rf"\b{folded}(?:e?s)?\b"
