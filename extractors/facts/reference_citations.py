"""Documents that are cited by their date: "your letter dated 14 March 2023", our e-mail of yesterday, 贵方3月14日来函.

The value of such a fact is the citation as it is written. Which day it means is for whoever knows the document's dates;
which document, for whoever knows the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractors.facts.date_words import alternatives, months, weekdays
from extractors.facts.fact import Fact
from extractors.facts.plain import HAN, Plain
from extractors.word_lists import word_list

_RULE, _CITED = "reference", ".cited"
_DOCUMENTS = ("letter", "invoice", "report", "order", "other")
_ROLES = {"invoice": "invoice", "report": "report", "minutes": "other"}
_MONTH = alternatives(months())
_DAY = (
    r"(?:(?:\d{1,2}(?:st|nd|rd|th)?(?:,\s{0,3}| and | & )){0,12}\d{1,2}\s?(?:st|nd|rd|th)?[\s\-](?:day\s+of\s+|of\s+)?"
    rf"(?:{_MONTH})\b\.?"
    rf"(?:[\s,\-]{{0,2}}(?:\d{{4}}|'?\d\d(?![\d:])))?|(?:{_MONTH})\b\.?\s\d{{1,2}}(?!\d)(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
    r"|\d{4}[\-/.]\d{1,2}[\-/.]\d{1,2}(?!\d)|\d{1,2}[\-/.]\d{1,2}[\-/.](?:\d{4}|\d{2})(?!\d)"
    r"|yesterday(?:'s date)?\b|today(?:'s date)?\b|(?:even|the same|same|today's) date\b|the same day\b"
    rf"|(?:last |this )?(?:{alternatives(weekdays())})\b|\d{{1,2}}(?:st|nd|rd|th) (?:inst|ult)(?:ant|imo)?\b\.?)"
)
_NAMED = r"(?:\s+(?:to|from|by)\s+(?:the\s+)?[\w&.' ]{2,40}?)"
_FROM = re.compile(
    r"\b(?:from|by)\s+(?P<name>(?:the\s+)?[A-Z][\w&.' ]{1,40}?)[\s,(]+(?:dated|dtd|dd|of|on|sent|issued|bearing)\b"
)
_SHORT = (
    r"(?:\s*\([^()]{2,40}\)|\s+(?:(?:no|ref|reference|number)\b\.?:?\s*)?(?=[\w/().\-]{0,30}\d)[A-Z0-9][\w/().\-]{0,30}"
    rf"|\s+(?:of|to)\s+(?:intent(?:ion)?\s+(?:of|to)\s+)?[a-z]{{4,}}(?:\s+[a-z]{{4,}})?|{_NAMED})?"
)
_WHEN = re.compile(
    rf"(?:{_SHORT}[\s,(]{{1,9}}(?P<by>of|on|sent(?: on)?|issued(?: on)?|of the)\s+(?:the\s+)?"
    r"|(?:(?!\n[ \t]{0,9}\n)[^;!?]){0,90}?[\s,(](?:dated|dtd\.?|dd\.?|bearing (?:the )?date(?: of)?)\s+(?:the\s+)?)"
    rf"(?:(?:{alternatives(weekdays())}),?\s+)?(?P<day>{_DAY})",
    re.IGNORECASE,
)
_FURTHER = re.compile(rf"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)(?:dated\s+|of\s+)?{_DAY}", re.IGNORECASE)
_DAY_BEFORE = re.compile(rf"(?<![\w.,/\-]){_DAY}\s+\Z", re.IGNORECASE)
_WHO = re.compile(
    r"(?:(?P<owner>\b[Tt]he\s+[a-z]{4,}"
    r"|(?:\b[Tt]he\s+)?[A-Z][\w&.\-]*(?:(?:'s)?\s+(?:[A-Z(][\w&.\-()]*|and|of|&)){0,6})(?:'s|(?<=s)')"
    r"|\b(?P<word>[A-Za-z]+))\s+(?P<between>(?:[A-Za-z][\w\-]{1,14},?\s+){0,3})\Z"
)
_HELD = re.compile(
    r"\s+of\s+(?:the\s+)?(?:[\w\-]+\s+){0,4}meetings?(?:\s+no\.?\s*\d+)?(?:\s+held)?", re.IGNORECASE
)

_NUMERALS = "一二三四五六七八九十"
_ENDS_DAY = (
    re.compile(rf"月\s?(?:\d{{1,2}}|[{_NUMERALS}]{{1,3}})[日号]"),
    re.compile(rf"(?:昨|今|前)[日天]|同日|上周[{_NUMERALS}日]"),
    re.compile(r"20\d\d[\-/.]\d{1,2}[\-/.]\d{1,2}(?!\d)"),
)
"""How a day ends; each begins with what is quickly looked for."""
_BEGINS_DAY = re.compile(
    rf"(?:(?:\d{{2,4}}|[二零〇一三四五六七八九○]{{4}}|[今去本当同前])\s?年)?\s?(?:\d{{1,2}}|[{_NUMERALS}]{{1,2}}|[本上])\s?\Z"
)
_DAY_HAN = (
    rf"(?:(?:\d{{2,4}}|[二零〇一三四五六七八九○]{{4}}|[今去本当同前])\s?年)?\s?(?:\d{{1,2}}|[{_NUMERALS}]{{1,2}})\s?月"
    rf"\s?(?:\d{{1,2}}|[{_NUMERALS}]{{1,3}})\s?[日号]|\d{{4}}[\-/.]\d{{1,2}}[\-/.]\d{{1,2}}(?!\d)"
)
_SENT_HAN = (
    rf"(?:所|(?:[{HAN}]{{2,4}}?)?(?:向|给)[{HAN}]{{1,12}}?)?(?:发出|发来|发送|发|递交|出具|签发|提交|报送|寄送|寄出|送达|作出|下发|下达|印发|回复"
    rf"|致[{HAN}]{{1,16}}?|给[{HAN}]{{1,8}}?)"
)
_NUMBER_HAN = (
    rf"[\(\"]?(?:编号|文号)?:?(?:[{HAN}A-Z]{{1,8}}[\-〔\[(])?[A-Z0-9][A-Za-z0-9\-/〔〕\[\]]{{0,30}}"
    rf"(?:[{HAN}]-[A-Z0-9\-]{{1,20}})?号?[\)\"]?"
)
_QUALIFIERS = "监理|工作|工程|索赔|停工|复工|整改|开工|竣工|付款|工地|例会|周例会|专题|会议|催款|履约|违约|致"
_FUTURE = re.compile(r"[请应须需将拟](?:在|于)?$|不?迟于$|之前$")
"""Right before a day: what is cited is yet to be written."""
_TITLE = r"(?:《(?P<title>[^《》\n]{2,60})》)"
_SIGNS = r"[,，。、;；:：()（）《\"\s]"
_LEADS_UP = re.compile(r".*(?:根据|依据|按照|收到|关于|由于)")
"""Before a firm's name: no part of it."""
_RECEIVED = re.compile(r"\breceiv\w+ (?:[a-z]+ ){0,3}\Z|\breceipt of (?:[a-z]+ ){0,3}\Z", re.IGNORECASE)
_OPENS = re.compile(
    r"\s?[(（\[,，]\s?(?:(?:your|our|the|with)?\s?(?:ref(?:erence)?|no|number|编号|文号|函号)?\s?[.:：]?\s?)"
)
_LOOK_BACK, _BRACKET, _SHORTEST, _MOST = 90, 16, 4, 500
_SURE, _RATHER = 0.85, 0.7


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation says beside its day.

    `sort` is letter, mail, notice, invoice, report or minutes; `side` is yours, ours or theirs, or "" where
    nothing says whose it is; `sender` names who wrote it, as far as the words do ("the Engineer").
    """

    sort: str
    side: str
    sender: str


def citation_of(fact: Fact) -> Citation | None:
    """What the citation says in which a fact stands, or which it is; None for a number that stands in none."""
    _, cited, rest = fact.rule.partition(_CITED)
    if fact.kind != "reference" or not cited:
        return None
    sort, _, side = rest[1:].partition(".")
    return Citation(sort, side, fact.why.partition(":")[0] if side == "theirs" else "")


def is_words(fact: Fact) -> bool:
    """Whether a reference is the words of a citation by date and no number."""
    return _RULE + _CITED in fact.rule


def as_number(rule: str) -> str:
    """The rule of a number that somebody put in the place of words: it tells still what the citation says."""
    return rule.replace(_RULE + _CITED, _CITED)


def citations(text: Plain, document: str) -> Iterator[Fact]:
    """The citations by date on a page; `document` is the text of the whole document."""
    taken = -1
    for start, end, sort, side, why in sorted(
        {*_english(text), *_chinese(text)}, key=lambda f: (f[0], -f[1])
    ):
        if start < taken:
            continue
        taken = end
        place = text.span(start, end)
        value = " ".join(document[slice(*place)].split())
        rule = f"{_RULE}{_CITED}.{sort}" + (f".{side}" if side else "")
        yield Fact(
            "reference", _ROLES.get(sort, "letter"), value, *place, _SURE if side else _RATHER, rule, why
        )


_Found = tuple[int, int, str, str, str]


def _english(text: Plain) -> Iterator[_Found]:
    found: dict[int, _Found] = {}
    for noun in _nouns().finditer(text.lower):
        if text.lower[noun.start() - 1 : noun.start()].isalnum():
            continue
        cited = _behind(text, noun) or _before(text, noun)
        if cited:
            found[cited[1]] = cited  # of "our letter with your notice dated 3 May" the notice
    yield from found.values()


def _behind(text: Plain, noun: re.Match[str]) -> _Found | None:
    """A day behind the word: "your letter GC/L/0145 dated 14 March 2023"."""
    word = noun.group().lower()
    held = _HELD.match(text.text, noun.end()) if "minutes" in word else None
    when = _WHEN.match(text.text, held.end() if held else noun.end())
    if when is None or _words("not_before").match(text.text, noun.end()):
        return None
    start, side, why = _whose(text.text, noun.start())
    if word == "yours":
        side, why = "yours", noun.group()
    if not side and (sender := _FROM.search(text.text, noun.end(), when.end())):
        side, why = "theirs", sender["name"]
    if side == "itself" or (when["by"] and not side and not held):
        return None  # "the letter of 3 May" is too little
    if (when["by"] or "").lower() == "on" and _RECEIVED.search(text.text, max(0, start - _LOOK_BACK), start):
        return None  # the day on which it came
    return start, _last(text.text, when.end()), _sort_of(word), side, why or noun.group()


def _before(text: Plain, noun: re.Match[str]) -> _Found | None:
    """A day before the word, as Americans write: "your March 14, 2023 letter"."""
    low = max(0, noun.start() - _LOOK_BACK)
    day = _DAY_BEFORE.search(text.text, low, noun.start())
    if day is None:
        return None
    start, side, why = _whose(text.text, day.start())
    return (
        (start, noun.end(), _sort_of(noun.group().lower()), side, why) if side not in ("", "itself") else None
    )


def _whose(text: str, at: int) -> tuple[int, str, str]:
    """(where the citation begins, the side, the words that say it) by the words before `at`."""
    low = max(0, at - _LOOK_BACK)
    who = _WHO.search(text[low:at])
    if who is None:
        return at, "", ""
    if who["owner"]:
        return low + who.start(), "theirs", who["owner"]
    words = [*((m.start(), m.group()) for m in re.finditer(r"[A-Za-z\-]+", who.group()))]
    for place, word in reversed(words):
        side = _side_words().get(word.lower())
        if side:
            return low + who.start() + place, side, word
    return at, "", ""


def _last(text: str, end: int) -> int:
    """Where the last day of a list ends: "letters dated 3 March 2023 and 17 March 2023"."""
    further = _FURTHER.match(text, end)
    while further:
        end = further.end()
        further = _FURTHER.match(text, end)
    return end


def _chinese(text: Plain) -> Iterator[_Found]:
    if text.text.isascii():
        return
    for pattern in _ENDS_DAY:
        for day in pattern.finditer(text.text):
            if rest := _han_rest().match(text.text, day.end()):
                yield from _han_citation(text.text, _day_start(text.text, day), rest)
    for found in _han_day_last().finditer(text.text):
        yield from _han_citation(text.text, found.start(), found)


def _day_start(text: str, day: re.Match[str]) -> int:
    begins = (
        _BEGINS_DAY.search(text, max(0, day.start() - 10), day.start()) if day.group()[0] == "月" else None
    )
    return begins.start() if begins else day.start()


def _han_citation(text: str, at: int, found: re.Match[str]) -> Iterator[_Found]:
    noun = _noun_of(found.groupdict())
    if noun is None or _FUTURE.search(text, max(0, at - 4), at):
        return
    before = _han_side().search(text, max(0, at - 24), at)
    if before:
        who = _LEADS_UP.sub("", before["who"])
        side = _side_words().get(who, "theirs")
        yield before.end("who") - len(who), found.end(), _sort_of(noun), side, who
    elif by := _han_writer().match(text, found.start()):
        yield at, found.end(), _sort_of(noun), _side_words().get(by["who"], "theirs"), by["who"]
    elif "\n" not in found.group()[:2]:  # a day at the end of a line is that of its own paper
        yield at, found.end(), _sort_of(noun), _side_words().get(noun, ""), noun


def _noun_of(parts: Mapping[str, str | None]) -> str | None:
    """The word for the document, which may stand at the end of its title: 《关于B区移交的函》."""
    title = parts.get("title") or parts.get("headed")
    named = next((noun for noun in _han_nouns() if title and title.endswith(noun)), None)
    return parts.get("noun") or parts.get("given") or named


@cache
def _data() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = word_list(Path(__file__).with_name("reference_citations.yaml"))
    return loaded


@cache
def _nouns() -> re.Pattern[str]:
    words = (word for sort in _data()["sorts"].values() for word in sort["en"])
    return re.compile(rf"(?:{alternatives(words)})\b")  # it begins with a letter, which is quickly searched


@cache
def _han_nouns() -> tuple[str, ...]:
    words = (word for sort in _data()["sorts"].values() for word in sort["zh"])
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _sorts() -> dict[str, str]:
    return {word: key for key, sort in _data()["sorts"].items() for word in (*sort["en"], *sort["zh"])}


def _sort_of(noun: str) -> str:
    return _sorts()[noun]


@cache
def _side_words() -> dict[str, str]:
    sides = {word: side for side, words in _data()["sides"].items() for word in (*words["en"], *words["zh"])}
    return sides | dict.fromkeys(_data()["itself"], "itself")


@cache
def _words(key: str) -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{alternatives(_data()[key])})\b", re.IGNORECASE)


@cache
def _han_rest() -> re.Pattern[str]:
    """Behind a day: how it was sent, and what it is: 发出的《关于B区移交的函》, 来函."""
    nouns = alternatives(_han_nouns())
    ends = rf"(?={_SIGNS}|$|[中内收已所及和与的悉敬称第要])"
    titled = rf"{_TITLE}\s?(?:的?\(?{_NUMBER_HAN}\)?)?(?:{nouns})?"
    plain = rf"(?:第?{_NUMBER_HAN})?\s?的?(?<!保)(?P<noun>{nouns}){ends}"
    sent = rf"{_SENT_HAN}(?:的|了|过)?\s?(?:{titled}|[{HAN}]{{0,12}}?{plain.replace('<noun>', '<given>')})"
    direct = rf"的?\s?(?:{titled.replace('<title>', '<headed>')}|(?:{_QUALIFIERS}){{0,3}}{plain})"
    return re.compile(rf"[,，]?\s?(?![我已]{{0,2}}方?(?:收到|接到|收悉|接获))(?:{sent}|{direct})")


@cache
def _han_day_last() -> re.Pattern[str]:
    """What it is, and its day in brackets: 来函（JLJG-函-2023-021，2023年3月14日）."""
    noun = rf"(?<!保)(?P<noun>{alternatives(_han_nouns())})"
    titled = rf"(?:{noun}\s?{_TITLE.replace('<title>', '<headed>')}?|{_TITLE})"
    between = r"\s?[(（,，]\s?(?:[^()（）\n]{2,30}?[,，]\s?)?(?:落款|签发|发文)?(?:日期|时间)?(?:为|:)?\s?"
    return re.compile(rf"{titled}{between}(?:{_DAY_HAN})[)）]?")


@cache
def _han_side() -> re.Pattern[str]:
    sides = (word for words in _data()["sides"].values() for word in words["zh"])
    party = (
        r"业主|建设单位|监理单位|监理工程师|总监理工程师|监理机构|监理部|监理|发包人|承包人|施工单位|设计单位|分包单位|分包人|工程师"
        rf"|甲方|乙方|丙方|[{HAN}]{{2,16}}(?:公司|管理局|监理部|项目部|设计院|研究院|中心|指挥部)"
    )
    return re.compile(rf"(?P<who>{alternatives(sides)}|{party})(?:已|曾|又|再次)?(?:[在于]|的)?\s?\Z")


@cache
def _han_writer() -> re.Pattern[str]:
    """Who wrote, behind the day: 2023年3月14日，我方向贵方发出…"""
    sides = (word for words in _data()["sides"].values() for word in words["zh"])
    return re.compile(rf"[,，]?\s?(?P<who>{alternatives(sides)}|业主|发包人|承包人|监理)(?:向|给)")


def with_citations(text: str, numbers: Sequence[Fact], found: Iterable[Fact]) -> Iterator[Fact]:
    """The numbers and the citations of a document with this text, each in its first place.

    Where a number stands in a citation ("your letter GC/L/0145 of 14 March") or in a bracket behind it, the number is
    the reference, and what says whose it is becomes its reason.
    """
    waiting = sorted(numbers, key=lambda fact: fact.start)
    seen: set[str] = set()
    for citation in sorted(found, key=lambda fact: fact.start):
        inside = [n for n in waiting if n.role in _DOCUMENTS and _tells(n) and _is_of(citation, n, text)]
        waiting = [n for n in waiting if n not in inside]
        rule = citation.rule.removeprefix(_RULE)
        yield from (replace(n, rule=n.rule + rule, why=f"{citation.why}: {n.why}") for n in inside)
        if not inside and len(seen) < _MOST and (value := str(citation.value).lower()) not in seen:
            seen.add(value)
            yield citation
    yield from waiting


def _tells(number: Fact) -> bool:
    """Whether a number is long enough to tell a document from others: "Notice No. 12" is told by its day as well."""
    return sum(map(str.isalnum, str(number.value))) >= _SHORTEST


def _is_of(citation: Fact, number: Fact, text: str) -> bool:
    """Whether a number stands in a citation, or in a bracket right behind it: 3月5日来函（编号：JYJG-函-2023-021）."""
    if citation.start <= number.start < citation.end:
        return True
    return citation.end <= number.start < citation.end + _BRACKET and bool(
        _OPENS.fullmatch(text, citation.end, number.start)
    )
