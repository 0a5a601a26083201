"""Finds names of companies and bodies by their form: "… Ltd", "… Authority", "…有限公司", "…设计院"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path

from extractors.facts.phrases import Phrases
from extractors.facts.plain import HAN, Plain, has_han, vocabulary

_TOKEN = re.compile(r"[^\s,;:]+[,;:]*")
_NEAR = 8
_LINE = 200
_REACH = 110
"""A name begins at most so many characters before its form."""
_MOST_WORDS = 9
_INITIALS = re.compile(
    r"(?:[A-Z]\.)+(?:[A-Z]\.?)?$|(?:Co|St|Bros|Intl|Mt|Sdn|Pte|Pty|Pvt|Messrs)\.$", re.IGNORECASE
)
_NAME_WORD = re.compile(r"[(\"'«]?(?:[A-Z0-9À-ÞĀ-Ž]|[a-z]{1,2}[A-Z])[\w&'./()\-À-ÿ]*$|\(M\)$|&$|\+$")
_OF = re.compile(r"(?: (?:of|for|and) (?:the )?[A-Z][\w\-]+(?: [A-Z][\w\-]+){0,4}){1,4}")
_HAN_RUN = re.compile(rf"[{HAN}A-Za-z0-9·()&\-]{{1,40}}$")
_DAY = re.compile(r"\d月\d{1,2}日")
_HAN_LETTER = re.compile(rf"[{HAN}]")
_TRADES = (
    "管理|投资|物业|连锁|经营|餐饮|旅游|工程|建设|建筑|设计|咨询|服务|科技|技术|贸易|商贸|设备|用品|实业|发展|开发|置业|文化|信息|资产|后勤|勘察|监理"
    "|检测|装饰|装修|制造|机械|机电|材料|建材|维修|汽车|零售|运营|健康|教育|物流|供应链"
)
"""What may stand between a house and the legal form of who runs it: 酒店管理有限公司, 医院投资管理集团有限公司."""
_CORPORATE = re.compile(
    rf"(?:{_TRADES}){{0,4}}(?:\([{HAN}]{{2,8}}\))?(?:集团|控股)?(?:\([{HAN}]{{2,8}}\))?(?:股份)?(?:有限(?:责任)?公司|公司)"
)
_OURS = re.compile(r"[本我贵该你此各两]|其他|上述|对方")
_ITEM = re.compile(r"\(\w{1,2}\)$")
_CODE = re.compile(r"(?=\d*\.)[\d.]*\d|[A-Z]{1,6}[-/].*\d.*|[A-Z]{0,4}\d{5,}[A-Z]?")
"""A number of a clause or a code: it opens no name."""
_LINE_WRAPS = 45
_HAN_WRAPS = 18
_WRAPS = 0.55
"""A line wraps that is longer than so much of the page's longest line ..."""
_UNWRAPPED = 250
"""... but none does where a line is as long as that: there a line is a paragraph."""
_SMALL_FORMS = ("plc",)
_ABBREVIATED = re.compile(r"\.[A-Za-z]\Z")
"""The end of "S.L" and "B.V", to which the point behind it belongs."""
_PARTICLES = frozenset(
    ("Van", "De", "La", "Le", "Du", "Di", "Da", "Den", "Der", "Von", "VAN", "DE", "LA", "DU", "VON")
)
"""Small words that open a name when they are written large: "Van der Velde B.V."."""


@dataclass(frozen=True, slots=True)
class Company:
    """A name at `start:end` of a plain text; `cue` is the role word it follows without a break ("承包人…")."""

    start: int
    end: int
    confidence: float
    cue: str = ""


@dataclass(frozen=True)
class _Vocabulary:
    latin: Phrases[float]
    han: Phrases[float]
    small: frozenset[str]
    ends: frozenset[str]
    opens: frozenset[str]
    not_first: frozenset[str]
    positions: frozenset[str]
    stop: Phrases[None]
    keep: tuple[str, ...]
    never: frozenset[str]
    extend: re.Pattern[str]


@cache
def _known() -> _Vocabulary:
    forms = vocabulary(Path(__file__).parent, "company_forms.yaml")
    latin, han = forms["latin"], forms["han"]
    roles = vocabulary(Path(__file__).parent, "party_labels.yaml")
    labels = [p for sorts in roles.values() for p in sorts["plain"] if has_han(p)]
    return _Vocabulary(
        latin=Phrases([(f, 0.9) for f in latin["strong"]] + [(f, 0.55) for f in latin["body"]]),
        han=Phrases([(f, 0.9) for f in han["strong"]] + [(f, 0.7) for f in han["body"]]),
        small=frozenset(latin["small"]),
        ends=frozenset(w.lower() for w in latin["strong"] + latin["ends"]),
        opens=frozenset(latin["opens"]),
        not_first=frozenset(latin["not_first"]),
        positions=frozenset(forms["persons"]["positions"]),
        stop=Phrases((word, None) for word in {*han["stop"], *labels}),
        keep=tuple(han["keep"]),
        never=frozenset(han["never"]),
        extend=re.compile(rf"[{HAN}A-Za-z0-9()]{{1,14}}?(?:{'|'.join(han['extend'])})"),
    )


def companies_in(text: Plain) -> list[Company]:
    """The names of companies and bodies in a text, in order of place; none overlaps another."""
    full = _full_line(text.text)
    found = sorted([*_latin(text, full), *_han(text, full)], key=lambda c: (c.start, -c.end))
    kept: list[Company] = []
    for company in found:
        if not kept or company.start >= kept[-1].end:
            kept.append(company)
    return kept


def _full_line(text: str) -> float:
    """How long a line is at least that goes on in the next one; no line does where lines are paragraphs."""
    longest = max(map(len, text.split("\n"))) if "\n" in text else 0
    return inf if longest > _UNWRAPPED else _WRAPS * longest


def _latin(text: Plain, full: float) -> Iterator[Company]:
    hits = [
        h
        for h in _known().latin.find(text.lower)
        if (text.text[h.start].isupper() or text.text[h.start : h.end] in _SMALL_FORMS)
        and text.text[h.end : h.end + 1] not in ("/", "_")
    ]
    at = 0
    while at < len(hits):
        hit, end, confidence = hits[at], hits[at].end, hits[at].what
        at += 1
        while at < len(hits) and _adjoins(text.text, end, hits[at].start):
            end, confidence = hits[at].end, max(confidence, hits[at].what)
            at += 1
        opening = confidence < 0.9 and text.text[hit.start : hit.end] in _known().opens
        start = _name_start(text.text, hit.start, not opening, confidence >= 0.9, full)
        end = _with_of(text.text, end) if opening else end
        if start == hit.start and not (confidence < 0.9 and end > hit.end):
            continue
        end += bool(_ABBREVIATED.search(text.text, start, end)) and text.text[end : end + 1] == "."
        yield Company(start, end, confidence)


def _adjoins(text: str, end: int, start: int) -> bool:
    """Whether two forms belong together: "Pte. Ltd", "Co., (M) Bhd"; not "Ltd (Company No. …"."""
    gap = text[end:start]
    return len(gap) <= _NEAR and not gap.strip(" .,()M&\n") and gap.count("(") == gap.count(")")


def _with_of(text: str, end: int) -> int:
    """The end of "Ministry of Transport and Works", where the form opens the name."""
    more = _OF.match(text, end)
    return more.end() if more else end


def _name_start(text: str, form: int, through_small: bool, over_comma: bool, full: float) -> int:
    """Where the name that ends with the form at `form` begins; `form` itself when no name stands before it."""
    floor = max(0, form - _REACH)
    wrap = text.rfind("\n", floor, form)
    if wrap >= 0 and _form_alone(text, wrap, form):
        floor = max(floor, text.rfind("\n", 0, wrap) + 1)
    elif wrap >= 0 and not _wraps(text, wrap, full):
        floor = wrap + 1
    floor = max(floor, _behind_han(text, floor, form))
    tokens = [(m.start(), m.group()) for m in _TOKEN.finditer(text, floor, form)]
    taken: list[tuple[int, str]] = []
    for at, token in reversed(tokens[-_MOST_WORDS:]):
        if not _continues(token, over_comma and not taken) or (taken and _is_end(token, taken[-1][1])):
            break
        if not through_small and token in _known().small:
            break
        if token[0] == "(" and ")" not in text[at:form]:
            taken.append((at + 1, token[1:]))
            break
        taken.append((at, token))
    while taken and _cannot_open(taken[-1][1]):
        taken.pop()
    real = [
        t
        for _, t in taken
        if t.strip("(),.&").lower() not in _known().small and not t.strip("(),.").isdigit()
    ]
    return taken[-1][0] if real else form


def _behind_han(text: str, start: int, end: int) -> int:
    """Where Latin writing goes on behind Chinese: a name in both scripts is two names ("港务有限公司(Harbour Ltd)")."""
    last = max((m.end() for m in _HAN_LETTER.finditer(text, start, end)), default=start)
    return last + 1 if last > start and text[last] in "(/" else last


def _form_alone(text: str, newline: int, form: int) -> bool:
    """Whether the form stands alone on its line ("LLP" under the name of a firm)."""
    stop = text.find("\n", form, form + _LINE)
    own = text[newline + 1 : stop if stop >= 0 else form + _LINE].strip(" .")
    return newline + 1 == form and " " not in own and "\n\n" not in text[max(0, newline - 1) : form]


def _wraps(text: str, newline: int, full: float) -> bool:
    """Whether the line that ends at `newline` is long enough to be running text."""
    before = max(text.rfind("\n", max(0, newline - _LINE), newline), newline - _LINE)
    long = newline - before > max(_LINE_WRAPS, full)
    return long and "   " not in text[max(0, before + 1) : newline]


def _continues(token: str, over_comma: bool) -> bool:
    if (
        token[-1] in ";:-"
        or _ITEM.match(token)
        or (token[-1] == "," and not over_comma and not token.lower().startswith("co"))
    ):
        return False
    bare = token.rstrip(",")
    if bare.endswith(".") and not _INITIALS.search(bare):
        return False
    return bare in _known().small or _NAME_WORD.match(bare) is not None


def _is_end(token: str, following: str) -> bool:
    """Whether another name (or a position: "Director of …") ends with `token` before `and`, `of`, `for` …"""
    if following not in _known().small:
        return False
    bare = token.strip("(),.")
    if following == "of" and bare in _known().opens:
        return False
    word = bare.lower()
    return word in _known().ends or word in _known().positions


def _cannot_open(token: str) -> bool:
    bare = token.strip("()\"',.")
    if bare in _PARTICLES:
        return False
    word = bare.lower()
    return word in _known().not_first or word in _known().small or not word or bool(_CODE.fullmatch(token))


def _han(text: Plain, full: float) -> Iterator[Company]:
    if text.text.isascii():
        return
    known = _known()
    done = 0
    for hit in known.han.find(text.lower):
        if hit.start < done:
            continue
        run = _HAN_RUN.search(text.text[max(done, hit.start - 40) : hit.start])
        start = hit.start - len(run.group()) if run else hit.start
        start = _over_line_break(text.text, start, done, full)
        start, cue = _after_stop(text.text, start, hit.start)
        end = _extended(text.text, hit.end)
        name = text.text[start:end].strip("()-&")
        if (
            name.replace("\n", "") in known.never
            or len(name) - len(hit.phrase) < 2
            or _OURS.match(name[name.rfind("\n") + 1 :])
            or _unbalanced(name)
        ):
            continue
        start += text.text[start:end].index(name)
        done = start + len(name)
        yield Company(start, done, hit.what, cue)


def _over_line_break(text: str, start: int, floor: int, full: float) -> int:
    """A name may begin at the end of the line before, where that line is full and ends in Chinese."""
    if start < 2 or text[start - 1] != "\n" or not _HAN_LETTER.match(text[start - 2]):
        return start
    above = start - 1 - text.rfind("\n", max(0, start - _UNWRAPPED), start - 1)
    if above < max(_HAN_WRAPS, full):
        return start
    run = _HAN_RUN.search(text[max(floor, start - 41) : start - 1])
    return start - 1 - len(run.group()) if run else start


def _after_stop(text: str, start: int, form: int) -> tuple[int, str]:
    """The place after the last word or day that cannot be part of a name, and that word."""
    best, cue = max((start + day.end() for day in _DAY.finditer(text[start:form])), default=start), ""
    for hit in _known().stop.find(text[start:form].lower()):
        end = start + hit.end
        if end > best and not (len(hit.phrase) == 1 and _kept(text, start + hit.start)):
            best, cue = end, hit.phrase
    return best, cue


def _kept(text: str, at: int) -> bool:
    around = text[max(0, at - 1) : at + 2]
    return any(word in around for word in _known().keep)


def _extended(text: str, end: int) -> int:
    """The end of "…研究院(集团)有限公司", "…有限公司北京分公司"."""
    for pattern in (_CORPORATE, _known().extend):
        more = pattern.match(text, end)
        end = more.end() if more else end
    return end


def _unbalanced(name: str) -> bool:
    return name.count("(") != name.count(")")
