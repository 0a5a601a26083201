"""Sums in words against the figures of the document: mended where OCR broke a word, compared wherever both stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rapidfuzz import fuzz, process

from extractors.facts.amount_capitals import words_and_figure
from extractors.facts.amount_forms import Mention
from extractors.facts.fact import Fact, Money
from extractors.facts.finding import Finding
from extractors.facts.numerals import SCALES, SMALL, english_words

_RULE = "sum in words"
_NEXT = re.compile(r"[ ,-]{1,2}(?P<word>[a-z0-9|]{2,12})(?=[ -])")
_LAST = re.compile(r"(?P<word>[a-z0-9|]{2,12})[ -]\Z")
_RUN = re.compile(r"[a-z0-9|, -]*?(?= only|[)\n.;/:]|$)")
_NUMBER_WORDS = tuple({*SMALL, *SCALES, "hundred"})
_ALIKE = 74
"""From which likeness (0 to 100) a word that is no number may be one that was misread."""
_SAME = 88
"""From which likeness the words are those of a figure."""
_LONGEST = 140
_MENDED = "the words were misread; the sum is taken from the figure"
_CAPITALS = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟]")
_FEWEST = 2
_ROLE = re.compile(
    r"(?:大写|合计|总计|共计|总价|总额|价税|say|in words|sum of|total|amount)[^.。\n\d]{0,24}\Z"
)
_ROUND = re.compile(r"[万亿]|illion|thousand|lakh|crore|\d ?[mk]\b|bn")
_REACH = 40


def mended(plain: str, found: Sequence[Mention], figures: Iterable[tuple[int, Decimal]]) -> list[Mention]:
    """`found`, English sums within which a word was misread mended by the one figure that they are like, else left out.

    `figures` are the places and values of the document's other figures.
    """
    broken = [m for m in found if m.rule == _RULE and _is_broken(plain, m)]
    if not broken:
        return list(found)
    values = {m.amount for m in found if m.rule != _RULE} | {value for _, value in figures}
    places = {m.start for m in broken}
    kept = [m for m in found if m.start not in places]
    return sorted([*kept, *_from_figures(plain, broken, values)], key=lambda m: m.start)


def _is_broken(plain: str, mention: Mention) -> bool:
    """Whether a word that looks like a number's, but is none, stands within the sum."""
    behind = _NEXT.match(plain, mention.number_end, mention.number_end + 24)
    ahead = _LAST.search(plain, max(0, mention.number - 14), mention.number)
    return any(match and _is_misread(match["word"]) for match in (behind, ahead))


def _is_misread(word: str) -> bool:
    if word in _NUMBER_WORDS or word == "and":
        return False
    return (
        len(word) > _FEWEST
        and process.extractOne(word, _NUMBER_WORDS, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None
    )


def _from_figures(plain: str, broken: Iterable[Mention], values: Iterable[Decimal]) -> Iterator[Mention]:
    wholes = [value for value in values if value > 0]
    for mention in broken:
        ahead = _LAST.search(plain, max(0, mention.number - 14), mention.number)
        start = ahead.start() if ahead and _is_misread(ahead["word"]) else mention.number
        run = _RUN.match(plain, start, start + _LONGEST)
        said = _letters(run[0]) if run else ""
        same = [value for value in wholes if fuzz.ratio(said, _letters(english_words(value))) >= _SAME]
        if run and len(set(same)) == 1:
            doubts = (*mention.doubts, _MENDED)
            end = max(mention.end, run.end())
            yield replace(
                mention, end=end, amount=same[0], number_end=run.end(), confidence=0.6, doubts=doubts
            )


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]|\band\b", "", text)


def apart(plain: str, facts: Sequence[Fact], figures: Iterable[Decimal]) -> list[Finding]:
    """The sum in words or 大写 that no figure of the document says, where it is to be the total and is another.

    `figures` are all figures of the document; facts side by side are compared elsewhere.
    """
    worded = [fact for fact in facts if _is_worded(plain, fact)]
    if not worded:
        return []
    places = {fact.start for fact in worded}
    others = [fact for fact in facts if fact.start not in places]
    known = {*figures, *(_amount(fact) for fact in others)}
    lone = [fact for fact in worded if _amount(fact) not in known and _means_total(plain, fact)]
    totals = [fact for fact in others if fact.role == "total"]
    sums = {_amount(fact) for fact in totals}
    if (
        len({_amount(fact) for fact in lone}) != 1
        or len(sums) != 1
        or _ROUND.search(_slice(plain, totals[0]))
    ):
        return []
    currencies = {_currency(fact) for fact in (lone[0], totals[0])} - {None}
    return [words_and_figure(plain, lone[0], totals[0])] if len(currencies) < _FEWEST else []


def _is_worded(plain: str, fact: Fact) -> bool:
    written = _slice(plain, fact)
    if any(char.isdecimal() for char in written):
        return False
    return fact.rule == _RULE or len(_CAPITALS.findall(written)) >= _FEWEST


def _means_total(plain: str, fact: Fact) -> bool:
    return fact.role == "total" or bool(_ROLE.search(plain, max(0, fact.start - _REACH), fact.start))


def _slice(plain: str, fact: Fact) -> str:
    return plain[fact.start : fact.end]


def _amount(fact: Fact) -> Decimal | None:
    return fact.value.amount if isinstance(fact.value, Money) else None


def _currency(fact: Fact) -> str | None:
    return fact.value.currency if isinstance(fact.value, Money) else None
