"""Dates that come in rows, as in diaries and logs, and dates in the mails that a mail quotes: no document's own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from extractors.facts.date_reading import Dated
from extractors.facts.date_roles import Scene

_LEAST = 3
"""How many dates in a column, or lines that begin with a date, are a series."""
_CELL_LEAD = 6
_LONGEST_LEAD = 20
_TAIL = 400
"""Characters behind a date in which the words that follow it on its line must begin."""
_LINE_START = re.compile(
    r"[\W\d_]{0,4}(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[,.]? ?|(?:星期|周)[一二三四五六日天] ?)?"
)
_QUOTE = re.compile(
    r"\n>|\n ?-{2,} ?(?:original message|forwarded message|forwarded by|原始邮件|转发邮件|回复的邮件)"
    r"|\n(?:on [^\n]{8,80} wrote:|在 ?[^\n]{8,60}写道:)"
    r"|(?<=\n)(?:from|发件人) ?: ?[^\n]{1,300}\n{1,2}"
    r"(?:sent|date|发送时间|发送日期|发件日期|日期|时间) ?: ?[^\n]{4,80}\n"
)
"""Signs that a mail quotes another one; last the head that Outlook and its like set before it, without any rule."""


def series(scene: Scene, dated: Sequence[Dated]) -> set[int]:
    """The places, in `dated`, of the dates that are one of several different ones in a column or down the lines."""
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, one in enumerate(dated):
        for key in _keys(scene, one):
            groups[key].append(index)
    found: set[int] = set()
    for places in groups.values():
        if len({dated[at].day.start for at in places}) >= _LEAST:
            found.update(places)
    return found


def _keys(scene: Scene, one: Dated) -> Iterator[Hashable]:
    """The table columns that hold a date at their beginning, and its line when the date begins it and text follows."""
    start, end = one.reading.start, one.reading.end
    cell = scene.cell_at(start, end)
    if cell and start - cell.start <= _CELL_LEAD:
        yield scene.document.page_at(start).number, cell.table, cell.column
    first = scene.plain.rfind("\n", max(0, start - _LONGEST_LEAD - 1), start) + 1
    if (first or start <= _LONGEST_LEAD) and _LINE_START.fullmatch(scene.plain, first, start):
        tail = scene.plain[end : end + _TAIL].partition("\n")[0]
        if any(c.isalpha() for c in tail):
            yield "lines"


def quoted_from(plain: str) -> int:
    """Where the first mail begins that a mail quotes; the end of the text when it quotes none."""
    match = _QUOTE.search(plain)
    return match.start() if match else len(plain)
