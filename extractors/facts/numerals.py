"""Numbers as people write them: with the separators of several habits, in Chinese characters, in English words."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

Habit = Literal["point", "comma"]

HAN_DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{"貳": 2, "參": 3, "叄": 3, "弍": 2, "陸": 6, "两": 2, "兩": 2, "俩": 2, "○": 0, "壱": 1},
}
HAN_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "廿": 20, "卅": 30}
HAN_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
HAN_CHARS = "".join([*HAN_DIGITS, *HAN_UNITS, *HAN_SCALES])
_HAN_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|\S")
_COLLOQUIAL = "一二三四五六七八九"

_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
SMALL = {
    **{word: value for value, word in enumerate([*_ONES, *_TEENS])},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "fourty": 40,
}
SCALES = {
    **{"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
    **{"lakh": 10**5, "lac": 10**5, "crore": 10**7},
}
_SPACING = str.maketrans("", "", " '_")
_POINTED = re.compile(r"(\d{1,3}(?:\.\d{3})+)\.(\d\d)")
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_SECTION = ("", "拾", "佰", "仟")
_SCALE_NAMES = ("", "万", "亿", "万亿")
_WORD = re.compile(r"[a-z]+")


def decimal_of(raw: str, habit: Habit = "point") -> Decimal | None:
    """The number of digits with separators: `1,250.00`, `1.250,00`, `1'250.00`, `1 250,00`, `12,34,567.89`.

    Where a single mark with three digits behind it could be either (`1.250`), `habit` decides: "point" takes
    a point for the decimal mark, "comma" for a thousands mark; commas read as points (`685.520.00`) are
    understood. None for what is no number (`1.2.3`).
    """
    text = raw.translate(_SPACING)
    pointed = _POINTED.fullmatch(text)
    if pointed:
        return Decimal(f"{pointed[1].replace('.', '')}.{pointed[2]}")
    points, commas = text.count("."), text.count(",")
    if points and commas:
        mark = max(".", ",", key=text.rfind)
        other = "," if mark == "." else "."
        return _split(text, mark, other)
    mark = "." if points else ","
    if points + commas > 1:
        return _grouped(text, mark)
    if points + commas == 1:
        return _single(text, mark, habit)
    return Decimal(text) if text.isdecimal() else None


def _split(text: str, mark: str, other: str) -> Decimal | None:
    if text.count(mark) > 1:
        return _grouped(text.replace(other, mark), mark)
    whole, fraction = text.split(mark)
    if other in fraction or not fraction.isdecimal():
        return None
    number = _grouped(whole, other)
    return None if number is None else number + Decimal(f"0.{fraction}")


def _grouped(text: str, mark: str) -> Decimal | None:
    """`1,250,000` and the Indian `12,34,567`; None when the groups are not those of thousands."""
    first, *groups = text.split(mark)
    sound = first.isdecimal() and len(first) <= 3 and all(g.isdecimal() for g in groups)
    if not sound or not groups or len(groups[-1]) != 3 or any(len(g) not in (2, 3) for g in groups):
        return None
    return Decimal(first + "".join(groups))


def _single(text: str, mark: str, habit: Habit) -> Decimal | None:
    whole, fraction = text.split(mark)
    if not (whole or mark == ".") or not fraction.isdecimal() or not (whole or "0").isdecimal():
        return None
    thousands = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    if thousands and (mark == "," or habit == "comma"):
        return Decimal(whole + fraction)
    return Decimal(f"{whole or '0'}.{fraction}")


def han_number(raw: str) -> Decimal | None:
    """The number of Chinese numerals, ordinary or 大写, mixed with digits: 三十二万零五十, 86.4万, 1亿2千万."""
    text = "".join(raw.split())
    whole, point, fraction = text.partition("点")
    if point and not (fraction and all(c in HAN_DIGITS for c in fraction)):
        return None
    number = _han_whole(whole)
    if number is None or not point:
        return number
    return number + Decimal("0." + "".join(str(HAN_DIGITS[c]) for c in fraction))


def _han_whole(text: str) -> Decimal | None:
    high = middle = section = Decimal(0)
    number: Decimal | None = None
    unit = Decimal(0)
    for piece in _HAN_TOKEN.findall(text):
        if piece in HAN_DIGITS:
            number = _next_digit(number, HAN_DIGITS[piece])
            unit = Decimal(0) if piece in "零〇○" else unit
        elif piece in HAN_UNITS:
            unit = Decimal(HAN_UNITS[piece])
            section += unit if number is None or unit in (20, 30) else (number or 1) * unit
            number = None
        elif piece in HAN_SCALES:
            unit = Decimal(HAN_SCALES[piece])
            section += number or 0
            if unit == 10**4:
                middle, section = (middle + section) * unit, Decimal(0)
            else:
                high, middle, section = (high + middle + section) * unit, Decimal(0), Decimal(0)
            number = None
        else:
            number = decimal_of(piece) if number is None else None
            if number is None:
                return None
    if number and unit >= 100 and text[-1:] in _COLLOQUIAL and text[-2:-1] not in HAN_DIGITS:
        number = number * unit / 10
    return high + middle + section + (number or 0)


def _next_digit(number: Decimal | None, digit: int) -> Decimal:
    return Decimal(digit) if number is None else number * 10 + digit


def han_capitals(value: Decimal) -> str:
    """A sum as it is written in full on Chinese papers: 壹拾肆万贰仟捌佰柒拾陆元整, 玖元伍角整."""
    cents = int((abs(value) * 100).to_integral_value())
    whole, tenths, hundredths = cents // 100, cents // 10 % 10, cents % 10
    text = f"{_capital_whole(whole)}元" if whole or not cents else ""
    if not tenths and not hundredths:
        return f"{text}整"
    zero = "零" if whole and not tenths else ""
    small = (f"{_CAPITALS[tenths]}角" if tenths else zero) + (
        f"{_CAPITALS[hundredths]}分" if hundredths else "整"
    )
    return text + small


def _capital_whole(whole: int) -> str:
    if not whole:
        return "零"
    text, scale, gap = "", 0, False
    while whole:
        whole, section = divmod(whole, 10**4)
        if section:
            text = (
                _capital_section(section)
                + _SCALE_NAMES[min(scale, 3)]
                + ("零" if gap and text else "")
                + text
            )
        gap = 0 < section < 1000 or (not section and bool(text))
        scale += 1
    return text


def _capital_section(section: int) -> str:
    """A number up to 9999."""
    text, pending = "", False
    for place in (3, 2, 1, 0):
        digit = section // 10**place % 10
        if digit:
            text += ("零" if pending and text else "") + _CAPITALS[digit] + _SECTION[place]
        pending = not digit
    return text


def english_number(raw: str) -> Decimal | None:
    """The number of English words: `five hundred`, `one hundred and twenty-five`, `two and a half million`."""
    total, group, seen = Decimal(0), Decimal(0), False
    for word in _WORD.findall(raw.lower()):
        if word in ("and", "a", "an"):
            continue
        if word in SMALL:
            group += SMALL[word]
        elif word == "half":
            group += Decimal("0.5")
        elif word == "hundred":
            group = (group or Decimal(1)) * 100
        elif word in SCALES:
            total, group = total + (group or Decimal(1)) * SCALES[word], Decimal(0)
        else:
            return None
        seen = True
    return total + group if seen else None


def english_words(value: Decimal) -> str:
    """A whole number in English words: `one million two hundred thirty-four thousand`."""
    rest, parts = int(abs(value)), []
    for name, size in (("billion", 10**9), ("million", 10**6), ("thousand", 10**3), ("", 1)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{_english_group(count)} {name}".strip())
    return " ".join(parts) or "zero"


def _english_group(count: int) -> str:
    """A number in words; of a thousand billions and more, the billions."""
    hundreds, rest = divmod(count, 100)
    words = [f"{_english_group(hundreds)} hundred"] if hundreds else []
    if rest >= 20:
        words.append("-".join([_TENS[rest // 10 - 2], *([_ONES[rest % 10]] if rest % 10 else [])]))
    elif rest:
        words.append([*_ONES, *_TEENS][rest])
    return " ".join(words)
