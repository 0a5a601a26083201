"""Which currency a document counts in, and what its bare $, ¥ or kr means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from extractors.facts.amount_forms import Mention
from extractors.facts.currencies import YUAN, Mark, marks, places

_SCANNED = 30_000


@cache
def _codes() -> re.Pattern[str]:
    names = {mark.code for mark in marks().values() if len(mark.code) == 3}
    plain = [code for code in names if (mark := marks().get(code.lower())) and not mark.careful]
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:{'|'.join(sorted(plain))}|RM|RMB|US\$|HK\$|S\$|A\$|NT\$|人民币|港币|美元|日元|JP¥)(?![A-Za-z])"
    )


_ALIASES = {
    "RM": "MYR",
    "RMB": "CNY",
    "US$": "USD",
    "HK$": "HKD",
    "S$": "SGD",
    "A$": "AUD",
    "NT$": "TWD",
    "JP¥": "JPY",
}
_COUNTED_IN_YUAN = re.compile(
    r"[(] ?(?:人民币)? ?[万千]? ?元 ?[)]|单位 ?: ?(?:人民币)?[万千]?元|价税合计|增值税(?:专用|普通|电子)?发票"
    r"|[(] ?小 ?写 ?[)]|小写|收款收据"
)
"""Heads of columns and words of Chinese bills that say 元 though no sum stands with it."""
_ALIASES |= {"人民币": "CNY", "港币": "HKD", "美元": "USD", "日元": "JPY"}


class Currencies:
    """The currencies that a document names, and the places that speak for one."""

    def __init__(self, original: str, plain: str, found: Sequence[Mention]) -> None:
        self._named = Counter(_ALIASES.get(m[0], m[0]) for m in _codes().finditer(original[:_SCANNED]))
        self._named.update(m.mark.code for m in found if not m.mark.others)
        self._bare = [m.mark for m in found if m.mark.others]
        self._plain = plain[:_SCANNED]
        self._settled: dict[Mark, tuple[str, bool]] = {}

    def of(self, mark: Mark) -> tuple[str, bool]:
        """(ISO code, whether the document itself says so) for a mark."""
        if not mark.others:
            return mark.code, True
        if mark not in self._settled:
            self._settled[mark] = self._settle(mark)
        return self._settled[mark]

    def _settle(self, mark: Mark) -> tuple[str, bool]:
        candidates = (mark.code, *mark.others)
        named = [code for code in candidates if self._named[code]]
        if len(named) == 1:
            return named[0], True
        local = Counter[str]()
        for pattern, code, weight in places():
            if code in candidates and pattern.search(self._plain):
                local[code] += int(weight)
        ranked = local.most_common(2)
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            return ranked[0][0], True
        return mark.code, False

    def only(self) -> str | None:
        """The currency of figures without a mark: the one that the document names, None when none or several."""
        codes = self._codes()
        return codes.pop() if len(codes) == 1 else None

    def _codes(self) -> set[str]:
        codes = {code for code, count in self._named.items() if count} | {
            self.of(mark)[0] for mark in self._bare
        }
        if not codes and _COUNTED_IN_YUAN.search(self._plain):
            codes.add(self._settle(YUAN)[0])
        return codes
