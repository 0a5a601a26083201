"""A title for an event from the sentence that tells of it, in the sentence's language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pipeline.wording import vocabulary

LONGEST, LONGEST_HAN = 80, 30
"""Letters of a title."""
_NUMBER = re.compile(
    r"^\s*(?:[-•*·–▪●○]\s*|\(?[0-9]{1,2}(?:(?:\.[0-9]+)+[.)、]?|[.)、])\s+|[(（]?[一二三四五六七八九十]+[)）、.]\s*)+"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TIME = r"(?:,?\s*(?:at\s+)?(?:about\s+|around\s+)?\d{1,2}[:.]\d{2}\s*(?:hrs|hours|am|pm)?)?"
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+\d{{4}})?|{_MONTH}\s+\d{{1,2}}(?!\d)(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?"
    r"|\d{4}-\d\d-\d\d)"
)
_DATE = re.compile(
    r"[(（]?\b(?:(?:on|since|from|of|until|till|between|to|and)\s+)*"
    r"(?:the\s+(?:morning|afternoon|evening|night)\s+of\s+)?"
    rf"(?:\w{{3,6}}day,?\s+)?{_DAY}{_TIME}[)）]?,?\s*",
    re.IGNORECASE,
)
_DATE_HAN = re.compile(
    r"(?:自|从|于|至|到)?(?:[0-9〇零一二三四五六七八九]{2,4}年)?[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}[日号]"
    r"(?:(?:上午|下午|凌晨|晚|夜间)?[0-9一二三四五六七八九十]{0,3}[时点]?[0-9]{0,2}分?)?"
    r"(?:[至到、—-][0-9一二三四五六七八九十]{1,3}[日号])?(?:起|至|到|，|,|、)*"
)
_CUT = re.compile(r"[;；。!！?？]|, (?:and|which|so|but|as|because|where)\b|，")
_EDGE = " ,，;；:：.。-–、()（）"


def title_of(text: str, language: str) -> str:
    """The sentence without its number, its dates and what leads up to it, cut at the end of a clause."""
    han = language.startswith("zh")
    plain = _NUMBER.sub("", text)
    plain = (_DATE_HAN if han else _DATE).sub("" if han else " ", plain)
    plain = _without_leads(" ".join(plain.split()).strip(_EDGE))
    title = _shortened(plain, LONGEST_HAN if han else LONGEST) or text[:LONGEST]
    return title[:1].upper() + title[1:]


def _without_leads(text: str) -> str:
    found = _leads().match(text)
    while found is not None:
        text = text[found.end() :].strip(_EDGE)
        found = _leads().match(text)
    return text


def _shortened(text: str, most: int) -> str:
    """As many clauses as there is room for, the first one cut at a word if it is too long itself."""
    ends = [match.start() for match in _CUT.finditer(text) if 0 < match.start() <= most]
    if len(text) <= most:
        return text.strip(_EDGE)
    if ends and ends[-1] >= most // 3:
        return text[: ends[-1]].strip(_EDGE)
    cut = text[:most]
    return (cut.rpartition(" ")[0] or cut).strip(_EDGE) + "…"


@cache
def _leads() -> re.Pattern[str]:
    words = vocabulary(Path(__file__).with_name("telling.yaml"))["leads"]
    said = sorted((word for found in words.values() for word in found), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, said))})(?=[^a-z]|$)", re.IGNORECASE)
