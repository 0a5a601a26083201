"""The words of a page as one string with spaces between them, made with arrays.

What counts as a word is told in `words.py`; this comes to the same words at the same places some five times as fast,
for engines that take a page as a string. One term stands at each place: those that share a place with another (the
groups of `1,250.00`, the whole of a word that a line break cuts) are told besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
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
_PAGE_END = "\ufdd0"
"""Stands between pages: no letter, no space, and no character that a text may hold."""
_NO_WORD = "\x00"
"""What a page that holds it all the same has instead."""
_BLANK = " " + GAP
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
    return spaced_all([text])[0]


def spaced_all(texts: Sequence[str]) -> list[Spaced]:
    """The words of several pages, each as if it were alone: together they take half as long."""
    codes = _folded(_PAGE_END.join(text.replace(_PAGE_END, _NO_WORD) for text in texts))
    kinds = _kinds(codes)
    grouped, possessive, broken = _signs(codes, kinds)
    cut = set(np.searchsorted(_ends(codes), broken).tolist())
    groups: list[tuple[str, ...]] = []
    if grouped or possessive:
        folded = _string(codes)
        if grouped:
            folded, groups = _ungrouped(folded)
        codes = _codes(_POSSESSIVE.sub(r"\1", folded) if possessive else folded)
        kinds = _kinds(codes)
    rest = iter(groups)
    return [
        Spaced(*_numbered(text, pairs, rest), page in cut)
        for page, (text, pairs) in enumerate(_cut(codes, kinds))
    ]


def _ends(codes: _Codes) -> NDArray[np.int64]:
    """Where the ends of pages stand, but for the last one's."""
    return np.flatnonzero(codes == ord(_PAGE_END))


def _numbered(
    text: str, pairs: str, groups: Iterator[tuple[str, ...]]
) -> tuple[str, str, tuple[tuple[int, tuple[str, ...]], ...]]:
    """The words without the marks of numbers, the pairs, and the next of the `groups` for each mark, with its place."""
    if _NUMBER_MARK not in text:
        return text, pairs, ()
    *parts, last = text.split(_NUMBER_MARK)
    places = accumulate(len(part.split()) for part in parts)
    numbers = tuple((place - 1, next(groups)) for place in places)
    return "".join((*parts, last)), pairs, numbers


def _cut(codes: _Codes, kinds: NDArray[np.uint8]) -> Iterator[tuple[str, str]]:
    """For each page its words, and the known pairs."""
    ends = _ends(codes)
    if not (kinds == _HAN).any():
        words_only = _string(np.where(kinds == _WORD, codes, np.uint32(ord(" "))))
        yield from ((text, "") for text in _sliced(words_only, ends))
        return
    letters = np.flatnonzero(kinds >= _WORD)
    is_han = kinds[letters] == _HAN
    one = np.flatnonzero(is_han[:-1] & is_han[1:])
    apart = np.cumsum(kinds < _SPACE)[letters]
    cut = apart[one] != apart[one + 1]
    beside = letters[one[~cut]]
    names, places = _pairs(codes[beside], codes[letters[one[~cut] + 1]])
    joined, stops = _joined(codes, kinds, letters[one[cut]], ends)
    bounds = [0, *np.searchsorted(beside[places], ends).tolist(), len(names)]
    for text, (start, stop) in zip(_sliced(joined, stops), pairwise(bounds), strict=True):
        yield text.rstrip(_BLANK), " ".join(names[start:stop])


def _sliced(text: str, ends: NDArray[np.int64]) -> Iterator[str]:
    """The text in pieces, without the characters at the ends."""
    for before, stop in pairwise([-1, *ends.tolist(), len(text)]):
        yield text[before + 1 : stop]


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


def _joined(
    codes: _Codes, kinds: NDArray[np.uint8], last: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[str, NDArray[np.int64]]:
    """The characters at their places in a string of spaces, and where the `ends` come to stand.

    `last` are the Han characters with a gap behind them.
    """
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
    return _string(out), starts[ends]


def _pairs(first: _Codes, second: _Codes) -> tuple[list[str], NDArray[np.int64]]:
    """The known ones among pairs of Han characters, and which of them they are."""
    keys, names, begins = _pair_table()
    likely = np.flatnonzero(begins[first])
    found = (first[likely].astype(np.int64) << _PAIR_SHIFT) + second[likely]
    places = np.searchsorted(keys, found).clip(max=len(keys) - 1)
    known = keys[places] == found
    return [names[place] for place in places[known].tolist()], likely[known]


@cache
def _pair_table() -> tuple[NDArray[np.int64], list[str], NDArray[np.bool_]]:
    """The known pairs as ascending numbers, the pairs in that order, and which characters begin one."""
    pairs = {(ord(pair[0]) << _PAIR_SHIFT) + ord(pair[1]): pair for pair in known_pairs()}
    keys = np.asarray(sorted(pairs), dtype=np.int64)
    begins = np.zeros(_CHARS, dtype=bool)
    begins[keys >> _PAIR_SHIFT] = True
    return keys, [HAN_MARK + pairs[key] for key in keys.tolist()], begins


def _signs(codes: _Codes, kinds: NDArray[np.uint8]) -> tuple[bool, bool, NDArray[np.int64]]:
    """Whether there may be grouped numbers and possessives, and where words that a line break cuts."""
    signs = np.flatnonzero((kinds > _SEPARATOR) & (kinds < _SPACE))
    signs = signs[signs + 1 < len(codes)]
    sign, after = kinds[signs], codes[signs + 1]
    grouped = (sign == _COMMA) & (after >= ord("0")) & (after <= ord("9"))
    possessive = (sign == _APOSTROPHE) & (after == ord("s"))
    broken = (sign == _HYPHEN) & (kinds[signs + 1] == _SPACE)
    return bool(grouped.any()), bool(possessive.any()), signs[broken]


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
    codes = _codes(text)
    folded = _table_folded(codes)
    if folded is None:
        for code in np.unique(codes[_tables()[0][codes] == _UNEVEN]).tolist():
            once = words.fold(chr(code))
            if words.fold(once) != once:
                return _codes(words.fold(text))
            text = text.replace(chr(code), once)
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
