"""Which company a registration number on the paper belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.facts.fact import Fact
from extractors.facts.party_numbers import Number, numbers_in
from extractors.facts.party_tie import Name, NamedPage, Tie
from extractors.facts.segments import PageSegments, Segment

_SAME_LINE = 120
_ROWS_UP = 5
"""A number stands at most so many rows below the name whose it is."""
_FOOT = 0.6
"""Below this share of a page's rows stands what a letterhead prints at its foot."""
_HEADS = ("party.letterhead", "party.shop")
_ALIGNED = 0.12
"""Columns are the same whose left edges are nearer than this share of the page's width."""


def numbered(pages: Sequence[NamedPage], parties: Sequence[Fact]) -> Iterator[Tie]:
    """A tie for each number that stands beside, behind or below one company's name, and for those of the letterhead."""
    heads = {str(fact.value): fact for fact in parties if fact.rule in _HEADS}
    issuer = next(iter(heads.values())) if len(heads) == 1 else None
    for named in pages:
        for at, line in enumerate(named.page.lines):
            for number in numbers_in(line):
                start, end = line.span(number.start, number.end)
                name = _owner(named, at, start)
                if name is None and issuer and named.first and at >= _FOOT * len(named.page.lines):
                    name = str(issuer.value)
                if name:
                    sure = number.checked or named.page.page.source == "text"
                    yield Tie("number", name, number.value, start, end, number.scheme, sure)


def _owner(named: NamedPage, at: int, start: int) -> str | None:
    """The company of the same line, else of the lines above in the same column; None where several may be meant."""
    segment = named.page.segments[at]
    beside = named.before(start, _SAME_LINE)
    if beside and beside.end > segment.start and not beside.person:
        return beside.text if _one_of(named, segment, start) else None
    if segment.box is None and _alone(named.page, at):
        return _of_row_above(named, segment)
    for above in _above(named.page, segment):
        names = named.within(above.start, above.end)
        if names:
            return _only([n for n in names if not n.person])
    return None


def _alone(page: PageSegments, at: int) -> bool:
    """Whether a segment is all of its line."""
    around = page.segments[max(0, at - 1) : at] + page.segments[at + 1 : at + 2]
    return all(other.line != page.segments[at].line for other in around)


def _of_row_above(named: NamedPage, segment: Segment) -> str | None:
    """The company of the nearest line above that has names, where a line without columns tells the number."""
    before = named.before(segment.start, _ROWS_UP * 100)
    if before is None:
        return None
    line = next((s.line for s in named.page.segments if s.start <= before.start < s.end), None)
    if line is None or segment.line - line > _ROWS_UP:
        return None
    row = [s for s in named.page.segments if s.line == line]
    names = named.within(row[0].start, row[-1].end)
    return _only([n for n in names if not n.person])


def _one_of(named: NamedPage, segment: Segment, start: int) -> bool:
    """Whether the line tells the number of one company only: not "A Ltd and B Ltd (Nos 1 and 2)"."""
    companies = [n for n in named.within(segment.start, start) if n.company]
    return len(companies) <= 1 or len(numbers_in_between(named, companies)) >= len(companies) - 1


def numbers_in_between(named: NamedPage, companies: Sequence[Name]) -> list[Number]:
    """The numbers between the companies of a line: where each has its own, the last is the last one's."""
    found: list[Number] = []
    for line, segment in zip(named.page.lines, named.page.segments, strict=True):
        if segment.start <= companies[0].start < segment.end:
            first, last = companies[0].end, companies[-1].start
            found += [n for n in numbers_in(line) if first <= line.span(n.start, n.end)[0] < last]
    return found


def _only(names: Sequence[Name]) -> str | None:
    companies = [n for n in names if n.company] or list(names)
    return companies[0].text if len(companies) == 1 else None


def _above(page: PageSegments, segment: Segment) -> Iterator[Segment]:
    """The segments above one, in its own column, nearest first."""
    rows: list[int] = []
    for other in reversed(page.segments[: page.segments.index(segment)]):
        if other.line == segment.line and other.box is None:
            continue
        if other.line not in rows:
            rows.append(other.line)
        if len(rows) > _ROWS_UP * 2 or (segment.box is None and len(rows) > _ROWS_UP):
            return
        if _aligned(segment, other):
            yield other


def _aligned(segment: Segment, other: Segment) -> bool:
    if segment.box is None or other.box is None:
        return segment.column == other.column
    height = max(segment.box.y1 - segment.box.y0, 0.004)
    near = 0 <= segment.box.y0 - other.box.y0 <= _ROWS_UP * 2.2 * height
    return near and abs(segment.box.x0 - other.box.x0) < _ALIGNED
