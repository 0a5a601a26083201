"""How a page is laid out, in a few numbers: they say what sort of paper it is where its words are strange.

A slip of prices, a table of readings, clauses under numbers, a diary with the hours down its margin and a letter look
unlike each other in any trade and language, and to a scanner too: no word has to be read right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extractors.facts.plain import Plain

CHARS = 3_000
"""Characters that are looked at of each page."""
Numbers = NDArray[np.float64]

_HAN = "㐀-鿿"
_FLAGS = re.IGNORECASE | re.MULTILINE
_PER_LINE = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"^[^\n:]{1,28}:(?= ?[^\n ])",  # a label with its value
        r"^[^\n]{1,28}: ?$",  # a label alone
        r"^\W{0,2}\(?\d{1,3}(?:\.\d{1,2})+\)?[ \t]",  # 3.2
        rf"^\W{{0,2}}\(?(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[).、](?=[ {_HAN}])",  # 1. or (a)
        r"^ ?\(?[一二三四五六七八九十]{1,3}\)?[、.)]",
        r"^ ?(?:第[一二三四五六七八九十\d]{1,3}[条章]|article \d|clause \d|section \d)",
        r"^ ?[-•·*>] ?\S",
        r"^ ?\d{1,2}[:.]\d{2}\b|^ ?\d{1,2}[时点]",  # an hour down the margin
        r"^ ?\d{1,4}[-/.年] ?\d{1,2}[-/.月] ?\d{1,4}",  # a day down the margin
        r"\d[.,]\d{2}(?: ?[a-z元]{1,3})?$",  # a price at the end
        r"[\d)]$",
        r"[.;。;]$",
        r"\?$",
        r"(?:\t| {2,}|\|)[^\n]*?\S(?:\t| {2,}|\|)",  # three columns or more
        r"^[^\n]{1,14}$",
        r"^[^\n]{60,}$",
        r"^[A-Z][A-Z \-&/]{5,40}$|^[^\W\d_]{2,12}:? ?_{2,}",
    )
)
_PER_THOUSAND = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        r"\d+",
        r"\d[.,]\d{2}(?!\d)",
        r"[$£€¥￥]|(?:usd|eur|gbp|hkd|rmb|元|万元)\b",
        r"%|‰",
        r"\b\d{1,2}:\d{2}\b|\d时\d{1,2}分",
        r"\b(?:mm|cm|m|km|kg|t|mpa|kn|kw|℃|n/mm2|m2|m3|㎡)\b",
        r"\b(?:we|us|our|ours)\b|我(?:方|司|单位|公司|们|部)|本公司",
        r"\b(?:you|your|yours)\b|[你您贵](?:方|司|公司|们|单位|处)?",
        r"\b(?:i|me|my)\b|本人|我(?![方司单公们部])",
        r"\b(?:he|she|they|his|her)\b|[他她](?:们)?",
        r"\b(?:shall|hereby|herein|thereof|hereinafter)\b|应当|不得|应(?=[在于按向由])|均应|有权",
        r"\b(?:was|were|had|has been|been)\b|已经?|了(?=[,。;\n])",
        r"\b(?:please|kindly|regards|thanks?|sincerely)\b|请|谢谢|敬|盼|望",
        r"\b(?:said|asked|agreed|noted|reported|advised|confirmed|stated|explained)\b|(?:提出|表示|认为|强调|同意|要求|汇报|发言|指出|讨论)",
        r"\b(?:signed|signature|sign)\b|签字|签名|盖章|签章",
        r"[.。]",
        r"[,，、]",
        r"[:：]",
        r"[\"“”‘’]",
        r"□|☐|_{3,}|\.{5,}|√|×",
    )
)
_GREETS = re.compile(r"^ ?(?:dear|hi|hello|good (?:morning|day)|to whom|尊敬的|[^\n]{2,20}:$)", _FLAGS)
NAMES = len(_PER_LINE) + len(_PER_THOUSAND) + 6
"""How many numbers there are."""


def layout_of(pages: Sequence[Plain]) -> Numbers:
    """`NAMES` numbers, each about 0 to 1; all 0 where there is no text."""
    text = "\n".join(page.text[:CHARS] for page in pages[:2]).strip()
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return np.zeros(NAMES)
    lengths = np.array([len(line) for line in lines], dtype=np.float64)
    size = float(lengths.sum())
    shares = [sum(1 for _ in sign.finditer(text)) / len(lines) for sign in _PER_LINE]
    dense = [np.log1p(200 * sum(1 for _ in sign.finditer(text)) / (size + 100)) / 3 for sign in _PER_THOUSAND]
    han = sum(1 for char in text if "㐀" <= char <= "鿿") / size
    form = [
        float(np.log(len(lines)) / 4),
        float(np.log(lengths.mean()) / 4),
        float(lengths.std() / (lengths.mean() + 5)),
        float(np.log(size) / 8),
        han,
        float(bool(_GREETS.search(text[:600]))),
    ]
    found: Numbers = np.minimum(np.array([*shares, *dense, *form]), 2.0)
    return found
