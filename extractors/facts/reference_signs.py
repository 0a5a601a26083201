"""Chassis numbers (ISO 3779), with what OCR makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.facts.plain import Plain
from extractors.facts.reference_labelled import Numbered

_VIN = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{17,18}(?![A-Za-z0-9])")
_IN_GROUPS = re.compile(
    r"(?P<why>VIN(?<![A-Za-z]VIN)|Chassis|chassis|车架号|识别代[号码]|底盘号)[^A-Z0-9\n]{0,12}"
    r"(?P<value>[A-HJ-NPR-Z0-9]{1,9}(?: [A-HJ-NPR-Z0-9]{1,9}){1,5})"
)
"""A labelled number that is written in groups, as forms print it."""
_LONG = 17
_MISREAD = str.maketrans("OQI", "001")
"""Letters that no chassis number has (ISO 3779), and no plate behind its second character, and what they were."""
_VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin_is_consistent(vin: str) -> bool:
    """Whether the ninth character is the check digit of 49 CFR 565.15; North American ones must, others may."""
    total = sum(
        w * (_VIN_VALUES[c] if c.isalpha() else int(c)) for w, c in zip(_VIN_WEIGHTS, vin, strict=True)
    )
    return vin[8] == "0123456789X"[total % 11]


def vin_confidence(vin: str, labelled: bool) -> float:
    """How sure 17 characters are a chassis number.

    The check digit is mandatory in North America (49 CFR 565) and China (GB 16735), whose numbers begin
    with 1 to 5 and L; elsewhere makers fill its place as they like.
    """
    if vin_is_consistent(vin):
        return 0.97 if labelled else 0.95
    checked = vin[0] in "12345L"
    return (0.65 if checked else 0.85) if labelled else (0.45 if checked else 0.6)


def vins(text: Plain) -> Iterator[Numbered]:
    """Chassis numbers; one with a misread character only where the check digit proves what it was."""
    for found in _VIN.finditer(text.text):
        vin = _mended(found.group())
        if vin is None:
            continue
        letters = sum(1 for c in vin if c.isalpha())
        if letters < (3 if vin_is_consistent(vin) else 4) or letters > 14 or not vin[-4:].isdigit():
            continue
        sure = vin_confidence(vin, labelled=False) if vin == found.group() else 0.8
        yield Numbered("vin", vin, *text.span(*found.span()), sure, "reference.vin", "17 characters")
    for found in _IN_GROUPS.finditer(text.text):
        vin = found.group("value").replace(" ", "")
        if len(vin) == _LONG and vin_is_consistent(vin):
            place = text.span(*found.span("value"))
            yield Numbered("vin", vin, *place, 0.9, "reference.vin", found.group("why"))


def _mended(read: str) -> str | None:
    """The chassis number that was read; None where there is none, or more than one it could have been."""
    plainly = read.translate(_MISREAD)
    if len(read) == _LONG:
        return read if plainly == read else plainly if vin_is_consistent(plainly) else None
    if plainly == read:
        return None
    doubled = {plainly[:at] + plainly[at + 1 :] for at, char in enumerate(read) if char in "OQI0"}
    good = [vin for vin in doubled if vin_is_consistent(vin)]
    return good[0] if len(good) == 1 else None
