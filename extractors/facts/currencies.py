"""Marks and names of money, from `currencies.yaml`: which currency they mean, and which else they could."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from extractors.word_lists import word_list


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark or name means: its currency, what else it may mean, and whether it is an ordinary word too."""

    code: str
    others: tuple[str, ...] = ()
    careful: bool = False
    capitals: bool = False
    before: bool = True


YUAN = Mark("CNY", ("HKD", "TWD", "MOP"))
"""元 that a table says of all its sums: of the mainland unless the document speaks of another place."""


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_name("currencies.yaml")
    loaded: dict[str, Any] = word_list(path)
    return loaded


@cache
def marks() -> dict[str, Mark]:
    """Every mark, code, name and plural in folded letters, with what it means."""
    data, table = _data(), {}
    careful, after_only, small = (set(data[name]) for name in ("careful", "never_before", "small_codes"))
    for code, entry in data["currencies"].items():
        words = [*entry.get("marks", ()), *entry.get("zh", ()), *_with_plurals(entry.get("en", ()))]
        for word in words:
            table[word] = Mark(code, careful=word in careful, before=word not in after_only)
        if not entry.get("never_mark"):
            table[code.lower()] = Mark(
                code,
                careful=bool(entry.get("wordlike")),
                capitals=code.lower() not in small or bool(entry.get("wordlike")),
            )
    for name, (code, others) in data["ambiguous"].items():
        for word in _with_plurals([name]) if name.isalpha() and name.isascii() and len(name) > 2 else [name]:
            table[word] = Mark(code, tuple(others), word in careful, before=word not in after_only)
    return table


def _with_plurals(names: list[str]) -> list[str]:
    return [form for name in names for form in (name, f"{name}s")]


@cache
def longest() -> int:
    """The number of characters of the longest mark."""
    return max(map(len, marks()))


@cache
def minor_units() -> dict[str, int]:
    """Names of small money (cents, pence, 角, 分): how many make one."""
    minor = _data()["minor"]
    plural = {f"{name}s": share for name, share in minor["en"].items()}
    return {**minor["en"], **plural, **minor["zh"]}


@cache
def han_names() -> tuple[str, ...]:
    """The Chinese names, the longest first."""
    names = [name for entry in _data()["currencies"].values() for name in entry.get("zh", ())]
    names += [name for name in _data()["ambiguous"] if not name.isascii() and name.isalpha()]
    return tuple(sorted(set(names), key=lambda name: (-len(name), name)))


@cache
def places() -> tuple[tuple[re.Pattern[str], str, float], ...]:
    """Names of places and registers, and the currency they speak for."""
    return tuple((re.compile(pattern), code, float(weight)) for pattern, code, weight in _data()["places"])
