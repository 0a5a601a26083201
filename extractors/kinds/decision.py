"""The kind that cues, form, words and layout together speak for, how surely, and the words that decided."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.facts.plain import Plain
from extractors.kinds.cues import KINDS
from extractors.kinds.evidence import Evidence
from extractors.kinds.grams import Grams
from extractors.kinds.layout import layout_of
from extractors.kinds.model import TEXT_KINDS, Numbers, Weighing, amount, model
from extractors.kinds.telling import telling_words

_NOTHING_SPEAKS = 1.2
"""What a document without cues scores as "other" where it is held against a picture."""
_LITTLE_SAID = 0.5
"""What speaks for "other" where there is no text; less, the more text there is."""
_CAPS = {"line": 5.0, "body": 3.0}
"""Beyond this sum, more cues of a place add a quarter of their weight: ten hints are not ten proofs."""
_PICTURES_ONLY = ("photo", "video")
_WEIGHS = 0.3
"""A word of the model's is named as a reason from this weight on (a logit)."""
_REASONS = 6
_SUREST = 0.999


@dataclass(frozen=True)
class Decision:
    """`scores` has a logit for each of `TEXT_KINDS`; empty where the form alone decided (a picture, a recording)."""

    kind: str
    confidence: float
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Spoken:
    """What the cues say, a number for each of `TEXT_KINDS`: headings, words in the text, the form."""

    heading: Numbers
    words: Numbers
    form: Numbers


def spoken(evidence: Sequence[Evidence]) -> Spoken:
    """What the cues say of each kind that a text can tell."""
    heading, line, body, form = (
        np.array([_part(kind, where, evidence) for kind in TEXT_KINDS])
        for where in ("heading", "line", "body", "form")
    )
    return Spoken(heading, line + body, form)


def sorts(said: Spoken, speaks: Numbers, laid_out: Numbers) -> Numbers:
    """A row for each sort of evidence. A second heading and the tenth word say less than the first."""
    return np.array([np.sqrt(said.heading), np.log1p(said.words), said.form, speaks, laid_out])


def weighed(found: Numbers, by: Weighing) -> Numbers:
    """The logits of `TEXT_KINDS`, calibrated, of the `sorts` of a document."""
    weights = np.array([by.heading, by.words, by.form, by.model, by.layout])
    logits: Numbers = weights @ found + by.offset
    return logits


def decide(
    evidence: Sequence[Evidence], grams: Grams, pages: Sequence[Plain], told: str | None = None
) -> Decision:
    """The kind of a document; a picture or a recording where its form outweighs all that its words say.

    `told` is the kind that somebody said it is of: the answer is that kind, and how much speaks for it.
    """
    shown = _shown(evidence)
    if shown is not None:
        return shown if told in (None, shown.kind) else Decision(str(told), 0.0, ())
    trained = model()
    found = sorts(spoken(evidence), trained.speaks(grams), trained.laid_out(layout_of(pages), grams))
    logits = weighed(found, trained.weighing)
    logits[TEXT_KINDS.index("other")] += _LITTLE_SAID * (1 - amount(grams.different))
    return of_scores(tuple(round(float(s), 3) for s in logits), told)


def of_scores(scores: tuple[float, ...], told: str | None = None) -> Decision:
    """The kind with the greatest score, or the one told, and its share by softmax; a score for each of `TEXT_KINDS`."""
    kind = told or TEXT_KINDS[scores.index(max(scores))]
    own = scores[TEXT_KINDS.index(kind)] if kind in TEXT_KINDS else -math.inf
    confidence = 1 / sum(math.exp(min(score - own, 700.0)) for score in scores) if own > -math.inf else 0.0
    return Decision(kind, min(_SUREST, confidence), scores)


def _shown(evidence: Sequence[Evidence]) -> Decision | None:
    """A photo or a video, by the cues alone."""
    named = [kind for kind in _PICTURES_ONLY if any(e.kind == kind for e in evidence)]
    if not named:
        return None
    scores = {kind: _sum(kind, evidence) for kind in (*TEXT_KINDS, *named)}
    scores["other"] += _NOTHING_SPEAKS
    best = max(KINDS, key=lambda kind: scores.get(kind, -math.inf))
    if best not in _PICTURES_ONLY:
        return None
    confidence = 1 / sum(math.exp(score - scores[best]) for score in scores.values())
    return Decision(best, min(_SUREST, confidence), ())


def _sum(kind: str, evidence: Sequence[Evidence]) -> float:
    return sum(_part(kind, where, evidence) for where in ("heading", "line", "body", "form"))


def _part(kind: str, where: str, evidence: Sequence[Evidence]) -> float:
    part = sum(e.weight for e in evidence if e.kind == kind and e.where == where)
    cap = _CAPS.get(where, math.inf)
    return part if part <= cap else cap + (part - cap) / 4


def reasons(
    kind: str, evidence: Sequence[Evidence], grams: Grams, pages: Sequence[Plain]
) -> tuple[tuple[int, int], ...]:
    """The slices of the text that decided, the strongest first: cues, and words that weigh most with the model."""
    by = model().weighing
    weight = _worth(kind, evidence)
    named = [(e.weight * weight[e.where], e.place) for e in evidence if e.kind == kind and e.place]
    if kind in TEXT_KINDS and model().knows(grams):
        found = telling_words(grams, model().share(grams, kind) * by.model, pages)
        named += [(share, place) for share, place in found if share >= _WEIGHS]
    chosen: list[tuple[int, int]] = []
    for _, place in sorted(named, key=lambda each: (-each[0], each[1])):
        if all(place[1] <= start or end <= place[0] for start, end in chosen):
            chosen.append(place)
    return tuple(chosen[:_REASONS])


def _worth(kind: str, evidence: Sequence[Evidence]) -> dict[str, float]:
    """What one unit of a cue at each place adds to the logit, on the average of all cues there."""
    by = model().weighing
    heading = _part(kind, "heading", evidence)
    words = _part(kind, "line", evidence) + _part(kind, "body", evidence)
    of_words = by.words * math.log1p(words) / words if words else by.words
    of_heading = by.heading / math.sqrt(heading) if heading else by.heading
    return {"heading": of_heading, "line": of_words, "body": of_words, "form": by.form}
