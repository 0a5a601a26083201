"""Text of every kind as the records hold it: PostgreSQL takes neither U+0000 nor lone surrogates, SQLite does.

There each of them becomes U+FDD0, a code point that Unicode keeps for a program's own use, and at the end of the
text stands, one character for each U+FDD0 in it, what that was (itself included). So no offset moves, equal texts
stay equal and unequal ones unequal, and every text comes back as it was. A text without them is stored as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

STAND_IN = "\ufdd0"
_REFUSED = re.compile("[\x00\ud800-\udfff\ufdd0]")
_REFUSED_JSON = re.compile(r"\\u(?:0000|d[89a-f]|fdd0)")
_ESCAPED = re.compile(f"{STAND_IN}(.)", re.DOTALL)
_BASE = 0xF0000
"""Where the characters for surrogates and the stand-in itself begin; a private plane, which is of no account here."""
_NUL = chr(_BASE + 0xFFFD)


def sealed(text: str) -> str:
    """A text in the form that PostgreSQL takes."""
    found = _REFUSED.findall(text)
    if not found:
        return text
    return _REFUSED.sub(STAND_IN, text) + "".join(map(_named, found))


def unsealed(text: str) -> str:
    """The text that `sealed` was given."""
    count = text.count(STAND_IN)
    if not count:
        return text
    meant = iter(text[-count:])
    return re.sub(STAND_IN, lambda _: _meant(next(meant)), text[:-count])


def part_of_sealed(part: str) -> str:
    """A piece cut out of a sealed text, which no longer says what stood there: U+0000, the only one that files have."""
    return part.replace(STAND_IN, "\0")


def json_text(value: Any) -> str:
    """A value as JSON that PostgreSQL can take apart: what it refuses stands behind U+FDD0 there, under its name."""
    text = json.dumps(value)
    return json.dumps(_escaped(value)) if _REFUSED_JSON.search(text) else text


def json_value(text: str | bytes) -> Any:
    """The value that `json_text` was given."""
    told = text.decode() if isinstance(text, bytes) else text
    value = json.loads(told)
    return _unescaped(value) if "\\ufdd0" in told else value


def _escaped(value: Any) -> Any:
    return _strings(value, lambda text: _REFUSED.sub(lambda found: STAND_IN + _named(found[0]), text))


def _unescaped(value: Any) -> Any:
    return _strings(value, lambda text: _ESCAPED.sub(lambda found: _meant(found[1]), text))


def _strings(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with every string in it changed, keys too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_strings(each, change) for each in value]
    if isinstance(value, dict):
        return {_strings(key, change): _strings(each, change) for key, each in value.items()}
    return value


def _named(char: str) -> str:
    return _NUL if char == "\0" else chr(_BASE + ord(char) - 0xD800)


def _meant(name: str) -> str:
    return "\0" if name == _NUL else chr(ord(name) - _BASE + 0xD800)


class _Sealed(sa.types.TypeDecorator[str]):
    """Text on PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return value if value is None or not isinstance(value, str) else sealed(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else unsealed(value)


class _SealedPiece(_Sealed):
    """What was cut out of a text on PostgreSQL."""

    cache_ok = True

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else part_of_sealed(value)


String = sa.String().with_variant(_Sealed(), "postgresql")
Text = sa.Text().with_variant(_Sealed(), "postgresql")
Piece = sa.Text().with_variant(_SealedPiece(), "postgresql")
