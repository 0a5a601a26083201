"""What stands about a sum and changes what it says: a minus, brackets, CR, and `per day`, which makes it a rate."""

from __future__ import annotations

import re

_CREDIT = re.compile(r" ?(?:cr|credit)\b|-(?=\s|$)")
_CREDITED = re.compile(
    r"(?:(?<![a-z])(?:cr|less|credit(?: (?:of|note))?|deduct(?:ed|ion)?)|扣除?|冲减|抵扣|退还?|红字) ?[:.]? ?\(\Z"
)
"""Words before brackets about a sum that make them a sign, and no aside."""
_CR_AHEAD = re.compile(r"(?<![a-z0-9.])cr[.:]? ?\Z")
_DEDUCTED = re.compile(r"(?:扣|减|退|冲|抵|折)[一-鿿]{0,7}\Z")
"""Words of a deduction, behind which a hyphen is a sign and no dash."""
_MINUS = re.compile(r"(?:(?<![a-z])(?=minus|negative)|(?<![一-鿿])(?=负))(minus|negative|负) ?\Z")
_PER = re.compile(
    r" ?(?:/ ?|(?<![a-z])(?:per|a|for each|for every|each|every) |每)(?! ?cent)"
    r"(?:an? )?(?:calendar |working |full )?[a-z一-鿿]{1,10}[²³23]?"
    r"|,? (?:daily|weekly|monthly|hourly|pro rata)(?![a-z])"
)
_PERIOD = r"(?:day|week|month|year|hour|unit|tonne|ton)s?"
_RATE_AHEAD = re.compile(
    rf"(?:(?<![a-z])(?:(?:daily|weekly|monthly|hourly|unit|per diem|{_PERIOD}) (?:rate|rent|rental|hire|price|cost)s?"
    rf"|(?:per|each|every) (?:calendar |working )?{_PERIOD}(?: of (?:delay|hire|use))?)(?: of| at| is|,| :|:)*"
    r"|每(?:延误|逾期|迟延|超期|拖延|提前)?[个一]{0,2}(?:日历|工作)?"
    r"(?:日|天|周|月|年|小时|工日|台班|吨|米|立方米|平方米|公里|[套件人])[^。;\n\d]{0,16}|(?:日|月|时|台班|综合)"
    r"(?:租金|单价|费率)[为:是约]{0,2}(?:人民币|港币)?) ?\Z"
)
_REACH = 40


def signed(text: str, first: int, stop: int, figure: int, bracket: bool) -> tuple[bool, int, int]:
    """(whether the sum `text[first:stop]` is taken away, where it begins and ends with its sign).

    `figure` is where its figure begins, `bracket` whether one opens between the mark and the figure.
    """
    negative = text[first:figure].rstrip().endswith("-") or (
        first > 0 and text[first - 1] == "-" and _lone(text, first - 1)
    )
    if negative and text[first - 1 : first] == "-":
        first -= 1
    minus = None if negative else _MINUS.search(text, max(0, first - 10), first)
    if minus:
        negative, first = True, minus.start(1)
    around = not bracket and bool(_CREDITED.search(text, max(0, first - 20), first))
    if text[stop : stop + 1] == ")" and (bracket or around):
        negative, first, stop = True, first - around, stop + 1
    credit = None if negative else _CREDIT.match(text, stop, stop + 8)
    if credit:
        return True, first, credit.end()
    ahead = None if negative else _CR_AHEAD.search(text, max(0, first - 5), first)
    return (True, ahead.start(), stop) if ahead else (negative, first, stop)


def _lone(text: str, at: int) -> bool:
    """Whether the hyphen at `at` is a sign: not between two words or figures, not a dash."""
    return at == 0 or text[at - 1] in " \n(:|" or bool(_DEDUCTED.search(text[max(0, at - 10) : at]))


def rate_of(text: str, first: int, stop: int) -> str:
    """The words about a sum that say that it is one for each day, ton or the like; "" where it is a sum."""
    behind = _PER.match(text, stop, stop + 32)
    if behind:
        return behind[0].strip(" ,")
    line = max(text.rfind("\n", max(0, first - _REACH), first) + 1, first - _REACH, 0)
    ahead = _RATE_AHEAD.search(text, line, first)
    return ahead[0].strip(" ,:") if ahead else ""
