"""Is one document a rescan or a photocopy of another? Pure functions on what was read of both.

Two texts are held against each other in two stages. A signature (MinHash over short stretches of the folded text;
Broder, "On the resemblance and containment of documents", 1997) finds the few documents that are worth a look; those
are compared character by character and word by word. Recognition errors, lost lines and stamps cost little there.
Forms that are filled in anew (the next day's report) read almost alike, too: a copy never bears another date or
another number of its own.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq, Levenshtein

from extractors.facts.fact import Fact
from index.words import Token, compact, is_han, tokens
from pipeline.differences import Pair, differing, other_document, written

PERMUTATIONS = 64
LETTERS, HAN_CHARACTERS = 6, 3
"""The length of a stretch: what a 5 % rate of wrong characters still leaves whole in more than half of all cases."""
FEWEST_TOKENS = 60
"""A shorter text says too little: two delivery notes of one form would be copies of each other."""
LIKELY = 0.2
"""The share of equal places of two signatures from which a comparison is worth its time."""
MOST_COMPARED = 20
LEAST_SCORE = 0.85
LEAST_LENGTH = 0.6
"""The shorter text by the longer: below it, one is an extract of the other (a quotation, one page) and no copy."""
MOST_CHARACTERS, MOST_TOKENS = 60_000, 8_000
"""What is compared of long texts, so that one comparison stays far below a second."""
CHANGED_NUMBERS = 0.12
"""The share of the numbers that are other numbers in the same place from which a form was filled in anew."""
MOST_READ = 50 * MOST_TOKENS
"""Characters of a text that are cut into words: more than enough for those that are compared."""
AT_ONCE = 100_000
"""Characters of a long text that are worked on at once, so that memory does not grow with it."""
MOST_SHOWN = 20

Region = tuple[Sequence[Token], Sequence[Token]]
"""The words here and there of a place in which two texts differ."""

Signature = NDArray[np.uint32]


@dataclass(frozen=True)
class Reading:
    """What is compared of a document: its pages' text (without metadata), its facts, where its pages start."""

    text: str
    facts: tuple[Fact, ...] = ()
    pages: tuple[int, ...] = (0,)

    @cached_property
    def compact(self) -> str:
        """The folded letters and digits alone, so that words run together or torn apart do not count."""
        starts = range(0, len(self.text), AT_ONCE)
        return "".join(compact(self.text[start : start + AT_ONCE]) for start in starts)

    @cached_property
    def tokens(self) -> list[Token]:
        """Its first words in order, each once: numbers and hyphenated words whole, without their parts."""
        found: list[Token] = []
        for token in sorted(tokens(self.text[:MOST_READ]), key=lambda token: (token[2], -token[3])):
            if not found or token[2] >= found[-1][3]:
                found.append(token)
        return found

    def page_at(self, offset: int) -> int:
        """The number of the page that holds `offset`."""
        return max(1, bisect_right(self.pages, offset))


@dataclass(frozen=True, slots=True)
class Likeness:
    """That a document is near enough to be a copy of `other`.

    `by` tells on what it rests and what `score` is: the share of the `text` they have in common, or of the bits of
    their pages' `image` hashes. `differs`: `only_here` and `only_there` count words, `pages` are the pages here that
    hold the former or have no copy there, `facts` names the values that differ, this document's first
    ("amount 1200.00 / 1250.00"). Where pages are pictures, `pictures` holds their sizes and distance page by page,
    `taken` and `bytes` the times and sizes of both files.
    """

    other: str
    score: float
    differs: dict[str, Any]
    by: str = "text"

    def as_json(self) -> dict[str, Any]:
        """`{"doc", "score", "by", "differs"}`."""
        return {"doc": self.other, "score": round(self.score, 3), "by": self.by, "differs": self.differs}


_CRC = np.array([zlib.crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)], dtype=np.uint32)
"""The table of CRC-32 (ISO 3309): what each byte does to the lowest byte of a sum."""


def signature(reading: Reading) -> Signature | None:
    """64 numbers of which two documents share as many, in proportion, as they share text; None for a short text."""
    if len(reading.tokens) < FEWEST_TOKENS:
        return None
    text = reading.compact
    least = np.full(PERMUTATIONS, 2**32 - 1, dtype=np.uint64)
    for start in range(0, max(1, len(text) - LETTERS + 1), AT_ONCE):  # the last stretches overlap
        np.minimum(least, _least_of(text[start : start + AT_ONCE + LETTERS - 1]), out=least)
    return least.astype(np.uint32)


def _least_of(text: str) -> NDArray[np.uint64]:
    """The least hash of a stretch under each permutation."""
    hashes = _hashes_of_letters(text) if text.isascii() and len(text) >= LETTERS else _hashes(text)
    factors, summands = _permutations()
    found = [((hashes * a + b) >> np.uint64(32)).min() for a, b in zip(factors, summands, strict=True)]
    return np.array(found, dtype=np.uint64)


def _hashes(text: str) -> NDArray[np.uint64]:
    return np.fromiter({zlib.crc32(s.encode()) for s in shingles(text)}, dtype=np.uint64)


def _hashes_of_letters(text: str) -> NDArray[np.uint64]:
    """The same for a text without Han, all stretches at once."""
    letters = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    found = np.full(len(letters) - LETTERS + 1, 0xFFFFFFFF, dtype=np.uint32)
    for at in range(LETTERS):
        found = _CRC[(found ^ letters[at : at + len(found)]) & 0xFF] ^ (found >> np.uint32(8))
    return (found ^ np.uint32(0xFFFFFFFF)).astype(np.uint64)


def shingles(text: str) -> Iterator[str]:
    """The overlapping stretches of a compact text: three characters where one is Han, else six letters or digits."""
    for at, char in enumerate(text):
        length = HAN_CHARACTERS if is_han(char) else LETTERS
        if at + length <= len(text):
            yield text[at : at + length]


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    # Multiply-shift hashing wants odd factors. Signatures are stored: changing the seed raises the step's version.
    chance = np.random.Generator(np.random.PCG64(1997))
    factors, summands = chance.integers(0, 2**64, (2, PERMUTATIONS), dtype=np.uint64)
    return factors | np.uint64(1), summands


def candidates(wanted: Signature, known: NDArray[np.uint32]) -> list[int]:
    """The rows of `known` (documents × 64) that may be copies, the likeliest first, at most 20."""
    if not len(known):
        return []
    shares = (known == wanted).mean(axis=1)
    order = np.argsort(-shares, kind="stable")[:MOST_COMPARED]
    return [int(row) for row in order if shares[row] >= LIKELY]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents that are near enough: their score, the facts that differ, the words in which they differ."""

    here: Reading
    there: Reading
    score: float
    facts: tuple[Pair, ...]
    regions: tuple[Region, ...]

    def from_here(self) -> dict[str, Any]:
        """What differs, seen from the first document."""
        return _differs(self.here, self.regions, self.facts)

    def from_there(self) -> dict[str, Any]:
        """What differs, seen from the second document."""
        regions = [(there, here) for here, there in self.regions]
        return _differs(self.there, regions, [(there, here) for here, there in self.facts])


def compare(here: Reading, there: Reading) -> Comparison | None:
    """How two documents differ; None when they are different documents."""
    score = _score(here.compact, there.compact)
    if score < LEAST_SCORE:
        return None
    facts = tuple(differing(here.facts, there.facts, here.compact, there.compact))
    if other_document(facts):
        return None
    first, second = here.tokens[:MOST_TOKENS], there.tokens[:MOST_TOKENS]
    regions = tuple(_regions(first, second))
    if _filled_in_anew(regions, first):
        return None
    return Comparison(here, there, score, facts, regions)


def _score(first: str, second: str) -> float:
    shorter, longer = sorted((len(first), len(second)))
    if not shorter or shorter < LEAST_LENGTH * longer:
        return 0.0
    first, second = first[:MOST_CHARACTERS], second[:MOST_CHARACTERS]
    return float(LCSseq.similarity(first, second)) / min(len(first), len(second))


def _regions(first: Sequence[Token], second: Sequence[Token]) -> Iterator[Region]:
    """The places between words that are equal."""
    blocks = Levenshtein.opcodes([t[0] for t in first], [t[0] for t in second])
    start, other = 0, 0
    for block in (b for b in blocks if b.tag == "equal"):
        if (start, other) != (block.src_start, block.dest_start):
            yield first[start : block.src_start], second[other : block.dest_start]
        start, other = block.src_end, block.dest_end
    if first[start:] or second[other:]:
        yield first[start:], second[other:]


def _filled_in_anew(regions: Sequence[Region], first: Sequence[Token]) -> bool:
    """Whether too many numbers are others in the same place: misreading seldom makes a digit of a digit."""
    changed = sum(
        here[0].isdecimal() and there[0].isdecimal() and here[0] != there[0]
        for words, others in regions
        if len(words) == len(others)
        for here, there in zip(words, others, strict=True)
    )
    numbers = sum(token[0].isdecimal() for token in first)
    return changed > 2 and changed > CHANGED_NUMBERS * numbers


def _differs(here: Reading, regions: Sequence[Region], facts: Sequence[Pair]) -> dict[str, Any]:
    pages = {here.page_at(word[2]) for words, _ in regions for word in words}
    return {
        "only_here": sum(len(words) for words, _ in regions),
        "only_there": sum(len(others) for _, others in regions),
        "pages": sorted(pages)[:MOST_SHOWN],
        "facts": named(facts),
    }


def named(facts: Sequence[Pair]) -> list[str]:
    """Values that differ as people read them, at most 20: "amount 1200.00 / 1250.00"."""
    return [f"{one.kind} {written(one)} / {written(other)}" for one, other in facts][:MOST_SHOWN]
