"""A second look at the same text: one character for each character, so that offsets stay right.

Full-width forms become half-width, every kind of dash and space becomes the plain one, capitals become small,
and the few traditional characters of dates and sums become simplified.
"""

from __future__ import annotations

from functools import cache

_TRADITIONAL = dict(
    zip(
        "號週禮後個圓萬億貳參陸兩點間額計總價稅應實壹幣鎊貨爲為頁發開戶訂單簽約測驗會議時門銀費於達記錄從"
        "內準備註給歐韓馬國",
        "号周礼后个圆万亿贰叁陆两点间额计总价税应实壹币镑货为为页发开户订单签约测验会议时门银费于达记录从"
        "内准备注给欧韩马国",
        strict=True,
    )
)
_DASHES = "‐‑‒–—―−﹣－"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_SINGLE = {
    "〜": "~",
    "～": "~",
    "∼": "~",
    "’": "'",
    "‘": "'",
    "`": "'",
    "´": "'",
    "、": ",",
    "○": "〇",
    "Ｏ": "o",
}


@cache
def _table() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(char): "-" for char in _DASHES}
    table |= {ord(char): " " for char in _SPACES}
    table |= {ord(a): b for a, b in (*_TRADITIONAL.items(), *_SINGLE.items())}
    table |= {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    table |= {0xFF21 + n: chr(ord("a") + n) for n in range(26)}
    return table


def folded(text: str) -> str:
    """`text` with every character in its plain form; as long as `text`, and never longer or shorter."""
    return text.translate(_table())
