"""Who sends, who is addressed and who signs, from the head and foot of a document; and the shop of a receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from extractors.facts.party_forms import Company, companies_in
from extractors.facts.party_labelled import RECEIVED_FROM, Named, labels
from extractors.facts.party_names import is_address, is_name, is_person, is_position, trimmed
from extractors.facts.phrases import Phrases
from extractors.facts.plain import Plain, has_han, plain
from extractors.facts.segments import PageSegments
from extractors.word_lists import word_list

_HEAD = 8
_ADDRESSEE_REACH = 9
_FOOT = 9
_ISSUER = {
    "correspondence": "sender",
    "minutes": "sender",
    "work_record": "sender",
    "invoice": "seller",
    "inspection_report": "inspector",
}
_RESPECT = re.compile(r"^(?:尊敬的|致|敬启者|dear )\s?[:：]?\s?", re.IGNORECASE)
_FORM_ALONE = re.compile(
    r"(?:Co\.?,? ?)?(?:Ltd|Limited|LLP|plc|Inc|LLC|GmbH|(?:Sdn\.? )?Bhd)\.?", re.IGNORECASE
)
_BILL = re.compile(r"^(?:tax |commercial |sales |vat )?invoice\b", re.IGNORECASE)
_NOT_A_PERSON = (
    "date",
    "ref",
    "our",
    "your",
    "subject",
    "contract",
    "attn",
    "attention",
    "tel",
    "original",
    "to",
    "cc",
    "copy",
    "from",
)
_FILE_WORD = re.compile(r"(?:文件|函|公函|便函|通知|用笺)$")
_LAST_LINES = 8
_DEPARTMENT = re.compile(r"(?:项目|經理|经理|監理|监理)部 ?(?:\([章印]\))?\s*$")
"""A department for a project signs for the company on the line above it."""


@cache
def _words(group: str) -> Phrases[str]:
    loaded: dict[str, list[str]] = word_list(Path(__file__).parent / "party_words.yaml")
    return Phrases((phrase, group) for phrase in loaded[group])


def says(group: str, text: str) -> bool:
    """Whether one of the words of a group of party_words.yaml stands in a text (small letters)."""
    return bool(_words(group).find(text))


def opens_with(group: str, text: str) -> int:
    """How many characters of a text (small letters) the word of the group takes with which it begins; 0 if none."""
    lead = len(text) - len(text.lstrip(" *#-"))
    hit = _words(group).at_start(text[lead : lead + 60])
    return lead + hit.end if hit else 0


def heads(pages: Sequence[PageSegments], kind: str, known: Sequence[Named]) -> Iterator[Named]:
    """Letterhead, addressee and signature; `known` are the names that stand behind labels."""
    if not pages:
        return
    first = [pages[0].lines[row[0]] for row in pages[0].rows]
    greeting = next((at for at, line in enumerate(first[:30]) if opens_with("salutation", line.lower)), None)
    letterhead = _letterhead(first, greeting, kind)
    if (
        letterhead
        and greeting
        and kind == "correspondence"
        and _is_address(pages, first[:greeting], letterhead)
    ):
        yield replace(letterhead[1], role="recipient", confidence=0.75, rule="party.addressee", why="Dear")
        letterhead = None
    if letterhead:
        yield _with_form(pages[0], letterhead[1])
        if other := _in_other_script(first, *letterhead):
            letterhead = (letterhead[0] + 1, letterhead[1])
            yield other
    if kind == "correspondence":
        own = _name(pages[0], letterhead[1]) if letterhead else ""
        told = any(n.role == "recipient" for n in known)
        found = _addressees(first, greeting, letterhead[0] if letterhead else -1, told)
        yield from (n for n in found if _name(pages[0], n) != own)
        yield from _signatures(pages)
    elif kind == "other" and any(_addressed(line) for line in first[:_HEAD]):
        yield from _addressees(first, None, -1, told=False)
        yield from _at_foot(pages[-1], "sender")
    elif kind == "inspection_report" and not _inspects(pages[0], known, letterhead):
        yield from _at_foot(pages[-1], "inspector")


def _is_address(pages: Sequence[PageSegments], lines: Sequence[Plain], head: tuple[int, Named]) -> bool:
    """Whether the only company above the greeting is addressed: a letter without letterhead that another one signs."""
    others = [line for line in lines[head[0] + 1 :] if companies_in(line)]
    signed = [n for n in _signatures(pages) if companies_in(_plain(pages[0], n))]
    names = {_name(pages[0], n) for n in signed}
    return bool(names) and not others and _name(pages[0], head[1]) not in names


def _plain(page: PageSegments, named: Named) -> Plain:
    return plain(page.source, named.start, named.end)


def _name(page: PageSegments, named: Named) -> str:
    return "".join(page.source[named.start : named.end].lower().split())


def _inspects(page: PageSegments, known: Sequence[Named], letterhead: tuple[int, Named] | None) -> bool:
    """Whether one of the inspectors is a company."""
    found = [*known, letterhead[1]] if letterhead else known
    return any(companies_in(_plain(page, n)) for n in found if n.role == "inspector")


def _with_form(page: PageSegments, head: Named) -> Named:
    """The letterhead with its form, where that stands alone on the line below it: "LLP"."""
    segment = next((s for s in page.segments if s.start <= head.start < s.end), None)
    below = page.below(segment) if segment and segment.box else None
    text = page.source[below.start : below.end].strip() if below else ""
    has_form = any(c.confidence >= 0.9 for c in companies_in(plain(page.source, head.start, head.end)))
    return replace(head, form=text) if _FORM_ALONE.fullmatch(text) and not has_form else head


def _at_foot(page: PageSegments, role: str) -> Iterator[Named]:
    """The company alone on one of the last lines, or over the date at the end: it issued the paper."""
    for line in page.lines[3:][-6:]:
        company = None if is_labelled(line) else fills(line, companies_in(line))
        if company and not line.text.rstrip().endswith((":", "。", ";")):
            yield Named(role, *line.span(company.start, company.end), 0.75, "party.signature", "signature")
            return


def _letterhead(lines: Sequence[Plain], greeting: int | None, kind: str) -> tuple[int, Named] | None:
    """The first line at the head that is a company's name and neither labelled nor addressed."""
    for at, line in enumerate(lines[: min(_HEAD, greeting if greeting is not None else _HEAD)]):
        if line.text.rstrip().endswith((":", ";")) or is_labelled(line):
            return None
        if (kind == "minutes" and at >= 3) or (kind == "invoice" and at and _BILL.match(line.text)):
            return None
        company = None if ":" in line.text else fills(line, companies_in(line)) or _opens(line, at, kind)
        if company:
            role = _issuer(lines, kind)
            sure = 0.85 if at < 3 else 0.7
            return at, Named(
                role, *line.span(company.start, company.end), sure, "party.letterhead", "letterhead"
            )
    return None


def _in_other_script(lines: Sequence[Plain], at: int, head: Named) -> Named | None:
    """The letterhead's second line, where it is a company's name in the other script."""
    below = lines[at + 1] if at + 1 < len(lines) else None
    if below is None or has_han(below.text) == has_han(lines[at].text) or is_labelled(below):
        return None
    company = fills(below, companies_in(below))
    if company is None or below.text.rstrip().endswith((":", ";")):
        return None
    start, end = below.span(company.start, company.end)
    return replace(head, start=start, end=end)


def _opens(line: Plain, at: int, kind: str) -> Company | None:
    """The company with which the heading of a record begins: "Harbour Civil Ltd - idle plant"."""
    first = companies_in(line)[:1] if kind == "work_record" and at < 3 else []
    return next((c for c in first if c.start == 0 and line.text[c.end :].startswith(" - ")), None)


def _issuer(lines: Sequence[Plain], kind: str) -> str:
    """The role of who issues a document of a kind; a site's record is the contractor's, a garage's its sender's."""
    on_site = kind == "work_record" and any(says("site", line.lower) for line in lines[:_HEAD])
    return "contractor" if on_site else _ISSUER.get(kind, "mentioned")


def is_labelled(line: Plain) -> bool:
    """Whether a line begins with a label before a name: "Seller: …"."""
    hit = labels().at_start(line.lower[:60])
    if hit is None:
        return False
    rest = line.text[hit.end :]
    if hit.phrase in RECEIVED_FROM:
        return True
    spaced = has_han(hit.phrase) and not hit.what.colon and (not rest or rest[0] in " (")
    return spaced or rest.lstrip().startswith(":")


def fills(line: Plain, companies: Sequence[Company]) -> Company | None:
    """The company whose name is most of a line."""
    for company in companies:
        rest = (line.text[: company.start] + line.text[company.end :]).strip(" ,.:|-")
        rest = "" if _FILE_WORD.fullmatch(rest) else rest
        if len(rest) <= 0.6 * (company.end - company.start):
            return company
    return None


def _addressees(lines: Sequence[Plain], greeting: int | None, letterhead: int, told: bool) -> Iterator[Named]:
    """The names of the address; without a greeting only where no label tells (`told`) who is addressed."""
    chinese = next((at for at, line in enumerate(lines[:14]) if at > letterhead and _addressed(line)), None)
    if chinese is not None:
        yield from _addressed_names(lines[chinese])
    elif greeting is not None:
        start = max(letterhead + 1, greeting - _ADDRESSEE_REACH)
        yield from _address_block(lines[start:greeting])
    elif letterhead >= 0 and not told:
        yield from _address_block(lines[letterhead + 1 : _HEAD + 4], persons=False)


def _addressed(line: Plain) -> bool:
    """Whether a line is the address of a Chinese letter: a name and a colon."""
    text = line.text.strip()
    if not text.endswith((":", ";")) or not has_han(text) or len(text) > 60:
        return False
    name = _RESPECT.sub("", text[:-1])
    return bool(companies_in(plain(name))) or is_person(name) or (text.startswith("致") and is_name(name))


def _addressed_names(line: Plain) -> Iterator[Named]:
    lead = _RESPECT.match(line.text.lstrip())
    at = len(line.text) - len(line.text.lstrip()) + (lead.end() if lead else 0)
    for part in re.finditer(r"[^、,;:]+", line.text[at:]):
        found = trimmed(line, at + part.start(), at + part.end())
        if found and is_name(line.text[found[0] : found[1]]):
            yield Named("recipient", *line.span(*found), 0.88, "party.addressee", ":")


def _address_block(lines: Sequence[Plain], persons: bool = True) -> Iterator[Named]:
    """The companies, else the first person, of the lines before "Dear …"."""
    found = [(line, c) for line in lines if not is_labelled(line) and (c := fills(line, companies_in(line)))]
    for line, company in found[:1]:
        yield Named("recipient", *line.span(company.start, company.end), 0.82, "party.addressee", "Dear")
    for line in lines if persons else ():
        span = trimmed(line, 0, len(line.text))
        name = line.text[span[0] : span[1]] if span else ""
        if _not_a_person(name) or is_labelled(line):
            continue
        if span and is_name(name) and is_person(name) and not is_address(name) and not is_position(name):
            if not found or name.split()[0].rstrip(".") in ("Mr", "Mrs", "Ms", "Dr", "Ir", "Messrs"):
                yield Named("recipient", *line.span(*span), 0.65, "party.addressee", "Dear")
            return


def _not_a_person(name: str) -> bool:
    return name.lower().split(" ")[0].rstrip(":.") in _NOT_A_PERSON


def _signatures(pages: Sequence[PageSegments]) -> Iterator[Named]:
    """The companies after the close of a letter, or alone on one of its last lines."""
    for page in pages:
        closed = next((at for at, line in enumerate(page.lines) if opens_with("closing", line.lower)), None)
        if closed is not None:
            yield from _signed(page.lines[closed : closed + _FOOT])
            return
    last = pages[-1].lines[3 if len(pages) == 1 else 0 :][-_LAST_LINES:]
    for at, line in enumerate(last):
        if at < len(last) - 5 and not (at + 1 < len(last) and _DEPARTMENT.search(last[at + 1].text)):
            continue
        company = None if is_labelled(line) or _is_department(last, at) else _signs(line, companies_in(line))
        if company and not line.text.rstrip().endswith(":"):
            yield Named("sender", *line.span(company.start, company.end), 0.7, "party.signature", "signature")


def _is_department(lines: Sequence[Plain], at: int) -> bool:
    """Whether a line names a department for a project, below the company that it belongs to."""
    return at > 0 and bool(_DEPARTMENT.search(lines[at].text)) and bool(companies_in(lines[at - 1]))


def _signs(line: Plain, companies: Sequence[Company]) -> Company | None:
    """The company that fills a line, or begins a Chinese one that goes on with a name and a position."""
    whole = fills(line, companies)
    first = companies[0] if companies else None
    if whole or first is None or not has_han(line.text):
        return whole
    rest = line.text[first.end :]
    return first if first.start <= 1 and len(rest) <= 16 and not re.search(r"[，。；,;]", rest) else None


def _signed(lines: Sequence[Plain]) -> Iterator[Named]:
    why = lines[0].text.strip(" ,.:")
    person = False
    for at, line in enumerate(lines):
        lead = opens_with("behalf", line.lower) or (opens_with("closing", line.lower) if at == 0 else 0)
        if opens_with("salutation", line.lower):
            return
        span = trimmed(line, lead, len(line.text))
        name = line.text[span[0] : span[1]] if span else ""
        if span is None or not is_name(name) or name.lower().startswith("the ") or is_address(name):
            continue
        company = fills(line, [c for c in companies_in(line) if c.start >= lead])
        if company:
            yield Named("sender", *line.span(company.start, company.end), 0.85, "party.signature", why)
        elif lead and at > 0:
            yield Named("sender", *line.span(*span), 0.75, "party.signature", why)
        elif is_person(name) and not person and not is_position(name) and not _not_a_person(name):
            person = True
            yield Named("sender", *line.span(*span), 0.65, "party.signature", why)
