"""Sums of money in running text: a number, in digits or words, with a mark or name of money before or behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from extractors.facts.amount_marks import WIDE, han_mark, is_moneyish, mark_before, mark_behind
from extractors.facts.amount_signs import rate_of, signed
from extractors.facts.currencies import Mark, marks, minor_units
from extractors.facts.date_words import alternatives
from extractors.facts.numerals import HAN_CHARS, SCALES, SMALL, decimal_of, english_number, han_number

_MONEY_NEXT = re.compile(r" ?(?:[€£$]|eur|usd|dollar|pound|euro)")
_OF_THE_NEXT = re.compile(r" ?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+\.\d\d(?!\d))")
"""A sum behind a mark: the mark is that sum's, not that of a bare number before it (`11 April 2025 GBP 40.00`)."""
_CLOSED = re.compile(r"\s*(?:$|[.,;)])")
_SMALL = re.compile(r" (cents?|pence)\b")
LARGEST = Decimal(10) ** 15

_HAN = f"[{HAN_CHARS}]"
_NUMBER = r"(?<!\d)(?<!\d[.,'])(?:\d{1,3}(?:[.,]\d{3})+[.,] \d{1,2}(?=[^\d%.,])|\d+(?:[.,']\d+)*)"
"""The first form has a space that OCR put before the decimals: `1,837. 32`, `1.862. 5 万元`."""
_ODD = "(?<=[十百千拾佰仟])[多余来](?=[万亿])"
"""三百余万: somewhat more than three million."""
_MORE = str.maketrans("", "", "多余来")
_ROUGHLY = "somewhat more than that is meant"
_TOKEN = re.compile(
    rf"(?P<digits>{_NUMBER})(?P<han> ?(?:[多余](?=[万亿]))?[十百千万亿拾佰仟]"
    rf"(?:[{HAN_CHARS}\d.]| (?=[{HAN_CHARS}])|{_ODD})*)?"
    rf"|(?P<words>{_HAN}(?:[{HAN_CHARS}\d点]| (?=[{HAN_CHARS}])|{_ODD})*)"
)
_LISTED = re.compile(
    r"(?<=\d)(?P<cut>、)(?=\d)|(?:[$€£]|(?P<yuan>[¥￥])) ?\d[\d.]*"
    r"(?P<cut2>，)(?=\d[\d,.]* ?(?(yuan)(?![元块圆\d])[一-鿿]|[一-鿿€£]))"
)
_SPACED = re.compile(r"\d{1,3}(?: \d{3}){1,4}(?:[.,]\d{1,2})?(?![\d.,]\d|\d| \d{3})")
SCALE = re.compile(
    r" ?(?P<s>million|billion|trillion|thousand|hundred|lakhs?|lacs?|crores?|mio|mil(?=\.? [a-z€$£]|\.?$|\.?\n)"
    r"|mln|mn|bn|mm(?=[ .,;)]|$)|m|k|b)(?![a-z0-9])\.?"
)
"""A scale behind a figure, in letters."""
_FACTORS = {
    **{name: Decimal(value) for name, value in SCALES.items()},
    **{
        "hundred": Decimal(100),
        "mio": Decimal(10**6),
        "mil": Decimal(10**6),
        "mln": Decimal(10**6),
        "mn": Decimal(10**6),
    },
    **{
        "bn": Decimal(10**9),
        "b": Decimal(10**9),
        "mm": Decimal(10**6),
        "m": Decimal(10**6),
        "k": Decimal(1000),
    },
}
_RATE = re.compile(r" ?(?:%|‰|°|per ?cent|percent|percentage|basis points|bps\b)")
_VAGUE = re.compile(r"[数几好多上]$")
_PART = r"零?[\d一二三四五六七八九壹贰叁肆伍陆柒捌玖两]{1,2}"
_HAN_TAIL = re.compile(rf"(?P<j>{_PART}[角毛])?(?P<f>{_PART}分(?!之))?(?P<z>[整正])?")
_COLLOQUIAL = re.compile(
    r"[一二三四五六七八九\d](?:(?![\d一二三四五六七八九十百千万天个年月])|(?=一(?:公?斤|吨|升|米|张|件|个|袋|桶|次)))毛?"
)
_GROUP_COMMA = (
    "EUR",
    "SEK",
    "NOK",
    "DKK",
    "ISK",
    "CHF",
    "BRL",
    "IDR",
    "VND",
    "TRY",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "ARS",
    "CLP",
    "COP",
)


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names a sum; `number` to `number_end` is its figure alone."""

    start: int
    end: int
    amount: Decimal
    mark: Mark
    number: int
    number_end: int
    rule: str
    confidence: float = 0.93
    rate: str = ""
    doubts: tuple[str, ...] = ()


def mentions(text: str, original: str) -> Iterator[Mention]:
    """All sums with a mark or name of money in a folded text, in order; `original` tells capitals."""
    text, last = _listed(text, original), 0
    for token in _TOKEN.finditer(text):
        if token.start() < last:
            continue
        found = _marked(text, original, token, last)
        if found:
            last = found.end
            yield found


def _listed(text: str, original: str) -> str:
    """`text` with semicolons for the full-width commas that part one sum from the next: $20，300美圆, 3、500元."""
    cuts = [max(m.start("cut"), m.start("cut2")) for m in _LISTED.finditer(original)]
    if not cuts:
        return text
    chars = list(text)
    for at in cuts:
        chars[at] = ";"
    return "".join(chars)


def worded(text: str) -> Iterator[Mention]:
    """Sums in English words: `five hundred dollars`, `Ringgit Malaysia Two Thousand Only`."""
    for match in _english().finditer(text):
        amount = english_number(match[0])
        found = _worded(text, match, amount) if amount else None
        if found:
            yield found


@cache
def _english() -> re.Pattern[str]:
    word = rf"(?:{alternatives([*SMALL, *SCALES, 'hundred'])})"
    return re.compile(rf"(?<![\w.,]){word}(?:(?:[ -]| and |,? )(?:a half )?{word}){{0,24}}\b(?! ?%)")


_ONLY = re.compile(
    r"(?:,? and (?:(?P<c>[a-z-]+(?: [a-z]+)?) (?:cents|sen|pence|paise|fils)"
    r"|(?:cents|sen|pence) (?P<d>[a-z]+(?:[ -][a-z]+)?)|(?P<n>\d\d) ?/ ?100))?(?P<only>,? only\b)?"
)
_HUNDREDTHS = re.compile(r",? (?:and|&) (?P<n>\d\d) ?/ ?100(?= )")
"""`and 50/100 dollars`, as cheques have it."""
_WHOLE_SCALE = re.compile(r"(?:hundred|thousand|million|billion|trillion|lakh|crore)")
_FRACTION = re.compile(r"(?<![a-z])(half|quarter|three[ -]quarters)(?: of)?(?: an?)? \Z")
_FRACTIONS = {
    "half": Decimal("0.5"),
    "quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
    "three-quarters": Decimal("0.75"),
}
_LARGE_WORD = re.compile("hundred|thousand|illion|lakh|crore")


def _fraction(text: str, match: re.Match[str]) -> tuple[int, Decimal]:
    """Where `half a million` or `three quarters of a million` begins, and the share it takes of the million."""
    scale = _WHOLE_SCALE.match(match[0])
    part = _FRACTION.search(text, max(0, match.start() - 24), match.start()) if scale else None
    return (part.start(), _FRACTIONS[part[1]]) if part else (match.start(), Decimal(1))


def _worded(text: str, match: re.Match[str], amount: Decimal) -> Mention | None:
    part = _HUNDREDTHS.match(text, match.end(), match.end() + 16)
    behind = mark_behind(text, text, part.end() if part else match.end(), moneyish=True)
    if behind:
        mark, end = behind
        cents, end = (Decimal(part["n"]) / 100, end) if part else _cents(text, end)
        start, share = _fraction(text, match)
        return Mention(start, end, share * amount + cents, mark, start, match.end(), "sum in words", 0.9)
    tail = _ONLY.match(text, match.end(), match.end() + 40)
    large = tail and (tail["only"] or _LARGE_WORD.search(match[0])) and not _WHOLE_SCALE.fullmatch(match[0])
    ahead = mark_before(text, text, match.start(), 0, True) if large else None
    if tail is None or ahead is None:
        return None
    end = tail.end()
    total = amount + _worded_cents(tail)
    return Mention(ahead[1], end, total, ahead[0], match.start(), match.end(), "sum in words", 0.9)


def _worded_cents(tail: re.Match[str]) -> Decimal:
    """The cents behind a sum in words: `and fifty cents`, `and cents fifty`, `and 50/100`."""
    words = tail["c"] or tail["d"]
    whole = english_number(re.sub(r" only\Z", "", words)) if words else Decimal(tail["n"] or 0)
    return (whole or Decimal(0)) / 100


def _marked(text: str, original: str, token: re.Match[str], last: int) -> Mention | None:
    if token["words"] or token["han"]:
        return _han(text, original, token, last)
    return _digits(text, original, token, last)


def _digits(text: str, original: str, token: re.Match[str], last: int) -> Mention | None:
    start, end = token.span("digits")
    raw = token["digits"]
    spaced = _SPACED.match(text, start)
    moneyish = is_moneyish(raw)
    scaled = SCALE.match(text, end, end + 16)
    ahead = mark_before(text, original, start, last, moneyish or bool(scaled and len(scaled["s"]) > 3))
    if spaced and spaced.end() > end and _is_spaced(text, original, spaced, ahead is not None):
        raw, end, moneyish = spaced[0], spaced.end(), True
    scale, end_scale = _scaled(text, end, ahead is not None)
    if _RATE.match(text, end_scale):
        return None
    closed = text[start - 1 : start] == "(" and text[end_scale : end_scale + 1] == ")" and ahead is None
    behind = mark_behind(text, original, end_scale + closed, moneyish or scale != 1)
    if behind and ahead is None and raw.isdecimal() and scale == 1 and _OF_THE_NEXT.match(text, behind[1]):
        behind = None
    if ahead is None and behind is None:
        return _cents_alone(text, raw, start, end)
    mark = _choose(ahead[0] if ahead else None, behind[0] if behind else None)
    amount = decimal_of(raw, "comma" if mark.code in _GROUP_COMMA else "point")
    if amount is None or amount * scale >= LARGEST:
        return None
    amount *= -scale if closed else scale  # (1,200.00) USD, as book-keepers write what is taken away
    first = ahead[1] if ahead else start - closed
    stop = behind[1] if behind else end_scale
    return _finished(text, first, stop, amount, mark, start, end, bool(ahead and ahead[2]))


def _is_spaced(text: str, original: str, spaced: re.Match[str], marked: bool) -> bool:
    """Whether spaces set thousands apart here (`1 250,00 kr`, `$1 250 000`), and not one number from the next."""
    if marked:
        return spaced[0].count(" ") > 1 or "," in spaced[0]
    return mark_behind(text, original, spaced.end(), True) is not None


def _finished(
    text: str, first: int, stop: int, amount: Decimal, mark: Mark, start: int, end: int, bracket: bool
) -> Mention:
    """The mention with its cents, sign, bracket and rate."""
    late = SCALE.match(text, stop, stop + 16) if stop > end and amount < 10**6 else None
    if late and len(late["s"]) > 4:
        amount, stop = amount * _FACTORS[late["s"].rstrip("s")], late.end()
    cents, stop = _cents(text, stop)
    amount += cents
    negative, first, stop = signed(text, first, stop, start, bracket)
    return Mention(
        first,
        stop,
        -amount if negative else amount,
        mark,
        start,
        end,
        "sum with a mark",
        rate=rate_of(text, first, stop),
    )


def _choose(ahead: Mark | None, behind: Mark | None) -> Mark:
    """Where both sides are marked (`$5 USD`, `¥300 元`), the one that says more."""
    if ahead is None or behind is None:
        return ahead or behind or Mark("")
    return behind if ahead.others and not behind.others else ahead


def scale_of(match: re.Match[str]) -> Decimal:
    """What a match of `SCALE` multiplies by."""
    return _FACTORS[match["s"] if match["s"] == "mm" else match["s"].rstrip("s")]


def _scaled(text: str, end: int, marked: bool) -> tuple[Decimal, int]:
    match = SCALE.match(text, end, end + 16)
    if not match:
        return Decimal(1), end
    word = match["s"].rstrip("s") if match["s"] not in ("mm",) else "mm"
    if (
        len(word) <= 2
        and word != "bn"
        and word != "mn"
        and not marked
        and not _MONEY_NEXT.match(text, match.end())
    ):
        return Decimal(1), end
    if word == "m" and match[0].startswith(" ") and not _CLOSED.match(text, match.end(), match.end() + 2):
        return Decimal(1), end
    pointed = match[0].endswith(".") and not _MONEY_NEXT.match(text, match.end())
    stop = match.end() - 1 if pointed else match.end()
    factor = _FACTORS[word]
    more = SCALE.match(text, stop, stop + 16)
    if more and len(more["s"]) > 3:
        return factor * _FACTORS[more["s"].rstrip("s")], more.end()
    return factor, stop


def _han(text: str, original: str, token: re.Match[str], last: int) -> Mention | None:
    start, raw = token.start(), token[0].rstrip(" .")
    end = start + len(raw)
    if (
        _RATE.match(text, end)
        or _VAGUE.search(text[max(0, start - 1) : start])
        or text[end : end + 2] == "分之"
    ):
        return None
    amount = _han_amount(raw.translate(_MORE))
    behind = han_mark(text, end) or (mark_behind(text, original, end, True) if token["han"] else None)
    ahead = mark_before(text, original, start, last, True)
    if not amount or amount >= LARGEST or (behind is None and (ahead is None or not _formal(raw))):
        return None
    if behind is None:
        mark = ahead[0] if ahead else Mark("CNY")
        found = _finished(text, ahead[1] if ahead else start, end, amount, mark, start, end, False)
    else:
        found = _han_sum(text, amount, start, end, behind, ahead)
    return replace(found, doubts=(_ROUGHLY,)) if raw.translate(_MORE) != raw else found


def _han_amount(raw: str) -> Decimal | None:
    """The number of Chinese numerals, or of digits with a Chinese scale and what OCR made of their commas."""
    pointed = re.fullmatch(r"(\d{1,3}(?:[.,]\d{3})+)[.,] ?(\d{1,2})( ?[万亿千百].*)", raw)
    if pointed:
        return han_number(f"{re.sub('[.,]', '', pointed[1])}.{pointed[2]}{pointed[3]}")
    return han_number(raw)


def _han_sum(
    text: str,
    amount: Decimal,
    start: int,
    end: int,
    behind: tuple[Mark, int],
    ahead: tuple[Mark, int, bool] | None,
) -> Mention:
    mark = _choose(ahead[0] if ahead else None, behind[0])
    parts, stop = _han_cents(text, behind[1])
    first = ahead[1] if ahead else start
    rate = rate_of(text, first, stop)
    return Mention(first, stop, amount + parts, mark, start, end, "sum in Chinese", rate=rate)


def _formal(raw: str) -> bool:
    """A number long enough to be a sum without 元 behind it: `人民币八万`, `¥1.2亿`."""
    return len(raw) > 1


def _han_cents(text: str, end: int) -> tuple[Decimal, int]:
    """角 and 分 behind 元, and 整; `三块五` is three and a half."""
    tail = _HAN_TAIL.match(text, end, end + 12)
    if tail and (tail["j"] or tail["f"]):
        tenths = han_number(tail["j"].strip("零角毛")) if tail["j"] else None
        hundredths = han_number(tail["f"].strip("零分")) if tail["f"] else None
        return (tenths or Decimal(0)) / 10 + (hundredths or Decimal(0)) / 100, tail.end()
    short = _COLLOQUIAL.match(text, end, end + 5) if text[end - 1] == "块" else None
    if short:
        return (han_number(short[0].rstrip("毛")) or Decimal(0)) / 10, short.end()
    return Decimal(0), tail.end() if tail and tail["z"] else end


_CENTS = re.compile(
    r",? (?:and )?(?P<n>\d{1,2}|[a-z]+(?:[ -][a-z]+)?) (?P<unit>cents?|pence|sen|fils|paise)\b"
)


def _cents(text: str, end: int) -> tuple[Decimal, int]:
    match = _CENTS.match(text, end, end + 40)
    count = (Decimal(match["n"]) if match["n"].isdecimal() else english_number(match["n"])) if match else None
    if match is None or count is None:
        return _yuan_cents(text, end)
    return count / minor_units()[match["unit"]], match.end()


def _yuan_cents(text: str, end: int) -> tuple[Decimal, int]:
    return _han_cents(text, end) if text[end - 1 : end] in WIDE else (Decimal(0), end)


def _cents_alone(text: str, raw: str, start: int, end: int) -> Mention | None:
    """`50 cents`: of the dollar or whatever the document counts in."""
    match = _SMALL.match(text, end)
    amount = decimal_of(raw) if match else None
    if match is None or amount is None:
        return None
    mark = marks()["£"] if match[1] == "pence" else marks()["$"]
    return Mention(start, match.end(), amount / 100, mark, start, end, "small money", 0.7)
