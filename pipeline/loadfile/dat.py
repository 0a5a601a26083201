"""A DAT file as a table: whatever its encoding, its delimiters and the names of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractors.word_lists import word_list
from pipeline.loadfile.errors import LoadFileUnreadable

_FIELDS = Path(__file__).with_name("fields.yaml")
LARGEST = 2**29
"""Bytes of a load file; text belongs into files of its own."""
_PARTS = "\x14,\t|;^~"
_QUOTES = 'þ"^'
_NAME = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Row:
    """A record: its number in the file (from 1), what is known of it by our names, and all its fields by theirs."""

    number: int
    known: Mapping[str, str]
    fields: Mapping[str, str]


def read_dat(path: Path) -> list[Row]:
    """The records of a DAT file. Raises LoadFileUnreadable where it is none, says nothing or is far too large."""
    text = decoded(path)
    head = text.split("\n", 1)[0].rstrip("\r")
    part, quote = _delimiters(head)
    lines = _records(text, part, quote)
    names = next(lines, [])
    known = _known(names)
    if "begin" not in known:
        raise LoadFileUnreadable(f"{path.name} has no field with the number that a document begins with.")
    rows = []
    for number, values in enumerate(lines, 1):
        if len(values) != len(names):
            raise LoadFileUnreadable(
                f"{path.name}, record {number}: {len(values)} values for {len(names)} fields."
            )
        rows.append(
            Row(number, {key: values[at].strip() for key, at in known.items()}, _fields(names, values))
        )
    return rows


def _fields(names: list[str], values: list[str]) -> dict[str, str]:
    return {name: value.replace("®", "\n").strip() for name, value in zip(names, values, strict=True)}


def _known(names: list[str]) -> dict[str, int]:
    """The column of each field that is known by one of its names; the earlier name in the list wins."""
    plain = [_NAME.sub("", name.casefold()) for name in names]
    found = {}
    for key, aliases in _aliases().items():
        at = next((plain.index(alias) for alias in aliases if alias in plain), None)
        if at is not None:
            found[key] = at
    return found


@cache
def _aliases() -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = word_list(_FIELDS)
    return found


def decoded(path: Path) -> str:
    """The text: UTF-16 or UTF-8 by its mark, UTF-8 where it is that, else the code page of Windows (1252)."""
    try:
        if path.stat().st_size > LARGEST:
            raise LoadFileUnreadable(f"{path.name} is larger than {LARGEST // 2**20} MiB.")
        data = path.read_bytes()
    except OSError as error:
        raise LoadFileUnreadable(f"{path.name}: {error.strerror}") from error
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LoadFileUnreadable(f"{path.name} is no text in UTF-8, UTF-16 or Windows-1252.")


def _delimiters(head: str) -> tuple[str, str]:
    """What parts the fields and what quotes them, by the first line."""
    quote = head[:1] if head[:1] and head[0] in _QUOTES else ""
    if quote and (found := re.match(rf"{re.escape(quote)}[^{re.escape(quote)}]*{re.escape(quote)}(.)", head)):
        return found[1], quote
    part = max(_PARTS, key=head.count)
    return part, quote


def _records(text: str, part: str, quote: str) -> Iterator[list[str]]:
    """The values of each record. A quote ends a value where a delimiter or a line's end follows it.

    A value that begins with a quote must end with one: to look for its end again and again would take for ever.
    """
    p, q = re.escape(part), re.escape(quote)
    plain = rf"[^{p}\r\n]*"
    value = (
        rf"{q}(?P<quoted>.*?){q}(?={p}|\r?\n|\Z)|(?!{q})(?P<plain>{plain})"
        if quote
        else rf"(?P<plain>{plain})"
    )
    pattern = re.compile(rf"(?:{value})(?P<after>{p}|\r?\n|\Z)", re.DOTALL)
    values: list[str] = []
    at = 0
    while at < len(text):
        found = pattern.match(text, at)
        if found is None:
            raise LoadFileUnreadable(f"A value beside its quotes at character {at + 1} cannot be read.")
        quoted = found["quoted"] if quote else None
        values.append(quoted.replace(quote * 2, quote) if quoted is not None else found["plain"])
        at = found.end()
        if found["after"] != part:
            if values != [""]:
                yield values
            values = []
    if values:
        yield [*values, ""]
