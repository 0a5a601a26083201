"""What a reference number looks like, and what only looks like one: dates, sums, telephone numbers, standards."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from extractors.facts.plain import HAN
from extractors.word_lists import word_list

HAN_NUMBER = re.compile(
    rf"(?<![{HAN}])[{HAN}A-Za-z]{{1,14}}?[〔\[({{]\s?(?:19|20)\d\d\s?[〕\])}}]{{1,2}}\s?(?:第\s?)?[\d\-A-Za-z]{{1,8}}\s?号"
    rf"|[{HAN}]{{2,12}}字?第?\(?(?:19|20)\d\d\)?[\-第]?\d{{1,6}}号"
    rf"|[〔\[(](?:19|20)\d\d[〕\])][{HAN}]\d{{0,4}}[{HAN}]{{1,3}}\d+号"
)
_VALUE = re.compile(
    rf"[#№*]?\s?(?P<value>(?:[A-Za-z]{{1,6}}[ .]{{1,2}}(?=\d)|[{HAN}]{{1,8}}-?(?=[A-Za-z\d]))?[A-Za-z0-9]"
    rf"(?:[A-Za-z0-9_\-/.&+()#*]|[{HAN}]{{1,2}}(?=[A-Za-z0-9\-/])|(?<=[A-Za-z0-9])[{HAN}](?=号))*(?:号)?)"
)
_DATE = re.compile(
    r"(?:.{0,3}\d{4}年\d|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    r"|\d{1,2}[-/. ]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/. ,]*(?:\d{4}|\d{2})?)(?!\d)",
    re.IGNORECASE,
)
_BEFORE_DAY = re.compile(r"(?:dated?|dtd|dd|of|on|from)[ .]{1,2}", re.IGNORECASE)
_MONEY = re.compile(r"[\d,]*\d[.,]\d\d$|[$€£¥]|^(?:rm|usd|rmb|hk|sgd|eur)[\d.,]+$", re.IGNORECASE)
_PHONE = re.compile(
    r"\+\d|^\(?0\d{1,3}\)?[\- ]\d{3,4}[\- ]?\d{3,5}$|^1[3-9]\d{9}$"
    r"|^\(?\d{3}\)?[\-. ]\d{3}[\-. ]\d{4}$|^400-?\d{3}-?\d{4}$"
)
_PARTS = re.compile(r"[-/._\d]+")
_GRADE = re.compile(r"[A-Z]{1,3}\d{2,3}/\d{2,3}$")
"""A grade of concrete or steel: C35/45."""
_TIME = re.compile(r"^\d{1,2}:\d\d")
BARE = re.compile(
    rf"(?<![A-Za-z0-9_@/.\-])[A-Z]{{2,10}}-[{HAN}]{{1,3}}-\d{{1,4}}(?:-\d{{1,6}})*(?![A-Za-z0-9_@])|"
    r"(?<![A-Za-z0-9_@/.\-])[A-Z][A-Z0-9]{0,9}(?:[-/._](?:[A-Z0-9]{1,14}|\([A-Z0-9]{1,6}\))){1,7}(?![A-Za-z0-9_@])"
)
SPACED = re.compile(
    rf"(?<![A-Za-z0-9_@/.\-])[A-Z]{{2,10}}(?:\s?-\s?[A-Z]{{1,6}}|\s?-\s?[{HAN}]{{1,3}})?"
    r"\s?-\s?(?:19|20)\d\d\s?-\s?(?:\d{2} \d{2}(?= *(?:\n|$))|\d{1,6})(?![A-Za-z0-9_@\-])"
)
"""A code into which OCR put spaces: "JYJG- 函 -2023-036"."""
_SMALL_L = re.compile(r"(?<=[A-Z])l(?=-\d)|(?<![A-Za-z])l(?=[A-Z]+-\d)")
_MARK = re.compile(r"[A-Z]{1,4}\d{0,2}[-/]\d{1,3}[A-Z]?")
_FRENCH = "A-HJ-NP-TV-Z"
PLATES = (
    ("UK", r"[A-HJ-PR-Y][A-HJ-PR-Y](?:0[1-9]|[1-7]\d) ?[A-HJ-PR-Z]{3}"),
    ("Germany", r"[A-ZÄÖÜ]{1,3}[\- ][A-Z]{1,2} ?[1-9]\d{0,3}[EH]?"),
    ("France", rf"[{_FRENCH}]{{2}}-\d{{3}}-[{_FRENCH}]{{2}}"),
    ("Singapore", r"(?:S[A-Z]{2}|[GPQXY][A-Z]{1,2}) ?\d{1,4} ?[A-Z]"),
)
_LABELLED = (
    *(pattern for _, pattern in PLATES),
    r"[A-Z]{2}[ \-]?\d{1,2}[ \-]?[A-Z]{1,3}[ \-]?\d{4}",  # India
    r"[A-Z]{2} ?\d{1,4}",  # Hong Kong
)
_PLATES_LABELLED = tuple(re.compile(rf"{shape}(?![A-Za-z\d])") for shape in _LABELLED)
_PLATE_VALUE = re.compile(
    r"(?=[A-Z \-]*\d)(?=[\d \-]*[A-Z])[A-Z\d]{1,7}(?:[ \-][A-Z\d]{1,4}){0,2}(?![A-Za-z\d])"
)
"""What stands behind the label of a plate that is built like none of those."""
NEXT = re.compile(
    r"(?:, ?| ?and | ?& ?| ?to | ?/ ?|、|及|和|至)(?:and )?(?P<value>[A-Za-z][A-Za-z0-9]*(?:[\-/._][A-Za-z0-9]+)+)"
)
"""A further number of a list."""
_ANY_DIGIT = re.compile(r"\d")
_EDGE = " .,;:/-_#*&+("


def value_at(text: str, at: int, end: int) -> tuple[int, int] | None:
    """The slice of the reference number with which `text[at:end]` begins; None when none does."""
    han = HAN_NUMBER.match(text, at, end)
    if han:
        return han.span()
    found = _VALUE.match(text, at, end)
    if found is None:
        return None
    start, stop = found.span("value")
    value = text[start:stop].rstrip(_EDGE)
    value = value[: _closed_before_opened(value)].rstrip(_EDGE)
    if "(" in value and value.count("(") > value.count(")"):
        value = value[: value.index("(")].rstrip(_EDGE)
    return (start, start + len(value)) if is_number(value) else None


def _closed_before_opened(value: str) -> int:
    """Where a bracket closes that the value did not open: it is that of a note around the number."""
    depth = 0
    for at, char in enumerate(value):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return at
    return len(value)


def is_number(value: str) -> bool:
    """Whether a value can be a reference number: with a digit, and no date, sum, time or telephone number."""
    digits = sum(1 for c in value if c.isdigit())
    if not digits or len(value) > 45:
        return False
    dated = _DATE.match(_BEFORE_DAY.sub("", value))
    return not (dated or _MONEY.search(value) or _PHONE.search(value) or _TIME.match(value))


def is_strong(value: str) -> bool:
    """Whether a value can hardly be anything else: letters and digits with a separator, or five digits."""
    digits = sum(1 for c in value if c.isdigit())
    letters = any(c.isalpha() for c in value)
    return digits >= 5 or (letters and digits >= 2 and (any(c in "-/_〔[(" for c in value) or digits >= 3))


def with_capital_i(value: str) -> str:
    """A code with the capital I that OCR read as a small l put back: El-027 is EI-027."""
    return _SMALL_L.sub("I", value)


def is_mark(value: str) -> bool:
    """Whether a code may be the mark of a pile, a gauge or a machine (P3-09, ZD-01) as well as a number."""
    return _MARK.fullmatch(value) is not None


def is_bare(value: str) -> bool:
    """Whether an unlabelled value is shaped like a reference number."""
    digits = sum(1 for c in value if c.isdigit())
    if _GRADE.match(value):
        return False
    return digits >= 2 and len(value) >= 5 and not _is_standard(value) and is_number(value)


@cache
def _prefixes() -> dict[str, str]:
    loaded: dict[str, list[str]] = word_list(Path(__file__).parent / "reference_prefixes.yaml")
    return {str(prefix): role for role, prefixes in loaded.items() for prefix in prefixes}


def _is_standard(value: str) -> bool:
    """Whether a code names a standard, a steel grade, a protocol … (GB/T 50010, ISO-9001)."""
    return _prefixes().get(_PARTS.split(value.upper())[0]) == "none"


def role_of_shape(value: str) -> str | None:
    """The role that the letters of a number tell: INV-7 is an invoice, HCL-L-0123 a letter."""
    if value[1:2].isdigit():
        return None
    parts = (_prefixes().get(p) for p in _PARTS.split(value.upper()))
    return next((role for role in parts if role and role != "none"), None)


def plate_at(text: str, at: int) -> tuple[int, int] | None:
    """The slice of the number plate that stands at `at`, behind a label; None when none does."""
    known = [found.span() for shape in _PLATES_LABELLED if (found := shape.match(text, at))]
    if known:
        return max(known, key=lambda span: span[1])
    found = _PLATE_VALUE.match(text, at)
    return found.span() if found else None


def like(value: str) -> str:
    """How a number is built: its letters with every digit as 0; "A-101" and "A-102" are built alike."""
    return _ANY_DIGIT.sub("0", value)
