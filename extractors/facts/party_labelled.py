"""Names behind labels: "Employer: …", "甲方（发包人）：…", "Bill to" over a name, "致：…", mail headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractors.document import Document
from extractors.facts.party_forms import companies_in
from extractors.facts.party_names import is_address, is_name, is_person, several, trimmed
from extractors.facts.phrases import Hit, Phrases
from extractors.facts.plain import Plain, has_han, plain, vocabulary
from extractors.facts.reference_labelled import labels as number_labels
from extractors.facts.segments import PageSegments, Segment

_AFTER = re.compile(
    r"\.?(?P<note> ?\([^()]{1,24}\))?(?P<more> ?(?:'s)? ?(?:\(s\))? ?(?:name|names|名称|全称|姓名|单位)?)"
    r"(?P<note2> ?\([^()]{1,24}\))?[ \"']{0,3}(?P<colon>[:;]|- |--)? ?[:=]? ?"
)
_BULLETS = re.compile(r"[\s\d#>*.()\-•●○|、\[一二三四五六七八九十]{0,8}")
_DECIDED_BY_NOTE = ("甲方", "乙方", "丙方", "party a", "party b", "the employer", "the contractor")
_BETWEEN = re.compile(r"[\s.,;、]*(?:and|&|及|和|与)?[\s.,;、]*")
_NAME_LABEL = re.compile(r"(?:名称|全称|姓名|单位名称|name) ?: ?")
_BEHALF = re.compile(r" (?:for and )?on behalf of |代表(?=[\w(])", re.I)
_BEHIND_PERSON = re.compile(r"(?:,| of| -| at|[(/]| \()[ ]?$")
_LONGEST_LIST = 1000
_VAT_NAME = re.compile(r"名称 ?:")
_NOISE = 3
"""So few letters behind a label, with the value in the next column, are a second language that OCR cannot read."""
_HOLDS_ROLE = re.compile(
    r"\b(?:for|by) the (?:contractor|employer|engineer|client|owner|buyer|seller)$", re.I
)
_RECEIVED_FROM = ("今收到", "兹收到")
"""Words of a receipt that the payer's name follows without a break."""
_GOES_ON = ("、", ",", ";")
_MAIL_NAME = re.compile(
    r"\"?(?P<name>[^\"<>@]{2,80}?)\"? ?<[^<>]{0,320}>|(?P<address>[\w.+\-]{1,64}@[\w.\-]{1,255}\w)"
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says: the role of the name behind it, and whether it means so only before a colon."""

    role: str
    colon: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A name at `start:end` of the document with its role; `why` are the words that decided.

    `form` is the form of the company where it stands apart from the name: "LLP" on the line below a letterhead.
    """

    role: str
    start: int
    end: int
    confidence: float
    rule: str
    why: str
    form: str = ""


@cache
def labels() -> Phrases[Label]:
    """The labels of party_labels.yaml."""
    loaded = vocabulary(Path(__file__).parent, "party_labels.yaml")
    return Phrases(
        (phrase, Label(role, sort == "colon"))
        for role, sorts in loaded.items()
        for sort, phrases in sorts.items()
        for phrase in phrases
    )


def labelled(document: Document, page: PageSegments) -> Iterator[Named]:
    """The names that stand behind a label on a page."""
    for segment, line in zip(page.segments, page.lines, strict=True):
        hit = _label_of(line)
        if hit is not None:
            yield from _values(document, page, segment, line, hit)


def _label_of(line: Plain) -> Hit[Label] | None:
    """The label with which a segment begins."""
    begin = _BULLETS.match(line.lower)
    first = begin.end() if begin else 0
    hit = labels().at_start(line.lower[first : first + 60])
    if hit is None:
        return None
    return Hit(hit.start + first, hit.end + first, hit.phrase, hit.what)


def _values(
    document: Document, page: PageSegments, segment: Segment, line: Plain, hit: Hit[Label]
) -> Iterator[Named]:
    after = _AFTER.match(line.text, hit.end)
    if after is None:
        return
    role = _role(hit, (after.group("note") or "") + (after.group("note2") or ""))
    colon, rest = after.group("colon"), line.text[after.end() :]
    why = line.text[hit.start : after.end()].strip(" :")
    noise = len(rest.strip()) <= _NOISE and not colon and page.after(segment) is not None
    if rest.strip() and not noise:
        if colon or _may_follow(hit, after, rest):
            confidence = 0.92 if colon else 0.7
            yield from _names(line, after.end(), len(line.text), role, confidence, why)
            yield from _going_on(document, page, segment, role, why)
        return
    best: list[Named] = []
    most = 1 if hit.what.colon and not colon else 0
    for start, end in _elsewhere(page, segment, bool(colon)):
        other = plain(document.text, start, end)
        lead = _NAME_LABEL.match(other.lower)
        found = list(_names(other, lead.end() if lead else 0, len(other.text), role, 0.8, why))
        likely = _likelihood(other) if found else 0
        if likely > most:
            best, most = found, likely
    yield from best
    beside = page.after(segment)
    if best and beside and beside.start <= best[0].start < beside.end:
        yield from _going_on(document, page, beside, role, why)


def _going_on(
    document: Document, page: PageSegments, segment: Segment, role: str, why: str
) -> Iterator[Named]:
    """The companies of the line below, where a list of names ends with a comma."""
    below = page.below(segment)
    if below is None or not document.text[segment.start : segment.end].rstrip().endswith(_GOES_ON):
        return
    line = plain(document.text, below.start, below.end)
    for company in companies_in(line):
        yield Named(role, *line.span(company.start, company.end), 0.75, "party.label", why)


def _likelihood(value: Plain) -> int:
    """How much the text to the right of or below a label is its value: 3 a company, 2 a person, 1 a name, 0 a label."""
    text = value.text.strip()
    if text.endswith(":") or _label_of(value) or number_labels().at_start(value.lower.strip()):
        return 0
    if companies_in(value):
        return 3
    return 2 if is_person(text) else int(not has_han(text))


def _role(hit: Hit[Label], note: str) -> str:
    """The role; 甲方（发包人） is what the note says."""
    if note and hit.phrase in _DECIDED_BY_NOTE:
        inner = labels().at_start(note.lower().strip(" ()"))
        if inner:
            return inner.what.role
    return hit.what.role


def _may_follow(hit: Hit[Label], after: re.Match[str], rest: str) -> bool:
    """Whether a name may follow a label without a colon: "Bill To Wingtip Toys", "承包人 港务土木有限公司"."""
    if hit.phrase == "致":
        return rest[0] not in "函电信" and _begins_with_company(rest)
    if hit.phrase in _RECEIVED_FROM:
        return _begins_with_company(rest) or is_person(rest.strip())
    if not after.group().endswith((" ", ")")):
        return False
    if hit.what.colon or "'s" in after.group():
        return hit.what.colon and _begins_with_company(rest)
    if has_han(hit.phrase):
        return has_han(rest) and len(rest) <= 30 and is_name(rest.strip())
    return " " in hit.phrase and rest[0].isupper() and is_name(rest.strip())


def _elsewhere(page: PageSegments, segment: Segment, colon: bool) -> Iterator[tuple[int, int]]:
    """Where the value of a label that stands alone may be: to the right, or below."""
    for down, right in ((0, 1), (1, 0)):
        cell = page.cell_near(segment, down, right)
        if cell:
            yield cell
    near = [page.after(segment), page.below(segment)]
    if not colon and segment.box is not None:
        near.reverse()
    for other in near:
        if other is not None:
            yield other.start, other.end


def _names(text: Plain, start: int, end: int, role: str, confidence: float, why: str) -> Iterator[Named]:
    stop = text.text.find("\n", start, end)
    end = min(end if stop < 0 else stop, start + _LONGEST_LIST)
    listed = _list_of_companies(text, start, end) or _both(text, start, end)
    for first, last in listed or several(text, start, end):
        found = _one(text, first, last)
        if found:
            name = text.text[found[0] : found[1]]
            sure = confidence if is_person(name) or len(name) > 4 else confidence - 0.2
            yield Named(role, *text.span(*found), round(sure, 2), "party.label", why)


def _begins_with_company(rest: str) -> bool:
    """Whether a text begins with a company's full name, as behind a "To" that has no colon."""
    lead = len(rest) - len(rest.lstrip())
    companies = companies_in(plain(rest))
    return bool(companies) and companies[0].start <= lead and len(rest) <= 90


def _list_of_companies(text: Plain, start: int, end: int) -> list[tuple[int, int]]:
    """The companies of "X Ltd and Y Authority"; none where other words stand between or before them."""
    companies = [c for c in companies_in(text) if start <= c.start and c.end <= end]
    places = [(c.start, c.end) for c in companies]
    edges = [start, *(end for _, end in places)]
    gaps = [text.text[a:b] for a, (b, _) in zip(edges, places, strict=False)]
    return places if len(places) > 1 and all(_BETWEEN.fullmatch(g) for g in gaps) else []


def _both(text: Plain, start: int, end: int) -> list[tuple[int, int]]:
    """Who writes and for whom ("Jane Roe on behalf of Northport Authority"), or a person with the company behind it."""
    behalf = _BEHALF.search(text.text, start, end)
    if behalf:
        return [(start, behalf.start()), (behalf.end(), end)]
    companies = [c for c in companies_in(text) if start < c.start and c.end <= end]
    if len(companies) != 1:
        return []
    company = companies[0]
    behind = _BEHIND_PERSON.search(text.text, start, company.start)
    if behind is None or text.text[company.end : end].strip(" .,)"):
        return []
    person = text.text[start : behind.start()].strip()
    return [(start, behind.start()), (company.start, company.end)] if is_person(person) else []


def _one(text: Plain, start: int, end: int) -> tuple[int, int] | None:
    mail = _MAIL_NAME.search(text.text, start, end)
    if mail:
        part = "name" if mail.group("name") and mail.group("name").strip(" '\"") else "address"
        span = mail.span(part) if mail.group(part) else None
        if part == "address":
            return span
        if span:
            start, end = span
    found = trimmed(text, start, end)
    if found is None:
        return None
    found = _company_first(text, *found)
    name = text.text[found[0] : found[1]]
    return found if is_name(name) and not is_address(name) and not _HOLDS_ROLE.search(name) else None


def _company_first(text: Plain, start: int, end: int) -> tuple[int, int]:
    """Only the company, where a value begins with its full name and goes on with something else."""
    for company in companies_in(Plain(text.text[start:end], 0)):
        sure = company.confidence >= 0.9 or text.text[start + company.end : end].lstrip()[:1] in (
            "-",
            ",",
            "(",
        )
        if company.start <= 1 and sure and company.end < end - start:
            return start, start + company.end
    return start, end


def named_on_vat_invoice(page: PageSegments) -> Iterator[Named]:
    """名称 on a Chinese VAT invoice: the first is the buyer, the second the seller."""
    whole = page.plain
    if "购" not in whole.text or ("销" not in whole.text and "售" not in whole.text):
        return
    roles = iter(("buyer", "seller"))
    for label in _VAT_NAME.finditer(whole.text):
        stop = whole.text.find("\n", label.end())
        stop = len(whole.text) if stop < 0 else stop
        role = next(roles, None)
        if role and stop > label.end():
            line = plain(page.source, *whole.span(label.end(), stop))
            found = _one(line, 0, len(line.text))
            if found:
                yield Named(role, *line.span(*found), 0.9, "party.vat_invoice", "名称")
