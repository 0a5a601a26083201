"""Cues: phrases that speak for a kind, by the place where they stand; read from cues.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from extractors.facts.phrases import Hit, Phrases
from extractors.facts.plain import has_han
from extractors.word_lists import word_list

Where = Literal["heading", "line", "body"]
KINDS = (
    "correspondence",
    "minutes",
    "invoice",
    "inspection_report",
    "photo",
    "video",
    "contract",
    "work_record",
    "other",
)
_LOOKALIKES = str.maketrans("01|!5$8", "ollissb") | {ord("i"): "l"}
"""What OCR confuses in headings; both sides are folded alike ("lNV0ICE" and "invoice" become one)."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase at a place speaks for `kind` with `weight` (a logit)."""

    kind: str
    where: Where
    weight: float


CueHit = Hit[tuple[Cue, ...]]


@cache
def cue_phrases() -> Phrases[tuple[Cue, ...]]:
    """All cues; a phrase carries one cue for each kind and place it speaks for."""
    by_phrase: dict[str, list[Cue]] = {}
    for phrase, cue in cue_entries():
        by_phrase.setdefault(phrase, []).append(cue)
    return Phrases((phrase, tuple(cues)) for phrase, cues in by_phrase.items())


def cue_entries() -> Iterator[tuple[str, Cue]]:
    """Every phrase of cues.yaml with each cue that it carries."""
    loaded = word_list(Path(__file__).parent / "cues.yaml")
    for kind, places in loaded.items():
        for where, weights in places.items():
            if kind not in KINDS or where not in get_args(Where):
                raise ValueError(f"cues.yaml: no such kind or place: {kind}/{where}")
            for weight, phrases in weights.items():
                yield from ((str(p).lower(), Cue(kind, where, float(weight))) for p in phrases)


@dataclass(frozen=True)
class _Headings:
    """The heading phrases that decide: Latin ones of six letters or more, Chinese ones of four or more."""

    phrases: tuple[str, ...]
    cues: tuple[Cue, ...]


@cache
def _headings(han: bool) -> _Headings:
    best: dict[str, Cue] = {}
    for phrase, cue in cue_entries():
        if (
            cue.where == "heading"
            and cue.weight >= 4
            and has_han(phrase) is han
            and len(phrase) >= (4 if han else 6)
        ):
            best.setdefault(_folded(phrase), cue)
    return _Headings(tuple(best), tuple(best.values()))


def _folded(text: str) -> str:
    return text.translate(_LOOKALIKES)


def misread_heading(lines: Iterable[str]) -> tuple[int, Cue, float] | None:
    """The line (its index) most like a heading phrase, the phrase's cue, and the likeness (0.75 to 1); or None.

    `lines` are heading lines in small letters. Of a Latin line the beginnings of one to four words are compared, of
    a Chinese one the ends of four to seven characters, where one in four may be misread.
    """
    numbered = list(enumerate(lines))
    latin = [(at, start) for at, line in numbered if not has_han(line) for start in _beginnings(line)]
    chinese = [(at, end) for at, line in numbered if has_han(line) for end in _ends(line)]
    found = [_nearest(latin, _headings(han=False), 0.8), _nearest(chinese, _headings(han=True), 0.75)]
    return max((f for f in found if f), key=lambda f: f[2], default=None)


def _nearest(
    pieces: Sequence[tuple[int, str]], known: _Headings, least: float
) -> tuple[int, Cue, float] | None:
    if not pieces:
        return None
    scores = cdist(
        [p for _, p in pieces],
        known.phrases,
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=least,
        workers=1,
    )
    row, column = divmod(int(np.argmax(scores)), len(known.phrases))
    score = float(scores[row, column])
    return (pieces[row][0], known.cues[column], score) if score else None


def _ends(line: str) -> list[str]:
    bare = "".join(c for c in line if c.isalnum())
    return [bare[-n:] for n in range(4, min(7, len(bare)) + 1)]


def _beginnings(line: str) -> list[str]:
    words = _folded(line).strip(" #*-_=:.<>[]()").split()
    spaced = len(words) > 3 and all(len(w) == 1 for w in words)
    if spaced:
        return ["".join(words)]
    heads = [" ".join(words[:n]) for n in range(1, min(4, len(words)) + 1)]
    return [h for h in heads if len(h) >= 6]
