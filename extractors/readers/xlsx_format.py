"""How a cell's value is shown: dates as ISO 8601, numbers with the decimals and the sign of their format."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]|_.|\*.|([$¥￥€£₩₹元])')
_SHAPE = re.compile(r"[#0?,]*[#0?](?:\.([#0?]*))?%?")
_LONGEST_CODE = 1000
"""Programs write 255 characters at most."""
_NO_CURRENCY_FORMATS = ("General", "@", "")


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The simple part of a number format: "$#,##0.00" is prefix "$", grouped, two decimals."""

    prefix: str = ""
    suffix: str = ""
    decimals: int | None = None
    fewest_decimals: int = 0
    grouped: bool = False
    percent: bool = False
    digits: int = 0
    is_date: bool = False
    is_elapsed: bool = False


GENERAL = NumberFormat()


def format_code(number: int, own: dict[int, str]) -> str:
    """The code of a number format: the workbook's own, or one that every program knows (ECMA-376, 18.8.30)."""
    code: str = own.get(number) or BUILTIN_FORMATS.get(number, "General")
    return code


@lru_cache(maxsize=4096)
def parsed(code: str) -> NumberFormat:
    """What can be said simply of a format's first section; GENERAL for fractions, exponents, scaling."""
    if code in _NO_CURRENCY_FORMATS or len(code) > _LONGEST_CODE:
        return GENERAL
    if is_timedelta_format(code):
        return NumberFormat(is_elapsed=True)
    if is_date_format(code):
        return NumberFormat(is_date=True)
    section = code.split(";")[0]
    bare = _LITERAL.sub(lambda m: "\0" if any(m.groups()) else "", section)
    shapes = _SHAPE.findall(bare)
    shape = _SHAPE.search(bare)
    if shape is None or len(shapes) != 1 or re.search(r"[eE/]|,\s*$|,%", shape[0] + bare[shape.end() :]):
        return GENERAL
    before, after = _literals(section)
    whole = shape[0].split(".")[0]
    return NumberFormat(
        prefix=before,
        suffix=after,
        decimals=len(shape[1] or ""),
        fewest_decimals=(shape[1] or "").count("0"),
        grouped="," in whole,
        percent="%" in shape[0],
        digits=whole.count("0"),
    )


def _literals(section: str) -> tuple[str, str]:
    """The signs and words before and behind the digits, such as a currency's."""
    texts = ["", ""]
    place = 0
    position = 0
    for literal in _LITERAL.finditer(section):
        if set(section[position : literal.start()]) & set("0#?"):
            place = 1
        texts[place] += next((group for group in literal.groups() if group), "")
        position = literal.end()
    return texts[0].lstrip(), texts[1].rstrip()


def shown_number(text: str, form: NumberFormat, since_1904: bool) -> str:
    """A number as the file holds it ("44999.5"), in its format. What is no number stays as it is."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 300:
        return text
    if form.is_date and value >= 0:
        return _moment(value, since_1904) or _plain(value)
    if form.is_elapsed:
        return _elapsed(value)
    if form.decimals is None:
        return _plain(value)
    return _formatted(value, form)


def _moment(value: Decimal, since_1904: bool) -> str | None:
    epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    try:
        moment = from_excel(float(value), epoch)
    except (OverflowError, ValueError):
        return None
    if isinstance(moment, datetime.datetime):
        is_day = moment.time() == datetime.time()
        return moment.date().isoformat() if is_day else moment.isoformat(" ", "seconds")
    return moment.isoformat() if isinstance(moment, datetime.time | datetime.date) else None


def _elapsed(value: Decimal) -> str:
    minutes, seconds = divmod(int((abs(value) * 86_400).to_integral_value()), 60)
    return f"{'-' if value < 0 else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def _plain(value: Decimal) -> str:
    """At most 15 digits, which is all that a workbook keeps (0.30000000000000004 is 0.3)."""
    rounded = Decimal(f"{value:.15g}")
    text = f"{rounded:f}" if -10 < rounded.adjusted() < 21 else f"{rounded:e}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def _formatted(value: Decimal, form: NumberFormat) -> str:
    scaled = value * 100 if form.percent else value
    if scaled.adjusted() > 20:
        return _plain(value)
    rounded = abs(scaled).quantize(Decimal(1).scaleb(-(form.decimals or 0)), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:{',' if form.grouped else ''}f}".partition(".")
    while len(rest) > form.fewest_decimals and rest.endswith("0"):
        rest = rest[:-1]
    text = whole.zfill(form.digits) + ("." + rest if rest else "")
    sign = "-" if scaled < 0 and any(c in "123456789" for c in text) else ""
    return f"{sign}{form.prefix}{text}{'%' if form.percent else ''}{form.suffix}"
