"""The graph of who answers whom. Edges lead from a document to those that it answers or cites; they are not followed
further here, so that circles do no harm."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.correspondence.letter import Letter, Shelf, same_party
from pipeline.correspondence.mention import NUMBERED, Mention
from pipeline.correspondence.resolve import Candidate, described, is_to_come, resolve

Relation = Literal["reply", "follow-up", "citation"]
MESSAGE, SUBJECT = 0.99, 0.45
STRONG = 0.8
"""From this score on an edge is as good as said."""
LATEST_ANSWER = datetime.timedelta(days=180)
"""Within so long a document of the same subject, sender and recipient swapped, may be an answer."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` answers or cites `target` on this page in these words; `score` is 0 to 1.

    `ambiguous`: the words may mean other documents as well, which have edges of their own.
    """

    source: Letter
    target: Letter
    relation: Relation
    page: int
    words: str
    why: str
    score: float
    ambiguous: bool = False

    def as_json(self, other: Letter) -> dict[str, Any]:
        """The edge as one of its ends sees it; `doc` is the other end."""
        return {
            "doc": other.id,
            "name": other.name,
            "date": other.date.isoformat() if other.date else None,
            "relation": self.relation,
            "page": self.page,
            "words": self.words,
            "why": self.why,
            "score": round(self.score, 3),
            "ambiguous": self.ambiguous,
        }


@dataclass(frozen=True, slots=True)
class Lacking:
    """A document that a letter cites and the matter does not hold; `by_day`: without a number."""

    reference: str
    page: int
    words: str
    why: str
    by_day: bool

    def as_json(self) -> dict[str, Any]:
        """What is cited, and the page and the words that cite it."""
        return {"reference": self.reference, "page": self.page, "words": self.words, "why": self.why}


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What a document answers and cites, what answers and cites it, and what it cites that is not there."""

    answers: tuple[Edge, ...] = ()
    answered_by: tuple[Edge, ...] = ()
    cites_missing: tuple[Lacking, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """`{"answers": [...], "answered_by": [...], "cites_missing": [...]}`."""
        return {
            "answers": [edge.as_json(edge.target) for edge in self.answers],
            "answered_by": [edge.as_json(edge.source) for edge in self.answered_by],
            "cites_missing": [lacking.as_json() for lacking in self.cites_missing],
        }


def edges_from(letter: Letter, shelf: Shelf) -> list[Edge]:
    """The edges from a letter, one to each document, in order of date of the documents."""
    best: dict[str, Edge] = {}
    for edge in (*_by_message(letter, shelf), *_by_citation(letter, shelf)):
        known = best.get(edge.target.id)
        if edge.target.id != letter.id and (known is None or edge.score > known.score):
            best[edge.target.id] = edge
    if not letter.says_which:
        for edge in _by_subject(letter, shelf):
            best.setdefault(edge.target.id, edge)
    standing = (edge for edge in best.values() if not _goes_backward(edge, shelf))
    return sorted(standing, key=lambda edge: (edge.target.date or datetime.date.min, edge.target.id))


def lacking(letter: Letter, shelf: Shelf, elsewhere: Iterable[str] = ()) -> Iterator[Lacking]:
    """What a letter cites and the matter does not hold; `elsewhere` are names of files (compact) that may hold it,
    gone through only for a number that nothing on the shelf bears."""
    for mention in letter.cites:
        if not (mention.role in NUMBERED or mention.sort) or is_to_come(mention, letter):
            continue
        if shelf.bearing(mention.number) or resolve(mention, letter, shelf):
            continue
        if mention.number and any(mention.number in name for name in elsewhere):
            continue
        why = "its number is not in the matter" if mention.number else "no document of that day fits"
        yield Lacking(described(mention, letter), mention.page, mention.words, why, not mention.number)


def correspondence(letter: Letter, shelf: Shelf, elsewhere: Iterable[str] = ()) -> Correspondence:
    """The place of a letter in the graph of those on the shelf."""
    others = (other for other in shelf.letters.values() if other.id != letter.id and _may_lead(other, letter))
    to_it = [edge for other in others for edge in edges_from(other, shelf) if edge.target.id == letter.id]
    by_day = sorted(to_it, key=lambda edge: (edge.source.date or datetime.date.max, edge.source.id))
    return Correspondence(
        tuple(edges_from(letter, shelf)), tuple(by_day), tuple(lacking(letter, shelf, elsewhere))
    )


def _may_lead(source: Letter, target: Letter) -> bool:
    """Whether there can be an edge from one to the other, told without the rest of the shelf: most have none."""
    answered = source.message(answered=True)
    if answered is not None and answered == target.message():
        return True
    if any(
        mention.number in target.numbers or (mention.day is not None and mention.day == target.date)
        for mention in source.cites
    ):
        return True
    return bool(source.subject) and source.subject == target.subject and _may_answer(source, target)


def _by_message(letter: Letter, shelf: Shelf) -> Iterator[Edge]:
    message = letter.message(answered=True)
    for target in shelf.with_message(message) if message else ():
        relation: Relation = "follow-up" if same_party(letter.senders, target.senders) else "reply"
        yield Edge(
            letter, target, relation, 1, f"In-Reply-To: {message}", "the mail says which it answers", MESSAGE
        )


def _by_citation(letter: Letter, shelf: Shelf) -> Iterator[Edge]:
    for mention in letter.cites:
        found = resolve(mention, letter, shelf)
        for candidate in found:
            yield _edge(letter, mention, candidate, found)


def _edge(letter: Letter, mention: Mention, candidate: Candidate, found: Sequence[Candidate]) -> Edge:
    several = len(found) > 1
    why = f"{candidate.why}; one of {len(found)} that fit" if several else candidate.why
    score = candidate.score / len(found) if several else candidate.score
    relation = _relation(letter, candidate.letter, mention)
    return Edge(letter, candidate.letter, relation, mention.page, mention.words, why, score, several)


def _relation(letter: Letter, target: Letter, mention: Mention) -> Relation:
    both = letter.kind == target.kind == "correspondence"
    if both and same_party(letter.senders, target.senders):
        return "follow-up"
    swapped = same_party(letter.senders, target.recipients) or same_party(letter.recipients, target.senders)
    return "reply" if both and (mention.side == "yours" or swapped) else "citation"


def _by_subject(letter: Letter, shelf: Shelf) -> Iterator[Edge]:
    """The latest earlier letter of the same subject that went the other way; weak, as subjects go on for years."""
    if not letter.subject or letter.date is None:
        return
    same = shelf.about(letter.subject)
    latest = next((other for other in same if other.id != letter.id and _may_answer(letter, other)), None)
    if latest is not None:
        why = "the same subject, sender and recipient swapped"
        yield Edge(letter, latest, "reply", 1, letter.title or "", why, SUBJECT)


def _may_answer(letter: Letter, other: Letter) -> bool:
    """Whether a letter may answer an earlier one of its subject."""
    if letter.date is None or other.date is None:
        return False
    if not datetime.timedelta(0) <= letter.date - other.date <= LATEST_ANSWER:
        return False
    if letter.date == other.date and not letter.says_re:
        return False
    swapped = same_party(letter.senders, other.recipients) and same_party(letter.recipients, other.senders)
    return bool(swapped)


def _goes_backward(edge: Edge, shelf: Shelf) -> bool:
    """Whether an edge leads to a later document that itself cites this one: it is an answer cited in its own letter's
    enclosure, or a date was misread; the other direction stands."""
    source, target = edge.source, edge.target
    if source.date is None or target.date is None or target.date <= source.date:
        return False
    return any(found.letter.id == source.id for m in target.cites for found in resolve(m, target, shelf))
