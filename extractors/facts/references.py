"""References: numbers of letters, invoices, contracts, claims, clauses, reports, orders and drawings; VINs, plates.

`value` is the number as written, without its label; Chinese numerals of a clause are given as digits. A number that
stands behind the label of a telephone, a bank or a tax office is no reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from extractors.document import Document
from extractors.facts.fact import Fact
from extractors.facts.reference_bare import bare, own_line, serial
from extractors.facts.reference_citations import citations, with_citations
from extractors.facts.reference_labelled import Numbered, labelled
from extractors.facts.reference_shapes import like, with_capital_i
from extractors.facts.reference_signs import vin_confidence
from extractors.facts.segments import PageSegments, segments_of

_NOT_ON_PLATES = str.maketrans("OI", "01")
_BRACKETS = re.compile(r"〔(\d{4})[\])】}〕]{1,2}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MOST = {"other": 30, "clause": 120}
_MOST_OF_A_ROLE = 80
_HALF_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_REVISION = re.compile(
    r"[ ,(（]{0,3}((?:[Rr]ev(?:ision)?\.? ?|[Ii]ssue |修改版|修订版?|版本|版次)[A-Z]?\d{0,2})(?![A-Za-z\d])"
)
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}$", re.IGNORECASE)
_PLATE = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 \-·]{2,12}$")


def find(document: Document, kind: str) -> list[Fact]:
    """The references of a document of this kind, in no set order; each value once for a role.

    A document that is cited by its day ("your letter of 3 March") is one too where no number stands
    with it.
    """
    pages = [segments_of(document, page) for page in document.pages]
    found = [number for page in pages for number in _on_page(document, page, kind)]
    numbers = [
        Fact("reference", n.role, _written(document, n), n.start, n.end, n.confidence, n.rule, n.why)
        for n in _once(_akin(_allowed(found)))
    ]
    cited = (fact for page in pages for fact in citations(page.plain, document.text))
    return [*with_citations(document.text, numbers, cited)]


def _written(document: Document, number: Numbered) -> str:
    """The number as it is written, traditional characters kept; only full-width letters and spaces are not."""
    if number.value.isascii():
        scanned = document.page_at(number.start).source == "ocr"
        return with_capital_i(number.value) if scanned else number.value
    written = "".join(document.text[number.start : number.end].translate(_HALF_WIDTH).split())
    if number.role == "plate":
        return written[:2].upper() + written[2:].translate(_NOT_ON_PLATES)
    return _BRACKETS.sub(r"〔\1〕", written)


def _akin(numbers: Iterable[Numbered]) -> Iterator[Numbered]:
    """The numbers, where one without a role takes that of those it is built like: DPH-23-0427 after DPH-23-0391."""
    known = list(numbers)
    roles: dict[str, set[str]] = {}
    for number in known:
        if number.rule in ("reference.label", "reference.context") and number.role != "other":
            roles.setdefault(_build(number.value), set()).add(number.role)
    for number in known:
        like = roles.get(_build(number.value), set())
        akin = number.rule == "reference.shape" and number.role == "other" and len(like) == 1
        yield replace(number, role=next(iter(like)), rule="reference.akin") if akin else number


def _build(value: str) -> str:
    return like(value).rstrip(_LETTERS)


def _on_page(document: Document, page: PageSegments, kind: str) -> Iterator[Numbered]:
    yield from (_weighed(n, document) for n in labelled(document, page, kind) if _plausible(n))
    yield from bare(page.plain, kind)
    if page.page.number == 1:
        yield from serial(page, kind)
    if kind == "correspondence" and page.page.number == 1:
        yield from own_line(page)


def _weighed(number: Numbered, document: Document) -> Numbered:
    """A labelled chassis number as sure as its check digit lets it be; a drawing with its revision as a reason."""
    if number.role == "vin":
        return replace(number, confidence=vin_confidence(number.value.upper(), labelled=True))
    revision = _REVISION.match(document.text, number.end) if number.role == "drawing" else None
    return replace(number, why=f"{number.why}, {revision.group(1)}") if revision else number


def _plausible(number: Numbered) -> bool:
    """A labelled VIN or plate must look like one."""
    if number.role == "vin":
        return _VIN.match(number.value) is not None
    if number.role == "plate" and number.value.isascii():
        return _PLATE.match(number.value) is not None
    return True


def _allowed(found: Iterable[Numbered]) -> list[Numbered]:
    """Without what stands behind a label that says it is something else, and without what lies inside another."""
    kept: list[Numbered] = []
    ignored = -1
    for number in sorted(found, key=lambda n: (n.start, n.role != "ignore", -n.confidence)):
        if number.role == "ignore":
            ignored = max(ignored, number.end)
        if number.start < ignored:
            continue
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
        elif number.confidence > kept[-1].confidence:
            kept[-1] = number
    return kept


def _once(numbers: Iterable[Numbered]) -> list[Numbered]:
    """The best place of each value in each role; a value with a role is not "other" as well."""
    best: dict[tuple[str, str], Numbered] = {}
    for number in numbers:
        key = (number.value.upper(), number.role)
        if key not in best or number.confidence > best[key].confidence:
            best[key] = number
    with_role = {value for value, role in best if role != "other"}
    kept: list[Numbered] = []
    count: dict[str, int] = {}
    for (value, role), number in best.items():
        count[role] = count.get(role, 0) + 1
        if count[role] <= _MOST.get(role, _MOST_OF_A_ROLE) and (role != "other" or value not in with_role):
            kept.append(number)
    return kept
