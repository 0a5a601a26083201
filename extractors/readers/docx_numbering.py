"""The numbers that Word puts before paragraphs: the file holds only rules to count them by (ECMA-376, 17.9)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from extractors.readers.ooxml import attribute, child, local

_DIGITS = "零一二三四五六七八九"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"))
_ROMAN_LOW = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_CHINESE = ("chinese", "taiwanese", "japanese", "ideographTraditional", "ideographDigital")
_DEEPEST = 9
_LONGEST_LABEL = 100


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    format: str = "decimal"
    text: str = ""
    start: int = 1


Reference = tuple[str, int]
"""A list's number and a level in it."""


@dataclass
class Numbering:
    """Counts paragraphs as they come. `levels` by list and level, `styles` by paragraph style."""

    levels: dict[Reference, Level] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    styles: dict[str, Reference] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, numbering: Any, styles: Any) -> Numbering:
        """From the trees of the parts numbering.xml and styles.xml; None for a part that there is not."""
        lists = cls()
        if numbering is not None:
            lists._read_lists(numbering)
        for style in styles if styles is not None else ():
            found = _reference(child(style, "pPr"))
            if local(style.tag) == "style" and found:
                lists.styles[attribute(style, "styleId") or ""] = found
        return lists

    def label(self, properties: Any) -> str:
        """The number of the next paragraph with these properties: "2.1", "(a)", "•", or "" for none."""
        found = _reference(properties) or self.styles.get(_style(properties))
        if found is None or found not in self.levels:
            return ""
        number, depth = found
        level = self.levels[found]
        if level.format == "bullet":
            return "•"
        if level.format == "none":
            return ""
        counts = self._counts[self.abstract.get(number, number)]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return re.sub(r"%([1-9])", lambda m: self._number(number, int(m[1]) - 1, counts), level.text).strip()

    def _number(self, number: str, depth: int, counts: dict[int, int]) -> str:
        level = self.levels.get((number, depth), Level())
        return spelled(counts.get(depth, level.start), level.format)

    def _read_lists(self, root: Any) -> None:
        shapes = {attribute(e, "abstractNumId"): _levels(e) for e in root if local(e.tag) == "abstractNum"}
        for entry in root:
            if local(entry.tag) != "num":
                continue
            number = attribute(entry, "numId") or ""
            abstract = child(entry, "abstractNumId")
            shape = attribute(abstract, "val") if abstract is not None else None
            self.abstract[number] = shape or number
            overridden = _overrides(entry)
            if any(level for level in overridden.values()):
                self.abstract[number] = f"own {number}"
            for depth, level in {**shapes.get(shape, {}), **overridden}.items():
                self.levels[(number, depth)] = level


def _levels(parent: Any) -> dict[int, Level]:
    return {_number(attribute(e, "ilvl")): _level(e) for e in parent if local(e.tag) == "lvl"}


def _overrides(entry: Any) -> dict[int, Level]:
    found = (child(e, "lvl") for e in entry if local(e.tag) == "lvlOverride")
    return {_number(attribute(e, "ilvl")): _level(e) for e in found if e is not None}


def _level(node: Any) -> Level:
    values = {local(e.tag): attribute(e, "val") or "" for e in node}
    text = values.get("lvlText", "")[:_LONGEST_LABEL]
    return Level(values.get("numFmt", "decimal"), text, _number(values.get("start"), 1))


def _reference(properties: Any) -> Reference | None:
    """The list and level that a paragraph names itself; list 0 takes it out of any list."""
    numbered = child(properties, "numPr") if properties is not None else None
    number = child(numbered, "numId") if numbered is not None else None
    if number is None:
        return None
    depth = child(numbered, "ilvl")
    return attribute(number, "val") or "", _number(attribute(depth, "val") if depth is not None else None)


def _style(properties: Any) -> str:
    style = child(properties, "pStyle") if properties is not None else None
    return (attribute(style, "val") or "") if style is not None else ""


def _number(text: str | None, otherwise: int = 0) -> int:
    told = text if text and text.isascii() and text.isdigit() and len(text) < 10 else ""
    return min(int(told), 100_000) if told else otherwise


def spelled(number: int, form: str) -> str:
    """A number as ST_NumberFormat (ECMA-376, 17.18.59) spells it; plain digits for forms not known."""
    if form in ("lowerLetter", "upperLetter") and 0 < number <= 26 * _DEEPEST:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        return _roman(number) if form == "upperRoman" else _roman(number).lower()
    if form.startswith(_CHINESE) and 0 <= number < 100:
        return (
            "甲乙丙丁戊己庚辛壬癸"[number - 1]
            if form == "ideographTraditional" and 0 < number <= 10
            else _han(number)
        )
    return f"{number:02}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    letters = ""
    for value, sign in (*_ROMAN, *_ROMAN_LOW):
        letters += sign * (number // value)
        number %= value
    return letters


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
