"""A query cut into lexemes. Chinese punctuation is read as its Latin counterpart, offsets stay."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.errors import QueryError
from index.fields import KNOWN_FIELDS

LITERAL = "\x1f"
"""Stands for a `*` or `?` that a backslash made literal: a separator like other punctuation."""

_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；"}
_PUNCTUATION = str.maketrans("“”„‟「」『』　", '"""""""" ')
_BETWEEN = "，、。；"
"""Chinese punctuation that stands between words like a space does."""
_RANGE = re.compile(r"[\[{]\s*(\S+)\s+(?:TO|to)\s+([^\s\]}]+)\s*[\]}]")
_FIELD = re.compile(r"([A-Za-z_]+):(?!//)")
_COMPARISON = re.compile(r"[<>]=?\s*(?=\S)")
_WORD = re.compile(r'(?:\\.|[^\s()"\\，、。；]|\\$)+')
_PHRASE = re.compile(r'"((?:\\.|[^"\\])*)"(~[0-9]*)?')
_ESCAPE = re.compile(r"\\(.?)")
_OPERATORS = {"AND": "and", "&&": "and", "OR": "or", "||": "or", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of the query from `start`. `kind` is one of: ( ) and or not field word phrase range end.

    `text` is the content. `suffix` is what follows a `~`, None without one. A range has its bounds in `text` and
    `high`, and whether they are excluded in `low_open` and `high_open`.
    """

    kind: str
    text: str
    start: int
    suffix: str | None = None
    high: str = ""
    low_open: bool = False
    high_open: bool = False


def lexemes(query: str) -> Iterator[Lexeme]:
    """The lexemes of the query, ended by one of kind "end". Raises `QueryError`."""
    text = query.translate(_FULLWIDTH).translate(_PUNCTUATION)
    at, after_field = 0, False
    while at < len(text):
        if text[at].isspace() or text[at] in _BETWEEN:
            at += 1
            continue
        lexeme, at = _value(text, at) if after_field else _next(text, at)
        after_field = lexeme is not None and lexeme.kind == "field"
        if lexeme is not None:
            yield lexeme
    yield Lexeme("end", "", len(text))


def _next(text: str, at: int) -> tuple[Lexeme | None, int]:
    char = text[at]
    if char in "()":
        return Lexeme(char, char, at), at + 1
    if char == '"':
        return _phrase(text, at)
    if char in "+-" and at + 1 < len(text):
        return _prefixed(text, at)
    if char in "[{" and (match := _RANGE.match(text, at)):
        return _range(match)
    field = _FIELD.match(text, at)
    if field and _names_field(field, text):
        return Lexeme("field", field[1].lower(), at), field.end()
    return _word(text, at)


def _value(text: str, at: int) -> tuple[Lexeme | None, int]:
    """What follows `field:`: signs and brackets belong to the value here."""
    if text[at] in '()"':
        return _next(text, at)
    if text[at] in "[{":
        match = _RANGE.match(text, at)
        if match is None:
            raise QueryError("This range cannot be read", at, "Write it like [2023-01-01 TO 2023-03-31].")
        return _range(match)
    if match := _COMPARISON.match(text, at):
        word, end = _word(text, match.end())
        return Lexeme("word", match[0].strip() + word.text, at, word.suffix), end
    return _word(text, at)


def _prefixed(text: str, at: int) -> tuple[Lexeme | None, int]:
    if text[at + 1].isspace() or text[at] == "+":
        return None, at + 1
    return Lexeme("not", "-", at), at + 1


def _range(match: re.Match[str]) -> tuple[Lexeme, int]:
    whole = match[0]
    lexeme = Lexeme(
        "range",
        match[1],
        match.start(),
        high=match[2],
        low_open=whole[0] == "{",
        high_open=whole[-1] == "}",
    )
    return lexeme, match.end()


def _phrase(text: str, at: int) -> tuple[Lexeme, int]:
    match = _PHRASE.match(text, at)
    if match is None:
        raise QueryError(
            "This quotation mark is never closed", at, 'Close it, or leave it out: "late possession".'
        )
    suffix = match[2][1:] if match[2] else None
    if suffix == "":
        raise QueryError('A number is missing after "~"', match.end() - 1, 'Say how near: "these words"~5.')
    return Lexeme("phrase", _unescaped(match[1]), at, suffix), match.end()


def _word(text: str, at: int) -> tuple[Lexeme, int]:
    match = _WORD.match(text, at)
    if match is None:
        raise QueryError("A value is missing here", at)
    raw = match[0]
    if raw in _OPERATORS:
        return Lexeme(_OPERATORS[raw], raw, at), match.end()
    suffix = re.search(r"(?<=[^~\\])~([0-9]?)$", raw)
    if suffix:
        raw = raw[: suffix.start()]
    return Lexeme("word", _unescaped(raw), at, suffix[1] if suffix else None), match.end()


def _unescaped(raw: str) -> str:
    return _ESCAPE.sub(lambda m: LITERAL if m[1] in ("*", "?") else m[1], raw)


def _names_field(match: re.Match[str], text: str) -> bool:
    """Whether `name:` is a field. A name that is none, with a value right behind it, is a mistake to tell."""
    name = match[1].lower()
    if name in KNOWN_FIELDS:
        return True
    following = text[match.end() : match.end() + 1]
    if following in ("", ")", ":", "\\") or following.isspace():
        return False
    close = difflib.get_close_matches(name, KNOWN_FIELDS, 1)
    guess = f"Did you mean {close[0]}:? " if close else ""
    raise QueryError(
        f'There is no field "{match[1]}"; the fields are {", ".join(KNOWN_FIELDS)}',
        match.start(),
        f'{guess}Put the words into quotes if they are meant literally: "{match[1]}: …".',
    )
