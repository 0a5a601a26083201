"""A query tree evaluated over a shelf: which pages match, and how well.

Every node becomes one array with an entry per page, so and, or and not are single operations on arrays and the
cost of a query is that of looking up its words. Ranking is BM25 (Robertson and Zaragoza 2009, k1 = 1.2,
b = 0.75) with a phrase counted as one word.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.packing import Places, highest, lowest, pages_of
from index.shelf import Shelf
from index.tree import AmountRange, And, DateRange, Everything, Keyword, Near, Node, Not, Or, Part, Phrase
from index.words import is_han

K1, B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Matches:
    """For each page whether it matches and how well; the score of a page that does not match means nothing."""

    mask: NDArray[np.bool_]
    score: NDArray[np.float32]


def evaluate(node: Node, shelf: Shelf) -> Matches:
    """The valid pages that match, with their scores."""
    found = _matches(node, shelf)
    return Matches(found.mask & shelf.live, found.score)


def wild_pattern(term: str) -> re.Pattern[str]:
    """The expression for a term with `*` and `?`; it never goes back, so no term makes it slow."""
    return re.compile(fnmatch.translate(term.replace("[", "[[]")))


def _matches(node: Node, shelf: Shelf) -> Matches:
    match node:
        case Everything():
            return _unranked(np.ones(shelf.size, dtype=bool))
        case And(children):
            return _all(children, shelf)
        case Or(children):
            found = [_matches(child, shelf) for child in children]
            score = sum((np.where(one.mask, one.score, 0) for one in found), _zeros(shelf))
            return Matches(np.logical_or.reduce([one.mask for one in found]), score)
        case Not(child):
            return _unranked(~_matches(child, shelf).mask)
        case Phrase(field=field):
            return _ranked(phrase_places(node, shelf), shelf, field)
        case Near(field=field):
            return _ranked(_near_places(node, shelf), shelf, field)
        case Keyword():
            return _unranked(_keyword(node, shelf))
        case DateRange():
            return _unranked(_dated(node, shelf))
        case AmountRange():
            return _unranked(_with_amount(node, shelf))


def _all(children: tuple[Node, ...], shelf: Shelf) -> Matches:
    mask, score = np.ones(shelf.size, dtype=bool), _zeros(shelf)
    for child in children:
        found = _matches(child, shelf)
        mask &= found.mask
        score += found.score
        if not mask.any():
            break
    return Matches(mask, score)


def phrase_places(phrase: Phrase, shelf: Shelf) -> Places:
    """Where the phrase begins, each place once."""
    found = sorted((_part_places(part, phrase.field, shelf) - part.offset for part in phrase.parts), key=len)
    places = found[0]
    for other in found[1:]:
        places = _common(places, other)
    return places


def _part_places(part: Part, field: str, shelf: Shelf) -> Places:
    if part.how == "exact":
        return shelf.places(field, part.term)
    return _union([shelf.places(field, term) for term in expanded(part, field, shelf)])


def expanded(part: Part, field: str, shelf: Shelf) -> list[str]:
    """The terms that the part stands for."""
    if part.how == "exact":
        return [part.term]
    if part.how == "wild":
        return _wild_terms(part, field, shelf)
    length = len(part.term)
    near = [
        term
        for term in shelf.candidates(field, part)
        if abs(len(term) - length) <= part.edits and not is_han(term)
    ]
    close = process.extract(part.term, near, scorer=OSA.distance, score_cutoff=part.edits, limit=None)
    return [term for term, _, _ in close]


def _wild_terms(part: Part, field: str, shelf: Shelf) -> list[str]:
    matches = wild_pattern(part.term).fullmatch
    return [known for known in shelf.candidates(field, part) if matches(known)]


def keyword_terms(node: Keyword, shelf: Shelf) -> list[str]:
    """The terms that the value stands for."""
    return _wild_terms(Part(node.value, how="wild"), node.field, shelf) if node.wild else [node.value]


def _near_places(near: Near, shelf: Shelf) -> Places:
    """Where a stretch begins that holds every phrase (as often as it was asked for) and little else.

    From each place where any of the phrases begins, the nearest following ones of all the others are taken.
    """
    wanted = Counter(near.phrases)
    starts = {phrase: phrase_places(phrase, shelf) for phrase in wanted}
    if any(len(starts[phrase]) < count for phrase, count in wanted.items()):
        return np.empty(0, dtype=np.int64)
    anchors = _union(list(starts.values()))
    good = np.ones(len(anchors), dtype=bool)
    end = anchors.copy()
    for phrase, count in wanted.items():
        index = np.searchsorted(starts[phrase], anchors) + count - 1
        good &= index < len(starts[phrase])
        last = starts[phrase][np.minimum(index, len(starts[phrase]) - 1)]
        good &= pages_of(last) == pages_of(anchors)
        end = np.maximum(end, last + phrase.width)
    words = sum(phrase.width * count for phrase, count in wanted.items())
    found: Places = anchors[good & (end - anchors - words <= near.slop)]
    return found


def _keyword(node: Keyword, shelf: Shelf) -> NDArray[np.bool_]:
    mask = np.zeros(shelf.size, dtype=bool)
    for term in keyword_terms(node, shelf):
        mask[pages_of(shelf.places(node.field, term))] = True
    return mask


def _dated(node: DateRange, shelf: Shelf) -> NDArray[np.bool_]:
    dates = shelf.numbers("date")
    mask: NDArray[np.bool_] = dates > 0
    if node.low is not None:
        mask &= dates >= node.low.toordinal()
    if node.high is not None:
        mask &= dates <= node.high.toordinal()
    return mask


def _with_amount(node: AmountRange, shelf: Shelf) -> NDArray[np.bool_]:
    pages, values = shelf.amounts()
    inside = np.ones(len(values), dtype=bool)
    if node.low is not None:
        inside &= values >= lowest(node.low, node.low_open)
    if node.high is not None:
        inside &= values <= highest(node.high, node.high_open)
    mask = np.zeros(shelf.size, dtype=bool)
    mask[pages[inside]] = True
    return mask


def _ranked(places: Places, shelf: Shelf, field: str) -> Matches:
    often = np.bincount(pages_of(places), minlength=shelf.size)
    mask = often > 0
    pages = int(np.count_nonzero(mask))
    rarity = np.log1p((shelf.size - pages + 0.5) / (pages + 0.5))
    length: NDArray[np.float64] | float = 1.0
    if field == "text" and pages:
        lengths = shelf.numbers("length")
        length = lengths / max(1.0, float(lengths.mean()))
    score = rarity * often * (K1 + 1) / (often + K1 * (1 - B + B * length))
    return Matches(mask, np.asarray(score, dtype=np.float32))


def _unranked(mask: NDArray[np.bool_]) -> Matches:
    return Matches(mask, np.zeros(len(mask), dtype=np.float32))


def _zeros(shelf: Shelf) -> NDArray[np.float32]:
    return np.zeros(shelf.size, dtype=np.float32)


def _union(arrays: list[Places]) -> Places:
    """All places of sorted arrays, each once (`np.unique` takes ten times as long)."""
    if not arrays:
        return np.empty(0, dtype=np.int64)
    places = np.sort(np.concatenate(arrays), kind="stable")
    found: Places = places[np.diff(places, prepend=-1) != 0]
    return found


def _common(few: Places, many: Places) -> Places:
    """What two sorted arrays share; quickest when the first is the shorter one."""
    if not len(few) or not len(many):
        return few[:0]
    index = np.searchsorted(many, few)
    found: Places = few[many[np.minimum(index, len(many) - 1)] == few]
    return found
