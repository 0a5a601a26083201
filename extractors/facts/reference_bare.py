"""Reference numbers without a label: clauses, serial numbers, and codes shaped like a reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from extractors.facts.plain import Plain
from extractors.facts.reference_clauses import clauses
from extractors.facts.reference_labelled import REF_WORDS, Numbered, labels
from extractors.facts.reference_plates import plates
from extractors.facts.reference_shapes import BARE, HAN_NUMBER, SPACED, is_bare, is_mark, role_of_shape
from extractors.facts.reference_signs import vins
from extractors.facts.segments import PageSegments

_MEANT = re.compile(r" ?(?:号|设计变更|变更|指令|通知)")
"""Behind a short code: it is the number of something and not a mark."""
_SERIAL = re.compile(r" ?N[o0º°][.:]{0,2} ?(?P<value>\d{2,12}) ?", re.IGNORECASE)
_SERIAL_HAN = re.compile(r" ?第 ?(?P<value>\d{6,30}) ?号 ?")
_PAPER = re.compile(
    r"report|instruction|notice|order|record|diary|invoice|receipt|日志|日报|报告|记录|发票|收据|认定书|证明书|决定书|单$"
)
_OWN = {
    "invoice": "invoice",
    "work_record": "report",
    "inspection_report": "report",
    "correspondence": "letter",
}
_FIELD_PAPER = re.compile(
    r"(?<![A-Za-z0-9/.\-])(?:RFI|NCR|CVI|EWN|EWR|PMI|VOR|RFA|ITR|SWI|CEN|NCE) "
    r"(?P<number>\d{2,5})(?![\d.,:/%]*\d|%)"
)
"""The usual short names of papers on site, with their number behind a space: `see RFI 0231`."""
_CONTEXT = 36
_HEAD = 14


def bare(text: Plain, kind: str) -> Iterator[Numbered]:
    """All unlabelled reference numbers of a page."""
    yield from clauses(text, kind)
    yield from vins(text)
    yield from plates(text)
    yield from _codes(text, kind)


def _codes(text: Plain, kind: str) -> Iterator[Numbered]:
    for found in BARE.finditer(text.text):
        value = found.group().rstrip("-/._")
        if is_bare(value):
            code = _code(text, found.start(), value)
            meant = code.role != "other" or _MEANT.match(text.text, found.start() + len(value))
            if (meant or not is_mark(value)) and (kind != "invoice" or _on_invoice(code)):
                yield code
    yield from _spaced(text)
    yield from _field_papers(text)
    yield from _official(text)


def _on_invoice(code: Numbered) -> bool:
    """Whether a code on an invoice numbers a paper; most there are numbers of articles."""
    value = code.value
    known = value[:2].isalpha() and code.role != "other"
    return code.rule == "reference.context" or known or value[:3].isalpha()


def _spaced(text: Plain) -> Iterator[Numbered]:
    """Codes into which OCR put spaces."""
    for found in SPACED.finditer(text.text):
        if any(c.isspace() for c in found.group()):
            code = _code(text, found.start(), "".join(found.group().split()))
            start, end = text.span(*found.span())
            yield replace(code, start=start, end=end, confidence=0.7, rule="reference.spaced")


def _field_papers(text: Plain) -> Iterator[Numbered]:
    for found in _FIELD_PAPER.finditer(text.text):
        name = found.group()[:3]
        role = role_of_shape(f"{name}-{found.group('number')}") or "letter"
        yield Numbered(role, found.group(), *text.span(*found.span()), 0.75, "reference.field_paper", name)


def _official(text: Plain) -> Iterator[Numbered]:
    """Numbers of official letters: 云新司函〔2023〕87号."""
    for found in HAN_NUMBER.finditer(text.text) if "号" in text.text else ():
        label = labels().at_start(found.group().lower())
        start = found.start() + (label.end if label and label.what.full else 0)
        value, place = text.text[start : found.end()], text.span(start, found.end())
        yield Numbered("letter", value, *place, 0.85, "reference.official", "〔年份〕号")


def own_line(page: PageSegments) -> Iterator[Numbered]:
    """A code that stands alone on one of the first lines of a letter: the letter's own number."""
    for segment, line in zip(page.segments[:_HEAD], page.lines, strict=False):
        value = line.text.strip(" .")
        if segment.column == 0 and BARE.fullmatch(value) and is_bare(value):
            at = line.text.index(value)
            yield Numbered("letter", value, *line.span(at, at + len(value)), 0.8, "reference.own_line", value)
            return
        if line.lower.startswith(("dear ", "尊敬的")):
            return


def serial(page: PageSegments, kind: str) -> Iterator[Numbered]:
    """The number of an invoice, or under a report's name, that stands at its head behind a lone "No" or in 第…号."""
    role = _OWN.get(kind)
    for at, line in enumerate(page.lines[:_HEAD] if role else ()):
        found = _SERIAL.fullmatch(line.text) or _SERIAL_HAN.fullmatch(line.text)
        named = any(_PAPER.search(above.lower) for above in page.lines[max(0, at - 3) : at + 4])
        if role and found and (named or (kind == "invoice" and len(found.group("value")) >= 7)):
            place = line.span(*found.span("value"))
            yield Numbered(role, found.group("value"), *place, 0.8, "reference.serial", line.text)
            return


def _code(text: Plain, at: int, value: str) -> Numbered:
    """The role by the nearest label word before the code, else by its letters."""
    before = text.lower[max(0, at - _CONTEXT) : at]
    words = [
        h
        for h in labels().find(before)
        if h.what.role not in ("ignore", "by_kind", "of_bills", "vin", "plate", "other")
    ]
    span = text.span(at, at + len(value))
    role = role_of_shape(value)
    decides = words and not (
        role and words[-1].phrase in REF_WORDS
    )  # "ref" alone says less than the number's letters
    if decides and (role is None or len(before) - words[-1].end <= 3):
        return Numbered(words[-1].what.role, value, *span, 0.75, "reference.context", words[-1].phrase)
    if role:
        return Numbered(role, value, *span, 0.65, "reference.shape", value)
    return Numbered("other", value, *span, 0.5, "reference.shape", value)
