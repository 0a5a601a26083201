"""Sums in 大写 (壹拾肆万贰仟…元整): which are sound, and which OCR garbled so that only a figure tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rapidfuzz.distance import LCSseq

from extractors.facts.amount_forms import Mention
from extractors.facts.currencies import marks
from extractors.facts.fact import Fact, Money
from extractors.facts.finding import Finding, finding
from extractors.facts.numerals import han_capitals

_FORMAL = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿"
_ORDINARY = "一二三四五六七八九十百千两〇"
_NOISE = rf"(?:(?![{_FORMAL}{_ORDINARY}元圆])[ 一-鿿]){{0,3}}"
_RUN = re.compile(
    rf"(?<![{_FORMAL}])[{_FORMAL}](?:{_NOISE}[{_FORMAL}]){{2,24}}{_NOISE}[元圆] ?(?:[{_FORMAL}角分整正束] ?){{0,6}}"
)
_CLEAN = re.compile(rf"[壹贰叁肆伍陆柒捌玖拾一二三四五六七八九十两][{_FORMAL}{_ORDINARY}]*")
_STRICT = "壹贰叁肆伍陆柒捌玖拾佰仟"
_FEWEST = 2
_LEAST = 3
"""How many characters of a garbled sum must be right, and in their order, for a figure to be the same sum."""
_SHARE = 0.9
_REACH = 160
"""How far from it the figure may stand."""
_MENDED = "the 大写 was misread; it is taken from the figure"
_DIFFER = "大写 and figure differ"
_WORDS_DIFFER = "words and figure differ"
_BRACKET = re.compile(r"\s*[(\[,]\s*(?:say|in words|being)?[\s:]*")
MISMATCH = 0.7
"""At most so sure is a sum that another sum of the document contradicts."""
_BETWEEN = re.compile(r"(?:[\s():,=\[]|say|in words|being|大写|小写|即|计|人民币|rmb|cny|¥|元|整){0,16}")
_BOTH = re.compile(r"大写|小写")
_TWIN_REACH = 24


@dataclass(frozen=True, slots=True)
class _Known:
    at: int
    value: Decimal
    written: str


def capitals(plain: str, found: Sequence[Mention], figures: Iterable[tuple[int, Decimal]]) -> list[Mention]:
    """`found` with the garbled sums in 大写 mended by the one figure near them that agrees, else left out.

    `figures` are the places and values of the document's other figures.
    """
    runs = [match for match in _RUN.finditer(plain) if not _sound(plain, match, found)]
    if not runs:
        return list(found)
    known = [(m.number, m.amount) for m in found if m.rule != "sum in Chinese" or plain[m.number].isdecimal()]
    written = [_Known(at, value, han_capitals(value)) for at, value in {*known, *figures} if value > 0]
    kept = [m for m in found if not any(r.start() < m.end and m.start < r.end() for r in runs)]
    kept += [mended for run in runs for mended in _mended(run, written)]
    return sorted(kept, key=lambda m: m.start)


def _sound(plain: str, run: re.Match[str], found: Iterable[Mention]) -> bool:
    """Whether one mention covers the whole run and would be written so; a run of hardly any 大写 is left alone."""
    bare = _bare(run[0])
    if sum(c in _STRICT for c in bare) < _FEWEST:
        return True
    return any(
        m.number <= run.start()
        and run.end() - 1 <= m.end
        and (_bare(han_capitals(m.amount)) == bare or _CLEAN.fullmatch(_bare(plain[m.number : m.number_end])))
        for m in found
    )


def _bare(text: str) -> str:
    """Without spaces, closing marks and zeros, which people leave out and put in."""
    return re.sub(r"[\s零整正束]|^壹(?=拾)", "", text).replace("圆", "元")


def _mended(run: re.Match[str], known: Iterable[_Known]) -> Iterator[Mention]:
    seen = "".join(c for c in run[0] if c in _FORMAL)
    values = {
        k.value
        for k in known
        if run.start() - _REACH < k.at < run.end() + _REACH
        and LCSseq.similarity(seen, k.written) >= max(_LEAST, _SHARE * len(seen))
    }
    if len(values) == 1:
        value = values.pop()
        yield Mention(
            run.start(),
            run.end(),
            value,
            marks()["元"],
            run.start(),
            run.end(),
            "大写 with its figure",
            0.6,
            doubts=(_MENDED,),
        )


def twinned(plain: str, facts: Sequence[Fact]) -> tuple[list[Fact], list[Finding]]:
    """(`facts` in order, those that stand twice (`98.6万元（大写：…）`) both in the role that one of them has;
    the findings where words and figure side by side are two sums)."""
    result, wrong = list(facts), []
    for at in range(len(result) - 1):
        first, second = result[at], result[at + 1]
        between = plain[first.end : second.start]
        if len(between) > _TWIN_REACH or not _BETWEEN.fullmatch(between):
            continue
        if _amount(first) != _amount(second):
            told = _both_told(plain, first, second)
            if told:
                result[at : at + 2] = (differing(fact, told) for fact in (first, second))
                wrong.append(words_and_figure(plain, first, second))
        elif first.role == "mentioned" and second.role != "mentioned":
            result[at] = replace(first, role=second.role, why=second.why)
        elif second.role == "mentioned" and first.role != "mentioned":
            result[at + 1] = replace(second, role=first.role, why=first.why)
    return result, wrong


def words_and_figure(plain: str, one: Fact, other: Fact) -> Finding:
    """The finding that two sums, of which one stands in words, differ."""
    worded, figure = (
        (one, other) if not any(c.isdecimal() for c in plain[one.start : one.end]) else (other, one)
    )
    places = ((worded.start, worded.end), (figure.start, figure.end))
    return finding("words_figure", places, words=_amount(worded) or "", figure=_amount(figure) or "")


def _both_told(plain: str, first: Fact, second: Fact) -> str:
    """The doubt where a sum and its wording, side by side as one sum, are two; "" where they are two sums indeed."""
    rules = {first.rule, second.rule}
    if any("in Chinese" in rule for rule in rules) and _BOTH.search(
        plain, max(0, first.start - 6), second.start
    ):
        return _DIFFER
    worded = len(rules) == 2 and "sum in words" in rules
    return _WORDS_DIFFER if worded and _BRACKET.fullmatch(plain, first.end, second.start) else ""


def differing(fact: Fact, doubt: str) -> Fact:
    """The fact with a doubt that makes it a finding."""
    return replace(fact, doubts=(*fact.doubts, doubt), confidence=min(fact.confidence, MISMATCH))


def _amount(fact: Fact) -> Decimal | None:
    return fact.value.amount if isinstance(fact.value, Money) else None
