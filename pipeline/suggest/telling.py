"""Sentences of a document that tell that something happened on a day: when, how strongly, and where that stands."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from extractors.facts.fact import Day, Fact
from index.words import tokens
from pipeline.evidence import Evidence
from pipeline.linking.view import DocumentView
from pipeline.numbers import is_within_number
from pipeline.suggest.titles import title_of
from pipeline.wording import Phrases, every_word, sentence, sentences, shown, vocabulary

KINDS = ("minutes", "work_record", "correspondence", "inspection_report")
ROLES = ("event", "mentioned", "period_start")
"""Roles of dates on which something may have happened; the others belong to papers."""
SURE = 0.5
STRONG, WEAK = 0.5, 0.25
"""What a word that tells enough by itself weighs, and one of every day."""
SAID, NEAR, EFFECT, AGAIN, RECORDED = 0.1, 0.1, 0.1, 0.05, 0.1
"""More for a day that reads as an event's, one close to the word, an effect, a second word, a paper made to record."""
ACT = 0.5
"""The strength of a letter that is a happening itself."""
TOP = 1500
"""Letters at the beginning of one in which it says so."""
ENTRY, PLANNED = -0.1, 0.4
"""Less for a sentence that has its day only from its diary's entry; what remains of one that tells of a plan."""
FIGURES, ROW = 0.25, 0.5
"""The share of digits from which on a sentence is a row of figures, and what remains of its strength."""
CLOSE = 60
TOLD = 0.35
"""From this strength on a sentence is taken to tell of a happening."""
ANSWERS = re.compile(r"^\s*(?:re|aw|fwd?|回复|答复)\s*[:：]|objection|dispute|异议", re.IGNORECASE)
"""Titles of letters that are about an act of the other side."""
_OF_PAPER = re.compile(r"[\s,，(（]*(?:dated|of|的|of\s+the)?[\s(（]*", re.IGNORECASE)
_ENTRY = re.compile(
    r"^[\s#*•-]*(?:(?:date|日期)\s*[:：]\s*)?(?:\w{3,9}day|mon|tue|wed|thu|fri|sat|sun)?[\s,.:]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Telling:
    """A sentence of a document that tells of a happening; `strength` is 0 to 1, `terms` are its words as searched."""

    date: datetime.date
    end: datetime.date | None
    doc: str
    page: int
    start: int
    stop: int
    text: str
    title: str
    language: str
    strength: float
    terms: frozenset[str]


class Words(NamedTuple):
    """The vocabulary of `telling.yaml`, ready to be looked for."""

    happenings: Phrases
    perhaps: Phrases
    effects: Phrases
    never: Phrases
    plans: Phrases
    acts: Phrases
    says: Phrases
    none: re.Pattern[str]


class _Hits(NamedTuple):
    """Where words of each sort stand in a document, in ascending order."""

    strong: list[int]
    weak: list[int]
    effects: list[int]
    never: list[int]
    plans: list[int]


def tellings(evidence: Evidence) -> Iterator[Telling]:
    """The sentences of a document that tell of a dated happening, those of kinds that tell of none left out."""
    if evidence.summary.kind not in KINDS:
        return
    view, words = DocumentView(evidence), _words()
    yield from _act(evidence, view, words)
    text = evidence.document.text
    strong = [at for at in _at(words.happenings, view) if not _denied(text, at, words)]
    weak = [at for at in _at(words.perhaps, view) if not _denied(text, at, words)]
    if not (strong or weak):
        return
    others = (_at(phrases, view) for phrases in (words.effects, words.never, words.plans))
    hits = _Hits(strong, weak, *others)
    dated = _dated_sentences(evidence)
    for place, (fact, day) in dated.items():
        yield from _told(evidence, place, fact, day, hits)
    if evidence.summary.kind == "work_record":
        yield from _entries(evidence, dated, hits)


def telling_words(text: str) -> list[str]:
    """The words in a text by which it tells that something happened, as they stand in the vocabulary."""
    told, plain = vocabulary(Path(__file__).with_suffix(".yaml")), text.casefold()
    known = (word for sort in ("happenings", "acts", "perhaps") for word in every_word(told[sort]))
    found = sorted(
        {word for word in known if _stands_in(word.casefold(), plain)}, key=lambda w: (plain.find(w), w)
    )
    return [word for word in found if not any(word != other and word in other for other in found)]


def _stands_in(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


def _act(evidence: Evidence, view: DocumentView, words: Words) -> Iterator[Telling]:
    """A letter that is a happening itself, such as an instruction or a refusal: on its own day, by its title."""
    day, title = evidence.summary.date, evidence.summary.title or ""
    if evidence.summary.kind != "correspondence" or day is None or ANSWERS.search(title):
        return
    if (place := _act_place(evidence, view, words, title)) is not None:
        telling = _telling(evidence, place, Day(day), ACT)
        yield replace(telling, title=title_of(title, telling.language)) if title else telling


def _act_place(evidence: Evidence, view: DocumentView, words: Words, title: str) -> tuple[int, int] | None:
    """Where a letter says in its first lines what it does, or else where its title stands that says so."""
    said = [hit for hit in words.says.hits(view) if hit.start < TOP]
    if not said and not words.acts.are_in_text(title):
        return None
    at = evidence.document.text.find(title) if title else -1
    if not said and at >= 0:
        return at, at + len(title)
    hit = min(said or words.acts.hits(view), key=lambda one: one.start, default=None)
    return (
        sentence(evidence.document, hit.start, hit.end) if hit else next(sentences(evidence.document), None)
    )


def _entries(
    evidence: Evidence, dated: dict[tuple[int, int], tuple[Fact, Day]], hits: _Hits
) -> Iterator[Telling]:
    """What a diary tells without a day of its own: the day is that at the head of the entry, else the diary's."""
    heads = [(fact.start, day) for fact, day in evidence.days() if _is_head(evidence, fact)]
    starts = [start for start, _ in heads]
    own = Day(evidence.summary.date) if evidence.summary.date else None
    for place in sentences(evidence.document):
        if place not in dated and _within(hits.strong, place):
            at = bisect_left(starts, place[1]) - 1
            day = heads[at][1] if at >= 0 else own
            if day is not None:
                yield from _told(evidence, place, None, day, hits)


def _is_head(evidence: Evidence, fact: Fact) -> bool:
    """Whether a day begins its line, as at the head of a diary's entry."""
    text = evidence.document.text
    line = text.rfind("\n", 0, fact.start) + 1
    return fact.confidence >= SURE and _ENTRY.match(text[line : fact.start]) is not None


def _told(
    evidence: Evidence, place: tuple[int, int], fact: Fact | None, day: Day, hits: _Hits
) -> Iterator[Telling]:
    strength = _strength(evidence, place, fact, hits)
    if strength < TOLD:
        return
    yield _telling(evidence, place, day, strength)


def _telling(evidence: Evidence, place: tuple[int, int], day: Day, strength: float) -> Telling:
    document = evidence.document
    text = shown(document.text[slice(*place)])
    terms = frozenset(term for term, *_ in tokens(document.text[slice(*place)]) if len(term) > 1)
    return Telling(
        day.start, day.end, evidence.id, document.where(*place).page, *place, text,
        title_of(text, evidence.summary.language), evidence.summary.language, strength, terms,
    )  # fmt: skip


def _strength(evidence: Evidence, place: tuple[int, int], fact: Fact | None, hits: _Hits) -> float:
    if _within(hits.never, place):
        return 0.0
    strong, weak = _within(hits.strong, place), _within(hits.weak, place)
    if not strong and (len(weak) < 1 or fact is None):
        return 0.0
    found = STRONG if strong else WEAK
    found += EFFECT if _within(hits.effects, place) else 0.0
    found += AGAIN * min(2, len(strong) + len(weak) - 1)
    found += RECORDED if evidence.summary.kind in ("minutes", "work_record") else 0.0
    if fact is None:
        found += ENTRY
    else:
        found += SAID if fact.role == "event" else 0.0
        found += NEAR if any(abs(at - fact.start) <= CLOSE for at in (*strong, *weak)) else 0.0
    return min(
        1.0, found * _doubt(evidence, place, fact, planned=bool(_within(hits.plans, place)) and not strong)
    )


def _doubt(evidence: Evidence, place: tuple[int, int], fact: Fact | None, planned: bool) -> float:
    """What remains of the strength of a plan, of a row of figures, and of a line with the paper's own day."""
    text = evidence.document.text[slice(*place)]
    figures = sum(map(str.isdigit, text)) > FIGURES * len(text)
    value = fact.value if fact is not None and fact.role != "event" else None
    own = isinstance(value, Day) and value.start == evidence.summary.date
    return (PLANNED if planned else 1.0) * (ROW if figures else 1.0) * (ROW if own else 1.0)


def _dated_sentences(evidence: Evidence) -> dict[tuple[int, int], tuple[Fact, Day]]:
    """The sentences with a day on which something may have happened: the first such day of each."""
    found: dict[tuple[int, int], tuple[Fact, Day]] = {}
    written = evidence.summary.date
    papers = [fact for fact in evidence.of("reference") if fact.role != "order"]  # an order is a happening
    for fact, day in evidence.days():
        past = written is None or day.start <= written
        sure = fact.confidence >= SURE and not is_within_number(evidence, fact)
        told = fact.role in ROLES and fact.start < evidence.document.body_end
        if told and sure and past and not _is_of_paper(evidence.document.text, fact, papers):
            found.setdefault(sentence(evidence.document, fact.start, fact.end), (fact, day))
    return found


def _is_of_paper(text: str, fact: Fact, papers: Iterable[Fact]) -> bool:
    """Whether a day is that of a paper which is cited: "GC/L/0145 dated 14 March", "your letter of 3 March"."""
    for paper in papers:
        if paper.start <= fact.start < paper.end:
            return True
        if 0 <= fact.start - paper.end <= CLOSE and _OF_PAPER.fullmatch(text, paper.end, fact.start):
            return True
    return False


def _at(phrases: Phrases, view: DocumentView) -> list[int]:
    return sorted({hit.start for hit in phrases.hits(view)})


def _within(places: list[int], place: tuple[int, int]) -> list[int]:
    return places[bisect_left(places, place[0]) : bisect_left(places, place[1])]


def _denied(text: str, at: int, words: Words) -> bool:
    """Whether a happening is said not to have been: "no accidents"."""
    return words.none.search(text, max(0, at - 24), at) is not None


@cache
def _words() -> Words:
    told = vocabulary(Path(__file__).with_suffix(".yaml"))
    english = "|".join(map(re.escape, told["none"]["en"]))
    han = "|".join(f"{re.escape(w)}{'[一-鿿]{0,4}' if len(w) > 1 else ''}" for w in told["none"]["zh"])
    none = re.compile(rf"(?:\b(?:{english})\s+(?:[a-z]+\s+)?|(?:{han}))\Z", re.IGNORECASE)
    sought = {key: Phrases(every_word(told[key])) for key in Words._fields if key != "none"}
    return Words(**sought, none=none)
