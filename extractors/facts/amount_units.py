"""What a table says once of all its sums: 单位：万元, (US$ '000), all sums in HKD."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from extractors.facts.amount_columns import SUMS
from extractors.facts.amount_rows import Figure, Row
from extractors.facts.currencies import YUAN, Mark, han_names, marks
from extractors.facts.date_words import alternatives

_HAN_SCALES = {"千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_SCALES = {
    "'000": 10**3,
    "000": 10**3,
    "k": 10**3,
    "thousand": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "m": 10**6,
}
_SCALED_ROLES = (*SUMS, "rate")
_SIGNS = r"(?:us|hk|nt|s|a|nz|c)?\$|[€£¥]|rm|rmb|usd|hkd|eur|gbp|sgd|aud|cny|myr|jpy|inr|chf|aed|sar|qar"
_COUNTS = "the table counts in {} of the currency's units"


@dataclass(frozen=True, slots=True)
class Unit:
    """From `start` on, to the end of the page, figures count `factor` units of the currency that `mark` names."""

    start: int
    factor: int
    mark: Mark | None


@cache
def _han() -> re.Pattern[str]:
    scale = alternatives(_HAN_SCALES)
    return re.compile(
        rf"(?:(?:货币|金额|计量|计价)?单位|币种) ?[:]? ?(?:人民币)?[( ]{{0,2}}(?P<scale>{scale})?"
        rf"(?P<name>{alternatives(han_names())})"
    )


_ENGLISH = re.compile(
    rf"(?:(?:amounts?|sums?|figures?|prices|values|rates|expressed|stated|shown|currency)[^.\n\d]{{0,16}}(?:in|:) ?"
    rf"|[(\[](?:in )?)"
    rf"(?:(?P<scale>thousand|million)s? of )?(?P<name>{_SIGNS}|[a-z]+ dollars|euros?|pounds|ringgit)"
    rf" ?(?P<late>'?000(?!\d)|thousands?|millions?|mn|m|k)?(?:s|'s)?(?= ?(?:[)\].;]|only|unless|\n|$))"
)


def units_of(plain: str) -> list[Unit]:
    """What is said once for a whole table, in order of place."""
    found = [*_chinese(plain), *_in_english(plain)]
    return sorted(found, key=lambda unit: unit.start)


def _chinese(plain: str) -> Iterator[Unit]:
    if "单位" not in plain and "币种" not in plain:
        return
    for match in _han().finditer(plain):
        mark = marks()[match["name"]]
        mark = YUAN if match["name"] in ("元", "圆") else mark
        told = mark if mark is YUAN or not mark.others else None
        yield Unit(match.end(), _HAN_SCALES.get(match["scale"] or "", 1), told)


def _in_english(plain: str) -> Iterator[Unit]:
    for match in _ENGLISH.finditer(plain):
        mark = marks().get(match["name"])
        word = (match["scale"] or match["late"] or "").rstrip("s")
        factor = _SCALES.get(word, 1)
        told = mark if mark and not mark.others else None
        if factor > 1 or told:
            yield Unit(match.end(), factor, told)


def in_units(rows: Sequence[Row], units: Sequence[Unit], ends: Sequence[int]) -> list[Row]:
    """`rows`, sums under a statement that counts in thousands, 万 and so on in whole units; `ends`: of the pages."""
    large = [unit for unit in units if unit.factor > 1]
    if not large:
        return list(rows)
    return [_scaled(row, unit) if (unit := unit_at(units, row.start, ends)) else row for row in rows]


def unit_at(units: Sequence[Unit], place: int, ends: Sequence[int]) -> Unit | None:
    """What is said of the sums at a place: the last statement before it on its page."""
    before = [unit for unit in units if unit.start <= place]
    last = before[-1] if before else None
    end = next((end for end in ends if last and end >= last.start), 0)
    return last if place < end else None


def _scaled(row: Row, unit: Unit) -> Row:
    roles = row.columns or ("",) * len(row.figures)
    figures = (_figure(f, role, unit.factor) for f, role in zip(row.figures, roles, strict=True))
    return replace(row, figures=tuple(figures))


def _figure(figure: Figure, role: str, factor: int) -> Figure:
    """Sums and rates are scaled, counts are not; nor is a figure whose own column said its scale."""
    money = role in _SCALED_ROLES if role else figure.decimals
    if factor == 1 or not money or figure.doubt:
        return figure
    return replace(figure, value=figure.value * Decimal(factor), doubt=_COUNTS.format(f"{factor:,}"))
