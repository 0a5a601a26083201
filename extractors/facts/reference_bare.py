"""Reference numbers without a label: clauses, chassis numbers, plates, and codes shaped like a reference."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.facts.plain import Plain
from extractors.facts.reference_labelled import Numbered, labels
from extractors.facts.reference_shapes import BARE, HAN_NUMBER, is_bare, role_of_shape
from extractors.facts.segments import PageSegments

_CLAUSE = re.compile(
    r"\b(?P<why>sub-?\s?clauses?|clauses?|cl\.|articles?|art\.|sections?|paragraphs?|para\.|conditions?|gcc|scc|pcc)\s?"
    r"(?:nos?\.?\s?)?(?P<value>\d{1,3}[A-Z]?(?:\.\d{1,3}){0,4}(?:\s?\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)){0,3})(?![\d%])",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:,| and| &| or|/|;|、|和|及)\s?(?P<value>\d{1,3}(?:\.\d{1,3}){1,4}(?:\s?\([a-z\d]{1,3}\)){0,2})(?![\d%])"
)
_CLAUSE_HAN = re.compile(
    r"第\s?(?P<value>\d{1,3}(?:\.\d{1,3}){0,4}(?:\([一二三四五六七八九十\da-z]{1,3}\))?|[一二三四五六七八九十百零〇]{1,7})\s?[条款](?:约定|规定)?"
)
_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Za-z0-9])")
_VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-NP-Z] ?[·•.\-]? ?"
    r"(?:[DF][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Za-z0-9])"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_CONTEXT = 36
_HEAD = 14


def bare(text: Plain, kind: str) -> Iterator[Numbered]:
    """All unlabelled reference numbers of a page."""
    yield from _clauses(text, kind)
    yield from _vins(text)
    yield from _plates(text)
    yield from _codes(text, kind)


def _clauses(text: Plain, kind: str) -> Iterator[Numbered]:
    for found in _CLAUSE.finditer(text.text):
        word = found.group("why")
        plainly = "." in found.group("value") or "(" in found.group("value")
        if (kind == "contract" and _at_line_start(text.text, found.start())) or not (
            plainly or _names_clause(word)
        ):
            continue
        sure = (
            0.92
            if word.lower().startswith(("sub", "cl", "gcc"))
            else 0.8
            if word.lower().startswith("art")
            else 0.6
        )
        yield _clause(text, found, sure, word)
        more = _MORE.match(text.text, found.end())
        while more:
            yield _clause(text, more, sure - 0.05, word)
            more = _MORE.match(text.text, more.end())
    for found in _CLAUSE_HAN.finditer(text.text):
        if not (kind == "contract" and _at_line_start(text.text, found.start())):
            yield _clause(text, found, 0.9, found.group())


def _clause(text: Plain, found: re.Match[str], sure: float, why: str) -> Numbered:
    value = found.group("value")
    if not value[0].isdigit():
        value = str(_han_number(value))
    return Numbered(
        "clause",
        value.replace(" ", ""),
        *text.span(*found.span("value")),
        round(sure, 2),
        "reference.clause",
        why,
    )


def _names_clause(word: str) -> bool:
    """Whether a word is used of clauses alone: "Clause 20" is one, "Section 2" may be a part of the works."""
    return word.lower().startswith(("sub", "cl", "art", "gcc"))


def _at_line_start(text: str, at: int) -> bool:
    before = text[max(0, at - 12) : at]
    return (at <= 12 or "\n" in before) and not before[before.rfind("\n") + 1 :].strip(" #*")


def _han_number(numeral: str) -> int:
    """The number that Chinese numerals below a thousand say: 二十三 is 23, 一百零五 is 105."""
    total, digit = 0, 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
    return total + digit


def vin_is_consistent(vin: str) -> bool:
    """Whether the ninth character is the check digit of 49 CFR 565.15; North American ones must, others may."""
    total = sum(
        w * (_VIN_VALUES[c] if c.isalpha() else int(c)) for w, c in zip(_VIN_WEIGHTS, vin, strict=True)
    )
    return vin[8] == "0123456789X"[total % 11]


def _vins(text: Plain) -> Iterator[Numbered]:
    for found in _VIN.finditer(text.text):
        vin = found.group()
        letters = sum(1 for c in vin if c.isalpha())
        good = vin_is_consistent(vin)
        if letters < (3 if good else 4) or letters > 14 or not vin[-4:].isdigit():
            continue
        yield Numbered(
            "vin", vin, *text.span(*found.span()), 0.95 if good else 0.6, "reference.vin", "17 characters"
        )


def _plates(text: Plain) -> Iterator[Numbered]:
    for found in _PLATE.finditer(text.text):
        value = found.group()
        if sum(1 for c in value if c.isdigit()) >= 2:
            yield Numbered(
                "plate", value.replace(" ", ""), *text.span(*found.span()), 0.93, "reference.plate", value[:2]
            )


def _codes(text: Plain, kind: str) -> Iterator[Numbered]:
    for found in BARE.finditer(text.text):
        value = found.group().rstrip("-/._")
        if is_bare(value):
            code = _code(text, found.start(), value)
            if (
                kind != "invoice"
                or code.rule == "reference.context"
                or (value[:2].isalpha() and code.role != "other")
                or value[:3].isalpha()
            ):
                yield code
    for found in HAN_NUMBER.finditer(text.text):
        yield Numbered(
            "letter", found.group(), *text.span(*found.span()), 0.85, "reference.official", "〔年份〕号"
        )


def own_line(page: PageSegments) -> Iterator[Numbered]:
    """A code that stands alone on one of the first lines of a letter: the letter's own number."""
    for line in page.lines[:_HEAD]:
        value = line.text.strip(" .")
        if BARE.fullmatch(value) and is_bare(value):
            at = line.text.index(value)
            yield Numbered("letter", value, *line.span(at, at + len(value)), 0.8, "reference.own_line", value)
            return
        if line.lower.startswith(("dear ", "尊敬的")):
            return


def _code(text: Plain, at: int, value: str) -> Numbered:
    """The role by the nearest label word before the code, else by its letters."""
    before = text.lower[max(0, at - _CONTEXT) : at]
    words = [
        h for h in labels().find(before) if h.what.role not in ("ignore", "by_kind", "vin", "plate", "other")
    ]
    span = text.span(at, at + len(value))
    role = role_of_shape(value)
    if words and (role is None or len(before) - words[-1].end <= 3):
        return Numbered(words[-1].what.role, value, *span, 0.75, "reference.context", words[-1].phrase)
    if role:
        return Numbered(role, value, *span, 0.65, "reference.shape", value)
    return Numbered("other", value, *span, 0.5, "reference.shape", value)
