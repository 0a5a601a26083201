"""Sums told as from one to another, which share their mark and scale: US$ 1.2 - 1.5 million, 2-3万元."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from extractors.facts.amount_forms import SCALE, Mention, scale_of
from extractors.facts.amount_marks import is_moneyish
from extractors.facts.numerals import decimal_of

_LINK = r" ?(?:-|~|to|至|到) ?"
_BEFORE = re.compile(rf"(?<![\w.,/-])(\d{{1,9}}(?:[.,]\d{{1,3}})*){_LINK}\Z")
_BEHIND = re.compile(rf"{_LINK}(\d{{1,9}}(?:[.,]\d{{1,3}})*)(?![\d%/-]|[.,]\d)")
_REACH = 24
_RULE = "end of a span of sums"
_CONFIDENCE = 0.85


def with_spans(text: str, found: Sequence[Mention]) -> list[Mention]:
    """`found` of a folded text, in order, and the other ends of the spans of which one end only is marked."""
    result: list[Mention] = []
    for at, mention in enumerate(found):
        last = result[-1].end if result else 0
        following = found[at + 1].start if at + 1 < len(found) else len(text)
        result += [*_ahead(text, mention, last), *_behind(text, mention, following)]
    return result


def _ahead(text: str, mention: Mention, last: int) -> Iterator[Mention]:
    """The figure before `3万元` or `3 million dollars` that has neither mark nor scale of its own."""
    if mention.start != mention.number:
        return
    match = _BEFORE.search(text, max(last, mention.number - _REACH), mention.number)
    first, own = (decimal_of(match[1]), _written(text, mention)) if match else (None, None)
    if match and first and own and first < own:
        yield replace(
            mention,
            start=match.start(1),
            end=match.end(1),
            amount=first * mention.amount / own,
            number=match.start(1),
            number_end=match.end(1),
            rule=_RULE,
            confidence=_CONFIDENCE,
        )


def _behind(text: str, mention: Mention, following: int) -> Iterator[Mention]:
    """`mention` itself, and the figure behind `US$ 1.2` that says its scale, or is written as a sum."""
    match = _BEHIND.match(text, mention.end, min(following, mention.end + _REACH))
    last, own = (decimal_of(match[1]), _written(text, mention)) if match else (None, None)
    if match is None or not last or not own:
        yield mention
        return
    scale = SCALE.match(text, match.end(), match.end() + 16)
    factor = scale_of(scale) if scale else Decimal(1)
    plain = mention.amount == own
    if last <= own or not (scale or is_moneyish(match[1])) or not plain:
        yield mention
        return
    end = scale.end() if scale else match.end()
    yield replace(mention, amount=own * factor)
    yield replace(
        mention,
        start=match.start(1),
        end=end,
        amount=last * factor,
        number=match.start(1),
        number_end=match.end(1),
        rule=_RULE,
        confidence=_CONFIDENCE,
    )


def _written(text: str, mention: Mention) -> Decimal | None:
    """The number of a mention's digits before its scale; None where it stands in words."""
    digits = re.match(r"\d[\d.,]*(?<![.,])", text[mention.number : mention.number_end])
    return decimal_of(digits[0]) if digits else None
