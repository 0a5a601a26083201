"""Which kind of sum a label speaks of, robust against what OCR makes of it: T0TAL, TOTAI, SUB T0TAL, 合 计."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from extractors.word_lists import word_list

SIMILAR = 84
"""From which likeness (0 to 100) a misread label is taken for the known one."""
LONGEST = 44
"""Longer squeezed texts are sentences, not labels."""
_LOOKALIKES = str.maketrans("0158|!", "olsbll")
_NOISE = re.compile(r"[^a-z一-鿿à-ž]")
_TOTAL_LOSS = re.compile(r"(?<=[a-z)])[,;:]? (?:-|–)? ?(?:actual |constructive )?total loss\b")
"""What became of a thing (`broken, total loss`), not what a table comes to."""
_TAX_RATE = re.compile(r"\d{1,12}(?:\.\d{1,12})? ?%")


@dataclass(frozen=True, slots=True)
class Label:
    """What a line of an invoice says its sum is; `strength` ranks totals among themselves."""

    role: str
    strength: float
    words: str


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("amount_labels.yaml")
    loaded: dict[str, Any] = word_list(path)
    return loaded


_ROLES = ("subtotal", "tax", "paid", "change", "rounding", "deduction", "withheld", "charge", "count")


@cache
def labels() -> dict[str, Label]:
    """Every squeezed label with what it says."""
    table = {name: Label("total", float(strength), name) for name, strength in _data()["total"]}
    return table | {name: Label(role, 3.0, name) for role in _ROLES for name in map(squeezed, _data()[role])}


@cache
def columns() -> frozenset[str]:
    """Squeezed heads of table columns that hold sums."""
    return frozenset(_data()["columns"])


@cache
def head_words() -> dict[str, tuple[str, ...]]:
    """The words of table heads by what stands under them."""
    return {role: tuple(words) for role, words in _data()["heads"].items()}


@cache
def wording() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]:
    """(role, words before a sum, words behind it) in running text, in the order in which they are tried."""
    return tuple(
        (
            role,
            re.compile(
                rf"(?:{rule['before']})[\s:.,=()]{{0,4}}(?:(?:a|the|is|was|sum|amount|about|approximately|约|为|人民币|共|计|约为|大写|小写|暂定|含税|rmb|cny)[\s:()]{{0,3}}){{0,6}}$"
            ),
            re.compile(rule["after"]) if "after" in rule else None,
        )
        for role, rule in _data()["wording"].items()
    )


@cache
def withholding() -> re.Pattern[str]:
    """Words before a sum in running text that is kept back, lent or secured: neither a total nor a payment."""
    return re.compile(rf"(?:{_data()['withholding']})[^.,;。\n\d]{{0,24}}$")


def squeezed(text: str) -> str:
    """Folded text without spaces, digits, points and brackets, letters in place of the digits that look like them."""
    return _NOISE.sub("", _TAX_RATE.sub(" ", text).translate(_LOOKALIKES))


def label_of(text: str) -> Label | None:
    """The label in a folded piece of a line, None when it is none or a sentence."""
    bare = squeezed(_TOTAL_LOSS.sub(" ", text))
    if not 2 <= len(bare) <= LONGEST:
        return None
    return _label(bare)


@cache
def _short_words() -> frozenset[str]:
    """Labels so short that they must be the whole of the line's beginning or end."""
    return frozenset(name for name in labels() if len(name) <= 4 and name.isascii())


def is_lone(label: Label) -> bool:
    """Whether the label is one of those that mean a subtotal only where they stand alone ("Net")."""
    return label.words in _data()["subtotal_alone"]


@lru_cache(maxsize=4096)
def _label(bare: str) -> Label | None:
    if bare in _data()["subtotal_alone"]:
        return Label("subtotal", 3.0, bare)
    found = _contained(bare)
    if found and (len(found.words) >= 5 or not found.words.isascii() or len(bare) <= len(found.words) + 8):
        return found
    if len(bare) > 24 or len(bare) < 4:
        return found
    near = process.extractOne(bare, _long_names(), scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return labels()[near[0]] if near else _misread_total(bare) or found


@cache
def _long_names() -> tuple[str, ...]:
    return tuple(name for name in labels() if len(name) >= 5)


def _contained(bare: str) -> Label | None:
    """The longest label in it; `subtotal` beats `total`, `totalexcludinggst` beats both."""
    best = ""
    for name in _names_by_length():
        if name in bare and (name not in _short_words() or bare.startswith(name) or bare.endswith(name)):
            best = name
            break
    return labels()[best] if best else None


@cache
def _names_by_length() -> tuple[str, ...]:
    return tuple(sorted(labels(), key=lambda name: (-len(name), name)))


def _misread_total(bare: str) -> Label | None:
    """`totai`, `tolal`, `t0tal rm`: five letters at either end that are `total` but for one."""
    for piece in (bare[:5], bare[-5:]):
        if fuzz.ratio(piece, "total") >= 80 and piece[:1] in "t" and not bare.startswith("sub"):
            return Label("total", 2.5, piece)
    return None
