"""Seals and rubber stamps: rings and frames of ink that were pressed on the page.

The seals of firms and offices are red rings of 30 to 58 mm with the name along the line and often a star (China:
GB/T 33481-2016 and State Council Document 25 of 1999); those of persons are red squares of 10 to 25 mm.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extractors.ocr.mark_ink import Inks, Mask
from extractors.ocr.mark_rings import Ellipse, circles, ellipse_of, ring
from extractors.ocr.mark_shapes import Group, Place, groups, larger, rules

SEAL = (9.0, 75.0)
"""Millimetres of a seal: what is smaller is a bullet, what is larger a drawing."""
STAMP, STAMP_HEIGHT = (14.0, 110.0), 5.0
"""Millimetres of a stamp's frame: its long side, and the least of its short one."""
RINGED, RINGED_GREY = 0.65, 0.85
"""How much of a ring must be there; where there is no colour to tell it by, nearly all."""
OUTSTANDING = 0.25
"""How much more there must be of a ring than beside it."""
LETTERED_GREY = 0.3
"""Share of the band along a ring without colour that must be written in."""
INSIDE = (0.02, 0.7)
"""Share of ink within a ring between which it is neither a line around something nor a disc."""
SMALL, READ_SMALL = 14.0, 0.6
"""Millimetres of a seal below which it may be a letter, and the share of its place read from which on it is one."""
AROUND, ON_PAPER = 3.0, 0.6
"""Millimetres around a mark that are looked at, and the share of ink there from which on it is part of a picture."""
FRAMED, FRAMED_SIDE = 0.75, 0.45
"""How much of a frame must be there, and of the side that print covers most or that was pressed worst."""
FRAME, WITHIN = 1.2, (1.4, 2.2)
"""Millimetres from the edge of a frame to which its line reaches, and between which it is blank: letters are not."""
SQUARE = 1.45
"""Long side to short side up to which a red frame is a seal."""
FULL = 0.6
"""Share of ink above which a frame is a bar of colour."""
UNREAD_INSIDE = 0.5
"""Share of the ink in a frame that was not read from which on it is no printed box."""
ASKEW = 2.5
"""Degrees by which a frame lies askew from which on it was not printed: scanned sheets lie straighter."""
ARC = 8.0
"""Millimetres of the pieces of a ring on a page without colours; letters are smaller."""
NO_COLOUR = 0.0005
"""Share of a page in colour up to which it counts as grey."""


def seals(inks: Inks, read: Mask) -> Iterator[Place]:
    """Red rings and squares; on a page without colours, rings."""
    for place in (*_rings(inks), *_red_groups(inks, read)):
        if _stands_on_paper(place, inks) and not _is_letter(place, inks, read):
            yield place


def _rings(inks: Inks) -> Iterator[Place]:
    for at in circles(inks.red, inks.scale):
        if sure := _ringed(inks.red, at, inks, RINGED):
            yield Place(*at.box, sure)
    if float(inks.coloured.mean()) <= NO_COLOUR:
        for at in circles(larger(inks.ink, inks.length(ARC)), inks.scale):
            found = ring(inks.ink, at, inks.scale)
            if found.lettered >= LETTERED_GREY and (sure := _ringed(inks.ink, at, inks, RINGED_GREY)):
                yield Place(*at.box, sure - 0.1)


def _ringed(mask: Mask, at: Ellipse, inks: Inks, least: float) -> float:
    """How surely an ellipse is the ring of a seal; 0 where it is none."""
    found = ring(mask, at, inks.scale)
    if found.rim < least or found.stands_out < OUTSTANDING:
        return 0.0
    return 0.5 + found.rim / 2 if INSIDE[0] <= found.inside < INSIDE[1] else 0.0


def _stands_on_paper(place: Place, inks: Inks) -> bool:
    around = _cut(inks.ink, place, AROUND * inks.scale)
    return around.size > 0 and float(around.mean()) < ON_PAPER


def _is_letter(place: Place, inks: Inks, read: Mask) -> bool:
    """Whether it is so small, and was so much of it read, that it is a large red letter."""
    size = max(place.right - place.left, place.low - place.top)
    return size < SMALL * inks.scale and float(_cut(read, place, 0).mean()) > READ_SMALL


def _cut(mask: Mask, place: Place, margin: float) -> Mask:
    top, left = max(0, int(place.top - margin)), max(0, int(place.left - margin))
    return mask[top : int(place.low + margin) + 1, left : int(place.right + margin) + 1]


def _red_groups(inks: Inks, read: Mask) -> Iterator[Place]:
    """Ovals and squares: what is red and stands for itself."""
    red = inks.red - rules(inks.red, inks.length(SEAL[1]))
    for gap in (1.0, 2.5):
        for group in groups(red, inks.length(gap), inks.length(SEAL[0])):
            if max(group.width, group.height) > inks.length(SEAL[1]) or group.turned.aspect > 1.9:
                continue
            sure = _ringed(inks.red, ellipse_of(group), inks, RINGED)
            if sure or (sure := _square(group, inks, read)):
                yield group.place(sure)


def _square(group: Group, inks: Inks, read: Mask) -> float:
    framed = _framed(group, inks)
    if group.turned.aspect > SQUARE or not framed or group.fill > 0.9:
        return 0.0
    return 0.4 + framed / 2 if _unread_inside(group, inks, read) else 0.0


def _framed(group: Group, inks: Inks) -> float:
    """How much (0 to 1) of a frame there is around a group; 0 where there is none."""
    sides = group.turned.sides(0, FRAME * inks.scale)
    framed = sum(sides) / 4
    return framed if framed >= FRAMED and min(sides) >= FRAMED_SIDE else 0.0


def _is_hollow(group: Group, inks: Inks) -> bool:
    """Whether the line of the frame stands apart from what is in it."""
    begin, end = (each * inks.scale for each in WITHIN)
    return sum(group.turned.sides(begin, end)) < 2


def _unread_inside(group: Group, inks: Inks, read: Mask) -> bool:
    """Whether there is ink within the frame, and most of it was not read."""
    rim = inks.length(FRAME)
    inside, known = (group.within(mask)[rim:-rim, rim:-rim] for mask in (inks.coloured, read))
    ink = int(inside.sum())
    return ink > 0.08 * inside.size and int((inside & known).sum()) < (1 - UNREAD_INSIDE) * ink


def stamps(inks: Inks, coloured: Mask, read: Mask) -> Iterator[Place]:
    """Frames of coloured ink around writing that lie askew, or in which most was not read.

    `coloured` is where coloured ink is looked at.
    """
    lines = coloured - rules(coloured, inks.length(STAMP[1]))
    for group in groups(lines, inks.length(1.5), inks.length(STAMP[0])):
        if max(group.width, group.height) > inks.length(STAMP[1]) or group.fill > FULL:
            continue
        framed = _framed(group, inks)
        low = 2 * float(group.turned.halves.min()) < inks.length(STAMP_HEIGHT)
        if low or not framed or not _one_hue(group, inks):
            continue
        if (group.turned.tilt > ASKEW and _is_hollow(group, inks)) or _unread_inside(group, inks, read):
            yield group.place(0.4 + framed / 2)


def _one_hue(group: Group, inks: Inks) -> bool:
    """Whether nearly all of the ink is of about one colour."""
    hues = group.within(inks.hues)[group.mask > 0].astype(np.float32) * (np.pi / 90)
    middle = np.arctan2(np.sin(hues).mean(), np.cos(hues).mean())
    away = np.abs((hues - middle + np.pi) % (2 * np.pi) - np.pi)
    return float((away < 0.45).mean()) > 0.85
