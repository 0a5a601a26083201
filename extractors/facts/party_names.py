"""What a name looks like: trimmed of what follows it, split where several stand together, told from other text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractors.document import is_han
from extractors.facts.party_forms import companies_in
from extractors.facts.plain import Plain, has_han, plain, vocabulary

_TAIL = re.compile(
    r"\s{3,}|\t|[<\[{|;]|\(?\b[\w.+\-]{1,64}@|\b(?:tel|phone|fax|e-?mail|mobile|address|date|ref|vat|gst|abn|attn|dated|our"
    r"|page|invoice|signature|signed)\b ?[:.#(]|\bhttps?:|\bwww\.|,? \(?(?:hereinafter|the \"|\"the )"
    r"|[,(\"]? ?(?:审核|批准|校核|复核|编制|记录)(?=.{0,2}:)|[,(]? ?(?:地址|电话|传真|日期|联系人|邮编|手机|签字|签名"
    r"|盖章|\(盖章|\(公章|\(签章|法定代表人|资质|证书编号|职务|以下简称|下称|统一社会信用代码|纳税人识别号|开户行)|[。;]",
    re.IGNORECASE,
)
_EDGE = " \t\r\n,.:;|_-–—*#>•●○·~=+'\"“”‘’/\\、，。：；`^"
_ABBREVIATED = re.compile(r"\.[A-Za-z]\Z")
"""The end of "S.L" and "B.V", to which the point behind it belongs."""
_NUMBERED = re.compile(r"^(?:\d{1,2}[.)、]|\(\d{1,2}\)|[a-z][.)]|[一二三四五六七八九十]{1,2}、)\s*")
_ADDRESS = re.compile(
    r"^(?:no\.?|lot|unit|block|blk|level|floor|suite|room|rm|p\.?\s?o\.? box|\d+[\w/\-]*,?) .*\d"
    r"|\b(?:street|road|avenue|ave|lane|drive|blvd|boulevard|highway|hwy|floor|flr|plaza|quay|court)\b\.?,? ?.*\d"
    r"|\d.*\b(?:street|st|str|road|rd|avenue|ave|lane|drive|blvd|boulevard|highway|hwy|floor|flr|plaza|quay|court)\b"
    r"|\b(?:street|road|avenue|boulevard|highway|blvd)\.?,?$|\b(?:jalan|jln|taman|postcode|zip|p\.?o\.? box|cedex)\b"
    r"|\b(?:street|road|avenue|lane|drive|highway), (?!inc|ltd|llc|limited|co\b)[a-z]"
    r"|(?:strasse|straße|str\.|straat|laan|plein|gracht|kade|weg|allee|gasse|platz|gatan|vägen|gade|veien) ?\d"
    r"|\b(?:calle|rue|via) \w|\b(?:piazza|corso|viale|avda?\.|rua|ul\.) .*\d"
    r"|\b[A-Z]{2} \d{5}\b|[,.] ?[A-Z]{2} \d{4}\b|^\d{4,6}\b|\b\d{5,6}$|[路街巷弄]\d+号|\d+[号室楼]$",
    re.IGNORECASE,
)
_LONGEST_LINE = 240
"""A longer line is neither a name nor an address."""
_NOTE = re.compile(
    r" ?\((?:[^()]{0,8}(?:单位|人|方|章|签字|盖章|全称|机构)|(?:the )?[a-z\- ]{0,14}"
    r"(?:contractor|employer|engineer|owner|client|buyer|seller|insurer|insured))\)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"@|https?:|www\.|\d[\d\s().\-]{6,}|\d{1,4}[./年\-]\d{1,2}[./月\-]\d{1,4}")
_SENTENCE_HAN = re.compile(
    r"[，。；？！]|应当|必须|不得|可以|负责|承担|提供|按照|进行|要求|确认|收到|[为是]|如下|根据|规格型号|单价|税率"
)
_LABEL_NOUN = re.compile(
    r"(?:名称|编号|号码|日期|时间|地点|单位|型号|部位|天气|车型|电话|地址|项目|数量|金额|备注|情况|内容|结果|结论|事由|主题|说明|如下)$"
)
_PLACEHOLDERS = frozenset(
    [
        "n/a",
        "na",
        "none",
        "nil",
        "tbc",
        "tbd",
        "-",
        "/",
        "无",
        "空",
        "同上",
        "不详",
        "as",
        "above",
        "ditto",
        "yes",
        "no",
        "whom",
        "it",
        "may",
        "concern",
        "undisclosed",
        "recipients",
        "all",
        "distribution",
    ]
) | {"undisclosed-recipients", "whom it may concern", "as above", "all", "same as above", "distribution list"}
_PERSON = re.compile(
    r"^(?:[A-Z][a-zA-ZÀ-ÿ'’\-]*\.?)(?: (?:[A-Z][a-zA-ZÀ-ÿ'’\-]*\.?|van|von|de|den|der|bin|binti|al|da|la|di)){1,4}$"
)

_WHITE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Persons:
    titles: frozenset[str]
    han_titles: tuple[str, ...]
    positions: frozenset[str]
    surnames: frozenset[str]


@cache
def _persons() -> _Persons:
    words = vocabulary(Path(__file__).parent, "company_forms.yaml")["persons"]
    return _Persons(
        frozenset(w.lower() for w in words["titles"]),
        tuple(sorted(words["han_titles"], key=len, reverse=True)),
        frozenset(words["positions"]),
        frozenset("".join(words["surnames"])),
    )


def trimmed(text: Plain, start: int, end: int) -> tuple[int, int] | None:
    """The slice of `start:end` that can be a name: without bullets, contact details and what follows; or None."""
    end = min(end, start + _LONGEST_LINE)
    tail = _TAIL.search(text.text, start, end)
    stop = tail.start() if tail else end
    piece = text.text[start:stop]
    numbered = _NUMBERED.match(piece.lstrip(_EDGE))
    lead = len(piece) - len(piece.lstrip(_EDGE)) + (numbered.end() if numbered else 0)
    stop = _before_position(text.text, start + lead, stop)
    piece = text.text[start + lead : stop]
    inner = piece.strip(_EDGE)
    if not inner:
        return None
    first = start + lead + len(piece) - len(piece.lstrip(_EDGE))
    last = first + len(inner)
    note = _NOTE.search(text.text, first, last)
    last = note.start() if note and note.start() > first else last
    while last > first and text.text[first:last].count(")") > text.text[first:last].count("("):
        last = first + text.text[first:last].rindex(")")
    if text.text[first:last].count("(") > text.text[first:last].count(")"):
        last = first + text.text[first:last].rindex("(")
    last = first + len(text.text[first:last].rstrip(_EDGE))
    last += bool(_ABBREVIATED.search(text.text, first, last)) and text.text[last : last + 1] == "."
    return (first, last) if last > first else None


def _before_position(text: str, start: int, end: int) -> int:
    """Where ", Project Manager" or " - Resident Engineer" begins."""
    for cut in re.finditer(r", ?| [-–] ?|- | \(", text[start:end]):
        words = re.findall(r"[a-z\-]+", text[start + cut.end() : end].lower())[:3]
        if words and any(w in _persons().positions for w in words):
            return start + cut.start()
    return end


def is_name(name: str) -> bool:
    """Whether a trimmed text can be the name of a company or a person, and not a sentence, number or address."""
    low = name.lower().strip(".")
    if low in _PLACEHOLDERS or _CODE.search(name):
        return False
    letters = sum(1 for c in name if c.isalpha())
    if letters < 2 or letters < len(name.replace(" ", "")) * 0.55:
        return False
    return _is_han_name(name) if has_han(name) else _is_latin_name(name)


def _is_han_name(name: str) -> bool:
    bare = name.replace(" ", "").replace("\n", "")
    if _LABEL_NOUN.search(bare):
        return False
    return 2 <= len(bare) <= 40 and not _SENTENCE_HAN.search(bare)


def _is_latin_name(name: str) -> bool:
    words = name.split()
    if len(words) > 10 or len(name) > 80 or is_address(name):
        return False
    small = sum(1 for w in words if w[0].islower() and len(w.rstrip(".")) > 3)
    return (small <= len(words) // 2 and words[0][0] in name[:2] and not (small and len(words) > 4)) or (
        len(words) == 1 and len(name) > 2
    )


def is_address(text: str) -> bool:
    """Whether a line looks like a postal address."""
    return _ADDRESS.search(text[:_LONGEST_LINE]) is not None


def is_person(name: str) -> bool:
    """Whether a name looks like a person's: "Mr A. Lim", "Chen Wei", "王建国", "李工"."""
    if has_han(name):
        bare = name.replace(" ", "")
        for title in _persons().han_titles:
            if bare.endswith(title) and len(bare) > len(title):
                bare = bare[: -len(title)]
                return 1 <= len(bare) <= 4 and bare[0] in _persons().surnames
        return 2 <= len(bare) <= 4 and bare[0] in _persons().surnames
    words = name.split()
    if words and words[0].rstrip(".").lower() in _persons().titles:
        return len(words) > 1
    return _PERSON.match(name) is not None and len(words) <= 4


def is_position(text: str) -> bool:
    """Whether a text is a position ("Project Manager") and not a name."""
    words = re.findall(r"[a-z\-]+", text.lower())
    return bool(words) and words[-1] in _persons().positions


def several(text: Plain, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The slices of a list of names ("A; B", "甲、乙", "a@x.example, b@x.example")."""
    piece = text.text[start:end]
    mark = ";" if ";" in piece else r"[、,]" if has_han(piece) else "," if piece.count("@") > 1 else None
    at = start
    inside = companies_in(plain(piece)) if mark else []
    for cut in re.finditer(mark, piece) if mark else ():
        if any(c.start < cut.start() < c.end for c in inside):
            continue
        yield at, start + cut.start()
        at = start + cut.end()
    yield at, end


def in_one_line(raw: str) -> str:
    """A name in one line, without spaces between Han characters."""
    words = _WHITE.sub(" ", raw).strip()
    return "".join(
        c for at, c in enumerate(words) if c != " " or not (is_han(words[at - 1]) and is_han(words[at + 1]))
    )
