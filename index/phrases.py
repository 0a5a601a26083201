"""From the words of a query to the phrases that stand for them in the index."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from index import words
from index.errors import QueryError
from index.tree import Near, Node, Part, Phrase, either

_STAR, _ONE = "ᚠ", "ᚡ"
"""Letters that stand for `*` and `?` while the tokenizer cuts the word; runes, so that no evidence holds them."""

_WILD = str.maketrans("*?", _STAR + _ONE)
_TAME = str.maketrans(_STAR + _ONE, "*?")

MAX_FUZZY_HAN = 20
"""Han characters in a fuzzy word; more would be thousands of variants."""


def phrase(field: str, text: str) -> Phrase | None:
    """The words of `text` one after the other; None when there are none."""
    parts: list[Part] = []
    width = 0
    for piece in words.pieces(text):
        run, length = _run(piece)
        parts += run
        width = piece.position + length
    return _made(field, parts, width)


def near(field: str, text: str, slop: int) -> Node | None:
    """The words of `text` (cut at white space) in any order, near each other."""
    units = [unit for chunk in text.split() if (unit := phrase(field, chunk)) is not None]
    if len(units) < 2:
        return units[0] if units else None
    return Near(field, tuple(units), slop)


def fuzzy(field: str, text: str, edits: int) -> Node | None:
    """The word with up to `edits` letters wrong; in a word of several parts, those of 1 or 2 letters are exact.

    Of a run of Han characters, up to `edits` characters may be others (how OCR errs in Chinese).
    """
    exact = phrase(field, text)
    if exact is None or edits == 0:
        return exact
    pieces = words.pieces(text)
    if len(pieces) == 1 and pieces[0].kind == "han":
        return _fuzzy_han(field, pieces[0], edits)
    alone = len(exact.parts) == 1
    parts = [
        part if words.is_han(part.term) or (len(part.term) < 3 and not alone) else _loose(part, edits)
        for part in exact.parts
    ]
    return replace(exact, parts=tuple(parts))


def wild(field: str, text: str, position: int) -> Phrase | None:
    """The word with `*` for any letters and `?` for one. Raises `QueryError` for a `*` amid Chinese.

    Beside Han characters a `?` is any one character, and a `*` at the end says nothing, since Chinese is found
    inside sentences anyway. A `*` that is a part of its own (`GC/*/0145`) is any one word.
    """
    found = _without_edges(words.pieces(text.translate(_WILD)))
    parts: list[Part] = []
    width = shift = 0
    run: list[Part]
    for index, piece in enumerate(found):
        if piece.text.strip(_STAR) == "":
            if _beside_han(found, index):
                raise QueryError(
                    '"*" cannot stand amid Chinese', position, 'Search for the pieces: "工期 延误"~10.'
                )
            run, length = [], 1
        elif piece.text.strip(_ONE) == "" and _beside_han(found, index):
            run, length = [], len(piece.text)
        else:
            run, length = _run(piece)
        parts += [replace(part, offset=part.offset + shift) for part in run]
        width = piece.position + shift + length
        shift += length - 1 if piece.kind == "word" else 0
    return _made(field, [_wildened(part) for part in parts], width)


def _made(field: str, parts: list[Part], width: int) -> Phrase | None:
    if not parts:
        return None
    first = min(part.offset for part in parts)
    return Phrase(field, tuple(replace(part, offset=part.offset - first) for part in parts), width - first)


def _run(piece: words.Piece) -> tuple[list[Part], int]:
    """The parts that a run needs, and how many positions it covers."""
    if piece.kind != "han":
        return [Part(piece.text.replace(",", ""), piece.position)], 1
    chars = "".join(piece.text.split())
    return _chars(chars, piece.position), len(chars)


def _chars(chars: str, position: int) -> list[Part]:
    return [Part(char, position + index) for index, char in enumerate(chars)]


def _fuzzy_han(field: str, piece: words.Piece, edits: int) -> Node | None:
    chars = "".join(piece.text.split())[:MAX_FUZZY_HAN]
    edits = min(edits, len(chars) - 1)
    return either([_with_holes(field, chars, holes) for holes in combinations(range(len(chars)), edits)])


def _with_holes(field: str, chars: str, holes: tuple[int, ...]) -> Phrase:
    parts = [part for part in _chars(chars, 0) if part.offset not in holes]
    made = _made(field, parts, parts[-1].offset + 1)
    assert made is not None  # noqa: S101 - fewer holes than characters, so at least one part is left
    return made


def _loose(part: Part, edits: int) -> Part:
    return replace(part, how="fuzzy", edits=edits)


def _wildened(part: Part) -> Part:
    term = part.term.translate(_TAME)
    return replace(part, term=term, how="wild") if term != part.term else part


def _without_edges(found: list[words.Piece]) -> list[words.Piece]:
    """Without the pieces at both ends that ask for nothing: a lone `*`, or `?` beside Chinese."""
    while found and _says_nothing(found, 0):
        found = found[1:]
    while found and _says_nothing(found, len(found) - 1):
        found = found[:-1]
    return found


def _says_nothing(found: list[words.Piece], index: int) -> bool:
    text = found[index].text
    return text.strip(_STAR) == "" or (text.strip(_STAR + _ONE) == "" and _beside_han(found, index))


def _beside_han(found: list[words.Piece], index: int) -> bool:
    piece = found[index]
    return any(
        other.kind == "han" and (other.end == piece.start or other.start == piece.end)
        for other in found[max(0, index - 1) : index + 2]
    )
