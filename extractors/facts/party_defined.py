"""Names that a document says are the same: defined short names, initials, names in two scripts side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from extractors.facts.fact import Fact
from extractors.facts.party_forms import companies_in
from extractors.facts.party_heads import fills
from extractors.facts.party_labelled import labels
from extractors.facts.party_names import is_name
from extractors.facts.party_tie import Name, NamedPage, Tie
from extractors.facts.plain import HAN, Plain, has_han
from extractors.facts.segments import Segment
from extractors.word_lists import word_list

_REACH = 170
"""A definition stands at most so many characters behind the name: an address or a number may come between."""
_BRACKET = re.compile(r"\((?P<inside>[^()]{2,110})\)")
_QUOTED = re.compile(r"[\"'](?P<name>[^\"'()]{2,40}?)[\"']")
_DEFINES_EN = re.compile(
    r"(?:herein ?after|hereafter|herein|henceforth)"
    r"(?: (?:collectively |jointly )?(?:referred to as|called|known as|termed))?|"
    r"(?:referred to as|known as|trading as|abbreviated(?: to| as)?|in short|also called|t/a|f/k/a|a\.?k\.?a\.?"
    r"|formerly(?: known as)?)",
    re.IGNORECASE,
)
_DEFINES_ZH = re.compile(
    r"(?:以下|下文|下称|本文)?(?:统?简称|统称|下称|又称|亦称|曾用名|原名)(?:为|是|:)? ?[:\"']*"
)
_UNQUOTED = re.compile(
    rf"[ :]*(?:the |as )?(?P<name>[A-Z][\w&.\-]*(?: [A-Z&][\w&.\-]*){{0,4}}|[{HAN}A-Za-z0-9]{{2,14}})"
)
_BETWEEN_PAIR = re.compile(
    r"\s?[(/|]\s?| {1,4}|\t|\s?\((?:English name|Chinese name|英文名称|英文名|中文名称|中文名|中文)[:：]? ?",
    re.I,
)
_HEAD_ROWS, _FOOT_ROWS = 8, 6
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&]{1,9}")
_WORD = re.compile(r"[A-Za-z0-9]+|&")
_SMALL = frozenset(["of", "and", "the", "&", "for", "de", "la", "du", "der", "und", "et", "y"])


@cache
def _never() -> frozenset[str]:
    """Words that stand for a role or for anybody, and for no party's name."""
    return frozenset(word_list(Path(__file__).with_suffix(".yaml"))["never"])


def defined(pages: Sequence[NamedPage], parties: Sequence[Fact]) -> Iterator[Tie]:
    """The definitions, initials and pairs of all pages."""
    labelled = {fact.start for fact in parties if fact.role in ("recipient", "copied")}
    initials = {letters: name for named in pages for name in named.names for letters in _initials(name)}
    for named in pages:
        yield from _definitions(named)
        yield from _pairs(named, labelled)
        yield from _in_text(named, initials)


def is_short_name(name: str) -> bool:
    """Whether a defined word can be a party's short name, and not the name of a role ("the Contractor", 甲方)."""
    word = re.sub(r"^(?:the|this) ", "", name.strip().lower())
    if word in _never() or not is_name(name):
        return False
    hit = labels().at_start(word)
    return hit is None or hit.end < len(word.rstrip("s"))


def _definitions(named: NamedPage) -> Iterator[Tie]:
    text = named.page.plain
    for at, name in enumerate(named.names):
        following = named.names[at + 1].start if at + 1 < len(named.names) else named.page.page.end
        stop = min(name.end + _REACH, named.page.page.end)
        first = _index(named, name.end)
        for start, end in _defined_behind(text.text, first, first + stop - name.end):
            place = text.span(start, end)
            other = text.text[start:end].strip(" \"'.,")
            within = place[0] < following or named.before(place[0] + 1, 0) == name or _inside(named, place)
            if within and is_short_name(other) and other.lower() != name.text.lower():
                yield Tie("defined", name.text, other, name.start, place[1])


def _inside(named: NamedPage, place: tuple[int, int]) -> bool:
    """Whether the defined word is itself the next name on the page, and nothing else stands before it."""
    return any(n.start == place[0] for n in named.names)


def _index(named: NamedPage, offset: int) -> int:
    """The place in the page's plain text of a place in the document (its first character at or after it)."""
    plain = named.page.plain
    low, high = 0, len(plain.text)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if plain.origin(middle) < offset else (low, middle)
    return low


def _defined_behind(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The slices of the short names that are defined between `start` and `end` of a text."""
    for bracket in _BRACKET.finditer(text, start, end):
        inside = bracket.span("inside")
        quoted = list(_QUOTED.finditer(text, *inside))
        says = _DEFINES_EN.search(text, *inside) or _DEFINES_ZH.search(text, *inside)
        near = bracket.start() - start <= 2
        if quoted and (says or near):
            yield from (q.span("name") for q in quoted)
        elif says:
            yield from _unquoted(text, says.end(), inside[1])
        elif near and _abbreviates(text[slice(*inside)], text[max(0, start - 90) : start]):
            yield inside
        return
    says = _DEFINES_ZH.search(text, start, min(end, start + 30)) or _DEFINES_EN.match(text, start + 1, end)
    if says and says.start() - start <= 24 and not text[start : says.start()].strip(" ,、;"):
        quoted = list(_QUOTED.finditer(text, says.end() - 1, min(end, says.end() + 44)))[:1]
        yield from (q.span("name") for q in quoted) if quoted else _unquoted(text, says.end(), end)


def _unquoted(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    found = _UNQUOTED.match(text, start, end)
    if found and "和" not in found.group("name"):
        yield found.span("name")


def _abbreviates(short: str, before: str) -> bool:
    """Whether a word in brackets is made of the name before it: Harbour Civil Ltd (HCL), 港务土木有限公司(港务土木)."""
    if has_han(short):
        rest = iter(before[-30:])
        return 2 <= len(short) <= 8 and has_han(before[-3:]) and all(char in rest for char in short)
    if not _ACRONYM.fullmatch(short):
        return False
    words = [w for w in _WORD.findall(before) if w[0].isupper() or w == "&"]
    letters = "".join(w[0] for w in words)
    return letters.endswith(short) or letters[:-1].endswith(short) or letters.replace("&", "").endswith(short)


def _initials(name: Name) -> Iterator[str]:
    """The initials of a company's name of three words or more: HCL of Harbour Civil Ltd."""
    words = [w for w in _WORD.findall(name.text) if w.lower() not in _SMALL]
    if name.company and 3 <= len(words) <= 8 and all(word.isascii() and word.isalpha() for word in words):
        yield "".join(w[0] for w in words).upper()


def _in_text(named: NamedPage, initials: dict[str, Name]) -> Iterator[Tie]:
    """Words of capitals that are a company's initials, where both stand in the same document."""
    if not initials:
        return
    text = named.page.plain
    for match in re.finditer(r"(?<![\w.&/-])[A-Z]{3,8}(?![\w&/-])", text.text):
        if match.group() in initials:
            place = text.span(*match.span())
            yield Tie("initials", initials[match.group()].text, match.group(), *place)


def _pairs(named: NamedPage, addressed: set[int]) -> Iterator[Tie]:
    """Names in two scripts with nothing between them: in one line, or one below the other at head and foot."""
    names = [n for n in named.names if n.company]
    for first, second in pairwise(names):
        if has_han(first.text) == has_han(second.text) or second.start in addressed:
            continue
        between = named.page.source[first.end : second.start]
        one_line = "\n" not in between and _BETWEEN_PAIR.fullmatch(between.replace("（", "("))
        if one_line or _stacked(named, first, second):
            yield Tie("pair", first.text, second.text, first.start, second.end)


def _stacked(named: NamedPage, first: Name, second: Name) -> bool:
    """Whether two names fill two lines, one below the other, and no third company stands beside them there."""
    segments = named.page.segments
    lines = [_line_of(segments, n) for n in (first, second)]
    if lines[0] is None or lines[1] is None or lines[1] - lines[0] != 1:
        return False
    head = named.first and lines[1] <= _HEAD_ROWS
    foot = named.last and lines[0] >= len(segments) - _FOOT_ROWS
    texts = [named.page.lines[at] for at in (lines[0], lines[1])]
    filled = all(fills(text, companies_in(text)) for text in texts)
    around = [at for at in (lines[0] - 1, lines[1] + 1) if 0 <= at < len(segments)]
    alone = not any(_is_company(named.page.lines[at]) for at in around)
    return (head or foot) and filled and alone and not texts[0].text.rstrip().endswith((":", "、", ",", ";"))


def _is_company(line: Plain) -> bool:
    return ":" not in line.text and fills(line, companies_in(line)) is not None


def _line_of(segments: Sequence[Segment], name: Name) -> int | None:
    return next((at for at, s in enumerate(segments) if s.start <= name.start and name.end <= s.end), None)
