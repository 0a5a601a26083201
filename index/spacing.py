"""The words of a page as one string with spaces between them, made with arrays.

What counts as a word is told in `words.py`; this comes to the same words at the same places some five times as fast,
for engines that take a page as a string. One term stands at each place: those that share a place with another (the
groups of `1,250.00`, the whole of a word that a line break cuts) are told besides.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index import words

HAN_MARK = "\x01\x01"
"""Before every Han character: so a look for Latin words, wild or fuzzy, passes over all of them at once."""
GAP = "\u16a2"
"""Stands for a place that holds no word; a rune, so that no evidence holds it."""

_NUMBER_MARK = "\u16a3"
"""Put behind a number whose groups were joined, to find it again; a rune too."""
_Codes: TypeAlias = NDArray[np.uint32]
_SEPARATOR, _COMMA, _APOSTROPHE, _HYPHEN, _SPACE, _WORD, _HAN, _UNKNOWN = range(8)
_SIGNS = {",": _COMMA, **dict.fromkeys("'’", _APOSTROPHE), **dict.fromkeys("-\u2010\x02\ufffe", _HYPHEN)}
_CHARS = 0x110000
_UNMET, _UNEVEN = 2**32 - 1, 2**32 - 2
_ALNUM = rf"[^\W_{words.HAN}]"
_JOINED = rf"[^\W{words.HAN}]"
_NUMBER = re.compile(rf"[0-9](?<!{_JOINED}[0-9])(?<![0-9][.,][0-9])[0-9]{{0,2}}(?:,[0-9]{{3}})+(?!{_JOINED})")
_POSSESSIVE = re.compile(rf"['’]s(?<={_ALNUM}['’]s)(?!{_JOINED})(['’]s(?!{_JOINED}))?")
"""Both as in `words.py`, but begun with a sign that is rare, which is quicker to look for."""
_PAIR_SHIFT = 21


class Spaced(NamedTuple):
    """The words of a page.

    `text` holds them in order, Han characters marked and one by one, and a `GAP` for a place without a word: what
    stands there between spaces are the places 0, 1, 2 ... `pairs` holds, marked and with spaces, the `known_pairs`
    among neighbouring Han characters, as often as they occur. `numbers` are the groups of each grouped number, with the
    place of the first. `is_broken` says that there may be words which a line break cuts: their wholes are in none.
    """

    text: str
    pairs: str
    numbers: tuple[tuple[int, tuple[str, ...]], ...]
    is_broken: bool


def spaced(text: str) -> Spaced:
    """The words of a page."""
    codes = _folded(text)
    kinds = _kinds(codes)
    grouped, possessive, is_broken = _signs(codes, kinds)
    groups: list[tuple[str, ...]] = []
    if grouped or possessive:
        folded = _string(codes)
        if grouped:
            folded, groups = _ungrouped(folded)
        codes = _codes(_POSSESSIVE.sub(r"\1", folded) if possessive else folded)
        kinds = _kinds(codes)
    joined, pairs = _cut(codes, kinds)
    if not groups:
        return Spaced(joined, pairs, (), is_broken)
    places = [place for place, word in enumerate(joined.split()) if word.endswith(_NUMBER_MARK)]
    numbers = tuple(zip(places, groups, strict=True))
    return Spaced(joined.replace(_NUMBER_MARK, ""), pairs, numbers, is_broken)


def _cut(codes: _Codes, kinds: NDArray[np.uint8]) -> tuple[str, str]:
    """The words, and the known pairs."""
    letters = np.flatnonzero(kinds >= _WORD)
    is_han = kinds[letters] == _HAN
    one = np.flatnonzero(is_han[:-1] & is_han[1:])
    apart = np.cumsum(kinds < _SPACE)[letters]
    cut = apart[one] != apart[one + 1]
    pairs = _pairs(codes[letters[one[~cut]]], codes[letters[one[~cut] + 1]])
    return _joined(codes, kinds, letters[one[cut]]), pairs


def positions(text: str) -> dict[str, list[int]]:
    """As `words.positions`, which it leaves the texts to that have words cut by a line break."""
    page = spaced(text)
    if page.is_broken:
        return words.positions(text)
    places: dict[str, list[int]] = {}
    for place, word in enumerate(page.text.replace(HAN_MARK, "").split()):
        if word in places:
            places[word].append(place)
        else:
            places[word] = [place]
    places.pop(GAP, None)
    for first, groups in page.numbers:
        for place, group in enumerate(groups, first):
            places[group] = sorted({*places.get(group, ()), place})
    return places


@cache
def known_pairs() -> frozenset[str]:
    """Pairs of Han characters that are so frequent in the trade that they are kept as a term of their own."""
    lines = files(__package__).joinpath("pairs.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(pair for line in lines if not line.startswith("#") for pair in line.split())


def _joined(codes: _Codes, kinds: NDArray[np.uint8], last: NDArray[np.int64]) -> str:
    """The characters at their places in a string of spaces; `last` are the Han characters with a gap behind them."""
    mark, gap = len(HAN_MARK), 2
    han = np.flatnonzero(kinds == _HAN)
    widths = np.ones(len(codes), dtype=np.int64)
    widths[han] += 2 + mark
    widths[last] += gap
    starts = np.cumsum(widths) - widths
    out = np.full(int(widths.sum()), ord(" "), dtype=np.uint32)
    word = np.flatnonzero(kinds == _WORD)
    out[starts[word]] = codes[word]
    for at, char in enumerate(HAN_MARK, 1):
        out[starts[han] + at] = ord(char)
    out[starts[han] + 1 + mark] = codes[han]
    out[starts[last] + 1 + mark + gap] = ord(GAP)
    return _string(out)


def _pairs(first: _Codes, second: _Codes) -> str:
    """The known ones among pairs of Han characters."""
    keys, names, begins = _pair_table()
    likely = begins[first]
    found = (first[likely].astype(np.int64) << _PAIR_SHIFT) + second[likely]
    places = np.searchsorted(keys, found).clip(max=len(keys) - 1)
    return " ".join(names[place] for place in places[keys[places] == found].tolist())


@cache
def _pair_table() -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
    """The known pairs as ascending numbers, the pairs in that order, and which characters begin one."""
    pairs = {(ord(pair[0]) << _PAIR_SHIFT) + ord(pair[1]): pair for pair in known_pairs()}
    keys = np.asarray(sorted(pairs), dtype=np.int64)
    begins = np.zeros(_CHARS, dtype=bool)
    begins[keys >> _PAIR_SHIFT] = True
    return keys, [HAN_MARK + pairs[key] for key in keys.tolist()], begins


def _signs(codes: _Codes, kinds: NDArray[np.uint8]) -> tuple[bool, bool, bool]:
    """Whether there may be grouped numbers, possessives, and words that a line break cuts."""
    signs = np.flatnonzero((kinds > _SEPARATOR) & (kinds < _SPACE))
    signs = signs[signs + 1 < len(codes)]
    sign, after = kinds[signs], codes[signs + 1]
    grouped = (sign == _COMMA) & (after >= ord("0")) & (after <= ord("9"))
    possessive = (sign == _APOSTROPHE) & (after == ord("s"))
    broken = (sign == _HYPHEN) & (kinds[signs + 1] == _SPACE)
    return bool(grouped.any()), bool(possessive.any()), bool(broken.any())


def _ungrouped(folded: str) -> tuple[str, list[tuple[str, ...]]]:
    """The text with its grouped numbers joined and marked, and the groups of each."""
    groups: list[tuple[str, ...]] = []

    def joined(number: re.Match[str]) -> str:
        groups.append(tuple(number[0].split(",")))
        return "".join(groups[-1]) + _NUMBER_MARK + " "

    return _NUMBER.sub(joined, folded.replace(_NUMBER_MARK, " ")), groups


def _string(codes: _Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "replace")


def _codes(text: str) -> _Codes:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")


def fold_in_place(text: str) -> str | None:
    """The folded text where each of its characters stands at the place of the original one; None where not."""
    folded = _table_folded(_codes(text))
    return None if folded is None else _string(folded)


def _folded(text: str) -> _Codes:
    """As `words.fold`."""
    folded = _table_folded(_codes(text))
    return _codes(words.fold(text)) if folded is None else folded


def _table_folded(codes: _Codes) -> _Codes | None:
    """Each character folded, by a table that is filled as they are met; None where one does not become one."""
    table, _ = _tables()
    folded = table[codes]
    if len(folded) and folded.max() == _UNMET:
        for code in np.unique(codes[folded == _UNMET]).tolist():
            char = words.fold(chr(code))
            table[code] = ord(char) if len(char) == 1 else _UNEVEN
        folded = table[codes]
    return None if len(folded) and folded.max() == _UNEVEN else folded


def _kinds(codes: _Codes) -> NDArray[np.uint8]:
    _, table = _tables()
    kinds = table[codes]
    if len(kinds) and kinds.max() == _UNKNOWN:
        for code in np.unique(codes[kinds == _UNKNOWN]).tolist():
            table[code] = _kind(chr(code))
        kinds = table[codes]
    return kinds


def _kind(char: str) -> int:
    if words.is_han(char):
        return _HAN
    if char.isalnum():
        return _WORD
    return _SPACE if char.isspace() else _SIGNS.get(char, _SEPARATOR)


@cache
def _tables() -> tuple[_Codes, NDArray[np.uint8]]:
    """For each character its folded form, and what kind it is, as far as they were met."""
    return np.full(_CHARS, _UNMET, dtype=np.uint32), np.full(_CHARS, _UNKNOWN, dtype=np.uint8)
