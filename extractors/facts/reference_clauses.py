"""Clauses and articles: FIDIC's "Sub-Clause 20.1", NEC's "X7.1", 通用合同条款第19.1款, 《保险法》第二十三条第一款.

`value` is the number in digits: 第十九条第一款第（二）项 is 19.1(2), as 19.1 is what a contract prints for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.facts.plain import Plain
from extractors.facts.reference_labelled import Numbered

_LETTERED = r"(?:\s?\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)){0,3}"
_OPTION = r"(?:[WXYZ]\d{1,2}|Y\(UK\)\d)(?:\.\d{1,2}){0,2}"
"""NEC's options for disputes (W), secondary options (X, Y) and additional conditions (Z)."""
_NUMBER = rf"(?:\d{{1,3}}[A-Z]?(?:\.\d{{1,3}}){{0,4}}|{_OPTION}){_LETTERED}"
_WORD = re.compile(
    r"(?P<why>sub-?\s?clauses?|clauses?|cls?\.?|articles?|arts?\.|sections?|paragraphs?|para\.|conditions?|gcc|scc|pcc"
    r"|(?:secondary )?options?)\s?(?:nos?\.?\s?)?(?=[\dwxyz])"
)
_VALUE = re.compile(rf"(?P<value>{_NUMBER})(?![\d%])", re.IGNORECASE)
_SIGN = re.compile(rf"(?P<why>§§?)\s?(?P<value>\d{{1,4}}[a-z]?(?:[.\-]\d{{1,4}}){{0,2}}{_LETTERED})(?![\d%])")
_MORE = re.compile(
    r"(?:,| and| &| or|/|;|、|和|及| to| through|-|至)\s?"
    rf"(?P<value>(?:\d{{1,3}}(?:\.\d{{1,3}}){{1,4}}|{_OPTION}){_LETTERED})(?![\d%])"
)
_NUMERAL = "一二三四五六七八九十百零〇"
_ITEM = rf"\(?(?:[{_NUMERAL}]{{1,4}}|\d{{1,2}}|[a-z])\)?"
_CLAUSE_HAN = re.compile(
    r"(?P<law>《[^《》\n]{2,30}》)?"
    rf"第\s?(?P<value>\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}(?:\([{_NUMERAL}\da-z]{{1,3}}\))?|[{_NUMERAL}]{{1,7}})\s?"
    r"(?P<unit>[条款]|(?<=\d)[项目])"
    rf"(?:第\s?(?P<part>{_ITEM})\s?款)?(?:第?\s?(?P<item>{_ITEM})\s?[项目])?(?:约定|规定)?"
)
_LISTED_HAN = re.compile(
    r"(?:条款|第)\s?(?P<value>\d{1,3}(?:\.\d{1,3}){1,4})(?:(?=[、和及至])|(?![\d.%万亿元米吨条款项目])(?<!第))"
)
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
_ALONE = re.compile(rf"(?P<value>X\d{{1,2}}\.\d{{1,2}}{_LETTERED})\b")
_LEADS = re.compile(r"\b(?:under|per|by|and) \Z")
"""NEC's secondary options are cited without the word: "under X7.1"."""
_SURE = {"sub": 0.92, "cl": 0.92, "gcc": 0.92, "art": 0.8, "opt": 0.8}
_RATHER, _SIGN_SURE, _HAN_SURE = 0.6, 0.75, 0.9


def clauses(text: Plain, kind: str) -> Iterator[Numbered]:
    """The clauses that a page cites; in a contract, not the headings of its own."""
    for word in _WORD.finditer(text.lower):
        found = _VALUE.match(text.text, word.end())
        if found and _is_cited(text, word, found.group("value"), kind):
            why = text.text[slice(*word.span("why"))]
            yield from _with_more(text, found, _sure(why), why)
    for found in _SIGN.finditer(text.text):
        yield from _with_more(text, found, _SIGN_SURE, found.group("why"))
    for found in _ALONE.finditer(text.text):
        if _LEADS.search(text.text, max(0, found.start() - 7), found.start()):
            yield from _with_more(text, found, _RATHER, found.group())
    if not text.text.isascii():
        yield from _chinese(text, kind)


def _chinese(text: Plain, kind: str) -> Iterator[Numbered]:
    for found in _CLAUSE_HAN.finditer(text.text):
        if found.group("unit") in "项目" and "." not in found.group("value"):
            continue  # the seventh item of a list is no clause
        if not (kind == "contract" and at_line_start(text.text, found.start())):
            yield _clause(text, found, _HAN_SURE, found.group())
    for found in _LISTED_HAN.finditer(text.text):
        if not (kind == "contract" and at_line_start(text.text, found.start())):
            yield from _with_more(text, found, _HAN_SURE - 0.1, found.group())


def _with_more(text: Plain, found: re.Match[str], sure: float, why: str) -> Iterator[Numbered]:
    yield _clause(text, found, sure, why)
    more = _MORE.match(text.text, found.end())
    while more:
        yield _clause(text, more, sure - 0.05, why)
        more = _MORE.match(text.text, more.end())


def _is_cited(text: Plain, found: re.Match[str], value: str, kind: str) -> bool:
    word = found.group("why")
    if text.text[found.start() - 1 : found.start()].isalnum():
        return False  # the end of another word
    option = value[0].isalpha()
    plainly = "." in value or "(" in value or (option and value[0].isupper())
    if (
        option
        and (not value[0].isupper() or word.startswith(("sec", "para", "art")))
        and not word.startswith("secondary")
    ):
        return False
    if "option" in word and not option:
        return False  # "Option 2" of an offer
    own = kind == "contract" and not word.startswith("sub")
    if own and at_line_start(text.text, found.start()):
        return False
    return plainly or (_names_clause(word) and word not in ("cl", "cls"))


def _names_clause(word: str) -> bool:
    """Whether a word is used of clauses alone: "Clause 20" is one, "Section 2" may be a part of the works."""
    return word.startswith(("sub", "cl", "art", "gcc"))


def _sure(word: str) -> float:
    low = word.lower().removeprefix("secondary ")
    return next((sure for start, sure in _SURE.items() if low.startswith(start)), _RATHER)


def _clause(text: Plain, found: re.Match[str], sure: float, why: str) -> Numbered:
    parts = found.groupdict()
    value = _in_digits(found.group("value"))
    value += f".{_in_digits(parts['part'])}" if parts.get("part") else ""
    value += f"({_in_digits(parts['item'])})" if parts.get("item") else ""
    first = found.start("value")
    last = max(found.end(name) for name in ("value", "part", "item") if parts.get(name))
    return Numbered("clause", value, *text.span(first, last), round(sure, 2), "reference.clause", why)


def _in_digits(numeral: str) -> str:
    bare = numeral.replace(" ", "").replace("\n", "")
    inner = bare.strip("()")
    if inner and all(c in _NUMERAL for c in inner):
        return str(_han_number(inner))
    return inner if bare.startswith("(") else bare


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


def at_line_start(text: str, at: int) -> bool:
    """Whether only signs stand before `at` on its line, as before a heading."""
    before = text[max(0, at - 12) : at]
    return (at <= 12 or "\n" in before) and not before[before.rfind("\n") + 1 :].strip(" #*")
