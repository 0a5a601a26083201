"""Chassis numbers and number plates, with what OCR makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.facts.plain import Plain
from extractors.facts.reference_labelled import Numbered

_VIN = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{17,18}(?![A-Za-z0-9])")
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
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ?[A-HJ-NP-Za-hj-np-z] ?[·•.\-]? ?"
    r"(?:[DF][A-Z0-9][\dOI]{4}|[\dOI]{5}[DF]|[A-Z0-9]{4}[A-Z0-9挂学警港澳])(?![A-Za-z0-9])"
)


def vin_is_consistent(vin: str) -> bool:
    """Whether the ninth character is the check digit of 49 CFR 565.15; North American ones must, others may."""
    total = sum(
        w * (_VIN_VALUES[c] if c.isalpha() else int(c)) for w, c in zip(_VIN_WEIGHTS, vin, strict=True)
    )
    return vin[8] == "0123456789X"[total % 11]


def vins(text: Plain) -> Iterator[Numbered]:
    """Chassis numbers; one with a misread character only where the check digit proves what it was."""
    for found in _VIN.finditer(text.text):
        vin = _mended(found.group())
        if vin is None:
            continue
        letters = sum(1 for c in vin if c.isalpha())
        good = vin_is_consistent(vin)
        if letters < (3 if good else 4) or letters > 14 or not vin[-4:].isdigit():
            continue
        sure = 0.6 if not good else 0.95 if vin == found.group() else 0.8
        yield Numbered("vin", vin, *text.span(*found.span()), sure, "reference.vin", "17 characters")


def _mended(read: str) -> str | None:
    """The chassis number that was read; None where there is none, or more than one it could have been."""
    plainly = read.translate(_MISREAD)
    if len(read) == 17:
        return read if plainly == read else plainly if vin_is_consistent(plainly) else None
    if plainly == read:
        return None
    doubled = {plainly[:at] + plainly[at + 1 :] for at, char in enumerate(read) if char in "OQI0"}
    good = [vin for vin in doubled if vin_is_consistent(vin)]
    return good[0] if len(good) == 1 else None


def plates(text: Plain) -> Iterator[Numbered]:
    """Chinese number plates, without the space or dot that may stand in them."""
    for found in _PLATE.finditer(text.text):
        value = found.group()
        if sum(1 for c in value if c.isdigit()) >= 2:
            yield Numbered(
                "plate", value.replace(" ", ""), *text.span(*found.span()), 0.93, "reference.plate", value[:2]
            )
