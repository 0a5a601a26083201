"""Kinds learned from people: a document that looks like those which people named is probably of the kind they named.

A person's word on a document is an example. Each other document is held against all examples: the likeness of their
sketches (a cosine of hashed n-grams) makes a weight, and the weights are added to what its own text says for each
kind. A doubt gives way to one like example, a certainty to two or three, and nothing to an example that is not like
it. So the answer depends on the corrections that stand now, and on nothing that was before: one that is taken back
or changed is forgotten. A person's word on the document itself always wins.

New documents are decided when they are taken in, those that were there already in the night's run: a slip can be
taken back on the day it was made before it has reached others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from extractors.extract import understand
from extractors.kinds import KINDS, TEXT_KINDS
from extractors.kinds.decision import of_scores
from pipeline.evidence import READ
from pipeline.matter import Change, Matter
from pipeline.records import documents, precedents
from pipeline.records.codec import UnderstandingRows, understanding_rows
from pipeline.records.precedents import KindEvidence
from pipeline.steps import VERSIONS, after

NEAR, SAME = 0.3, 0.6
"""Likeness at which an example begins to count, and from which on it counts in full. In our samples one pair of
different kinds in a hundred reaches 0.3 and one in a thousand 0.39; two sheets of one form have 0.4 to 0.6."""
STRENGTH = 4.0
"""What an example that is the same form adds to its kind (a logit)."""
MOST = 9.0
"""What all examples together may add to a kind."""
SUREST, DOUBT = 5.0, 1.5
"""How far a text's own word can be ahead: a certainty can be overcome; and a doubt, whatever kind it is about."""
TELLING = 0.3
"""From this weight on an example is named as a reason."""
_LEARNED_SUREST = 0.99

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Learned:
    """The kind of a document by its text and by examples; `by` are the examples that had a say, with their likeness."""

    kind: str
    confidence: float
    by: tuple[tuple[str, float], ...]


class Examples:
    """What people said of documents, as far as these have enough text to be compared."""

    def __init__(self, said: Mapping[str, str], sketches: Mapping[str, bytes]) -> None:
        self.documents = tuple(sorted(document for document in said if sketches.get(document)))
        self._kinds = [said[document] for document in self.documents]
        self._vectors = vectors([sketches[document] for document in self.documents])

    def decide(self, found: KindEvidence) -> Learned | None:
        """What a document is by its text and these examples, itself not among them; None where none is like it."""
        if not (self.documents and found.sketch and found.scores):
            return None
        likeness = self._vectors @ vectors([found.sketch])[0]
        weights = {
            at: STRENGTH * (min(1.0, (float(like) - NEAR) / (SAME - NEAR)) ** 2)
            for at, like in enumerate(likeness)
            if like > NEAR and self.documents[at] != found.document
        }
        if not weights:
            return None
        kind, confidence = self._weighed(found.scores, weights)
        telling = [at for at, weight in weights.items() if self._kinds[at] == kind and weight >= TELLING]
        telling.sort(key=lambda at: (-float(likeness[at]), self.documents[at]))
        by = tuple((self.documents[at], round(float(likeness[at]), 3)) for at in telling)
        return Learned(kind, confidence, by)

    def _weighed(self, scores: Sequence[float], weights: Mapping[int, float]) -> tuple[str, float]:
        best, least = max(scores), -_ahead(scores)
        own = {kind: max(score - best, least) for kind, score in zip(TEXT_KINDS, scores, strict=True)}
        logits = {kind: own.get(kind, least) for kind in KINDS}
        for kind in KINDS:
            logits[kind] += min(MOST, sum(w for at, w in weights.items() if self._kinds[at] == kind))
        kind = max(KINDS, key=lambda k: logits[k])
        share = 1 / sum(math.exp(logit - logits[kind]) for logit in logits.values())
        return kind, min(_LEARNED_SUREST, share)


def _ahead(scores: Sequence[float]) -> float:
    """How far a text's best kind may be ahead of any other: the less sure of it the text is, the less."""
    others = sum(math.exp(score - max(scores)) for score in scores) - 1
    return min(SUREST, DOUBT - math.log(max(others, 1e-9)))


def vectors(sketches: Sequence[bytes]) -> Vectors:
    """Sketches as rows of length 1."""
    rows = np.array([np.frombuffer(each, dtype=np.int8) for each in sketches], dtype=np.float32)
    if not len(rows):
        return np.zeros((0, 0), dtype=np.float32)
    found: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return found


def learn_pending(matter: Matter) -> dict[str, str]:
    """Decide the documents that are new; returns the kinds of those whose kind changed, by id."""
    with matter.reading() as tx:
        pending = documents.without_step(tx, "learn", VERSIONS["learn"], READ)
        found = precedents.kind_evidence_of(tx, pending)
        examples = examples_of(tx) if found else Examples({}, {})
    changed = _settle(matter, found, examples)
    with matter.change() as change:
        for document in pending:
            documents.set_done(change.tx, document, "learn", VERSIONS["learn"])
    return changed


def relearn(matter: Matter) -> dict[str, str]:
    """Decide all documents by the corrections that stand now; returns the kinds of those whose kind changed."""
    with matter.reading() as tx:
        ready = set(documents.in_states(tx, READ))
        found = [each for each in precedents.kind_evidence_of(tx) if each.document in ready]
        examples = examples_of(tx)
    return _settle(matter, found, examples)


def examples_of(tx: sa.Connection) -> Examples:
    """The examples that stand now."""
    said = precedents.said_kinds(tx)
    held = precedents.kind_evidence_of(tx, said)
    return Examples(said, {each.document: each.sketch for each in held})


def _settle(matter: Matter, found: Iterable[KindEvidence], examples: Examples) -> dict[str, str]:
    with matter.reading() as tx:
        said = precedents.said_kinds(tx)
    changed = {}
    for each in found:
        learned = examples.decide(each)
        if _as_it_was(each, learned, said.get(each.document)):
            continue
        kind = _apply(matter, each, learned, said.get(each.document))
        if kind != each.kind:
            changed[each.document] = kind
    return changed


def _told(found: KindEvidence, learned: Learned | None, said: str | None) -> str | None:
    """The kind for which the facts must be found, where it is not the one that the text tells."""
    wanted = said or (learned.kind if learned else None)
    own = of_scores(found.scores).kind if found.scores else None
    return None if wanted == own else wanted


def _as_it_was(found: KindEvidence, learned: Learned | None, said: str | None) -> bool:
    if found.told != _told(found, learned, said):
        return False
    if not found.scores:
        return True
    answer = learned or _by_text(found)
    held = (found.kind, found.confidence, found.precedents)
    return held == (answer.kind, round(answer.confidence, 4), answer.by)


def _by_text(found: KindEvidence) -> Learned:
    """What a document is by its own text, where nobody said anything of one like it."""
    own = of_scores(found.scores)
    return Learned(own.kind, own.confidence, ())


def _apply(matter: Matter, found: KindEvidence, learned: Learned | None, said: str | None) -> str:
    """Record what was learned of a document, with the facts of its kind; returns its kind."""
    told = _told(found, learned, said)
    anew = _understood(matter, found.document, told) if told != found.told else None
    with matter.change() as change:
        if anew is not None:
            documents.replace_understanding(change.tx, found.document, anew)
        kind = _record_kind(change, found, learned, anew)
        for step in after("learn"):
            documents.undo(change.tx, step, [found.document])
        by = [document for document, _ in learned.by] if learned else []
        change.note("kind learned", found.document, kind=kind, by=by)
    return kind


def _understood(matter: Matter, document: str, told: str | None) -> UnderstandingRows:
    with matter.reading() as tx:
        read = documents.reading(tx, documents.summary(tx, document))
    return understanding_rows(understand(read, told), read, told)


def _record_kind(
    change: Change, found: KindEvidence, learned: Learned | None, anew: UnderstandingRows | None
) -> str:
    """Record the kind by text and examples: what a person said of the document itself stands in the corrections."""
    if not found.scores:
        return str(anew.about["kind"]) if anew else found.kind
    answer = learned or _by_text(found)
    precedents.set_kind(change.tx, found.document, answer.kind, round(answer.confidence, 4), answer.by)
    return answer.kind
