"""The mark or name of money before or behind a figure, and whether it is one there or an ordinary word."""

from __future__ import annotations

import re
from functools import cache

from extractors.facts.currencies import Mark, han_names, marks
from extractors.facts.date_words import alternatives

_RUN = re.compile(r"[^\s\d]{1,20}$")
_GAP = re.compile(r"(?: ?[:.]? ?)(?P<sign>[-(+] ?)?\Z")
_BEHIND = re.compile(
    r" ?-? ?([a-zà-ɏа-я$€£¥₹₩₺₽₴₪฿₫₱₦₵₡₲₸₮₼₾֏৳₭៛﷼][^\s\d,;:()\[\]]{0,20})"
    r"( [a-z.$]{1,12})?( [a-z]{1,12})?( [a-z]{1,12})?"
)
_NOT_MONEY = re.compile(
    r"\s{0,9}(?:of (?:pressure|force|weight|meat|rice)|per (?:square|cubic)|weight|lbs?\b)"
)
_NOT_YUAN = re.compile(r"[件素旦宝年首老帅月器方化桥]")
_MONEYISH = re.compile(r"(?:\d+|\d{1,3}(?:[.,']\d{2,3})+)[.,]\d\d|\d{1,3}(?:[,'.]\d{2,3})*[,'.]\d{3}")
_NAME = re.compile(r"(?<![a-z])([a-z.]+ (?:[a-z]+ )?[a-z]+)\s?$")
_AROUND = 200
_FIGURE_NEXT = re.compile(r" ?(\d[\d.,]*)")
WIDE = frozenset("元块圆")


def is_moneyish(raw: str) -> bool:
    """Whether a figure looks like a sum: two decimals, or thousands apart."""
    return bool(_MONEYISH.fullmatch(raw))


@cache
def _last_letters() -> frozenset[str]:
    """What a mark can end with; the marks of a point or colon are taken off before they are looked up."""
    return frozenset(mark[-1] for mark in marks()) | {".", ":"}


def mark_before(
    text: str, original: str, start: int, last: int, moneyish: bool
) -> tuple[Mark, int, bool] | None:
    """(mark, where it begins, whether a bracket stands between it and the figure) before `start`."""
    base = max(last, start - 28)
    window = text[base:start]
    if window.endswith("\n"):
        window = window[:-1] if moneyish else ""
    gap = _GAP.search(window)
    lead = window[: gap.start()] if gap else window
    if gap and gap[0].startswith(".") and f"{_last_word(lead)}." in marks():
        lead += "."  # `Fr. 1'234.50`: the point belongs to the mark
    bracket = bool(gap and gap["sign"] and gap["sign"].startswith("("))
    run = _RUN.search(lead) if lead[-1:] in _last_letters() else None
    if not run:
        return None
    long = _long_name(lead, base, bracket) if len(run[0]) > 3 else None
    if long:
        return long
    at = base + run.start()
    for shift in range(len(run[0])):
        word = run[0][shift:]
        mark = marks().get(word) or marks().get(word.rstrip(".:")) if word else None
        if (
            mark
            and mark.before
            and _apart(text, at + shift)
            and _sound(original, at + shift, word, mark, moneyish)
        ):
            spaced = _two_words(text, at + shift, word)
            return (*spaced, bracket) if spaced else (mark, at + shift, bracket)
    return None


def _last_word(text: str) -> str:
    run = _RUN.search(text)
    return run[0] if run else ""


def _two_words(text: str, at: int, word: str) -> tuple[Mark, int] | None:
    """`us $`, `hk $`, `c $`: letters apart from the sign."""
    match = (
        re.search(r"(?<![\w$.])([a-z]{1,3}|u\.s\.?) $", text[max(0, at - 5) : at]) if word[0] == "$" else None
    )
    mark = marks().get(f"{match[1]} $") if match else None
    return (mark, at - len(match[0])) if match and mark else None


def _long_name(lead: str, offset: int, bracket: bool) -> tuple[Mark, int, bool] | None:
    """`Hong Kong Dollars 500`, `Ringgit Malaysia two hundred`."""
    match = _NAME.search(lead)
    if not match:
        return None
    for word in (match[1], match[1].split(" ", 1)[1], match[1].split(" ")[-2]):
        mark = marks().get(word)
        if mark and len(word) > 4:
            return mark, offset + match.start(1) + match[1].index(word), bracket
    return None


def _apart(text: str, at: int) -> bool:
    """Whether a mark of letters begins a word."""
    return at == 0 or not (
        text[at].isascii() and text[at].isalpha() and text[at - 1].isascii() and text[at - 1].isalnum()
    )


def _sound(original: str, at: int, word: str, mark: Mark, moneyish: bool) -> bool:
    """Codes that are ordinary words must be capitals in a line of small letters, or stand by a figure like money."""
    written = original[at : at + len(word)]
    if mark.careful and mark.capitals:
        return written.isupper() and (moneyish or _among_small(original, at))
    if mark.capitals:
        return written.isupper() or moneyish
    if word == "rm":
        return written == "RM" or moneyish
    return moneyish or not mark.careful


def _among_small(original: str, at: int) -> bool:
    """Whether the line is in small letters and the figure behind, if one is, has three digits and is no year."""
    line_start, line_end = max(0, at - _AROUND), at + _AROUND
    first = max(original.rfind("\n", line_start, at) + 1, line_start)
    last = original.find("\n", at, line_end)
    figure = re.match(r"[A-Z]{3} ?(\d+)", original[at : at + 12])
    if figure and (len(figure[1]) < 3 or re.fullmatch(r"(?:19|20)\d\d", figure[1])):
        return False
    return any(char.islower() for char in original[first : line_end if last < 0 else last])


def mark_behind(text: str, original: str, end: int, moneyish: bool) -> tuple[Mark, int] | None:
    """(mark, where it ends) behind `end`."""
    han = han_mark(text, end)
    if han:
        return han
    match = _BEHIND.match(text, end, end + 64)
    if not match:
        return None
    words = [part for part in match.groups() if part]
    for count in range(len(words), 0, -1):
        name = "".join(words[:count])
        for form in (
            name,
            name.rstrip(".,;:!?)*'\"-"),
            name.split("/")[0],
            name.split("'")[0],
            name.split("-")[0],
        ):
            mark = marks().get(form)
            if (
                mark
                and _sound(original, match.start(1), form, mark, moneyish)
                and _behind_fits(text, match, form, mark)
            ):
                return mark, match.start(1) + len(form)
    return None


def _behind_fits(text: str, match: re.Match[str], form: str, mark: Mark) -> bool:
    """A sign behind a figure must not belong to the next figure (`5 $10`), a weight in pounds is no money."""
    stop = match.start(1) + len(form)
    following = _FIGURE_NEXT.match(text, stop, stop + 14)
    prefix = not form[-1].isalpha() or form == "rm" or mark.capitals
    if following and prefix and (following[0][0] != " " or is_moneyish(following[1].rstrip(".,"))):
        return False
    return not (form.startswith("pound") and _NOT_MONEY.match(text, stop))


@cache
def _han_pattern() -> re.Pattern[str]:
    return re.compile(rf"\s{{0,2}}(?P<of>多|余|左右)?(?P<name>{alternatives(han_names())})")


def han_mark(text: str, end: int) -> tuple[Mark, int] | None:
    """A Chinese name of money behind `end`; of 元日币 and 元欧元 the second name counts."""
    match = _han_pattern().match(text, end, end + 14)
    if not match or (match["name"][-1] in WIDE and _NOT_YUAN.match(text, match.end())):
        return None
    name, stop = match["name"], match.end()
    more = _han_pattern().match(text, stop, stop + 12)
    if name in WIDE and more and more["name"] not in WIDE and not more["of"]:
        return marks()[more["name"]], more.end()
    mark = marks()[name]
    if mark.careful and not re.match(r"\s*(?:$|[\d一二三四五六七八九整正,.;!?)）”])", text[stop : stop + 2]):
        return None
    return mark, stop
