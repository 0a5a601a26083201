"""What scanners, OCR and careless copying do to a text: for the texts that the model of kinds is trained on."""

from __future__ import annotations

import random
import re

_PAIRS = ["0o", "1l", "il", "5s", "8b", "rn", "ce", "uv", "ft", "gq", "6b", "2z", "ao", "hb", "nu"]
_WIDE = [("m", "rn"), ("w", "vv"), ("d", "cl"), ("rn", "m"), ("li", "h")]
_HAN_PAIRS = (
    "日曰 未末 己已 土士 人入 大太 木本 干千 问间 王主 工土 天夫 今令 贝见 口囗 八入 力刀 申由 未来 目日 白自"
    " 厂广 元无 师帅 折拆 堆推 侍待 合台 全金 签鉴 验险 检捡 单草"
)
_CONFUSED: dict[str, str] = {}
for _pair in [*_PAIRS, *_HAN_PAIRS.split()]:
    _CONFUSED[_pair[0]] = _CONFUSED.get(_pair[0], "") + _pair[1]
    _CONFUSED[_pair[1]] = _CONFUSED.get(_pair[1], "") + _pair[0]
_HAN = re.compile(r"[㐀-鿿]")


def misread(text: str, rate: float, chance: random.Random) -> str:
    """The text with about this share of its characters confused, lost, split or glued together."""
    found: list[str] = []
    for char in text:
        if chance.random() >= rate:
            found.append(char)
        elif char == " ":
            found.append("" if chance.random() < 0.6 else "  ")
        elif char.isalnum():
            found.append(_instead(char, chance))
        else:
            found.append(chance.choice(["", char, ".", ","]))
    whole = "".join(found)
    if rate > 0.03:
        one, other = chance.choice(_WIDE)
        whole = whole.replace(one, other, chance.randrange(1, 6))
    return whole


def _instead(char: str, chance: random.Random) -> str:
    other = _CONFUSED.get(char.lower())
    if other and chance.random() < 0.6:
        return chance.choice(other)
    if _HAN.match(char):
        return chance.choice(["", chr(0x4E00 + chance.randrange(2500) * 7), char + " "])
    return chance.choice(["", char + " ", chance.choice("acdeilnorst01|")])


def cut(lines: list[str], chance: random.Random) -> list[str]:
    """Some lines in a row: a page that begins or ends in the middle, or lost its edges."""
    if len(lines) < 7:
        return lines
    first = chance.randrange(0, len(lines) // 3 + 1)
    last = chance.randrange(first + max(5, len(lines) // 2), len(lines) + 1)
    return lines[first:last]


def without_spaces(text: str, chance: random.Random) -> str:
    """Spaces fall out of some lines, as narrow print makes OCR do."""
    return "\n".join(line.replace(" ", "") if chance.random() < 0.3 else line for line in text.split("\n"))
