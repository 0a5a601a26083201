"""The one tokenizer: what counts as a word, for pages, queries and snippets alike, whatever the engine.

Folding keeps offsets. Every character is folded on its own (NFKC, case, diacritics, traditional to simplified),
so a token always knows which slice of the original text it came from.

* Words of letters and digits are one token each; punctuation separates. So `GC/L/0145` is `gc l 0145` at
  consecutive positions: its parts are found alone, the whole as a phrase. There is no stemming: evidence is
  searched exactly, and `delay*` asks for the other endings. Only a possessive `'s` is dropped.
* A number with grouped thousands is one token without the commas (`1,250.00` is `1250 00`); its groups are
  tokens besides, at the same positions.
* A word hyphenated over a line break is found in two halves and as a whole.
* Every Han character (kana too) is a token, so any stretch of a sentence is found as a phrase. White space and line
  breaks inside a run of them do not count, punctuation does: it leaves a gap, which no phrase runs across. An engine
  that is quicker with pairs of characters makes them of neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple, TypeAlias

HAN = (
    "\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U000323af"
)
_WORD = rf"[^\W_{HAN}]"
_SCAN = re.compile(
    rf"(?P<han>[{HAN}](?:\s*[{HAN}])*)"
    rf"|(?P<number>(?<![^\W{HAN}])(?<![0-9][.,])[0-9]{{1,3}}(?:,[0-9]{{3}})+(?![^\W{HAN}]))"
    rf"|(?P<word>{_WORD}+)(?P<possessive>['’]s(?![^\W{HAN}]))?"
)
_HYPHEN = re.compile(r"[-\u2010\x02\ufffe][^\S\n]*\n\s*")
_SHARED = re.compile(rf"{_HYPHEN.pattern}|[0-9],[0-9]{{3}}")
_HAN_CHAR = re.compile(f"[{HAN}]")


Token: TypeAlias = tuple[str, int, int, int]
"""A term, its position, and the start and end of the slice of the original text that it stands for."""


class Piece(NamedTuple):
    """A run of the folded text as the scanner sees it, before it is cut into tokens.

    `kind` is "word", "number" or "han"; `position` is that of its first token.
    """

    kind: str
    text: str
    position: int
    start: int
    end: int


def is_han(term: str) -> bool:
    """Whether a term is made of Han characters or kana (a term is never mixed)."""
    return _HAN_CHAR.match(term) is not None


def fold(text: str) -> str:
    """The text as it is compared: NFKC, case, diacritics, traditional characters to simplified."""
    return text.lower() if text.isascii() else text.translate(_by_number())


def compact(text: str) -> str:
    """The folded text without anything but letters and digits: how references are compared."""
    return "".join(filter(str.isalnum, fold(text)))


def tokens(text: str) -> list[Token]:
    """All tokens of a page. Positions count from 0; several tokens may share one."""
    folded, offsets = _folded(text)
    found: list[Token] = []
    for kind, run, position, start, end in runs(folded):
        if kind == "word":
            found.append((run, position, start, end))
        else:
            found += _of_han(run, position, start) if kind == "han" else _of_number(run, position, start)
    found += _rejoined(folded, text, offsets, found)
    if offsets is None:
        return found
    return [(term, position, offsets[start], offsets[end - 1] + 1) for term, position, start, end in found]


def positions(text: str) -> dict[str, list[int]]:
    """Every term of the text with its positions in ascending order."""
    places: dict[str, list[int]] = {}
    for term, position, _, _ in tokens(text):
        if term in places:
            places[term].append(position)
        else:
            places[term] = [position]
    return {term: where if len(where) == 1 else sorted(set(where)) for term, where in places.items()}


def pieces(text: str) -> list[Piece]:
    """The runs of a query's words; offsets are those of the folded text."""
    return [Piece(*piece) for piece in runs(fold(text))]


def shares_places(folded: str) -> bool:
    """Whether two tokens of the folded text may stand at one position."""
    return _SHARED.search(folded) is not None


def without_hyphens(folded: str) -> str:
    """The folded text with the words that a hyphen cuts at the end of a line made whole."""
    return _HYPHEN.sub("", folded)


def runs(folded: str) -> Iterator[tuple[str, str, int, int, int]]:
    """The fields of `Piece`, as plain tuples because there are many."""
    position, after_han = 0, False
    for match in _SCAN.finditer(folded):
        kind = match.lastgroup or ""
        if kind == "possessive":
            kind = "word"
        run = match[kind]
        if kind == "han":
            position += after_han
            yield kind, run, position, match.start(), match.end()
            position += len(run) if run.isalnum() else len("".join(run.split()))
        else:
            yield kind, run, position, match.start(), match.end()
            position += 1
        after_han = kind == "han"


def _of_number(run: str, position: int, start: int) -> list[Token]:
    found = [(run.replace(",", ""), position, start, start + len(run))]
    for index, group in enumerate(run.split(",")):
        found.append((group, position + index, start, start + len(group)))
        start += len(group) + 1
    return found


def _of_han(run: str, position: int, start: int) -> list[Token]:
    if run.isalnum():
        return [(char, position + at, start + at, start + at + 1) for at, char in enumerate(run)]
    chars = [(char, at) for at, char in enumerate(run, start) if not char.isspace()]
    return [(char, position + index, at, at + 1) for index, (char, at) in enumerate(chars)]


def _rejoined(folded: str, text: str, offsets: list[int] | None, found: list[Token]) -> list[Token]:
    """Whole words for those that a hyphen cuts at the end of a line ("posses-" / "sion").

    The whole word stands at the positions of both halves, so that it makes a phrase with either neighbour.
    """
    hyphens = list(_HYPHEN.finditer(folded))
    if not hyphens:
        return []
    ending = {token[3]: token for token in found}
    beginning = {token[2]: token for token in found}
    whole: list[Token] = []
    for match in hyphens:
        first, second = ending.get(match.start()), beginning.get(match.end())
        if first is None or second is None or is_han(first[0]) or is_han(second[0]):
            continue
        if text[second[2] if offsets is None else offsets[second[2]]].islower():
            whole += [(first[0] + second[0], half[1], first[2], second[3]) for half in (first, second)]
    return whole


def _folded(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and for each of its characters the offset in `text`; None when they are the same."""
    if text.isascii():
        return text.lower(), None
    parts = list(map(_table().__getitem__, text))
    folded = "".join(parts)
    if len(folded) == len(text) and all(parts) and max(map(len, parts), default=1) == 1:
        return folded, None
    return folded, [offset for offset, part in enumerate(parts) for _ in part]


class _ByNumber(dict[int, str]):
    """The same table for `str.translate`, which asks for characters by their number."""

    def __missing__(self, number: int) -> str:
        self[number] = folded = _table()[chr(number)]
        return folded


@cache
def _by_number() -> _ByNumber:
    return _ByNumber()


class _Table(dict[str, str]):
    """Folded forms of characters, worked out when first met."""

    def __init__(self, simplified: dict[str, str]) -> None:
        super().__init__()
        self._simplified = simplified

    def __missing__(self, char: str) -> str:
        folded = _unmarked(unicodedata.normalize("NFKC", char).casefold())
        folded = "".join(self._simplified.get(c, c) for c in folded)
        self[char] = folded
        return folded


def _unmarked(text: str) -> str:
    """Without the diacritics of Latin, Greek and Cyrillic, soft hyphens and other characters of no width."""
    bare = "".join(
        c
        for c in unicodedata.normalize("NFD", text)
        if not "\u0300" <= c <= "\u036f" and unicodedata.category(c) != "Cf"
    )
    return unicodedata.normalize("NFC", bare)


@cache
def _table() -> _Table:
    return _Table(_simplified())


def _simplified() -> dict[str, str]:
    """Traditional to simplified, one character for one (OpenCC's character table), and radicals to characters."""
    from opencc import OpenCC  # loaded when first needed: commands that do not search start without it

    blocks = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))
    chars = [chr(code) for first, end in blocks for code in range(first, end)]
    simple = OpenCC("t2s").convert("\n".join(chars)).split("\n")
    table = {old: new for old, new in zip(chars, simple, strict=True) if old != new and len(new) == 1}
    lines = files(__package__).joinpath("radicals.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return table | {radical: char for radical, char in pairs}  # noqa: C416 - dict(pairs) would not type-check
