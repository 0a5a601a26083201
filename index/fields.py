"""The fields that a query may name, and the normal form in which their values are compared."""

from __future__ import annotations

from index import words

TEXT_FIELDS = ("text", "name", "title", "party", "path")
"""Searched by words and phrases. `text` is what a query without a field searches."""

KEYWORD_FIELDS = ("kind", "claim", "event", "ref", "language", "state", "doc")
"""Compared as a whole: case, width and traditional characters do not count. `doc` also matches by its beginning."""

KNOWN_FIELDS = (
    *("kind", "date", "amount", "party", "ref", "claim", "event", "name", "language"),
    *("title", "text", "path", "state", "doc"),
)
"""All of them, in the order in which a message names them."""


def normal(field: str, value: str) -> str:
    """The form in which a keyword field's value is kept: `ref` without punctuation, the others trimmed."""
    if field == "ref":
        return words.compact(value)
    return " ".join(words.fold(value).split())


def normal_pattern(field: str, value: str) -> str:
    """As `normal`, for a value with `*` and `?` in it, which stay."""
    out, literal = "", ""
    for char in value:
        if char in "*?":
            out += normal(field, literal) + char
            literal = ""
        else:
            literal += char
    return out + normal(field, literal)
