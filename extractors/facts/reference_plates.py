"""Number plates: China's by their shape, others behind a label or beside a word about vehicles.

Sources: GA 36-2018 and the new-energy letters of 2021 (China), DVLA INF104 (United Kingdom), FZV annex 1 (Germany),
the SIV of 2009 (France), the check letter of Singapore's Land Transport Authority. Hong Kong's, India's, America's and
Australia's are too much like other numbers; they need a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.facts.plain import Plain
from extractors.facts.reference_labelled import Numbered
from extractors.facts.reference_shapes import PLATES

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_DOT = r" ?[·•.\-]? ?"
_CIVIL = re.compile(
    rf"[{_PROVINCES}](?: ?[A-HJ-NP-Za-hj-np-z]{_DOT}"
    r"(?:[A-HJK][A-HJ-NP-Z0-9][\dOI]{4}|[\dOI]{5}[A-HJK]|[A-Z0-9]{4}[A-Z0-9挂学警港澳领使])(?![A-Za-z0-9])"
    rf"|{_DOT}[XS]\d{{4}}应急|{_DOT}\d{{4,6}}领)"
)
_OFFICIAL = re.compile(
    r"(?:使(?<![\u4e00-\u9fff]使) ?\d{3} ?[·•.\-]? ?\d{3}(?! ?[\dA-Za-z年月日元万个])"
    rf"|WJ(?<![A-Z0-9\-]WJ) ?(?:[{_PROVINCES}]{_DOT}\d{{4}}[0-9A-Z]|\d\d ?[·•] ?\d{{5}})(?![A-Za-z0-9])"
    rf"|军(?<![\u4e00-\u9fff]军) ?[A-Z]{_DOT}\d{{5}}(?![A-Za-z0-9]))"
)
_ELSEWHERE = re.compile(
    r"(?<![A-Za-z0-9\-/_.])(?:"
    + "|".join(f"(?P<{name}>{shape})" for name, shape in PLATES)
    + r")(?![A-Za-z0-9\-/_])"
)
_PLATE_WORDS = r"plates?|registration|registered|reg|number-?plates?|kennzeichen|fahrzeuge?|pkw|lkw|车牌|号牌"
_VEHICLE = re.compile(
    r"\b(?:vehicles?|cars?(?! ?park)|vans?|lorry|lorries|trucks?|taxi|motorcycles?|trailers?|tippers?|tankers?|coach"
    rf"|saloon|pick-?up|véhicules?|immatricul\w+|voitures?|camions?|plaques?|{_PLATE_WORDS})\b|车辆|轿车|货车|卡车",
    re.IGNORECASE,
)
_ABOUT_PLATES = re.compile(rf"{_PLATE_WORDS}", re.IGNORECASE)
_SIZES = ("DN", "PN", "FY", "IP", "CU", "EN", "NB", "HS")
"""What a size, a grade or a year begins with, as a plate might: DN20 PVC."""
_CHECK_LETTERS = "AZYXUTSRPMLKJHGEDCB"
_CHECK_WEIGHTS = (9, 4, 5, 4, 3, 2)
_BEFORE, _BEHIND = 30, 14


def plates(text: Plain) -> Iterator[Numbered]:
    """Number plates without a label; the space or dot that may stand in a Chinese one is none of its value."""
    for pattern in (_CIVIL, _OFFICIAL) if not text.text.isascii() else ():
        for found in pattern.finditer(text.text):
            value = found.group()
            if sum(1 for c in value if c.isdigit()) >= 2:
                yield _plate(text, found, value.replace(" ", ""), 0.93, value[:2])
    for found in _ELSEWHERE.finditer(text.text):
        near = _VEHICLE.search(text.text, max(0, found.start() - _BEFORE), found.end() + _BEHIND)
        if near and _is_sound(found, near.group()):
            yield _plate(text, found, found.group(), 0.75, near.group())


def _plate(text: Plain, found: re.Match[str], value: str, sure: float, why: str) -> Numbered:
    return Numbered("plate", value, *text.span(*found.span()), sure, "reference.plate", why)


def _is_sound(found: re.Match[str], near: str) -> bool:
    """Whether a plate that has a check letter has the right one; whether one built like codes is called a plate."""
    value, country = found.group(), found.lastgroup
    if country == "Singapore":
        return has_check_letter(value)
    if country == "Germany":
        return "-" in value and " " in value and _ABOUT_PLATES.match(near) is not None
    return not value.startswith(_SIZES)


def has_check_letter(plate: str) -> bool:
    """Whether the last letter of a Singaporean plate is that of its last two prefix letters and its digits."""
    parts = re.fullmatch(r"([A-Z]{1,3})(\d{1,4})([A-Z])", plate.replace(" ", ""))
    if parts is None:
        return False
    letters = (
        [ord(c) - ord("A") + 1 for c in parts[1][-2:]]
        if len(parts[1]) > 1
        else [0, ord(parts[1]) - ord("A") + 1]
    )
    digits = [int(c) for c in parts[2].zfill(4)]
    total = sum(w * n for w, n in zip(_CHECK_WEIGHTS, (*letters, *digits), strict=True))
    return _CHECK_LETTERS[total % len(_CHECK_LETTERS)] == parts[3]
