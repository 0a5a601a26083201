"""Which signs OCR takes for each other, and which differences are never a misreading."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from extractors.word_lists import word_list

ALIKE = 1 / 3
"""What a sign costs that was read as one that looks alike, in letters."""
_KINDS = (
    "0123456789",
    "一二三四五六七八九十",
    "东南西北中",
    "甲乙丙丁戊己庚辛",
    "上下",
    "左右",
    "大小",
    "新老",
)
"""Signs that tell names apart: no one of a kind is read for another."""
_POINTS = ("north", "south", "east", "west")


@cache
def _tables() -> tuple[dict[int, str], dict[str, str]]:
    loaded = word_list(Path(__file__).with_suffix(".yaml"))
    table: dict[int, str] = {}
    for group in (*loaded["latin"], *loaded["han"]):
        for char in group:
            table.setdefault(ord(char), group[0])
    return table, loaded["pairs"]


def skeleton(letters: str) -> str:
    """Each letter as the first of those that look like it; as long as `letters`."""
    return letters.translate(_tables()[0])


def squeezed(letters: str) -> str:
    """The skeleton with two letters that look like one ("rn") as that one."""
    text = letters
    for pair, one in _tables()[1].items():
        text = text.replace(pair, one)
    return skeleton(text)


def differs_in_kind(read: str, name: str) -> bool:
    """Whether a figure, a point of the compass or the like stands where another one should."""
    if any(point in read and point not in name for point in _POINTS):
        return True
    for edit in Levenshtein.editops(read, name):
        if edit.tag == "replace":
            if any(read[edit.src_pos] in kind and name[edit.dest_pos] in kind for kind in _KINDS):
                return True
        elif (read[edit.src_pos] if edit.tag == "delete" else name[edit.dest_pos]).isdigit():
            return True
    return False
