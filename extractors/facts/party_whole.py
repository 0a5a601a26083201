"""Names made whole: the full name where a part of it was found, and no second fact for one that OCR damaged."""

from __future__ import annotations

import re
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractors.document import Document
from extractors.facts.party_forms import Company, companies_in
from extractors.facts.party_labelled import Named
from extractors.facts.party_names import is_person
from extractors.facts.plain import has_han
from extractors.facts.segments import PageSegments, Segment

_HEADS = ("party.letterhead", "party.signature", "party.shop", "party.addressee")
_FORM = re.compile(r"(?:co|company|pte|pty|pvt|sdn|m)*(?:ltd|limited|llp|plc|inc|llc|bhd|gmbh|corp|lp)?")
_DEPARTMENT = re.compile(
    r"(?P<company>.{4,30}?公司)(?:[^公司]{0,14}|\s*[(（][^()（）公司]{0,24})(?:项目部|经理部|监理部|項目部|指挥部)[)）]?",
    re.DOTALL,
)
_LONGEST_FORM = 24
_LEAST = 6
_SAME_END = 0.7


@dataclass(frozen=True, slots=True)
class Place:
    """A company's name at `start:end` of the document, as it was found on page `page` (its index)."""

    start: int
    end: int
    page: int
    company: Company


_last: list[tuple[weakref.ref[PageSegments], list[Place]]] = []


def companies_of(pages: Sequence[PageSegments]) -> list[Place]:
    """The names of companies on all pages, in order of place; none reaches over the gap between two columns.

    Those asked for last are remembered: the roles of names and what ties names together are read from the same.
    """
    if not pages:
        return []
    if not _last or _last[0][0]() is not pages[0]:
        _last[:] = [(weakref.ref(pages[0]), _companies_of(pages))]
    return _last[0][1]


def _companies_of(pages: Sequence[PageSegments]) -> list[Place]:
    found: list[Place] = []
    for number, page in enumerate(pages):
        columns = [b.start for a, b in pairwise(page.segments) if b.column and _apart(a, b)]
        for company in companies_in(page.plain):
            start, end = page.plain.span(company.start, company.end)
            found.append(Place(_from_column(page, columns, start, end), end, number, company))
    return found


def _apart(left: Segment, right: Segment) -> bool:
    """Whether there is a gap between two segments; boxes that OCR drew over each other have none."""
    return left.box is None or right.box is None or right.box.x0 > left.box.x1


def _from_column(page: PageSegments, columns: Sequence[int], start: int, end: int) -> int:
    """Where a name begins that was read across columns of one line: at the last one that leaves a name."""
    at = bisect_right(columns, end - 1) - 1
    if at < 0 or columns[at] <= start or "\n" in page.source[columns[at] : end].strip():
        return start
    rest = page.source[columns[at] : end]
    own = companies_in(page.lines[_segment_at(page, columns[at])])
    return columns[at] if own and (has_han(rest) is False or own[0].start <= 1) else start


def _segment_at(page: PageSegments, start: int) -> int:
    return bisect_right([s.start for s in page.segments], start) - 1


def whole(document: Document, named: Iterable[Named], companies: Sequence[Place]) -> list[Named]:
    """The names, each as long as the company's name that begins with it.

    What stands at a head or foot and is only the rest of a name that began in the line before is left out.
    """
    starts = [place.start for place in companies]
    found: list[Named] = []
    for one in named:
        at = bisect_right(starts, one.start) - 1
        place = companies[at] if at >= 0 and companies[at].end > one.start else None
        fitted = _fitted(document.text, one, place) if place else one
        if fitted:
            found.append(_of_company(document.text, fitted))
    return found


def _fitted(text: str, one: Named, place: Place) -> Named | None:
    if place.end < one.end or (place.start == one.start and place.end == one.end):
        return one
    if place.start == one.start:
        more = text[one.end : place.end].strip(" ,.\n")
        name = text[one.start : one.end]
        short = has_han(more) and not is_person(name)
        return replace(one, end=place.end, form="") if short or len(more) <= _LONGEST_FORM else one
    if one.rule not in _HEADS or not has_han(text[place.start : place.end]):
        return one
    return None if "\n" in text[place.start : one.start] else replace(one, start=place.start, end=place.end)


def _of_company(text: str, one: Named) -> Named:
    """The company alone of "…有限公司云溪路项目部", also in brackets: a project's department is no party of its own."""
    found = _DEPARTMENT.fullmatch(text, one.start, one.end)
    return replace(one, end=found.end("company")) if found else one


def undamaged(document: Document, named: Sequence[Named]) -> list[Named]:
    """Without the names that are plainly another one of the document with characters lost or misread.

    A name keeps its fact when it alone has a role: what the paper shows is told as it stands.
    """
    scanned = any(page.source == "ocr" for page in document.pages)
    full = {_letters(document, n) for n in named}
    by_role: dict[str, set[str]] = {}
    for one in named:
        by_role.setdefault(one.role, set()).add(_letters(document, one))
    return [
        one
        for one in named
        if not _is_part(
            _letters(document, one),
            full if one.role == "mentioned" else by_role[one.role],
            scanned,
        )
    ]


def _is_part(name: str, others: Iterable[str], scanned: bool) -> bool:
    return any(
        _without_form(name, other) or (scanned and _damaged(name, other)) for other in others if name != other
    )


def _without_form(name: str, other: str) -> bool:
    """Whether a name is another one without its Latin form: "Morven Tait Engineers" beside "... LLP"."""
    rest = other[len(name) :]
    return len(name) >= _LEAST and other.startswith(name) and bool(_FORM.fullmatch(rest))


def _damaged(name: str, other: str) -> bool:
    """Whether a Chinese name is shorter than another, and that one with characters lost or a first one misread."""
    if not (len(other) > len(name) >= _LEAST and has_han(name) and name.endswith("公司")):
        return False
    letters = iter(other)
    lost = len(name) * 2 > len(other) and all(char in letters for char in name)
    same = 0
    while same < len(name) and name[-1 - same] == other[-1 - same]:
        same += 1
    return lost or (same >= len(name) * _SAME_END and same >= len(name) - 1)


def _letters(document: Document, one: Named) -> str:
    name = document.text[one.start : one.end] + one.form
    return "".join(c for c in name.lower() if c.isalnum())
