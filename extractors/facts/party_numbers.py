"""Numbers under which companies are registered: 统一社会信用代码, VAT, company numbers, ABN, EIN, UEN and the like.

Their form and check characters are python-stdnum's: GB 32100-2015 for China, the member states' VAT rules, ABR for
Australia, ACRA for Singapore. What fails its check is no number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stdnum.au import abn, acn
from stdnum.ch import uid
from stdnum.cn import uscc
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as gb_vat
from stdnum.in_ import gstin
from stdnum.jp import cn as jp_cn
from stdnum.kr import brn
from stdnum.sg import uen
from stdnum.tw import ubn
from stdnum.us import ein

from extractors.facts.phrases import Phrases
from extractors.facts.plain import Plain
from extractors.word_lists import word_list

_BEHIND = re.compile(
    r"(?:[/ ]{0,2}(?:纳税人识别号|税号|no|nr|number|号码|编号|号))?[ .#:：=()\[\]/]{0,5}"
    r"(?P<number>[A-Z]{0,4}[ .\-]?\d[A-Z0-9]*(?:[ .\-/]?[A-Z0-9]+){0,7})",
    re.IGNORECASE,
)
_CREDIT_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NP-UW-Y][0-9A-Z]{17}(?![0-9A-Z])")
_IN_BRACKETS = re.compile(
    r"\s?\((?:co\.? ?(?:reg\.?)? ?(?:no\.?)? ?:? ?)?(?P<number>\d{5,7} ?- ?[A-Z])\)", re.I
)
"""Malaysia's company number behind a name: (750441-W)."""
_MISREAD = str.maketrans("OIZSQ", "01250")
"""Letters that a credit code never has, and the figures for which OCR reads them."""
_SHORTEST, _LONGEST = 6, 18
_CHECKS: dict[str, Callable[[str], str]] = {
    "au.abn": abn.validate,
    "au.acn": acn.validate,
    "us.ein": ein.validate,
    "sg.uen": uen.validate,
    "in.gstin": gstin.validate,
    "tw.ubn": ubn.validate,
    "jp.cn": jp_cn.validate,
    "kr.brn": brn.validate,
    "ch.uid": uid.validate,
}


@dataclass(frozen=True, slots=True)
class Number:
    """A company's number at `start:end` of a plain text; `checked` says that its check character is right."""

    scheme: str
    value: str
    start: int
    end: int
    checked: bool


@cache
def _labels() -> Phrases[str]:
    loaded: dict[str, list[str]] = word_list(Path(__file__).with_suffix(".yaml"))
    return Phrases((phrase, scheme) for scheme, phrases in loaded.items() for phrase in phrases)


def numbers_in(line: Plain) -> list[Number]:
    """The numbers of companies on one line, in order of place; a credit code needs no label."""
    if not any(map(str.isdigit, line.text)):
        return []
    found: dict[int, Number] = {}
    for number in (*_labelled(line), *_credit_codes(line.text), *_bracketed(line.text)):
        found.setdefault(number.start, number)
    return sorted(found.values(), key=lambda n: n.start)


def _labelled(line: Plain) -> Iterator[Number]:
    for hit in _labels().find(line.lower):
        behind = _BEHIND.match(line.text, hit.end)
        if behind:
            yield from _checked(hit.what, behind.group("number"), behind.start("number"))


def _checked(scheme: str, raw: str, start: int) -> Iterator[Number]:
    """The number at the beginning of `raw`: all of it, or fewer of its parts where more stands behind it."""
    parts = [m.end() for m in re.finditer(r"[A-Z0-9]+", raw, re.IGNORECASE)]
    for end in reversed(parts):
        text = "".join(c for c in raw[:end].upper() if c.isalnum())
        if _SHORTEST <= len(text) <= _LONGEST + 2:
            number = _valid(scheme, text)
            if number:
                yield Number(number[0], number[1], start, start + end, number[2])
                return


def _valid(scheme: str, text: str) -> tuple[str, str, bool] | None:
    """(scheme, value, whether it was checked), or None for what is no such number."""
    if scheme == "cn.uscc":
        return _credit_code(text)
    if scheme == "vat":
        return _vat(text)
    if scheme in _CHECKS:
        return (scheme, text, True) if _passes(_CHECKS[scheme], text) else None
    if _passes(uen.validate, text):
        return "sg.uen", text, True
    figures = sum(map(str.isdigit, text))
    return (scheme, text, False) if figures >= 5 and figures * 2 > len(text) and len(text) <= 14 else None


def _vat(text: str) -> tuple[str, str, bool] | None:
    if _passes(eu_vat.validate, text):
        return "vat", text, True
    british = text.removeprefix("GB")
    if _passes(gb_vat.validate, british):
        return "vat", f"GB{british}", True
    return None


def _credit_code(text: str) -> tuple[str, str, bool] | None:
    """The unified social credit code (GB 32100-2015), as read or with the letters that it never has as figures."""
    for form in (text, text.translate(_MISREAD)):
        if _passes(uscc.validate, form):
            return "cn.uscc", form, True
    return None


def _passes(check: Callable[[str], str], text: str) -> bool:
    try:
        check(text)
    except ValidationError:
        return False
    return True


def _credit_codes(text: str) -> Iterator[Number]:
    for match in _CREDIT_CODE.finditer(text):
        valid = _credit_code(match.group())
        if valid:
            yield Number(valid[0], valid[1], match.start(), match.end(), True)


def _bracketed(text: str) -> Iterator[Number]:
    for match in _IN_BRACKETS.finditer(text):
        value = "".join(c for c in match.group("number").upper() if c.isalnum())
        yield Number("company", value, *match.span("number"), False)
