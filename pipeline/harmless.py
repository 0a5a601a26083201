"""Text from documents made harmless for where it goes: terminals, tables for spreadsheets, Markdown, names of files.

HTML is escaped by the standard library where it is written.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

_CONTROLS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t\f"} | {0x7F: 0x2421}
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that turn the direction of text, and so make a name look like another (Unicode Technical Report 36)."""
_SHOWN = (
    _CONTROLS
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
    | dict.fromkeys(map(ord, f"{_DIRECTIONS}\u2028\u2029"), 0xFFFD)
    | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
)
_ACTIVE = re.compile(r"\A(?=\s*[=+\-@＝＋－＠]|[\t\r])|(?<=.[;\t\r\n])(?= *[=+\-@＝＋－＠])", re.DOTALL)
_MARKUP = re.compile(r"([\\`*_{}\[\]#|~!])")
_LINE_START = re.compile(r"\A([+\-=:]|\d{1,9}(?=[.)]))")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_UNSAFE = set('/\\:*?"<>|%')
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MOST_BYTES = 120


def terminal(text: str) -> str:
    """Text that moves no cursor, sets no colour or title and turns no direction; line and page breaks and tabs stay.

    Control characters become their pictures (U+241B for escape), the others U+FFFD.
    """
    return text.translate(_SHOWN)


def cell(value: object) -> str:
    """A cell of a CSV file as text that no spreadsheet program runs: OWASP's rule against CSV injection, also
    behind the signs that some countries' programs part columns with. Numbers stay numbers; None is empty."""
    if value is None or isinstance(value, int | float | Decimal):
        return "" if value is None else str(value)
    return _ACTIVE.sub("'", str(value))


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV (RFC 4180, CRLF) whose cells no spreadsheet program runs."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def markdown(text: str) -> str:
    """Text on one line of Markdown in which nothing is markup, a link or HTML."""
    plain = terminal(" ".join(text.split()))
    return _LINE_START.sub(_escaped_start, _MARKUP.sub(r"\\\1", plain).translate(_ENTITIES))


def _escaped_start(found: re.Match[str]) -> str:
    """A list's or a heading's mark at the beginning of a line."""
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _safe_character(char: str) -> str:
    """A blank of any width is a plain one: readers of lists of files take the others for no part of a name."""
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    return "_" if char in _UNSAFE or category in _INVISIBLE else char


def safe_name(untrusted: str) -> str:
    """A file name that every system takes: no separators, no control or direction characters, 120 bytes at most."""
    normal = unicodedata.normalize("NFC", untrusted)
    kept = "".join(map(_safe_character, normal))
    stem, dot, suffix = kept.strip(" .").rpartition(".")
    if not dot or len(suffix.encode()) > 16:
        stem, suffix = stem + dot + suffix, ""
    room = _MOST_BYTES - len(suffix.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore").strip(" .") or "file"
    return f"{stem}.{suffix}" if suffix else stem
